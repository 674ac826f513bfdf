// SPDX-License-Identifier: Apache-2.0
#include "viz/view/inspector.h"

#include <algorithm>
#include <type_traits>

#include "core/world/by_hand.h"
#include "core/world/why.h"

namespace cutaway::view {

namespace {

template <class T>
std::string text_of(const T& value) {
    if constexpr (std::is_same_v<T, bool>) {
        return value ? "yes" : "no";
    } else if constexpr (NamedEnum<T>) {
        return std::string(to_name(value));
    } else if constexpr (std::is_integral_v<T>) {
        return std::to_string(value);
    } else if constexpr (std::is_same_v<T, std::string>) {
        return value;
    } else if constexpr (std::is_same_v<T, world::Pair>) {
        return value.name + ": " + value.value;
    } else if constexpr (Described<T>) {
        std::string out;
        visit_fields(&value, [&](std::string_view name, auto member) {
            const std::string field = text_of(value.*member);
            if (!field.empty() && field != "0") {
                out += (out.empty() ? "" : ", ") + std::string(name) + " " + field;
            }
        });
        return out;
    } else {
        std::string out;
        for (const auto& item : value) {
            out += (out.empty() ? "" : " ") + text_of(item);
        }
        return out;
    }
}

template <class T>
std::vector<Argument> fields_of(const T& call) {
    [[maybe_unused]] static const T blank{};
    std::vector<Argument> out;
    visit_fields(&call, [&](std::string_view name, auto member) {
        const bool hidden = name == "filter" || (call.*member == blank.*member && name != "path");
        if (!hidden) {
            out.push_back({std::string(name), text_of(call.*member)});
        }
    });
    return out;
}

std::string octal_mode(const std::string& value) {
    const int mode = std::atoi(value.c_str());
    std::string octal;
    for (int rest = mode; rest > 0; rest /= 8) {
        octal.insert(octal.begin(), static_cast<char>('0' + rest % 8));
    }
    return "0" + octal;
}

void show_call(Inspector& out, const world::Call& call) {
    const std::string_view kind = kind_of(call);
    out.arguments = arguments_of(call);
    out.by_hand = world::by_hand(call);
    if (const world::Explanation* explanation = world::why(kind)) {
        out.why = explanation->text;
        out.system_calls = explanation->system_calls;
        out.read_on = explanation->read_on;
    }
}

void show_next(Inspector& out, const Moment& moment) {
    const trace::Event* event = moment.next;
    if (event == nullptr) {
        out.next = moment.working ? "the engine is at work" : "nothing is under way";
        out.title = moment.recorded ? "the recording ends here" : moment.working ? "not stopped" : "type a command";
        return;
    }
    out.actor = to_name(event->actor);
    out.phase = event->phase == world::Phase::none ? "" : std::string(to_name(event->phase));
    if (const auto* start = std::get_if<world::SpanStart>(&event->body)) {
        out.next = start->title;
        out.title = std::string(to_name(start->grain));
        out.why = world::why(event->phase);
        if (moment.call != nullptr && start->grain == world::Grain::step) {
            show_call(out, std::get<world::Call>(moment.call->body));
            out.title = "step, first call " + std::string(kind_of(std::get<world::Call>(moment.call->body)));
        }
    } else if (const auto* call = std::get_if<world::Call>(&event->body)) {
        out.next = kind_of(*call);
        const StepRun* step = moment.story->step_at(moment.position);
        out.title = step == nullptr ? "call" : "call, in: " + step->title;
        show_call(out, *call);
    } else {
        out.next = std::string(to_name(event->kind));
    }
}

void show_last(Inspector& out, const Moment& moment) {
    if (moment.last_call != nullptr) {
        out.last = kind_of(std::get<world::Call>(moment.last_call->body));
    }
    if (moment.last_reply == nullptr) {
        return;
    }
    out.evidence = to_name(moment.last_reply->evidence);
    const auto& end = std::get<trace::CallEnd>(moment.last_reply->body);
    out.reply_failed = end.failed;
    if (end.failed) {
        out.reply = end.error;
        return;
    }
    out.reply = end.reply.value == 0 ? "ok" : std::to_string(end.reply.value);
    if (end.reply.bytes != 0) {
        out.reply += ", " + size_text(end.reply.bytes);
    }
    for (const world::Pair& detail : end.reply.details) {
        out.reply += ", " + detail.name + " " + detail.value;
    }
}

// Changes of one kind in one list, as the capabilities of a process, are shown as a few and a count.
struct Group {
    std::string key;
    std::size_t shown = 0;
    std::size_t more = 0;
    std::size_t row = 0;
};

std::string group_of(const scene::Change& change) {
    return std::string(to_name(change.kind)) + change.path.substr(0, change.path.rfind('/'));
}

bool is_noise(const scene::Change& change) {
    const std::string_view path = change.path;
    return path.starts_with("/spans") || path.starts_with("/calls") || path.starts_with("/phase") ||
           path.find("/plan") != std::string_view::npos || path.find("/history") != std::string_view::npos ||
           path.starts_with("/command") || path.starts_with("/exchanges") ||
           path.find("/log/") != std::string_view::npos;
}

}  // namespace

std::vector<ChangeRow> change_rows(const std::vector<scene::Change>& changes, std::size_t most, std::size_t& more) {
    constexpr std::size_t of_a_kind = 3;
    constexpr std::size_t widest = 140;
    std::vector<Group> groups;
    std::vector<ChangeRow> rows;
    for (const scene::Change& change : changes) {
        if (is_noise(change)) {
            continue;
        }
        const std::string key = group_of(change);
        auto group = std::find_if(groups.begin(), groups.end(), [&](const Group& one) { return one.key == key; });
        if (group == groups.end()) {
            group = groups.insert(groups.end(), Group{key});
        }
        if (group->shown >= of_a_kind) {
            ++group->more;
        } else if (rows.size() >= most) {
            ++more;
        } else {
            ++group->shown;
            group->row = rows.size();
            rows.push_back({change.kind, shorten_middle(with_short_ids(change.words), widest)});
        }
    }
    for (const Group& group : groups) {
        if (group.more != 0) {
            rows[group.row].words += ", and " + std::to_string(group.more) + " more like it";
        }
    }
    return rows;
}

std::vector<Argument> arguments_of(const world::Call& call) {
    std::vector<Argument> out = std::visit([](const auto& one) { return fields_of(one); }, call);
    for (Argument& argument : out) {
        if (argument.name == "mode") {
            argument.value = octal_mode(argument.value);
        }
    }
    return out;
}

Inspector inspector_of(const Moment& moment) {
    Inspector out;
    show_next(out, moment);
    show_last(out, moment);
    out.changes = change_rows(*moment.changes, 40, out.more_changes);
    return out;
}

}  // namespace cutaway::view
