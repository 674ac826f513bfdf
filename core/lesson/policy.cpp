// SPDX-License-Identifier: Apache-2.0
#include "core/lesson/policy.h"

#include <algorithm>
#include <array>

#include "core/base/json_codec.h"

namespace cutaway::lesson {

std::string to_json(const Policy& policy) {
    std::string out;
    json::write(out, policy);
    return out;
}

Result<Policy> policy_from(std::string_view json) {
    Policy policy;
    policy.format.clear();
    json::Reader reader(json);
    if (!json::read(reader, policy) || !reader.at_end()) {
        return fail(Errc::invalid, "the policy file is no policy; see docs/teaching.md");
    }
    if (!policy.format.empty() && policy.format != Policy().format) {
        return fail(Errc::invalid, "the policy file has the format \"" + policy.format + "\"");
    }
    if (policy.version > 1) {
        return fail(Errc::unsupported, "the policy file was written by a newer Cutaway");
    }
    if (policy.attempts == 0U) {
        return fail(Errc::invalid, "a policy allows at least one attempt");
    }
    policy.format = Policy().format;
    return policy;
}

std::string in_words(const Policy& policy) {
    std::string out;
    const auto add = [&](const std::string& what) { out += (out.empty() ? "" : ", ") + what; };
    const auto counted = [&](std::uint32_t count, const std::string& what) {
        add((count == 0 ? "no " : std::to_string(count) + " ") + what + (count == 1 ? "" : "s") + " a task");
    };
    if (!policy.skip) {
        add("no skipping");
    }
    if (!policy.solve) {
        add("no solutions shown");
    }
    if (policy.attempts) {
        counted(*policy.attempts, "attempt");
    }
    if (policy.hints) {
        counted(*policy.hints, "hint");
    }
    return out;
}

bool only_looks(std::string_view command) {
    constexpr std::array<std::string_view, 15> looks{"ps",    "images", "inspect", "logs", "top",
                                                     "stats", "diff",   "history", "port", "version",
                                                     "info",  "events", "search",  "help", "--help"};
    constexpr std::array<std::string_view, 8> listed{"ls",   "list", "inspect", "history",
                                                     "logs", "top",  "stats",   "diff"};
    for (const std::string_view program : {"docker ", "cutaway "}) {
        if (!command.starts_with(program) || command.find_first_of("|;<>&`$") != std::string_view::npos) {
            continue;
        }
        command.remove_prefix(std::min(program.size(), command.size()));
        const std::string_view verb = command.substr(0, command.find(' '));
        if (verb == "container" || verb == "image" || verb == "network" || verb == "volume") {
            const std::string_view rest = command.substr(std::min(verb.size() + 1, command.size()));
            return std::find(listed.begin(), listed.end(), rest.substr(0, rest.find(' '))) != listed.end();
        }
        const bool system = verb == "system";
        return system ? command.starts_with("system df") || command.starts_with("system info")
                      : std::find(looks.begin(), looks.end(), verb) != looks.end();
    }
    return false;
}

}  // namespace cutaway::lesson
