// SPDX-License-Identifier: Apache-2.0
#include "core/engine/changes.h"

#include <algorithm>
#include <array>
#include <cctype>
#include <optional>
#include <vector>

#include "core/base/json.h"
#include "core/engine/configure.h"

namespace cutaway::engine {

namespace {

using Words = std::vector<std::string>;

std::string lower(std::string_view text) {
    std::string out(text);
    std::transform(out.begin(), out.end(), out.begin(),
                   [](char c) { return static_cast<char>(std::tolower(static_cast<unsigned char>(c))); });
    return out;
}

std::string upper(std::string_view text) {
    std::string out(text);
    std::transform(out.begin(), out.end(), out.begin(),
                   [](char c) { return static_cast<char>(std::toupper(static_cast<unsigned char>(c))); });
    return out;
}

std::string_view trim(std::string_view text) {
    const std::size_t from = std::min(text.find_first_not_of(" \t\r\n"), text.size());
    const std::size_t last = text.find_last_not_of(" \t\r\n");
    return last == std::string_view::npos ? std::string_view() : text.substr(from, last + 1 - from);
}

bool is_name(char c) { return std::isalnum(static_cast<unsigned char>(c)) != 0 || c == '_'; }

// $NAME and ${NAME} at `at`, from what the image's environment says; `at` moves behind it.
std::string variable(const Words& env, std::string_view text, std::size_t& at) {
    const bool braces = at + 1 < text.size() && text[at + 1] == '{';
    const std::size_t from = at + (braces ? 2 : 1);
    std::size_t end = from;
    while (end < text.size() && is_name(text[end])) {
        ++end;
    }
    if (end == from || (braces && (end >= text.size() || text[end] != '}'))) {
        ++at;
        return "$";
    }
    const std::string name(text.substr(from, end - from));
    at = end + (braces ? 1 : 0);
    for (const std::string& one : env) {
        if (one.starts_with(name + "=")) {
            return one.substr(name.size() + 1);
        }
    }
    return "";
}

// A line's words: quotes group, a backslash takes the next character as it is, variables are put in.
Words split(const Words& env, std::string_view text) {
    Words words;
    std::optional<std::string> word;
    char quote = 0;
    for (std::size_t at = 0; at < text.size();) {
        const char c = text[at];
        if (c == '\\' && quote != '\'' && at + 1 < text.size()) {
            word = word.value_or("") + text[at + 1];
            at += 2;
        } else if (c == '$' && quote != '\'') {
            word = word.value_or("") + variable(env, text, at);
        } else if (quote != 0 ? c == quote : (c == '"' || c == '\'')) {
            quote = quote != 0 ? '\0' : c;
            word = word.value_or("");
            ++at;
        } else if (quote == 0 && (c == ' ' || c == '\t')) {
            if (word) {
                words.push_back(std::move(*word));
            }
            word.reset();
            ++at;
        } else {
            word = word.value_or("") + c;
            ++at;
        }
    }
    if (word) {
        words.push_back(std::move(*word));
    }
    return words;
}

// ["a", "b"], or nothing: then the line is a shell's.
std::optional<Words> json_words(std::string_view text) {
    json::Reader in(text);
    Words words;
    std::string word;
    if (!in.begin_array()) {
        return std::nullopt;
    }
    while (in.next_item()) {
        if (!in.read_string(word)) {
            return std::nullopt;
        }
        words.push_back(word);
    }
    return in.at_end() ? std::optional<Words>(words) : std::nullopt;
}

Words command(const oci::RunDefaults& config, std::string_view text) {
    if (std::optional<Words> exec = json_words(text)) {
        return *exec;
    }
    Words words = config.shell.empty() ? Words{"/bin/sh", "-c"} : config.shell;
    words.emplace_back(text);
    return words;
}

// NAME=value …, or the old form NAME value.
Result<std::vector<std::pair<std::string, std::string>>> pairs(const std::string& what, const Words& env,
                                                               std::string_view text) {
    const Words words = split(env, text);
    std::vector<std::pair<std::string, std::string>> all;
    if (!words.empty() && words.front().find('=') == std::string::npos) {
        const std::string_view rest = trim(text.substr(std::min(text.find_first_of(" \t"), text.size())));
        if (rest.empty()) {
            return fail(Errc::invalid, what + " must have two arguments");
        }
        const Words value = split(env, "\"" + std::string(rest) + "\"");
        all.emplace_back(words.front(), value.empty() ? "" : value.front());
        return all;
    }
    for (const std::string& word : words) {
        const std::size_t equals = word.find('=');
        if (equals == std::string::npos || equals == 0) {
            return fail(Errc::invalid,
                        "Syntax error - can't find = in \"" + word + "\". Must be of the form: name=value");
        }
        all.emplace_back(word.substr(0, equals), word.substr(equals + 1));
    }
    return all;
}

void add_sorted(Words& list, const std::string& one) {
    if (std::find(list.begin(), list.end(), one) == list.end()) {
        list.push_back(one);
        std::sort(list.begin(), list.end());
    }
}

Status expose(oci::RunDefaults& config, const Words& words) {
    for (const std::string& word : words) {
        const std::string port = word.substr(0, word.find('/'));
        const std::string protocol = port.size() == word.size() ? "tcp" : lower(word.substr(port.size() + 1));
        const bool number = !port.empty() && port.size() < 6 &&
                            std::all_of(port.begin(), port.end(), [](char c) { return c >= '0' && c <= '9'; }) &&
                            std::stoul(port) > 0 && std::stoul(port) < 65536;
        if (!number) {
            return fail(Errc::invalid, "invalid containerPort: " + word);
        }
        if (protocol != "tcp" && protocol != "udp" && protocol != "sctp") {
            return fail(Errc::invalid, "invalid proto: " + protocol);
        }
        add_sorted(config.exposed_ports, port + "/" + protocol);
    }
    return {};
}

std::string working_directory(const std::string& before, const std::string& given) {
    const std::string whole = given.starts_with('/') ? given : (before.empty() ? "/" : before) + "/" + given;
    std::string clean;
    for (std::size_t at = 0; at < whole.size();) {
        const std::size_t end = std::min(whole.find('/', at), whole.size());
        const std::string part = whole.substr(at, end - at);
        if (part == "..") {
            clean.resize(std::min(clean.rfind('/'), clean.size()));
        } else if (!part.empty() && part != ".") {
            clean += "/" + part;
        }
        at = end + 1;
    }
    return clean.empty() ? "/" : clean;
}

Status one_word(const std::string& what, const Words& words, std::string& into) {
    if (words.size() != 1) {
        return fail(Errc::invalid, what + " requires exactly one argument");
    }
    into = words.front();
    return {};
}

// An instruction that takes what stands behind it as words.
Status by_words(oci::RunDefaults& config, const std::string& name, std::string_view rest) {
    const Words words = split(config.env, rest);
    if (name == "expose") {
        return expose(config, words);
    }
    if (name == "user") {
        return one_word("USER", words, config.user);
    }
    if (name == "stopsignal") {
        return one_word("STOPSIGNAL", words, config.stop_signal);
    }
    if (name == "workdir") {
        std::string given;
        TRY(one_word("WORKDIR", words, given));
        config.working_dir = working_directory(config.working_dir, given);
        return {};
    }
    for (const std::string& path : json_words(rest).value_or(words)) {  // volume
        add_sorted(config.volumes, path);
    }
    return {};
}

Status by_text(oci::RunDefaults& config, const std::string& name, std::string_view rest) {
    if (name == "cmd") {
        config.cmd = command(config, rest);
    } else if (name == "entrypoint") {
        config.entrypoint = command(config, rest);
        config.cmd.clear();
    } else if (name == "env") {
        for (const auto& [key, value] : TRY(pairs("ENV", config.env, rest))) {
            config.env = merge_env(config.env, {key + "=" + value});
        }
    } else if (name == "label") {
        for (const auto& [key, value] : TRY(pairs("LABEL", config.env, rest))) {
            config.labels[key] = value;
        }
    } else {
        config.on_build.emplace_back(rest);
    }
    return {};
}

template <std::size_t N>
bool is_one(const std::array<std::string_view, N>& names, const std::string& name) {
    return std::find(names.begin(), names.end(), name) != names.end();
}

}  // namespace

Status apply_change(oci::RunDefaults& config, const std::string& line) {
    constexpr std::array<std::string_view, 5> of_words{"expose", "stopsignal", "user", "volume", "workdir"};
    constexpr std::array<std::string_view, 5> of_text{"cmd", "entrypoint", "env", "label", "onbuild"};
    constexpr std::array<std::string_view, 7> of_builds{"add", "arg", "copy", "from", "maintainer", "run", "shell"};
    const std::string_view text = trim(line);
    const std::size_t blank = std::min(text.find_first_of(" \t"), text.size());
    const std::string name = lower(text.substr(0, blank));
    const std::string_view rest = trim(text.substr(blank));
    const std::string shown = upper(name);
    if (name == "healthcheck") {
        return fail(Errc::unsupported, "health checks are not built, so no change can set one");
    }
    if (is_one(of_builds, name)) {
        return fail(Errc::invalid, name + " is not a valid change command");
    }
    if (!is_one(of_words, name) && !is_one(of_text, name)) {
        return fail(Errc::invalid, "dockerfile parse error on line 1: unknown instruction: " + shown);
    }
    if (rest.empty()) {
        return fail(Errc::invalid, shown + " requires at least one argument");
    }
    return is_one(of_words, name) ? by_words(config, name, rest) : by_text(config, name, rest);
}

}  // namespace cutaway::engine
