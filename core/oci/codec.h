// SPDX-License-Identifier: Apache-2.0
// Manifests, indexes and image configs from bytes and back. The bytes come from strangers: every digest is validated,
// sizes are not negative, documents that could be read as two things (CVE-2021-41190), duplicate keys, deep nesting
// and documents over 4 MiB are refused. It does not check the bytes against a digest: who fetched them did that.
// Never throws; Errc::invalid for what is malformed, Errc::unsupported for what is well formed but not spoken here.
#pragma once

#include <cstddef>
#include <string>
#include <string_view>
#include <variant>

#include "core/base/result.h"
#include "core/oci/image_config.h"
#include "core/oci/index.h"
#include "core/oci/manifest.h"

namespace cutaway::oci {

inline constexpr std::size_t max_document_bytes = 4U << 20U;
inline constexpr int max_document_depth = 32;

using Document = std::variant<Manifest, Index>;

// The Content-Type may be empty or application/json (a file has none), then mediaType or the shape decides.
Result<Document> parse_manifest_or_index(std::string_view bytes, std::string_view content_type);
Result<ImageConfig> parse_image_config(std::string_view bytes);

// The same value gives the same bytes, always: compact, keys in the spec's order, empty members left out.
std::string to_json(const Manifest& manifest);
std::string to_json(const Index& index);
std::string to_json(const ImageConfig& config);

// As many DiffIDs as layers, and as many history steps with a layer, if there is a history at all.
Status check_config_matches(const Manifest& manifest, const ImageConfig& config);

}  // namespace cutaway::oci
