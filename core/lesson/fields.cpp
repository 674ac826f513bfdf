// SPDX-License-Identifier: Apache-2.0
#include "core/lesson/fields.h"

#include <algorithm>
#include <charconv>

namespace cutaway::lesson {

namespace {

constexpr int last_claim = 128;

std::string trimmed(std::string_view text) {
    const std::size_t begin = text.find_first_not_of(' ');
    if (begin == std::string_view::npos) {
        return {};
    }
    return std::string(text.substr(begin, text.find_last_not_of(' ') - begin + 1));
}

std::optional<int> to_int(std::string_view text) {
    int value = 0;
    const auto [end, error] = std::from_chars(text.data(), text.data() + text.size(), value);
    return error == std::errc() && end == text.data() + text.size() && !text.empty() ? std::optional<int>(value)
                                                                                     : std::nullopt;
}

std::size_t distance(std::string_view a, std::string_view b) {
    std::vector<std::size_t> row(b.size() + 1);
    for (std::size_t j = 0; j < row.size(); ++j) {
        row[j] = j;
    }
    for (std::size_t i = 1; i <= a.size(); ++i) {
        std::size_t corner = row[0];
        row[0] = i;
        for (std::size_t j = 1; j <= b.size(); ++j) {
            const std::size_t above = row[j];
            row[j] = std::min({row[j - 1] + 1, above + 1, corner + (a[i - 1] == b[j - 1] ? 0U : 1U)});
            corner = above;
        }
    }
    return row.back();
}

}  // namespace

const std::vector<KeySpec>& key_table() {
    static const std::vector<KeySpec> table{
        {"front", "id", Often::once},
        {"front", "title", Often::once},
        {"front", "summary", Often::once},
        {"front", "goal", Often::any},
        {"front", "minutes", Often::once},
        {"front", "worlds"},
        {"front", "images"},
        {"front", "real", Often::any},
        {"front", "needs"},
        {"front", "quiz"},
        {"front", "locale"},
        {"front", "cut", Often::any},
        {"step", "id", Often::once},
        {"step", "words"},
        {"step", "lights"},
        {"step", "caption", Often::once},
        {"step", "note", Often::any},
        {"step", "explains"},
        {"run", "do", Often::any},
        {"run", "exits"},
        {"stop", "phase"},
        {"stop", "step"},
        {"stop", "call"},
        {"stop", "when"},
        {"stop", "after"},
        {"stop", "say", Often::once},
        {"predict", "id", Often::once},
        {"predict", "type"},
        {"predict", "ask", Often::once},
        {"predict", "answer"},
        {"predict", "choice", Often::any},
        {"predict", "item", Often::any},
        {"predict", "wrong", Often::any},
        {"predict", "accept", Often::any},
        {"predict", "right"},
        {"predict", "otherwise"},
        {"predict", "now"},
        {"predict", "points"},
        {"task", "id", Often::once},
        {"task", "goal", Often::once},
        {"task", "verify", Often::once},
        {"task", "hint", Often::any},
        {"task", "fail"},
        {"task", "solve", Often::any},
        {"task", "done"},
        {"task", "points"},
        {"check", "claims", Often::once},
        {"check", "world"},
        {"check", "holds", Often::once},
        {"check", "fails", Often::once},
        {"check", "text", Often::once},
        {"card", "claims", Often::once},
        {"card", "often", Often::once},
        {"card", "today", Often::once},
        {"figure", "name", Often::once},
        {"figure", "alt", Often::once},
    };
    return table;
}

std::string nearest(std::string_view word, const std::vector<std::string>& known) {
    std::string best;
    std::size_t least = 3;
    for (const std::string& one : known) {
        if (const std::size_t d = word.size() > 64 ? least : distance(word, one); d < least) {
            least = d;
            best = one;
        }
    }
    return best;
}

std::vector<std::string> split_bars(std::string_view text) {
    std::vector<std::string> out;
    while (true) {
        const std::size_t bar = text.find(" | ");
        out.push_back(trimmed(text.substr(0, bar)));
        if (bar == std::string_view::npos) {
            return out;
        }
        text.remove_prefix(bar + 3);
    }
}

Fields::Fields(std::string_view block, int line, const std::vector<Field>& fields, std::vector<Mistake>& mistakes)
    : block_(block), line_(line), fields_(fields), mistakes_(mistakes) {
    check_keys();
}

void Fields::check_keys() {
    std::vector<std::string> known;
    for (const KeySpec& spec : key_table()) {
        if (spec.block != block_) {
            continue;
        }
        known.emplace_back(spec.key);
        const std::vector<const Field*> found = all(spec.key);
        if (spec.often == Often::once && found.empty()) {
            complain(line_, "the " + std::string(block_) + " has no " + std::string(spec.key) + "; add one");
        }
        if (spec.often != Often::any && found.size() > 1) {
            complain(found[1]->line, std::string(spec.key) + " stands here for the second time; keep one");
        }
        for (const Field* field : found) {
            if (field->value.empty()) {
                complain(field->line, std::string(spec.key) + " is empty; write its value behind the colon");
            }
        }
    }
    for (const Field& field : fields_) {
        if (std::find(known.begin(), known.end(), field.key) == known.end()) {
            const std::string meant = nearest(field.key, known);
            complain(field.line, "a " + std::string(block_) + " has no field called \"" + field.key + "\"" +
                                     (meant.empty() ? "; see docs/lesson-format.md" : "; did you mean " + meant));
        }
    }
}

const Field* Fields::find(std::string_view key) const {
    const auto found =
        std::find_if(fields_.begin(), fields_.end(), [&](const Field& field) { return field.key == key; });
    return found == fields_.end() ? nullptr : &*found;
}

std::string Fields::text(std::string_view key) const {
    const Field* field = find(key);
    return field == nullptr ? std::string() : field->value;
}

int Fields::line_of(std::string_view key) const {
    const Field* field = find(key);
    return field == nullptr ? line_ : field->line;
}

std::vector<const Field*> Fields::all(std::string_view key) const {
    std::vector<const Field*> out;
    for (const Field& field : fields_) {
        if (field.key == key) {
            out.push_back(&field);
        }
    }
    return out;
}

std::vector<std::string> Fields::texts(std::string_view key) const {
    std::vector<std::string> out;
    for (const Field* field : all(key)) {
        out.push_back(field->value);
    }
    return out;
}

std::vector<std::string> Fields::words(std::string_view key) const {
    std::vector<std::string> out;
    std::string rest = text(key);
    while (!rest.empty()) {
        const std::size_t comma = rest.find(',');
        if (std::string word = trimmed(std::string_view(rest).substr(0, comma)); !word.empty()) {
            out.push_back(std::move(word));
        }
        rest = comma == std::string::npos ? "" : rest.substr(comma + 1);
    }
    return out;
}

int Fields::number(std::string_view key, int least, int most, int otherwise) {
    const Field* field = find(key);
    if (field == nullptr) {
        return otherwise;
    }
    const std::optional<int> value = to_int(field->value);
    if (!value || *value < least || *value > most) {
        complain(field->line, std::string(key) + " must be a number from " + std::to_string(least) + " to " +
                                  std::to_string(most) + ", not \"" + field->value + "\"");
        return otherwise;
    }
    return *value;
}

std::vector<int> Fields::claims(std::string_view key) {
    std::vector<int> out;
    for (const std::string& word : words(key)) {
        const std::optional<int> claim = to_int(word);
        if (!claim || *claim < 1 || *claim > last_claim) {
            complain(line_of(key), "there is no claim \"" + word + "\"; claims are numbered from 1 to " +
                                       std::to_string(last_claim) + " and separated by commas");
            continue;
        }
        out.push_back(*claim);
    }
    return out;
}

bool Fields::flag(std::string_view key) {
    const std::string value = text(key);
    if (given(key) && value != "true" && value != "false") {
        complain(line_of(key), std::string(key) + " must be true or false");
    }
    return value == "true";
}

std::optional<scene::Expression> Fields::parse(int line, const std::string& text) {
    if (text.empty()) {
        return std::nullopt;
    }
    Result<scene::Expression> parsed = scene::parse_expression(text);
    if (!parsed) {
        complain(line, "\"" + text + "\" is no expression: " + parsed.error().doing);
        return std::nullopt;
    }
    return std::move(*parsed);
}

std::optional<scene::Expression> Fields::expression(std::string_view key) { return parse(line_of(key), text(key)); }

std::vector<std::string> Fields::parts(const Field& field, std::size_t count, std::string_view shape) {
    std::vector<std::string> out = split_bars(field.value);
    if (out.size() != count || std::any_of(out.begin(), out.end(), [](const auto& one) { return one.empty(); })) {
        complain(field.line, "write this " + field.key + " as " + std::string(shape));
        out.resize(count);
    }
    return out;
}

void Fields::complain(int line, std::string what) { mistakes_.push_back({line, std::move(what)}); }

}  // namespace cutaway::lesson
