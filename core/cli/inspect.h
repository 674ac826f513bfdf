// SPDX-License-Identifier: Apache-2.0
// Records as the JSON that `docker inspect` prints: same names, same nesting. What Cutaway does not have is left out
// rather than made up.
#pragma once

#include <nlohmann/json_fwd.hpp>

#include "core/oci/image_config.h"
#include "core/store/container_record.h"
#include "core/store/images.h"
#include "core/store/networks.h"
#include "core/store/volumes.h"

namespace cutaway::cli {

nlohmann::ordered_json to_json(const store::ContainerRecord& record);
nlohmann::ordered_json to_json(const store::Image& image, const oci::ImageConfig& config);
nlohmann::ordered_json to_json(const store::NetworkRecord& network);
nlohmann::ordered_json to_json(const store::VolumeRecord& volume);
std::string pretty(const nlohmann::ordered_json& document);

}  // namespace cutaway::cli
