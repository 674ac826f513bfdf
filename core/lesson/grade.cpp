// SPDX-License-Identifier: Apache-2.0
#include "core/lesson/grade.h"

#include <algorithm>
#include <charconv>

namespace cutaway::lesson {

namespace {

std::string lowered(std::string_view text) {
    std::string out;
    for (const char c : text) {
        const bool skip = c == ' ' && (out.empty() || out.back() == ' ');
        if (!skip) {
            out += c >= 'A' && c <= 'Z' ? static_cast<char>(c - 'A' + 'a') : c;
        }
    }
    while (!out.empty() && (out.back() == ' ' || out.back() == '.')) {
        out.pop_back();
    }
    return out;
}

std::vector<std::size_t> numbers_in(std::string_view text) {
    std::vector<std::size_t> out;
    for (std::size_t at = 0; at < text.size();) {
        std::size_t value = 0;
        const auto [end, error] = std::from_chars(text.data() + at, text.data() + text.size(), value);
        if (error == std::errc()) {
            out.push_back(value);
            at = static_cast<std::size_t>(end - text.data());
        } else {
            ++at;
        }
    }
    return out;
}

Result<std::string> read_choice(const Predict& predict, const std::string& typed) {
    for (std::size_t n = 0; n < predict.choices.size(); ++n) {
        const std::string letter(1, static_cast<char>('a' + static_cast<char>(n)));
        if (typed == letter || typed == letter + ")" || typed == std::to_string(n + 1)) {
            return std::to_string(n);
        }
    }
    const char last = static_cast<char>('a' + static_cast<char>(predict.choices.size()) - 1);
    return fail(Errc::invalid, std::string("answer with a letter from a to ") + last);
}

Result<std::string> read_order(const Predict& predict, std::string_view typed) {
    std::vector<std::size_t> places = numbers_in(typed);
    std::vector<std::size_t> sorted = places;
    std::sort(sorted.begin(), sorted.end());
    bool whole = sorted.size() == predict.items.size();
    for (std::size_t n = 0; whole && n < sorted.size(); ++n) {
        whole = sorted[n] == n + 1;
    }
    if (!whole) {
        return fail(Errc::invalid, "answer with all the numbers from 1 to " + std::to_string(predict.items.size()) +
                                       ", first things first, as 2 3 1");
    }
    std::string out;
    const std::vector<std::size_t> shown = shuffled(predict);
    for (const std::size_t place : places) {
        out += (out.empty() ? "" : " ") + std::to_string(shown[place - 1]);
    }
    return out;
}

Verdict grade_order(const Predict& predict, const std::string& given) {
    std::string right;
    std::string words;
    for (std::size_t n = 0; n < predict.items.size(); ++n) {
        right += (n == 0 ? "" : " ") + std::to_string(n);
        words += (n == 0 ? "" : ", then ") + predict.items[n].text;
    }
    const bool same = given == right;
    return {same, words, same ? predict.right : predict.otherwise};
}

Verdict grade_choice(const Predict& predict, const std::string& given, const std::string& answer) {
    Verdict verdict;
    const std::vector<std::size_t> place = numbers_in(given);
    for (std::size_t n = 0; n < predict.choices.size(); ++n) {
        const Choice& choice = predict.choices[n];
        if (choice.value == answer) {
            verdict.answer = choice.text;
        }
        if (!place.empty() && place.front() == n) {
            verdict.right = choice.value == answer;
            verdict.say = choice.say;
        }
    }
    return verdict;
}

Verdict grade_written(const Predict& predict, const std::string& given, const std::string& answer) {
    const std::string said = lowered(given);
    bool right = said == lowered(answer);
    for (const std::string& form : predict.accept) {
        right = right || said == lowered(form);
    }
    if (right) {
        return {true, answer, predict.right};
    }
    for (const Wrong& wrong : predict.wrongs) {
        if (lowered(wrong.value) == said) {
            return {false, answer, wrong.say};
        }
    }
    return {false, answer, predict.otherwise};
}

}  // namespace

std::string plain(const scene::Value& value) {
    if (const auto* text = std::get_if<std::string>(&value)) {
        return *text;
    }
    if (const auto* node = std::get_if<scene::Node>(&value); node != nullptr && node->shape() == scene::Shape::text) {
        return std::string(node->text());
    }
    return scene::to_json(value);
}

std::string fill(std::string_view text, const scene::Picture& picture) {
    std::string out;
    while (true) {
        const std::size_t begin = text.find("{{");
        const std::size_t end = begin == std::string_view::npos ? begin : text.find("}}", begin);
        out += text.substr(0, end == std::string_view::npos ? text.size() : begin);
        if (end == std::string_view::npos) {
            return out;
        }
        const Result<scene::Expression> parsed = scene::parse_expression(text.substr(begin + 2, end - begin - 2));
        if (parsed) {
            const Result<scene::Value> value = scene::evaluate(*parsed, picture);
            out += value && !scene::is_missing(*value) ? plain(*value) : "…";
        } else {
            out += text.substr(begin, end + 2 - begin);
        }
        text.remove_prefix(end + 2);
    }
}

std::vector<Mistake> check_fills(int line, std::string_view text) {
    std::vector<Mistake> out;
    for (std::size_t begin = text.find("{{"); begin != std::string_view::npos; begin = text.find("{{", begin + 2)) {
        const std::size_t end = text.find("}}", begin);
        if (end == std::string_view::npos) {
            out.push_back({line, "a {{ here has no closing }}"});
            return out;
        }
        if (const auto parsed = scene::parse_expression(text.substr(begin + 2, end - begin - 2)); !parsed) {
            out.push_back({line, "what stands between {{ and }} is no expression: " + parsed.error().doing});
        }
    }
    return out;
}

// Every second one first, backwards: no order of three or more stays as it was.
std::vector<std::size_t> shuffled(const Predict& predict) {
    std::vector<std::size_t> out;
    for (std::size_t n = predict.items.size(); n > 0; --n) {
        if (n % 2 == 0) {
            out.push_back(n - 1);
        }
    }
    for (std::size_t n = 0; n < predict.items.size(); n += 2) {
        out.push_back(n);
    }
    return out;
}

Result<std::string> read_answer(const Predict& predict, std::string_view typed) {
    const std::string answer = lowered(typed);
    if (predict.type == Ask::choice) {
        return read_choice(predict, answer);
    }
    if (predict.type == Ask::order) {
        return read_order(predict, answer);
    }
    const bool digits = !answer.empty() && answer.find_first_not_of("-0123456789") == std::string::npos;
    if (predict.type == Ask::number && !digits) {
        return fail(Errc::invalid, "answer with a number");
    }
    return answer.empty() ? Result<std::string>(fail(Errc::invalid, "answer with a word")) : Result(answer);
}

Result<Verdict> grade(const Predict& predict, const std::string& given, const scene::Picture& picture) {
    if (predict.type == Ask::order) {
        return grade_order(predict, given);
    }
    if (!predict.answer) {
        return fail(Errc::unsupported, "the lesson gives no answer to " + predict.id);
    }
    const scene::Value value = TRY(scene::evaluate(*predict.answer, picture));
    const std::string answer = plain(value);
    const Verdict verdict =
        predict.type == Ask::choice ? grade_choice(predict, given, answer) : grade_written(predict, given, answer);
    if (scene::is_missing(value) || (predict.type == Ask::choice && verdict.answer.empty())) {
        return fail(Errc::unsupported,
                    "the answer to " + predict.id + " cannot be told from this picture (" + answer + ")");
    }
    return verdict;
}

}  // namespace cutaway::lesson
