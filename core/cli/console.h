// SPDX-License-Identifier: Apache-2.0
// Console: where a verb's text goes and an attached container's bytes come from. The process's own is made in main;
// tests and lessons give one that remembers.
#pragma once

#include <string>
#include <string_view>

#include "core/engine/engine.h"

namespace cutaway::cli {

class Console : public engine::Io {
public:
    [[nodiscard]] virtual bool is_terminal() const { return false; }
    virtual void flush() {}
    [[nodiscard]] virtual bool types() const { return true; }            // whether a person's keys are its input
    [[nodiscard]] virtual std::string world() const { return "model"; }  // which one this is: only the root knows
    virtual std::string all_input() { return {}; }                       // to its end; waits
    virtual std::string answer() { return {}; }                          // a line typed to a question; waits
};

class MemoryConsole : public Console {
public:
    void out(std::string_view bytes) override { out_text += bytes; }
    void err(std::string_view bytes) override { err_text += bytes; }

    std::string answer() override { return answer_text; }

    std::string answer_text;
    std::string out_text;
    std::string err_text;
};

}  // namespace cutaway::cli
