// SPDX-License-Identifier: Apache-2.0
// awk's values and what holds them: variables, arrays and fields as text, so that they survive between two lines, and the
// evaluation of expressions over them.
#pragma once

#include <map>
#include <string>
#include <string_view>
#include <vector>

#include "core/model/programs/awk_syntax.h"

namespace cutaway::model::programs {

// What came from input and looks like a number compares as one.
struct AwkValue {
    enum class Kind { nothing, number, text, input } kind = Kind::nothing;
    double value = 0;
    std::string letters;

    static AwkValue of(double number) { return {Kind::number, number, {}}; }
    static AwkValue of(std::string text) { return {Kind::text, 0, std::move(text)}; }
    [[nodiscard]] double number() const;
    [[nodiscard]] std::string text() const;
    [[nodiscard]] bool truth() const;
    [[nodiscard]] bool is_numeric() const;
};

// array → key → value with a letter in front that says its kind. "" holds the variables, "$" the fields.
struct AwkMemory {
    std::map<std::string, std::map<std::string, std::string>> arrays;

    void set(const std::string& name, const std::string& text);        // a string
    void set_given(const std::string& name, const std::string& text);  // as input: it may be a number
    void set_number(const std::string& name, double number);
    [[nodiscard]] double number(const std::string& name) const;
    void set_line(std::string_view line);  // $0, its fields and NF
};

std::string unescape_awk(const std::string& text);  // \t \n \\ of -F and -v

inline constexpr std::string_view awk_division = "division by zero";  // an error of its own, nothing foreign

class AwkValues {
public:
    explicit AwkValues(AwkMemory& memory) : memory_(memory) {}

    AwkValue value_of(const AwkNode& node);
    std::string formatted(const std::vector<AwkNode>& arguments);  // printf's
    AwkValue field(std::size_t number) const;
    [[nodiscard]] std::string variable(const std::string& name) const;
    void set(const std::string& name, const std::string& text) { memory_.set_given(name, text); }
    [[nodiscard]] std::vector<std::string> keys(const std::string& array) const;  // numbers first, by size
    void remove(const AwkNode& place);
    [[nodiscard]] const std::string& foreign() const { return foreign_; }  // what is not modelled

private:
    struct Place {
        std::string array;
        std::string key;
    };
    Place place_of(const AwkNode& node);
    AwkValue read(const Place& place) const;
    void write(const Place& place, const AwkValue& value);
    AwkValue assign(const AwkNode& node);
    AwkValue increment(const AwkNode& node);
    AwkValue binary(const AwkNode& node);
    AwkValue call(const AwkNode& node);
    AwkValue replace(const AwkNode& node, bool all);
    AwkValue split_into(const AwkNode& node);
    AwkValue substring(const AwkNode& node);
    bool matches(const std::string& text, const AwkNode& pattern);
    std::string pattern_of(const AwkNode& node);
    std::string key_of(const std::vector<AwkNode>& parts);

    AwkMemory& memory_;
    std::string foreign_;
};

}  // namespace cutaway::model::programs
