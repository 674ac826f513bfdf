// SPDX-License-Identifier: Apache-2.0
// python: -c TEXT, a script, or standard input a line at a time; with prompts on a terminal.
#include "core/model/programs/commands.h"
#include "core/model/programs/python_value.h"
#include "core/model/programs/text.h"

namespace cutaway::model::programs {

namespace {

struct PythonState {
    bool begun = false;
    bool from_input = false;
    bool input_over = false;
    bool over = false;
    int code = 0;
    std::int64_t line = 0;
    std::string source;  // lines that were not run yet
    std::string file;    // "<string>", "<stdin>", a script's name
    Variables variables;
    Output output;
};
CUTAWAY_FIELDS(PythonState, begun, from_input, input_over, over, code, line, source, file, variables, output)

constexpr std::string_view version = "3.12.1";

void begin(Sys& sys, PythonState& state) {
    state.begun = true;
    const Words& argv = sys.argv();
    const std::string first = argv.size() > 1 ? argv[1] : "";
    if (first == "--version" || first == "-V") {
        state.output.out("Python " + std::string(version) + "\n");
        state.over = true;
    } else if (first == "-c" && argv.size() > 2) {
        state.source = argv[2] + "\n";
        state.file = "<string>";
    } else if (first.empty() || first == "-") {
        state.from_input = true;
        state.file = "<stdin>";
        if (sys.is_terminal(0)) {
            state.output.out("Python " + std::string(version) +
                             " (main, Dec 19 2023, 20:18:26) [GCC 12.2.0] on linux\nType \"help\", \"copyright\", "
                             "\"credits\" or \"license\" for more information.\n>>> ");
        }
    } else if (first.starts_with("-")) {
        state.output.err("python: " + first + ": not modelled\n");
        state.code = 127;
        state.over = true;
    } else if (const auto text = read_file(sys, first)) {
        state.source = *text + "\n";
        state.file = first;
    } else {
        state.output.err("python: can't open file '" + join_path(sys.working_dir(), first) +
                         "': [Errno 2] No such file or directory\n");
        state.code = 2;
        state.over = true;
    }
}

void run_line(Sys& sys, PythonState& state, const std::string& line) {
    const bool talks = state.from_input && sys.is_terminal(0);
    ++state.line;
    const Ran ran = run_python_line(sys, state.variables, line);
    state.output.out(ran.out);
    if (ran.outcome == Outcome::leave) {
        state.output.err(ran.err);
        state.code = ran.code;
        state.over = true;
        return;
    }
    if (ran.outcome == Outcome::unknown) {
        state.output.err("python: " + ran.err + ": not modelled\n");
    } else if (ran.outcome == Outcome::error) {
        state.output.err("Traceback (most recent call last):\n  File \"" + state.file + "\", line " +
                         std::to_string(state.line) + ", in <module>\n" + ran.err + "\n");
    } else if (talks && ran.shown && ran.shown->kind != ValueKind::none) {
        state.output.out(to_repr(*ran.shown) + "\n");
    }
    if (!talks && ran.outcome != Outcome::done) {
        state.code = ran.outcome == Outcome::unknown ? 127 : 1;
        state.over = true;
    }
    if (talks) {
        state.output.out(">>> ");
    }
}

// False: more input has to come first.
bool go_on(Sys& sys, PythonState& state) {
    const std::size_t end = state.source.find('\n');
    if (end != std::string::npos) {
        const std::string line = state.source.substr(0, end);
        state.source.erase(0, end + 1);
        run_line(sys, state, line);
        return true;
    }
    if (!state.from_input || state.input_over) {
        state.over = true;
        return true;
    }
    const auto got = sys.read(0, 65536);
    if (!got && is_again(got.error())) {
        return false;
    }
    state.input_over = !got || got->empty();
    state.source += got ? *got : std::string();
    if (state.input_over) {
        state.source += state.source.empty() ? "" : "\n";
        state.output.out(sys.is_terminal(0) ? "\n" : "");
    }
    return true;
}

Step step_python(Sys& sys, PythonState& state) {
    if (!state.begun) {
        begin(sys, state);
    }
    bool waits = false;
    while (!state.over && !waits) {
        waits = !go_on(sys, state);
    }
    if (flush(sys, state.output) == Flush::blocked) {
        return wait_to_flush(state.output);
    }
    return state.over ? Step::exited(state.code) : Step::wait_readable(0);
}

}  // namespace

Entries python_tools() {
    return {{"python", []() -> Made { return std::make_unique<StatefulProgram<PythonState>>("python", step_python); }}};
}

}  // namespace cutaway::model::programs
