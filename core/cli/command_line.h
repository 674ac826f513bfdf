// SPDX-License-Identifier: Apache-2.0
// Cutaway's own options, taken out of a command line before docker's words are read. They may stand before the verb or
// among the verb's own flags: `cutaway --step run nginx` and `cutaway run --step nginx` are the same; behind the image
// they belong to the container.
#pragma once

#include <cstdint>
#include <optional>
#include <string>
#include <vector>

#include "core/base/result.h"

namespace cutaway::cli {

struct CommandLine {
    std::string world;                // "model" or "real"
    std::string root;                 // the model's state directory, or the real store's data root; empty: the default
    std::string machine;              // a profile's name or file
    std::string trace;                // write the trace there
    std::optional<std::string> step;  // "step", "phase", "call": stop in the stepper from the start
    std::vector<std::string> breaks;
    std::string clock;                          // of the model: "", "frozen", "advance:5s"
    std::optional<std::int64_t> since_ns = {};  // of the model: so much, whatever `clock` says; no word sets it
    bool realtime = false;
    bool documents = false;  // --profile documents: their words where today's docker has others
    std::uint64_t seed = 1;
    std::string engine;              // the socket of an engine that is to perform it; empty: none was named
    bool world_said = false;         // by --world or CUTAWAY_WORLD
    std::vector<std::string> words;  // the verb and what follows
};

// `environment_world` is CUTAWAY_WORLD's text, empty if not set.
Result<CommandLine> read_command_line(const std::vector<std::string>& arguments, const std::string& environment_world);

}  // namespace cutaway::cli
