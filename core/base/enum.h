// SPDX-License-Identifier: Apache-2.0
// CUTAWAY_ENUM(Type, a, b, …): the names of an enum whose values count from 0 in the order given, found by
// argument-dependent lookup. One list serves traces, the command line and the window.
#pragma once

#include <array>
#include <cstddef>
#include <optional>
#include <string_view>
#include <type_traits>

#include "core/base/for_each.h"

#define CUTAWAY_ENUM_NAME(value) std::string_view(#value),
#define CUTAWAY_ENUM(Type, ...)                                                                     \
    [[maybe_unused]] constexpr auto enum_names(Type) {                                              \
        return std::to_array<std::string_view>({CUTAWAY_FOR_EACH(CUTAWAY_ENUM_NAME, __VA_ARGS__)}); \
    }

namespace cutaway {

template <class E>
concept NamedEnum = std::is_enum_v<E> && requires(E e) {
    enum_names(e);
};

template <NamedEnum E>
constexpr std::string_view to_name(E value) {
    constexpr auto names = enum_names(E{});
    const auto at = static_cast<std::size_t>(value);
    return at < names.size() ? names[at] : std::string_view("?");
}

template <NamedEnum E>
constexpr std::optional<E> from_name(std::string_view name) {
    constexpr auto names = enum_names(E{});
    for (std::size_t i = 0; i < names.size(); ++i) {
        if (names[i] == name) {
            return static_cast<E>(i);
        }
    }
    return std::nullopt;
}

template <NamedEnum E>
constexpr std::size_t count_of() {
    return enum_names(E{}).size();
}

}  // namespace cutaway
