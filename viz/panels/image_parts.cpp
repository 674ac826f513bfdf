// SPDX-License-Identifier: Apache-2.0
#include "viz/panels/image_parts.h"

#include <algorithm>

namespace cutaway::panels {

using theme::Type;
using view::Part;
using widgets::Align;
using widgets::Mark;

namespace {

theme::Colour actor_colour(const Ink& ink, world::Actor actor) {
    return ink.theme().actors[static_cast<std::size_t>(actor)];
}

void draw_actor(Ink& ink, Rect rect, world::Actor actor, std::string_view says, bool acts) {
    const theme::Colour colour = actor_colour(ink, actor);
    ink.fill(rect, theme::mixed(ink.theme().raised, colour, acts ? 0.28F : 0.08F), 8);
    ink.frame(rect, colour, acts ? 2.5F : 1, 8);
    Rect inner = widgets::inset(rect, 6);
    ink.text(widgets::cut_top(inner, 22), to_name(actor), {Type::body, ink.theme().text, Align::centre});
    ink.text(widgets::cut_top(inner, 19), says, {Type::label, ink.theme().muted, Align::centre});
}

// The request above the arrow, the answer below: both lines have a place, so nothing moves when it comes.
void draw_talk(Ink& ink, Rect rect, const view::Talk& talk, theme::Colour colour) {
    const theme::Theme& theme = ink.theme();
    const float middle = rect.middle_y();
    if (talk.asks.empty()) {
        ink.dashed_line({rect.x + 8, middle}, {rect.right() - 8, middle}, theme.plan);
        return;
    }
    const theme::Colour line = talk.present ? theme.next : colour;
    const Rect above{rect.x + 6, middle - 25, rect.w - 12, 20};
    const Rect below{rect.x + 6, middle + 7, rect.w - 12, 20};
    ink.text(above, talk.asks, {Type::label, talk.present ? theme.next : theme.muted, Align::centre});
    ink.arrow({rect.x + 6, middle - 3}, {rect.right() - 6, middle - 3}, line, 2);
    if (!talk.answers.empty()) {
        ink.arrow({rect.right() - 6, middle + 3}, {rect.x + 6, middle + 3}, talk.failed ? theme.bad : theme.good, 2);
        ink.text(below, talk.answers, {Type::label, talk.failed ? theme.bad : theme.good, Align::centre});
    } else {
        ink.text(below, "no answer yet", {Type::label, theme.muted, Align::centre});
    }
}

std::string exchange_state(const view::Exchange& exchange) {
    if (exchange.wrong != 0) {
        return std::to_string(exchange.wrong) + " digests do not match";
    }
    return exchange.checked == 0 ? exchange.reference
                                 : exchange.reference + " · " + std::to_string(exchange.checked) + " digests match";
}

void draw_layer(Ink& ink, Rect row, const view::LayerRow& layer) {
    const theme::Theme& theme = ink.theme();
    const Rect slab = {row.x, row.y + 1, row.w, row.h - 2};
    ink.fill(slab, theme.raised, 3);
    if (layer.part > 0) {
        const theme::Colour colour = layer.ready ? theme.good : theme.next;
        ink.fill({slab.x, slab.y, slab.w * layer.part, slab.h}, theme::mixed(theme.raised, colour, 0.25F), 3);
        ink.frame(slab, theme::mixed(theme.line, colour, 0.6F), 1, 3);
    } else {
        ink.dashed_frame(slab, theme.plan);
    }
    Rect inner = {slab.x + 8, slab.y, slab.w - 16, slab.h};
    ink.text(widgets::cut_left(inner, 106), layer.digest, {Type::mono, theme.text});
    ink.text(widgets::cut_right(inner, 52), view::size_text(layer.size), {Type::label, theme.muted, Align::right});
    const std::string said = layer.made_by.empty() || !layer.ready ? layer.state : layer.made_by;
    widgets::cut_right(inner, 6);
    ink.text(inner, layer.shared ? "shared · " + said : said, {Type::label, theme.muted});
}

struct OverlayPart {
    std::string_view name;
    std::string_view says;
    std::string value;
    bool made = false;
};

void draw_overlay_row(Ink& ink, Rect row, const OverlayPart& part, theme::Colour colour) {
    const theme::Theme& theme = ink.theme();
    if (part.made) {
        ink.fill(row, theme::mixed(theme.raised, colour, 0.15F), 4);
        ink.frame(row, theme::mixed(theme.line, colour, 0.7F), 1.5F);
    } else {
        ink.dashed_frame(row, theme.plan);
    }
    Rect inner = {row.x + 9, row.y + 2, row.w - 18, row.h - 4};
    ink.text(widgets::cut_left(inner, 60), part.name, {Type::body, part.made ? theme.text : theme.muted});
    widgets::cut_left(inner, 6);
    const float said = ink.width(part.value, Type::mono);
    if (inner.w - said > ink.width(part.says, Type::label) + 12) {
        ink.text({inner.x, inner.y, inner.w - said - 10, inner.h}, part.says, {Type::label, theme.muted});
    }
    ink.text(inner, part.value, {Type::mono, part.made ? theme.text : theme.muted, Align::right});
}

void draw_files(Ink& ink, Rect rest, const view::Overlay& overlay) {
    const theme::Theme& theme = ink.theme();
    const auto line = theme::line_of(Type::mono);
    for (const view::FileRow& file : overlay.upper) {
        if (rest.h < line) {
            return;
        }
        Rect row = widgets::cut_top(rest, line);
        ink.text(widgets::cut_left(row, 84), file.change, {Type::label, theme.changed});
        ink.text(row, file.path, {Type::mono, theme.text});
    }
    if (overlay.upper.empty()) {
        for (const std::string& mount : overlay.mounts) {
            if (rest.h < line) {
                return;
            }
            ink.text(widgets::cut_top(rest, line), mount, {Type::mono, theme.muted});
        }
    }
}

}  // namespace

void draw_exchange(Ink& ink, Rect rect, const view::Exchange& exchange, Emphasis emphasis, app::Intents& intents) {
    const std::string state = exchange_state(exchange);
    Rect inner = tile(ink, rect, {Part::exchange, "Who talks to whom", state}, emphasis, intents);
    inner.h = std::min(inner.h, 120.0F);
    const float box = std::min(118.0F, inner.w * 0.14F);
    const float high = std::min(inner.h, 56.0F);
    const float y = inner.y + (inner.h - high) / 2;
    const Rect client{inner.x, y, box, high};
    const Rect registry{inner.right() - box, y, box, high};
    const Rect daemon{inner.x + (inner.w - box) * 0.42F, y, box, high};
    draw_actor(ink, client, world::Actor::client, "docker", exchange.acting == "client");
    draw_actor(ink, daemon, world::Actor::daemon, "the engine",
               exchange.acting == "daemon" || exchange.acting == "runtime" || exchange.acting == "shim");
    draw_actor(ink, registry, world::Actor::registry,
               exchange.registry.host.empty() ? "images" : exchange.registry.host, exchange.acting == "registry");
    draw_talk(ink, {client.right(), inner.y, daemon.x - client.right(), inner.h}, exchange.api,
              actor_colour(ink, world::Actor::client));
    draw_talk(ink, {daemon.right(), inner.y, registry.x - daemon.right(), inner.h}, exchange.registry,
              actor_colour(ink, world::Actor::daemon));
}

void draw_layers(Ink& ink, Rect rect, const view::Layers& layers, Emphasis emphasis, app::Intents& intents) {
    const std::string state = layers.rows.empty() ? "" : layers.summary + " · " + layers.total;
    Rect inner = tile(ink, rect, {Part::layers, "Image layers", state}, emphasis, intents);
    if (layers.rows.empty()) {
        ink.wrapped(inner, "No image yet. The manifest will name its layers; each is fetched once, by its digest.",
                    {Type::label, ink.theme().muted});
        return;
    }
    const float high = std::clamp(inner.h / static_cast<float>(layers.rows.size()), 20.0F, 34.0F);
    for (const view::LayerRow& layer : layers.rows) {
        if (inner.h < high - 0.5F) {
            break;
        }
        draw_layer(ink, widgets::cut_top(inner, high), layer);
    }
}

void draw_overlay(Ink& ink, Rect rect, const view::Overlay& overlay, Emphasis emphasis, app::Intents& intents) {
    const bool made = overlay.state == view::Made::made;
    const std::string state = !made ? "not mounted" : overlay.pivoted ? "mounted · the container's root" : "mounted";
    Rect inner = tile(ink, rect, {Part::overlay, "Overlay", state}, emphasis, intents);
    const theme::Theme& theme = ink.theme();
    const float high = std::clamp((inner.h - 12) / 4, 24.0F, 32.0F);
    const std::string lower = overlay.lower == 0 ? "-" : std::to_string(overlay.lower) + " layers";
    const std::string upper = made ? std::to_string(overlay.upper_files) + " names" : "empty";
    const std::string merged = overlay.pivoted ? "/ inside" : made ? "one tree" : "-";
    const auto container = theme.actors[static_cast<std::size_t>(world::Actor::container)];
    draw_overlay_row(ink, widgets::cut_top(inner, high), {"merged", "what the container sees", merged, made},
                     container);
    widgets::cut_top(inner, 4);
    draw_overlay_row(ink, widgets::cut_top(inner, high), {"upper", "every write lands here", upper, made},
                     theme.changed);
    widgets::cut_top(inner, 4);
    draw_overlay_row(ink, widgets::cut_top(inner, high), {"lower", "the image, read only", lower, overlay.lower != 0},
                     theme.good);
    widgets::cut_top(inner, 5);
    draw_files(ink, inner, overlay);
}

}  // namespace cutaway::panels
