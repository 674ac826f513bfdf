// SPDX-License-Identifier: Apache-2.0
// Trace: a recorded trace to look at: its header, any event by number, its spans. It owns the bytes and the index;
// events are read and decoded when asked for. Any number of threads may ask: what they see is what was there on
// opening, but an event whose bytes somebody has changed or cut away since is a blank one. It folds nothing: that is
// `scene`'s.
#pragma once

#include <memory>
#include <mutex>
#include <optional>
#include <string>
#include <string_view>
#include <vector>

#include "core/trace/bytes.h"
#include "core/trace/event.h"
#include "core/trace/file.h"
#include "core/trace/index.h"

namespace cutaway::trace {

// Events from `first` up to, but not including, `last`.
struct Range {
    std::size_t first = 0;
    std::size_t last = 0;
    friend bool operator==(const Range&, const Range&) = default;
};

class Trace {
public:
    // A saved index that is not this trace's is silently made anew.
    static Result<Trace> open(std::unique_ptr<Bytes> bytes, std::string_view saved_index = {},
                              std::int64_t changed_ns = 0);
    // Reads path and path + ".idx"; writes the latter if it is missing or stale and can be written. `changed_ns` is
    // when the file was written last, as load_index takes it.
    static Result<Trace> open_file(const std::string& path, std::int64_t changed_ns = 0);

    [[nodiscard]] const Header& header() const { return header_; }
    [[nodiscard]] const Index& index() const { return index_; }
    [[nodiscard]] std::size_t size() const { return index_.kinds.size(); }
    [[nodiscard]] EventKind kind(std::size_t n) const { return static_cast<EventKind>(index_.kinds[n]); }
    [[nodiscard]] world::Phase phase(std::size_t n) const { return static_cast<world::Phase>(index_.phases[n]); }
    [[nodiscard]] std::string line(std::size_t n) const;

    // n counts from 0. The event is overwritten; passing the same one again saves allocations.
    void event(std::size_t n, Event& into) const;
    [[nodiscard]] Event event(std::size_t n) const;

    // Every run of events of one phase, in order; the events of `none` between them included.
    [[nodiscard]] std::vector<std::pair<world::Phase, Range>> phase_ranges() const;
    [[nodiscard]] std::string title(const SpanNode& span) const;     // the span's, or the call's kind
    [[nodiscard]] const SpanNode* span_around(std::size_t n) const;  // the innermost that is open before event n
    // The first event from `from` on whose line holds `text`, or the last before `from`.
    [[nodiscard]] std::optional<std::size_t> find(std::string_view text, std::size_t from) const;
    [[nodiscard]] std::optional<std::size_t> find_back(std::string_view text, std::size_t from) const;

private:
    [[nodiscard]] std::string_view read_line(std::size_t n) const;  // with turn_ held; holds as long as that

    std::unique_ptr<std::mutex> turn_ = std::make_unique<std::mutex>();  // who reads bytes_
    std::unique_ptr<Bytes> bytes_;
    Header header_;
    Index index_;
    bool indexed_ = false;  // the saved one was believed
};

}  // namespace cutaway::trace
