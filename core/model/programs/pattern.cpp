// SPDX-License-Identifier: Apache-2.0
#include "core/model/programs/pattern.h"

#include <array>
#include <cctype>
#include <functional>

namespace cutaway::model::programs {

namespace {

bool in_class(std::string_view name, char c) {
    const auto u = static_cast<unsigned char>(c);
    struct Named {
        std::string_view name;
        int (*is)(int);
    };
    static constexpr std::array<Named, 11> classes{{{"alpha", std::isalpha},
                                                    {"digit", std::isdigit},
                                                    {"alnum", std::isalnum},
                                                    {"space", std::isspace},
                                                    {"upper", std::isupper},
                                                    {"lower", std::islower},
                                                    {"punct", std::ispunct},
                                                    {"blank", std::isblank},
                                                    {"xdigit", std::isxdigit},
                                                    {"print", std::isprint},
                                                    {"cntrl", std::iscntrl}}};
    for (const Named& named : classes) {
        if (named.name == name) {
            return named.is(u) != 0;
        }
    }
    return false;
}

// Reads "[...]" at `at` (behind the bracket); false and `at` unchanged if it has no end.
bool read_bracket(std::string_view pattern, std::size_t& at, std::string_view& inside) {
    std::size_t i = at;
    if (i < pattern.size() && (pattern[i] == '!' || pattern[i] == '^')) {
        ++i;
    }
    if (i < pattern.size() && pattern[i] == ']') {
        ++i;
    }
    while (i < pattern.size() && pattern[i] != ']') {
        if (pattern.substr(i).starts_with("[:")) {
            const std::size_t end = pattern.find(":]", i + 2);
            i = end == std::string_view::npos ? i + 1 : end + 2;
        } else {
            ++i;
        }
    }
    if (i >= pattern.size()) {
        return false;
    }
    inside = pattern.substr(at, i - at);
    at = i + 1;
    return true;
}

bool in_bracket(std::string_view inside, char c) {
    bool negated = false;
    if (!inside.empty() && (inside[0] == '!' || inside[0] == '^')) {
        negated = true;
        inside.remove_prefix(1);
    }
    bool found = false;
    for (std::size_t i = 0; i < inside.size(); ++i) {
        if (inside.substr(i).starts_with("[:")) {
            const std::size_t end = inside.find(":]", i + 2);
            if (end != std::string_view::npos) {
                found = found || in_class(inside.substr(i + 2, end - i - 2), c);
                i = end + 1;
                continue;
            }
        }
        if (i + 2 < inside.size() && inside[i + 1] == '-') {
            found = found || (inside[i] <= c && c <= inside[i + 2]);
            i += 2;
        } else {
            found = found || inside[i] == c;
        }
    }
    return found != negated;
}

}  // namespace

bool has_glob(std::string_view pattern) {
    for (std::size_t i = 0; i < pattern.size(); ++i) {
        if (pattern[i] == '\\') {
            ++i;
        } else if (pattern[i] == '*' || pattern[i] == '?' || pattern[i] == '[') {
            return true;
        }
    }
    return false;
}

bool glob_match(std::string_view pattern, std::string_view text) {
    std::size_t p = 0;
    std::size_t t = 0;
    std::size_t star = std::string_view::npos;
    std::size_t star_text = 0;
    while (t < text.size() || p < pattern.size()) {
        if (p < pattern.size()) {
            const char c = pattern[p];
            if (c == '*') {
                star = p++;
                star_text = t;
                continue;
            }
            std::size_t next = p + 1;
            bool same = false;
            std::string_view inside;
            if (c == '[' && read_bracket(pattern, next, inside)) {
                same = t < text.size() && in_bracket(inside, text[t]);
            } else if (c == '\\' && next < pattern.size()) {
                same = t < text.size() && pattern[next] == text[t];
                ++next;
            } else {
                same = t < text.size() && (c == '?' || c == text[t]);
            }
            if (same) {
                p = next;
                ++t;
                continue;
            }
        }
        if (star == std::string_view::npos || star_text >= text.size()) {
            return false;
        }
        p = star + 1;
        t = ++star_text;
    }
    return true;
}

struct RegexNode {
    enum class What { literal, any, bracket, begin, end, group, sequence, either, repeat, word_edge } what;
    std::string text;  // literal's character, bracket's inside
    std::size_t group = 0;
    std::size_t least = 0;
    std::size_t most = 0;
    std::vector<RegexNode> parts;
};

namespace {

constexpr std::size_t no_bound = static_cast<std::size_t>(-1);
constexpr std::size_t most_steps = 2'000'000;

struct Reader {
    std::string_view pattern;
    bool extended = false;
    std::size_t at = 0;
    std::size_t groups = 0;
    bool ok = true;

