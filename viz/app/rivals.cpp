// SPDX-License-Identifier: Apache-2.0
#include "viz/app/rivals.h"

namespace cutaway::app {

namespace {

constexpr std::uint64_t longest = 20'000;  // events of a run that are compared

std::vector<trace::Event> events_of(const cli::Tape& tape, std::uint64_t from, std::uint64_t to) {
    std::vector<trace::Event> events;
    for (std::uint64_t n = from; n < to; ++n) {
        events.push_back(tape.event(static_cast<std::size_t>(n)));
    }
    return events;
}

}  // namespace

Rivals::Run Rivals::run_of(const Session& session, std::size_t command) {
    const std::vector<view::Typed>& typed = session.story().commands();
    const std::uint64_t to = command + 1 < typed.size() ? typed[command + 1].begin : session.story().size();
    return {&session, typed[command].position, to, typed[command].text};
}

std::vector<Rivals::Run> Rivals::last_runs(const Session& session, std::size_t most) {
    std::vector<Run> runs;
    const std::vector<view::Typed>& typed = session.story().commands();
    for (std::size_t n = typed.size(); n-- > 0 && runs.size() < most;) {
        if (typed[n].starts_run) {
            runs.push_back(run_of(session, n));
        }
    }
    return runs;
}

std::optional<Rivals::Run> Rivals::run_at(const Session& session, std::uint64_t position) {
    const std::vector<view::Typed>& typed = session.story().commands();
    for (std::size_t n = typed.size(); n-- > 0;) {
        if (typed[n].position <= position) {
            return run_of(session, n);
        }
    }
    return std::nullopt;
}

const Rivals::Shown& Rivals::look(const Session& above, const Session* beneath, const Pins& pins) {
    std::vector<Run> chosen = last_runs(above, beneath == nullptr ? 2 : 1);  // the newest first
    if (beneath != nullptr && !chosen.empty()) {
        const std::vector<Run> other = last_runs(*beneath, 1);
        chosen.insert(chosen.end(), other.begin(), other.end());
    }
    const std::optional<Run> a = pins.a ? run_at(above, *pins.a) : std::nullopt;
    const std::optional<Run> b = pins.b ? run_at(above, *pins.b) : std::nullopt;
    if (a && b && !(*a == *b)) {
        chosen = {*b, *a};
    }
    if (chosen.size() < 2) {
        left_.reset();
        shown_ = Shown();
        shown_.hint =
            "Two runs are needed. Do one, look back at its beginning, fork the machine there (F) and type it with what "
            "is to differ: -p, -m, --init. Or pin a moment of each of two commands, with [ and ].";
        return shown_;
    }
    if (left_ == chosen[1] && right_ == chosen[0]) {
        return shown_;
    }
    left_ = chosen[1];
    right_ = chosen[0];
    shown_ = Shown{left_->text, right_->text, {}, right_->from, {}};
    if (left_->to - left_->from > longest || right_->to - right_->from > longest) {
        shown_.hint = "These runs are too long to be set side by side.";
        return shown_;
    }
    shown_.versus = view::versus_of(events_of(left_->of->tape(), left_->from, left_->to),
                                    events_of(right_->of->tape(), right_->from, right_->to));
    return shown_;
}

}  // namespace cutaway::app
