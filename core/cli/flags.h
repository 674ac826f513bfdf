// SPDX-License-Identifier: Apache-2.0
// Command lines as docker reads them (its pflag rules): --name=web, --name web, -p8080:80, -it, flags and arguments
// mixed unless the verb says that everything behind its first argument is the container's. Knows no verb.
#pragma once

#include <map>
#include <optional>
#include <string>
#include <string_view>
#include <vector>

#include "core/base/result.h"

namespace cutaway::cli {

enum class FlagKind { boolean, text, list, number };

struct FlagSpec {
    std::string_view name;  // without dashes
    char letter = 0;        // 0: none
    FlagKind kind = FlagKind::boolean;
    std::string_view help;
    std::string_view refused;  // not empty: known to docker, and why it is not here
};
inline constexpr std::string_view not_yet = "Cutaway does not do this yet";

// The flag that wants the next word: "--name", "-p", "-itp"; null: none, or its value stands with it already.
const FlagSpec* flag_wanting(const std::vector<FlagSpec>& flags, const std::string& word);

struct Parsed {
    [[nodiscard]] bool has(std::string_view name) const { return values.contains(std::string(name)); }
    [[nodiscard]] bool on(std::string_view name) const;  // a boolean that is set and not =false
    [[nodiscard]] std::string text(std::string_view name) const;
    [[nodiscard]] const std::vector<std::string>& list(std::string_view name) const;
    [[nodiscard]] std::optional<std::int64_t> number(std::string_view name) const;

    std::vector<std::string> arguments;
    std::map<std::string, std::vector<std::string>, std::less<>> values;  // by the flag's long name
};

enum class Mix { anywhere, before_arguments };  // where flags may stand

// Errors read as docker's: "unknown flag: --nme", "flag needs an argument: --name", "invalid argument …".
Result<Parsed> parse_flags(const std::vector<std::string>& words, const std::vector<FlagSpec>& specs, Mix mix);

}  // namespace cutaway::cli