    // An operator is plain in the extended form and behind a backslash in the basic one.
    [[nodiscard]] bool is_operator(char c) const {
        if (extended) {
            return at < pattern.size() && pattern[at] == c;
        }
        return at + 1 < pattern.size() && pattern[at] == '\\' && pattern[at + 1] == c;
    }
    void skip_operator() { at += extended ? 1 : 2; }

    RegexNode either(bool inside) {
        RegexNode node{RegexNode::What::either, {}, 0, 0, 0, {}};
        node.parts.push_back(sequence(inside));
        while (ok && is_operator('|')) {
            skip_operator();
            node.parts.push_back(sequence(inside));
        }
        return node;
    }

    RegexNode sequence(bool inside) {
        RegexNode node{RegexNode::What::sequence, {}, 0, 0, 0, {}};
        while (ok && at < pattern.size() && !is_operator('|') && !(inside && is_operator(')'))) {
            RegexNode item = atom(node.parts.empty());
            node.parts.push_back(repeated(std::move(item)));
        }
        return node;
    }

    RegexNode atom(bool first) {
        const char c = pattern[at];
        if (is_operator('(')) {
            skip_operator();
            RegexNode group{RegexNode::What::group, {}, ++groups, 0, 0, {}};
            group.parts.push_back(either(true));
            ok = ok && is_operator(')');
            skip_operator();
            return group;
        }
        ++at;
        if (c == '.') {
            return RegexNode{RegexNode::What::any, {}, 0, 0, 0, {}};
        }
        if (c == '^' && (extended || first)) {
            return RegexNode{RegexNode::What::begin, {}, 0, 0, 0, {}};
        }
        if (c == '$' && (extended || at == pattern.size() || pattern.substr(at).starts_with("\\)"))) {
            return RegexNode{RegexNode::What::end, {}, 0, 0, 0, {}};
        }
        std::string_view inside;
        if (c == '[' && read_bracket(pattern, at, inside)) {
            return RegexNode{RegexNode::What::bracket, std::string(inside), 0, 0, 0, {}};
        }
        if (c == '[' || (extended && (c == '*' || c == '+' || c == '?') && first)) {
            ok = c != '[' && ok;
        }
        return c == '\\' ? escaped() : RegexNode{RegexNode::What::literal, std::string(1, c), 0, 0, 0, {}};
    }

    RegexNode escaped() {
        if (at >= pattern.size()) {
            ok = false;
            return RegexNode{RegexNode::What::end, {}, 0, 0, 0, {}};
        }
        const char c = pattern[at++];
        switch (c) {
            case 'd': return RegexNode{RegexNode::What::bracket, "0-9", 0, 0, 0, {}};
            case 'w': return RegexNode{RegexNode::What::bracket, "A-Za-z0-9_", 0, 0, 0, {}};
            case 's': return RegexNode{RegexNode::What::bracket, " \t\r\n", 0, 0, 0, {}};
            case 'b':
            case '<':
            case '>': return RegexNode{RegexNode::What::word_edge, {}, 0, 0, 0, {}};
            default: break;
        }
        ok = ok && (c < '1' || c > '9');  // a back-reference
        return RegexNode{RegexNode::What::literal, std::string(1, c), 0, 0, 0, {}};
    }

    RegexNode repeated(RegexNode item) {
        while (ok && at < pattern.size()) {
            std::size_t least = 0;
            std::size_t most = no_bound;
            if (pattern[at] == '*') {
                ++at;
            } else if (is_operator('+')) {
                skip_operator();
                least = 1;
            } else if (is_operator('?')) {
                skip_operator();
                most = 1;
            } else if (is_operator('{')) {
                skip_operator();
                bounds(least, most);
            } else {
                break;
            }
            RegexNode repeat{RegexNode::What::repeat, {}, 0, least, most, {}};
            repeat.parts.push_back(std::move(item));
            item = std::move(repeat);
        }
        return item;
    }

    std::size_t count() {
        std::size_t value = 0;
        while (at < pattern.size() && pattern[at] >= '0' && pattern[at] <= '9' && value < 1000) {
            value = value * 10 + static_cast<std::size_t>(pattern[at++] - '0');
        }
        return value;
    }

    void bounds(std::size_t& least, std::size_t& most) {
        least = count();
        most = least;
        if (at < pattern.size() && pattern[at] == ',') {
            ++at;
            most = is_operator('}') ? no_bound : count();
        }
        ok = ok && is_operator('}');
        skip_operator();
    }
};

bool word_character(char c) { return std::isalnum(static_cast<unsigned char>(c)) != 0 || c == '_'; }

using Continue = std::function<bool(std::size_t)>;

struct Matcher {
    std::string_view text;
    bool ignore_case = false;
    std::vector<Span> groups;
    std::size_t steps = 0;

    [[nodiscard]] char folded(char c) const {
        return ignore_case ? static_cast<char>(std::tolower(static_cast<unsigned char>(c))) : c;
    }

