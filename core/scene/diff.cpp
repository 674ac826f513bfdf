// SPDX-License-Identifier: Apache-2.0
#include "core/scene/diff.h"

#include <algorithm>
#include <optional>

#include "core/scene/bounds.h"
#include "core/scene/encode.h"
#include "core/scene/evolve.h"

namespace cutaway::scene {

namespace {

constexpr std::size_t most_value = 4096;
constexpr std::size_t most_words = 80;

using Path = std::vector<std::string>;

std::string pointer_of(const Path& path) {
    std::string out;
    for (const std::string& part : path) {
        out += '/';
        for (const char c : part) {
            if (c == '/' || c == '~') {
                out += c == '/' ? "~1" : "~0";
            } else {
                out += c;
            }
        }
    }
    return out;
}

std::string short_value(std::string_view json) {
    return json.size() <= most_words ? std::string(json) : std::string(clip(json, most_words)) + "…";
}

std::string text_at(const Node& node, std::string_view name) {
    const std::optional<Node> child = node.child(name);
    return child ? std::string(child->text()) : std::string();
}

// Names things as a person would: "container web", "process 4711 (nginx)", "mount /proc of web".
class Words {
public:
    Words(const Picture& before, const Picture& after) : before_(before), after_(after) {}

    [[nodiscard]] std::string owner(std::string_view container) const {
        if (container.empty()) {
            return "the host";
        }
        for (const Picture* picture : {&after_, &before_}) {
            const auto* found = picture->containers->get(container);
            if (found != nullptr && !(*found)->record.name.empty()) {
                return (*found)->record.name;
            }
        }
        return std::string(container.substr(0, 12));
    }

    [[nodiscard]] std::string thing(const Path& path, const Node& node) const {
        const std::string& top = path.front();
        const std::string key = path.size() > 1 ? path[1] : std::string();
        if (top == "containers") {
            return "container " + owner(key);
        }
        if (top == "processes") {
            return "process " + key + " (" + short_value(text_at(node, "command")) + ") of " +
                   owner(text_at(node, "container"));
        }
        if (top == "mounts" || top == "links") {
            const bool mount = top == "mounts";
            return (mount ? "mount " : "link ") + text_at(node, mount ? "target" : "name") + " of " +
                   owner(text_at(node, "container"));
        }
        if (top == "images") {
            return "image " + key.substr(0, 19);
        }
        const std::string noun = top.size() > 1 && top.back() == 's' ? top.substr(0, top.size() - 1) : top;
        return key.empty() ? noun : noun + " " + key.substr(0, 64);
    }

private:
    const Picture& before_;
    const Picture& after_;
};

class Differ {
public:
    Differ(const Picture& before, const Picture& after, std::size_t most)
        : before_(before), after_(after), words_(before, after), most_(most) {}

    std::vector<Change> run() {
        pair(node_of(before_), node_of(after_));
        return std::move(changes_);
    }

private:
    [[nodiscard]] bool full() const { return changes_.size() >= most_; }

    void pair(const Node& a, const Node& b) {
        if (full() || a.same_place(b)) {
            return;
        }
        if (a.shape() != b.shape()) {
            add(ChangeKind::changed, &a, &b);
        } else if (a.shape() == Shape::list) {
            lists(a, b);
        } else if (a.shape() == Shape::record || a.shape() == Shape::map) {
            children(a, b);
        } else if (!equal(a, b)) {
            add(ChangeKind::changed, &a, &b);
        }
    }

    [[nodiscard]] bool of_the_moment(std::string_view name) const {
        return path_.empty() && (name == "seq" || name == "t_ns");
    }

    void children(const Node& a, const Node& b) {
        auto old_one = [&](std::string_view name, const Node& held) {
            if (!of_the_moment(name)) {
                const std::optional<Node> other = exact(b, name);
                under(name, held, [&] { other ? pair(held, *other) : add(ChangeKind::removed, &held, nullptr); });
            }
            return !full();
        };
        a.each(old_one);
        auto new_one = [&](std::string_view name, const Node& held) {
            if (!exact(a, name)) {
                under(name, held, [&] { add(ChangeKind::added, nullptr, &held); });
            }
            return !full();
        };
        b.each(new_one);
    }

