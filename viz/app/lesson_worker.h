// SPDX-License-Identifier: Apache-2.0
// LessonWorker: the thread that a lesson is played on, as the window's face of the tutor: what is said goes into an
// inbox, what the learner answers comes out of a queue, and while that is empty the thread waits, also in the middle of
// a command. Closing it gives the lesson up. Everything public is the owner's thread's, `wake` may come from the worker.
#pragma once

#include <atomic>
#include <condition_variable>
#include <deque>
#include <functional>
#include <memory>
#include <mutex>
#include <string>
#include <thread>
#include <vector>

#include "core/cli/console.h"
#include "core/cli/lesson_tutor.h"
#include "viz/app/performer.h"

namespace cutaway::app {

struct LessonStart {
    const lesson::Lesson& lesson;
    lesson::Progress progress;
    std::string from;                                     // a step; empty: the first
    std::function<Status(const lesson::Progress&)> keep;  // called on the worker
    std::function<void()> wake;
    lesson::Policy policy = {};
    std::function<std::int64_t()> now_ms = {};
};

struct Told {
    lesson::Telling telling;
    std::uint64_t position = 0;  // how many events there were
};

struct LessonNews {
    std::vector<Told> told;
    lesson::Awaits awaits = lesson::Awaits::nothing;
    lesson::Progress progress;
    std::string unkept;  // why the progress could not be kept
};

class LessonWorker final : public Performer, public cli::LessonFace, public cli::Console, public trace::Sink {
public:
    LessonWorker(std::unique_ptr<cli::LessonBench> bench, LessonStart start);
    ~LessonWorker() override;

    void type(const std::string& line);  // as in the terminal
    LessonNews news();

    Status perform(const std::vector<std::string>& words, trace::StepMode mode) override;
    bool resume(trace::StepMode) override { return false; }
    void stop_at(const std::vector<cli::StopPoint>&) override {}
    void pause() override {}
    void hear(const std::string&) override {}
    void interrupt() override { give_up(); }
    void resize(terminal::Size) override {}
    void give_up() override;
    Delivery collect() override;

private:
    void tell(const lesson::Telling& telling) override;
    std::optional<std::string> listen(lesson::Awaits awaits) override;
    cli::Console& console() override { return *this; }
    void out(std::string_view bytes) override;
    void err(std::string_view bytes) override { out(bytes); }
    std::optional<std::string> signal() override;
    void take(const trace::Event& event) override;
    void run();
    void remember(const lesson::Progress& progress);

    std::unique_ptr<cli::LessonBench> bench_;
    LessonStart start_;
    std::atomic<bool> interrupt_ = false;
    mutable std::mutex mutex_;  // guards what follows; held for moments
    std::condition_variable heard_;
    std::deque<std::string> lines_;
    std::vector<trace::Event> events_;
    std::uint64_t count_ = 0;
    std::string text_;
    LessonNews news_;
    bool listens_ = false;
    bool done_ = false;
    bool closing_ = false;
    std::thread thread_;
};

}  // namespace cutaway::app
