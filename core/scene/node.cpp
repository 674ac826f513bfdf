// SPDX-License-Identifier: Apache-2.0
#include "core/scene/node.h"

#include <array>
#include <charconv>
#include <limits>
#include <string>
#include <variant>

#include "core/scene/evolve.h"

namespace cutaway::scene {

struct Node::Type {
    Shape shape = Shape::nothing;
    bool (*boolean)(const void*) = nullptr;
    std::int64_t (*integer)(const void*) = nullptr;
    std::string_view (*text)(const void*) = nullptr;
    std::size_t (*size)(const void*) = nullptr;
    std::optional<Node> (*child)(const void*, std::string_view) = nullptr;
    std::optional<Node> (*item)(const void*, std::size_t) = nullptr;
    void (*each)(const void*, const Visit&) = nullptr;
};

namespace {

template <class T>
struct IsCow : std::false_type {};
template <class T>
struct IsCow<Cow<T>> : std::true_type {};
template <class T>
struct IsOptional : std::false_type {};
template <class T>
struct IsOptional<std::optional<T>> : std::true_type {};
template <class T>
struct IsList : std::false_type {};
template <class T>
struct IsList<std::vector<T>> : std::true_type {};
template <class T>
struct IsList<Recent<T>> : std::true_type {};
template <class T>
struct IsList<List<T>> : std::true_type {};
template <class T>
struct IsTable : std::false_type {};
template <class K, class V>
struct IsTable<Table<K, V>> : std::true_type {};

template <class T>
const Node::Type* type_of();

template <class T>
Node node(const T& value) {
    if constexpr (IsCow<T>::value) {
        return node(*value);
    } else if constexpr (IsOptional<T>::value) {
        return value.has_value() ? node(*value) : Node();
    } else {
        return Node(&value, type_of<T>());
    }
}

template <class T>
const T& as(const void* object) {
    return *static_cast<const T*>(object);
}

// An index's or a pid's text; good until the next one.
struct Digits {
    std::array<char, 24> bytes{};
    template <class N>
    std::string_view of(N number) {
        const auto [end, code] = std::to_chars(bytes.data(), bytes.data() + bytes.size(), number);
        return {bytes.data(), static_cast<std::size_t>(end - bytes.data())};
    }
};

template <class N>
std::optional<N> number_in(std::string_view text) {
    N number{};
    const auto [end, code] = std::from_chars(text.data(), text.data() + text.size(), number);
    if (code != std::errc{} || end != text.data() + text.size() || text.empty()) {
        return std::nullopt;
    }
    return number;
}

// --- scalars ------------------------------------------------------------------------------------------------------

template <class T>
constexpr Node::Type scalar_type() {
    Node::Type type;
    if constexpr (std::is_same_v<T, bool>) {
        type.shape = Shape::boolean;
        type.boolean = [](const void* object) { return as<bool>(object); };
    } else if constexpr (NamedEnum<T>) {
        type.shape = Shape::text;
        type.text = [](const void* object) { return to_name(as<T>(object)); };
    } else if constexpr (std::is_integral_v<T>) {
        type.shape = Shape::integer;
        type.integer = [](const void* object) {
            const T value = as<T>(object);
            if constexpr (std::is_unsigned_v<T> && sizeof(T) == 8) {
                constexpr auto most = static_cast<T>(std::numeric_limits<std::int64_t>::max());
                return static_cast<std::int64_t>(value > most ? most : value);
            } else {
                return static_cast<std::int64_t>(value);
            }
        };
    } else {
        static_assert(std::is_convertible_v<const T&, std::string_view>);
        type.shape = Shape::text;
        type.text = [](const void* object) { return std::string_view(as<T>(object)); };
    }
    return type;
}

// --- lists --------------------------------------------------------------------------------------------------------

template <class T>
std::optional<Node> list_item(const void* object, std::size_t at) {
    const T& list = as<T>(object);
    if (at >= list.size()) {
        return std::nullopt;
    }
    return node(list[at]);
}

template <class T>
void list_each(const void* object, const Visit& visit) {
    const T& list = as<T>(object);
    Digits digits;
    for (std::size_t at = 0; at < list.size(); ++at) {
        if (!visit(digits.of(at), node(list[at]))) {
            return;
        }
    }
}

template <class T>
constexpr Node::Type list_type() {
    Node::Type type;
    type.shape = Shape::list;
    type.size = [](const void* object) { return as<T>(object).size(); };
    type.item = list_item<T>;
    type.child = [](const void* object, std::string_view name) -> std::optional<Node> {
        const auto at = number_in<std::size_t>(name);
        return at ? list_item<T>(object, *at) : std::nullopt;
    };
    type.each = list_each<T>;
    return type;
}

// --- maps ---------------------------------------------------------------------------------------------------------

// How people call things when not by their key.
template <class T>
std::optional<Node> by_habit(const T&, std::string_view) {
    return std::nullopt;
}

std::optional<Node> by_habit(const Table<std::string, Cow<Container>>& containers, std::string_view name) {
    const Container* found = find_container(containers, name);
    return found == nullptr ? std::nullopt : std::optional(node(*found));
}

bool names_image(std::string_view known, std::string_view asked) {
    if (known.size() > asked.size() && known.substr(known.size() - asked.size()) == asked) {
        return known[known.size() - asked.size() - 1] == '/';
    }
    return known == asked;
}

std::optional<Node> by_habit(const Table<std::string, Cow<Image>>& images, std::string_view name) {
    const bool tagged = name.find(':') != std::string_view::npos;
    const std::string full = tagged ? std::string(name) : std::string(name) + ":latest";
    std::optional<Node> by_prefix;
    std::size_t prefixes = 0;
    for (const auto& [id, image] : images) {
        for (const std::string& known : image->record.names) {
            if (names_image(known, full)) {
                return node(*image);
            }
        }
        const std::string_view digits = std::string_view(id).substr(id.compare(0, 7, "sha256:") == 0 ? 7 : 0);
        if (!name.empty() && (digits.substr(0, name.size()) == name || id.compare(0, name.size(), name) == 0)) {
            by_prefix = node(*image);
            ++prefixes;
        }
    }
    return prefixes == 1 ? by_prefix : std::nullopt;
}

std::optional<Node> by_habit(const Table<std::string, world::NetworkKnown>& networks, std::string_view name) {
    for (const auto& [id, network] : networks) {
        if (network.name == name) {
            return node(network);
        }
    }
    return std::nullopt;
}

template <class V>
std::optional<Node> of_host(const Table<std::string, V>& table, std::string_view name) {
    const V* found = table.get(":" + std::string(name));
    return found == nullptr ? std::nullopt : std::optional(node(*found));
}
std::optional<Node> by_habit(const Table<std::string, MountPoint>& mounts, std::string_view name) {
    return of_host(mounts, name);
}
std::optional<Node> by_habit(const Table<std::string, Link>& links, std::string_view name) {
    return of_host(links, name);
}
std::optional<Node> by_habit(const Table<std::string, std::string>& texts, std::string_view name) {
    return of_host(texts, name);
}

template <class T>
std::optional<Node> table_child(const void* object, std::string_view name) {
    const T& table = as<T>(object);
    if constexpr (std::is_integral_v<typename T::key_type>) {
        const auto number = number_in<typename T::key_type>(name);
        const auto* found = number ? table.get(*number) : nullptr;
        return found == nullptr ? std::nullopt : std::optional(node(*found));
    } else {
        if (const auto* found = table.get(name)) {
            return node(*found);
        }
        return by_habit(table, name);
    }
}

template <class T>
void table_each(const void* object, const Visit& visit) {
    Digits digits;
    for (const auto& [key, value] : as<T>(object)) {
        bool more = true;
        if constexpr (std::is_integral_v<typename T::key_type>) {
            more = visit(digits.of(key), node(value));
        } else {
            more = visit(key, node(value));
        }
        if (!more) {
            return;
        }
    }
}

template <class T>
constexpr Node::Type table_type() {
    Node::Type type;
    type.shape = Shape::map;
    type.size = [](const void* object) { return as<T>(object).size(); };
    type.child = table_child<T>;
    type.each = table_each<T>;
    return type;
}

// --- records ------------------------------------------------------------------------------------------------------

template <class T>
std::optional<Node> field(const void* object, std::string_view name) {
    const T& record = as<T>(object);
    std::optional<Node> found;
    visit_fields(&record, [&](std::string_view known, auto member) {
        if (known == name) {
            found = node(record.*member);
        }
    });
    if constexpr (requires { record.record; }) {
        if (!found) {
            found = node(record.record).child(name);
        }
    }
    return found;
}

template <class T>
void each_field(const void* object, const Visit& visit) {
    const T& record = as<T>(object);
    bool more = true;
    visit_fields(&record,
                 [&](std::string_view name, auto member) { more = more && visit(name, node(record.*member)); });
}

template <class T>
std::size_t count_fields() {
    std::size_t count = 0;
    visit_fields(static_cast<const T*>(nullptr), [&](std::string_view, auto) { ++count; });
    return count;
}

template <class T>
constexpr Node::Type record_type() {
    Node::Type type;
    type.shape = Shape::record;
    type.size = [](const void*) { return count_fields<T>(); };
    type.child = field<T>;
    type.each = each_field<T>;
    return type;
}

template <class T>
constexpr Node::Type variant_type() {
    Node::Type type;
    type.shape = Shape::record;
    type.size = [](const void* object) {
        return std::visit([]<class One>(const One&) { return count_fields<One>() + 1; }, as<T>(object));
    };
    type.child = [](const void* object, std::string_view name) {
        return std::visit(
            [&]<class One>(const One& one) {
                return name == "kind" ? std::optional(node(One::kind)) : field<One>(&one, name);
            },
            as<T>(object));
    };
    type.each = [](const void* object, const Visit& visit) {
        std::visit(
            [&]<class One>(const One& one) {
                if (visit("kind", node(One::kind))) {
                    each_field<One>(&one, visit);
                }
            },
            as<T>(object));
    };
    return type;
}

template <class T>
constexpr Node::Type make_type() {
    if constexpr (IsTable<T>::value) {
        return table_type<T>();
    } else if constexpr (IsList<T>::value) {
        return list_type<T>();
    } else if constexpr (IsVariant<T>::value) {
        return variant_type<T>();
    } else if constexpr (Described<T>) {
        return record_type<T>();
    } else {
        return scalar_type<T>();
    }
}

template <class T>
const Node::Type* type_of() {
    static constexpr Node::Type type = make_type<T>();
    return &type;
}

}  // namespace

Shape Node::shape() const { return type_ == nullptr ? Shape::nothing : type_->shape; }

bool Node::boolean() const { return shape() == Shape::boolean && type_->boolean(object_); }

std::int64_t Node::integer() const { return shape() == Shape::integer ? type_->integer(object_) : 0; }

std::string_view Node::text() const { return shape() == Shape::text ? type_->text(object_) : std::string_view(); }

std::size_t Node::size() const {
    if (shape() == Shape::text) {
        return text().size();
    }
    return type_ != nullptr && type_->size != nullptr ? type_->size(object_) : 0;
}

std::optional<Node> Node::child(std::string_view name) const {
    return type_ != nullptr && type_->child != nullptr ? type_->child(object_, name) : std::nullopt;
}

std::optional<Node> Node::item(std::size_t at) const {
    return type_ != nullptr && type_->item != nullptr ? type_->item(object_, at) : std::nullopt;
}

void Node::each(Visit visit) const {
    if (type_ != nullptr && type_->each != nullptr) {
        type_->each(object_, visit);
    }
}

Node node_of(const Picture& picture) { return node(picture); }

bool equal(const Node& a, const Node& b) {
    if (a.same_place(b)) {
        return true;
    }
    if (a.shape() != b.shape() || a.size() != b.size()) {
        return false;
    }
    switch (a.shape()) {
        case Shape::nothing: return true;
        case Shape::boolean: return a.boolean() == b.boolean();
        case Shape::integer: return a.integer() == b.integer();
        case Shape::text: return a.text() == b.text();
        case Shape::list:
        case Shape::record:
        case Shape::map: break;
    }
    bool same = true;
    std::size_t at = 0;
    const bool listed = a.shape() == Shape::list;
    auto compare = [&](std::string_view name, const Node& child) {
        const std::optional<Node> other = listed ? b.item(at++) : b.child(name);
        same = other.has_value() && equal(child, *other);
        return same;
    };
    a.each(compare);
    return same;
}

}  // namespace cutaway::scene
