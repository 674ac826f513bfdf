// SPDX-License-Identifier: Apache-2.0
// Desk: where a person looks at a tape and types commands. It keeps the view, which moves freely, apart from the head,
// where the engine is: stepping back moves only the view. It knows no engine: what only an engine can do comes back as
// an Order. One thread at a time.
#pragma once

#include <functional>
#include <optional>
#include <string>
#include <vector>

#include "core/cli/stepper_points.h"
#include "core/cli/stepper_tape.h"

namespace cutaway::cli {

using StepWriter = std::function<void(std::string_view)>;

// What the person wants of whoever runs the engine.
struct Order {
    enum class Kind { stay, go, quit };
    Kind kind = Kind::stay;
    trace::StepMode mode = trace::StepMode::run;
    std::optional<StopPoint> once;
};

class Desk {
public:
    Desk(const Tape& tape, StepWriter write, trace::StepMode grain);

    // The engine stands before `next`; the view goes there too.
    void stopped(const trace::Event& next, const std::string& reason);
    void running();                         // nothing waits any more
    void ended(const std::string& reason);  // nothing more will come; the reason is a breakpoint's, or empty
    void open_at(std::size_t position);     // a recorded tape; the view begins here

    Order execute(const std::string& line);
    [[nodiscard]] std::string prompt() const;
    void announce() const;  // what is next at the view

    [[nodiscard]] const std::vector<std::pair<int, StopPoint>>& points() const { return points_; }
    void add_point(StopPoint point);
    [[nodiscard]] std::size_t view() const { return view_; }
    [[nodiscard]] bool at_head() const { return view_ == tape_.size(); }

private:
    struct Detour {  // a step begun between two stops: the way back leads to where it began
        trace::StepMode mode;
        std::size_t from;
        std::size_t to;
        bool forward;
    };
    struct Command {
        std::string_view name;
        std::string_view letters;
        std::string_view arguments;
        std::string_view help;
        Order (Desk::*perform)(const std::string& argument);
    };
    static const std::vector<Command>& commands();

    Order next(const std::string& argument);
    Order next_phase(const std::string&) { return step(trace::StepMode::phase); }
    Order next_step(const std::string&) { return step(trace::StepMode::step); }
    Order next_call(const std::string&) { return step(trace::StepMode::call); }
    Order back(const std::string& argument);
    Order back_phase(const std::string&) { return step_back(trace::StepMode::phase); }
    Order back_step(const std::string&) { return step_back(trace::StepMode::step); }
    Order back_call(const std::string&) { return step_back(trace::StepMode::call); }
    Order grain(const std::string& argument);
    Order go_on(const std::string& argument);
    Order go_back(const std::string& argument);
    Order until(const std::string& argument);
    Order jump(const std::string& argument);
    Order live(const std::string& argument);
    Order where(const std::string& argument);
    Order list(const std::string& argument);
    Order show(const std::string& argument);
    Order difference(const std::string& argument);
    Order plan(const std::string& argument);
    Order explain(const std::string& argument);
    Order set_point(const std::string& argument);
    Order list_points(const std::string& argument);
    Order delete_point(const std::string& argument);
    Order help(const std::string& argument);
    Order quit(const std::string& argument);

    Order step(trace::StepMode mode);
    Order step_back(trace::StepMode mode);
    Order at_the_head(Order order);
    std::optional<trace::StepMode> read_grain(const std::string& argument);
    [[nodiscard]] std::optional<trace::Event> next_event() const;
    void move_to(std::size_t position, const std::string& reason);
    void say(std::string_view line) const;

    const Tape& tape_;
    StepWriter write_;
    trace::StepMode grain_;
    std::size_t view_ = 0;
    std::size_t last_stop_ = 0;
    std::optional<trace::Event> pending_;
    bool over_ = false;
    std::optional<Detour> detour_;
    std::vector<std::pair<int, StopPoint>> points_;
    int next_number_ = 1;
    std::string last_line_;
};

}  // namespace cutaway::cli
