// SPDX-License-Identifier: Apache-2.0
// What a container will be: the image's defaults under the person's options, checked, as a record. Pure.
#pragma once

#include <string_view>

#include "core/base/result.h"
#include "core/engine/options.h"
#include "core/oci/image_config.h"
#include "core/store/container_record.h"

namespace cutaway::engine {

// Of a container whose image sets none.
inline constexpr std::string_view default_path = "PATH=/usr/local/sbin:/usr/local/bin:/usr/sbin:/usr/bin:/sbin:/bin";

// Errors read as docker's: "no command specified", "invalid …". Ids, paths and image fields stay empty.
Result<store::ContainerRecord> configure(const ContainerOptions& options, const oci::ImageConfig& image);

// What the client checks before it asks for anything.
Result<store::RestartPolicy> restart_policy(const ContainerOptions& options);

// NAME=VALUE lists: `over` wins by name, a bare NAME in it is dropped, order is kept.
std::vector<std::string> merge_env(const std::vector<std::string>& base, const std::vector<std::string>& over);

}  // namespace cutaway::engine
