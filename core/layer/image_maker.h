// SPDX-License-Identifier: Apache-2.0
// Recipes into true images: tars, configs, manifests, an index over the platforms, each named by its own digest. The
// same recipes give the same bytes. All of them go into one pack: a text head that says where each blob lies, an empty
// line, the blobs. core/model/image_pack.h reads it.
//
//   cutaway images 1
//   repository docker.io/library/nginx
//   tag latest sha256:…
//   blob sha256:… OFFSET SIZE          (offset behind the empty line; the same bytes are there once)
#pragma once

#include <map>
#include <string>
#include <vector>

#include "core/base/result.h"
#include "core/layer/image_recipe.h"
#include "core/oci/descriptor.h"

namespace cutaway::layer {

class ImageMaker {
public:
    // `recipes`: by name ("nginx"), the text of each.
    ImageMaker(std::map<std::string, std::string> recipes, ReadAsset read);

    Status make(const std::string& name);  // a recipe without a repository makes nothing
    [[nodiscard]] std::string pack() const;

private:
    struct Repository {
        std::map<std::string, std::string> tags;  // → digest
        std::map<std::string, std::string> blobs;
    };
    struct Built {
        std::vector<oci::Descriptor> layers;
        oci::ImageConfig config;
        std::uint64_t published = 0;
    };

    Result<ImageRecipe> whole_recipe(const std::string& name, const oci::Platform& platform) const;
    Result<Built> build(const ImageRecipe& recipe, const oci::Platform& platform, Repository& into) const;
    Result<oci::Descriptor> manifest(const ImageRecipe& recipe, const oci::Platform& platform, Repository& into) const;

    std::map<std::string, std::string> recipes_;
    ReadAsset read_;
    std::map<std::string, Repository> repositories_;
};

}  // namespace cutaway::layer
