// SPDX-License-Identifier: Apache-2.0
// The images that Cutaway brings along for its simulated registries, as the build packed them (format:
// core/layer/image_maker.h). Nothing is decoded or copied before it is asked for: opening it costs nothing.
#pragma once

#include <optional>
#include <string>
#include <string_view>
#include <vector>

#include "core/model/registry_content.h"

namespace cutaway::model {

class ImagePack final : public RegistryContent {
public:
    explicit ImagePack(std::string_view pack);  // must outlive it; what is no pack holds nothing

    [[nodiscard]] std::vector<std::string> repositories() const;
    [[nodiscard]] bool has_repository(std::string_view repository) const override;
    [[nodiscard]] std::vector<std::string> tags(std::string_view repository) const override;
    [[nodiscard]] std::optional<std::string> digest_of_tag(std::string_view repository,
                                                           std::string_view tag) const override;
    [[nodiscard]] std::optional<std::string_view> bytes_of(std::string_view repository,
                                                           std::string_view digest) const override;

private:
    [[nodiscard]] std::string_view section(std::string_view repository) const;  // its lines

    std::string_view head_;
    std::string_view bytes_;
};

const ImagePack& standard_images();

}  // namespace cutaway::model
