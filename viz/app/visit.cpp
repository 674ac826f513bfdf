// SPDX-License-Identifier: Apache-2.0
#include "viz/app/visit.h"

#include <algorithm>

#include "viz/app/preferences.h"

namespace cutaway::app {

namespace {

constexpr std::size_t most_runs = 32;

std::uint32_t run_of(const link::Message& message) {
    if (const auto* text = std::get_if<link::Text>(&message)) {
        return text->run;
    }
    if (const auto* stood = std::get_if<link::Stood>(&message)) {
        return stood->run;
    }
    if (const auto* went = std::get_if<link::WentOn>(&message)) {
        return went->run;
    }
    const auto* over = std::get_if<link::Over>(&message);
    return over == nullptr ? 0 : over->run;
}

// Size, theme and what is open stay as they are when another run is looked at.
void carry(const Desk& from, Desk& to) {
    prefer(to, preferences_of(from));
    if (from.state().side != to.state().side) {
        Intent side{Act::side};
        side.text = to_name(from.state().side == Side::inspector ? to.state().side : from.state().side);
        to.handle(side);
    }
}

}  // namespace

Visit::Visit(std::unique_ptr<link::Wire> wire)
    : wire_(std::move(wire)),
      nobody_(nobodys_session([this](const auto& points) { want(points); })),
      nobodys_desk_(std::make_unique<Desk>(*nobody_)) {
    nobodys_desk_->say("Nothing runs at " + wire_->whose() + ": what is typed in another terminal appears here.");
}

Visit::~Visit() = default;

WatchedRun* Visit::find(std::uint32_t run) {
    const auto found =
        std::find_if(runs_.begin(), runs_.end(), [&](const auto& one) { return one->began().run == run; });
    return found == runs_.end() ? nullptr : found->get();
}

WatchedRun* Visit::shown() {
    WatchedRun* run = find(shown_);
    return run != nullptr && run->desk() != nullptr ? run : nullptr;
}

Desk& Visit::desk() {
    WatchedRun* run = shown();
    return run == nullptr ? *nobodys_desk_ : *run->desk();
}

Session& Visit::session() {
    WatchedRun* run = shown();
    return run == nullptr ? *nobody_ : *run->session();
}

void Visit::show(std::uint32_t run) {
    WatchedRun* to = find(run);
    if (to == nullptr || to->desk() == nullptr || run == shown_) {
        return;
    }
    Desk& before = desk();
    carry(before, *to->desk());
    shown_ = run;
}

// Somebody who looks at a run that goes on, or at the past, is left alone.
bool Visit::is_busy() {
    WatchedRun* run = shown();
    return run != nullptr && (!run->is_over() || run->desk()->moment().position < run->desk()->moment().head);
}

bool Visit::tick(double seconds) {
    bool changed = hear();
    for (const auto& run : runs_) {
        if (run->session() != nullptr && run.get() != shown()) {
            changed = run->desk()->tick(0) || changed;
        }
    }
    changed = desk().tick(seconds) || changed;
    follow();
    return changed;
}

bool Visit::hear() {
    const std::vector<link::Message> came = wire_->take();
    for (const link::Message& message : came) {
        hear_one(message);
    }
    const std::string gone = wire_->gone();
    if (gone.empty() || told_gone_) {
        return !came.empty();
    }
    told_gone_ = true;
    for (const auto& run : runs_) {
        run->lost(gone);
    }
    desk().say("The line ended: " + gone + ". What was seen stays here.");
    return true;
}

void Visit::hear_one(const link::Message& message) {
    if (const auto* began = std::get_if<link::Began>(&message)) {
        this->began(*began);
    } else if (const auto* point = std::get_if<link::PointSet>(&message)) {
        set(point->point, *point);
    } else if (const auto* gone = std::get_if<link::PointGone>(&message)) {
        points_.erase(gone->point);
    } else if (const auto* answer = std::get_if<link::Answer>(&message)) {
        desk().say("The engine says: " + answer->text + ".");
    } else if (WatchedRun* run = find(run_of(message))) {
        run->take(message);
    }
}

void Visit::began(const link::Began& began) {
    if (find(began.run) != nullptr) {
        return;
    }
    forget();
    runs_.push_back(std::make_unique<WatchedRun>(
        began, [this](const link::Order& order) { wire_->send(order); }, [this](const auto& points) { want(points); }));
    fresh_ = began.run;
}

// What is over and not looked at goes first; a run that is under way is never forgotten.
void Visit::forget() {
    while (runs_.size() >= most_runs) {
        const auto old = std::find_if(runs_.begin(), runs_.end(),
                                      [&](const auto& one) { return one->is_over() && one->began().run != shown_; });
        if (old == runs_.end()) {
            return;
        }
        runs_.erase(old);
    }
}

void Visit::follow() {
    WatchedRun* run = find(fresh_);
    if (run == nullptr || run->desk() == nullptr) {
        return;
    }
    const bool announced = announced_ == fresh_;
    if (!is_busy() && (!announced || run->stands())) {  // who saw a run end may look at that, unless another waits
        fresh_ = 0;
        show(run->began().run);
    } else if (!announced) {
        announced_ = fresh_;
        desk().say("Run " + std::to_string(fresh_) + " began: " + run->began().command + ". E lists the runs.");
    }
}

// Wanted by the desk that is looked at; the engine has them under numbers of its own, which come later.
void Visit::want(const std::vector<cli::StopPoint>& points) {
    std::vector<std::string> now;
    now.reserve(points.size());
    for (const cli::StopPoint& point : points) {
        now.push_back(point.text);
    }
    const auto has = [](const std::vector<std::string>& all, const std::string& text) {
        return std::find(all.begin(), all.end(), text) != all.end();
    };
    for (const std::string& text : now) {
        if (!has(wanted_, text)) {
            wire_->send({0, link::OrderKind::add, text, 0, ""});
        }
    }
    for (const auto& [number, point] : points_) {
        if (wire_->is_me(point.who) && !has(now, point.text)) {
            wire_->send({0, link::OrderKind::remove, "", number, ""});
        }
    }
    wanted_ = std::move(now);
}

// One that is not wanted any more by the time it is there is taken back.
void Visit::set(std::uint32_t number, const link::PointSet& point) {
    points_[number] = {point.text, point.who};
    const bool wanted = std::find(wanted_.begin(), wanted_.end(), point.text) != wanted_.end();
    if (wire_->is_me(point.who) && !wanted) {
        wire_->send({0, link::OrderKind::remove, "", number, ""});
    }
}

std::vector<RunRow> Visit::rows() const {
    std::vector<RunRow> out;
    for (auto run = runs_.rbegin(); run != runs_.rend(); ++run) {
        const WatchedRun& one = **run;
        out.push_back({one.began().run, one.began().who, one.began().command, one.state(), one.stands(), one.is_over(),
                       one.began().run == shown_});
    }
    return out;
}

std::vector<OthersPoint> Visit::others() const {
    std::vector<OthersPoint> out;
    for (const auto& [number, point] : points_) {
        if (!wire_->is_me(point.who)) {
            out.push_back({point.text, point.who});
        }
    }
    return out;
}

}  // namespace cutaway::app
