// SPDX-License-Identifier: Apache-2.0
// Grading: what was predicted against what the Picture says. Pure; it keeps nothing and changes nothing.
#pragma once

#include <string>
#include <string_view>
#include <vector>

#include "core/base/result.h"
#include "core/lesson/document.h"
#include "core/lesson/lesson.h"

namespace cutaway::lesson {

std::string plain(const scene::Value& value);  // as a person writes it: texts without quotes

// {{ expression }} replaced by its value; what leads nowhere becomes "…", what is no expression stays as it is.
std::string fill(std::string_view text, const scene::Picture& picture);
std::vector<Mistake> check_fills(int line, std::string_view text);

// The items of an order as they are shown: never as they stand in the lesson, always in the same way.
std::vector<std::size_t> shuffled(const Predict& predict);

// What was typed as what is graded: a choice's letter or number becomes its value, an order "2 3 1" the items' places.
// Errc::invalid says what would be understood.
Result<std::string> read_answer(const Predict& predict, std::string_view typed);

struct Verdict {
    bool right = false;
    std::string answer;  // the right one, in words
    std::string say;     // the feedback to what was given
};

// `given` is of read_answer. An answer that cannot be worked out on this Picture is nobody's fault: Errc::unsupported.
Result<Verdict> grade(const Predict& predict, const std::string& given, const scene::Picture& picture);

}  // namespace cutaway::lesson
