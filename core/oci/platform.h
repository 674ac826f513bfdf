// SPDX-License-Identifier: Apache-2.0
// For which machine an image is: os/architecture/variant, spelled in many ways and meant in few. The rules are
// containerd's platforms package, because docker's answers come from there.
// It does not find out where we run: the world is asked for that.
#pragma once

#include <optional>
#include <string>
#include <string_view>
#include <vector>

#include "core/base/fields.h"
#include "core/base/result.h"

namespace cutaway::oci {

struct Platform {
    std::string os;
    std::string architecture;  // Go's names: amd64, arm64, arm, 386, riscv64 …
    std::string variant;       // v5 to v8 for arm, v8 and up for arm64, v1 to v4 for amd64
    std::string os_version;    // only Windows images carry one

    friend bool operator==(const Platform&, const Platform&) = default;
};
CUTAWAY_FIELDS(Platform, os, architecture, variant, os_version)

// "linux/arm64/v8", "linux/amd64", "arm64" (linux is meant) or "linux" (amd64 is meant); the answer is normalised.
Result<Platform> parse_platform(std::string_view text);
std::string to_text(const Platform& platform);

// aarch64 becomes arm64, x86_64 amd64, armhf arm/v7; a variant that is the architecture's default disappears, except
// on arm, where it appears (v7).
Platform normalised(Platform platform);

// What a machine can run, best first: its own kind, then the older variants its processor still understands.
std::vector<Platform> runnable_on(const Platform& machine);

// How well the image suits the machine: 0 is best, more is worse, nullopt does not run at all.
std::optional<std::size_t> match_rank(const Platform& machine, const Platform& image);

// An attestation's platform, unknown/unknown: buildkit's way to hide provenance from clients that choose by platform.
bool is_unknown(const Platform& platform);

}  // namespace cutaway::oci
