// SPDX-License-Identifier: Apache-2.0
// Node: any place in a Picture, seen through its description: a text, a number, a list, a record, a map. `show`, diff,
// expressions and completion all walk nodes, so none of them names a field. A Node points into the Picture and is
// good as long as that lives unchanged. Nothing is copied, and nothing can be written through it.
#pragma once

#include <cstddef>
#include <cstdint>
#include <optional>
#include <string_view>
#include <type_traits>

#include "core/scene/picture.h"

namespace cutaway::scene {

enum class Shape { nothing, boolean, integer, text, list, record, map };  // nothing: an optional that is empty
CUTAWAY_ENUM(Shape, nothing, boolean, integer, text, list, record, map)

class Node;

// A callable that is not kept: true goes on, false ends the walk. Names of list items are their indexes.
class Visit {
public:
    template <class F>
    Visit(F& f)
        : object_(&f), call_([](void* object, std::string_view name, const Node& node) {
              return (*static_cast<F*>(object))(name, node);
          }) {}
    bool operator()(std::string_view name, const Node& node) const { return call_(object_, name, node); }

private:
    void* object_;
    bool (*call_)(void*, std::string_view, const Node&);
};

class Node {
public:
    struct Type;  // one constant a described type; node.cpp makes them
    Node() = default;
    Node(const void* object, const Type* type) : object_(object), type_(type) {}

    [[nodiscard]] Shape shape() const;
    [[nodiscard]] bool boolean() const;           // false unless Shape::boolean
    [[nodiscard]] std::int64_t integer() const;   // 0 unless Shape::integer; larger ones read as the largest
    [[nodiscard]] std::string_view text() const;  // empty unless Shape::text
    [[nodiscard]] std::size_t size() const;       // items, entries or fields; bytes of a text

    // A field, an entry or an item ("0" is the first). Containers are also found by name and by the beginning of
    // their id, images by name, networks by name, mounts and links of the host without the leading colon; a record
    // that wraps another ("record") shows its fields as its own.
    [[nodiscard]] std::optional<Node> child(std::string_view name) const;
    [[nodiscard]] std::optional<Node> item(std::size_t at) const;  // of a list
    void each(Visit visit) const;

    [[nodiscard]] bool same_place(const Node& other) const { return object_ == other.object_ && type_ == other.type_; }

private:
    const void* object_ = nullptr;
    const Type* type_ = nullptr;
};

Node node_of(const Picture& picture);
bool equal(const Node& a, const Node& b);  // by value, all the way down; shared structure is not walked

}  // namespace cutaway::scene
