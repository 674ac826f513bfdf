// SPDX-License-Identifier: Apache-2.0
#include "core/cli/root_tools.h"

#include <cstdio>
#include <cstdlib>

#include "core/base/json_codec.h"
#include "core/cli/replay.h"
#include "core/cli/root_client.h"
#include "core/cli/root_console.h"
#include "core/cli/root_wire.h"
#include "core/host/become.h"
#include "core/host/doctor.h"
#include "core/host/profile.h"
#include "core/host/sealed_program.h"
#include "core/host/terminal.h"

namespace cutaway::cli {

namespace {

int print_profile(Console& console) {
    const world::MachineProfile profile = host::host_profile("/var/lib/cutaway", "/run/cutaway");
    std::string text;
    json::write(text, profile);
    console.out(text + "\n");
    return 0;
}

void print_check(const host::Check& check, Console& console) {
    console.out(std::string(check.ok         ? "ok       "
                            : check.required ? "missing  "
                                             : "without  ") +
                check.name + ": " + check.detail + "\n");
    if (!check.ok && !check.remedy.empty()) {
        console.out("         remedy: " + check.remedy + "\n");
    }
}

std::string place_of_engine(const CommandLine& line) {
    const std::string named = with_engine(line).engine;
    return named.empty() ? std::string(host::usual_socket) : named;
}

int doctor(const CommandLine& line, Console& console) {
    if (line.words.size() == 2 && line.words[1] == "--profile") {
        return print_profile(console);
    }
    if (line.words.size() != 1) {
        console.err("Usage:  cutaway doctor [--profile]\n");
        return 1;
    }
    bool able = true;
    const bool root = host::has_root("").has_value();
    for (const host::Check& check : root ? host::examine_machine() : host::examine_rootless()) {
        able = able && (check.ok || !check.required);
        print_check(check, console);
    }
    const std::string socket = place_of_engine(line);
    const host::Check engine = host::check_engine(socket);
    print_check(engine, console);
    if (!root) {
        console.out(
            "\nYou are not root, so your containers are your own: one user, no limits, --network none or host. A user "
            "of\n"
            "theirs that is not root, a limit or another network takes an engine that has root (--engine).\n");
    }
    console.out(able ? "\nContainers can run here with --world real.\n"
                : engine.ok
                    ? "\nContainers can run here with --engine " + socket + ".\n"
                    : "\nContainers cannot run here with --world real; the simulated machine can do without.\n");
    return able || engine.ok ? 0 : 1;
}

}  // namespace

std::optional<int> start_window(CommandLine& line) {
    const auto set = [](const char* name) {
        const char* value = std::getenv(name);
        return value != nullptr && *value != '\0';
    };
    if (set("DISPLAY") || set("WAYLAND_DISPLAY")) {
        const Result<std::string> window = host::find_program("cutaway-window", "CUTAWAY_WINDOW");
        std::vector<std::string> options{"--world", line.world, "--seed", std::to_string(line.seed)};
        const auto pass = [&](const char* name, const std::string& value) {
            if (!value.empty()) {
                options.insert(options.end(), {name, value});
            }
        };
        pass("--root", line.root);
        pass("--machine", line.machine);
        pass("--clock", line.clock);
        options.insert(options.end(), line.words.begin(), line.words.end());  // a file
        const Error failed = window ? host::become(*window, options) : window.error();
        std::fprintf(stderr, "cutaway: no window: %s\n", failed.doing.c_str());
    }
    if (!line.words.empty()) {
        std::fputs("cutaway: a moment is opened in the window, and there is no display here\n", stderr);
        return 1;
    }
    if (!host::is_terminal(0)) {
        std::fputs("cutaway: no display and no terminal: cutaway --help says what can be typed\n", stderr);
        return 1;
    }
    std::fputs("No display: this is `cutaway run --step=phase nginx`. Type help for the stepper's commands.\n", stderr);
    line.words = {"run", "nginx"};
    line.step = "phase";
    return std::nullopt;
}

std::optional<int> run_tool(const CommandLine& line) {
    const std::string& verb = line.words.front();
    ProcessConsole console;
    TypedLines lines;
    if (verb == "replay") {
        return replay(line.words, lines, console);
    }
    if (verb == "trace") {
        return trace_verb(line.words, console);
    }
    if (verb == "doctor") {
        return doctor(line, console);
    }
    return std::nullopt;
}

}  // namespace cutaway::cli
