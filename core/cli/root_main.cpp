// SPDX-License-Identifier: Apache-2.0
// The composition root of `cutaway`: chooses a world, wraps it so that every call is an event, hands it to the engine,
// runs one verb. What is quick to answer is answered before anything is opened.
#include <cstdio>
#include <cstdlib>
#include <optional>
#include <string>
#include <string_view>
#include <utility>
#include <vector>

#include "core/cli/command_line.h"
#include "core/cli/root_client.h"
#include "core/cli/root_completion.h"
#include "core/cli/root_engine.h"
#include "core/cli/root_lesson.h"
#include "core/cli/root_model.h"
#include "core/cli/root_oci.h"
#include "core/cli/root_run.h"
#include "core/cli/root_tools.h"
#include "core/cli/root_wire.h"

namespace {

using cutaway::cli::complain;

constexpr const char* help =
    R"(Usage:  cutaway [OPTIONS] COMMAND

A container engine cut open: it does what docker does, and every phase can be stopped, stepped and looked at.
On a simulated machine by default: no root, no network, no Docker.

Try:
  cutaway run nginx                      run it; Ctrl-C ends it
  cutaway run --step nginx               stop before every step, go on and back with n and b
  cutaway run -d -p 8080:80 --name web nginx
  cutaway sh -c 'curl localhost:8080'    a command on the simulated host
  cutaway ps, logs, exec, inspect, stop, start, pause, unpause, kill, rm, pull, push, login, images, rmi, create,
          cp, commit, save, load, export, import, ...

Commands of Cutaway's own:
  sh          The simulated host's shell (-c COMMAND, or commands on standard input)
  model fault Let the simulated registries do something wrong: list, clear, or a kind
  lesson      Lessons: list, play and show them, prove them
  model       The simulated machine: history, undo, fork, reset
  replay      Step through a recorded trace
  FILE.moment Open the window at a moment that somebody kept
  trace       lint, diff or export recorded traces
  engine      The real world's engine as a process of its own, for command lines of an ordinary user
  watch       What such an engine does, run by run, and where it shall stop
  oci         A low-level runtime for OCI bundles, as podman and containerd drive one (root)
  doctor      What the real world can and cannot do on this machine
  completion  A script for your shell: source <(cutaway completion bash); also zsh, fish
  version     The version

Options:
      --world model|real    The simulated machine (default) or this one's kernel; also CUTAWAY_WORLD
      --engine PATH         Ask the engine that listens there (cutaway engine --socket PATH); also CUTAWAY_ENGINE
      --root DIR            Where the machine or the store is kept; also CUTAWAY_ROOT
      --machine NAME|FILE   A new simulated machine's kind: v1, v2, hybrid or a file made by doctor --profile
      --seed N              A new simulated machine's seed
      --clock TIME          How much simulated time has passed since the last command: frozen, advance:5s
      --profile NAME        Whose words: today's docker (today) or the source documents' (documents)
      --realtime            Let simulated time pass as the wall clock does
      --step[=GRAIN]        Open the stepper: stop before each phase, step (default) or call
      --break EXPR          Open the stepper where this is true; may be given several times
      --trace FILE          Write the trace there

This is Cutaway's engine, behaving like Docker; it is not your Docker.
)";

// By the name cutaway-oci it is a runtime alone: callers such as podman name a program, not a program and a word.
bool is_runtime(std::string_view called) { return called.substr(called.rfind('/') + 1) == "cutaway-oci"; }

std::vector<std::string> to_words(int argc, char** argv) { return {argv + (argc > 0 ? 1 : 0), argv + argc}; }

}  // namespace

int main(int argc, char** argv) {
    const std::vector<std::string> arguments = to_words(argc, argv);
    if (is_runtime(argv[0])) {
        return cutaway::cli::run_oci(arguments);
    }
    if (!arguments.empty() && arguments.front() == "oci") {
        return cutaway::cli::run_oci({arguments.begin() + 1, arguments.end()});
    }
    if (!arguments.empty() && arguments.front() == "__complete") {
        return cutaway::cli::print_completions({arguments.begin() + 1, arguments.end()});
    }
    const char* environment = std::getenv("CUTAWAY_WORLD");
    auto line = cutaway::cli::read_command_line(arguments, environment == nullptr ? "" : environment);
    if (!line) {
        return complain(line.error().doing, 125);
    }
    const std::string first = line->words.empty() ? "" : line->words.front();
    if (first == "--version" || first == "-v") {
        std::printf("Cutaway version %s\n", CUTAWAY_VERSION);
        return 0;
    }
    if (first.empty() || (first.ends_with(".moment") && line->words.size() == 1)) {
        if (const std::optional<int> status = cutaway::cli::start_window(*line)) {
            return *status;
        }
    }
    if (first == "--help" || first == "-h" || first == "help") {
        std::fputs(help, stdout);
        return 0;
    }
    if (first == "engine") {
        return cutaway::cli::serve(*line);
    }
    if (const std::optional<int> status = cutaway::cli::run_tool(*line)) {
        return *status;
    }
    if (first == "completion") {
        return cutaway::cli::print_completion_script(line->words);
    }
    if (const std::optional<int> status = cutaway::cli::run_model(*line)) {
        return *status;
    }
    if (const std::optional<int> status = cutaway::cli::run_lesson(*line)) {
        return *status;
    }
    const cutaway::cli::CommandLine asked = cutaway::cli::with_engine(std::move(*line));
    if (first == "watch") {
        return cutaway::cli::watch_engine(asked);
    }
    return asked.engine.empty() ? cutaway::cli::run_command(asked) : cutaway::cli::ask_engine(asked);
}
