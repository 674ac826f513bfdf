// SPDX-License-Identifier: Apache-2.0
#include "core/trace/frame.h"

#include <algorithm>
#include <variant>

namespace cutaway::trace {

namespace {

constexpr std::size_t kept_at_most = 65536;

}  // namespace

void Witness::record(const std::vector<world::Observed>& seen, const Mark& at) {
    for (const world::Observed& one : seen) {
        Event event = event_of(one);
        event.span = at.span;
        event.phase = at.phase;
        recorder_.record(std::move(event));
    }
}

void Witness::keep(std::vector<world::Observed> seen) {
    const std::lock_guard lock(kept_mutex_);
    for (world::Observed& one : seen) {
        kept_.push_back(std::move(one));
    }
    while (kept_.size() > kept_at_most) {
        kept_.pop_front();
    }
}

std::vector<world::Observed> Witness::take_kept() {
    const std::lock_guard lock(kept_mutex_);
    std::vector<world::Observed> all(std::make_move_iterator(kept_.begin()), std::make_move_iterator(kept_.end()));
    kept_.clear();
    return all;
}

void Witness::drain(const Mark& at) {
    const std::unique_lock reading(reading_, std::try_to_lock);
    if (!reading.owns_lock()) {
        return;  // another task is at it and will record what there is
    }
    Result<std::vector<world::Observed>> seen = watch_.next(0);
    if (seen && !seen->empty()) {
        record(*seen, at);
        keep(std::move(*seen));
    }
}

Result<std::vector<world::Observed>> Witness::next(std::int64_t timeout_ns, const Mark& at) {
    std::vector<world::Observed> all = take_kept();
    const std::lock_guard reading(reading_);
    std::vector<world::Observed> seen = TRY(watch_.next(all.empty() ? timeout_ns : 0));
    record(seen, at);
    all.insert(all.end(), std::make_move_iterator(seen.begin()), std::make_move_iterator(seen.end()));
    return all;
}

Event Frame::event(EventKind kind, const Mark& mark, Body body) const {
    Event event;
    event.kind = kind;
    event.span = mark.span;
    event.parent = kind == EventKind::span_begin || kind == EventKind::call_begin ? mark.parent : 0;
    event.actor = mark.actor;
    event.phase = mark.phase;
    event.container = mark.container;
    event.body = std::move(body);
    return event;
}

Status Frame::ask(const Event& next, bool clean_up) {
    if (clean_up) {
        return {};
    }
    if (!cancel_.requested()) {
        if (Status answer = recorder_.ask(next, locks_ > 0); !answer) {
            return answer;
        }
    }
    return cancel_.requested() ? Status(fail(Errc::cancelled, "cancelled")) : Status();
}

Status Frame::begin(const world::SpanStart& start) {
    const Mark& outer = top();
    Mark mark{0, outer.span, start.actor, start.phase, start.container, start.clean_up || outer.clean_up};
    mark.phase = start.phase == world::Phase::none ? outer.phase : start.phase;
    mark.container = start.container.empty() ? outer.container : start.container;
    Event next = event(EventKind::span_begin, mark, start);
    if (Status answer = ask(next, mark.clean_up); !answer) {
        return answer;
    }
    mark.span = recorder_.new_span();
    next.span = mark.span;
    recorder_.record(std::move(next));
    open_.push_back(std::move(mark));
    return {};
}

void Frame::end(const Error* error) {
    if (open_.size() < 2) {
        return;  // an end without a beginning: nothing to say
    }
    drain();  // what the span's own calls caused belongs inside it
    const Mark mark = open_.back();
    open_.pop_back();
    SpanEnd body;
    if (error != nullptr) {
        body = SpanEnd{true, error->code, error->doing};
    }
    recorder_.record(event(EventKind::span_end, mark, std::move(body)));
}

void Frame::note(world::Note note) {
    Event event = this->event(EventKind::note, top(), std::move(note));
    recorder_.record(std::move(event));
}

Result<Mark> Frame::begin_call(world::Call call, const world::Remote* who) {
    const Mark& outer = top();
    Mark mark{0, outer.span, outer.actor, outer.phase, outer.container, outer.clean_up};
    if (who != nullptr) {
        mark.actor = who->actor;
        mark.phase = who->phase == world::Phase::none ? outer.phase : who->phase;
        mark.container = who->container.empty() ? outer.container : who->container;
    }
    if (mark.container.empty()) {
        mark.container = container_of(call);
    }
    Event next = event(EventKind::call_begin, mark, std::move(call));
    Status answer = ask(next, mark.clean_up);
    mark.span = recorder_.new_span();
    next.span = mark.span;
    recorder_.record(std::move(next));
    if (!answer) {  // the trace shows what was given up
        end_call(mark, answer.error());
        return std::move(answer).error();
    }
    return mark;
}

void Frame::end_call(const Mark& mark, const Result<world::Reply>& result) {
    CallEnd body;
    if (result) {
        body.reply = *result;
    } else {
        const Error& error = result.error();
        body.failed = true;
        body.code = error.code;
        body.sys_errno = error.sys_errno;
        body.error = error.doing;
    }
    recorder_.record(event(EventKind::call_end, mark, std::move(body)));
    drain();
}

Status Frame::progress(const Mark& mark, std::uint64_t done, std::uint64_t total) {
    Event step = event(EventKind::progress, mark, Progress{done, total});
    recorder_.record(step);
    return ask(step, mark.clean_up);
}

}  // namespace cutaway::trace
