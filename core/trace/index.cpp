// SPDX-License-Identifier: Apache-2.0
#include "core/trace/index.h"

#include <algorithm>
#include <array>
#include <cstring>
#include <unordered_map>
#include <unordered_set>
#include <utility>

#include "core/base/binary.h"
#include "core/trace/line.h"

namespace cutaway::trace {

namespace {

constexpr std::string_view magic = "cutaway-index 2\n";

// Which span each event belongs to, as far as numbers that a file may hold can be trusted: a number that is used again
// means the later span; an end without a beginning, or a parent that is over, is ignored here and found by lint.
class TreeBuilder {
public:
    explicit TreeBuilder(std::vector<SpanNode>& spans) : spans_(spans) {}

    void add(const Event& event, std::uint32_t at) {
        if (event.kind == EventKind::span_begin || event.kind == EventKind::call_begin) {
            const auto parent = by_number_.find(event.parent);
            SpanNode node;
            node.number = event.span;
            node.parent = event.parent == 0 || parent == by_number_.end() ? nowhere : parent->second;
            node.begin = at;
            node.phase = event.phase;
            node.kind = kind_of_node(event);
            by_number_[event.span] = static_cast<std::uint32_t>(spans_.size());
            spans_.push_back(node);
        } else if (event.kind == EventKind::span_end || event.kind == EventKind::call_end) {
            const auto found = by_number_.find(event.span);
            if (found != by_number_.end()) {
                spans_[found->second].end = at;
                spans_[found->second].failed = failed(event);
                by_number_.erase(found);
            }
        }
    }

private:
    static SpanKind kind_of_node(const Event& event) {
        const auto* start = std::get_if<world::SpanStart>(&event.body);
        return start == nullptr ? SpanKind::call : static_cast<SpanKind>(start->grain);
    }
    static bool failed(const Event& event) {
        if (const auto* end = std::get_if<CallEnd>(&event.body)) {
            return end->failed;
        }
        const auto* end = std::get_if<SpanEnd>(&event.body);
        return end != nullptr && end->failed;
    }

    std::vector<SpanNode>& spans_;
    std::unordered_map<std::uint32_t, std::uint32_t> by_number_;  // of those that are open
};

// Titles of steps are few and come again and again; what a hostile trace has beyond that is asked of the trace.
class TitleBook {
public:
    explicit TitleBook(std::vector<std::string>& titles) : titles_(titles) {}
    std::uint32_t of(const std::string& title) {
        const auto found = numbers_.find(title);
        if (found != numbers_.end()) {
            return found->second;
        }
        if (titles_.size() == most) {
            return nowhere;
        }
        titles_.push_back(title);
        return numbers_[title] = static_cast<std::uint32_t>(titles_.size() - 1);
    }

private:
    static constexpr std::size_t most = 4096;
    std::vector<std::string>& titles_;
    std::unordered_map<std::string, std::uint32_t> numbers_;
};

// Commands, and containers by id and name where they come first.
class MarkFinder {
public:
    bool is_mark(const Event& event) {
        const auto* note = event.kind == EventKind::note ? std::get_if<world::Note>(&event.body) : nullptr;
        if (note == nullptr) {
            return false;
        }
        const auto* known = std::get_if<world::ContainerKnown>(note);
        return std::holds_alternative<world::CommandTyped>(*note) ||
               (known != nullptr && seen_.insert(known->id + ' ' + known->name).second);
    }

private:
    std::unordered_set<std::string> seen_;
};

Error at_line(std::size_t number, std::string_view what) {
    return fail(Errc::invalid, "line " + std::to_string(number) + " of the trace: " + std::string(what) +
                                   "; what lies before it is sound: head -n " + std::to_string(number - 1) +
                                   " keeps it");
}

constexpr std::size_t end_bytes = 65536;

// A change between them shows in the time of the last change, unless somebody set that back on purpose.
std::uint64_t checksum_of_ends(Bytes& bytes) {
    std::string ends(bytes.at(0, end_bytes));
    if (bytes.size() > end_bytes) {
        ends += bytes.at(std::max<std::uint64_t>(bytes.size() - end_bytes, end_bytes), end_bytes);
    }
    return checksum(ends);
}

void shrink(Index& index) {
    index.starts.shrink_to_fit();
    index.kinds.shrink_to_fit();
    index.phases.shrink_to_fit();
    index.spans.shrink_to_fit();
    index.titles.shrink_to_fit();
    index.marks.shrink_to_fit();
}

class Builder {
public:
    explicit Builder(Bytes& trace) : trace_(trace), tree_(index_.spans), titles_(index_.titles) {}

