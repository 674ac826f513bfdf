// SPDX-License-Identifier: Apache-2.0
// Word expansion (POSIX.1-2017, 2.6) in its order: tilde, parameters, commands, arithmetic; then fields, then names.
#include <algorithm>

#include "core/model/programs/pattern.h"
#include "core/model/programs/shell.h"
#include "core/model/programs/text.h"

namespace cutaway::model::programs {

namespace {

bool name_start(char c) { return (c >= 'a' && c <= 'z') || (c >= 'A' && c <= 'Z') || c == '_'; }
bool digit(char c) { return c >= '0' && c <= '9'; }
bool special(char c) { return std::string_view("?$#@*!-").find(c) != std::string_view::npos; }

std::size_t name_length(std::string_view text) {
    if (text.empty() || !name_start(text[0])) {
        return 0;
    }
    std::size_t length = 1;
    while (length < text.size() && (name_start(text[length]) || digit(text[length]))) {
        ++length;
    }
    return length;
}

std::string backquoted(std::string_view inside) {
    std::string command;
    for (std::size_t i = 0; i < inside.size(); ++i) {
        if (inside[i] == '\\' && i + 1 < inside.size() &&
            std::string_view("$`\\").find(inside[i + 1]) != std::string_view::npos) {
            ++i;
        }
        command += inside[i];
    }
    return command;
}

}  // namespace

std::optional<std::string> Expander::lookup(const std::string& name) const {
    const auto own = assigned.find(name);
    if (own != assigned.end()) {
        return own->second;
    }
    if (name.size() == 1 && special(name[0])) {
        switch (name[0]) {
            case '?': return std::to_string(state_.status);
            case '$': return std::to_string(state_.shell_pid);
            case '#': return std::to_string(state_.params.size());
            case '!':
                return state_.last_background == 0 ? std::nullopt
                                                   : std::optional(std::to_string(state_.last_background));
            case '-': return state_.options + (state_.interactive ? "i" : "");
            default: break;
        }
        std::string joined;
        for (const std::string& param : state_.params) {
            joined += (joined.empty() && &param == &state_.params.front() ? "" : " ") + param;
        }
        return state_.params.empty() ? std::nullopt : std::optional(joined);
    }
    if (!name.empty() && digit(name[0])) {
        const auto number = to_number(name);
        if (number == 0) {
            return state_.name;
        }
        const auto index = static_cast<std::size_t>(number.value_or(1'000'000) - 1);
        return index < state_.params.size() ? std::optional(state_.params[index]) : std::nullopt;
    }
    const auto held = state_.variables.find(name);
    if (held == state_.variables.end()) {
        return state_.flavour == Flavour::bash ? bash_variable(name) : std::nullopt;
    }
    return held->second.value;
}

void Expander::parameters(char which, bool quoted, Piece& piece) {
    const char mark = quoted ? 'q' : 'u';
    for (std::size_t i = 0; i < state_.params.size(); ++i) {
        if (i > 0) {
            if (which == '@' || !quoted) {
                piece.add("\n", 'b');
            } else {
                piece.add(" ", 'q');
            }
        }
        piece.add(state_.params[i], mark);
        if (quoted && which == '@' && state_.params[i].empty()) {
            piece.add("\n", 'e');
        }
    }
}

bool Expander::parameter(const std::string& name, bool quoted, Piece& piece) {
    if (name == "@" || name == "*") {
        parameters(name[0], quoted, piece);
        return true;
    }
    const auto held = lookup(name);
    if (!held && state_.options.find('u') != std::string::npos) {
        error = name + (state_.flavour == Flavour::bash ? ": unbound variable" : ": parameter not set");
        return false;
    }
    piece.add(held.value_or(""), quoted ? 'q' : 'u');
    return true;
}

bool Expander::substitute(const std::string& command, bool quoted, Piece& piece) {
    if (next_result_ >= results_.size()) {
        needs = command;
        needed = true;
        return false;
    }
    piece.add(results_[next_result_++], quoted ? 'q' : 'u');
    return true;
}

bool Expander::arithmetic(std::string_view text, bool quoted, Piece& piece) {
    Piece inner;
    if (!scan(text, true, inner)) {
        return false;
    }
    Arithmetic evaluator{
        assigned,
        [](const void* from, const std::string& name) { return static_cast<const Expander*>(from)->lookup(name); },
        this,
        {}};
    const auto value = evaluator.evaluate(inner.text);
    if (!value) {
        error = evaluator.error;
        return false;
    }
    piece.add(std::to_string(*value), quoted ? 'q' : 'u');
    return true;
}

bool Expander::trim_value(std::string_view operation, const std::string& word, std::string& value) {
    std::string glob_pattern;
    if (!pattern(word, glob_pattern)) {
        return false;
    }
    const bool longest = operation.size() == 2;
    const std::size_t size = value.size();
    for (std::size_t i = 0; i <= size; ++i) {
        const std::size_t length = longest ? size - i : i;
        const bool prefix = operation[0] == '#';
        const std::string part = prefix ? value.substr(0, length) : value.substr(size - length);
        if (glob_match(glob_pattern, part)) {
            value = prefix ? value.substr(length) : value.substr(0, size - length);
            return true;
        }
    }
    return true;
}

bool Expander::default_value(const std::string& name, char operation, const std::string& word, bool missing,
                             bool quoted, Piece& piece) {
    if (operation == '+') {
        return missing || scan(word, quoted, piece);
    }
    if (!missing) {
        return parameter(name, quoted, piece);
    }
    if (operation == '-') {
        return scan(word, quoted, piece);
    }
    std::string text;
    if (!single(word, text)) {
        return false;
    }
    if (operation == '=') {
        assigned[name] = text;
        piece.add(text, quoted ? 'q' : 'u');
        return true;
    }
    error = name + ": " + (text.empty() ? "parameter not set or null" : text);
    return false;
}

// Inside of "${…}".
bool Expander::braces(std::string_view inside, bool quoted, Piece& piece) {
    if (inside.size() > 1 && inside[0] == '#') {
        const std::string name(inside.substr(1));
        if (name_length(name) == name.size() || digit(name[0]) || (name.size() == 1 && special(name[0]))) {
            const std::string size = name == "@" || name == "*" ? std::to_string(state_.params.size())
                                                                : std::to_string(lookup(name).value_or("").size());
            piece.add(size, quoted ? 'q' : 'u');
            return true;
        }
    }
    std::size_t length = name_length(inside);
    while (length == 0 && !inside.empty() && digit(inside[0]) && length < inside.size() && digit(inside[length])) {
        while (length < inside.size() && digit(inside[length])) {
            ++length;
        }
    }
    if (length == 0 && !inside.empty() && special(inside[0])) {
        length = 1;
    }
    const std::string name(inside.substr(0, length));
    std::string_view rest = inside.substr(length);
    if (length == 0) {
        error = "Bad substitution";
        return false;
    }
    if (rest.empty()) {
        return parameter(name, quoted, piece);
    }
    const bool colon = rest[0] == ':';
    const char operation = colon && rest.size() > 1 ? rest[1] : rest[0];
    if (std::string_view("-+=?").find(operation) != std::string_view::npos) {
        const auto held = lookup(name);
        const bool missing = !held || (colon && held->empty());
        return default_value(name, operation, std::string(rest.substr(colon ? 2 : 1)), missing, quoted, piece);
    }
    if (operation == '%' || operation == '#') {
        const std::size_t size = rest.size() > 1 && rest[1] == operation ? 2 : 1;
        std::string held = lookup(name).value_or("");
        if (!trim_value(rest.substr(0, size), std::string(rest.substr(size)), held)) {
            return false;
        }
        piece.add(held, quoted ? 'q' : 'u');
        return true;
    }
    const bool cuts = colon || operation == '/';
    if (cuts && name != "@" && name != "*" && state_.flavour != Flavour::dash) {
        std::string held = lookup(name).value_or("");
        const bool good = colon ? substring(std::string(rest), held) : replace(rest, held);
        piece.add(good ? held : "", quoted ? 'q' : 'u');
        return good;
    }
    error =
        cuts && state_.flavour == Flavour::dash ? "Bad substitution" : "${" + std::string(inside) + "}: not modelled";
    return false;
}

// At "$".
bool Expander::dollar(std::string_view raw, std::size_t& at, bool quoted, Piece& piece) {
    const std::string_view rest = raw.substr(at + 1);
    if (rest.starts_with("(")) {
        const std::size_t end = skip_word_part(raw, at);
        const std::string_view whole = raw.substr(at, end - at);
        at = end;
        if (whole.starts_with("$((") && whole.ends_with("))")) {
            return arithmetic(whole.substr(3, whole.size() - 5), quoted, piece);
        }
        return substitute(std::string(whole.substr(2, whole.size() - 3)), quoted, piece);
    }
    if (rest.starts_with("{")) {
        const std::size_t end = skip_word_part(raw, at);
        if (end == std::string_view::npos) {
            error = "Bad substitution";
            return false;
        }
        const std::string_view inside = raw.substr(at + 2, end - at - 3);
        at = end;
        return braces(inside, quoted, piece);
    }
    std::size_t length = name_length(rest);
    if (length == 0 && !rest.empty() && (digit(rest[0]) || special(rest[0]))) {
        length = 1;
    }
    if (length == 0) {
        piece.add("$", quoted ? 'q' : 'l');
        ++at;
        return true;
    }
    at += 1 + length;
    return parameter(std::string(rest.substr(0, length)), quoted, piece);
}

// At a quote outside of double quotes.
bool Expander::quote_part(std::string_view raw, std::size_t& at, Piece& piece) {
    const std::size_t end = skip_word_part(raw, at);
    if (end == std::string_view::npos) {
        error = "Unterminated quoted string";
        return false;
    }
    const std::string_view inside = raw.substr(at + 1, end - at - 2);
    const bool single_quote = raw[at] == '\'';
    at = end;
    const std::size_t before = piece.text.size();
    if (single_quote) {
        piece.add(inside, 'q');
    } else if (!scan(inside, true, piece)) {
        return false;
    }
    const bool only_parameters = inside == "$@" || inside == "${@}";
    if (piece.text.size() == before && !only_parameters) {
        piece.add("\n", 'e');
    }
    return true;
}

bool Expander::scan(std::string_view raw, bool quoted, Piece& piece) {
    if (++depth_ > 60) {
        error = "expansion too deep";
        return false;
    }
    std::size_t at = 0;
    bool good = true;
    while (good && at < raw.size()) {
        const char c = raw[at];
        if (c == '$') {
            good = dollar(raw, at, quoted, piece);
        } else if (c == '`') {
            const std::size_t end = skip_word_part(raw, at);
            good = end != std::string_view::npos;
            if (good) {
                const std::string command = backquoted(raw.substr(at + 1, end - at - 2));
                at = end;
                good = substitute(command, quoted, piece);
            }
        } else if (c == '\\' && at + 1 < raw.size()) {
            const bool escapes = !quoted || std::string_view("$`\"\\\n").find(raw[at + 1]) != std::string_view::npos;
            if (!escapes) {
                piece.add("\\", 'q');
            } else if (raw[at + 1] != '\n') {
                piece.add(raw.substr(at + 1, 1), 'q');
            }
            at += escapes ? 2 : 1;
        } else if (!quoted && (c == '\'' || c == '"')) {
            good = quote_part(raw, at, piece);
        } else if (quoted && c == '"' && !here_) {
            ++at;  // of a word within "${x:-"…"}"
        } else {
            piece.add(raw.substr(at, 1), quoted ? 'q' : 'l');
            ++at;
        }
    }
    --depth_;
    return good;
}

Words Expander::split_fields(const Piece& piece, Words& patterns) const {
    const std::string separators = lookup("IFS").value_or(" \t\n");
    Words plain;
    std::string text;
    std::string pattern_text;
    bool any = false;
    const auto end_field = [&] {
        plain.push_back(text);
        patterns.push_back(pattern_text);
        text.clear();
        pattern_text.clear();
        any = false;
    };
    for (std::size_t i = 0; i < piece.text.size(); ++i) {
        const char c = piece.text[i];
        const char mark = piece.marks[i];
        if (mark == 'b') {
            if (any) {
                end_field();
            }
        } else if (mark == 'e') {
            any = true;
        } else if (mark == 'u' && separators.find(c) != std::string::npos) {
            const bool blank = c == ' ' || c == '\t' || c == '\n';
            if (any || !blank) {
                end_field();
            }
        } else {
            any = true;
            text += c;
            if (mark == 'q' && std::string_view("*?[]\\").find(c) != std::string_view::npos) {
                pattern_text += '\\';
            }
            pattern_text += c;
        }
    }
    if (any) {
        end_field();
    }
    return plain;
}

void Expander::glob(const std::string& pattern_text, const std::string& plain, Words& out) {
    Words found{pattern_text.starts_with("/") ? "/" : ""};
    const Words parts = split(pattern_text, '/');
    for (std::size_t i = 0; i < parts.size(); ++i) {
        if (parts[i].empty()) {
            continue;
        }
        Words next;
        for (const std::string& base : found) {
            const auto entries = sys_.list(base.empty() ? "." : base);
            if (!entries) {
                continue;
            }
            for (const world::DirEntry& entry : *entries) {
                const bool hidden = entry.name.starts_with(".") && !parts[i].starts_with(".");
                if (!hidden && entry.name != "." && entry.name != ".." && glob_match(parts[i], entry.name)) {
                    next.push_back(base.empty() ? entry.name : join_path(base, entry.name));
                }
            }
        }
        found = std::move(next);
    }
    std::sort(found.begin(), found.end());
    if (found.empty()) {
        out.push_back(plain);
    }
    out.insert(out.end(), found.begin(), found.end());
}

bool Expander::fields(const std::string& raw, Words& out) {
    Piece piece;
    std::string_view rest = raw;
    if (rest == "~" || rest.starts_with("~/")) {
        piece.add(lookup("HOME").value_or("~"), 'q');
        rest.remove_prefix(1);
    }
    if (!scan(rest, false, piece)) {
        return false;
    }
    Words patterns;
    const Words plain = split_fields(piece, patterns);
    for (std::size_t i = 0; i < plain.size(); ++i) {
        if (has_glob(patterns[i]) && state_.options.find('f') == std::string::npos) {
            glob(patterns[i], plain[i], out);
        } else {
            out.push_back(plain[i]);
        }
    }
    return true;
}

bool Expander::single(const std::string& raw, std::string& out) {
    Piece piece;
    std::string_view rest = raw;
    if (rest == "~" || rest.starts_with("~/")) {
        piece.add(lookup("HOME").value_or("~"), 'q');
        rest.remove_prefix(1);
    }
    if (!scan(rest, false, piece)) {
        return false;
    }
    for (std::size_t i = 0; i < piece.text.size(); ++i) {
        if (piece.marks[i] == 'b') {
            out += ' ';
        } else if (piece.marks[i] != 'e') {
            out += piece.text[i];
        }
    }
    return true;
}

bool Expander::pattern(const std::string& raw, std::string& out) {
    Piece piece;
    if (!scan(raw, false, piece)) {
        return false;
    }
    for (std::size_t i = 0; i < piece.text.size(); ++i) {
        if (piece.marks[i] == 'b' || piece.marks[i] == 'e') {
            continue;
        }
        if (piece.marks[i] == 'q' && std::string_view("*?[]\\").find(piece.text[i]) != std::string_view::npos) {
            out += '\\';
        }
        out += piece.text[i];
    }
    return true;
}

bool Expander::here(const std::string& text, std::string& out) {
    Piece piece;
    here_ = true;  // a double quote is an ordinary character
    const bool good = scan(text, true, piece);
    here_ = false;
    out += piece.text;
    return good;
}

}  // namespace cutaway::model::programs
