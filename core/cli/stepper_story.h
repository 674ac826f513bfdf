// SPDX-License-Identifier: Apache-2.0
// A trace as text that a person reads and a golden file keeps: one line a phase, step and, if asked, call. Containers'
// ids become <container-1>, <container-2>… in order of appearance, digests are cut short, times are left out: the same
// story is the same text.
#pragma once

#include <functional>
#include <string>
#include <vector>

#include "core/trace/event.h"

namespace cutaway::cli {

enum class StoryCalls { shown, hidden };

struct StoryOptions {
    StoryCalls calls = StoryCalls::hidden;
};

std::string story(const std::vector<trace::Event>& events, const StoryOptions& options = {});

struct StoryLine {
    std::size_t begin = 0;  // the event that began it
    std::size_t end = 0;    // the one that ended it; the number of events: none did
    std::size_t depth = 0;
    bool failed = false;
    std::string what;    // phase, actor and title
    std::string result;  // "ok", "= 42", "failed: …"; empty: not ended
};

using EventAt = std::function<trace::Event(std::size_t)>;
std::vector<StoryLine> story_lines(std::size_t size, const EventAt& at, const StoryOptions& options);

// One line about one event, ids short as docker prints them: `mount(type: overlay, target: /…)`, a span's title, a note's fields.
std::string event_text(const trace::Event& event);
std::string call_text(const world::Call& call);

}  // namespace cutaway::cli
