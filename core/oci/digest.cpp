// SPDX-License-Identifier: Apache-2.0
#include "core/oci/digest.h"

#include "core/base/hex.h"
#include "core/base/sha256.h"

namespace cutaway::oci {

namespace {

// The grammar of an algorithm name, so that an unknown one is told from nonsense.
bool is_algorithm_name(std::string_view name) {
    bool fresh = true;  // a component must begin here
    for (const char c : name) {
        const bool word = (c >= 'a' && c <= 'z') || (c >= 'A' && c <= 'Z') || (c >= '0' && c <= '9');
        const bool separator = c == '+' || c == '.' || c == '_' || c == '-';
        if (!word && (!separator || fresh)) {
            return false;
        }
        fresh = separator;
    }
    return !name.empty() && !fresh;
}

}  // namespace

Result<Digest> parse_digest(std::string_view text) {
    const std::size_t colon = text.find(':');
    if (colon == std::string_view::npos || colon + 1 == text.size() || !is_algorithm_name(text.substr(0, colon))) {
        return fail(Errc::invalid, "invalid checksum digest format");
    }
    const std::string_view algorithm = text.substr(0, colon);
    const std::string_view hex = text.substr(colon + 1);
    if (algorithm != "sha256" && algorithm != "sha512") {
        return fail(Errc::unsupported, "unsupported digest algorithm");
    }
    if (hex.size() != (algorithm == "sha256" ? 64U : 128U)) {
        return fail(Errc::invalid, "invalid checksum digest length");
    }
    if (!is_hex(hex)) {
        return fail(Errc::invalid, "invalid checksum digest format");
    }
    return Digest{std::string(algorithm), std::string(hex)};
}

std::string to_text(const Digest& digest) {
    return digest.empty() ? std::string() : digest.algorithm + ":" + digest.hex;
}

std::string short_text(const Digest& digest) { return digest.hex.substr(0, 12); }

Digest digest_of(std::string_view bytes) { return Digest{"sha256", sha256_hex(bytes)}; }

}  // namespace cutaway::oci
