// SPDX-License-Identifier: Apache-2.0
// Sample events: one of each kind with every field away from its default, and a small run with spans.
#pragma once

#include <string>
#include <type_traits>
#include <variant>
#include <vector>

#include "core/base/enum.h"
#include "core/base/fields.h"
#include "core/trace/event.h"

namespace cutaway::trace {

template <class T>
void fill(T& value, int salt) {
    if constexpr (std::is_same_v<T, bool>) {
        value = !value;
    } else if constexpr (NamedEnum<T>) {
        value = static_cast<T>(count_of<T>() - 1);
    } else if constexpr (std::is_integral_v<T>) {
        value = static_cast<T>(value + static_cast<T>(7 + salt));
    } else if constexpr (std::is_same_v<T, std::string>) {
        value = "text " + std::to_string(salt) + " \"\\\n\x01 \xff \xc3\xa9 /a/b";
    } else if constexpr (IsVariant<T>::value) {
        std::visit([&](auto& held) { fill(held, salt); }, value);
    } else if constexpr (Described<T>) {
        visit_fields(&value, [&](std::string_view, auto member) { fill(value.*member, ++salt); });
    } else {
        value.resize(2);
        fill(value[1], salt);  // the first stays blank: an element that is all defaults is one too
    }
}

template <class T>
void blank(T& value) {
    if constexpr (IsVariant<T>::value) {
        std::visit([](auto& held) { blank(held); }, value);
    } else {
        value = T{};
    }
}

// Zero and empty, which is not every field's default.
template <class T>
void zero(T& value) {
    if constexpr (IsVariant<T>::value) {
        std::visit([](auto& held) { zero(held); }, value);
    } else if constexpr (Described<T>) {
        visit_fields(&value, [&](std::string_view, auto member) { zero(value.*member); });
    } else {
        value = T{};
    }
}

template <class Variant, std::size_t I = 0>
void add_each(std::vector<Body>& bodies) {
    if constexpr (I < std::variant_size_v<Variant>) {
        Variant value;
        value.template emplace<I>();
        fill(value, static_cast<int>(I));
        bodies.emplace_back(std::move(value));
        add_each<Variant, I + 1>(bodies);
    }
}

inline std::vector<Event> one_of_each() {
    std::vector<Body> bodies;
    add_each<world::Call>(bodies);
    add_each<world::Note>(bodies);
    add_each<world::Observation>(bodies);
    for (Body body : {Body(world::SpanStart{}), Body(SpanEnd{}), Body(Progress{}), Body(CallEnd{})}) {
        std::visit([](auto& held) { fill(held, 3); }, body);
        bodies.push_back(std::move(body));
    }
    std::vector<Event> events;
    for (const Body& body : bodies) {
        Event event;
        event.seq = events.size() + 1;
        event.t_ns = static_cast<std::int64_t>(events.size()) * 1000;
        event.kind = static_cast<EventKind>(body.index());
        event.span = static_cast<std::uint32_t>(events.size() % 3);
        event.parent = static_cast<std::uint32_t>(events.size() % 2);
        event.actor = static_cast<world::Actor>(events.size() % count_of<world::Actor>());
        event.phase = static_cast<world::Phase>(events.size() % count_of<world::Phase>());
        event.evidence = static_cast<world::Evidence>(events.size() % count_of<world::Evidence>());
        event.container = events.size() % 4 == 0 ? "" : std::string(64, 'c');
        event.body = body;
        events.push_back(std::move(event));
    }
    return events;
}

// Writes a trace the way a recorder would, without a world.
class Story {
public:
    std::uint32_t open(std::uint32_t parent, world::Grain grain, world::Phase phase, std::string title) {
        Event& event = add(EventKind::span_begin, ++spans_, phase);
        event.parent = parent;
        event.body = world::SpanStart{grain, phase, std::move(title), world::Actor::daemon, "", false};
        return spans_;
    }
    void close(std::uint32_t span, world::Phase phase, bool failed = false) {
        add(EventKind::span_end, span, phase).body = SpanEnd{failed, failed ? Errc::io : Errc::internal, ""};
    }
    std::uint32_t begin(std::uint32_t parent, world::Phase phase, world::Call call) {
        Event& event = add(EventKind::call_begin, ++spans_, phase);
        event.parent = parent;
        event.body = std::move(call);
        return spans_;
    }
    void end(std::uint32_t span, world::Phase phase, bool failed = false) {
        CallEnd body;
        body.failed = failed;
        add(EventKind::call_end, span, phase).body = body;
    }
    void call(std::uint32_t parent, world::Phase phase, world::Call call, bool failed = false) {
        end(begin(parent, phase, std::move(call)), phase, failed);
    }
    void note(std::uint32_t span, world::Note note) {
        add(EventKind::note, span, world::Phase::none).body = std::move(note);
    }
    void see(world::Observation what) { add(EventKind::observed, 0, world::Phase::none).body = std::move(what); }
    std::vector<Event> events;

private:
    Event& add(EventKind kind, std::uint32_t span, world::Phase phase) {
        Event event;
        event.seq = events.size() + 1;
        event.t_ns = static_cast<std::int64_t>(event.seq) * 10;
        event.kind = kind;
        event.span = span;
        event.phase = phase;
        events.push_back(std::move(event));
        return events.back();
    }
    std::uint32_t spans_ = 0;
};

inline std::vector<Event> small_run() {
    using world::Grain;
    using world::Phase;
    Story story;
    const auto run = story.open(0, Grain::command, Phase::none, "run nginx");
    const auto overlay = story.open(run, Grain::phase, Phase::overlay, "overlay");
    const auto mount = story.open(overlay, Grain::step, Phase::overlay, "mount the layers");
    story.call(mount, Phase::overlay, world::Mount{"overlay", "", "/m", {}, ""});
    story.close(mount, Phase::overlay);
    story.close(overlay, Phase::overlay);
    const auto exec = story.open(run, Grain::phase, Phase::exec, "exec");
    story.call(exec, Phase::exec, world::Execute{"/bin/nginx", {"nginx"}, {}}, true);
    story.see(world::ProcessChanged{"c1", 7, "nginx", 0});
    story.close(exec, Phase::exec, true);
    story.close(run, Phase::none, true);
    return story.events;
}

}  // namespace cutaway::trace
