// SPDX-License-Identifier: Apache-2.0
#include "core/model/programs/awk_values.h"

#include <algorithm>
#include <array>
#include <cmath>
#include <cstdio>
#include <cstdlib>

#include "core/model/programs/pattern.h"
#include "core/model/programs/text.h"

namespace cutaway::model::programs {

namespace {

using What = AwkNode::What;
using Kind = AwkValue::Kind;

constexpr std::string_view blanks = " \t\n";

// The number that a text begins with; whole: whether nothing but blanks is behind it.
double number_in(const std::string& text, bool& whole) {
    const std::size_t from = std::min(text.find_first_not_of(blanks), text.size());
    const bool begins =
        from < text.size() && std::string_view("0123456789+-.").find(text[from]) != std::string_view::npos;
    char* end = nullptr;
    const std::string digits = text.substr(from, text.find_first_not_of("0123456789+-.eE", from) - from);
    const double number = begins ? std::strtod(digits.c_str(), &end) : 0;
    const std::size_t taken = begins ? static_cast<std::size_t>(end - digits.c_str()) : 0;
    whole = taken > 0 && text.find_first_not_of(blanks, from + taken) == std::string::npos;
    return number;
}

std::string number_text(double number) {
    std::array<char, 40> text{};
    const bool whole = std::isfinite(number) && number == std::trunc(number) && std::fabs(number) < 1e15;
    std::snprintf(text.data(), text.size(), whole ? "%.0f" : "%.6g", number == 0 ? 0.0 : number);
    return text.data();
}

std::string stored(const AwkValue& value) {
    switch (value.kind) {
        case Kind::nothing: return "z";
        case Kind::number: return "n" + number_text(value.value);
        case Kind::input: return "i" + value.letters;
        case Kind::text: break;
    }
    return "s" + value.letters;
}

AwkValue loaded(const std::string& text) {
    AwkValue value;
    value.kind = text.front() == 'n'   ? Kind::number
                 : text.front() == 'i' ? Kind::input
                 : text.front() == 'z' ? Kind::nothing
                                       : Kind::text;
    bool whole = false;
    value.letters = text.substr(1);
    value.value = value.kind == Kind::number ? number_in(value.letters, whole) : 0;
    return value;
}

// FS: blanks, one letter as it is, or a pattern.
std::vector<std::string> split_fields(std::string_view text, const std::string& separator) {
    if (separator == " ") {
        return split_blank(text);
    }
    if (text.empty()) {
        return {};
    }
    if (separator.size() == 1) {
        return split(text, separator.front());
    }
    const auto regex = Regex::compile(separator, Regex::Kind::extended, false);
    std::vector<std::string> parts;
    std::size_t from = 0;
    while (regex) {
        const auto found = regex->search(text, from);
        if (!found || found->front().to == found->front().from) {
            break;
        }
        parts.emplace_back(text.substr(from, found->front().from - from));
        from = found->front().to;
    }
    parts.emplace_back(text.substr(from));
    return parts;
}

}  // namespace

// --- values ---

double AwkValue::number() const {
    bool whole = false;
    return kind == Kind::number ? value : kind == Kind::nothing ? 0 : number_in(letters, whole);
}

std::string AwkValue::text() const { return kind == Kind::number ? number_text(value) : letters; }

bool AwkValue::is_numeric() const {
    bool whole = false;
    if (kind == Kind::input) {
        (void)number_in(letters, whole);
    }
    return kind == Kind::number || kind == Kind::nothing || whole;
}

bool AwkValue::truth() const {
    return kind == Kind::number || (kind == Kind::input && is_numeric()) ? number() != 0 : !text().empty();
}

// --- memory ---

void AwkMemory::set(const std::string& name, const std::string& text) { arrays[""][name] = "s" + text; }
void AwkMemory::set_given(const std::string& name, const std::string& text) { arrays[""][name] = "i" + text; }
void AwkMemory::set_number(const std::string& name, double number) { arrays[""][name] = stored(AwkValue::of(number)); }

double AwkMemory::number(const std::string& name) const {
    const auto variables = arrays.find("");
    const auto found =
        variables == arrays.end() ? std::map<std::string, std::string>::const_iterator() : variables->second.find(name);
    return variables == arrays.end() || found == variables->second.end() ? 0 : loaded(found->second).number();
}

void AwkMemory::set_line(std::string_view line) {
    std::map<std::string, std::string>& fields = arrays["$"];
    fields.clear();
    fields["0"] = "i" + std::string(line);
    const auto separator = arrays[""].find("FS");
    const std::vector<std::string> parts =
        split_fields(line, separator == arrays[""].end() ? " " : loaded(separator->second).text());
    for (std::size_t i = 0; i < parts.size(); ++i) {
        fields[std::to_string(i + 1)] = "i" + parts[i];
    }
    set_number("NF", static_cast<double>(parts.size()));
}

std::string unescape_awk(const std::string& text) {
    std::string plain;
    for (std::size_t i = 0; i < text.size(); ++i) {
        const char next = i + 1 < text.size() ? text[i + 1] : '\0';
        const bool escape = text[i] == '\\' && (next == 't' || next == 'n' || next == '\\');
        plain += !escape ? text[i] : next == 't' ? '\t' : next == 'n' ? '\n' : '\\';
        i += escape ? 1 : 0;
    }
    return plain;
}

// --- places ---

AwkValue AwkValues::read(const Place& place) const {
    const auto array = memory_.arrays.find(place.array);
    if (array == memory_.arrays.end()) {
        return {};
    }
    const auto found = array->second.find(place.key);
    return found == array->second.end() ? AwkValue{} : loaded(found->second);
}

void AwkValues::write(const Place& place, const AwkValue& value) {
    if (place.array == "$" && place.key == "0") {
        memory_.set_line(value.text());
        return;
    }
    memory_.arrays[place.array][place.key] = stored(value);
    const bool counts = place.array.empty() && place.key == "NF";
    if (place.array != "$" && !counts) {
        return;
    }
    // a field that changed makes $0 anew, and one behind the last makes more of them
    const double last = counts ? value.number() : std::max(memory_.number("NF"), std::atof(place.key.c_str()));
    const auto count = static_cast<std::size_t>(std::min(std::max(last, 0.0), 100000.0));
    std::map<std::string, std::string> fields;
    std::string line;
    for (std::size_t i = 1; i <= count; ++i) {
        const AwkValue one = read({"$", std::to_string(i)});
        fields[std::to_string(i)] = stored(one);
        line += (i == 1 ? "" : variable("OFS")) + one.text();
    }
    fields["0"] = "i" + line;
    memory_.arrays["$"] = std::move(fields);
    memory_.set_number("NF", static_cast<double>(count));
}

std::string AwkValues::key_of(const std::vector<AwkNode>& parts) {
    std::string key;
    for (std::size_t i = 0; i < parts.size(); ++i) {
        key += (i == 0 ? "" : variable("SUBSEP")) + value_of(parts[i]).text();
    }
    return key;
}

AwkValues::Place AwkValues::place_of(const AwkNode& node) {
    if (node.what == What::field) {
        const double number = value_of(node.kids[0]).number();
        if (number < 0 || number > 100000) {
            foreign_ = "field " + number_text(number);
            return {"$", "0"};
        }
        return {"$", number_text(std::trunc(number))};
    }
    return node.what == What::element ? Place{"[" + node.text, key_of(node.kids)} : Place{"", node.text};
}

AwkValue AwkValues::field(std::size_t number) const { return read({"$", std::to_string(number)}); }
std::string AwkValues::variable(const std::string& name) const { return read({"", name}).text(); }

std::vector<std::string> AwkValues::keys(const std::string& array) const {
    std::vector<std::string> all;
    if (const auto found = memory_.arrays.find("[" + array); found != memory_.arrays.end()) {
        for (const auto& [key, value] : found->second) {
            all.push_back(key);
        }
    }
    std::stable_sort(all.begin(), all.end(), [](const std::string& a, const std::string& b) {
        const auto left = to_number(a);
        const auto right = to_number(b);
        return left && right ? *left < *right : left.has_value() && !right.has_value();
    });
    return all;
}

void AwkValues::remove(const AwkNode& place) {
    if (place.what == What::variable) {
        memory_.arrays.erase("[" + place.text);
    } else {
        const Place at = place_of(place);
        memory_.arrays[at.array].erase(at.key);
    }
}

// --- expressions ---

AwkValue AwkValues::assign(const AwkNode& node) {
    const AwkValue right = value_of(node.kids[1]);
    const Place place = place_of(node.kids[0]);
    AwkValue result = right;
    if (node.text != "=") {
        const double left = read(place).number();
        const double by = right.number();
        const char sign = node.text.front();
        result = AwkValue::of(sign == '+'   ? left + by
                              : sign == '-' ? left - by
                              : sign == '*' ? left * by
                              : sign == '/' ? left / by
                              : sign == '%' ? std::fmod(left, by)
                                            : std::pow(left, by));
    }
    write(place, result);
    return result;
}

AwkValue AwkValues::increment(const AwkNode& node) {
    const Place place = place_of(node.kids[0]);
    const double before = read(place).number();
    const double after = before + (node.text.find('+') != std::string::npos ? 1 : -1);
    write(place, AwkValue::of(after));
    return AwkValue::of(node.text.front() == 'x' ? before : after);
}

AwkValue AwkValues::binary(const AwkNode& node) {
    const std::string& sign = node.text;
    if (sign == "&&" || sign == "||") {
        const bool left = value_of(node.kids[0]).truth();
        const bool decided = sign == "&&" ? !left : left;
        return AwkValue::of(decided ? (left ? 1.0 : 0.0) : value_of(node.kids[1]).truth() ? 1.0 : 0.0);
    }
    const AwkValue left = value_of(node.kids[0]);
    const AwkValue right = value_of(node.kids[1]);
    const double a = left.number();
    const double b = right.number();
    if ((sign == "/" || sign == "%") && b == 0) {
        foreign_ = awk_division;
        return {};
    }
    switch (sign.front()) {
        case '+': return AwkValue::of(a + b);
        case '-': return AwkValue::of(a - b);
        case '*': return AwkValue::of(a * b);
        case '/': return AwkValue::of(a / b);
        case '%': return AwkValue::of(std::fmod(a, b));
        case '^': return AwkValue::of(std::pow(a, b));
        default: break;
    }
    const bool numeric = left.is_numeric() && right.is_numeric();
    const int order = numeric ? (a < b ? -1 : a > b ? 1 : 0) : left.text().compare(right.text());
    const bool holds = sign == "<"    ? order < 0
                       : sign == "<=" ? order <= 0
                       : sign == "==" ? order == 0
                       : sign == "!=" ? order != 0
                       : sign == ">"  ? order > 0
                                      : order >= 0;
    return AwkValue::of(holds ? 1.0 : 0.0);
}

std::string AwkValues::pattern_of(const AwkNode& node) {
    return node.what == What::regex ? node.text : value_of(node).text();
}

bool AwkValues::matches(const std::string& text, const AwkNode& pattern) {
    const std::string source = pattern_of(pattern);
    const auto regex = Regex::compile(source, Regex::Kind::extended, false);
    if (!regex) {
        foreign_ = "pattern /" + source + "/";
        return false;
    }
    return regex->search(text).has_value();
}

AwkValue AwkValues::value_of(const AwkNode& node) {
    switch (node.what) {
        case What::number: return AwkValue::of(node.number);
        case What::text: return AwkValue::of(node.text);
        case What::regex: return AwkValue::of(matches(field(0).text(), node) ? 1.0 : 0.0);
        case What::element: {  // to ask for an element makes it
            const Place place = place_of(node);
            memory_.arrays[place.array].try_emplace(place.key, stored({}));
            return read(place);
        }
        case What::variable:
        case What::field: return read(place_of(node));
        case What::unary: {
            const AwkValue inner = value_of(node.kids[0]);
            return AwkValue::of(node.text == "!"   ? (inner.truth() ? 0.0 : 1.0)
                                : node.text == "-" ? -inner.number()
                                                   : inner.number());
        }
        case What::binary: return binary(node);
        case What::concat: {
            const std::string first = value_of(node.kids[0]).text();
            return AwkValue::of(first + value_of(node.kids[1]).text());
        }
        case What::match:
            return AwkValue::of(matches(value_of(node.kids[0]).text(), node.kids[1]) == (node.text == "~") ? 1.0 : 0.0);
        case What::choice: return value_of(value_of(node.kids[0]).truth() ? node.kids[1] : node.kids[2]);
        case What::assign: return assign(node);
        case What::increment: return increment(node);
        case What::member: {
            const auto array = memory_.arrays.find("[" + node.text);
            const std::string key = value_of(node.kids[0]).text();
            return AwkValue::of(array != memory_.arrays.end() && array->second.contains(key) ? 1.0 : 0.0);
        }
        case What::call: return call(node);
        case What::print:
        case What::printf:
        case What::expression:
        case What::block:
        case What::branch:
        case What::loop_while:
        case What::loop_for:
        case What::loop_in:
        case What::next:
        case What::leave:
        case What::remove: break;
    }
    return {};
}

}  // namespace cutaway::model::programs
