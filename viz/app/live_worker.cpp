// SPDX-License-Identifier: Apache-2.0
#include "viz/app/live_worker.h"

#include <utility>

#include "core/scene/evolve.h"
#include "viz/terminal/tame.h"

namespace cutaway::app {

using trace::StepMode;

struct LiveWorker::Condition {
    scene::Expression what;
    bool held = false;
};

LiveWorker::LiveWorker(std::unique_ptr<cli::Stage> stage, std::function<void()> wake,
                       const std::vector<trace::Event>& before)
    : stage_(std::move(stage)), wake_(std::move(wake)), picture_(scene::first_picture(stage_->header())) {
    for (const trace::Event& event : before) {
        learn(event);
    }
    gate_.around_waits([this] { stand(); }, [this] { go(); });
    stage_->recorder().set_gate(this);
    stage_->recorder().add_sink(*this);
    stage_->tell_history();
    thread_ = std::thread([this] { run(); });
}

LiveWorker::~LiveWorker() {
    {
        const std::lock_guard lock(mutex_);
        closing_ = true;
    }
    give_up();
    work_.notify_all();
    thread_.join();
    stage_->recorder().set_gate(nullptr);
}

// Several tasks may stand at once; the machine is let go by the first and taken back by the last.
void LiveWorker::stand() {
    const std::lock_guard lock(standing_mutex_);
    if (standing_++ == 0) {
        stage_->park();
    }
    wake_();
}

void LiveWorker::go() {
    const std::lock_guard lock(standing_mutex_);
    if (--standing_ == 0) {
        stage_->unpark();
    }
}

void LiveWorker::take(const trace::Event& event) {
    gate_.take(event);
    learn(event);
    const std::lock_guard lock(mutex_);
    events_.push_back(event);
    wake_();
}

void LiveWorker::learn(const trace::Event& event) {
    const std::lock_guard lock(points_mutex_);
    scene::evolve(picture_, event);
    const auto* note = std::get_if<world::Note>(&event.body);
    const auto* known = note == nullptr ? nullptr : std::get_if<world::ContainerKnown>(note);
    if (known == nullptr || known->name.empty() || ids_[known->name] == known->id) {
        return;
    }
    ids_[known->name] = known->id;
    arm();
}

void LiveWorker::stop_at(const std::vector<cli::StopPoint>& points) {
    const std::lock_guard lock(points_mutex_);
    points_ = points;
    conditions_.clear();
    for (const cli::StopPoint& point : points_) {
        conditions_.push_back(point.condition ? std::make_shared<Condition>(Condition{
                                                    *point.condition, scene::holds(*point.condition, picture_)})
                                              : nullptr);
    }
    arm();
}

// Containers are named as people name them; events have their ids.
void LiveWorker::arm() {
    std::vector<trace::Breakpoint> out;
    for (std::size_t n = 0; n < points_.size(); ++n) {
        trace::Breakpoint point = points_[n].where;
        if (const auto id = ids_.find(point.container); id != ids_.end()) {
            point.container = id->second;
        }
        if (const std::shared_ptr<Condition> condition = conditions_[n]) {
            point.predicate = [this, condition](const trace::Event&) { return came_true(*condition); };
        }
        out.push_back(std::move(point));
    }
    gate_.set_breakpoints(std::move(out));
}

bool LiveWorker::came_true(Condition& condition) {
    const std::lock_guard lock(points_mutex_);
    const bool now = scene::holds(condition.what, picture_);
    return now && !std::exchange(condition.held, now);
}

void LiveWorker::out(std::string_view bytes) {
    const std::lock_guard lock(mutex_);
    text_ += bytes;
    screen_ += keys_ && world() == "real" ? std::string(bytes) : terminal::with_returns(bytes);
    wake_();
}

void LiveWorker::raw(bool on) {
    const std::lock_guard lock(mutex_);
    keys_ = on;
    told_.reset();
    wake_();
}

std::optional<engine::TerminalSize> LiveWorker::resized() {
    const std::lock_guard lock(mutex_);
    if (told_ == size_) {
        return std::nullopt;
    }
    told_ = size_;
    return engine::TerminalSize{static_cast<std::uint16_t>(size_.rows), static_cast<std::uint16_t>(size_.columns)};
}

void LiveWorker::resize(terminal::Size size) {
    const std::lock_guard lock(mutex_);
    size_ = size;
}

void LiveWorker::interrupt() {
    const std::lock_guard lock(mutex_);
    interrupt_ = true;
    heard_.notify_all();
}

std::optional<std::string> LiveWorker::signal() {
    return interrupt_.exchange(false) ? std::optional<std::string>("SIGINT") : std::nullopt;
}

// Asked for again and again while a container has an open input, and not heard any more once that was ended.
std::optional<std::string> LiveWorker::input() {
    const std::lock_guard lock(mutex_);
    if (ended_) {
        return std::nullopt;
    }
    if (typed_.empty()) {
        if (!std::exchange(hears_, true)) {
            wake_();
        }
        return std::nullopt;
    }
    std::string typed = std::move(typed_.front());
    typed_.pop_front();
    ended_ = typed.empty();
    hears_ = false;  // until it asks again
    return typed;
}

std::string LiveWorker::answer() {
    std::unique_lock lock(mutex_);
    hears_ = true;
    wake_();
    heard_.wait(lock, [this] { return closing_ || interrupt_ || !typed_.empty(); });
    hears_ = false;
    std::string line;
    if (!typed_.empty()) {
        line = std::move(typed_.front());
        typed_.pop_front();
    }
    return line.substr(0, line.find('\n'));
}

void LiveWorker::hear(const std::string& typed) {
    const std::lock_guard lock(mutex_);
    typed_.push_back(typed);
    heard_.notify_all();
}

Status LiveWorker::perform(const std::vector<std::string>& words, StepMode mode) {
    gate_.rearm(mode);
    const std::lock_guard lock(mutex_);
    words_ = words;
    busy_ = true;
    work_.notify_all();
    return {};
}

bool LiveWorker::resume(StepMode mode) {
    gate_.resume(mode);
    return true;
}

void LiveWorker::give_up() {
    {
        const std::lock_guard lock(mutex_);
        interrupt_ = true;
        heard_.notify_all();
    }
    gate_.cancel();
    stage_->cancel();
}

// In this order: whoever waits has told everything that came before.
Delivery LiveWorker::collect() {
    std::optional<trace::Event> waiting = gate_.waiting();
    const std::lock_guard lock(mutex_);
    const bool stands = busy_ && waiting.has_value();
    const bool hears = busy_ && hears_ && !stands;
    const bool rests = !busy_ || stands || (hears && typed_.empty());
    return {std::exchange(events_, {}),
            std::exchange(text_, {}),
            stands ? std::move(waiting) : std::nullopt,
            busy_,
            rests,
            hears,
            busy_ && keys_ && !stands,
            std::exchange(screen_, {})};
}

void LiveWorker::rest() {
    const std::lock_guard lock(mutex_);
    if (!busy_) {
        stage_->rest();
    }
}

void LiveWorker::run() {
    std::unique_lock lock(mutex_);
    while (true) {
        work_.wait(lock, [this] { return closing_ || !words_.empty(); });
        if (closing_) {
            return;
        }
        const std::vector<std::string> words = std::exchange(words_, {});
        lock.unlock();
        interrupt_ = false;
        (void)stage_->perform(words, *this);
        lock.lock();
        busy_ = false;
        hears_ = false;
        ended_ = false;
        keys_ = false;
        typed_.clear();
        wake_();
    }
}

}  // namespace cutaway::app
