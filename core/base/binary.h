// SPDX-License-Identifier: Apache-2.0
// Described values as bytes and back: plans to the child, machine snapshots. Numbers are varints, texts carry their
// length, variants their index: the two ends must be the same build or check a version first. Reading never trusts a
// length: nothing is allocated beyond what the input holds.
#pragma once

#include <cstdint>
#include <cstring>
#include <deque>
#include <map>
#include <memory>
#include <optional>
#include <set>
#include <string>
#include <string_view>
#include <type_traits>
#include <utility>
#include <variant>
#include <vector>

#include "core/base/fields.h"

namespace cutaway::binary {

inline void put_number(std::string& out, std::uint64_t value) {
    while (value >= 0x80) {
        out.push_back(static_cast<char>(value | 0x80U));
        value >>= 7U;
    }
    out.push_back(static_cast<char>(value));
}

struct Input {
    std::string_view rest;
    bool ok = true;

    std::uint64_t number() {
        std::uint64_t value = 0;
        for (unsigned shift = 0; shift < 64 && !rest.empty(); shift += 7) {
            const auto byte = static_cast<unsigned char>(rest.front());
            rest.remove_prefix(1);
            value |= static_cast<std::uint64_t>(byte & 0x7FU) << shift;
            if (byte < 0x80) {
                return value;
            }
        }
        ok = false;
        return 0;
    }
    std::string_view text() {
        const std::uint64_t size = number();
        if (!ok || size > rest.size()) {
            ok = false;
            return {};
        }
        const std::string_view got = rest.substr(0, static_cast<std::size_t>(size));
        rest.remove_prefix(got.size());
        return got;
    }
};

template <class T>
concept Container = !std::is_same_v<T, std::string> && requires(const T& t) {
    t.begin();
    t.size();
    typename T::value_type;
};
template <class T>
concept Pair = requires(T& t) {
    t.first;
    t.second;
};
template <class T>
concept Optional = requires(T& t) {
    t.has_value();
    t.emplace();
    *t;
};

template <class T>
void put(std::string& out, const T& value);
template <class T>
void get(Input& in, T& value);

template <class T>
void put(std::string& out, const T& value) {
    if constexpr (std::is_same_v<T, std::string>) {
        put_number(out, value.size());
        out.append(value);
    } else if constexpr (std::is_floating_point_v<T>) {
        std::uint64_t bits = 0;
        const double wide = value;
        std::memcpy(&bits, &wide, sizeof bits);
        put_number(out, bits);
    } else if constexpr (std::is_enum_v<T> || std::is_unsigned_v<T>) {
        put_number(out, static_cast<std::uint64_t>(value));
    } else if constexpr (std::is_integral_v<T>) {  // zigzag: small negatives stay small
        const auto wide = static_cast<std::int64_t>(value);
        put_number(out, (static_cast<std::uint64_t>(wide) << 1U) ^ static_cast<std::uint64_t>(wide >> 63));
    } else if constexpr (IsVariant<T>::value) {
        put_number(out, value.index());
        std::visit([&](const auto& held) { put(out, held); }, value);
    } else if constexpr (Pair<T>) {
        put(out, value.first);
        put(out, value.second);
    } else if constexpr (Container<T>) {
        put_number(out, value.size());
        for (const auto& item : value) {
            put(out, item);
        }
    } else if constexpr (Optional<T>) {
        put_number(out, value.has_value() ? 1 : 0);
        if (value.has_value()) {
            put(out, *value);
        }
    } else {
        static_assert(Described<T>, "describe the type with CUTAWAY_FIELDS");
        visit_fields(&value, [&](std::string_view, auto member) { put(out, value.*member); });
    }
}

template <std::size_t I = 0, class... A>
void get_variant(Input& in, std::size_t index, std::variant<A...>& value) {
    if constexpr (I < sizeof...(A)) {
        if (index == I) {
            get(in, value.template emplace<I>());
        } else {
            get_variant<I + 1>(in, index, value);
        }
    } else {
        in.ok = false;
    }
}

template <class T>
void get_items(Input& in, T& value) {
    value.clear();
    const std::uint64_t size = in.number();
    if (size > in.rest.size()) {  // every item takes a byte at least
        in.ok = false;
    }
    for (std::uint64_t i = 0; in.ok && i < size; ++i) {
        if constexpr (requires { typename T::mapped_type; }) {
            typename T::key_type key{};
            get(in, key);
            get(in, value[std::move(key)]);
        } else if constexpr (requires { typename T::key_type; }) {
            typename T::value_type item{};
            get(in, item);
            value.insert(std::move(item));
        } else {
            typename T::value_type item{};
            get(in, item);
            value.push_back(std::move(item));
        }
    }
}

template <class T>
void get(Input& in, T& value) {
    if constexpr (std::is_same_v<T, std::string>) {
        value = in.text();
    } else if constexpr (std::is_floating_point_v<T>) {
        const std::uint64_t bits = in.number();
        double wide = 0;
        std::memcpy(&wide, &bits, sizeof wide);
        value = static_cast<T>(wide);
    } else if constexpr (std::is_enum_v<T> || std::is_unsigned_v<T>) {
        value = static_cast<T>(in.number());
    } else if constexpr (std::is_integral_v<T>) {
        const std::uint64_t coded = in.number();
        value = static_cast<T>(static_cast<std::int64_t>(coded >> 1U) ^ -static_cast<std::int64_t>(coded & 1U));
    } else if constexpr (IsVariant<T>::value) {
        get_variant(in, static_cast<std::size_t>(in.number()), value);
    } else if constexpr (Pair<T>) {
        get(in, value.first);
        get(in, value.second);
    } else if constexpr (Container<T>) {
        get_items(in, value);
    } else if constexpr (Optional<T>) {
        value.reset();
        if (in.number() != 0) {
            get(in, value.emplace());
        }
    } else {
        static_assert(Described<T>, "describe the type with CUTAWAY_FIELDS");
        visit_fields(&value, [&](std::string_view, auto member) { get(in, value.*member); });
    }
}

template <class T>
std::string encode(const T& value) {
    std::string out;
    put(out, value);
    return out;
}

// False if the bytes are not exactly one such value.
template <class T>
bool decode(std::string_view bytes, T& value) {
    Input in{bytes};
    get(in, value);
    return in.ok && in.rest.empty();
}

}  // namespace cutaway::binary
