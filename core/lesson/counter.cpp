// SPDX-License-Identifier: Apache-2.0
#include "core/lesson/counter.h"

#include "core/scene/evolve.h"
#include "core/trace/line.h"

namespace cutaway::lesson {

namespace {

std::string_view kind_of_body(const trace::Event& event) {
    return std::visit(
        [](const auto& body) -> std::string_view {
            using T = std::decay_t<decltype(body)>;
            if constexpr (IsVariant<T>::value) {
                return kind_of(body);
            } else {
                return T::kind;
            }
        },
        event.body);
}

// Everything that a call or span encloses goes with it: its end would have no beginning.
bool left_out(const Counter& counter, const trace::Event& event, std::vector<std::uint32_t>& gone) {
    const bool ends = event.kind == trace::EventKind::call_end || event.kind == trace::EventKind::progress;
    for (const std::uint32_t span : gone) {
        if (ends && event.span == span) {
            return true;
        }
    }
    if (kind_of_body(event) != counter.what) {
        return false;
    }
    if (event.kind == trace::EventKind::call_begin) {
        gone.push_back(event.span);
    }
    return true;
}

bool read_otherwise(const Counter& counter, trace::Event& event) {
    std::string line;
    trace::append_line(line, event);
    std::size_t at = line.find(counter.what);
    if (at == std::string::npos) {
        return false;
    }
    for (; at != std::string::npos; at = line.find(counter.what, at + counter.instead.size())) {
        line.replace(at, counter.what.size(), counter.instead);
    }
    trace::Event changed;
    if (!trace::decode_line(line, changed).problem.empty()) {
        return false;
    }
    event = std::move(changed);
    return true;
}

}  // namespace

Result<scene::Picture> counter_picture(const Counter& counter, const Story& story) {
    scene::Picture picture = scene::first_picture(story.header);
    const std::size_t size = counter.kind == Counter::Kind::before ? story.began : story.size;
    bool changed = counter.kind == Counter::Kind::before;
    std::vector<std::uint32_t> gone;
    for (std::size_t n = 0; n < size; ++n) {
        trace::Event event = story.at(n);
        if (counter.kind == Counter::Kind::without && left_out(counter, event, gone)) {
            changed = true;
            continue;
        }
        if (counter.kind == Counter::Kind::reading) {
            changed = read_otherwise(counter, event) || changed;
        }
        scene::evolve(picture, event);
    }
    if (!changed) {
        return fail(Errc::invalid, "nothing on the tape is \"" + counter.what + "\"");
    }
    return picture;
}

}  // namespace cutaway::lesson
