// SPDX-License-Identifier: Apache-2.0
#include "core/oci/image_config.h"

namespace cutaway::oci {

Platform platform_of(const ImageConfig& config) {
    return normalised(Platform{config.os, config.architecture, config.variant, config.os_version});
}

Digest image_id(std::string_view config_bytes) { return digest_of(config_bytes); }

}  // namespace cutaway::oci
