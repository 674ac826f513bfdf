// SPDX-License-Identifier: Apache-2.0
#include "core/trace/story_tree.h"

#include <algorithm>
#include <map>
#include <set>
#include <type_traits>
#include <unordered_map>
#include <variant>

#include "core/base/enum.h"
#include "core/base/fields.h"

namespace cutaway::trace {

namespace {

// Ids of containers, also their first twelve characters, wherever a text holds them.
class Names {
public:
    explicit Names(const std::vector<Event>& events) {
        for (const Event& event : events) {
            if (event.container.size() < 12 || names_.contains(event.container)) {
                continue;
            }
            const std::string name = "<container " + std::to_string(names_.size() + 1) + ">";
            names_.emplace(event.container, name);
            order_.emplace_back(event.container, name);
            order_.emplace_back(event.container.substr(0, 12), name);
        }
    }
    [[nodiscard]] std::string replaced(std::string text) const {
        for (const auto& [id, name] : order_) {
            for (std::size_t at = text.find(id); at != std::string::npos; at = text.find(id, at + name.size())) {
                text.replace(at, id.size(), name);
            }
        }
        return text;
    }

private:
    std::map<std::string, std::string> names_;
    std::vector<std::pair<std::string, std::string>> order_;
};

template <class T>
void flatten(FlatFields& out, const std::string& path, const T& value, const Names& names) {
    const auto below = [&](std::string_view name) {
        return path.empty() ? std::string(name) : path + "." + std::string(name);
    };
    if constexpr (std::is_same_v<T, std::string>) {
        out.emplace_back(path, names.replaced(value));
    } else if constexpr (std::is_same_v<T, bool>) {
        out.emplace_back(path, value ? "true" : "false");
    } else if constexpr (NamedEnum<T>) {
        out.emplace_back(path, std::string(to_name(value)));
    } else if constexpr (std::is_integral_v<T>) {
        out.emplace_back(path, std::to_string(value));
    } else if constexpr (IsVariant<T>::value) {
        if (!path.empty()) {  // at the top the node itself says it
            out.emplace_back(below("kind"), std::string(kind_of(value)));
        }
        std::visit([&](const auto& held) { flatten(out, path, held, names); }, value);
    } else if constexpr (Described<T>) {
        visit_fields(&value, [&](std::string_view name, auto member) {
            if (name != "system_calls") {  // the host's alone
                flatten(out, below(name), value.*member, names);
            }
        });
    } else {
        out.emplace_back(below("size"), std::to_string(value.size()));
        for (std::size_t i = 0; i < value.size(); ++i) {
            flatten(out, below(std::to_string(i)), value[i], names);
        }
    }
}

// The order in which siblings are compared. What overlaps in time has none of its own; any fixed one will do, as long
// as both traces get it. So each place is taken by the first, by label, of those before which nothing need come. Spans
// that hang together by overlapping are parallel work and count as one stretch; a call that stays open (a request
// whose answer is the whole story) is on its own without an order, and puts nothing beside it into disorder.
class Turns {
public:
    explicit Turns(const std::vector<StoryNode>& siblings) : siblings_(siblings) {
        std::vector<std::size_t> stretch;
        std::size_t end = 0;
        for (std::size_t i = 0; i < siblings.size(); ++i) {
            const StoryNode& one = siblings[i];
            turns_.push_back({one.begin, std::max(one.end, one.begin + 1), i});
            if (one.kind != "span") {
                continue;
            }
            if (one.begin >= end) {
                close(stretch, end);
            }
            stretch.push_back(i);
            end = std::max(end, turns_[i].end);
        }
        close(stretch, end);
    }
    [[nodiscard]] std::vector<std::size_t> order() const {
        std::vector<Turn> waiting = turns_;
        std::stable_sort(waiting.begin(), waiting.end(),
                         [](const Turn& x, const Turn& y) { return x.begin < y.begin; });
        std::multiset<std::size_t> ends;  // of all that have no place yet
        for (const Turn& turn : waiting) {
            ends.insert(turn.end);
        }
        const auto first = [this](std::size_t x, std::size_t y) { return comes_first(x, y); };
        std::set<std::size_t, decltype(first)> ready(first);
        std::vector<std::size_t> order;
        for (std::size_t next = 0; order.size() < waiting.size();) {
            for (; next < waiting.size() && waiting[next].begin < *ends.begin(); ++next) {
                ready.insert(waiting[next].at);
            }
            order.push_back(*ready.begin());
            ends.erase(ends.find(turns_[order.back()].end));
            ready.erase(ready.begin());
        }
        return order;
    }

private:
    struct Turn {
        std::size_t begin = 0;
        std::size_t end = 0;
        std::size_t at = 0;  // which sibling
    };
    void close(std::vector<std::size_t>& stretch, std::size_t end) {
        for (const std::size_t span : stretch) {
            turns_[span].begin = turns_[stretch.front()].begin;
            turns_[span].end = end;
        }
        stretch.clear();
    }
    [[nodiscard]] bool comes_first(std::size_t x, std::size_t y) const {
        const StoryNode& a = siblings_[x];
        const StoryNode& b = siblings_[y];
        return a.label != b.label ? a.label < b.label : a.fields != b.fields ? a.fields < b.fields : x < y;
    }
    const std::vector<StoryNode>& siblings_;
    std::vector<Turn> turns_;
};

class Builder {
public:
    Builder(const std::vector<Event>& events, const std::vector<Exception>& exceptions)
        : events_(events), exceptions_(exceptions), names_(events) {}

