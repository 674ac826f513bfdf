// SPDX-License-Identifier: Apache-2.0
// Any bytes as an expression: parsed, evaluated against a small Picture, completed and shown. It must neither crash
// nor take long; an expression that parses must print the same twice.
#include "core/scene/expression.h"

#include <cstdint>
#include <cstdlib>
#include <string_view>

#include "core/scene/evolve.h"

namespace {

using namespace cutaway;

scene::Picture small_picture() {
    scene::Picture picture = scene::first_picture(trace::Header{});
    trace::Event event;
    const auto take = [&](trace::Body body) {
        ++event.seq;
        event.body = std::move(body);
        scene::evolve(picture, event);
    };
    for (int at = 0; at < 20; ++at) {
        world::ContainerKnown record;
        record.id = "c" + std::to_string(at);
        record.name = "web" + std::to_string(at);
        record.state = at % 2 == 0 ? "running" : "exited";
        take(world::Note(record));
        world::ProcessStarted process;
        process.container = record.id;
        process.pid = 100 + at;
        take(world::Observation(process));
        take(world::Observation(world::OutputLine{record.id, world::Stream::out, "a line of its log"}));
    }
    return picture;
}

}  // namespace

// libFuzzer chooses the name.
// NOLINTNEXTLINE(readability-identifier-naming)
extern "C" int LLVMFuzzerTestOneInput(const std::uint8_t* data, std::size_t size) {
    static const scene::Picture picture = small_picture();
    const std::string_view text(reinterpret_cast<const char*>(data), size);
    const auto first = scene::parse_expression(text);
    if (first) {
        const auto once = scene::evaluate(*first, picture);
        const auto twice = scene::evaluate(*scene::parse_expression(text), picture);
        if (once.has_value() != twice.has_value() || (once && scene::to_json(*once) != scene::to_json(*twice))) {
            std::abort();
        }
    }
    scene::complete(text, picture);
    static_cast<void>(scene::show(picture, text));
    return 0;
}
