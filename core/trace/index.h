// SPDX-License-Identifier: Apache-2.0
// Index: where each event of a trace begins, and its tree of spans: some 20 bytes an event; the events themselves stay
// in the file. It is made in one pass, which also is the whole check of the file's lines, and can be kept in a
// sidecar (trace.jsonl.idx) that is believed only if it is this trace's: by size and checksum of the whole, or, where
// the time of the file's last change is known and the same, by size and both ends of it. It holds no Picture: what is
// drawn is folded from the events themselves.
#pragma once

#include <cstdint>
#include <string>
#include <string_view>
#include <vector>

#include "core/trace/bytes.h"
#include "core/trace/event.h"

namespace cutaway::trace {

enum class SpanKind : std::uint8_t { command, phase, step, call };
CUTAWAY_ENUM(SpanKind, command, phase, step, call)

inline constexpr std::uint32_t nowhere = 0xFFFFFFFFU;

struct SpanNode {
    std::uint32_t number = 0;        // as the events say it
    std::uint32_t parent = nowhere;  // an index into Index::spans, always smaller than this one's
    std::uint32_t begin = 0;         // an event's index
    std::uint32_t end = nowhere;     // of its span_end or call_end; nowhere: still open where the trace stops
    SpanKind kind = SpanKind::step;
    world::Phase phase = world::Phase::none;
    bool failed = false;
    std::uint32_t title = nowhere;  // of a step, in Index::titles; nowhere: ask the trace
    friend bool operator==(const SpanNode&, const SpanNode&) = default;
};
CUTAWAY_FIELDS(SpanNode, number, parent, begin, end, kind, phase, failed, title)

struct Index {
    std::uint64_t trace_size = 0;
    std::uint64_t trace_checksum = 0;
    std::uint64_t trace_ends = 0;       // a checksum of its first and last bytes
    std::int64_t trace_changed_ns = 0;  // when the file was written last; 0: nobody said
    std::vector<std::uint64_t> starts;  // where each event's line begins; one more at the end
    std::string kinds;                  // one EventKind a byte
    std::string phases;                 // one Phase a byte
    std::vector<SpanNode> spans;        // in the order of their beginnings
    std::vector<std::string> titles;    // of steps, each once
    std::vector<std::uint32_t> marks;   // events that tell of a typed command, or of a container for the first time
    std::uint64_t skipped = 0;          // events of kinds nobody here knows, shown as such
    std::string view_only;              // not empty: why nothing may be continued from this trace
    std::string cut;                    // not empty: what became of the last line
    friend bool operator==(const Index&, const Index&) = default;
};
CUTAWAY_FIELDS(Index, trace_size, trace_checksum, trace_ends, trace_changed_ns, starts, kinds, phases, spans, titles,
               marks, skipped, view_only, cut)

// Errors name the line. A damaged last line without its newline is no error: the trace ends before it.
Result<Index> make_index(Bytes& trace);
Result<Index> make_index(std::string_view trace);

std::string save_index(const Index& index);
// Errc::invalid if it is no index; Errc::conflict if it is another trace's, or this trace has changed since.
// `changed_ns`: when the trace's file was written last, if that is known; else the whole of it is read.
Result<Index> load_index(std::string_view saved, Bytes& trace, std::int64_t changed_ns = 0);
Result<Index> load_index(std::string_view saved, std::string_view trace);

std::uint64_t checksum(Bytes& bytes);  // 64 bits, several GB/s; against mix-ups, not against forgery
std::uint64_t checksum(std::string_view bytes);

}  // namespace cutaway::trace
