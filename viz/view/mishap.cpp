// SPDX-License-Identifier: Apache-2.0
#include "viz/view/mishap.h"

#include <algorithm>

namespace cutaway::view {

namespace {

constexpr std::uint64_t furthest_begin = 20000;  // events back, where a span that failed was begun

using At = std::function<trace::Event(std::uint64_t)>;

// The first step of the command that failed, by its place among the troubles, and behind which trouble.
struct Failed {
    std::uint64_t number = 0;  // of the event that says so
    const scene::Trouble* trouble = nullptr;
    trace::Event event;
};

// A trouble's event, if the tape has it where its number says.
bool read(const scene::Trouble& trouble, std::uint64_t position, const At& at, Failed& into) {
    if (trouble.seq == 0 || trouble.seq > position) {
        return false;
    }
    into = {trouble.seq - 1, &trouble, at(trouble.seq - 1)};
    return into.event.seq == trouble.seq;
}

// What an ending ends: the way back is short but for whole phases.
std::uint64_t begin_of(const Failed& failed, std::uint64_t begun, const At& at) {
    const std::uint64_t floor =
        std::max(begun, failed.number > furthest_begin ? failed.number - furthest_begin : std::uint64_t{0});
    for (std::uint64_t n = failed.number; n > floor; --n) {
        const trace::Event event = at(n - 1);
        const bool begins = event.kind == trace::EventKind::span_begin || event.kind == trace::EventKind::call_begin;
        if (begins && event.span == failed.event.span) {
            return n - 1;
        }
    }
    return failed.number;
}

}  // namespace

std::string_view lesson_about(world::Phase phase) {
    switch (phase) {
        case world::Phase::resolve: return "L03";
        case world::Phase::manifest: return "L04";
        case world::Phase::layers: return "L05";
        case world::Phase::create: return "L08";
        case world::Phase::overlay: return "L06";
        case world::Phase::namespaces: return "L09";
        case world::Phase::cgroup: return "L10";
        case world::Phase::network: return "L13";
        case world::Phase::exec: return "L07";
        case world::Phase::running:
        case world::Phase::stop: return "L11";
        case world::Phase::remove: return "L17";
        case world::Phase::none: break;
    }
    return "L18";
}

// A call may fail and be lived with; one in a step that failed, too, is the cause. Cleaning up behind it is not.
std::optional<Mishap> mishap_of(const scene::Picture& picture, std::uint64_t begun, std::uint64_t position,
                                const At& at) {
    Failed call;
    for (const scene::Trouble& trouble : *picture.troubles) {
        Failed one;
        if (trouble.seq <= begun || !read(trouble, position, at, one)) {
            continue;
        }
        if (one.event.kind == trace::EventKind::call_end) {
            call = one;
            continue;
        }
        const Failed& cause = call.trouble != nullptr ? call : one;
        return Mishap{cause.trouble->what, cause.trouble->error, begin_of(cause, begun, at),
                      lesson_about(cause.event.phase)};
    }
    return std::nullopt;
}

}  // namespace cutaway::view
