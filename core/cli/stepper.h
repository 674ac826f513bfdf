// SPDX-License-Identifier: Apache-2.0
// Stepper: a gate that asks a person, line by line, how far the engine may go; a terminal or a pipe alike. It records
// what it takes in memory, so that the view can go back while the engine stands. When lines end, the run goes on to
// its end. Wire it as recorder.set_gate(&stepper) and recorder.add_sink(stepper); call finished() once the verb is done.
// before() may come from several tasks: one stands at the desk, the others wait behind it (all-stop). While a task
// stands, on_park was called and no lock of the engine's or the recorder's is held.
#pragma once

#include <functional>
#include <mutex>
#include <optional>
#include <string>
#include <vector>

#include "core/cli/stepper_desk.h"
#include "core/trace/gate.h"

namespace cutaway::cli {

class LineSource {
public:
    virtual ~LineSource() = default;
    // The next line without its newline; nothing: there are no more.
    virtual std::optional<std::string> next(const std::string& prompt) = 0;
};

struct StepOptions {
    trace::Header header;                           // what world and machine this is
    trace::StepMode grain = trace::StepMode::step;  // run: the first stop is a breakpoint's
    std::vector<std::string> breakpoints;           // as typed; check them with parse_point before
    std::function<void()> on_park;                  // the engine stands: let the machine's lock go
    std::function<void()> on_unpark;
    std::function<void()> on_quit;  // the person gave up: request the world's Cancel
};

class Stepper final : public trace::Gate, public trace::Sink {
public:
    Stepper(LineSource& lines, StepWriter write, StepOptions options);

    Status before(const trace::Event& next) override;
    void passing(const trace::Event& next) override;
    void take(const trace::Event& event) override;
    void finished();  // the run is over; the person may look back until they quit
    void rearm();     // before a further command on the same tape: stop at its first step again

    [[nodiscard]] bool quit() const { return quit_; }

private:
    std::optional<std::string> why_stop(const trace::Event& next);
    std::optional<std::string> condition_met();
    std::string why_ended();
    Status stand(const trace::Event& next, const std::string& reason);
    bool talk();  // false: no more lines

    LineSource& lines_;
    StepWriter write_;
    StepOptions options_;
    std::mutex turn_;  // who stands at the desk
    std::mutex data_;  // tape and desk; held for moments only, take() needs it
    Tape tape_;
    Desk desk_;
    Order order_;
    std::vector<std::pair<int, bool>> held_;  // of each condition: it held at the last look
    std::optional<std::string> due_;          // a stop that fell where nobody may stand
    bool once_held_ = true;
    bool failed_ = false;
    bool silent_ = false;  // no more lines: run to the end
    bool quit_ = false;
};

}  // namespace cutaway::cli
