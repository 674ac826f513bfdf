// SPDX-License-Identifier: Apache-2.0
// `docker events`: what has happened, chosen by time and filters, and then what happens.
#include <algorithm>
#include <array>
#include <limits>
#include <optional>

#include <nlohmann/json.hpp>

#include "core/cli/filters.h"
#include "core/cli/go_template.h"
#include "core/cli/moment.h"
#include "core/cli/verb.h"
#include "core/engine/happenings.h"
#include "core/store/time_text.h"

namespace cutaway::cli {

namespace {

using engine::Happening;
using Json = nlohmann::ordered_json;

constexpr std::int64_t second = 1'000'000'000;

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

constexpr std::array<std::string_view, 8> filter_names{"container", "event", "image", "label",
                                                       "network",   "scope", "type",  "volume"};

bool fits(const Happening& one, const Filters& filters) {
    return fits_all(filters,
                    [&](const std::string& key, const std::string& value) { return fits_one(one, key, value); });
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

struct Span {
    std::int64_t since = 0;
    std::int64_t until = std::numeric_limits<std::int64_t>::max();
};

// Without a beginning, from now on; without an end, until somebody gives up waiting.
Result<Span> span_of(const Parsed& given, std::int64_t now) {
    Span span;
    span.since = given.has("since") ? TRY(parse_moment(given.text("since"), now)) : now;
    span.until = given.has("until") ? TRY(parse_moment(given.text("until"), now)) : span.until;
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
                return 1;
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
    Result<Filters> filters = read_filters(call.given, filter_names);
    if (!filters) {
        return refuse_filters(call, filters.error());
    }
    world::Clock& clock = call.engine.world().clock;
    const Result<Span> span = span_of(call.given, clock.wall_ns());
    if (!span) {
        return refuse_filters(call, span.error());
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
