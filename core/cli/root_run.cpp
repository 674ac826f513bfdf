// SPDX-License-Identifier: Apache-2.0
#include "core/cli/root_run.h"

#include <chrono>
#include <condition_variable>
#include <cstdio>
#include <memory>
#include <mutex>
#include <optional>
#include <thread>

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

// Until a container is attached, a signal is a person giving up: the work is cancelled, undone and left.
class SignalWatch {
public:
    SignalWatch(Stage& stage, const ProcessConsole& console)
        : thread_([this, &stage, &console] {
              std::unique_lock<std::mutex> lock(mutex_);
              while (!ended_.wait_for(lock, std::chrono::milliseconds(20), [this] { return over_; })) {
                  look(stage, console);
              }
          }) {}
    ~SignalWatch() { end(); }
    SignalWatch(const SignalWatch&) = delete;
    SignalWatch& operator=(const SignalWatch&) = delete;

    int end() {
        {
            const std::lock_guard<std::mutex> lock(mutex_);
            over_ = true;
        }
        ended_.notify_all();
        if (thread_.joinable()) {
            thread_.join();
        }
        return status_;
    }

private:
    void look(Stage& stage, const ProcessConsole& console) {
        const auto name = console.is_attached() ? std::nullopt : host::take_signal();
        if (name) {
            status_ = *name == "SIGINT" ? 130 : *name == "SIGTERM" ? 143 : *name == "SIGHUP" ? 129 : 131;
            stage.cancel();
        }
    }

    std::mutex mutex_;
    std::condition_variable ended_;
    bool over_ = false;
    int status_ = 0;
    std::thread thread_;  // last: it uses the others
};

int perform_stepped(Stage& stage, const CommandLine& line, ProcessConsole& console) {
    console.share_terminal();
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
    const bool stepped = line.step.has_value() || !line.breaks.empty();
    if (stepped || !line.trace.empty()) {
        (*stage)->tell_history();
    }
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
    ProcessConsole console(line.world);
    SignalWatch watch(**stage, console);
    const int status = stepped ? perform_stepped(**stage, line, console) : (*stage)->perform(line.words, console);
    if (const int given_up = watch.end(); given_up != 0) {
        return given_up;
    }
    if (writer != nullptr && writer->failure()) {
        return complain("the trace is not whole: " + writer->failure()->doing, 1);
    }
    return status;
}

}  // namespace cutaway::cli
