// SPDX-License-Identifier: Apache-2.0
// Comparing bytes with the digest that named them, aloud: every comparison becomes a note, whichever way it goes.
// Only sha256 is computed; sha512 is a legal digest that no registry is known to use, and is refused by name.
#pragma once

#include <string>
#include <string_view>

#include "core/oci/digest.h"
#include "core/world/narrator.h"

namespace cutaway::registry {

Status can_check(const oci::Digest& digest);  // Errc::unsupported for what we cannot compute

// `what`: "manifest", "config" or "layer". Errc::invalid in docker's words if they differ.
Status compare_digests(world::Narrator& narrator, std::string_view what, const oci::Digest& expected,
                       std::string_view computed_hex);
Status check_digest(world::Narrator& narrator, std::string_view what, const oci::Digest& expected,
                    std::string_view bytes);

}  // namespace cutaway::registry
