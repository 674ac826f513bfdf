// SPDX-License-Identifier: Apache-2.0
#include "core/sandbox/seccomp.h"

#include <algorithm>
#include <array>
#include <charconv>

#include <nlohmann/json.hpp>

namespace cutaway::sandbox {

namespace {

using Json = nlohmann::json;

bool among(const std::vector<std::string>& list, const std::string& one) {
    return std::find(list.begin(), list.end(), one) != list.end();
}

std::vector<std::string> texts(const Json& object, const char* key) {
    std::vector<std::string> list;
    const auto found = object.find(key);
    if (found != object.end() && found->is_array()) {
        for (const Json& one : *found) {
            list.push_back(one.is_string() ? one.get<std::string>() : "");
        }
    }
    return list;
}

std::string text(const Json& object, const char* key) {
    const auto found = object.find(key);
    return found != object.end() && found->is_string() ? found->get<std::string>() : std::string();
}

std::uint64_t number(const Json& object, const char* key, std::uint64_t otherwise) {
    const auto found = object.find(key);
    return found != object.end() && found->is_number_unsigned() ? found->get<std::uint64_t>() : otherwise;
}

struct Word {
    std::string_view profile;
    std::string_view rule;
};

std::string_view rule_word(std::string_view name) {
    constexpr auto words = std::to_array<Word>({
        {"SCMP_ACT_ALLOW", "allow"},
        {"SCMP_ACT_ERRNO", "errno"},
        {"SCMP_ACT_KILL", "kill_thread"},
        {"SCMP_ACT_KILL_THREAD", "kill_thread"},
        {"SCMP_ACT_KILL_PROCESS", "kill"},
        {"SCMP_ACT_TRAP", "trap"},
        {"SCMP_ACT_LOG", "log"},
        {"SCMP_CMP_NE", "ne"},
        {"SCMP_CMP_LT", "lt"},
        {"SCMP_CMP_LE", "le"},
        {"SCMP_CMP_EQ", "eq"},
        {"SCMP_CMP_GE", "ge"},
        {"SCMP_CMP_GT", "gt"},
        {"SCMP_CMP_MASKED_EQ", "masked_eq"},
    });
    const auto* const found =
        std::find_if(words.begin(), words.end(), [&](const Word& one) { return one.profile == name; });
    return found == words.end() ? std::string_view() : found->rule;
}

// "6.1.0-13-amd64" is at least "4.8".
bool at_least(std::string_view kernel, std::string_view wanted) {
    for (int part = 0; part < 2; ++part) {
        unsigned have = 0;
        unsigned need = 0;
        const char* const have_end = std::from_chars(kernel.data(), kernel.data() + kernel.size(), have).ptr;
        const char* const need_end = std::from_chars(wanted.data(), wanted.data() + wanted.size(), need).ptr;
        if (have != need) {
            return have > need;
        }
        kernel.remove_prefix(
            std::min<std::size_t>(kernel.size(), static_cast<std::size_t>(have_end - kernel.data()) + 1));
        wanted.remove_prefix(
            std::min<std::size_t>(wanted.size(), static_cast<std::size_t>(need_end - wanted.data()) + 1));
    }
    return true;
}

bool applies(const Json& rule, const SeccompFor& container) {
    const Json nothing = Json::object();
    const Json& includes = rule.contains("includes") ? rule["includes"] : nothing;
    const Json& excludes = rule.contains("excludes") ? rule["excludes"] : nothing;
    const auto held = [&](const std::string& cap) { return among(container.capabilities, cap); };
    const std::vector<std::string> needed = texts(includes, "caps");
    const std::vector<std::string> spoiling = texts(excludes, "caps");
    const std::vector<std::string> arches = texts(includes, "arches");
    const std::string kernel = text(includes, "minKernel");
    return std::all_of(needed.begin(), needed.end(), held) && std::none_of(spoiling.begin(), spoiling.end(), held) &&
           (arches.empty() || among(arches, container.architecture)) &&
           !among(texts(excludes, "arches"), container.architecture) &&
           (kernel.empty() || at_least(container.kernel, kernel));
}

struct Architecture {
    std::string_view image;  // as image platforms name it
    std::string_view profile;
};

// The machine's own and those that its kernel runs too, "SCMP_ARCH_X86_64" as "x86_64".
std::vector<std::string> architectures(const Json& profile, const std::string& machine) {
    constexpr auto names = std::to_array<Architecture>({{"amd64", "SCMP_ARCH_X86_64"},
                                                        {"arm64", "SCMP_ARCH_AARCH64"},
                                                        {"s390x", "SCMP_ARCH_S390X"},
                                                        {"riscv64", "SCMP_ARCH_RISCV64"},
                                                        {"ppc64le", "SCMP_ARCH_PPC64LE"}});
    std::vector<std::string> found = texts(profile, "architectures");
    const Json nothing = Json::array();
    for (const Json& map : profile.contains("archMap") ? profile["archMap"] : nothing) {
        for (const Architecture& one : names) {
            if (one.image == machine && text(map, "architecture") == one.profile) {
                found = texts(map, "subArchitectures");
                found.insert(found.begin(), std::string(one.profile));
            }
        }
    }
    for (std::string& name : found) {
        name = name.starts_with("SCMP_ARCH_") ? name.substr(10) : name;
        std::transform(name.begin(), name.end(), name.begin(),
                       [](char c) { return c >= 'A' && c <= 'Z' ? static_cast<char>(c - 'A' + 'a') : c; });
    }
    return found;
}

Result<std::string> conditions(const Json& rule) {
    std::string words;
    const Json nothing = Json::array();
    for (const Json& arg : rule.contains("args") && rule["args"].is_array() ? rule["args"] : nothing) {
        const std::string_view op = rule_word(text(arg, "op"));
        if (op.empty()) {
            return fail(Errc::invalid, "not a comparison: \"" + text(arg, "op") + "\"");
        }
        words += " " + std::to_string(number(arg, "index", 0)) + " " + std::string(op) + " " +
                 std::to_string(number(arg, "value", 0)) + " " + std::to_string(number(arg, "valueTwo", 0));
    }
    return words;
}

Status add_rule(const Json& rule, std::string& lines) {
    const std::string action(rule_word(text(rule, "action")));
    if (action.empty()) {
        return fail(Errc::invalid, "not an action: \"" + text(rule, "action") + "\"");
    }
    const std::string head = action + " " + std::to_string(number(rule, "errnoRet", action == "errno" ? 1 : 0)) + " ";
    const std::string tail = TRY(conditions(rule)) + "\n";
    std::vector<std::string> names = texts(rule, "names");
    if (names.empty()) {
        names.push_back(text(rule, "name"));
    }
    for (const std::string& name : names) {
        const bool good = !name.empty() && name.find_first_of(" \n") == std::string::npos;
        if (!good) {
            return fail(Errc::invalid, "not the name of a system call: \"" + name + "\"");
        }
        lines += head;
        lines += name;
        lines += tail;
    }
    return {};
}

}  // namespace

Result<std::string> seccomp_rules(std::string_view profile, const SeccompFor& container) {
    const Json json = Json::parse(profile.begin(), profile.end(), nullptr, false);
    if (!json.is_object() || text(json, "defaultAction").empty()) {
        return fail(Errc::invalid, "not a seccomp profile: no defaultAction");
    }
    const std::string_view action = rule_word(text(json, "defaultAction"));
    if (action.empty()) {
        return fail(Errc::invalid, "not an action: \"" + text(json, "defaultAction") + "\"");
    }
    std::string lines =
        "default " + std::string(action) + " " + std::to_string(number(json, "defaultErrnoRet", 1)) + "\n";
    for (const std::string& architecture : architectures(json, container.architecture)) {
        lines += "arch " + architecture + "\n";
    }
    const Json nothing = Json::array();
    for (const Json& rule : json.contains("syscalls") && json["syscalls"].is_array() ? json["syscalls"] : nothing) {
        if (rule.is_object() && applies(rule, container)) {
            TRY(add_rule(rule, lines));
        }
    }
    return lines;
}

}  // namespace cutaway::sandbox