    // By key alone: a container that took over another's name is another one.
    [[nodiscard]] std::optional<Node> exact(const Node& of, std::string_view name) const {
        if (path_.size() == 1 && path_.front() == "containers") {
            const Picture& picture = of.same_place(*node_of(before_).child("containers")) ? before_ : after_;
            return picture.containers->contains(name) ? of.child(name) : std::nullopt;
        }
        return of.child(name);
    }

    template <class Work>
    void under(std::string_view name, const Node& held, const Work& work) {
        path_.emplace_back(name);
        const std::optional<Node> outer = thing_;
        if (path_.size() <= 2) {
            thing_ = held;
        }
        work();
        thing_ = outer;
        path_.pop_back();
    }

    // Lists mostly grow at the end and lose their oldest at the front, or one item from the middle.
    void lists(const Node& a, const Node& b) {
        const std::size_t gone = shift(a, b);
        const std::size_t least = std::min(a.size() - gone, b.size());
        std::size_t head = 0;
        while (head < least && equal(*a.item(gone + head), *b.item(head))) {
            ++head;
        }
        std::size_t tail = 0;
        while (tail < least - head && equal(*a.item(a.size() - 1 - tail), *b.item(b.size() - 1 - tail))) {
            ++tail;
        }
        only(a, 0, gone, ChangeKind::removed);
        const std::size_t old_end = a.size() - tail;
        const std::size_t new_end = b.size() - tail;
        std::size_t at = head;
        for (; gone + at < old_end && at < new_end && !full(); ++at) {
            const Node before = *a.item(gone + at);
            const Node after = *b.item(at);
            under(std::to_string(at), after, [&] { pair(before, after); });
        }
        only(a, gone + at, old_end, ChangeKind::removed);
        only(b, at, new_end, ChangeKind::added);
    }

    void only(const Node& list, std::size_t begin, std::size_t end, ChangeKind kind) {
        for (std::size_t at = begin; at < end && !full(); ++at) {
            const Node held = *list.item(at);
            const bool added = kind == ChangeKind::added;
            under(std::to_string(at), held, [&] { add(kind, added ? nullptr : &held, added ? &held : nullptr); });
        }
    }

    // How many items fell off the front: the first place from which all that is left of `a` begins `b`.
    static std::size_t shift(const Node& a, const Node& b) {
        const std::size_t size = a.size();
        for (std::size_t gone = size > b.size() ? size - b.size() : 0; gone < size; ++gone) {
            std::size_t at = 0;
            while (gone + at < size && equal(*a.item(gone + at), *b.item(at))) {
                ++at;
            }
            if (gone + at == size) {
                return gone;
            }
        }
        return 0;
    }

    void add(ChangeKind kind, const Node* before, const Node* after) {
        Change change;
        change.kind = kind;
        change.path = pointer_of(path_);
        if (before != nullptr) {
            change.before = std::string(clip(to_json(*before), most_value));
        }
        if (after != nullptr) {
            change.after = std::string(clip(to_json(*after), most_value));
        }
        change.words = say(change, after != nullptr ? *after : *before);
        changes_.push_back(std::move(change));
    }

    [[nodiscard]] std::string say(const Change& change, const Node& node) const {
        std::string line = words_.thing(path_, thing_ ? *thing_ : node);
        std::string rest;
        for (std::size_t at = 2; at < path_.size(); ++at) {
            if (path_[at] != "record") {
                rest += (rest.empty() ? ": " : " ") + path_[at];
            }
        }
        line += rest;
        switch (change.kind) {
            case ChangeKind::added: return line + (rest.empty() ? " is new" : " is now " + short_value(change.after));
            case ChangeKind::removed:
                return line + (rest.empty() ? " is gone" : " is gone, was " + short_value(change.before));
            case ChangeKind::changed: break;
        }
        return line + " from " + short_value(change.before) + " to " + short_value(change.after);
    }

    const Picture& before_;
    const Picture& after_;
    Words words_;
    std::size_t most_;
    Path path_;
    std::optional<Node> thing_;
    std::vector<Change> changes_;
};

}  // namespace

std::vector<Change> diff(const Picture& before, const Picture& after, std::size_t most) {
    return Differ(before, after, most).run();
}

}  // namespace cutaway::scene
