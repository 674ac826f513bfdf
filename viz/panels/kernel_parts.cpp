// SPDX-License-Identifier: Apache-2.0
#include "viz/panels/kernel_parts.h"

#include <algorithm>

namespace cutaway::panels {

using theme::Type;
using view::Made;
using view::Part;
using widgets::Align;
using widgets::Mark;

namespace {

theme::Colour inside_colour(const Ink& ink) {
    return ink.theme().actors[static_cast<std::size_t>(world::Actor::container)];
}

void draw_space(Ink& ink, Rect row, const view::SpaceRow& space) {
    const theme::Theme& theme = ink.theme();
    const float number = 98;
    const bool known = !space.container.empty();
    const theme::Colour colour = space.own ? inside_colour(ink) : theme.muted;
    ink.mark(space.own ? Mark::square
             : known   ? Mark::ring
                       : Mark::dashed,
             row.x + 7, row.middle_y(), 11, known ? colour : theme.plan);
    widgets::cut_left(row, 20);
    ink.text(widgets::cut_left(row, 58), space.kind, {Type::mono, space.own ? theme.text : theme.muted});
    ink.text(widgets::cut_left(row, number), space.host, {Type::mono, theme.muted});
    ink.text(widgets::cut_left(row, number), known ? space.container : "-", {Type::mono, colour});
    const std::string_view says = !known      ? "not made yet"
                                  : space.own ? std::string_view(space.means)
                                              : "shared with the host";
    if (row.w > 110) {
        ink.text(row, says, {Type::label, theme.muted});
    }
}

void draw_process(Ink& ink, Rect row, const view::ProcessRow& process) {
    const theme::Theme& theme = ink.theme();
    const theme::Colour inside = inside_colour(ink);
    if (process.inside) {
        ink.fill({row.x - 4, row.y, row.w + 8, row.h}, theme::mixed(theme.panel, inside, 0.13F), 0);
    }
    ink.text(widgets::cut_left(row, 52), std::to_string(process.pid), {Type::mono, theme.text, Align::right});
    const Rect joint = widgets::cut_left(row, 30);
    Rect inner = widgets::cut_left(row, 40);
    if (process.inside) {
        ink.line({joint.x + 6, joint.middle_y()}, {joint.right() - 4, joint.middle_y()}, inside, 1.5F);
        ink.text(inner, std::to_string(process.inner_pid), {Type::mono, inside});
    }
    widgets::cut_left(row, std::min(static_cast<float>(process.depth) * 12, 60.0F));
    if (!process.note.empty()) {
        ink.text(widgets::cut_right(row, 110), process.note, {Type::label, theme.changed, Align::right});
    }
    ink.text(row, process.command, {Type::mono, process.inside ? theme.text : theme.muted});
}

void draw_history(Ink& ink, Rect rect, const view::CgroupView& cgroup) {
    if (cgroup.history.size() < 2) {
        return;
    }
    const float step = rect.w / static_cast<float>(cgroup.history.size() - 1);
    for (std::size_t i = 1; i < cgroup.history.size(); ++i) {
        const float x = rect.x + step * static_cast<float>(i);
        ink.line({x - step, rect.bottom() - rect.h * cgroup.history[i - 1]},
                 {x, rect.bottom() - rect.h * cgroup.history[i]}, ink.theme().next, 1.5F);
    }
}

void draw_box(Ink& ink, Rect rect, Made made, std::string_view title, std::string_view says) {
    const theme::Theme& theme = ink.theme();
    if (made == Made::made) {
        ink.fill(rect, theme.raised, 4);
        ink.frame(rect, theme.line, 1.5F);
    } else {
        ink.dashed_frame(rect, theme.plan);
    }
    Rect inner{rect.x + 2, rect.y + 5, rect.w - 4, rect.h - 10};
    const theme::Colour colour = made == Made::made ? theme.text : theme.muted;
    ink.text(widgets::cut_top(inner, 19), title, {Type::label, colour, Align::centre});
    if (inner.h >= 17) {
        ink.text(widgets::cut_top(inner, 18), says, {Type::label, theme.muted, Align::centre});
    }
}

std::string without_mask(const std::string& address) { return address.substr(0, address.find('/')); }

void draw_wire(Ink& ink, float x0, float x1, float y, bool made) {
    if (made) {
        ink.line({x0, y}, {x1, y}, ink.theme().good, 2.5F);
    } else {
        ink.dashed_line({x0, y}, {x1, y}, ink.theme().plan);
    }
}

void draw_network_facts(Ink& ink, Rect inner, const view::Network& network) {
    const theme::Theme& theme = ink.theme();
    const float line = 20;
    const auto row = [&](std::string_view name, std::string_view value, theme::Colour colour) {
        if (inner.h >= line && !value.empty()) {
            fact(ink, widgets::cut_top(inner, line), name, value, colour);
        }
    };
    if (!network.packet.empty()) {
        row("last packet", network.packet, network.packet_ok ? theme.good : theme.bad);
    }
    for (const std::string& rule : network.rules) {
        row("published", rule, theme.text);
    }
    row("listens", network.listening, theme.text);
    row("subnet", network.bridge_address, theme.text);
    row("route", network.route, theme.text);
    row("way out", network.masquerade ? "masquerade" : "", theme.text);
}

}  // namespace

void draw_spaces(Ink& ink, Rect rect, const view::Spaces& spaces, Emphasis emphasis, app::Intents& intents) {
    const std::string state = spaces.own == 0
                                  ? "no walls yet"
                                  : std::to_string(spaces.own) + " of " + std::to_string(spaces.rows.size()) +
                                        " its own" + (spaces.hostname.empty() ? "" : " · " + spaces.hostname);
    Rect inner = tile(ink, rect, {Part::spaces, "Namespaces", state}, emphasis, intents);
    const float line =
        std::clamp((inner.h - 19) / static_cast<float>(std::max<std::size_t>(1, spaces.rows.size())), 15.5F, 30.0F);
    Rect head = widgets::cut_top(inner, 19);
    const float number = 98;
    widgets::cut_left(head, 78);
    ink.text(widgets::cut_left(head, number), "host", {Type::label, ink.theme().muted});
    ink.text(widgets::cut_left(head, number), "container", {Type::label, ink.theme().muted});
    for (const view::SpaceRow& space : spaces.rows) {
        if (inner.h < line - 0.5F) {
            break;
        }
        draw_space(ink, widgets::cut_top(inner, line), space);
    }
}

void draw_processes(Ink& ink, Rect rect, const view::Processes& processes, Emphasis emphasis, app::Intents& intents) {
    const std::string state =
        processes.inside == 0 ? "none in a container" : std::to_string(processes.inside) + " in the container";
    Rect inner = tile(ink, rect, {Part::processes, "Processes", state}, emphasis, intents);
    if (processes.rows.empty()) {
        ink.wrapped(inner, "No process yet. A container that is created and not started has none.",
                    {Type::label, ink.theme().muted});
        return;
    }
    Rect head = widgets::cut_top(inner, 19);
    ink.text(widgets::cut_left(head, 52), "host", {Type::label, ink.theme().muted, Align::right});
    widgets::cut_left(head, 30);
    ink.text(widgets::cut_left(head, 60), "inside", {Type::label, ink.theme().muted});
    const float line = 20;
    std::size_t left = processes.rows.size();
    for (const view::ProcessRow& process : processes.rows) {
        const bool last_line = inner.h < 2 * line && left > 1;
        if (inner.h < line) {
            break;
        }
        const Rect row = widgets::cut_top(inner, line);
        if (last_line) {
            ink.text(row, "and " + std::to_string(left) + " more", {Type::label, ink.theme().muted});
            break;
        }
        draw_process(ink, row, process);
        --left;
    }
}

void draw_cgroup(Ink& ink, Rect rect, const view::CgroupView& cgroup, Emphasis emphasis, app::Intents& intents) {
    const bool made = cgroup.state == Made::made;
    const std::string state = !made ? "not made" : cgroup.frozen ? "frozen" : cgroup.oom_kills != 0 ? "OOM kill" : "";
    Rect inner = tile(ink, rect, {Part::cgroup, "Cgroup", state}, emphasis, intents);
    const theme::Theme& theme = ink.theme();
    if (!made) {
        ink.wrapped(inner, "Will count and limit what the container's processes use.", {Type::label, theme.muted});
        return;
    }
    const float line = 20;
    for (const view::CgroupFile& file : cgroup.files) {
        if (inner.h < line) {
            return;
        }
        fact(ink, widgets::cut_top(inner, line), file.name, file.value, file.value == "max" ? theme.muted : theme.text);
    }
    if (!cgroup.memory.empty() && inner.h >= line) {
        fact(ink, widgets::cut_top(inner, line), "memory", cgroup.memory, theme.text);
    }
    if (cgroup.memory_part >= 0 && inner.h >= 12) {
        const Rect gauge = {inner.x, inner.y + 2, inner.w, 8};
        ink.fill(gauge, theme.raised);
        ink.fill({gauge.x, gauge.y, gauge.w * cgroup.memory_part, gauge.h},
                 cgroup.memory_part > 0.9F ? theme.bad : theme.next);
        widgets::cut_top(inner, 14);
    }
    if (inner.h > 24) {
        draw_history(ink, inner, cgroup);
    }
}

void draw_network(Ink& ink, Rect rect, const view::Network& network, Emphasis emphasis, app::Intents& intents) {
    const std::string state = network.moved                 ? (network.inner_up ? "connected" : "cable laid")
                              : network.cable == Made::made ? "cable not inside yet"
                                                            : "no cable";
    Rect inner = tile(ink, rect, {Part::network, "Network", state}, emphasis, intents);
    const float high = 48;
    Rect row = widgets::cut_top(inner, high);
    const float gap = 14;
    const float box = (row.w - 2 * gap) / 3;
    const Rect bridge{row.x, row.y, box, high};
    const Rect host_end{row.x + box + gap, row.y, box, high};
    const Rect inner_end{row.right() - box, row.y, box, high};
    const bool cable = network.cable == Made::made;
    draw_box(ink, bridge, network.bridge, network.bridge_name.empty() ? "bridge" : network.bridge_name,
             network.bridge_address.empty() ? "host" : without_mask(network.bridge_address));
    draw_box(ink, host_end, network.cable, cable && !network.host_end.empty() ? network.host_end : "veth",
             "host's end");
    draw_box(ink, inner_end, network.cable, network.moved ? network.inner_end : "eth0",
             !network.inner_address.empty() ? without_mask(network.inner_address)
             : network.moved                ? "inside"
                                            : "later");
    draw_wire(ink, bridge.right(), host_end.x, row.middle_y(), cable);
    draw_wire(ink, host_end.right(), inner_end.x, row.middle_y(), cable);
    widgets::cut_top(inner, 7);
    draw_network_facts(ink, inner, network);
}

void draw_lifecycle(Ink& ink, Rect rect, const view::Lifecycle& lifecycle, Emphasis emphasis, app::Intents& intents) {
    Rect inner = tile(ink, rect, {Part::lifecycle, "Container", lifecycle.title.empty() ? "none yet" : lifecycle.title},
                      emphasis, intents);
    const theme::Theme& theme = ink.theme();
    const float gap = 24;
    const float count = static_cast<float>(lifecycle.states.size());
    const float box = (inner.w - gap * (count - 1)) / count;
    Rect row = widgets::cut_top(inner, 26);
    for (std::size_t i = 0; i < lifecycle.states.size(); ++i) {
        const view::LifeState& state = lifecycle.states[i];
        const Rect cell = widgets::cut_left(row, box);
        if (state.now) {
            ink.fill(cell, theme::mixed(theme.raised, theme.good, 0.35F), 13);
            ink.frame(cell, theme.good, 2, 13);
        } else if (state.was) {
            ink.frame(cell, theme.line, 1.5F, 13);
        } else {
            ink.dashed_frame(cell, theme.plan);
        }
        ink.text(widgets::inset(cell, 4), state.now ? "now: " + state.name : state.name,
                 {Type::label, state.now ? theme.text : theme.muted, Align::centre});
        if (i + 1 < lifecycle.states.size()) {
            ink.arrow({cell.right() + 4, cell.middle_y()}, {cell.right() + gap - 4, cell.middle_y()}, theme.plan);
            widgets::cut_left(row, gap);
        }
    }
    if (inner.h >= 19 && !lifecycle.why.empty()) {
        ink.text(widgets::cut_top(inner, 20), "by: " + lifecycle.why, {Type::label, theme.muted});
    }
}

}  // namespace cutaway::panels
