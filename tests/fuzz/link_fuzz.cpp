// SPDX-License-Identifier: Apache-2.0
// What anybody may send to an engine's socket: never a crash, what is understood is written back as it was read, and a
// hub that takes it from watchers and workers posts only what can be read again. The input is messages behind one byte
// that says from whom and one with their length.
#include <cstddef>
#include <cstdint>
#include <cstdlib>
#include <string>
#include <string_view>

#include "core/link/hub.h"
#include "core/link/protocol.h"

namespace {

using namespace cutaway;

void demand(bool truth) {
    if (!truth) {
        std::abort();
    }
}

void give(link::Hub& hub, unsigned from, const link::Message& message) {
    const unsigned number = 1 + from % 3;
    switch (from / 64) {
        case 0: return hub.from_watcher(number, message);
        case 1: return hub.from_worker(number, message);
        case 2: return from % 2 == 0 ? hub.watcher_came(number, "ada") : hub.watcher_left(number);
        default: static_cast<void>(hub.run_began(number, "eve", "run")); return hub.worker_is(number, 100 + number);
    }
}

}  // namespace

// libFuzzer chooses the name.
// NOLINTNEXTLINE(readability-identifier-naming)
extern "C" int LLVMFuzzerTestOneInput(const std::uint8_t* data, std::size_t size) {
    std::string_view rest(reinterpret_cast<const char*>(data), size);
    link::Hub hub(
        [](const std::string& text) { return text.empty() ? Status(fail(Errc::invalid, "nothing")) : Status(); });
    while (rest.size() >= 2) {
        const auto from = static_cast<unsigned char>(rest[0]);
        const std::size_t length = static_cast<unsigned char>(rest[1]);
        const std::string_view bytes = rest.substr(2, length);
        rest.remove_prefix(2 + bytes.size());
        const Result<link::Message> message = link::decode(bytes);
        if (!message) {
            demand(!message.error().doing.empty());
            continue;
        }
        const std::string written = link::encode(*message);
        const Result<link::Message> again = link::decode(written);
        demand(again.has_value() && link::encode(*again) == written);
        const Status first = link::check_first(*message);
        demand(first || !first.error().doing.empty());
        give(hub, from, *message);
        for (const link::Post& post : hub.take_posts()) {
            demand(link::decode(link::encode(post.message)).has_value());
        }
    }
    return 0;
}
