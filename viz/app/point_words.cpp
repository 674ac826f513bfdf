// SPDX-License-Identifier: Apache-2.0
#include "viz/app/point_words.h"

#include <algorithm>
#include <array>

#include "core/cli/stepper_points.h"

namespace cutaway::app {

namespace {

constexpr std::size_t most_offers = 8;

using Words = std::vector<std::string>;

template <std::size_t I = 0>
void add_call_kinds(Words& into) {
    if constexpr (I < std::variant_size_v<world::Call>) {
        into.emplace_back(std::variant_alternative_t<I, world::Call>::kind);
        add_call_kinds<I + 1>(into);
    }
}

Words phases() {
    Words out;
    for (const std::string_view name : enum_names(world::Phase{})) {
        if (name != "none") {
            out.emplace_back(name);
        }
    }
    return out;
}

Words step_titles(const view::Story& story) {
    Words out;
    for (const view::StepRun& step : story.steps()) {
        if (out.size() < 400) {
            out.push_back("\"" + step.title + "\"");
        }
    }
    return out;
}

Words container_names(const scene::Picture& picture) {
    Words out;
    for (const auto& [id, container] : *picture.containers) {
        out.push_back(container->record.name);
    }
    return out;
}

// Where the clause that is being typed begins: behind the last space that stands in no quotes.
std::size_t clause_begin(const std::string& text) {
    std::size_t begin = 0;
    bool quoted = false;
    for (std::size_t n = 0; n < text.size(); ++n) {
        quoted = quoted != (text[n] == '"');
        begin = text[n] == ' ' && !quoted ? n + 1 : begin;
    }
    return begin;
}

Words values_of(std::string_view key, const view::Moment& moment) {
    Words out;
    if (key == "phase") {
        return phases();
    }
    if (key == "call") {
        add_call_kinds(out);
    } else if (key == "step") {
        return step_titles(*moment.story);
    } else if (key == "container") {
        return container_names(*moment.picture);
    }
    return out;
}

void offer(Words& offers, const std::string& kept, const Words& words, std::string_view begun) {
    for (const std::string& word : words) {
        const std::string whole = kept + word;
        const bool fits = std::string_view(word).starts_with(begun) && word != begun;
        if (fits && offers.size() < most_offers && std::find(offers.begin(), offers.end(), whole) == offers.end()) {
            offers.push_back(whole);
        }
    }
}

Words offers_for(const std::string& text, const view::Moment& moment) {
    Words offers;
    const std::size_t begin = clause_begin(text);
    const std::string kept = text.substr(0, begin);
    const std::string_view clause = std::string_view(text).substr(begin);
    const std::size_t colon = clause.find(':');
    if (colon != std::string_view::npos) {
        Words values = values_of(clause.substr(0, colon), moment);
        std::string_view begun = clause.substr(colon + 1);
        std::string quoted = "\"" + std::string(begun);  // a title is offered in quotes however it was begun
        const bool bare = clause.starts_with("step:") && !begun.starts_with('"');
        offer(offers, kept + std::string(clause.substr(0, colon + 1)), values, bare ? std::string_view(quoted) : begun);
        return offers;
    }
    const bool clauses = kept.empty() || cli::parse_point(kept.substr(0, kept.size() - 1)).has_value();
    if (clauses && (kept.empty() || !cli::parse_point(kept.substr(0, kept.size() - 1))->condition)) {
        offer(offers, kept, {"phase:", "step:", "call:", "container:", "error"}, clause);
    }
    if (!text.empty() && kept.find(':') == std::string::npos) {
        offer(offers, "", scene::complete(text, *moment.picture), text);
    }
    return offers;
}

std::string says_of(const cli::StopPoint& point, const view::Moment& moment) {
    if (point.condition) {
        const Result<scene::Value> value = scene::evaluate(*point.condition, *moment.picture);
        if (!value) {
            return value.error().doing;
        }
        return std::string("Stops where this becomes true. Here it ") + (scene::is_missing(*value)
                                                                             ? "leads nowhere yet."
                                                                         : scene::truthy(*value) ? "is true."
                                                                                                 : "is not.");
    }
    const trace::Breakpoint& where = point.where;
    std::string out = where.error ? "Stops behind every failure" : "Stops before ";
    if (!where.error) {
        out += !where.call.empty()       ? "every call " + where.call
               : !where.step.empty()     ? "steps called \"" + where.step + "\""
               : where.container.empty() ? "the phase"
                                         : "whatever is done";
    }
    if (where.phase) {
        const bool alone = !where.error && where.call.empty() && where.step.empty() && where.container.empty();
        out += (alone ? " " : " in the phase ") + std::string(to_name(*where.phase));
    }
    return out + (where.container.empty() ? "." : " for " + where.container + ".");
}

}  // namespace

PointWords point_words(const std::string& text, const view::Moment& moment) {
    PointWords out;
    if (text.find_first_not_of(' ') == std::string::npos) {
        out.says = "A phase, step, call, container, an error, or a condition: any(processes, it.state == \"zombie\")";
        out.completions = {"phase:", "step:", "call:", "container:", "error"};
        return out;
    }
    out.completions = offers_for(text, moment);
    const Result<cli::StopPoint> point = cli::parse_point(text);
    out.good = point.has_value();
    out.says = point ? says_of(*point, moment) : point.error().doing;
    return out;
}

std::string point_of(const view::Moment& moment) {
    if (moment.next == nullptr) {
        return {};
    }
    if (const auto* call = std::get_if<world::Call>(&moment.next->body)) {
        return "call:" + std::string(kind_of(*call));
    }
    const auto* start = std::get_if<world::SpanStart>(&moment.next->body);
    if (start == nullptr) {
        return {};
    }
    return start->grain == world::Grain::phase ? "phase:" + std::string(to_name(start->phase))
                                               : "step:\"" + start->title + "\"";
}

}  // namespace cutaway::app
