// SPDX-License-Identifier: Apache-2.0
// Names from anybody: never a crash, and what is accepted means the same when written out and read again.
#include "core/oci/reference.h"

#include <cstddef>
#include <cstdint>
#include <cstdlib>
#include <string_view>

#include "core/oci/digest.h"
#include "core/oci/platform.h"

namespace {

using namespace cutaway;

void demand(bool truth) {
    if (!truth) {
        std::abort();
    }
}

void check_reference(std::string_view text) {
    const Result<oci::Reference> reference = oci::parse_reference(text);
    const Result<oci::ReferenceParts> parts = oci::dissect_reference(text);
    demand(reference.has_value() == parts.has_value());
    if (!reference) {
        demand(!reference.error().doing.empty());
        return;
    }
    demand(parts->reference == *reference);
    for (const oci::ReferencePart& part : parts->parts) {
        demand(part.start <= text.size() && part.size <= text.size() - part.start);
    }
    const Result<oci::Reference> full = oci::parse_reference(oci::full_name(*reference));
    demand(full.has_value() && *full == *reference);
    demand(reference->path.find("..") == std::string::npos);  // it becomes a part of paths and addresses
    demand(reference->path.front() != '/' && reference->path.size() <= 255);
    demand(reference->digest.empty() || oci::parse_digest(reference->digest).has_value());
}

}  // namespace

// libFuzzer chooses the name.
// NOLINTNEXTLINE(readability-identifier-naming)
extern "C" int LLVMFuzzerTestOneInput(const std::uint8_t* data, std::size_t size) {
    const std::string_view text(reinterpret_cast<const char*>(data), size);
    check_reference(text);
    if (const Result<oci::Digest> digest = oci::parse_digest(text)) {
        demand(oci::to_text(*digest) == text);
    }
    if (const Result<oci::Platform> platform = oci::parse_platform(text)) {
        demand(oci::normalised(*platform) == *platform);
        demand(oci::match_rank(*platform, *platform) == std::size_t{0});
    }
    return 0;
}
