// SPDX-License-Identifier: Apache-2.0
#include "core/scene/evolve.h"

#include <algorithm>
#include <limits>

#include "core/scene/bounds.h"
#include "core/scene/evolve_parts.h"

namespace cutaway::scene {

namespace {

using trace::Event;

void add_trouble(Picture& picture, std::string_view what, std::string_view error) {
    push_bounded(picture.troubles.edit(), Trouble{picture.seq, kept(what), kept(error)}, Limits::troubles,
                 picture.dropped);
}

void fold(Picture& picture, const Event& event, const world::SpanStart& start) {
    if (start.phase != world::Phase::none) {
        picture.phase = start.phase;
    }
    OpenSpan open{event.span, event.parent, cut_copy(start, picture.dropped)};
    push_bounded(picture.spans.edit(), std::move(open), Limits::open, picture.dropped);
}

void fold(Picture& picture, const Event& event, const trace::SpanEnd& end) {
    const auto& spans = *picture.spans;
    const auto at =
        std::find_if(spans.rbegin(), spans.rend(), [&](const OpenSpan& open) { return open.span == event.span; });
    if (at == spans.rend()) {
        return;
    }
    const auto index = spans.rend() - at - 1;
    if (end.failed) {
        add_trouble(picture, at->start.title, end.error);
    }
    auto& own = picture.spans.edit();
    own.erase(own.begin() + index);
}

// An exchange and a waiting stop are seen while they last, not only once they are over.
void begin_call(Picture& picture, const Event& event, const world::Call& call) {
    if (const auto* http = std::get_if<world::HttpRequest>(&call)) {
        Exchange exchange;
        exchange.span = event.span;
        exchange.actor = event.actor;
        exchange.request = cut_copy(*http, picture.dropped);
        picture.dropped += picture.exchanges.edit().push(std::move(exchange), Limits::exchanges);
    } else if (const auto* api = std::get_if<world::ApiRequest>(&call)) {
        Exchange exchange;
        exchange.span = event.span;
        exchange.actor = event.actor;
        exchange.api = true;
        exchange.request.method = kept(api->method);
        exchange.request.url = kept(api->path);
        exchange.request.body = kept(api->body);
        picture.dropped += picture.exchanges.edit().push(std::move(exchange), Limits::exchanges);
    } else if (const auto* wait = std::get_if<world::AwaitExit>(&call); wait != nullptr && wait->timeout_ns >= 0) {
        if (Container* container = edit_container(picture, wait->container)) {
            const std::int64_t room = std::numeric_limits<std::int64_t>::max() - std::max<std::int64_t>(event.t_ns, 0);
            container->stop_deadline_ns = event.t_ns + std::min(wait->timeout_ns, room);
        }
    }
}

void fold(Picture& picture, const Event& event, const world::Call& call) {
    begin_call(picture, event, call);
    OpenCall open;
    open.span = event.span;
    open.parent = event.parent;
    open.actor = event.actor;
    open.phase = event.phase;
    open.container = kept(event.container);
    open.call = cut_copy(call, picture.dropped);
    push_bounded(picture.calls.edit(), std::move(open), Limits::open, picture.dropped);
}

Exchange* edit_exchange(Picture& picture, std::uint32_t span) {
    const auto& exchanges = *picture.exchanges;
    for (std::size_t at = exchanges.size(); at > 0; --at) {
        if (exchanges[at - 1].span == span && !exchanges[at - 1].done) {
            return &picture.exchanges.edit().edit(at - 1);
        }
    }
    return nullptr;
}

const OpenCall* find_call(const Picture& picture, std::uint32_t span) {
    const auto& calls = *picture.calls;
    const auto at = std::find_if(calls.rbegin(), calls.rend(), [&](const OpenCall& open) { return open.span == span; });
    return at == calls.rend() ? nullptr : &*at;
}

void fold(Picture& picture, const Event& event, const trace::Progress& progress) {
    const OpenCall* open = find_call(picture, event.span);
    if (open == nullptr) {
        return;
    }
    if (const auto* unpack = std::get_if<world::UnpackLayer>(&open->call)) {
        const auto& layers = picture.pull->layers;
        const auto at = std::find_if(layers.begin(), layers.end(),
                                     [&](const auto& layer) { return layer.digest == unpack->digest; });
        if (at != layers.end()) {
            const auto index = static_cast<std::size_t>(at - layers.begin());
            auto& layer = picture.pull.edit().layers[index];
            layer.state = "unpacking";
            layer.done = progress.done;
            layer.total = progress.total;
        }
    } else if (Exchange* exchange = edit_exchange(picture, event.span)) {
        exchange->bytes = progress.done;
        exchange->total = progress.total;
    }
}

void end_exchange(Picture& picture, std::uint32_t span, const trace::CallEnd& end) {
    Exchange* exchange = edit_exchange(picture, span);
    if (exchange == nullptr) {
        return;
    }
    exchange->done = true;
    exchange->status = end.reply.value;
    exchange->headers = cut_copy(end.reply.headers, picture.dropped);
    exchange->body = std::string(clip(end.reply.text, Limits::body));
    exchange->bytes = std::max(exchange->bytes, end.reply.bytes);
    if (end.failed) {
        exchange->error = kept(end.error);
    }
}

void fold(Picture& picture, const Event& event, const trace::CallEnd& end) {
    const OpenCall* found = find_call(picture, event.span);
    if (found == nullptr) {
        return;
    }
    auto& calls = picture.calls.edit();
    // The edit may have moved the list to a copy of its own.
    const auto at =
        std::find_if(calls.rbegin(), calls.rend(), [&](const OpenCall& open) { return open.span == event.span; });
    const OpenCall open = std::move(*at);
    calls.erase(std::next(at).base());

    if (std::holds_alternative<world::HttpRequest>(open.call) || std::holds_alternative<world::ApiRequest>(open.call)) {
        end_exchange(picture, event.span, end);
    } else if (const auto* wait = std::get_if<world::AwaitExit>(&open.call)) {
        if (Container* container = edit_container(picture, wait->container)) {
            container->stop_deadline_ns = 0;
        }
    }
    if (end.failed) {
        add_trouble(picture, kind_of(open.call), end.error);
        return;
    }
    fold_done(Done{picture, event, open, end.reply}, open.call);
    perform_planned(picture, open.container, open.call);
}

void fold(Picture& picture, const Event& event, const world::Note& note) { fold_note(picture, event, note); }

void fold(Picture& picture, const Event& event, const world::Observation& what) {
    fold_observation(picture, event, what);
}

}  // namespace

Picture first_picture(const trace::Header& header) {
    Picture picture;
    picture.world = kept(header.world);
    picture.machine = cut_copy(header.machine, picture.dropped);
    return picture;
}

void evolve(Picture& picture, const trace::Event& event) {
    picture.seq = event.seq;
    picture.t_ns = event.t_ns;
    if (event.phase != world::Phase::none) {
        picture.phase = event.phase;
    }
    std::visit([&](const auto& body) { fold(picture, event, body); }, event.body);
}

const Container* find_container(const Picture& picture, std::string_view name) {
    return find_container(*picture.containers, name);
}

const Container* find_container(const Table<std::string, Cow<Container>>& containers, std::string_view name) {
    if (name.empty()) {
        return nullptr;
    }
    if (const auto* exact = containers.get(name)) {
        return &**exact;
    }
    const Container* by_prefix = nullptr;
    std::size_t prefixes = 0;
    for (const auto& [id, container] : containers) {
        if (container->record.name == name) {
            return &*container;
        }
        if (id.compare(0, name.size(), name) == 0) {
            by_prefix = &*container;
            ++prefixes;
        }
    }
    return prefixes == 1 ? by_prefix : nullptr;
}

Container* edit_container(Picture& picture, std::string_view id) {
    if (!picture.containers->contains(id)) {
        return nullptr;
    }
    return &picture.containers.edit().edit(id)->edit();
}

Process* edit_process(Picture& picture, std::int64_t pid) {
    if (!picture.processes->contains(pid)) {
        return nullptr;
    }
    return &picture.processes.edit().edit(pid)->edit();
}

Cgroup& edit_cgroup(Picture& picture, std::string_view path, std::string_view container) {
    auto& cgroups = picture.cgroups.edit();
    if (Cow<Cgroup>* present = cgroups.edit(clip(path))) {
        return present->edit();
    }
    Cgroup& made = cgroups[kept(path)].edit();
    made.path = kept(path);
    made.container = kept(container);
    return made;
}

}  // namespace cutaway::scene
