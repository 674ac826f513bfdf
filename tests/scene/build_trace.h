// SPDX-License-Identifier: Apache-2.0
// Events for tests of the scene: by hand, one call at a time, and at random, every kind with every field, from small
// pools of names so that they meet, with hostile values among them.
#pragma once

#include <random>
#include <string>
#include <type_traits>
#include <variant>
#include <vector>

#include "core/scene/evolve.h"

namespace cutaway::scene {

class Story {
public:
    Story() : picture(first_picture(trace::Header{})) {}

    void take(trace::Body body, std::string container = {}, world::Actor actor = world::Actor::daemon,
              std::uint32_t number = 0) {
        trace::Event event;
        event.seq = ++seq;
        event.t_ns = static_cast<std::int64_t>(seq) * 1000;
        event.container = std::move(container);
        event.actor = actor;
        event.span = number;
        event.body = std::move(body);
        evolve(picture, event);
        events.push_back(std::move(event));
    }
    void call(world::Call call, std::string container = {}, world::Actor actor = world::Actor::daemon,
              world::Reply reply = {}) {
        ++span;
        take(std::move(call), container, actor, span);
        trace::CallEnd end;
        end.reply = std::move(reply);
        take(std::move(end), container, actor, span);
    }
    void fail_call(world::Call call, std::string container = {}, world::Actor actor = world::Actor::daemon) {
        ++span;
        take(std::move(call), container, actor, span);
        trace::CallEnd end;
        end.failed = true;
        end.error = "no space left";
        take(std::move(end), container, actor, span);
    }
    void note(world::Note note) { take(std::move(note)); }
    void seen(world::Observation what) { take(std::move(what)); }
    void container(const std::string& id, const std::string& name, const std::string& state, std::int64_t pid = 0) {
        world::ContainerKnown record;
        record.id = id;
        record.name = name;
        record.state = state;
        record.pid = pid;
        record.cgroup = "/sys/fs/cgroup/cutaway/" + id;
        note(record);
    }
    void process(std::int64_t pid, const std::string& container, std::int64_t parent, std::int64_t inner,
                 const std::string& command, std::vector<world::Pair> spaces = {}) {
        world::ProcessStarted started;
        started.container = container;
        started.pid = pid;
        started.parent = parent;
        started.inner_pid = inner;
        started.command = command;
        started.spaces = std::move(spaces);
        seen(started);
    }

    Picture picture;
    std::vector<trace::Event> events;
    std::uint64_t seq = 0;
    std::uint32_t span = 0;
};

class Chaos {
public:
    explicit Chaos(std::uint32_t seed) : random_(seed) {}

    trace::Event event(std::uint64_t seq) {
        trace::Event event;
        event.seq = seq;
        event.t_ns = number<std::int64_t>();
        event.span = static_cast<std::uint32_t>(below(40));
        event.parent = static_cast<std::uint32_t>(below(40));
        event.actor = static_cast<world::Actor>(below(7));
        event.phase = static_cast<world::Phase>(below(13));
        event.container = text();
        fill(event.body);
        return event;
    }

private:
    std::size_t below(std::size_t bound) { return random_() % bound; }

    std::string text() {
        static const std::vector<std::string> pool{"",
                                                   "a",
                                                   "b",
                                                   "c",
                                                   "/",
                                                   "/merged",
                                                   "/merged/proc",
                                                   "/x",
                                                   "web",
                                                   "eth0",
                                                   "veth1",
                                                   "br0",
                                                   "lo",
                                                   "overlay",
                                                   "bind",
                                                   "running",
                                                   "exited",
                                                   "removed",
                                                   "whiteout",
                                                   "opaque",
                                                   "added",
                                                   "modified",
                                                   "upper",
                                                   "SIGTERM",
                                                   "pending",
                                                   "cgroup.procs",
                                                   "cgroup.freeze",
                                                   "7",
                                                   "1",
                                                   "sha256:aa",
                                                   "net",
                                                   "mount",
                                                   "4026531840",
                                                   "remount",
                                                   "lowerdir=/l1:/l2,upperdir=/u,workdir=/w",
                                                   "a:b",
                                                   "lowerdir=",
                                                   "lowerdir=\\",
                                                   "\xff\xfe",
                                                   "$PID",
                                                   "publish"};
        if (below(400) == 0) {
            return std::string(20'000 + below(60'000), "x\xc3\xa4\n"[below(4)]);
        }
        return pool[below(pool.size())];
    }
    template <class T>
    T number() {
        switch (below(8)) {
            case 0: return std::numeric_limits<T>::max();
            case 1: return std::numeric_limits<T>::min();
            case 2: return static_cast<T>(random_());
            default: return static_cast<T>(below(12));
        }
    }
    template <class T>
    void fill(T& value) {
        if constexpr (std::is_same_v<T, bool>) {
            value = below(3) == 0;
        } else if constexpr (std::is_same_v<T, std::string>) {
            value = text();
        } else if constexpr (NamedEnum<T>) {
            value = static_cast<T>(below(count_of<T>()));
        } else if constexpr (std::is_integral_v<T>) {
            value = number<T>();
        } else if constexpr (IsVariant<T>::value) {
            emplace(value, below(std::variant_size_v<T>));
            std::visit([&](auto& held) { fill(held); }, value);
        } else if constexpr (Described<T>) {
            visit_fields(&value, [&](std::string_view, auto member) { fill(value.*member); });
        } else {
            value.resize(below(60) == 0 ? below(300) : below(4));
            for (auto& item : value) {
                fill(item);
            }
        }
    }
    template <std::size_t I = 0, class... A>
    void emplace(std::variant<A...>& value, std::size_t index) {
        if constexpr (I < sizeof...(A)) {
            if (index == I) {
                value.template emplace<I>();
            } else {
                emplace<I + 1>(value, index);
            }
        }
    }

    std::mt19937 random_;
};

}  // namespace cutaway::scene
