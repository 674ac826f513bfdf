// SPDX-License-Identifier: Apache-2.0
// Documents from a registry: never a crash, and what is accepted comes back equal from its own canonical bytes.
#include <cstddef>
#include <cstdint>
#include <cstdlib>
#include <string_view>
#include <variant>

#include "core/oci/codec.h"
#include "core/oci/media_type.h"

namespace {

using namespace cutaway;

void demand(bool truth) {
    if (!truth) {
        std::abort();
    }
}

void check_document(std::string_view bytes, std::string_view content_type) {
    const Result<oci::Document> document = oci::parse_manifest_or_index(bytes, content_type);
    if (!document) {
        demand(!document.error().doing.empty());
        return;
    }
    const auto write = [](const auto& held) { return oci::to_json(held); };
    const std::string canonical = std::visit(write, *document);
    const Result<oci::Document> again = oci::parse_manifest_or_index(canonical, content_type);
    demand(again.has_value() && *again == *document && std::visit(write, *again) == canonical);
    if (const auto* index = std::get_if<oci::Index>(&*document)) {
        const Result<oci::PlatformChoice> choice = oci::choose_platform(*index, {"linux", "arm64", "", ""});
        demand(!choice || choice->considered.size() == index->manifests.size());
    }
}

void check_config(std::string_view bytes) {
    const Result<oci::ImageConfig> config = oci::parse_image_config(bytes);
    if (!config) {
        return;
    }
    const std::string canonical = oci::to_json(*config);
    const Result<oci::ImageConfig> again = oci::parse_image_config(canonical);
    demand(again.has_value() && *again == *config && oci::to_json(*again) == canonical);
}

}  // namespace

// libFuzzer chooses the name.
// NOLINTNEXTLINE(readability-identifier-naming)
extern "C" int LLVMFuzzerTestOneInput(const std::uint8_t* data, std::size_t size) {
    const std::string_view bytes(reinterpret_cast<const char*>(data), size);
    check_document(bytes, "");
    check_document(bytes, oci::media_type::docker_manifest);
    check_document(bytes, oci::media_type::docker_list);
    check_config(bytes);
    return 0;
}
