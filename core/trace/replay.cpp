// SPDX-License-Identifier: Apache-2.0
#include "core/trace/replay.h"

#include <algorithm>
#include <cerrno>
#include <utility>
#include <variant>

#include "core/trace/line.h"

namespace cutaway::trace {

namespace {

Error with_remedy(Error error) {
    switch (error.sys_errno) {
        case ENOENT: error.doing += "; cutaway --trace FILE run … writes a trace"; break;
        case EISDIR: error.doing += "; name the trace inside it"; break;
        case EACCES: error.doing += "; whoever owns it can let you: chmod a+r"; break;
        default: error.doing += "; try a copy of it"; break;
    }
    return error;
}

}  // namespace

Result<Trace> Trace::open(std::unique_ptr<Bytes> bytes, std::string_view saved_index, std::int64_t changed_ns) {
    Trace trace;
    trace.bytes_ = std::move(bytes);
    if (trace.bytes_->size() == 0) {
        return fail(Errc::invalid, "the file is empty: its writer never began; record it again");
    }
    trace.header_ = TRY(decode_header(line_at(*trace.bytes_, 0).text));
    if (!saved_index.empty()) {
        if (Result<Index> saved = load_index(saved_index, *trace.bytes_, changed_ns); saved) {
            trace.index_ = std::move(*saved);
            trace.indexed_ = true;
            return trace;
        }
    }
    trace.index_ = TRY(make_index(*trace.bytes_));
    return trace;
}

Result<Trace> Trace::open_file(const std::string& path, std::int64_t changed_ns) {
    Result<std::unique_ptr<Bytes>> opened = open_bytes(path);
    if (!opened) {
        return with_remedy(opened.error());
    }
    std::unique_ptr<Bytes> bytes = std::move(*opened);
    const std::string beside = path + ".idx";
    const std::string old = read_file(beside).value_or("");
    Trace trace = TRY_IN("open " + path, open(std::move(bytes), old, changed_ns));
    const bool timed = changed_ns == 0 || trace.index_.trace_changed_ns == changed_ns;
    if (!trace.indexed_ || !timed) {
        trace.index_.trace_changed_ns = changed_ns;
        // A trace in a place that cannot be written is as good without its sidecar.
        if (Result<std::unique_ptr<StdioLines>> out = StdioLines::create(beside); out) {
            (void)(*out)->line(save_index(trace.index_));
        }
    }
    return trace;
}

std::string_view Trace::read_line(std::size_t n) const {
    const std::uint64_t start = index_.starts[n];
    std::string_view text = bytes_->at(start, static_cast<std::size_t>(index_.starts[n + 1] - start));
    if (!text.empty() && text.back() == '\n') {
        text.remove_suffix(1);
    }
    return text;
}

std::string Trace::line(std::size_t n) const {
    const std::lock_guard lock(*turn_);
    return std::string(read_line(n));
}

void Trace::event(std::size_t n, Event& into) const {
    const std::lock_guard lock(*turn_);
    if (!decode_line(read_line(n), into).problem.empty()) {
        into = Event{};  // the bytes changed beneath us: nothing of them is believed
    }
}

Event Trace::event(std::size_t n) const {
    Event event;
    this->event(n, event);
    return event;
}

std::vector<std::pair<world::Phase, Range>> Trace::phase_ranges() const {
    std::vector<std::pair<world::Phase, Range>> ranges;
    for (std::size_t n = 0; n < size(); ++n) {
        if (ranges.empty() || ranges.back().first != phase(n)) {
            ranges.push_back({phase(n), Range{n, n}});
        }
        ranges.back().second.last = n + 1;
    }
    return ranges;
}

std::string Trace::title(const SpanNode& span) const {
    const Event begin = event(span.begin);
    if (const auto* start = std::get_if<world::SpanStart>(&begin.body)) {
        return start->title;
    }
    const auto* call = std::get_if<world::Call>(&begin.body);
    return call == nullptr ? std::string() : std::string(kind_of(*call));
}

const SpanNode* Trace::span_around(std::size_t n) const {
    const auto& spans = index_.spans;
    auto after = std::lower_bound(spans.begin(), spans.end(), n,
                                  [](const SpanNode& span, std::size_t at) { return span.begin < at; });
    if (after == spans.begin()) {
        return nullptr;
    }
    // The last that began before n, or the nearest of its ancestors that is still open there.
    for (auto at = static_cast<std::uint32_t>(after - spans.begin() - 1); at != nowhere; at = spans[at].parent) {
        if (spans[at].end == nowhere || spans[at].end >= n) {
            return &spans[at];
        }
    }
    return nullptr;
}

std::optional<std::size_t> Trace::find(std::string_view text, std::size_t from) const {
    const std::lock_guard lock(*turn_);
    for (std::size_t n = from; n < size(); ++n) {
        if (read_line(n).find(text) != std::string_view::npos) {
            return n;
        }
    }
    return std::nullopt;
}

std::optional<std::size_t> Trace::find_back(std::string_view text, std::size_t from) const {
    const std::lock_guard lock(*turn_);
    for (std::size_t n = std::min(from, size()); n > 0; --n) {
        if (read_line(n - 1).find(text) != std::string_view::npos) {
            return n - 1;
        }
    }
    return std::nullopt;
}

}  // namespace cutaway::trace
