// SPDX-License-Identifier: Apache-2.0
#include "tests/golden/session_file.h"

#include <cctype>
#include <fstream>
#include <sstream>

#include "core/cli/lesson_bench.h"

namespace cutaway::golden {
namespace {

std::vector<std::string> lines_of(std::string_view text) {
    std::vector<std::string> lines;
    std::istringstream in{std::string(text)};
    for (std::string line; std::getline(in, line);) {
        lines.push_back(line);
    }
    return lines;
}

void read_field(const std::string& line, SessionFile& file) {
    if (line.starts_with("clock: ")) {
        file.clock = line.substr(7);
    } else if (line.starts_with("claims: ")) {
        std::istringstream numbers(line.substr(8));
        for (std::string word; numbers >> word;) {
            file.claims.insert(std::stoi(word));
        }
    }
}

// One line of text against one of a pattern; the last ~ gives way first.
bool fits_line(std::string_view text, std::string_view pattern) {
    std::size_t at = 0;
    std::size_t p = 0;
    std::size_t star = std::string_view::npos;
    std::size_t resume = 0;
    while (at < text.size()) {
        if (p < pattern.size() && pattern[p] == '~') {
            star = p++;
            resume = at;
        } else if (p < pattern.size() && pattern[p] == text[at]) {
            ++p;
            ++at;
        } else if (star != std::string_view::npos) {
            p = star + 1;
            at = ++resume;
        } else {
            return false;
        }
    }
    while (p < pattern.size() && pattern[p] == '~') {
        ++p;
    }
    return p == pattern.size();
}

bool fits_lines(const std::vector<std::string>& came, std::size_t at, const std::vector<std::string>& expected,
                std::size_t e) {
    while (e < expected.size()) {
        if (expected[e] == "…") {
            for (std::size_t skip = at; skip <= came.size(); ++skip) {
                if (fits_lines(came, skip, expected, e + 1)) {
                    return true;
                }
            }
            return false;
        }
        if (at >= came.size() || !fits_line(came[at], expected[e])) {
            return false;
        }
        ++at;
        ++e;
    }
    return at == came.size();
}

class SessionReader {
public:
    SessionFile read(std::string_view text) {
        for (const std::string& line : lines_of(text)) {
            ++number_;
            take(line);
        }
        file_.after = prose_;
        return std::move(file_);
    }

private:
    void take(const std::string& line) {
        if (goes_on_) {
            Command& command = file_.commands.back();
            command.typed += line + "\n";
            add_typed(command, line);
        } else if (line.starts_with("$ ")) {
            Command command;
            command.number = number_;
            command.before = std::move(prose_);
            command.typed = line + "\n";
            prose_.clear();
            file_.commands.push_back(std::move(command));
            add_typed(file_.commands.back(), line.substr(2));
            inside_ = typing_ = true;
        } else if (inside_ && typing_ && line.starts_with("< ")) {
            file_.commands.back().typed += line + "\n";
            file_.commands.back().input += line.substr(2) + "\n";
        } else if (inside_ && line == "---") {
            file_.commands.back().closed = true;
            inside_ = false;
        } else if (inside_) {
            typing_ = false;
            file_.commands.back().expected += line + "\n";
        } else {
            read_field(line, file_);
            prose_ += line + "\n";
        }
    }

    void add_typed(Command& command, std::string line) {
        line.erase(0, goes_on_ ? line.find_first_not_of(' ') : 0);
        goes_on_ = line.ends_with("\\");
        if (goes_on_) {
            line.pop_back();
        }
        command.line += line;
    }

    SessionFile file_;
    std::string prose_;
    int number_ = 0;
    bool goes_on_ = false;
    bool inside_ = false;
    bool typing_ = false;
};

}  // namespace

SessionFile parse_session(std::string_view text) { return SessionReader().read(text); }

SessionFile read_session(const std::string& path) {
    std::ifstream in(path);
    std::stringstream text;
    text << in.rdbuf();
    return parse_session(text.str());
}

std::string write_session(const SessionFile& file) {
    std::string text;
    for (const Command& command : file.commands) {
        text += command.before + command.typed + command.expected + (command.closed ? "---\n" : "");
    }
    return text + file.after;
}

bool matches(const std::string& came, const std::string& expected) {
    return fits_lines(lines_of(came), 0, lines_of(expected), 0);
}

std::string without_numbers(const std::string& came) {
    std::string made;
    for (std::size_t at = 0; at < came.size();) {
        std::size_t end = at;
        while (end < came.size() && std::isxdigit(static_cast<unsigned char>(came[end])) != 0) {
            ++end;
        }
        const bool number = end - at == 64 || end - at == 12;
        made += number ? "~" : came.substr(at, end > at ? end - at : 1);
        at = end > at ? end : at + 1;
    }
    return made;
}

std::vector<std::string> words_of(const std::string& line) { return cli::lesson_words(line); }

}  // namespace cutaway::golden
