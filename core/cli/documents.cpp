// SPDX-License-Identifier: Apache-2.0
#include "core/cli/documents.h"

#include <algorithm>
#include <array>
#include <optional>

#include <nlohmann/json.hpp>

#include "core/cli/inspect.h"

namespace cutaway::cli {

namespace {

using Json = nlohmann::ordered_json;
using Words = std::vector<std::string>;

enum class Kind { none, removal, pull, stop, shell, inspection, processes };

bool holds(const Words& words, std::string_view word) {
    return std::find(words.begin(), words.end(), word) != words.end();
}

bool ends_with(const Words& words, std::string_view first, std::string_view second) {
    return words.size() > 2 && words[words.size() - 2] == first && words.back() == second;
}

Kind kind_of(const Words& words) {
    const bool grouped = words.size() > 1 && (words[0] == "container" || words[0] == "image");
    const std::string verb = words.empty() ? "" : words[grouped ? 1 : 0];
    const bool formatted = std::any_of(words.begin(), words.end(), [](const std::string& word) {
        return word == "-f" || word.starts_with("--format");
    });
    return verb == "rm"                                      ? Kind::removal
           : verb == "pull"                                  ? Kind::pull
           : verb == "stop" || verb == "restart"             ? Kind::stop
           : verb == "sh" && holds(words, "-c")              ? Kind::shell
           : verb == "inspect" && !formatted                 ? Kind::inspection
           : verb == "exec" && ends_with(words, "ps", "aux") ? Kind::processes
                                                             : Kind::none;
}

// Line by line; nothing: the documents do not have this one.
std::string each_line(std::string_view text, const std::function<std::optional<std::string>(const std::string&)>& say) {
    std::string all;
    while (!text.empty()) {
        const std::size_t end = text.find('\n');
        const std::optional<std::string> line = say(std::string(text.substr(0, end)));
        all += line ? *line + (end == std::string_view::npos ? "" : "\n") : "";
        text.remove_prefix(end == std::string_view::npos ? text.size() : end + 1);
    }
    return all;
}

std::optional<std::string> removal(const std::string& line) {
    const bool running = line.starts_with("Error response from daemon: cannot remove container ") &&
                         line.find(": container is running: ") != std::string::npos;
    return running ? "Error response from daemon: You cannot remove a running container. Stop the container before "
                     "removing or force remove with option '-f'."
                   : line;
}

std::optional<std::string> pulled(const std::string& line) {
    constexpr auto newer = std::to_array<std::string_view>(
        {": Pulling fs layer", ": Download complete", ": Verifying Checksum", ": Waiting"});
    const bool unknown = std::any_of(newer.begin(), newer.end(), [&](auto end) { return line.ends_with(end); }) ||
                         (line.find(' ') == std::string::npos && line.find('/') != std::string::npos);
    return unknown ? std::nullopt : std::optional(line);
}

std::optional<std::string> stopped(const std::string& line) {
    return line.starts_with("Flag --time has been deprecated") ? std::nullopt : std::optional(line);
}

// "curl: (7) Failed to connect to localhost port 8080 after 0 ms: Couldn't connect to server"
std::optional<std::string> connected(const std::string& line) {
    const std::size_t after = line.find(" after ");
    const bool failed =
        line.starts_with("curl: (7) ") && after != std::string::npos && line.ends_with(": Couldn't connect to server");
    return failed ? line.substr(0, after) + ": Connection refused" : line;
}

// BusyBox's PID, USER, TIME, COMMAND as USER, PID, COMMAND; and the ps itself is not in the documents' lists.
std::string process_list(const std::string& text) {
    if (!text.starts_with("PID   USER ")) {
        return text;
    }
    return each_line(text, [](const std::string& line) -> std::optional<std::string> {
        if (line.starts_with("PID ")) {
            return "USER PID COMMAND";
        }
        constexpr std::size_t user_at = 6;  // BusyBox's columns: %5d %-8s %s %s
        const std::size_t command =
            line.find_first_not_of(' ', line.find(':') == std::string::npos ? 0 : line.find(':') + 3);
        const std::string pid = line.substr(line.find_first_not_of(' '), user_at - 1 - line.find_first_not_of(' '));
        const std::string user = line.substr(user_at, line.find(' ', user_at) - user_at);
        if (command == std::string::npos || line.substr(command) == "ps aux") {
            return std::nullopt;
        }
        return user + " " + pid + " " + line.substr(command);
    });
}

// An image's JSON as it was once: the layers at the top, and a size said twice.
std::string inspection(const std::string& text) {
    Json all = Json::parse(text, nullptr, false);
    if (!all.is_array()) {
        return text;
    }
    for (Json& one : all) {
        if (!one.contains("RootFS")) {
            continue;
        }
        Json old = Json::object();
        for (const auto& [name, value] : one.items()) {
            if (name == "RootFS") {
                old["Layers"] = value["Layers"];
                continue;
            }
            old[name] = value;
            if (name == "Size") {
                old["VirtualSize"] = value;
            }
        }
        one = std::move(old);
    }
    return all.empty() ? text : pretty(all);
}

class KeepingConsole final : public Console {
public:
    explicit KeepingConsole(Console& inner) : inner_(inner) {}
    void out(std::string_view bytes) override { said.out += bytes; }
    void err(std::string_view bytes) override { said.err += bytes; }
    std::optional<std::string> input() override { return inner_.input(); }
    std::optional<std::string> signal() override { return inner_.signal(); }
    void progress(const engine::LayerBar& bar) override { inner_.progress(bar); }
    [[nodiscard]] bool types() const override { return inner_.types(); }
    [[nodiscard]] std::string world() const override { return inner_.world(); }
    std::string all_input() override { return inner_.all_input(); }
    std::string answer() override { return inner_.answer(); }
    std::string secret_answer() override { return inner_.secret_answer(); }
    Result<std::size_t> read_input(std::span<char> into) override { return inner_.read_input(into); }
    [[nodiscard]] std::string directory() const override { return inner_.directory(); }

    Said said;

private:
    Console& inner_;
};

}  // namespace

bool has_own_words(const std::vector<std::string>& words) {
    const bool talks = std::any_of(words.begin(), words.end(), [](const std::string& word) {
        return word == "-it" || word == "-i" || word == "-t" ||
               word == "-ti";  // what is typed needs its answers at once
    });
    return kind_of(words) != Kind::none && !talks;
}

Said in_documents_words(const std::vector<std::string>& words, Said today) {
    switch (kind_of(words)) {
        case Kind::removal: return {today.out, each_line(today.err, removal)};
        case Kind::pull: return {each_line(today.out, pulled), today.err};
        case Kind::stop: return {today.out, each_line(today.err, stopped)};
        case Kind::shell: return {today.out, each_line(today.err, connected)};
        case Kind::inspection: return {inspection(today.out), today.err};
        case Kind::processes: return {process_list(today.out), today.err};
        case Kind::none: break;
    }
    return today;
}

int perform_as_documents(const std::vector<std::string>& words, Console& console,
                         const std::function<int(Console&)>& perform) {
    if (!has_own_words(words)) {
        return perform(console);
    }
    KeepingConsole keeping(console);
    const int status = perform(keeping);
    const Said said = in_documents_words(words, std::move(keeping.said));
    console.out(said.out);
    console.err(said.err);
    return status;
}

}  // namespace cutaway::cli
