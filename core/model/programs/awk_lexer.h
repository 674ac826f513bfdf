// SPDX-License-Identifier: Apache-2.0
// awk's words: numbers, strings, patterns, names and signs. A slash divides behind a value and opens a pattern elsewhere.
#pragma once

#include <string>
#include <string_view>
#include <vector>

namespace cutaway::model::programs {

struct AwkToken {
    enum class Kind { end, newline, number, text, regex, name, call, sign } kind = Kind::end;
    std::string text;
    double number = 0;
};

struct AwkTokens {
    std::vector<AwkToken> all;  // the last one is the end
    std::string wrong;          // not empty: "unterminated string"
};

AwkTokens lex_awk(std::string_view source);

}  // namespace cutaway::model::programs
