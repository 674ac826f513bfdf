// SPDX-License-Identifier: Apache-2.0
// The words: which names mean a secret, and how one is found inside a text, a URL, a header, an argument list.
#include <algorithm>
#include <array>

#include "core/trace/redact.h"

namespace cutaway::trace {

namespace {

char lower(char c) { return c >= 'A' && c <= 'Z' ? static_cast<char>(c - 'A' + 'a') : c; }

std::string lowered(std::string_view text) {
    std::string out(text);
    std::transform(out.begin(), out.end(), out.begin(), lower);
    return out;
}

bool word_char(char c) {
    return (c >= 'a' && c <= 'z') || (c >= 'A' && c <= 'Z') || (c >= '0' && c <= '9') || c == '_' || c == '-';
}

bool value_end(char c) {
    return static_cast<unsigned char>(c) <= ' ' || c == '&' || c == ';' || c == '"' || c == '\'' || c == '#';
}

bool harmless_variable(std::string_view name) {
    constexpr std::array<std::string_view, 14> known{"PATH", "HOME", "HOSTNAME", "TERM",  "LANG",    "LANGUAGE",  "PWD",
                                                     "TZ",   "USER", "SHELL",    "SHLVL", "LOGNAME", "container", "_"};
    const bool listed = std::find(known.begin(), known.end(), name) != known.end();
    return listed || name.substr(0, 3) == "LC_" ||
           (name.size() > 8 && name.substr(name.size() - 8) == "_VERSION" && !names_a_secret(name));
}

bool secret_header(std::string_view name) {
    const std::string low = lowered(name);
    return low == "authorization" || low == "proxy-authorization" || low == "cookie" || low == "set-cookie" ||
           low == "x-registry-auth" || low == "x-registry-config" || names_a_secret(low);
}

// The authority's userinfo, at `from` behind "://": up to the last @ before the path.
void blot_userinfo(std::string& text, std::size_t from) {
    const std::size_t end = std::min(text.find_first_of("/?# \t\n\"'", from), text.size());
    const std::size_t at = std::string_view(text).substr(0, end).rfind('@');
    if (at != std::string::npos && at >= from) {
        text.replace(from, at - from, blot);
    }
}

// me:secret@host without a scheme, as data source names have it; what names an image by its digest is none.
void blot_bare_userinfo(std::string& text) {
    for (std::size_t at = text.find('@'); at != std::string::npos; at = text.find('@', at + 1)) {
        std::size_t start = at;
        while (start > 0 && !value_end(text[start - 1])) {
            --start;
        }
        const std::size_t colon = text.find(':', start);
        const std::string_view behind = std::string_view(text).substr(at + 1);
        const bool digest = behind.starts_with("sha256:") || behind.starts_with("sha512:");
        if (colon >= at || colon + 1 == at || behind.empty() || digest || text.compare(colon, 3, "://") == 0) {
            continue;
        }
        while (start < colon && text.find_first_of("=/", start) < colon) {
            start = text.find_first_of("=/", start) + 1;
        }
        if (start < colon) {
            text.replace(start, at - start, blot);
            at = start + blot.size();
        }
    }
}

// Where the value that begins at `from` ends: at its closing quote, or where `over` says so.
template <class Over>
std::size_t end_of(const std::string& text, std::size_t from, char quote, Over&& over) {
    std::size_t end = from;
    while (end < text.size() && (quote != 0 ? text[end] != quote : !over(text[end]))) {
        end += quote != 0 && text[end] == '\\' && end + 1 < text.size() ? 2 : 1;
    }
    return end;
}

char quote_at(const std::string& text, std::size_t at) {
    return at < text.size() && (text[at] == '"' || text[at] == '\'') ? text[at] : '\0';
}

// The word that ends before `end`, as offsets.
std::size_t word_start(const std::string& text, std::size_t end) {
    while (end > 0 && word_char(text[end - 1])) {
        --end;
    }
    return end;
}

// name=value of a secret name anywhere; also inside queries, forms and shell words.
void blot_assignments(std::string& text) {
    for (std::size_t at = text.find('='); at != std::string::npos; at = text.find('=', at + 1)) {
        std::size_t end = at;
        while (end > 0 && (text[end - 1] == ']' || quote_at(text, end - 1) != 0)) {  // user[password]=…
            --end;
        }
        const std::size_t start = word_start(text, end);
        if (start == end || !names_a_secret(std::string_view(text).substr(start, end - start))) {
            continue;
        }
        const char quote = quote_at(text, at + 1);
        const std::size_t from = at + 1 + (quote != 0 ? 1 : 0);
        const std::size_t over = end_of(text, from, quote, value_end);
        if (over > from && text.compare(from, over - from, "value") != 0) {  // "a key=value pair" is what usages say
            text.replace(from, over - from, blot);
        }
    }
}

// Where a header's value begins in a text, behind the scheme of "Bearer x"; from: behind the colon. npos: no header.
// Only the well known ones and those with a dash are taken for one: `token: why` is prose.
std::size_t header_value(const std::string& text, std::string_view name, std::size_t from) {
    const std::string low = lowered(name);
    const bool blank = from < text.size() && text[from] == ' ';
    const bool known = low == "authorization" || low == "proxy-authorization" || low == "cookie" || low == "set-cookie";
    if (!known && !(blank && low.find('-') != std::string::npos && secret_header(low))) {
        return std::string::npos;
    }
    from = std::min(text.find_first_not_of(" \t", from), text.size());
    const std::string scheme = lowered(std::string_view(text).substr(from, 7));
    return from + (scheme == "bearer " ? 7 : scheme.substr(0, 6) == "basic " ? 6 : 0);
}

bool line_end(char c) { return c == '\n' || c == '\r' || c == '"' || c == '\''; }
bool member_end(char c) { return c == ',' || c == '}' || c == ']' || c == '\n' || c == '\\'; }

// The value of a quoted key, "password": "x"; it may stand inside a string itself, with its quotes escaped.
void blot_member(std::string& text, std::size_t colon) {
    std::size_t end = colon - 1;
    end -= end > 0 && text[end - 1] == '\\' ? 1 : 0;
    const std::size_t start = word_start(text, end);
    const bool whole = start > 0 && start < end && quote_at(text, start - 1) != 0;  // "/etc/passwd": is no such key
    if (!whole || !names_a_secret(std::string_view(text).substr(start, end - start))) {
        return;
    }
    std::size_t from = std::min(text.find_first_not_of(" \t", colon + 1), text.size());
    const bool escaped = from < text.size() && text[from] == '\\' && quote_at(text, from + 1) != 0;
    const char quote = escaped ? '\\' : quote_at(text, from);
    from += escaped ? 2 : quote != 0 ? 1 : 0;
    const std::size_t over =
        escaped ? std::min(text.find('\\', from), text.size()) : end_of(text, from, quote, member_end);
    if (over > from) {
        text.replace(from, over - from, blot);
    }
}

// A header inside a text, to the line's end, or a JSON member.
void blot_colons(std::string& text) {
    for (std::size_t at = text.find(':'); at != std::string::npos; at = text.find(':', at + 1)) {
        if (at > 0 && quote_at(text, at - 1) != 0) {
            blot_member(text, at);
            continue;
        }
        const std::size_t start = word_start(text, at);
        const std::size_t from = header_value(text, std::string_view(text).substr(start, at - start), at + 1);
        if (from == std::string::npos) {
            continue;
        }
        const char around = start > 0 ? quote_at(text, start - 1) : '\0';
        const std::size_t over = end_of(text, from, around, line_end);
        if (over > from) {
            text.replace(from, over - from, blot);
        }
    }
}

// "-e", "-it -e", "-ite": short flags that end in the one for an environment entry.
bool short_flags_with_e(std::string_view word) {
    return word.size() >= 2 && word[0] == '-' && word[1] != '-' && word.back() == 'e' &&
           std::all_of(word.begin() + 1, word.end(), [](char c) { return c >= 'a' && c <= 'z'; });
}

void blot_behind(std::string& word, std::size_t equals) {
    if (equals != std::string::npos && equals + 1 < word.size()) {
        word.replace(equals + 1, std::string::npos, blot);
    }
}

void blot_entry(std::string& entry) {
    const std::size_t equals = entry.find('=');
    if (equals != std::string::npos && !harmless_variable(std::string_view(entry).substr(0, equals))) {
        blot_behind(entry, equals);
    }
}

// A flag that carries its own value: --password=x, --env=A=b, -eA=b.
void redact_flag(std::string& word) {
    const std::size_t equals = word.find('=');
    const std::string_view name = std::string_view(word).substr(0, equals);
    if (name.substr(0, 2) == "--") {
        if (name == "--env" || name == "--build-arg" || name == "--label") {
            std::string entry = word.substr(std::min(equals + 1, word.size()));
            if (equals != std::string::npos) {
                blot_entry(entry);
                word.replace(equals + 1, std::string::npos, entry);
            }
        } else if (names_a_secret(name)) {
            blot_behind(word, equals);
        }
        return;
    }
    if (equals != std::string::npos && name.find('e') != std::string_view::npos) {
        const std::string_view variable = name.substr(name.find('e') + 1);
        if (!harmless_variable(variable)) {
            blot_behind(word, equals);
        }
    }
}

// What the word behind this flag is: an environment entry, a secret, or nothing special.
enum class Next { plain, entry, secret };

Next announced(std::string_view word, bool login) {
    if (word == "--env" || word == "--build-arg" || short_flags_with_e(word)) {
        return Next::entry;
    }
    const bool flag = word.size() > 2 && word[0] == '-' && word.find('=') == std::string_view::npos;
    if ((flag && names_a_secret(word) && word != "--password-stdin") || (login && word == "-p")) {
        return Next::secret;
    }
    return Next::plain;
}

}  // namespace

bool names_a_secret(std::string_view name) {
    constexpr std::array<std::string_view, 15> parts{
        "password",   "passwd",      "secret",     "token",     "credential",    "apikey", "api_key", "api-key",
        "passphrase", "private_key", "access_key", "signature", "authorization", "cookie", "x-amz-"};
    // "verify" is how the Hub's blob store signs its addresses
    constexpr std::array<std::string_view, 9> whole{"auth",    "sig",    "pwd", "pass",  "jwt",
                                                    "session", "bearer", "key", "verify"};
    const std::string low = lowered(name);
    const std::size_t dashes = std::min(low.find_first_not_of('-'), low.size());
    const std::string_view bare = std::string_view(low).substr(dashes);
    if (name == "PWD") {  // the shell's working directory
        return false;
    }
    const std::string_view last = bare.substr(bare.find_last_of("_-") + 1);  // DB_PASS; all of it if there is no _
    return std::find(whole.begin(), whole.end(), last) != whole.end() ||
           std::any_of(parts.begin(), parts.end(),
                       [&](auto part) { return bare.find(part) != std::string_view::npos; });
}

void redact_text(std::string& text) {
    for (std::size_t at = text.find("://"); at != std::string::npos; at = text.find("://", at + 3)) {
        blot_userinfo(text, at + 3);
    }
    blot_bare_userinfo(text);
    blot_assignments(text);
    blot_colons(text);
}

// ENV A=x B="y z", ARG A=x, RUN |2 A=x B=y /bin/sh -c …: the values are an environment's, whatever their names.
void redact_build_line(std::string& line) {
    std::string out;
    bool entries = false;
    bool blotted = false;
    for (std::size_t at = 0; at < line.size();) {
        const std::size_t end = std::min(line.find(' ', at), line.size());
        std::string word = line.substr(at, end - at);
        at = end + 1;
        const bool entry = entries && word.find('=') != std::string::npos;
        if (entry) {
            const std::string before = word;
            blot_entry(word);
            blotted = word != before;
        } else if (entries && blotted && word[0] != '/') {
            continue;  // the rest of a value with blanks in it
        } else {
            entries = word == "ENV" || word == "ARG" || word.substr(0, 1) == "|" || (entries && word.empty());
            blotted = false;
        }
        out.append(out.empty() ? "" : " ").append(word);
    }
    line = std::move(out);
}

std::string redacted_url(std::string_view url) {
    std::string text(url);
    redact_text(text);
    return text;
}

void redact_headers(std::vector<world::Pair>& headers) {
    for (world::Pair& header : headers) {
        if (!secret_header(header.name)) {
            redact_text(header.value);
            continue;
        }
        const std::string scheme = lowered(header.value.substr(0, std::min<std::size_t>(7, header.value.size())));
        const bool known = scheme == "bearer " || scheme.substr(0, 6) == "basic ";
        const std::size_t keep = known ? header.value.find(' ') + 1 : 0;  // that it is Bearer is worth seeing
        if (!header.value.empty()) {
            header.value.replace(keep, std::string::npos, blot);
        }
    }
}

void redact_environment(std::vector<std::string>& entries) {
    for (std::string& entry : entries) {
        blot_entry(entry);
    }
}

void redact_argv(std::vector<std::string>& argv) {
    const bool login = std::find(argv.begin(), argv.end(), "login") != argv.end();
    Next next = Next::plain;
    for (std::string& word : argv) {
        if (next == Next::entry) {
            blot_entry(word);
        } else if (next == Next::secret) {
            word = blot;
        }
        const bool taken = next != Next::plain;
        next = taken ? Next::plain : announced(word, login);
        if (taken) {
            continue;
        }
        if (word.substr(0, 1) == "-") {
            redact_flag(word);
            if (login && word.substr(0, 2) == "-p" && word.size() > 2) {
                word.replace(2, std::string::npos, blot);
            }
        }
        redact_text(word);
    }
}

}  // namespace cutaway::trace
