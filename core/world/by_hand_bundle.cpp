// SPDX-License-Identifier: Apache-2.0
#include "core/world/by_hand_bundle.h"

#include <algorithm>
#include <array>
#include <cstdio>

#include "core/world/by_hand.h"

namespace cutaway::world {

namespace {

std::string lower(std::string text) {
    std::transform(text.begin(), text.end(), text.begin(),
                   [](char c) { return c >= 'A' && c <= 'Z' ? static_cast<char>(c - 'A' + 'a') : c; });
    return text;
}

std::string capability_words(const std::vector<std::string>& names) {
    std::string words = "-all";
    for (const std::string& name : names) {
        words += ",+" + lower(name.starts_with("CAP_") ? name.substr(4) : name);
    }
    return shell_word(words);
}

std::string limit_word(std::uint64_t limit) { return limit == ~std::uint64_t{0} ? "unlimited" : std::to_string(limit); }

std::string octal(std::uint32_t mode) {
    std::array<char, 16> text{};
    std::snprintf(text.data(), text.size(), "0%o", mode);
    return text.data();
}

}  // namespace

std::string bundle_line(const JoinNamespace& call) {
    return "exec nsenter --" + std::string(to_name(call.space)) + "=" + shell_word(call.path) + " \"$BASH\"";
}

std::string bundle_line(const NewSession& call) {
    return (call.keyring.empty() ? "exec" : "exec keyctl session " + shell_word(call.keyring)) +
           (call.terminal ? " \"$@\"" : " setsid \"$@\"");
}

std::string bundle_line(const SetLimit& call) {
    const std::string name = lower(call.resource.starts_with("RLIMIT_") ? call.resource.substr(7) : call.resource);
    return "prlimit --pid=$$ --" + name + "=" + limit_word(call.soft) + ":" + limit_word(call.hard);
}

std::string bundle_line(const SetOomScore& call) {
    return "echo " + std::to_string(call.value) + " >/proc/self/oom_score_adj";
}

std::string bundle_line(const SetUmask& call) { return "umask " + octal(call.mask); }

std::string bundle_line(const SetCapabilitySets& call) {
    return "exec setpriv --inh-caps=" + capability_words(call.inheritable) +
           " --ambient-caps=" + capability_words(call.ambient) + " --bounding-set=" + capability_words(call.bounding) +
           " \"$@\"";
}

std::string bundle_line(const MakeDevice& call) {
    std::string line = "mknod --mode=" + octal(call.mode) + " " + shell_word(call.path) + " " + call.type;
    line += call.type == "p" ? "" : " " + std::to_string(call.major) + " " + std::to_string(call.minor);
    const bool owned = call.uid != 0 || call.gid != 0;
    return line + (owned ? " && chown " + std::to_string(call.uid) + ":" + std::to_string(call.gid) + " " +
                               shell_word(call.path)
                         : "");
}

std::string bundle_line(const FindProgram& call) { return "command -v " + shell_word(call.path); }

std::string bundle_line(const RunHook& call) {
    return "echo " + shell_word(call.state) + " | " + shell_word(call.path) + "  # the hook " + call.name;
}

std::string bundle_line(const LimitDevices& call) {
    return "bpftool cgroup attach " + shell_word(call.path) + " cgroup_device pinned devices.bpf  # " +
           std::to_string(call.rules.size()) + " rules";
}

}  // namespace cutaway::world
