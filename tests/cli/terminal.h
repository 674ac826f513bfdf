// SPDX-License-Identifier: Apache-2.0
// A terminal with its own simulated machine in a directory that goes with it: type a command line, look at what came.
#pragma once

#include <stdlib.h>

#include <filesystem>
#include <memory>
#include <optional>
#include <string>
#include <vector>

#include <gtest/gtest.h>

#include "core/cli/root_stage.h"

namespace cutaway::cli {

// Words between blanks; '…' holds blanks together.
inline std::vector<std::string> words_of(std::string_view line) {
    std::vector<std::string> words;
    bool quoted = false;
    bool open = false;
    for (const char c : line) {
        if (c == '\'') {
            quoted = !quoted;
        }
        if (c == ' ' && !quoted) {
            open = false;
            continue;
        }
        if (!open) {
            words.emplace_back();
            open = true;
        }
        if (c != '\'') {
            words.back().push_back(c);
        }
    }
    return words;
}

// Whether a text is what the pattern says; a ~ stands for any characters of one line.
inline bool fits(std::string_view text, std::string_view pattern) {
    if (pattern.empty()) {
        return text.empty();
    }
    if (pattern.front() != '~') {
        return !text.empty() && text.front() == pattern.front() && fits(text.substr(1), pattern.substr(1));
    }
    for (std::size_t taken = 0;; ++taken) {
        if (fits(text.substr(taken), pattern.substr(1))) {
            return true;
        }
        if (taken >= text.size() || text[taken] == '\n') {
            return false;
        }
    }
}

class TemporaryDirectory {
public:
    TemporaryDirectory() {
        std::string pattern = testing::TempDir() + "cutaway-XXXXXX";
        path_ = ::mkdtemp(pattern.data());
    }
    ~TemporaryDirectory() {
        std::error_code ignored;
        std::filesystem::remove_all(path_, ignored);
    }
    TemporaryDirectory(const TemporaryDirectory&) = delete;
    TemporaryDirectory& operator=(const TemporaryDirectory&) = delete;
    [[nodiscard]] const std::string& path() const { return path_; }

private:
    std::string path_;
};

struct Answer {
    std::string out;
    std::string err;
    int status = 0;
};

class Terminal {
public:
    // Every command comes five seconds behind the last.
    explicit Terminal(const std::string& root = "") {
        line_.world = "model";
        line_.root = root;
        if (root.empty()) {
            line_.root = directory_.emplace().path();
        }
        line_.clock = "advance:5s";
    }
    Answer type(const std::string& text) { return perform(words_of(text)); }
    Answer perform(const std::vector<std::string>& words, const std::string& piped = "") {
        MemoryConsole console;
        console.piped = piped;
        Result<std::unique_ptr<Stage>> stage = Stage::open(line_);
        if (!stage) {
            return {"", stage.error().doing, -1};
        }
        const int status = (*stage)->perform(words, console);
        return {console.out_text, console.err_text, status};
    }
    [[nodiscard]] const std::string& root() const { return line_.root; }
    CommandLine& line() { return line_; }

private:
    std::optional<TemporaryDirectory> directory_;
    CommandLine line_;
};

}  // namespace cutaway::cli
