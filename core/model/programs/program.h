// SPDX-License-Identifier: Apache-2.0
// What every simulated program is built from: output that waits for its reader, a program as a described state with
// a step function, and a command that does its work in one turn. A program keeps nothing beside its State, so that
// save and restore are exact inverses; what argv says is read again from Sys.
#pragma once

#include <memory>
#include <string>
#include <string_view>
#include <vector>

#include "core/base/binary.h"
#include "core/base/fields.h"
#include "core/model/sys.h"

namespace cutaway::model::programs {

using Words = std::vector<std::string>;

struct Chunk {
    int fd = 1;
    std::string bytes;
};
CUTAWAY_FIELDS(Chunk, fd, bytes)

// Bytes on their way out, in order.
struct Output {
    std::vector<Chunk> chunks;

    void to(int fd, std::string_view bytes);
    void out(std::string_view bytes) { to(1, bytes); }
    void err(std::string_view bytes) { to(2, bytes); }
    [[nodiscard]] bool empty() const { return chunks.empty(); }
};
CUTAWAY_FIELDS(Output, chunks)

enum class Flush { done, blocked, broken };
Flush flush(Sys& sys, Output& output);
Step wait_to_flush(const Output& output);

int errno_of(const Error& error);
std::string errno_text(const Error& error);  // "No such file or directory"
bool is_again(const Error& error);

class SavedProgram : public Program {
public:
    virtual bool restore(std::string_view saved) = 0;
    virtual void as_busybox() {}  // print as BusyBox's applet of that name does
};

using Made = std::unique_ptr<SavedProgram>;

struct Entry {
    std::string_view name;
    Made (*make)();
};
using Entries = std::vector<Entry>;

template <class State>
class StatefulProgram final : public SavedProgram {
public:
    using Function = Step (*)(Sys&, State&);
    StatefulProgram(std::string_view name, Function function, State state = {})
        : name_(name), function_(function), state_(std::move(state)) {}

    [[nodiscard]] std::string_view name() const override { return name_; }
    Step step(Sys& sys) override { return function_(sys, state_); }
    void save(std::string& out) const override { binary::put(out, state_); }
    bool restore(std::string_view saved) override { return binary::decode(saved, state_); }

private:
    std::string_view name_;
    Function function_;
    State state_;
};

// How a command was called.
struct Call {
    Sys& sys;
    const Words& argv;
    Output& output;
    bool busybox = false;

    [[nodiscard]] std::string_view name() const;  // argv[0] without its directory
    void out(std::string_view bytes) const { output.out(bytes); }
    void err(std::string_view bytes) const { output.err(bytes); }
    int fail(std::string_view text, int code = 1) const;  // "NAME: text"
    int refuse(std::string_view what) const;              // "NAME: what: not modelled", 127
};

// Does all it does in one turn, then its output drains.
using Command = int (*)(const Call&);
Made make_command(std::string_view name, Command command);

}  // namespace cutaway::model::programs
