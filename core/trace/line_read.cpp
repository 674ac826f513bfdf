// SPDX-License-Identifier: Apache-2.0
// A line as an event. Which body stands there is told by its key; that it is the one the event's kind asks for is
// checked at the end, because the keys may come in any order.
#include <string>
#include <variant>

#include "core/trace/line.h"
#include "core/trace/scan.h"

namespace cutaway::trace {

namespace {

// The indices of `keys`; the bodies come last, in the order of EventKind and of Body's alternatives.
enum Key : std::size_t { seq, time, event_kind, span, parent, actor, phase, evidence, container, first_body };
constexpr std::array<std::string_view, 16> keys{"seq",      "t",        "event",     "span",  "parent", "actor",
                                                "phase",    "evidence", "container", "start", "end",    "call",
                                                "progress", "result",   "note",      "seen"};
constexpr NameTable<keys.size()> key_table{keys};

template <class T>
bool read_body(Scan& in, Body& body) {
    T* held = std::get_if<T>(&body);
    if (held == nullptr) {
        held = &body.emplace<T>();
    } else if constexpr (!IsVariant<T>::value) {
        reset(*held);
    }
    return read(in, *held);
}

bool read_body_at(Scan& in, std::size_t index, Body& body) {
    using Reader = bool (*)(Scan&, Body&);
    static constexpr std::array<Reader, std::variant_size_v<Body>> readers{
        &read_body<world::SpanStart>, &read_body<SpanEnd>,     &read_body<world::Call>,       &read_body<Progress>,
        &read_body<CallEnd>,          &read_body<world::Note>, &read_body<world::Observation>};
    return readers[index](in, body);
}

struct Line {
    std::string_view kind_name;
    std::size_t body = std::variant_size_v<Body>;  // none yet
    bool has_seq = false;
};

bool read_key(Scan& in, std::size_t key, Event& event, Line& line) {
    switch (key) {
        case seq: line.has_seq = true; return read(in, event.seq);
        case time: return read(in, event.t_ns);
        case event_kind: return in.word(line.kind_name);
        case span: return read(in, event.span);
        case parent: return read(in, event.parent);
        case actor: return read(in, event.actor);
        case phase: return read(in, event.phase);
        case evidence: return read(in, event.evidence);
        case container: return in.text(event.container);
        case keys.size(): return in.skip();
        default: line.body = key - first_body; return read_body_at(in, line.body, event.body);
    }
}

void clear_head(Event& event) {
    event.seq = 0;
    event.t_ns = 0;
    event.kind = EventKind::note;
    event.span = 0;
    event.parent = 0;
    event.actor = world::Actor::daemon;
    event.phase = world::Phase::none;
    event.evidence = world::Evidence::performed;
    event.container.clear();
}

Decoded unknown(Event& event, Known known, std::string_view what) {
    world::Decision decision{"", "an unknown " + std::string(to_name(event.kind)), std::string(what),
                             "written by a newer program"};
    event.kind = EventKind::note;
    event.body.emplace<world::Note>(std::move(decision));
    return {known, {}};
}

template <std::size_t I = 0>
void blank_body(std::size_t index, Body& body) {
    if constexpr (I < std::variant_size_v<Body>) {
        if (index == I) {
            body.emplace<I>();
        } else {
            blank_body<I + 1>(index, body);
        }
    }
}

}  // namespace

Decoded decode_line(std::string_view text, Event& event) {
    Scan in(text);
    Line line;
    clear_head(event);
    std::string_view name;
    if (!in.begin('{')) {
        return {Known::yes, "it is no JSON object"};
    }
    while (in.next_key(name)) {
        if (!read_key(in, key_table.find(name), event, line)) {
            return {Known::yes, "it is damaged, or a value is of the wrong kind"};
        }
    }
    if (!in.at_end()) {
        return {Known::yes, "it is damaged or cut"};
    }
    if (!line.has_seq || line.kind_name.empty()) {
        return {Known::yes, "it has no \"seq\" or no \"event\""};
    }
    const std::size_t kind = EnumTable<EventKind>::table.find(line.kind_name);
    if (kind == EnumTable<EventKind>::names.size()) {
        return unknown(event, Known::essential, line.kind_name);
    }
    event.kind = static_cast<EventKind>(kind);
    const bool bodiless = line.body == std::variant_size_v<Body>;
    const bool may_be_blank = kind != 2 && kind < 5;  // every field at its default; a variant always says its kind
    if (bodiless && may_be_blank) {
        blank_body(kind, event.body);
    } else if (line.body != kind) {
        return {Known::yes, "its body is not the one that its \"event\" asks for"};
    }
    if (!in.unknown().empty()) {
        const bool essential = event.kind == EventKind::call_begin;
        return unknown(event, essential ? Known::essential : Known::skipped, in.unknown());
    }
    return {};
}

Result<Header> decode_header(std::string_view line) {
    Scan in(line);
    Header header;
    header.format.clear();
    header.version = 0;
    // The version is looked at before anything else is believed: a newer header may hold fields of other types.
    json::Reader first(line);
    std::string_view key;
    std::uint64_t version = 0;
    const bool named =
        first.begin_object() && first.next_key(key) && key == "format" && first.read_string(header.format);
    if (!named || header.format != "cutaway-trace") {
        return fail(
            Errc::invalid,
            "line 1: this is no Cutaway trace, which begins {\"format\":\"cutaway-trace\"; cutaway --trace FILE "
            "run … writes one");
    }
    const Error damaged = fail(Errc::invalid, "line 1: the trace's header is damaged or cut; record it again");
    if (!first.next_key(key) || key != "version" || !first.read_uint(version)) {
        return damaged;
    }
    if (version == 0) {
        return fail(Errc::invalid, "line 1: the trace says version 0, which there never was; record it again");
    }
    if (version > Header{}.version) {
        return fail(Errc::unsupported, "the trace is of version " + std::to_string(version) + ", newer than version " +
                                           std::to_string(Header{}.version) +
                                           ", the newest that this program reads; use the program that wrote it");
    }
    if (!read(in, header) || !in.at_end()) {
        return damaged;
    }
    return header;
}

}  // namespace cutaway::trace
