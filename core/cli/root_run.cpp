// SPDX-License-Identifier: Apache-2.0
#include "core/cli/root_run.h"

#include <cstdio>
#include <memory>
#include <optional>

#include "core/cli/root_console.h"
#include "core/cli/root_stage.h"
#include "core/cli/stepper.h"
#include "core/host/terminal.h"
#include "core/trace/file.h"

namespace cutaway::cli {

namespace {

int complain(const std::string& text, int status) {
    std::fprintf(stderr, "cutaway: %s\n", text.c_str());
    return status;
}

bool wants_input(const std::vector<std::string>& words) {
    for (const std::string& word : words) {
        const bool letters = word.size() > 1 && word[0] == '-' && word[1] != '-';
        if (word == "--interactive" || (letters && word.find('i') != std::string::npos)) {
            return true;
        }
    }
    return false;
}

Result<trace::StepMode> grain_of(const CommandLine& line) {
    if (!line.step) {
        return trace::StepMode::run;
    }
    if (const auto grain = from_name<trace::StepMode>(*line.step); grain && *grain != trace::StepMode::run) {
        return *grain;
    }
    return fail(Errc::invalid, "--step takes phase, step or call, not \"" + *line.step + "\"");
}

Result<StepOptions> step_options(const CommandLine& line, Stage& stage) {
    StepOptions options;
    options.header = stage.header();
    options.grain = TRY(grain_of(line));
    for (const std::string& point : line.breaks) {
        TRY_IN("--break " + point, parse_point(point));
    }
    options.breakpoints = line.breaks;
    options.on_park = [&stage] { stage.park(); };
    options.on_unpark = [&stage] { stage.unpark(); };
    options.on_quit = [&stage] { stage.cancel(); };
    return options;
}

void print_to_stderr(std::string_view text) {
    std::fwrite(text.data(), 1, text.size(), stderr);
    std::fflush(stderr);
}

int perform_stepped(Stage& stage, const CommandLine& line, Console& console) {
    Result<StepOptions> options = step_options(line, stage);
    if (!options) {
        return complain(options.error().doing, 125);
    }
    TypedLines lines;
    Stepper stepper(lines, print_to_stderr, std::move(*options));
    stage.recorder().set_gate(&stepper);
    stage.recorder().add_sink(stepper);
    const int status = stage.perform(line.words, console);
    stepper.finished();
    return status;
}

}  // namespace

int run_command(const CommandLine& line) {
    const Result<std::unique_ptr<Stage>> stage = Stage::open(line);
    if (!stage) {
        return complain(stage.error().doing, 1);
    }
    host::catch_signals();
    std::unique_ptr<trace::StdioLines> lines;
    std::unique_ptr<trace::Writer> writer;
    if (!line.trace.empty()) {
        Result<std::unique_ptr<trace::StdioLines>> file = trace::StdioLines::create(line.trace);
        if (!file) {
            return complain(file.error().doing, 1);
        }
        lines = std::move(*file);
        writer = std::make_unique<trace::Writer>(*lines, (*stage)->header());
        (*stage)->recorder().add_sink(*writer);
    }
    ProcessConsole console(wants_input(line.words));
    const bool stepped = line.step.has_value() || !line.breaks.empty();
    const int status = stepped ? perform_stepped(**stage, line, console) : (*stage)->perform(line.words, console);
    if (writer != nullptr && writer->failure()) {
        return complain("the trace is not whole: " + writer->failure()->doing, 1);
    }
    return status;
}

}  // namespace cutaway::cli