    StoryTree run() {
        nodes_.emplace_back();
        nodes_[0].end = events_.size();
        parents_.push_back(0);
        for (std::size_t at = 0; at < events_.size(); ++at) {
            look(events_[at], at);
        }
        // Children come behind their parents, so from the last to the first each is complete when it moves.
        for (std::size_t i = nodes_.size(); i-- > 1;) {
            settle(nodes_[i]);
            nodes_[parents_[i]].children.insert(nodes_[parents_[i]].children.begin(), std::move(nodes_[i]));
        }
        settle(nodes_[0]);
        return {std::move(nodes_[0]), std::move(seen_)};
    }

private:
    [[nodiscard]] bool excused(const std::string& kind, const std::string& field) const {
        return std::any_of(exceptions_.begin(), exceptions_.end(), [&](const Exception& one) {
            const bool same_kind = one.kind == "*" || one.kind == kind;
            const bool inside = field.compare(0, one.field.size(), one.field) == 0 &&
                                (field.size() == one.field.size() || field[one.field.size()] == '.');
            return same_kind && (one.field.empty() ? field.empty() : inside);
        });
    }
    template <class T>
    void add_fields(StoryNode& node, const std::string& path, const T& value) const {
        FlatFields all;
        flatten(all, path, value, names_);
        for (auto& field : all) {
            if (!excused(node.kind, field.first)) {
                node.fields.push_back(std::move(field));
            }
        }
    }
    [[nodiscard]] StoryNode node(const Event& event, std::size_t at, std::string kind) const {
        StoryNode node;
        node.kind = std::move(kind);
        node.label = node.kind;
        node.begin = at;
        node.end = at;
        if (!excused(node.kind, "actor")) {
            node.fields.emplace_back("actor", std::string(to_name(event.actor)));
        }
        return node;
    }
    void put(const Event& event, StoryNode node, std::uint32_t parent) {
        const auto found = by_number_.find(parent);
        parents_.push_back(found == by_number_.end() ? 0 : found->second);
        if (event.kind != EventKind::note) {
            node.end = events_.size();
            by_number_[event.span] = nodes_.size();
        }
        nodes_.push_back(std::move(node));
    }
    void look(const Event& event, std::size_t at) {
        if (const auto* start = std::get_if<world::SpanStart>(&event.body)) {
            StoryNode made = node(event, at, "span");
            made.label = names_.replaced(start->title);
            made.fields.emplace_back("grain", std::string(to_name(start->grain)));
            made.fields.emplace_back("phase", std::string(to_name(event.phase)));
            put(event, std::move(made), event.parent);
        } else if (const auto* call = std::get_if<world::Call>(&event.body)) {
            StoryNode made = node(event, at, std::string(kind_of(*call)));
            add_fields(made, "", *call);
            put(event, std::move(made), event.parent);
        } else if (const auto* note = std::get_if<world::Note>(&event.body)) {
            StoryNode made = node(event, at, std::string(kind_of(*note)));
            if (!excused(made.kind, "") && !std::holds_alternative<world::LayerProgress>(*note)) {
                add_fields(made, "", *note);
                put(event, std::move(made), event.span);
            }
        } else if (const auto* what = std::get_if<world::Observation>(&event.body)) {
            StoryNode made = node(event, at, std::string(kind_of(*what)));
            if (!excused(made.kind, "")) {
                add_fields(made, "", *what);
                seen_.push_back(std::move(made));
            }
        } else {
            ended(event, at);
        }
    }
    void ended(const Event& event, std::size_t at) {
        const auto found = by_number_.find(event.span);
        if (found == by_number_.end() || event.kind == EventKind::progress) {
            return;
        }
        StoryNode& open = nodes_[found->second];
        open.end = at;
        if (const auto* end = std::get_if<CallEnd>(&event.body)) {
            add_fields(open, "", *end);
        } else if (const auto* over = std::get_if<SpanEnd>(&event.body)) {
            add_fields(open, "", *over);
        }
    }
    static void settle(StoryNode& node) {
        const std::vector<std::size_t> order = Turns(node.children).order();
        std::vector<StoryNode> settled;
        settled.reserve(order.size());
        for (const std::size_t i : order) {
            settled.push_back(std::move(node.children[i]));
        }
        node.children = std::move(settled);
    }

    const std::vector<Event>& events_;
    const std::vector<Exception>& exceptions_;
    Names names_;
    std::vector<StoryNode> nodes_;
    std::vector<std::size_t> parents_;
    std::vector<StoryNode> seen_;
    std::unordered_map<std::uint32_t, std::size_t> by_number_;
};

}  // namespace

StoryTree make_story(const std::vector<Event>& events, const std::vector<Exception>& exceptions) {
    return Builder(events, exceptions).run();
}

}  // namespace cutaway::trace