    Result<Index> run(std::uint64_t from) {
        for (std::uint64_t at = from; at < trace_.size();) {
            const FoundLine found = line_at(trace_, at);
            const bool too_long = found.text.size() > longest_line;
            const std::uint64_t end = at + found.text.size();
            if (too_long) {
                return at_line(line(), "it is longer than 16 MiB");
            }
            const Decoded got = decode_line(found.text, event_);
            if (!found.ended && end < trace_.size()) {
                return fail(Errc::io, "the trace became shorter while it was read; open it again");
            }
            if (!found.ended && !got.problem.empty()) {
                index_.cut = "the last line, " + std::to_string(line()) +
                             ", was cut off while it was written: the trace ends before it";
                break;
            }
            if (!got.problem.empty()) {
                return at_line(line(), got.problem);
            }
            add(at, got);
            at = end + 1;
            stop_ = std::min(at, trace_.size());
        }
        index_.starts.push_back(index_.starts.empty() ? from : stop_);
        shrink(index_);
        index_.trace_size = trace_.size();
        index_.trace_checksum = checksum(trace_);
        index_.trace_ends = checksum_of_ends(trace_);
        return std::move(index_);
    }

private:
    [[nodiscard]] std::size_t line() const { return index_.starts.size() + 2; }  // from 1; the header is the first
    void add(std::uint64_t at, const Decoded& got) {
        const auto number = static_cast<std::uint32_t>(index_.starts.size());
        tree_.add(event_, number);
        const auto* start = std::get_if<world::SpanStart>(&event_.body);
        if (start != nullptr && start->grain == world::Grain::step && event_.kind == EventKind::span_begin) {
            index_.spans.back().title = titles_.of(start->title);
        }
        if (marks_.is_mark(event_)) {
            index_.marks.push_back(number);
        }
        if (got.known == Known::essential && index_.view_only.empty()) {
            const auto& what = std::get<world::Decision>(std::get<world::Note>(event_.body));
            index_.view_only = "line " + std::to_string(line()) + " holds \"" + what.choice +
                               "\", which this program does not know: the trace can be looked at, not continued";
        }
        index_.skipped += got.known == Known::skipped ? 1 : 0;
        index_.starts.push_back(at);
        index_.kinds.push_back(static_cast<char>(event_.kind));
        index_.phases.push_back(static_cast<char>(event_.phase));
    }

