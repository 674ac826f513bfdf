// SPDX-License-Identifier: Apache-2.0
#include "core/cli/root_tools.h"

#include <cstdio>

#include "core/base/json_codec.h"
#include "core/cli/replay.h"
#include "core/cli/root_console.h"
#include "core/host/doctor.h"
#include "core/host/profile.h"

namespace cutaway::cli {

namespace {

int print_profile(Console& console) {
    const world::MachineProfile profile = host::host_profile("/var/lib/cutaway", "/run/cutaway");
    std::string text;
    json::write(text, profile);
    console.out(text + "\n");
    return 0;
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
    for (const host::Check& check : host::examine_machine()) {
        able = able && (check.ok || !check.required);
        console.out(std::string(check.ok         ? "ok       "
                                : check.required ? "missing  "
                                                 : "without  ") +
                    check.name + ": " + check.detail + "\n");
        if (!check.ok && !check.remedy.empty()) {
            console.out("         remedy: " + check.remedy + "\n");
        }
    }
    console.out(able ? "\nContainers can run here with --world real.\n"
                     : "\nContainers cannot run here with --world real; the simulated machine can do without.\n");
    return able ? 0 : 1;
}

}  // namespace

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
