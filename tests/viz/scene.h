// SPDX-License-Identifier: Apache-2.0
// A run by hand, with every Picture on the way: resolve with a request, namespaces with a clone.
#pragma once

#include <string>
#include <vector>

#include "core/scene/evolve.h"
#include "viz/view/moment.h"

namespace cutaway::view {

inline const std::string id(64, 'a');

class Scene {
public:
    Scene() : picture(scene::first_picture(trace::Header{})) {
        take(world::Note(world::CommandTyped{{"run", "nginx"}}));
        begin(world::Grain::phase, world::Phase::resolve, "resolve");
        begin(world::Grain::step, world::Phase::resolve, "ask the registry");
        call(world::HttpRequest{"HEAD", "https://registry-1.docker.io/v2/library/nginx/manifests/latest", {}, ""}, 401);
        end();
        end();
        world::ContainerKnown record;
        record.id = id;
        record.name = "web";
        record.state = "created";
        take(world::Note(record));
        begin(world::Grain::phase, world::Phase::namespaces, "namespaces");
        begin(world::Grain::step, world::Phase::namespaces, "clone a process into new namespaces");
        call(world::Clone{{world::Space::pid}, "init"}, 1002);
        take(world::Observation(world::ProcessStarted{
            "", 1, 0, 1, "init", 0, {{"pid", "4026531836"}, {"net", "4026531840"}, {"user", "4026531837"}}}));
        take(world::Observation(
            world::ProcessStarted{id,
                                  1002,
                                  1,
                                  1,
                                  "cutaway-init",
                                  0,
                                  {{"pid", "4026532201"}, {"net", "4026532203"}, {"user", "4026531837"}}}));
        end();
        end();
    }

    void take(trace::Body body, std::uint32_t number = 0) {
        trace::Event event;
        event.seq = events.size() + 1;
        const auto kinds = {trace::EventKind::span_begin, trace::EventKind::span_end, trace::EventKind::call_begin,
                            trace::EventKind::progress,   trace::EventKind::call_end, trace::EventKind::note,
                            trace::EventKind::observed};
        event.kind = *(kinds.begin() + body.index());
        event.span = number;
        event.phase = phase;
        event.body = std::move(body);
        story.add(event);
        scene::evolve(picture, event);
        pictures.push_back(picture);
        events.push_back(std::move(event));
    }
    void begin(world::Grain grain, world::Phase what, const std::string& title) {
        phase = what;
        world::SpanStart start;
        start.grain = grain;
        start.phase = what;
        start.title = title;
        open.push_back(++span);
        take(start, span);
    }
    void end() {
        take(trace::SpanEnd{}, open.back());
        open.pop_back();
    }
    void call(const world::Call& what, std::int64_t value) {
        const std::uint32_t own = ++span;
        take(what, own);
        trace::CallEnd done;
        done.reply.value = value;
        take(done, own);
    }
    void fail(const world::Call& what) {
        const std::uint32_t own = ++span;
        take(what, own);
        trace::CallEnd done;
        done.failed = true;
        done.code = Errc::denied;
        done.error = "permission is not given";
        take(done, own);
    }
    Moment at(std::uint64_t position) {
        Moment moment;
        static const scene::Picture blank = scene::first_picture(trace::Header{});
        moment.picture = position == 0 ? &blank : &pictures[position - 1];
        moment.story = &story;
        moment.next = position < events.size() ? &events[position] : nullptr;
        moment.changes = &changes;
        moment.position = position;
        moment.head = events.size();
        return moment;
    }

    scene::Picture picture;
    Story story;
    std::vector<trace::Event> events;
    std::vector<scene::Picture> pictures;
    std::vector<scene::Change> changes;
    std::vector<std::uint32_t> open;
    std::uint32_t span = 0;
    world::Phase phase = world::Phase::none;
};

}  // namespace cutaway::view
