// SPDX-License-Identifier: Apache-2.0
// Fields: what stands in one block, read by key. Which keys a block may have, must have and may repeat is one table;
// docs/lesson-format.md and the schema are tested against it. A wrong field becomes a Mistake, never a failure.
#pragma once

#include <optional>
#include <string>
#include <string_view>
#include <vector>

#include "core/lesson/document.h"
#include "core/scene/expression.h"

namespace cutaway::lesson {

enum class Often { once, at_most_once, any };
CUTAWAY_ENUM(Often, once, at_most_once, any)

struct KeySpec {
    std::string_view block;  // "front" is the front matter
    std::string_view key;
    Often often = Often::at_most_once;
};

const std::vector<KeySpec>& key_table();

class Fields {
public:
    // Tells at once what is unknown, missing or there twice. All three outlive it.
    Fields(std::string_view block, int line, const std::vector<Field>& fields, std::vector<Mistake>& mistakes);

    [[nodiscard]] std::string text(std::string_view key) const;  // empty: not there
    [[nodiscard]] bool given(std::string_view key) const { return find(key) != nullptr; }
    [[nodiscard]] std::vector<const Field*> all(std::string_view key) const;
    [[nodiscard]] std::vector<std::string> texts(std::string_view key) const;
    [[nodiscard]] std::vector<std::string> words(std::string_view key) const;  // separated by commas
    int number(std::string_view key, int least, int most, int otherwise);
    std::vector<int> claims(std::string_view key);
    bool flag(std::string_view key);
    std::optional<scene::Expression> expression(std::string_view key);
    std::optional<scene::Expression> parse(int line, const std::string& text);
    // "a | b | c" as exactly that many texts; what is missing is a mistake.
    std::vector<std::string> parts(const Field& field, std::size_t count, std::string_view shape);
    void complain(int line, std::string what);
    [[nodiscard]] int line_of(std::string_view key) const;
    [[nodiscard]] int line() const { return line_; }

private:
    [[nodiscard]] const Field* find(std::string_view key) const;
    void check_keys();

    std::string_view block_;
    int line_;
    const std::vector<Field>& fields_;
    std::vector<Mistake>& mistakes_;
};

std::vector<std::string> split_bars(std::string_view text);  // at " | ", trimmed
// The one of `known` that was probably meant; empty: none is near.
std::string nearest(std::string_view word, const std::vector<std::string>& known);

}  // namespace cutaway::lesson
