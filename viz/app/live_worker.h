// SPDX-License-Identifier: Apache-2.0
// LiveWorker: the thread that a live session's commands are performed on, and the gate that it stands at. What happened
// goes into an inbox that the owner collects; nothing of the window is known here. It folds a Picture of its own, since
// conditions are asked where the engine is and not where somebody looks. Everything public is the owner's thread's but
// what a gate, a sink and a console are asked, which is the engine's.
#pragma once

#include <atomic>
#include <condition_variable>
#include <deque>
#include <functional>
#include <map>
#include <memory>
#include <mutex>
#include <string>
#include <thread>
#include <vector>

#include "core/cli/console.h"
#include "core/cli/root_stage.h"
#include "core/scene/picture.h"
#include "core/trace/step_gate.h"
#include "viz/app/performer.h"

namespace cutaway::app {

class LiveWorker final : public Performer, public trace::Gate, public trace::Sink, public cli::Console {
public:
    // `before`: what the tape has already, of another time.
    LiveWorker(std::unique_ptr<cli::Stage> stage, std::function<void()> wake,
               const std::vector<trace::Event>& before = {});
    ~LiveWorker() override;

    Status perform(const std::vector<std::string>& words, trace::StepMode mode) override;
    bool resume(trace::StepMode mode) override;
    void stop_at(const std::vector<cli::StopPoint>& points) override;
    void pause() override { gate_.pause(); }
    void hear(const std::string& typed) override;
    void interrupt() override;
    void resize(terminal::Size size) override;
    void give_up() override;
    Delivery collect() override;
    std::vector<cli::Boundary> boundaries() override { return stage_->boundaries(); }
    void rest() override;

private:
    struct Condition;  // of a breakpoint, and whether it held at the last look

    Status before(const trace::Event& next) override { return gate_.before(next); }
    void passing(const trace::Event& next) override { gate_.passing(next); }
    void take(const trace::Event& event) override;
    void out(std::string_view bytes) override;
    void err(std::string_view bytes) override { out(bytes); }
    std::optional<std::string> signal() override;
    std::optional<std::string> input() override;
    std::string answer() override;
    void raw(bool on) override;
    std::optional<engine::TerminalSize> resized() override;
    [[nodiscard]] std::string world() const override { return stage_->header().world; }

    void run();
    void stand();
    void go();
    void learn(const trace::Event& event);
    void arm();  // with points_mutex_ held
    bool came_true(Condition& condition);

    std::unique_ptr<cli::Stage> stage_;
    std::function<void()> wake_;
    trace::StepGate gate_;
    std::atomic<bool> interrupt_{false};

    std::mutex standing_mutex_;
    int standing_ = 0;  // tasks that wait at the gate

    std::mutex points_mutex_;  // guards what follows; never taken with another held
    scene::Picture picture_;
    std::map<std::string, std::string> ids_;  // of containers, by name
    std::vector<cli::StopPoint> points_;
    std::vector<std::shared_ptr<Condition>> conditions_;  // of each point; null: it has none

    std::mutex mutex_;  // guards what follows; held for moments
    std::condition_variable work_;
    std::condition_variable heard_;
    std::vector<std::string> words_;
    std::vector<trace::Event> events_;
    std::string text_;
    std::string screen_;  // the same, as a terminal takes it
    terminal::Size size_;
    std::optional<terminal::Size> told_;  // to the container
    bool keys_ = false;                   // a container's terminal is attached
    std::deque<std::string> typed_;       // not yet asked for
    bool hears_ = false;
    bool ended_ = false;  // its input
    bool busy_ = false;
    bool closing_ = false;
    std::thread thread_;
};

}  // namespace cutaway::app