    Bytes& trace_;
    Index index_;
    TreeBuilder tree_;
    TitleBook titles_;
    MarkFinder marks_;
    Event event_;
    std::uint64_t stop_ = 0;
};

// Everything that later code relies on; a sidecar is input like any other.
bool sound(const Index& index) {
    const std::size_t events = index.kinds.size();
    bool good = index.starts.size() == events + 1 && index.phases.size() == events && events < nowhere;
    for (std::size_t i = 0; good && i < events; ++i) {
        good = index.starts[i] < index.starts[i + 1] &&
               static_cast<unsigned char>(index.kinds[i]) < count_of<EventKind>() &&
               static_cast<unsigned char>(index.phases[i]) < count_of<world::Phase>();
    }
    good = good && index.starts[events] <= index.trace_size;
    for (std::size_t i = 0; good && i < index.spans.size(); ++i) {
        const SpanNode& span = index.spans[i];
        const bool parent = span.parent == nowhere || span.parent < i;
        const bool order = i == 0 || index.spans[i - 1].begin < span.begin;
        const bool ends = span.end == nowhere || (span.end > span.begin && span.end < events);
        good = parent && order && ends && span.begin < events && span.kind <= SpanKind::call &&
               static_cast<std::size_t>(span.phase) < count_of<world::Phase>() &&
               (span.title == nowhere || span.title < index.titles.size());
    }
    for (std::size_t i = 0; good && i < index.marks.size(); ++i) {
        good = index.marks[i] < events && (i == 0 || index.marks[i - 1] < index.marks[i]);
    }
    return good;
}

// Starts lie close together: as differences they take two bytes each.
void differences(std::vector<std::uint64_t>& starts, bool back) {
    std::uint64_t before = 0;
    for (std::uint64_t& start : starts) {
        const std::uint64_t value = start;
        start = back ? before + value : value - before;
        before = back ? start : value;
    }
}

// Four lanes of multiply and rotate, as fast non-cryptographic hashes do it; any change of a byte shows.
class Sum {
public:
    void add(std::string_view whole_blocks) {  // of `block` bytes
        for (std::size_t at = 0; at < whole_blocks.size(); at += block) {
            for (std::size_t lane = 0; lane < lanes_.size(); ++lane) {
                std::uint64_t word = 0;
                std::memcpy(&word, whole_blocks.data() + at + lane * 8, sizeof word);
                lanes_[lane] = mix(lanes_[lane], word);
            }
        }
    }
    [[nodiscard]] std::uint64_t finish(std::string_view rest, std::uint64_t size) const {
        std::uint64_t sum = size;
        for (const char byte : rest) {
            sum = mix(sum, static_cast<unsigned char>(byte));
        }
        for (const std::uint64_t lane : lanes_) {
            sum = mix(sum, lane);
        }
        return sum ^ (sum >> 32U);
    }
    static constexpr std::size_t block = 32;

private:
    static std::uint64_t mix(std::uint64_t lane, std::uint64_t word) {
        lane = (lane ^ word) * 0x9E3779B97F4A7C15ULL;
        return (lane << 31U) | (lane >> 33U);
    }
    std::array<std::uint64_t, 4> lanes_{1, 2, 3, 4};
};

}  // namespace

std::uint64_t checksum(Bytes& bytes) {
    constexpr std::size_t piece = 65536;
    static_assert(piece % Sum::block == 0);
    Sum sum;
    for (std::uint64_t from = 0;; from += piece) {
        const std::string_view there = bytes.at(from, piece);
        const std::size_t whole = there.size() / Sum::block * Sum::block;
        sum.add(there.substr(0, whole));
        if (there.size() < piece) {
            return sum.finish(there.substr(whole), from + there.size());
        }
    }
}

std::uint64_t checksum(std::string_view bytes) {
    BytesInView view(bytes);
    return checksum(view);
}

Result<Index> make_index(Bytes& trace) {
    const FoundLine header = line_at(trace, 0);
    (void)TRY(decode_header(header.text));
    Builder builder(trace);
    return builder.run(header.ended ? header.text.size() + 1 : trace.size());
}

Result<Index> make_index(std::string_view trace) {
    BytesInView view(trace);
    return make_index(view);
}

std::string save_index(const Index& index) {
    Index coded = index;
    differences(coded.starts, false);
    std::string out(magic);
    binary::put(out, coded);
    const std::uint64_t sum = checksum(out);
    for (unsigned shift = 0; shift < 64; shift += 8) {
        out.push_back(static_cast<char>(sum >> shift));
    }
    return out;
}

Result<Index> load_index(std::string_view saved, std::string_view trace) {
    BytesInView view(trace);
    return load_index(saved, view);
}

Result<Index> load_index(std::string_view saved, Bytes& trace, std::int64_t changed_ns) {
    if (saved.size() < magic.size() + 8 || saved.substr(0, magic.size()) != magic) {
        return fail(Errc::invalid, "this is no trace index");
    }
    std::uint64_t sum = 0;
    const std::string_view content = saved.substr(0, saved.size() - 8);
    for (unsigned i = 0; i < 8; ++i) {
        sum |= static_cast<std::uint64_t>(static_cast<unsigned char>(saved[content.size() + i])) << (i * 8U);
    }
    Index index;
    if (sum != checksum(content) || !binary::decode(content.substr(magic.size()), index)) {
        return fail(Errc::invalid, "the trace index is damaged");
    }
    differences(index.starts, true);
    const bool untouched = changed_ns != 0 && index.trace_changed_ns == changed_ns &&
                           index.trace_size == trace.size() && index.trace_ends == checksum_of_ends(trace);
    if (!untouched && (index.trace_size != trace.size() || index.trace_checksum != checksum(trace))) {
        return fail(Errc::conflict, "the trace index belongs to another trace, or the trace has changed");
    }
    if (!sound(index)) {
        return fail(Errc::invalid, "the trace index is damaged");
    }
    shrink(index);
    return index;
}

}  // namespace cutaway::trace
