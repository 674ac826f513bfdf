// SPDX-License-Identifier: Apache-2.0
#include "viz/app/lesson_worker.h"

#include <utility>

namespace cutaway::app {

using lesson::Awaits;
using lesson::Says;

LessonWorker::LessonWorker(std::unique_ptr<cli::LessonBench> bench, LessonStart start)
    : bench_(std::move(bench)), start_(std::move(start)) {
    news_.progress = start_.progress;
    bench_->watch(*this);
    thread_ = std::thread([this] { run(); });
}

LessonWorker::~LessonWorker() {
    {
        const std::lock_guard lock(mutex_);
        closing_ = true;
    }
    interrupt_ = true;
    bench_->interrupt();
    heard_.notify_all();
    thread_.join();
}

void LessonWorker::run() {
    lesson::Player player(start_.lesson, start_.progress);
    cli::LessonTutorOptions how;
    how.from = start_.from;
    how.pages = true;
    how.on_progress = [this](const lesson::Progress& progress) { remember(progress); };
    how.policy = start_.policy;
    how.now_ms = start_.now_ms;
    cli::LessonTutor tutor(player, *bench_, *this, std::move(how));
    cli::LessonTutor::Outcome outcome = tutor.play();
    if (outcome == cli::LessonTutor::Outcome::finished) {
        outcome = tutor.linger();
    }
    lesson::Telling last{outcome == cli::LessonTutor::Outcome::again ? Says::again : Says::left};
    last.text = tutor.from();
    tell(last);
    const std::lock_guard lock(mutex_);
    done_ = true;
}

void LessonWorker::remember(const lesson::Progress& progress) {
    const Status kept = start_.keep(progress);
    const std::lock_guard lock(mutex_);
    news_.progress = progress;
    news_.unkept = kept ? "" : kept.error().doing;
}

void LessonWorker::tell(const lesson::Telling& telling) {
    {
        const std::lock_guard lock(mutex_);
        news_.told.push_back({telling, count_});
        if (telling.says == Says::typed) {
            text_ += "$ " + telling.text + "\n";
        }
    }
    start_.wake();
}

std::optional<std::string> LessonWorker::listen(Awaits awaits) {
    std::unique_lock lock(mutex_);
    news_.awaits = awaits;
    listens_ = true;
    start_.wake();
    heard_.wait(lock, [this] { return closing_ || !lines_.empty(); });
    listens_ = false;
    news_.awaits = Awaits::nothing;
    interrupt_ = closing_;
    if (closing_) {
        return std::nullopt;
    }
    std::string line = std::move(lines_.front());
    lines_.pop_front();
    return line;
}

void LessonWorker::type(const std::string& line) {
    const std::lock_guard lock(mutex_);
    lines_.push_back(line);
    heard_.notify_all();
}

LessonNews LessonWorker::news() {
    const std::lock_guard lock(mutex_);
    LessonNews out = news_;
    news_.told.clear();
    if (!lines_.empty()) {
        out.awaits = Awaits::nothing;
    }
    return out;
}

Status LessonWorker::perform(const std::vector<std::string>&, trace::StepMode) {
    return fail(Errc::conflict, "a lesson is played on this machine: it takes lines, not words");
}

// What the lesson holds at a stop is the lesson's.
void LessonWorker::give_up() {
    if (!bench_->holds()) {
        interrupt_ = true;
        bench_->interrupt();
    }
}

Delivery LessonWorker::collect() {
    std::optional<trace::Event> waiting = bench_->standing();
    const std::lock_guard lock(mutex_);
    return {std::exchange(events_, {}), std::exchange(text_, {}), std::move(waiting), bench_->performs(),
            done_ || (listens_ && lines_.empty())};
}

void LessonWorker::out(std::string_view bytes) {
    const std::lock_guard lock(mutex_);
    text_ += bytes;
    start_.wake();
}

std::optional<std::string> LessonWorker::signal() {
    return interrupt_.exchange(false) ? std::optional<std::string>("SIGINT") : std::nullopt;
}

void LessonWorker::take(const trace::Event& event) {
    {
        const std::lock_guard lock(mutex_);
        events_.push_back(event);
        ++count_;
    }
    start_.wake();
}

}  // namespace cutaway::app
