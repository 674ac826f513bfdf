// SPDX-License-Identifier: Apache-2.0
// A digest: the name of bytes by their content. Digests reach us from registries and users and then become parts of
// paths and addresses, so nothing is called a Digest before parse_digest has seen every character of it.
// It refuses algorithms other than the two the image spec registers (descriptor.md, "Registered Algorithms").
#pragma once

#include <compare>
#include <string>
#include <string_view>

#include "core/base/fields.h"
#include "core/base/result.h"

namespace cutaway::oci {

struct Digest {
    std::string algorithm;  // "sha256" or "sha512"; empty: no digest
    std::string hex;        // 64 or 128 lower-case digits

    [[nodiscard]] bool empty() const { return hex.empty(); }
    friend auto operator<=>(const Digest&, const Digest&) = default;
};
CUTAWAY_FIELDS(Digest, algorithm, hex)

Result<Digest> parse_digest(std::string_view text);
std::string to_text(const Digest& digest);     // "sha256:9f86…", or "" for no digest
std::string short_text(const Digest& digest);  // the first 12 digits, as docker lists images
Digest digest_of(std::string_view bytes);      // sha256

}  // namespace cutaway::oci
