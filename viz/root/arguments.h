// SPDX-License-Identifier: Apache-2.0
// Arguments of `cutaway-window`: what was typed behind its name.
#pragma once

#include <string>
#include <vector>

#include "viz/root/shots.h"

namespace cutaway::root {

struct Arguments {
    std::string script;  // a file of what is done, for pictures; empty: a walk from stop to stop
    std::string shots;   // the folder of pictures; empty: a window
    std::string trace;   // a recording to look at; empty: a machine
    std::string lesson;  // an id, or "list"; empty: none
    std::string from;    // its step
    bool present = false;
    ShotOptions options;
    bool sized = false;
    bool themed = false;
    bool grained = false;
    std::vector<std::string> rest;   // of Cutaway's own options: --root, --world, …
    std::vector<std::string> words;  // behind --: a docker command
};

extern const char* const window_help;

Result<Arguments> read_arguments(const std::vector<std::string>& given);

}  // namespace cutaway::root
