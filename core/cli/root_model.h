// SPDX-License-Identifier: Apache-2.0
// `cutaway model …`: the simulated machine's own past and its copies, which no docker has: undo, history, fork, reset. A
// composition root's part.
#pragma once

#include <optional>
#include <string>
#include <vector>

#include "core/cli/command_line.h"

namespace cutaway::model {
class SavedMachine;
class StateFiles;
}  // namespace cutaway::model

namespace cutaway::cli {

// "undo", "history", "fork": what is to be said. `words` begin behind "model".
Result<std::string> wind_machine(model::SavedMachine& machine, const model::StateFiles& files,
                                 const std::vector<std::string>& words);

// What needs no machine that can be opened: `model reset`, `model --help`, words that are none of these. The exit
// status, if it was one.
std::optional<int> run_model(const CommandLine& line);

}  // namespace cutaway::cli
