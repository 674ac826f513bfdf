// SPDX-License-Identifier: Apache-2.0
// Moment: all that the view models are made of: the Picture at the view, the one at the stop before, what happens next,
// and where the view stands. It points into the session; good for one frame.
#pragma once

#include <optional>
#include <string>
#include <vector>

#include "core/scene/diff.h"
#include "core/scene/picture.h"
#include "viz/view/mishap.h"
#include "viz/view/story.h"

namespace cutaway::view {

enum class Part { exchange, layers, overlay, spaces, processes, cgroup, network, lifecycle };
CUTAWAY_ENUM(Part, exchange, layers, overlay, spaces, processes, cgroup, network, lifecycle)

// What a person marked on the tape; positions ascending.
struct Marks {
    std::vector<const std::vector<std::uint64_t>*> stops;  // of each breakpoint that is on
    const std::vector<std::uint64_t>* found = nullptr;     // by a search
    std::optional<std::uint64_t> a;                        // pins
    std::optional<std::uint64_t> b;
    const std::vector<scene::Change>* between = nullptr;  // from A to B
};

struct Moment {
    const scene::Picture* picture = nullptr;
    const Story* story = nullptr;
    const trace::Event* next = nullptr;                   // what happens next at the view; null: nothing is known of it
    const trace::Event* call = nullptr;                   // the first call from there on, if the trace has it already
    const trace::Event* last_call = nullptr;              // begun last before the view
    const trace::Event* last_reply = nullptr;             // and how it ended
    const std::vector<scene::Change>* changes = nullptr;  // since the stop before
    std::uint64_t position = 0;
    std::uint64_t head = 0;
    bool recorded = false;    // a trace from a file: nothing can be performed
    bool working = false;     // a command runs, or stands at a stop
    bool waiting = false;     // it stands at a stop
    bool hears = false;       // it takes what is typed
    bool elsewhere = false;   // commands are typed in another terminal, and seen here
    bool keys = false;        // a container's terminal is attached: it takes every key
    std::string chosen = {};  // the container that somebody wants to look at
    Marks marks = {};
    std::optional<Mishap> mishap = {};
};

inline bool behind(const Moment& moment) { return moment.position < moment.head; }

// The part of the drawing that an event concerns; nothing: none in particular.
std::optional<Part> part_of(const trace::Event& event);
// The parts that the changes since the last stop concern.
std::vector<Part> parts_of(const std::vector<scene::Change>& changes);

// The container that the drawing is about: the chosen one, else the one that the next event names, else the youngest;
// null: there is none.
const scene::Container* subject(const Moment& moment);
// The container that a word of a transcript names: by its name, its id or the beginning of that as docker prints it.
const scene::Container* named(const scene::Picture& picture, std::string_view word);

std::string short_id(const std::string& text);         // 12 letters; "sha256:" goes
std::string size_text(std::uint64_t bytes);            // "1.4 kB", as docker writes sizes
std::string with_short_ids(const std::string& words);  // every 64 hex digits become 12
std::string shorten_middle(const std::string& text, std::size_t most);

}  // namespace cutaway::view
