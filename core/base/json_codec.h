// SPDX-License-Identifier: Apache-2.0
// Described values (core/base/fields.h) to the trace's JSON and back. A field that equals its default is left out,
// so lines stay short; a missing one reads as the default; an unknown one is skipped. Variants are objects whose
// first key is "kind". Include it in few .cpp files: it makes code for every struct it meets.
#pragma once

#include <cstdint>
#include <map>
#include <optional>
#include <string>
#include <type_traits>
#include <vector>

#include "core/base/enum.h"
#include "core/base/fields.h"
#include "core/base/json.h"

namespace cutaway::json {

template <class T>
inline constexpr bool is_vector = false;
template <class T>
inline constexpr bool is_vector<std::vector<T>> = true;
template <class T>
inline constexpr bool is_optional = false;
template <class T>
inline constexpr bool is_optional<std::optional<T>> = true;
template <class T>
inline constexpr bool is_map = false;
template <class K, class V>
inline constexpr bool is_map<std::map<K, V>> = true;
// Sorted maps whose keys may hold anything: written as [key, value, key, value, …].
template <class T>
concept Keyed = !is_map<T> && requires {
    typename T::key_type;
    typename T::mapped_type;
};
template <class T>
concept Pushed = !is_vector<T> && requires(T & list, typename T::value_type item) {
    list.push(std::move(item), 1);
};
template <class T>
concept Wrapped = requires(const T& t) {
    { *t } -> std::convertible_to<const std::decay_t<decltype(*t)>&>;
    t.same(t);
};

template <class T>
void write(std::string& out, const T& value);

template <class T>
bool is_default(const T& value) {
    if constexpr (requires { value == T{}; }) {
        return value == T{};
    } else {
        return false;
    }
}

// The fields of a described value, without braces; `first` says whether a comma is due.
template <Described T>
void write_fields(std::string& out, const T& value, bool& first) {
    static const T blank{};  // what a reader assumes: the struct's own defaults, which need not be zero
    visit_fields(&value, [&](std::string_view name, auto member) {
        const auto& field = value.*member;
        if constexpr (requires { field == field; }) {
            if (field == blank.*member) {
                return;
            }
        }
        if (!first) {
            out.push_back(',');
        }
        first = false;
        out.push_back('"');
        out.append(name);
        out.append("\":");
        write(out, field);
    });
}

template <class T>
void write_list(std::string& out, const T& list) {
    out.push_back('[');
    bool first = true;
    for (const auto& item : list) {
        if (!first) {
            out.push_back(',');
        }
        first = false;
        write(out, item);
    }
    out.push_back(']');
}

template <class T>
void write_map(std::string& out, const T& map) {
    out.push_back('{');
    bool first = true;
    for (const auto& [key, item] : map) {
        if (!first) {
            out.push_back(',');
        }
        first = false;
        if constexpr (std::is_integral_v<std::decay_t<decltype(key)>>) {
            append_string(out, std::to_string(key));
        } else {
            append_string(out, key);
        }
        out.push_back(':');
        write(out, item);
    }
    out.push_back('}');
}

template <class T>
void write_keyed(std::string& out, const T& table) {
    out.push_back('[');
    bool first = true;
    for (const auto& [key, item] : table) {
        if (!first) {
            out.push_back(',');
        }
        first = false;
        write(out, key);
        out.push_back(',');
        write(out, item);
    }
    out.push_back(']');
}

template <class T>
void write(std::string& out, const T& value) {
    if constexpr (std::is_same_v<T, bool>) {
        out.append(value ? "true" : "false");
    } else if constexpr (NamedEnum<T>) {
        append_string(out, to_name(value));
    } else if constexpr (std::is_floating_point_v<T>) {
        out.append(std::to_string(value));
    } else if constexpr (std::is_unsigned_v<T>) {
        append_uint(out, value);
    } else if constexpr (std::is_integral_v<T>) {
        append_int(out, value);
    } else if constexpr (std::is_convertible_v<const T&, std::string_view>) {
        append_string(out, value);
    } else if constexpr (is_vector<T> || Pushed<T>) {
        write_list(out, value);
    } else if constexpr (Keyed<T>) {
        write_keyed(out, value);
    } else if constexpr (is_map<T>) {
        write_map(out, value);
    } else if constexpr (is_optional<T>) {
        if (value.has_value()) {
            write(out, *value);
        } else {
            out.append("null");
        }
    } else if constexpr (IsVariant<T>::value) {
        out.append("{\"kind\":");
        append_string(out, kind_of(value));
        bool first = false;
        std::visit([&](const auto& held) { write_fields(out, held, first); }, value);
        out.push_back('}');
    } else if constexpr (Described<T>) {
        out.push_back('{');
        bool first = true;
        write_fields(out, value, first);
        out.push_back('}');
    } else {
        static_assert(Wrapped<T>, "describe the type with CUTAWAY_FIELDS");
        write(out, *value);
    }
}

template <class T>
bool read(Reader& in, T& value);

template <Described T>
bool read_field(Reader& in, T& value, std::string_view key) {
    bool found = false;
    bool good = true;
    visit_fields(&value, [&](std::string_view name, auto member) {
        if (!found && name == key) {
            found = true;
            good = read(in, value.*member);
        }
    });
    return found ? good : in.skip();
}

// The rest of an object whose "kind" was read: makes that alternative. False for a kind nobody here knows.
template <class... A>
bool read_variant_body(Reader& in, std::string_view kind, std::variant<A...>& value) {
    bool known = false;
    bool good = true;
    const auto attempt = [&]<class One>(One one) {
        if (known || One::kind != kind) {
            return;
        }
        known = true;
        std::string_view key;
        while (in.next_key(key)) {
            if (!read_field(in, one, key)) {
                good = false;
                return;
            }
        }
        value = std::move(one);
    };
    (attempt(A{}), ...);
    return known && good && in.ok();
}

template <class... A>
bool read_variant(Reader& in, std::variant<A...>& value) {
    std::string_view key;
    std::string kind;
    if (!in.begin_object() || !in.next_key(key) || key != "kind" || !in.read_string(kind)) {
        return false;
    }
    return read_variant_body(in, kind, value);
}

template <class T>
bool read_vector(Reader& in, std::vector<T>& value) {
    value.clear();
    if (!in.begin_array()) {
        return false;
    }
    while (in.next_item()) {
        T item{};
        if (!read(in, item)) {
            return false;
        }
        value.push_back(std::move(item));
    }
    return in.ok();
}

template <class T>
bool read_pushed(Reader& in, T& value) {
    value = T{};
    if (!in.begin_array()) {
        return false;
    }
    while (in.next_item()) {
        typename T::value_type item{};
        if (!read(in, item)) {
            return false;
        }
        value.push(std::move(item), SIZE_MAX);
    }
    return in.ok();
}

template <class T>
bool read_keyed(Reader& in, T& value) {
    value = T{};
    if (!in.begin_array()) {
        return false;
    }
    while (in.next_item()) {
        typename T::key_type key{};
        if (!read(in, key) || !in.next_item() || !read(in, value[key])) {
            return false;
        }
    }
    return in.ok();
}

template <class T>
bool read_number(Reader& in, T& value) {
    std::conditional_t<std::is_unsigned_v<T>, std::uint64_t, std::int64_t> wide{};
    if constexpr (std::is_unsigned_v<T>) {
        if (!in.read_uint(wide)) {
            return false;
        }
    } else if (!in.read_int(wide)) {
        return false;
    }
    value = static_cast<T>(wide);
    return static_cast<decltype(wide)>(value) == wide;
}

template <class T>
bool read(Reader& in, T& value) {
    if constexpr (std::is_same_v<T, bool>) {
        return in.read_bool(value);
    } else if constexpr (NamedEnum<T>) {
        std::string name;
        if (!in.read_string(name)) {
            return false;
        }
        const auto known = from_name<T>(name);
        value = known.value_or(T{});
        return known.has_value();
    } else if constexpr (std::is_floating_point_v<T>) {
        return in.read_double(value);
    } else if constexpr (std::is_integral_v<T>) {
        return read_number(in, value);
    } else if constexpr (std::is_same_v<T, std::string>) {
        return in.read_string(value);
    } else if constexpr (is_vector<T>) {
        return read_vector(in, value);
    } else if constexpr (Pushed<T>) {
        return read_pushed(in, value);
    } else if constexpr (Keyed<T>) {
        return read_keyed(in, value);
    } else if constexpr (is_optional<T>) {
        if (in.read_null()) {
            value.reset();
            return true;
        }
        return read(in, value.emplace());
    } else if constexpr (IsVariant<T>::value) {
        return read_variant(in, value);
    } else if constexpr (Wrapped<T>) {
        return read(in, value.edit());
    } else {
        static_assert(Described<T>, "describe the type with CUTAWAY_FIELDS");
        std::string_view key;
        if (!in.begin_object()) {
            return false;
        }
        while (in.next_key(key)) {
            if (!read_field(in, value, key)) {
                return false;
            }
        }
        return in.ok();
    }
}

}  // namespace cutaway::json
