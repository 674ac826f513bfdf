// SPDX-License-Identifier: Apache-2.0
// Session: the world that a command line asked for, opened, and what its owner must do around it. A composition root's
// part: the only place of this room where a world gets a name.
#pragma once

#include <functional>
#include <memory>
#include <string>

#include "core/cli/command_line.h"
#include "core/engine/brought.h"
#include "core/trace/event.h"
#include "core/world/world.h"

namespace cutaway::cli {

struct ShellCommand {
    std::vector<std::string> argv;
    std::string input;
};
struct ShellOutput {
    std::string out;
    std::string err;
    int code = 0;
};

class Session {
public:
    virtual ~Session() = default;
    virtual world::World& world() = 0;
    virtual world::Cancel& cancel() = 0;
    [[nodiscard]] virtual trace::Header header() const = 0;
    // A world that is the same whoever looks need not be opened for each command, and what its watch knows goes on.
    [[nodiscard]] virtual bool stays() const { return false; }
    virtual Status commit() = 0;  // what was done is kept
    virtual void park() = 0;      // around a gate that waits: no lock is held
    virtual void unpark() = 0;
    virtual void journal(const trace::Event& event) = 0;
    // A command that changes something comes next. A world that can go back keeps how it is now.
    virtual Status begin(const std::string& command) = 0;
    // Of the machine as it was kept last; 0: it is not kept.
    [[nodiscard]] virtual std::uint64_t generation() const { return 0; }
    virtual Result<std::string> wind(
        const std::vector<std::string>& words) = 0;  // "undo", "history", "fork": what to say
    // What is known of the time before this tape: how many events a history holds, and its text, which is a trace.
    // A world that keeps none answers 0 and nothing.
    [[nodiscard]] virtual std::uint64_t journaled() const { return 0; }
    virtual Result<std::string> history() { return std::string(); }
    // A history goes on on a new page once it is long: how many events the present one has, and a new one, which begins
    // with what the pages so far come to.
    [[nodiscard]] virtual std::uint64_t on_page() const { return 0; }
    virtual Status turn_page(const trace::Event&) { return {}; }
    virtual Result<ShellOutput> run_on_host(const ShellCommand& command) = 0;
    // `cutaway model fault …`: the words behind it.
    virtual Result<ShellOutput> fault(const std::vector<std::string>& words) = 0;
    [[nodiscard]] virtual const engine::Brought* brought() const { return nullptr; }  // images it brings along
};

Result<std::unique_ptr<Session>> open_session(const CommandLine& line);
std::string model_root(const CommandLine& line);  // where the simulated machine is kept

}  // namespace cutaway::cli
