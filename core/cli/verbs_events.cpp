// SPDX-License-Identifier: Apache-2.0
// `docker events`: what has happened, chosen by time and filters, and then what happens.
#include <algorithm>
#include <array>
#include <charconv>
#include <limits>
#include <map>
#include <optional>

#include <nlohmann/json.hpp>

#include "core/cli/go_template.h"
#include "core/cli/verb.h"
#include "core/engine/happenings.h"
#include "core/store/time_text.h"

namespace cutaway::cli {

namespace {

using engine::Happening;
using Json = nlohmann::ordered_json;

constexpr std::int64_t second = 1'000'000'000;

// "1h30m", "10s", "1.5m", "-5s": Go's durations.
std::optional<std::int64_t> duration(std::string_view text) {
    constexpr std::array<std::pair<std::string_view, double>, 6> units{
        {{"ns", 1}, {"us", 1e3}, {"ms", 1e6}, {"s", 1e9}, {"m", 60e9}, {"h", 3600e9}}};
    const double sign = text.starts_with('-') ? -1 : 1;
    text.remove_prefix(text.starts_with('-') || text.starts_with('+') ? 1U : 0U);
    double sum = 0;
    bool any = false;
    while (!text.empty()) {
        double number = 0;
        const auto got = std::from_chars(text.data(), text.data() + text.size(), number);
        if (got.ec != std::errc{} || number < 0 || number > 1e9) {
            return std::nullopt;
        }
        text.remove_prefix(static_cast<std::size_t>(got.ptr - text.data()));
        const std::string_view unit = text.substr(0, std::min(text.find_first_of("0123456789."), text.size()));
        const auto known = std::find_if(units.begin(), units.end(), [&](const auto& one) { return one.first == unit; });
        if (known == units.end()) {
            return std::nullopt;
        }
        sum += number * known->second;
        text.remove_prefix(unit.size());
        any = true;
    }
    return any ? std::optional<std::int64_t>(static_cast<std::int64_t>(sign * sum)) : std::nullopt;
}

// A moment, seconds since 1970 (with a fraction), or how long ago; "-5s" is yet to come.
Result<std::int64_t> moment(const std::string& text, std::int64_t now) {
    if (const auto ago = duration(text)) {
        return now - *ago;
    }
    if (const auto time = store::parse_time(text)) {
        return *time;
    }
    if (const auto day = store::parse_time(text + "T00:00:00Z")) {
        return *day;
    }
    if (const auto local = store::parse_time(text + "Z")) {
        return *local;
    }
    double seconds = 0;
    const auto got = std::from_chars(text.data(), text.data() + text.size(), seconds);
    if (text.empty() || got.ec != std::errc{} || got.ptr != text.data() + text.size() || seconds < 0 ||
        seconds > 1e11) {
        return fail(Errc::invalid, "failed to parse value as time or duration: \"" + text + "\"");
    }
    constexpr double latest = 9.2e9;  // what 64 bits of nanoseconds reach
    return static_cast<std::int64_t>(std::min(seconds, latest) * static_cast<double>(second));
}

std::string attribute(const Happening& one, std::string_view name) {
    for (const world::Pair& pair : one.attributes) {
        if (pair.name == name) {
            return pair.value;
        }
    }
    return "";
}

bool is_called(const Happening& one, std::string_view type, const std::string& value) {
    return one.type == type && !value.empty() && (one.id.starts_with(value) || attribute(one, "name") == value);
}

bool fits_image(const Happening& one, const std::string& value) {
    const std::string image = one.type == "image" ? attribute(one, "name") : attribute(one, "image");
    return image == value || image == value + ":latest" || image.substr(0, image.rfind(':')) == value ||
           (one.type == "image" && one.id == value);
}

bool fits_label(const Happening& one, const std::string& value) {
    const std::size_t equals = value.find('=');
    const std::string name = value.substr(0, equals);
    return std::any_of(one.attributes.begin(), one.attributes.end(), [&](const world::Pair& pair) {
        return pair.name == name && (equals == std::string::npos || pair.value == value.substr(equals + 1));
    });
}

bool fits_one(const Happening& one, const std::string& key, const std::string& value) {
    return key == "event"       ? one.action == value || one.action.substr(0, one.action.find(':')) == value
           : key == "type"      ? one.type == value
           : key == "container" ? is_called(one, "container", value)
           : key == "network"   ? is_called(one, "network", value)
           : key == "volume"    ? is_called(one, "volume", value)
           : key == "image"     ? fits_image(one, value)
           : key == "label"     ? fits_label(one, value)
                                : value == "local";  // scope
}

using Filters = std::map<std::string, std::vector<std::string>>;

Result<Filters> read_filters(const Parsed& given) {
    constexpr std::array<std::string_view, 8> known{"container", "event", "image", "label",
                                                    "network",   "scope", "type",  "volume"};
    Filters filters;
    for (const std::string& filter : given.list("filter")) {
        const std::size_t equals = filter.find('=');
        if (equals == std::string::npos) {
            return fail(Errc::invalid, "invalid argument \"" + filter +
                                           "\" for \"-f, --filter\" flag: bad format of filter (expected name=value)");
        }
        const std::string key = filter.substr(0, equals);
        if (std::find(known.begin(), known.end(), key) == known.end()) {
            return fail(Errc::invalid, "Error response from daemon: invalid filter '" + key + "'");
        }
        filters[key].push_back(filter.substr(equals + 1));
    }
    return filters;
}

// Of one key any value, of all keys each; a label all of its values.
bool fits(const Happening& one, const Filters& filters) {
    return std::all_of(filters.begin(), filters.end(), [&](const auto& filter) {
        const auto& [key, values] = filter;
        const auto good = [&, &name = key](const std::string& value) { return fits_one(one, name, value); };
        return key == "label" ? std::all_of(values.begin(), values.end(), good)
                              : std::any_of(values.begin(), values.end(), good);
    });
}

Json to_json(const Happening& one) {
    Json attributes = Json::object();
    for (const world::Pair& pair : one.attributes) {
        attributes[pair.name] = pair.value;
    }
    Json all;
    if (one.type == "container" || one.type == "image") {  // as docker's older clients had it
        all["status"] = one.action;
        all["id"] = one.id;
    }
    if (one.type == "container") {
        all["from"] = attribute(one, "image");
    }
    all["Type"] = one.type;
    all["Action"] = one.action;
    all["Actor"] = {{"ID", one.id}, {"Attributes", attributes}};
    all["scope"] = "local";
    all["time"] = one.wall_ns / second;
    all["timeNano"] = one.wall_ns;
    return all;
}

// RFC 3339 with all nine digits.
std::string stamp(std::int64_t wall_ns) {
    const std::string whole = store::to_time_text(wall_ns - wall_ns % second);
    std::string fraction = std::to_string(wall_ns % second);
    fraction.insert(0, 9 - std::min<std::size_t>(9, fraction.size()), '0');
    return whole.substr(0, whole.size() - 1) + "." + fraction + "Z";
}

std::string line_of(const Happening& one) {
    std::string attributes;
    for (const world::Pair& pair : one.attributes) {
        attributes += (attributes.empty() ? "" : ", ") + pair.name + "=" + pair.value;
    }
    return stamp(one.wall_ns) + " " + one.type + " " + one.action + " " + one.id +
           (attributes.empty() ? "" : " (" + attributes + ")");
}

Result<std::string> shown_as(const Happening& one, const std::string& format) {
    if (format.empty()) {
        return line_of(one);
    }
    if (format == "json" || format == "{{json .}}") {
        return to_json(one).dump(-1, ' ', false, Json::error_handler_t::replace);
    }
    Json data = to_json(one);
    for (const auto& [ours, theirs] : {std::pair{"status", "Status"},
                                       {"id", "ID"},
                                       {"from", "From"},
                                       {"scope", "Scope"},
                                       {"time", "Time"},
                                       {"timeNano", "TimeNano"}}) {
        data[theirs] = data.contains(ours) ? data[ours] : Json("");
    }
    return render(format, data);
}

int tell(Invocation& call, const Error& error) {
    if (error.doing.starts_with("invalid argument \"")) {
        return misuse(call, error.doing);
    }
    call.console.err(shown(error.doing) + "\n");
    return 1;
}

struct Span {
    std::int64_t since = 0;
    std::int64_t until = std::numeric_limits<std::int64_t>::max();
};

// Without a beginning, from now on; without an end, until somebody gives up waiting.
Result<Span> span_of(const Parsed& given, std::int64_t now) {
    Span span;
    span.since = given.has("since") ? TRY(moment(given.text("since"), now)) : now;
    span.until = given.has("until") ? TRY(moment(given.text("until"), now)) : span.until;
    return span;
}

class Teller {
public:
    Teller(Invocation& call, Filters filters, Span span) : call_(call), filters_(std::move(filters)), span_(span) {}

