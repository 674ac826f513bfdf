// SPDX-License-Identifier: Apache-2.0
// Diff: whether two traces tell one story. Spans, calls and notes are compared as a tree whose order counts, except
// that siblings which overlap in time (layers in parallel) may come in any order; observations are compared as a set.
// Containers' ids and pids are mapped one to one; times, spans' numbers and evidence never count, nor do progress and
// system_calls. Whatever else may differ is an Exception with its reason; no field is passed over silently.
#pragma once

#include <optional>
#include <string>
#include <vector>

#include "core/trace/event.h"

namespace cutaway::trace {

struct Exception {
    std::string kind;    // of the call, note or observation, "span", or "*"
    std::string field;   // "value", "reply.headers": it and everything below it; empty: the whole note or observation
    std::string reason;  // why it may differ
};

struct Difference {
    std::string where;  // "run nginx > overlay > mount"
    std::string what;   // "target: /a against /b"
    friend bool operator==(const Difference&, const Difference&) = default;
};

std::vector<Difference> diff(const std::vector<Event>& a, const std::vector<Event>& b,
                             const std::vector<Exception>& exceptions = {});

// The same comparison as one story told twice: every node of either in their common order, parents before their children.
struct Aligned {
    std::size_t depth = 0;
    std::string kind;              // "span", or a call's or a note's
    std::string label;             // a span's title; else the kind
    std::optional<std::size_t> a;  // the event that it begins with; nothing: only the other has it
    std::optional<std::size_t> b;
    std::vector<std::string> fields;  // that differ: "target: /a against /b"
    friend bool operator==(const Aligned&, const Aligned&) = default;
};

std::vector<Aligned> align(const std::vector<Event>& a, const std::vector<Event>& b,
                           const std::vector<Exception>& exceptions = {});

}  // namespace cutaway::trace
