// SPDX-License-Identifier: Apache-2.0
// Performer: the thread behind a live session. It performs commands on a machine and delivers what happened; its owner
// polls. All of it is called on the owner's thread; what is behind it is its own business.
#pragma once

#include <optional>
#include <string>
#include <vector>

#include "core/base/result.h"
#include "core/cli/root_moment.h"
#include "core/cli/stepper_points.h"
#include "core/trace/breakpoints.h"
#include "viz/terminal/screen.h"

namespace cutaway::app {

struct Delivery {
    std::vector<trace::Event> events;     // since the last one
    std::string text;                     // printed since
    std::optional<trace::Event> waiting;  // a command stands before this
    bool working = false;                 // a command is under way, or stands
    bool resting = false;                 // nothing more will come until it is told to do something
    bool hears = false;                   // it takes what is typed: a container's input, an answer to a question
    bool keys = false;                    // a container's terminal takes every key
    std::string screen = {};              // `text` as a terminal takes it; empty: as lines
};

class Performer {
public:
    virtual ~Performer() = default;
    virtual Status perform(const std::vector<std::string>& words, trace::StepMode mode) = 0;
    // False: how far a command goes is not the person's to say, but a lesson's.
    virtual bool resume(trace::StepMode mode) = 0;
    // Where a running command stops. A lesson's commands stop where the lesson says, and nowhere else.
    virtual void stop_at(const std::vector<cli::StopPoint>& points) = 0;
    virtual void pause() = 0;
    virtual void hear(const std::string& typed) = 0;  // "" is the end of input
    virtual void interrupt() = 0;                     // as Ctrl C at its terminal does
    virtual void resize(terminal::Size size) = 0;
    virtual void give_up() = 0;
    virtual Delivery collect() = 0;
    // Of each command that it performed, in the tape's order; none: its machine is not ours to copy.
    [[nodiscard]] virtual std::vector<cli::Boundary> boundaries() { return {}; }
    virtual void rest() {}  // it holds no machine while nothing is performed
    // Its commands are typed elsewhere: it shows and gates them.
    [[nodiscard]] virtual bool is_elsewhere() const { return false; }
};

}  // namespace cutaway::app
