// SPDX-License-Identifier: Apache-2.0
// Patterns: shell globs (fnmatch) and regular expressions, basic and extended, by backtracking within a bound of
// steps. No back-references. A pattern that it cannot read is refused, not approximated.
#pragma once

#include <cstddef>
#include <memory>
#include <optional>
#include <string>
#include <string_view>
#include <utility>
#include <vector>

namespace cutaway::model::programs {

// '*' '?' '[a-z]' '[!a]', backslash quotes.
bool glob_match(std::string_view pattern, std::string_view text);
bool has_glob(std::string_view pattern);

struct Span {
    std::size_t from = 0;
    std::size_t to = 0;
};

struct RegexNode;

class Regex {
public:
    enum class Kind { basic, extended, fixed };
    static std::optional<Regex> compile(std::string_view pattern, Kind kind, bool ignore_case);

    // The leftmost match at or after `from`: whole match first, then the groups.
    [[nodiscard]] std::optional<std::vector<Span>> search(std::string_view text, std::size_t from = 0) const;

private:
    std::shared_ptr<const RegexNode> root_;
    std::size_t groups_ = 0;
    bool ignore_case_ = false;
};

}  // namespace cutaway::model::programs
