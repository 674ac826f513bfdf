// SPDX-License-Identifier: Apache-2.0
// What the docker CLI would send the daemon for a verb, recorded as a call of the client: in one process it is a
// function call, in Docker an HTTP request. It is told in the trace so that learners see who asks whom.
#pragma once

#include <string>
#include <utility>

#include "core/world/world.h"

namespace cutaway::engine {

// Records `POST path` as asked, runs `work`, records the status that dockerd would answer.
template <class Work>
auto api(world::World& world, std::string method, std::string path, std::int64_t good, Work&& work)
    -> decltype(work()) {
    world::Remote client;
    client.actor = world::Actor::client;
    if (Status asked = world.narrator.before(client, world::ApiRequest{std::move(method), std::move(path), ""});
        !asked) {
        return std::move(asked).error();
    }
    auto result = work();
    world::Reply reply;
    reply.value = good;
    if (!result) {
        const Errc code = result.error().code;
        reply.value = code == Errc::not_found ? 404 : code == Errc::conflict ? 409 : code == Errc::invalid ? 400 : 500;
        reply.text = result.error().doing;
    }
    world.narrator.after(reply);
    return result;
}

inline world::SpanStart phase_span(world::Phase phase, const std::string& container) {
    world::SpanStart start;
    start.grain = world::Grain::phase;
    start.phase = phase;
    start.title = std::string(to_name(phase));
    start.container = container;
    return start;
}

inline world::SpanStart step_span(world::Phase phase, const std::string& container, std::string title) {
    world::SpanStart start;
    start.phase = phase;
    start.title = std::move(title);
    start.container = container;
    return start;
}

}  // namespace cutaway::engine
