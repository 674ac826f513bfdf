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
    return static_cast<unsigned char>(c) <= ' ' || c == '&' || c == ';' || c == ',' || c == '"' || c == '\'' ||
           c == '#';
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

// name=value or name: value of a secret name anywhere; also inside queries and shell words.
void blot_assignments(std::string& text) {
    for (std::size_t at = text.find('='); at != std::string::npos; at = text.find('=', at + 1)) {
        std::size_t start = at;
        while (start > 0 && word_char(text[start - 1])) {
            --start;
        }
        if (start == at || !names_a_secret(std::string_view(text).substr(start, at - start))) {
            continue;
        }
        std::size_t from = at + 1;
        char quote = 0;
        if (from < text.size() && (text[from] == '"' || text[from] == '\'')) {
            quote = text[from++];
        }
        std::size_t end = from;
        while (end < text.size() && (quote != 0 ? text[end] != quote : !value_end(text[end]))) {
            ++end;
        }
        if (end > from) {
            text.replace(from, end - from, blot);
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
    const bool flag = word.substr(0, 2) == "--" && word.find('=') == std::string_view::npos;
    if ((flag && names_a_secret(word) && word != "--password-stdin") || (login && word == "-p")) {
        return Next::secret;
    }
    return Next::plain;
}

}  // namespace

bool names_a_secret(std::string_view name) {
    constexpr std::array<std::string_view, 14> parts{
        "password", "passwd",     "secret",      "token",      "credential", "apikey",        "api_key",
        "api-key",  "passphrase", "private_key", "access_key", "signature",  "authorization", "x-amz-"};
    constexpr std::array<std::string_view, 8> whole{"auth", "sig", "pwd", "pass", "jwt", "session", "bearer", "key"};
    const std::string low = lowered(name);
    const std::size_t dashes = std::min(low.find_first_not_of('-'), low.size());
    const std::string_view bare = std::string_view(low).substr(dashes);
    if (name == "PWD") {  // the shell's working directory
        return false;
    }
    return std::find(whole.begin(), whole.end(), bare) != whole.end() ||
           std::any_of(parts.begin(), parts.end(),
                       [&](auto part) { return bare.find(part) != std::string_view::npos; });
}

void redact_text(std::string& text) {
    for (std::size_t at = text.find("://"); at != std::string::npos; at = text.find("://", at + 3)) {
        blot_userinfo(text, at + 3);
    }
    blot_assignments(text);
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
