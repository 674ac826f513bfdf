// SPDX-License-Identifier: Apache-2.0
#include "core/registry/verify.h"

#include "core/base/sha256.h"

namespace cutaway::registry {

Status can_check(const oci::Digest& digest) {
    if (digest.algorithm != "sha256") {
        return fail(Errc::unsupported, "digests by " + digest.algorithm + " are not computed here");
    }
    return {};
}

Status compare_digests(world::Narrator& narrator, std::string_view what, const oci::Digest& expected,
                       std::string_view computed_hex) {
    const std::string wanted = oci::to_text(expected);
    const std::string computed = "sha256:" + std::string(computed_hex);
    const bool match = wanted == computed;
    narrator.note(world::DigestChecked{std::string(what), wanted, computed, match});
    if (match) {
        return {};
    }
    const std::string thing = what == "layer"    ? "filesystem layer"
                              : what == "config" ? "image config"
                                                 : std::string(what);
    return fail(Errc::invalid, thing + " verification failed for digest " + wanted);
}

Status check_digest(world::Narrator& narrator, std::string_view what, const oci::Digest& expected,
                    std::string_view bytes) {
    TRY(can_check(expected));
    return compare_digests(narrator, what, expected, sha256_hex(bytes));
}

}  // namespace cutaway::registry
