// SPDX-License-Identifier: Apache-2.0
// manifest.json of an image archive: never a crash, and what is understood of it is written and read again the same.
#include <cstddef>
#include <cstdint>
#include <cstdlib>
#include <string_view>

#include "core/oci/archive_manifest.h"

// NOLINTNEXTLINE(readability-identifier-naming)
extern "C" int LLVMFuzzerTestOneInput(const std::uint8_t* data, std::size_t size) {
    using namespace cutaway;
    const auto images = oci::parse_archive_manifest(std::string_view(reinterpret_cast<const char*>(data), size));
    if (images) {
        const auto again = oci::parse_archive_manifest(oci::to_json(*images));
        if (!again || *again != *images) {
            std::abort();
        }
    }
    return 0;
}
