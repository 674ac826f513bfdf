// SPDX-License-Identifier: Apache-2.0
// A model image as it is written down in assets/images: what its layers hold and what its config says. Used while the
// project is built (make_images) and never afterwards. A value; a recipe that cannot be understood is an error with
// its place, never a guess.
#pragma once

#include <cstdint>
#include <functional>
#include <optional>
#include <string>
#include <string_view>
#include <vector>

#include "core/base/result.h"
#include "core/oci/image_config.h"
#include "core/oci/platform.h"
#include "core/world/disk.h"

namespace cutaway::layer {

struct RecipeEntry {
    world::TreeEntry entry;
    std::string bytes;  // of a regular file
};

struct RecipeStep {  // a line of the image's history; without a layer if it changed the config only
    std::string by;
    std::string created;  // when its own recipe says: a base shared by two images is one layer, byte for byte
    std::optional<std::vector<RecipeEntry>> entries;
    std::uint64_t published = 0;  // what the real layer takes on disk
};

struct ImageRecipe {
    std::string repository;  // "docker.io/library/nginx"; "" if it is only a base
    std::vector<std::string> tags;
    std::string base;  // the recipe whose steps come first
    std::string created;
    std::vector<oci::Platform> platforms;
    oci::RunDefaults config;
    std::vector<RecipeStep> steps;
};

using ReadAsset = std::function<Result<std::string>(const std::string& path)>;

// In texts, @arch@ becomes the platform's name of its architecture and @machine@ the kernel's.
Result<ImageRecipe> parse_recipe(std::string_view text, const oci::Platform& platform, const ReadAsset& read);

}  // namespace cutaway::layer
