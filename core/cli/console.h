// SPDX-License-Identifier: Apache-2.0
// Console: where a verb's text goes and an attached container's bytes come from. The process's own is made in main;
// tests and lessons give one that remembers.
#pragma once

#include <algorithm>
#include <span>
#include <string>
#include <string_view>

#include "core/engine/engine.h"

namespace cutaway::cli {

class Console : public engine::Io {
public:
    [[nodiscard]] virtual bool is_terminal() const { return false; }
    // Of a terminal where lines may be written over; nothing: there is none, or others write there too.
    [[nodiscard]] virtual std::optional<engine::TerminalSize> screen(engine::Stream) const { return std::nullopt; }
    virtual void flush() {}
    [[nodiscard]] virtual bool types() const { return true; }            // whether a person's keys are its input
    [[nodiscard]] virtual std::string world() const { return "model"; }  // which one this is: only the root knows
    virtual std::string all_input() { return {}; }                       // to its end; waits
    virtual std::string answer() { return {}; }                          // a line typed to a question; waits
    virtual std::string secret_answer() { return answer(); }             // one that is not shown while it is typed
    // Its input as bytes, piece by piece; 0 is the end. Waits.
    virtual Result<std::size_t> read_input(std::span<char>) { return std::size_t{0}; }
    // Where names without a slash in front begin, on the machine that the world is.
    [[nodiscard]] virtual std::string directory() const { return "/root"; }
};

// Its input as a file is read.
class ConsoleSource final : public world::Source {
public:
    explicit ConsoleSource(Console& console) : console_(console) {}
    Result<std::size_t> read(std::span<char> into) override { return console_.read_input(into); }

private:
    Console& console_;
};

// A name on the machine that the world is, from where the person stands.
inline std::string on_host(const Console& console, const std::string& path) {
    return path.starts_with('/') ? path : console.directory() + "/" + path;
}

class MemoryConsole : public Console {
public:
    void out(std::string_view bytes) override { out_text += bytes; }
    void err(std::string_view bytes) override { err_text += bytes; }

    std::string answer() override { return answer_text; }
    [[nodiscard]] bool types() const override { return piped.empty(); }
    Result<std::size_t> read_input(std::span<char> into) override {
        const std::size_t count = std::min(into.size(), piped.size());
        std::copy_n(piped.data(), count, into.data());
        piped.erase(0, count);
        return count;
    }

    std::string answer_text;
    std::string piped;
    std::string out_text;
    std::string err_text;
};

}  // namespace cutaway::cli
