// SPDX-License-Identifier: Apache-2.0
// LessonBench: a stage on which a lesson's commands are performed, with the tape of all of them and a gate that holds a
// command at the lesson's stops. Lines are a learner's: "docker run nginx", "cutaway run nginx", or a line for the
// host's shell. One thread; the engine's tasks may ask the gate from others.
#pragma once

#include <atomic>
#include <functional>
#include <memory>
#include <mutex>
#include <optional>
#include <string>
#include <vector>

#include "core/cli/root_stage.h"
#include "core/cli/stepper_tape.h"
#include "core/lesson/lesson.h"
#include "core/trace/gate.h"

namespace cutaway::cli {

// "docker run 'a b'" as words for Stage; anything that is not docker's is {"sh", "-c", line}.
std::vector<std::string> lesson_words(const std::string& line);

class LessonBench final : public trace::Gate, public trace::Sink {
public:
    static Result<std::unique_ptr<LessonBench>> open(const CommandLine& line);

    // The engine stands where the lesson wanted it to; the answer is the next stop, or nothing: go on to the end.
    using Stand = std::function<std::optional<lesson::Stop>()>;

    int perform(const std::string& line, Console& console);
    // False: the command ended before it came to `first`, or to a later stop.
    bool perform_stopping(const std::string& line, const lesson::Stop& first, const Stand& stand, Console& console);
    void give_up();  // within Stand: what waits is cancelled

    void watch(trace::Sink& sink) { stage_->recorder().add_sink(sink); }  // it gets every event, as the tape does
    // From any thread: what is performed is cancelled; whether something is; whether it is held at a stop, and before what.
    void interrupt() { stage_->cancel(); }
    [[nodiscard]] bool performs() const { return performs_; }
    [[nodiscard]] bool holds() const { return standing().has_value(); }
    [[nodiscard]] std::optional<trace::Event> standing() const;

    [[nodiscard]] const scene::Picture& picture() const { return tape_.timeline().last(); }
    [[nodiscard]] const Tape& tape() const { return tape_; }
    [[nodiscard]] const trace::Header& header() const { return stage_->header(); }
    [[nodiscard]] std::size_t began() const { return began_; }  // the tape's size when the last command began
    [[nodiscard]] int status() const { return status_; }        // the last command's

    Status before(const trace::Event& next) override;
    void take(const trace::Event& event) override;

private:
    explicit LessonBench(std::unique_ptr<Stage> stage);
    bool arrived(const trace::Event& next);
    void stand(const trace::Event* before);
    int act(const std::string& line, Console& console);

    std::unique_ptr<Stage> stage_;
    Tape tape_;
    std::mutex turn_;          // who stands
    mutable std::mutex data_;  // the tape and what is stood before; held for moments only
    std::optional<trace::Event> standing_;
    std::atomic<bool> performs_ = false;
    std::optional<lesson::Stop> target_;
    bool held_ = true;                   // a condition's last answer
    std::optional<std::uint32_t> span_;  // of an `after`: what must end first
    bool ended_ = false;                 // … and has
    Stand stand_;
    bool given_up_ = false;
    std::size_t began_ = 0;
    int status_ = 0;
};

}  // namespace cutaway::cli
