// SPDX-License-Identifier: Apache-2.0
// What bash knows beyond POSIX and people type every day: {a,b} and {1..5}, ${x:1:3}, ${x/a/b}, $RANDOM, let and (( )).
#include <algorithm>
#include <cstdlib>

#include "core/model/programs/pattern.h"
#include "core/model/programs/shell.h"
#include "core/model/programs/shell_builtins.h"
#include "core/model/programs/text.h"

namespace cutaway::model::programs {

namespace {

constexpr std::size_t none = std::string_view::npos;
constexpr std::size_t most_words = 10000;  // of one word's braces

struct Braces {  // the first that are some: before{parts}behind
    std::string_view before;
    Words parts;
    std::string_view behind;
};

Words sequence(std::string_view inside) {
    const std::size_t dots = inside.find("..");
    if (dots == none) {
        return {};
    }
    const std::string_view from = inside.substr(0, dots);
    std::string_view to = inside.substr(dots + 2);
    const std::size_t more = to.find("..");
    const auto step = more == none ? std::optional<std::int64_t>(1) : to_number(to.substr(more + 2));
    to = to.substr(0, more);
    const auto first = to_number(from);
    const auto last = to_number(to);
    const bool letters = from.size() == 1 && to.size() == 1 && !first && !last;
    if (!step || *step == 0 || (!letters && (!first || !last))) {
        return {};
    }
    const std::int64_t begin = letters ? from[0] : *first;
    const std::int64_t end = letters ? to[0] : *last;
    const std::int64_t by = begin <= end ? std::abs(*step) : -std::abs(*step);
    const bool padded = !letters && (from.starts_with("0") || to.starts_with("0")) && from.size() + to.size() > 2;
    Words words;
    for (std::int64_t at = begin; by > 0 ? at <= end : at >= end; at += by) {
        std::string text = letters ? std::string(1, static_cast<char>(at)) : std::to_string(at);
        while (padded && text.size() < std::max(from.size(), to.size())) {
            text.insert(0, "0");
        }
        words.push_back(std::move(text));
        if (words.size() > most_words) {
            return {};
        }
    }
    return words;
}

// Behind a "{": its parts up to the "}" that closes it, if they are some.
std::optional<Braces> read_braces(std::string_view word, std::size_t open) {
    Braces braces{word.substr(0, open), {}, {}};
    int depth = 0;
    std::size_t part = open + 1;
    for (std::size_t at = open + 1; at < word.size();) {
        const char c = word[at];
        if (c == '}' && depth == 0) {
            const std::string_view inside = word.substr(open + 1, at - open - 1);
            if (braces.parts.empty()) {
                braces.parts = sequence(inside);
            } else {
                braces.parts.emplace_back(word.substr(part, at - part));
            }
            braces.behind = word.substr(at + 1);
            return braces.parts.empty() ? std::nullopt : std::optional(braces);
        }
        if (c == ',' && depth == 0) {
            braces.parts.emplace_back(word.substr(part, at - part));
            part = at + 1;
        }
        depth += c == '{' ? 1 : (c == '}' ? -1 : 0);
        at = skip_word_part(word, at);
        if (at == none) {
            break;
        }
    }
    return std::nullopt;
}

std::optional<Braces> find_braces(std::string_view word) {
    for (std::size_t at = 0; at < word.size();) {
        if (word[at] == '{') {
            if (auto braces = read_braces(word, at)) {
                return braces;
            }
        }
        at = skip_word_part(word, at);
        if (at == none) {
            break;
        }
    }
    return std::nullopt;
}

// The longest match at `at`; none: no match there.
std::size_t match_at(const std::string& glob, std::string_view value, std::size_t at) {
    for (std::size_t length = value.size() - at + 1; length-- > 0;) {
        if (glob_match(glob, value.substr(at, length))) {
            return length;
        }
    }
    return none;
}

std::string replaced(const std::string& value, const std::string& glob, const std::string& by, char how) {
    std::string made;
    for (std::size_t at = 0; at <= value.size();) {
        const std::size_t length = how == '#' && at > 0 ? none : match_at(glob, value, at);
        const bool fits = length != none && length > 0 && (how != '%' || at + length == value.size());
        if (fits) {
            made += by;
            at += length;
            if (how != 'a') {
                return made + value.substr(at);
            }
            continue;
        }
        made += value.substr(at, 1);
        ++at;
    }
    return made;
}

}  // namespace

void add_brace_words(std::string_view word, Words& out) {
    const auto braces = out.size() > most_words ? std::nullopt : find_braces(word);
    if (!braces) {
        out.emplace_back(word);
        return;
    }
    for (const std::string& part : braces->parts) {
        add_brace_words(std::string(braces->before) + part + std::string(braces->behind), out);
    }
}

std::optional<std::string> Expander::bash_variable(const std::string& name) const {
    if (name != "RANDOM") {
        return std::nullopt;
    }
    OpenFlags flags;
    const Result<int> fd = sys_.open("/dev/urandom", flags, 0);
    const std::string bytes = fd ? sys_.read(*fd, 2).value_or("") : std::string();
    if (fd) {
        static_cast<void>(sys_.close(*fd));
    }
    if (bytes.size() < 2) {
        return std::nullopt;
    }
    const auto byte = [&](std::size_t at) { return static_cast<unsigned>(static_cast<unsigned char>(bytes[at])); };
    return std::to_string((byte(0) << 7U | byte(1) >> 1U) & 0x7fffU);
}

// ":1:3" behind a name.
bool Expander::substring(const std::string& rest, std::string& value) {
    Piece whole;
    if (!scan(rest.substr(1), true, whole)) {
        return false;
    }
    const std::size_t colon = whole.text.find(':');
    const auto number = [&](const std::string& text) {
        Piece result;
        return arithmetic(text, true, result) ? to_number(result.text) : std::nullopt;
    };
    const auto from = number(whole.text.substr(0, colon));
    const auto size = static_cast<std::int64_t>(value.size());
    const auto length = colon == none ? std::optional(size) : number(whole.text.substr(colon + 1));
    if (!from || !length) {
        return false;
    }
    const std::int64_t begin = *from < 0 ? size + *from : *from;
    const std::int64_t end = *length < 0 ? size + *length : std::min(size, begin + *length);
    const bool is_there = begin >= 0 && begin < size && end > begin;
    value = is_there ? value.substr(static_cast<std::size_t>(begin), static_cast<std::size_t>(end - begin)) : "";
    return true;
}

// "/a/b", "//a/b", "/#a/b" or "/%a/b" behind a name.
bool Expander::replace(std::string_view rest, std::string& value) {
    rest.remove_prefix(1);
    char how = '1';
    if (!rest.empty() && std::string_view("/#%").find(rest[0]) != none) {
        how = rest[0] == '/' ? 'a' : rest[0];
        rest.remove_prefix(1);
    }
    std::size_t slash = 0;
    while (slash < rest.size() && rest[slash] != '/') {
        slash = std::min(skip_word_part(rest, slash), rest.size());
    }
    std::string glob;
    std::string by;
    if (!pattern(std::string(rest.substr(0, slash)), glob) ||
        !single(std::string(slash < rest.size() ? rest.substr(slash + 1) : ""), by)) {
        return false;
    }
    value = glob.empty() ? value : replaced(value, glob, by, how);
    return true;
}

// 1 where the last expression is 0, as bash(1) has it.
std::optional<int> LetBuiltin::let(Shell& shell, const Words& words) {
    std::int64_t last = 0;
    for (std::size_t i = 1; i < words.size(); ++i) {
        std::map<std::string, std::string> assigned;
        const auto lookup = [](const void* from, const std::string& name) {
            const auto& held = static_cast<const ShellState*>(from)->variables;
            const auto found = held.find(name);
            return found == held.end() ? std::optional<std::string>() : std::optional(found->second.value);
        };
        Arithmetic evaluator{assigned, lookup, &shell.state_, {}};
        const auto value = evaluator.evaluate(words[i]);
        for (const auto& [name, text] : assigned) {
            static_cast<void>(shell.assign(name, text));
        }
        if (!value) {
            shell.complain(words[0] + ": " + words[i] + ": " + evaluator.error);
            return 1;
        }
        last = *value;
    }
    return last == 0 ? 1 : 0;
}

}  // namespace cutaway::model::programs
