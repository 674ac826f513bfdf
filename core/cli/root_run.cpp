// SPDX-License-Identifier: Apache-2.0
#include "core/cli/root_run.h"

#include <chrono>
#include <condition_variable>
#include <cstdio>
#include <memory>
#include <mutex>
#include <optional>
#include <thread>

#include "core/cli/root_client.h"
#include "core/cli/root_console.h"
#include "core/cli/root_stage.h"
#include "core/cli/stepper.h"
#include "core/host/terminal.h"
#include "core/trace/file.h"

namespace cutaway::cli {

namespace {

Result<trace::StepMode> grain_of(const CommandLine& line) {
    if (!line.step) {
        return trace::StepMode::run;
    }
    if (const auto grain = from_name<trace::StepMode>(*line.step); grain && *grain != trace::StepMode::run) {
        return *grain;
    }
    return fail(Errc::invalid, "--step takes phase, step or call, not \"" + *line.step + "\"");
}

Result<StepOptions> step_options(const CommandLine& line, Stage& stage, Company* company) {
    StepOptions options;
    options.header = stage.header();
    options.grain = TRY(grain_of(line));
    for (const std::string& point : line.breaks) {
        TRY_IN("--break " + point, parse_point(point));
    }
    options.breakpoints = line.breaks;
    options.on_park = [&stage, company] {
        stage.park();
        if (company != nullptr) {
            company->stepped(true);
        }
    };
    options.on_unpark = [&stage, company] {
        if (company != nullptr) {
            company->stepped(false);
        }
        stage.unpark();
    };
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
    SignalWatch(Stage& stage, const ProcessConsole& console, Company* company)
        : thread_([this, &stage, &console, company] {
              std::unique_lock<std::mutex> lock(mutex_);
              while (!ended_.wait_for(lock, std::chrono::milliseconds(20), [this] { return over_; })) {
                  look(stage, console, company);
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
    void look(Stage& stage, const ProcessConsole& console, Company* company) {
        const auto name = console.is_attached() ? std::nullopt : host::take_signal();
        if (name) {
            status_ = *name == "SIGINT" ? 130 : *name == "SIGTERM" ? 143 : *name == "SIGHUP" ? 129 : 131;
            stage.cancel();
            if (company != nullptr) {
                company->give_up();
            }
        }
    }

    std::mutex mutex_;
    std::condition_variable ended_;
    bool over_ = false;
    int status_ = 0;
    std::thread thread_;  // last: it uses the others
};

int perform_stepped(Stage& stage, const CommandLine& line, ProcessConsole& console, Company* company) {
    console.share_terminal();
    Result<StepOptions> options = step_options(line, stage, company);
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

// The trace's file: named, or brought along by whoever opened it.
class TraceFile {
public:
    Status open(const CommandLine& line, const Company* company, Stage& stage) {
        const int brought = company == nullptr ? -1 : company->trace_file();
        if (line.trace.empty() && brought < 0) {
            return {};
        }
        lines_ = TRY(brought >= 0 ? trace::StdioLines::take_over(brought) : trace::StdioLines::create(line.trace));
        writer_ = std::make_unique<trace::Writer>(*lines_, stage.header());
        stage.recorder().add_sink(*writer_);
        return {};
    }
    [[nodiscard]] bool is_open() const { return writer_ != nullptr; }
    [[nodiscard]] int judge(int status) const {
        if (writer_ != nullptr && writer_->failure()) {
            return complain("the trace is not whole: " + writer_->failure()->doing, 1);
        }
        return status;
    }

private:
    std::unique_ptr<trace::StdioLines> lines_;
    std::unique_ptr<trace::Writer> writer_;
};

int perform_watched(Stage& stage, const CommandLine& line, ProcessConsole& console, Company* company) {
    if (company != nullptr) {
        stage.recorder().set_gate(&company->gate());
        stage.recorder().add_sink(company->sink());
        company->arrive(stage, console);
    }
    SignalWatch watch(stage, console, company);
    const bool stepped = line.step.has_value() || !line.breaks.empty();
    const int status = stepped ? perform_stepped(stage, line, console, company) : stage.perform(line.words, console);
    const int given_up = watch.end();
    if (company != nullptr) {
        company->leave();
    }
    return given_up != 0 ? given_up : status;
}

}  // namespace

int run_command(const CommandLine& line, Company* company) {
    const Result<std::unique_ptr<Stage>> stage = Stage::open(line);
    if (!stage) {
        return complain(stage.error().doing, 1);
    }
    host::catch_signals();
    TraceFile file;
    if (const Status opened = file.open(line, company, **stage); !opened) {
        return complain(opened.error().doing, 1);
    }
    const bool stepped = line.step.has_value() || !line.breaks.empty();
    if (stepped || file.is_open() || company != nullptr) {
        (*stage)->tell_history();
    }
    if (!stepped && company == nullptr && line.world != "real") {
        (*stage)->end_with_process();
    }
    ProcessConsole console(line.world);
    return file.judge(perform_watched(**stage, line, console, company));
}

}  // namespace cutaway::cli
