// SPDX-License-Identifier: Apache-2.0
// RunGate: the gate and the witness of one run that others may watch: what is recorded leaves as a trace's text, a stop
// and its end are said, and orders are obeyed. It decides nothing about breakpoints itself: trace::StepGate does.
// before() and take() come from the engine's tasks, obey() from the thread that reads orders; `say` from either, one
// message at a time. It must not wait for whoever reads orders.
#pragma once

#include <cstdint>
#include <deque>
#include <functional>
#include <map>
#include <mutex>
#include <string>
#include <thread>

#include "core/link/protocol.h"
#include "core/trace/gate.h"
#include "core/trace/step_gate.h"

namespace cutaway::link {

class RunGate final : public trace::Gate, public trace::Sink {
public:
    struct Ways {
        std::function<void(const Message&)> say;
        std::function<Result<trace::Breakpoint>(const std::string&)> read_point;
        std::function<void()> cancel;
    };
    explicit RunGate(Ways ways);
    RunGate(const RunGate&) = delete;
    RunGate& operator=(const RunGate&) = delete;

    void begin(const trace::Header& header);  // the first line of the text
    void obey(const Order& order);
    void give_up();             // whoever stands gets Errc::cancelled, and whoever comes
    void stepped(bool stands);  // by a stepper at the run's own terminal

    Status before(const trace::Event& next) override;
    void passing(const trace::Event& next) override { gate_.passing(next); }
    void take(const trace::Event& event) override;

private:
    struct Waiting {
        std::thread::id task;
        std::string next;
    };
    void put(const std::string& text);
    void stand();
    void go();
    void set_points();
    void await_stop();

    Ways ways_;
    trace::StepGate gate_;
    std::mutex saying_;
    std::mutex mutex_;  // guards what follows
    std::map<std::thread::id, const trace::Event*> asked_;
    std::deque<Waiting> waiting_;
    std::map<std::uint32_t, trace::Breakpoint> points_;
    Order last_;
    std::string line_;  // take() alone, one at a time
};

}  // namespace cutaway::link