    // What was not there when it was last looked at; the exit status, where something is wrong.
    std::optional<int> look() {
        if (const Status ready = call_.engine.reconcile(); !ready) {
            return refuse(call_, ready.error());
        }
        Result<std::vector<Happening>> all = engine::happenings(call_.engine.world());
        if (!all) {
            return refuse(call_, all.error());
        }
        for (const Happening& one : *all == seen_ ? std::vector<Happening>() : *all) {
            const bool is_new = std::find(seen_.begin(), seen_.end(), one) == seen_.end();
            const bool is_due = one.wall_ns >= span_.since && one.wall_ns <= span_.until;
            if (!is_new || !is_due || !fits(one, filters_)) {
                continue;
            }
            const Result<std::string> text = shown_as(one, call_.given.text("format"));
            if (!text) {
                call_.console.err(text.error().doing + "\n");
                return 64;
            }
            call_.console.out(shown(*text) + "\n");
        }
        call_.console.flush();
        seen_ = std::move(*all);
        return std::nullopt;
    }

private:
    Invocation& call_;
    Filters filters_;
    Span span_;
    std::vector<Happening> seen_;
};

int events(Invocation& call) {
    constexpr std::int64_t between_looks = second / 2;
    Result<Filters> filters = read_filters(call.given);
    if (!filters) {
        return tell(call, filters.error());
    }
    world::Clock& clock = call.engine.world().clock;
    const Result<Span> span = span_of(call.given, clock.wall_ns());
    if (!span) {
        return tell(call, span.error());
    }
    Teller teller(call, std::move(*filters), *span);
    while (true) {
        if (const std::optional<int> wrong = teller.look()) {
            return *wrong;
        }
        const std::int64_t left = span->until - clock.wall_ns();
        if (left <= 0) {
            return 0;
        }
        if (const Status waited = clock.sleep(std::min(left, between_looks)); !waited) {
            return waited.error().code == Errc::cancelled ? 0 : refuse(call, waited.error());
        }
    }
}

}  // namespace

const std::vector<Verb>& event_verbs() {
    static const std::vector<Verb> verbs{
        {"events",
         "system",
         "",
         "[OPTIONS]",
         "Get real time events from the server",
         {{"filter", 'f', FlagKind::list, "Filter output based on conditions provided", ""},
          {"format", 0, FlagKind::text, "Format output using a custom template: 'json' or a Go template", ""},
          {"since", 0, FlagKind::text, "Show all events created since timestamp", ""},
          {"until", 0, FlagKind::text, "Stream events until this timestamp", ""}},
         Mix::anywhere,
         0,
         0,
         events}};
    return verbs;
}

}  // namespace cutaway::cli
