// SPDX-License-Identifier: Apache-2.0
#include "core/runtime/launch.h"

#include <algorithm>

#include "core/runtime/init.h"

namespace cutaway::runtime {

namespace {

using plan::Place;
using plan::PlannedCall;

class Launcher {
public:
    Launcher(world::World& world, const Begin& begin, std::unique_ptr<world::Channel> channel, std::size_t upto)
        : world_(world), begin_(begin), channel_(std::move(channel)), end_(std::min(upto, begin.plan.calls.size())) {}

    Result<Launched> run() {
        const bool attended = world_.narrator.attends();
        Status status = send(begin_);
        for (std::size_t at = 0; status && at < end_;) {
            status = attended ? phase(at) : stretch(at);
        }
        if (!status) {
            give_up();
            return std::move(status).error();
        }
        return Launched{std::move(channel_), pid_};
    }

private:
    const std::vector<PlannedCall>& calls() const { return begin_.plan.calls; }

    // Consecutive calls of one phase, as one span around their steps.
    Status phase(std::size_t& at) {
        const world::Phase phase = calls()[at].phase;
        world::SpanStart start;
        start.grain = world::Grain::phase;
        start.phase = phase;
        start.title = std::string(to_name(phase));
        start.container = begin_.plan.container;
        return world::within(world_.narrator, start, [&]() -> Status {
            while (at < end_ && calls()[at].phase == phase) {
                if (Status done = step(at); !done) {
                    return done;
                }
            }
            return {};
        });
    }

    // Consecutive calls of one step, as one span.
    Status step(std::size_t& at) {
        const PlannedCall first = calls()[at];
        world::SpanStart start;
        start.phase = first.phase;
        start.title = first.step;
        start.actor = first.actor;
        start.container = begin_.plan.container;
        return world::within(world_.narrator, start, [&]() -> Status {
            while (at < end_ && calls()[at].step == first.step && calls()[at].phase == first.phase) {
                if (Status done = one(static_cast<std::uint32_t>(at++)); !done) {
                    return in_context(first.step, std::move(done).error());
                }
            }
            return {};
        });
    }

    // Unattended: what the shim and the init do one behind the other is let go on in one breath, up to the execve, which
    // is let go on alone: the shim knows by its channel's end that it went well, and must know that nothing else did that.
    Status stretch(std::size_t& at) {
        const auto far = [&](std::size_t index) { return calls()[index].place != Place::engine; };
        const auto last = [&](std::size_t index) {
            return std::holds_alternative<world::Execute>(calls()[index].call);
        };
        std::size_t end = at + 1;
        while (far(at) && !last(at) && end < end_ && far(end) && !last(end)) {
            ++end;
        }
        if (far(at)) {
            TRY(let_go(end));
        }
        for (; at < end; ++at) {
            const auto index = static_cast<std::uint32_t>(at);
            if (Status done = far(at) ? take_answer(index) : near(index); !done) {
                return in_context(calls()[at].step, std::move(done).error());
            }
        }
        return {};
    }

    Status take_answer(std::uint32_t index) {
        const world::Reply reply = TRY(answer(index));
        if (std::holds_alternative<world::Clone>(calls()[index].call)) {
            pid_ = reply.value;
        }
        return {};
    }

    Status let_go(std::size_t upto) {
        upto_ = static_cast<std::uint32_t>(upto);
        return send(Proceed{upto_});
    }

    Status near(std::uint32_t index) {
        TRY(let_go(index + 1));
        TRY(world_.kernel.perform(plan::with_pid(calls()[index].call, pid_)));
        return {};
    }

    Status one(std::uint32_t index) {
        const PlannedCall& planned = calls()[index];
        const world::Call call = plan::with_pid(planned.call, pid_);
        if (planned.place == Place::engine) {
            return near(index);
        }
        TRY(world_.narrator.before({planned.actor, planned.phase, begin_.plan.container}, call));
        const Result<world::Reply> result = remote(index);
        world_.narrator.after(result);
        if (!result) {
            return result.error();
        }
        if (std::holds_alternative<world::Clone>(call)) {
            pid_ = result->value;
        }
        return {};
    }

    Result<world::Reply> remote(std::uint32_t index) {
        TRY(let_go(index + 1));
        return answer(index);
    }

    Result<world::Reply> answer(std::uint32_t index) {
        for (;;) {
            const std::optional<Message> message = TRY(next_message(*channel_, -1));
            if (!message) {
                continue;
            }
            if (const auto* ended = std::get_if<Ended>(&*message); ended != nullptr && ended->index == index) {
                return to_result(*ended);
            }
        }
    }

    Status send(const Message& message) { return channel_->send(encode(message)); }

    void give_up() {
        // The shim has killed and reaped the init when its end of the channel closes. A cancelled wait is told once:
        // being given up is why we are here, and no reason not to see the shim go.
        bool told = false;
        for (bool there = send(Abort{true}).has_value(); there;) {
            const Result<std::optional<Message>> message = next_message(*channel_, -1);
            const bool cancelled = !message && message.error().code == Errc::cancelled;
            there = message || (cancelled && !told);
            told = told || cancelled;
        }
        std::vector<world::Call> undo = plan::undo_of(begin_.plan, upto_);
        for (world::Call& call : undo) {
            call = plan::with_pid(call, pid_);
        }
        static_cast<void>(undo_all(world_, begin_.plan.container, world::Phase::remove, undo));
    }

    world::World& world_;
    const Begin& begin_;
    std::unique_ptr<world::Channel> channel_;
    std::size_t end_;
    std::int64_t pid_ = plan::init_pid;
    std::uint32_t upto_ = 0;
};

}  // namespace

Result<Launched> launch(world::World& world, std::string_view name, const Begin& begin, std::size_t upto) {
    std::unique_ptr<world::Channel> channel = TRY_IN("start the shim", world.spawner.start_shim(name));
    return Launcher(world, begin, std::move(channel), upto).run();
}

Status undo_all(world::World& world, std::string_view container, world::Phase phase,
                const std::vector<world::Call>& undo) {
    if (undo.empty()) {
        return {};
    }
    world::SpanStart start;
    start.phase = phase;
    start.title = "take back what the start had made";
    start.container = container;
    start.clean_up = true;
    world::Span span(world.narrator);
    TRY(span.open(start));
    Status first;
    for (const world::Call& call : undo) {
        Result<world::Reply> result = world.kernel.perform(call);
        if (!result && first && result.error().code != Errc::not_found) {
            first = std::move(result).error();
        }
    }
    span.close(first ? nullptr : &first.error());
    return first;
}

namespace {

Result<std::optional<Message>> read(const std::optional<std::string>& bytes) {
    if (!bytes) {
        return std::optional<Message>{};
    }
    return std::optional<Message>(TRY(decode(*bytes)));
}

}  // namespace

Result<std::optional<Message>> next_message(world::Channel& channel, std::int64_t timeout_ns) {
    return read(TRY(channel.receive(timeout_ns)));
}

Result<std::optional<Message>> attend_message(world::Channel& channel) { return read(TRY(channel.attend())); }

}  // namespace cutaway::runtime
