// SPDX-License-Identifier: Apache-2.0
// awk's own functions, and printf.
#include <algorithm>
#include <array>
#include <cmath>
#include <cstdio>

#include "core/model/programs/awk_values.h"
#include "core/model/programs/pattern.h"
#include "core/model/programs/text.h"

namespace cutaway::model::programs {

namespace {

std::string upper(std::string text) {
    std::transform(text.begin(), text.end(), text.begin(),
                   [](char c) { return c >= 'a' && c <= 'z' ? static_cast<char>(c - 'a' + 'A') : c; });
    return text;
}

// One "%-5.2f" with its value; an empty answer means that the letter is not known.
std::string one_format(const std::string& spec, const AwkValue& value) {
    const char letter = spec.back();
    const std::string head = spec.substr(0, spec.size() - 1);
    std::array<char, 512> text{};
    switch (letter) {
        case 'd':
        case 'i': std::snprintf(text.data(), text.size(), (head + ".0f").c_str(), std::trunc(value.number())); break;
        case 'f':
        case 'e':
        case 'g': std::snprintf(text.data(), text.size(), spec.c_str(), value.number()); break;
        case 'x':
        case 'X':
        case 'o':
            std::snprintf(text.data(), text.size(), (head + "l" + letter).c_str(), static_cast<long>(value.number()));
            break;
        case 'c':
            return value.kind == AwkValue::Kind::number ? std::string(1, static_cast<char>(value.number()))
                                                        : value.text().substr(0, 1);
        default: std::snprintf(text.data(), text.size(), spec.c_str(), value.text().c_str()); break;
    }
    return text.data();
}

bool is_format(const std::string& spec) {
    const std::size_t digits = spec.find_first_not_of("-+ 0#", 1);
    const std::size_t end = spec.find_first_not_of("0123456789.", digits);
    const bool narrow = spec.size() < 12 && std::count(spec.begin(), spec.end(), '.') < 2;
    return narrow && end == spec.size() - 1 &&
           std::string_view("dicsfegxXo").find(spec.back()) != std::string_view::npos;
}

// In the new text & is what matched, \& an ampersand.
std::string filled(const std::string& by, std::string_view matched) {
    std::string text;
    for (std::size_t i = 0; i < by.size(); ++i) {
        if (by[i] == '\\' && i + 1 < by.size() && (by[i + 1] == '&' || by[i + 1] == '\\')) {
            text += by[++i];
        } else if (by[i] == '&') {
            text += matched;
        } else {
            text += by[i];
        }
    }
    return text;
}

}  // namespace

std::string AwkValues::formatted(const std::vector<AwkNode>& arguments) {
    const std::string format = arguments.empty() ? "" : value_of(arguments[0]).text();
    std::string text;
    std::size_t next = 1;
    for (std::size_t i = 0; i < format.size(); ++i) {
        if (format[i] != '%') {
            text += format[i];
            continue;
        }
        const std::size_t end = format.find_first_not_of("-+ 0#123456789.", i + 1);
        const std::string spec = end == std::string::npos ? "%" : format.substr(i, end + 1 - i);
        i = end == std::string::npos ? format.size() : end;
        if (spec == "%%") {
            text += "%";
        } else if (!is_format(spec)) {
            foreign_ = "printf " + spec;
        } else {
            text += one_format(spec, next < arguments.size() ? value_of(arguments[next]) : AwkValue{});
            ++next;
        }
    }
    return text;
}

AwkValue AwkValues::replace(const AwkNode& node, bool all) {
    static const AwkNode whole{AwkNode::What::field, "", 0, {AwkNode{AwkNode::What::number, "0", 0, {}}}};
    const AwkNode& target = node.kids.size() > 2 ? node.kids[2] : whole;
    const std::string source = pattern_of(node.kids[0]);
    const auto regex = Regex::compile(source, Regex::Kind::extended, false);
    const std::string by = value_of(node.kids[1]).text();
    if (!regex) {
        foreign_ = "pattern /" + source + "/";
        return {};
    }
    const Place place = place_of(target);
    const std::string text = read(place).text();
    std::string made;
    std::size_t from = 0;
    double count = 0;
    while (from <= text.size() && (all || count == 0)) {
        const auto found = regex->search(text, from);
        if (!found) {
            break;
        }
        const Span span = found->front();
        made += text.substr(from, span.from - from) + filled(by, text.substr(span.from, span.to - span.from));
        from = span.to;
        if (span.to == span.from) {  // an empty match: one letter on
            made += text.substr(from, 1);
            ++from;
        }
        ++count;
    }
    if (count > 0) {
        write(place, AwkValue::of(made + (from < text.size() ? text.substr(from) : "")));
    }
    return AwkValue::of(count);
}

AwkValue AwkValues::split_into(const AwkNode& node) {
    const std::string text = value_of(node.kids[0]).text();
    const std::string separator = node.kids.size() > 2 ? pattern_of(node.kids[2]) : variable("FS");
    AwkMemory fields;
    fields.set("FS", separator);
    fields.set_line(text);
    std::map<std::string, std::string> parts = fields.arrays["$"];
    parts.erase("0");
    const auto count = static_cast<double>(parts.size());
    memory_.arrays["[" + node.kids[1].text] = std::move(parts);
    return AwkValue::of(count);
}

AwkValue AwkValues::substring(const AwkNode& node) {
    const std::string text = value_of(node.kids[0]).text();
    const double size = static_cast<double>(text.size());
    const double first = std::round(value_of(node.kids[1]).number());
    const double length = node.kids.size() > 2 ? std::round(value_of(node.kids[2]).number()) : size + 1;
    const double from = std::min(std::max(first, 1.0), size + 1);
    const double to = std::min(std::max(first + length, from), size + 1);
    return AwkValue::of(text.substr(static_cast<std::size_t>(from - 1), static_cast<std::size_t>(to - from)));
}

AwkValue AwkValues::call(const AwkNode& node) {
    const std::string& name = node.text;
    const std::size_t count = node.kids.size();
    const bool enough = name == "length" || (name == "split" || name == "substr" || name == "index" || name == "sub" ||
                                                     name == "gsub" || name == "match"
                                                 ? count >= 2
                                                 : count >= 1);
    if (!enough) {
        foreign_ = name + "() with " + std::to_string(count) + " arguments";
        return {};
    }
    if (name == "sub" || name == "gsub") {
        return replace(node, name == "gsub");
    }
    if (name == "split") {
        return split_into(node);
    }
    if (name == "substr") {
        return substring(node);
    }
    if (name == "sprintf") {
        return AwkValue::of(formatted(node.kids));
    }
    if (name == "length" && count == 1 && memory_.arrays.contains("[" + node.kids[0].text)) {
        return AwkValue::of(static_cast<double>(memory_.arrays["[" + node.kids[0].text].size()));
    }
    const std::string text = count == 0 ? field(0).text() : value_of(node.kids[0]).text();
    if (name == "match") {
        const auto regex = Regex::compile(pattern_of(node.kids[1]), Regex::Kind::extended, false);
        const auto found = regex ? regex->search(text) : std::nullopt;
        memory_.set_number("RSTART", found ? static_cast<double>(found->front().from + 1) : 0);
        memory_.set_number("RLENGTH", found ? static_cast<double>(found->front().to - found->front().from) : -1);
        return AwkValue::of(memory_.number("RSTART"));
    }
    if (name == "index") {
        const std::size_t at = text.find(value_of(node.kids[1]).text());
        return AwkValue::of(at == std::string::npos ? 0.0 : static_cast<double>(at + 1));
    }
    return name == "length"    ? AwkValue::of(static_cast<double>(text.size()))
           : name == "int"     ? AwkValue::of(std::trunc(value_of(node.kids[0]).number()))
           : name == "toupper" ? AwkValue::of(upper(text))
                               : AwkValue::of(lower(text));
}

}  // namespace cutaway::model::programs
