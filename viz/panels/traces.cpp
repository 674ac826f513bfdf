// SPDX-License-Identifier: Apache-2.0
#include "viz/panels/traces.h"

namespace cutaway::panels {

using app::Act;
using app::Intent;
using theme::Type;

namespace {

Intent about(Act act, const std::string& path) {
    Intent intent{act};
    intent.text = path;
    return intent;
}

std::string_view name_of(std::string_view path) { return path.substr(path.rfind('/') + 1); }

void draw_line(Ink& ink, Rect& rest, FieldText& field, app::Intents& intents) {
    const Ink::FieldNews news =
        side_line(ink, widgets::cut_top(rest, 30),
                  {"trace_path", "the name of a file, as run.jsonl or class.moment", "", false}, field);
    widgets::cut_top(rest, 6);
    Rect row = widgets::cut_top(rest, 28);
    const bool named = field.text[0] != 0;
    const float third = (row.w - 12) / 3;
    const bool open = ink.button("open_trace", widgets::cut_left(row, third), "open it");
    widgets::cut_left(row, 6);
    const bool save = ink.button("save_trace", widgets::cut_left(row, third), "save the trace");
    widgets::cut_left(row, 6);
    const bool moment = ink.button("save_moment", row, "save the moment");
    if (named && (open || news.entered)) {
        intents.push_back(about(Act::open_trace, field.text.data()));
    } else if (named && save) {
        intents.push_back(about(Act::save_trace, field.text.data()));
    } else if (named && moment) {
        intents.push_back(about(Act::save_moment, field.text.data()));
    } else if (open || save || moment) {
        field.wants_focus = true;
    }
    widgets::cut_top(rest, 8);
}

void draw_recent(Ink& ink, Rect rest, const std::vector<std::string>& recent, app::Intents& intents) {
    constexpr float high = 42;
    const theme::Theme& theme = ink.theme();
    ink.text(widgets::cut_top(rest, 24), recent.empty() ? "None was opened before." : "Opened before",
             {Type::label, theme.next});
    for (std::size_t n = 0; n < recent.size() && rest.h >= high; ++n) {
        Rect row = widgets::cut_top(rest, high);
        row.h -= 3;
        if (ink.hovered(row)) {
            ink.fill(row, theme::mixed(theme.panel, theme.next, 0.18F), 4);
        }
        ink.text({row.x + 8, row.y + 1, row.w - 16, 20}, name_of(recent[n]), {Type::body, theme.text});
        ink.text({row.x + 8, row.y + 20, row.w - 16, 18}, recent[n], {Type::label, theme.muted});
        if (ink.touch(("recent" + std::to_string(n)).c_str(), row)) {
            intents.push_back(about(Act::open_trace, recent[n]));
        }
    }
}

}  // namespace

void draw_traces(Ink& ink, Rect rect, const TracesView& shown, FieldText& field, app::Intents& intents) {
    const theme::Theme& theme = ink.theme();
    Rect rest = side_frame(ink, rect, "traces", "Traces and moments", intents);
    draw_line(ink, rest, field, intents);
    const std::string hint =
        !shown.notice.empty() ? std::string(shown.notice)
        : shown.opening
            ? "It is being read."
            : "Traces and moments can be dropped on the window, too. A moment holds the trace, where you look "
              "and the simulated machine: whoever opens it goes on from here.";
    ink.wrapped(widgets::cut_top(rest, ink.wrapped_height(rest.w, hint, Type::label)), hint,
                {Type::label, shown.notice.empty() ? theme.muted : theme.changed});
    widgets::cut_top(rest, 8);
    if (!shown.opened.empty()) {
        if (ink.button("close_trace", widgets::cut_top(rest, 28), "close this one: back to the machine beneath")) {
            intents.push_back(Intent{Act::close_trace});
        }
        widgets::cut_top(rest, 8);
    }
    draw_recent(ink, rest, shown.recent, intents);
}

}  // namespace cutaway::panels
