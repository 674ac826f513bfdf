// SPDX-License-Identifier: Apache-2.0
#include "viz/panels/canvas.h"

#include <algorithm>

#include "viz/panels/image_parts.h"
#include "viz/panels/kernel_parts.h"

namespace cutaway::panels {

using view::Part;

namespace {

struct Drawing {
    Ink& ink;
    const view::Moment& moment;
    app::Intents& intents;
    std::optional<Part> next;
    std::vector<Part> changed;
    const CanvasState& state;
};

Emphasis emphasis_of(const Drawing& drawing, Part part) {
    Emphasis out;
    out.next = drawing.next == part;
    out.changed = !out.next && std::find(drawing.changed.begin(), drawing.changed.end(), part) != drawing.changed.end();
    out.open = drawing.state.open == part;
    const std::vector<Part>& lit = drawing.state.lit;
    out.lit = std::find(lit.begin(), lit.end(), part) != lit.end();
    return out;
}

void draw_part(const Drawing& drawing, Part part, Rect rect) {
    Ink& ink = drawing.ink;
    const view::Moment& moment = drawing.moment;
    const Emphasis emphasis = emphasis_of(drawing, part);
    app::Intents& intents = drawing.intents;
    switch (part) {
        case Part::exchange: draw_exchange(ink, rect, view::exchange_of(moment), emphasis, intents); break;
        case Part::layers: draw_layers(ink, rect, view::layers_of(moment), emphasis, intents); break;
        case Part::overlay: draw_overlay(ink, rect, view::overlay_of(moment), emphasis, intents); break;
        case Part::spaces: draw_spaces(ink, rect, view::spaces_of(moment), emphasis, intents); break;
        case Part::processes: draw_processes(ink, rect, view::processes_of(moment), emphasis, intents); break;
        case Part::cgroup: draw_cgroup(ink, rect, view::cgroup_of(moment), emphasis, intents); break;
        case Part::network: draw_network(ink, rect, view::network_of(moment), emphasis, intents); break;
        case Part::lifecycle: draw_lifecycle(ink, rect, view::lifecycle_of(moment), emphasis, intents); break;
    }
}

void draw_overview(const Drawing& drawing, Rect rect) {
    constexpr float gap = 8;
    draw_part(drawing, Part::exchange, widgets::cut_top(rect, std::clamp(rect.h * 0.2F, 104.0F, 130.0F)));
    widgets::cut_top(rect, gap);
    Rect left = widgets::cut_left(rect, rect.w * 0.35F);
    widgets::cut_left(rect, gap);
    draw_part(drawing, Part::layers, widgets::cut_top(left, (left.h - gap) * 0.5F));
    widgets::cut_top(left, gap);
    draw_part(drawing, Part::overlay, left);
    draw_part(drawing, Part::lifecycle, widgets::cut_top(rect, 68));
    widgets::cut_top(rect, gap);
    Rect inside = widgets::cut_left(rect, rect.w * 0.53F);
    widgets::cut_left(rect, gap);
    draw_part(drawing, Part::processes, widgets::cut_top(inside, (inside.h - gap) * 0.4F));
    widgets::cut_top(inside, gap);
    draw_part(drawing, Part::spaces, inside);
    draw_part(drawing, Part::cgroup, widgets::cut_top(rect, (rect.h - gap) * 0.42F));
    widgets::cut_top(rect, gap);
    draw_part(drawing, Part::network, rect);
}

void draw_few(const Drawing& drawing, Rect rect) {
    constexpr float gap = 8;
    const std::vector<Part>& few = drawing.state.few;
    const float each = (rect.h - gap * static_cast<float>(few.size() - 1)) / static_cast<float>(few.size());
    for (const Part part : few) {
        draw_part(drawing, part, widgets::cut_top(rect, each));
        widgets::cut_top(rect, gap);
    }
}

}  // namespace

void draw_canvas(Ink& ink, Rect rect, const view::Moment& moment, const CanvasState& state, app::Intents& intents) {
    Drawing drawing{ink, moment, intents, {}, view::parts_of(*moment.changes), state};
    if (moment.next != nullptr) {
        drawing.next = view::part_of(*moment.next);
    }
    if (state.open) {
        draw_part(drawing, *state.open, rect);
    } else if (!state.few.empty()) {
        draw_few(drawing, rect);
    } else {
        draw_overview(drawing, rect);
    }
}

}  // namespace cutaway::panels
