// SPDX-License-Identifier: Apache-2.0
#include "core/oci/descriptor.h"

namespace cutaway::oci {

Descriptor describe(std::string_view media_type, std::string_view bytes) {
    Descriptor descriptor;
    descriptor.media_type = media_type;
    descriptor.digest = digest_of(bytes);
    descriptor.size = static_cast<std::int64_t>(bytes.size());
    return descriptor;
}

}  // namespace cutaway::oci
