// SPDX-License-Identifier: Apache-2.0
#include "core/cli/stepper_points.h"

#include <algorithm>
#include <array>
#include <utility>

namespace cutaway::cli {

namespace {

struct Clause {
    std::string key;
    std::string value;
};

constexpr auto keys = std::to_array<std::string_view>({"phase", "step", "call", "container"});

// "key:value" or "error" from `at` on; the value may stand in quotes. No clause: nothing.
std::optional<Clause> next_clause(std::string_view text, std::size_t& at) {
    at = std::min(text.find_first_not_of(' ', at), text.size());
    const std::string_view rest = text.substr(at);
    if (rest == "error" || rest.starts_with("error ")) {
        at += 5;
        return Clause{"error", ""};
    }
    const std::size_t colon = rest.find(':');
    if (colon == std::string_view::npos || std::find(keys.begin(), keys.end(), rest.substr(0, colon)) == keys.end()) {
        return std::nullopt;
    }
    const bool in_quotes = rest.size() > colon + 1 && rest[colon + 1] == '"';
    const std::size_t begin = colon + (in_quotes ? 2 : 1);
    const std::size_t end = std::min(rest.find(in_quotes ? '"' : ' ', begin), rest.size());
    at += std::min(end + (in_quotes ? 1 : 0), rest.size());
    return Clause{std::string(rest.substr(0, colon)), std::string(rest.substr(begin, end - begin))};
}

std::string phases_text() {
    std::string out;
    for (const std::string_view name : enum_names(world::Phase{})) {
        out += name == "none" ? "" : (out.empty() ? "" : ", ") + std::string(name);
    }
    return out;
}

template <std::size_t I = 0>
bool is_call_kind(std::string_view kind) {
    if constexpr (I < std::variant_size_v<world::Call>) {
        return std::variant_alternative_t<I, world::Call>::kind == kind || is_call_kind<I + 1>(kind);
    } else {
        return false;
    }
}

Status set(trace::Breakpoint& where, const Clause& clause) {
    if (clause.key != "error" && clause.value.empty()) {
        return fail(Errc::invalid, clause.key + ": needs something behind the colon");
    }
    if (clause.key == "error") {
        where.error = true;
    } else if (clause.key == "step") {
        where.step = clause.value;
    } else if (clause.key == "container") {
        where.container = clause.value;
    } else if (clause.key == "call") {
        where.call = clause.value;
        return is_call_kind(clause.value) ? Status() : Status(fail(Errc::invalid, "no such call: " + clause.value));
    } else {
        where.phase = from_name<world::Phase>(clause.value);
        return where.phase.has_value()
                   ? Status()
                   : Status(fail(Errc::invalid, "no such phase: " + clause.value + "; there are " + phases_text()));
    }
    return {};
}

// Containers are typed by name; events carry full ids.
trace::Breakpoint resolved(const StopPoint& point, const Tape& tape) {
    trace::Breakpoint where = point.where;
    if (!where.container.empty()) {
        where.container = tape.container_id(where.container);
    }
    return where;
}

// The position at which a point stops because of event n: before it, or behind a failure.
bool hits(const StopPoint& point, const trace::Breakpoint& where, const trace::Event& event) {
    return !point.condition.has_value() && trace::matches(where, event);
}

}  // namespace

Result<StopPoint> parse_point(const std::string& text) {
    StopPoint point;
    point.text = text;
    std::size_t at = 0;
    bool any = false;
    while (const std::optional<Clause> clause = next_clause(text, at)) {
        TRY(set(point.where, *clause));
        any = true;
    }
    if (any && text.find_first_not_of(' ', at) != std::string::npos) {
        return fail(Errc::invalid,
                    "cannot read \"" + text.substr(at) + "\" behind a " + "breakpoint of the form key:value");
    }
    if (!any) {
        point.condition = TRY(scene::parse_expression(text));
    }
    return point;
}

bool stops_before(const StopPoint& point, const Tape& tape, const trace::Event& next) {
    return !point.where.error && hits(point, resolved(point, tape), next);
}

bool is_failure_of(const StopPoint& point, const Tape& tape, const trace::Event& event) {
    return point.where.error && hits(point, resolved(point, tape), event);
}

std::optional<std::size_t> find_stop(const StopPoint& point, const Tape& tape, std::size_t from) {
    if (point.condition.has_value()) {
        const auto found = scene::find_forward(tape.timeline(), from, *point.condition);
        return found ? std::optional<std::size_t>(static_cast<std::size_t>(*found)) : std::nullopt;
    }
    const trace::Breakpoint where = resolved(point, tape);
    const std::size_t behind = point.where.error ? 1 : 0;
    for (std::size_t n = from + 1 - behind; n < tape.size(); ++n) {
        if (hits(point, where, tape.event(n))) {
            return n + behind;
        }
    }
    return std::nullopt;
}

std::optional<std::size_t> find_stop_back(const StopPoint& point, const Tape& tape, std::size_t from) {
    if (point.condition.has_value()) {
        const auto found = scene::find_back(tape.timeline(), from, *point.condition);
        return found ? std::optional<std::size_t>(static_cast<std::size_t>(*found)) : std::nullopt;
    }
    const trace::Breakpoint where = resolved(point, tape);
    const std::size_t behind = point.where.error ? 1 : 0;
    for (std::size_t position = from; position > behind; --position) {
        if (hits(point, where, tape.event(position - 1 - behind))) {
            return position - 1;
        }
    }
    return std::nullopt;
}

}  // namespace cutaway::cli
