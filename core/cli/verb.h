// SPDX-License-Identifier: Apache-2.0
// A verb of the command line: its words, its flags, its help, and the function that does it. All of them stand in
// tables (verbs.h), from which help, completion and the table in docs/verbs.md are made.
#pragma once

#include <string>
#include <string_view>
#include <vector>

#include "core/cli/console.h"
#include "core/cli/flags.h"
#include "core/engine/engine.h"

namespace cutaway::cli {

struct Verb;

struct Invocation {
    engine::Engine& engine;
    Console& console;
    const Parsed& given;
    const Verb& verb;
};

struct Verb {
    std::string_view name;        // "run"
    std::string_view group;       // the long form's first word: "container run"; empty: none
    std::string_view group_name;  // its second word where it differs: "container ls" for ps
    std::string_view usage;       // behind the name: "[OPTIONS] IMAGE [COMMAND] [ARG...]"
    std::string_view help;
    std::vector<FlagSpec> flags;
    Mix mix = Mix::anywhere;
    int least = 0;  // arguments
    int most = -1;  // -1: any number
    int (*perform)(Invocation&) = nullptr;
};

const std::vector<Verb>& container_verbs();
const std::vector<Verb>& image_verbs();
const std::vector<Verb>& system_verbs();
const std::vector<Verb>& observing_verbs();
const std::vector<Verb>& inspecting_verbs();
const std::vector<Verb>& copying_verbs();
const std::vector<Verb>& updating_verbs();
const std::vector<Verb>& event_verbs();
const std::vector<Verb>& archiving_verbs();  // commit, save, load, export, import
const std::vector<Verb>& object_verbs();     // of networks and volumes
const std::vector<Verb>& clean_verbs();      // prune and df
const std::vector<Verb>& registry_verbs();   // push

std::vector<const Verb*> all_verbs();

// The verb that these words begin with, and how many words name it; null: none.
const Verb* find_verb(const std::vector<std::string>& words, std::size_t& used);

// Whether a command may leave things other than they were; `ps` and its like only look.
bool changes_something(const std::vector<std::string>& words);

// Parses, checks the number of arguments, performs. Everything that goes wrong is told as docker tells it.
int perform(engine::Engine& engine, Console& console, const std::vector<std::string>& words);

// An error's text as a screen may show it: what of a secret was in it (an address, a typed flag) is blotted out.
std::string shown(std::string_view text);
// A flag whose value is wrong: the text, the usage, and status 125.
int misuse(const Invocation& call, std::string_view text);
// "Error response from daemon: …" and status 1.
int refuse(Invocation& call, const Error& error);
// Every argument by itself, docker's way: what works is printed, what fails is told, the status is the last failure's.
int for_each_argument(Invocation& call, Status (*work)(Invocation&, const std::string&));

}  // namespace cutaway::cli
