// SPDX-License-Identifier: Apache-2.0
// The process's own console, and the lines that a person types at a prompt.
#pragma once

#include <atomic>

#include "core/cli/bars.h"
#include "core/cli/console.h"
#include "core/cli/stepper.h"

namespace cutaway::cli {

class ProcessConsole final : public Console {
public:
    explicit ProcessConsole(std::string world = "model");
    [[nodiscard]] std::string world() const override { return world_; }
    void out(std::string_view bytes) override;
    void err(std::string_view bytes) override;
    [[nodiscard]] bool is_terminal() const override;
    [[nodiscard]] std::optional<engine::TerminalSize> screen(engine::Stream stream) const override;
    void progress(const engine::LayerBar& bar) override;
    void layer(std::string_view id, std::string_view status) override;
    void say(std::string_view line) override;
    void share_terminal() { shared_ = true; }  // a stepper writes there too: no line is written over
    std::string all_input() override;
    std::string answer() override;
    std::string secret_answer() override;
    [[nodiscard]] bool types() const override;
    Result<std::size_t> read_input(std::span<char> into) override;
    [[nodiscard]] std::string directory() const override;
    std::optional<std::string> input() override;
    std::optional<std::string> signal() override;
    void attached() override { attached_ = true; }
    void raw(bool on) override;
    std::optional<engine::TerminalSize> resized() override;
    // Whether signals are the container's from now on. Any thread.
    [[nodiscard]] bool is_attached() const { return attached_; }

private:
    std::string world_;
    bool shared_ = false;
    Bars bars_;  // of what is said on the error stream
    bool input_ended_ = false;
    engine::TerminalSize size_;
    std::atomic<bool> attached_ = false;
};

// Prompts go to standard error, so that what the container and docker print stays what a pipe gets.
class TypedLines final : public LineSource {
public:
    std::optional<std::string> next(const std::string& prompt) override;
};

}  // namespace cutaway::cli
