// SPDX-License-Identifier: Apache-2.0
// One command, from its words to its exit status: the session opened, traced and gated as asked, the verb performed.
#pragma once

#include <functional>

#include "core/cli/command_line.h"
#include "core/trace/gate.h"

namespace cutaway::cli {

class ProcessConsole;
class Stage;

// Who looks on while a command is performed, and may hold it up: what an engine's worker has and nobody else.
class Company {
public:
    virtual ~Company() = default;
    virtual void arrive(Stage& stage, const ProcessConsole& console) = 0;  // before the verb
    virtual void leave() = 0;                                              // behind it
    virtual void stepped(bool stands) = 0;                                 // by a stepper at the command's own terminal
    virtual void give_up() = 0;                                            // a signal: nobody may stand any more
    [[nodiscard]] virtual trace::Gate& gate() = 0;
    [[nodiscard]] virtual trace::Sink& sink() = 0;
    [[nodiscard]] virtual int trace_file() const { return -1; }  // instead of a name in `line.trace`
};

int run_command(const CommandLine& line, Company* company = nullptr);

}  // namespace cutaway::cli