    [[nodiscard]] bool one(const RegexNode& node, char c) const {
        switch (node.what) {
            case RegexNode::What::any: return true;
            case RegexNode::What::literal: return folded(node.text[0]) == folded(c);
            default: break;
        }
        return in_bracket(node.text, c) ||
               (ignore_case && (in_bracket(node.text, static_cast<char>(std::tolower(static_cast<unsigned char>(c)))) ||
                                in_bracket(node.text, static_cast<char>(std::toupper(static_cast<unsigned char>(c))))));
    }

    [[nodiscard]] bool at_edge(std::size_t at) const {
        const bool before = at > 0 && word_character(text[at - 1]);
        const bool behind = at < text.size() && word_character(text[at]);
        return before != behind;
    }

    bool sequence(const RegexNode& node, std::size_t part, std::size_t at, const Continue& then) {
        if (part == node.parts.size()) {
            return then(at);
        }
        return match(node.parts[part], at, [&](std::size_t next) { return sequence(node, part + 1, next, then); });
    }

    bool single_repeat(const RegexNode& node, std::size_t at, const Continue& then) {
        std::size_t taken = 0;
        while (taken < node.most && at + taken < text.size() && one(node.parts[0], text[at + taken])) {
            ++taken;
        }
        for (std::size_t n = taken + 1; n-- > node.least;) {
            if (then(at + n)) {
                return true;
            }
        }
        return false;
    }

    bool repeat(const RegexNode& node, std::size_t done, std::size_t at, const Continue& then) {
        if (done < node.most) {
            const bool more = match(node.parts[0], at, [&](std::size_t next) {
                return (next != at || done < node.least) && repeat(node, done + 1, next, then);
            });
            if (more) {
                return true;
            }
        }
        return done >= node.least && then(at);
    }

    bool group(const RegexNode& node, std::size_t at, const Continue& then) {
        const Span before = groups[node.group];
        const bool good = match(node.parts[0], at, [&](std::size_t next) {
            const Span inner = groups[node.group];
            groups[node.group] = Span{at, next};
            if (then(next)) {
                return true;
            }
            groups[node.group] = inner;
            return false;
        });
        if (!good) {
            groups[node.group] = before;
        }
        return good;
    }

    bool match(const RegexNode& node, std::size_t at, const Continue& then) {
        if (++steps > most_steps) {
            return false;
        }
        switch (node.what) {
            case RegexNode::What::begin: return at == 0 && then(at);
            case RegexNode::What::end: return at == text.size() && then(at);
            case RegexNode::What::word_edge: return at_edge(at) && then(at);
            case RegexNode::What::sequence: return sequence(node, 0, at, then);
            case RegexNode::What::group: return group(node, at, then);
            case RegexNode::What::either:
                for (const RegexNode& part : node.parts) {
                    if (match(part, at, then)) {
                        return true;
                    }
                }
                return false;
            case RegexNode::What::repeat: {
                const auto inner = node.parts[0].what;
                const bool single = inner == RegexNode::What::literal || inner == RegexNode::What::any ||
                                    inner == RegexNode::What::bracket;
                return single ? single_repeat(node, at, then) : repeat(node, 0, at, then);
            }
            default: return at < text.size() && one(node, text[at]) && then(at + 1);
        }
    }
};

}  // namespace

std::optional<Regex> Regex::compile(std::string_view pattern, Kind kind, bool ignore_case) {
    Regex made;
    made.ignore_case_ = ignore_case;
    if (kind == Kind::fixed) {
        RegexNode all{RegexNode::What::sequence, {}, 0, 0, 0, {}};
        for (const char c : pattern) {
            all.parts.push_back(RegexNode{RegexNode::What::literal, std::string(1, c), 0, 0, 0, {}});
        }
        made.root_ = std::make_shared<const RegexNode>(std::move(all));
        return made;
    }
    Reader reader{pattern, kind == Kind::extended, 0, 0, true};
    RegexNode root = reader.either(false);
    if (!reader.ok || reader.at != pattern.size()) {
        return std::nullopt;
    }
    made.groups_ = reader.groups;
    made.root_ = std::make_shared<const RegexNode>(std::move(root));
    return made;
}

std::optional<std::vector<Span>> Regex::search(std::string_view text, std::size_t from) const {
    for (std::size_t at = from; at <= text.size(); ++at) {
        Matcher matcher{text, ignore_case_, std::vector<Span>(groups_ + 1), 0};
        std::size_t end = 0;
        const bool found = matcher.match(*root_, at, [&](std::size_t last) {
            end = last;
            return true;
        });
        if (found) {
            matcher.groups[0] = Span{at, end};
            return matcher.groups;
        }
    }
    return std::nullopt;
}

}  // namespace cutaway::model::programs
