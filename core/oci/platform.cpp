// SPDX-License-Identifier: Apache-2.0
#include "core/oci/platform.h"

#include <algorithm>
#include <array>
#include <string>
#include <utility>

namespace cutaway::oci {

namespace {

constexpr std::array<std::string_view, 5> known_systems = {"linux", "windows", "darwin", "freebsd", "wasip1"};

void lower(std::string& text) {
    for (char& c : text) {
        if (c >= 'A' && c <= 'Z') {
            c = static_cast<char>(c - 'A' + 'a');
        }
    }
}

void normalise_arm(Platform& platform) {
    const std::string& variant = platform.variant;
    if (variant.empty()) {
        platform.variant = "v7";
    } else if (variant == "5" || variant == "6" || variant == "7" || variant == "8") {
        platform.variant = "v" + variant;
    }
}

// Old spellings and kernel spellings of the architecture; some of them name a variant too.
void normalise_architecture(Platform& platform) {
    std::string& name = platform.architecture;
    if (name == "x86_64" || name == "x86-64") {
        name = "amd64";
    } else if (name == "aarch64") {
        name = "arm64";
    } else if (name == "i386" || name == "i686") {
        name = "386";
    } else if (name == "armhf" || name == "armv7l") {
        name = "arm";
        platform.variant = "v7";
    } else if (name == "armel" || name == "armv6l") {
        name = "arm";
        platform.variant = "v6";
    }
}

bool is_component(std::string_view text) {
    return !text.empty() && std::all_of(text.begin(), text.end(), [](char c) {
        return (c >= 'a' && c <= 'z') || (c >= 'A' && c <= 'Z') || (c >= '0' && c <= '9') || c == '_' || c == '.' ||
               c == '-';
    });
}

// "v7" to 7; 0 for what is no variant number.
int variant_number(std::string_view variant) {
    return variant.size() == 2 && variant[0] == 'v' && variant[1] > '0' && variant[1] <= '9' ? variant[1] - '0' : 0;
}

void add_variants(std::vector<Platform>& out, Platform machine, int best, int least) {
    for (int number = best; number >= least; --number) {
        machine.variant = "v" + std::to_string(number);
        out.push_back(normalised(machine));
    }
}

}  // namespace

Platform normalised(Platform platform) {
    lower(platform.os);
    lower(platform.architecture);
    lower(platform.variant);
    if (platform.os == "macos") {
        platform.os = "darwin";
    }
    normalise_architecture(platform);
    std::string& variant = platform.variant;
    if (platform.architecture == "arm") {
        normalise_arm(platform);
    } else if (platform.architecture == "arm64" && (variant == "8" || variant == "v8")) {
        variant.clear();
    } else if (platform.architecture == "amd64" && variant == "v1") {
        variant.clear();
    } else if (platform.architecture == "386") {
        variant.clear();
    }
    return platform;
}

Result<Platform> parse_platform(std::string_view text) {
    std::vector<std::string> parts;
    for (std::size_t from = 0; from <= text.size();) {
        const std::size_t slash = std::min(text.find('/', from), text.size());
        parts.emplace_back(text.substr(from, slash - from));
        if (!is_component(parts.back())) {
            return fail(Errc::invalid, "\"" + std::string(text) + "\" is an invalid platform: every component is " +
                                           "letters, digits, \"_\", \".\" or \"-\"");
        }
        from = slash + 1;
    }
    if (parts.size() > 3) {
        return fail(Errc::invalid, "\"" + std::string(text) + "\" is an invalid platform: at most os/arch/variant");
    }
    if (parts.size() > 1) {
        return normalised(Platform{parts[0], parts[1], parts.size() == 3 ? parts[2] : std::string(), {}});
    }
    const Platform system = normalised(Platform{parts[0], "amd64", {}, {}});
    if (std::find(known_systems.begin(), known_systems.end(), system.os) != known_systems.end()) {
        return system;
    }
    return normalised(Platform{"linux", parts[0], {}, {}});
}

std::string to_text(const Platform& platform) {
    std::string text = platform.os;
    for (const std::string* part : {&platform.architecture, &platform.variant}) {
        if (!part->empty()) {
            text += "/" + *part;
        }
    }
    return text;
}

std::vector<Platform> runnable_on(const Platform& machine_as_given) {
    const Platform machine = normalised(machine_as_given);
    const int number = variant_number(machine.variant);
    std::vector<Platform> runnable = {machine};
    if (machine.architecture == "amd64" && number > 1) {
        add_variants(runnable, machine, number - 1, 1);
    } else if (machine.architecture == "arm" && number > 5) {
        add_variants(runnable, machine, number - 1, 5);
    } else if (machine.architecture == "arm64") {
        add_variants(runnable, machine, number - 1, 8);
        Platform arm32 = machine;  // containerd lets a 64-bit ARM machine run 32-bit images
        arm32.architecture = "arm";
        add_variants(runnable, arm32, 8, 5);
    }
    return runnable;
}

std::optional<std::size_t> match_rank(const Platform& machine, const Platform& image) {
    const Platform wanted = normalised(image);
    const std::vector<Platform> runnable = runnable_on(machine);
    for (std::size_t rank = 0; rank < runnable.size(); ++rank) {
        const Platform& one = runnable[rank];
        const bool same_release = one.os_version.empty() || wanted.os_version.empty() || one.os != "windows" ||
                                  one.os_version == wanted.os_version;
        if (one.os == wanted.os && one.architecture == wanted.architecture && one.variant == wanted.variant &&
            same_release) {
            return rank;
        }
    }
    return std::nullopt;
}

bool is_unknown(const Platform& platform) { return platform.os == "unknown" && platform.architecture == "unknown"; }

}  // namespace cutaway::oci
