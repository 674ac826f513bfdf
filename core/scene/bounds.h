// SPDX-License-Identifier: Apache-2.0
// How events are cut to size before a Picture keeps anything of them: texts to Limits::text, lists to Limits::list,
// through every described struct. What falls away is counted. Private to this room.
#pragma once

#include <optional>
#include <string>
#include <string_view>
#include <type_traits>
#include <utility>
#include <variant>
#include <vector>

#include "core/scene/picture.h"

namespace cutaway::scene {

// The longest beginning within `limit` bytes that does not cut a UTF-8 character.
inline std::string_view clip(std::string_view text, std::size_t limit = Limits::text) {
    if (text.size() <= limit) {
        return text;
    }
    std::size_t end = limit;
    while (end > 0 && end + 4 > limit && (static_cast<unsigned char>(text[end]) & 0xC0U) == 0x80U) {
        --end;
    }
    return text.substr(0, end);
}

inline std::string kept(std::string_view text) { return std::string(clip(text)); }

// The key of things that belong to a container, or to the host when it is empty.
inline std::string owned_key(std::string_view container, std::string_view name) {
    std::string key(clip(container));
    key += ':';
    key += clip(name);
    return key;
}

template <class T>
inline constexpr bool is_vector = false;
template <class T>
inline constexpr bool is_vector<std::vector<T>> = true;

template <class T>
void cut(T& value, std::uint64_t& dropped) {
    if constexpr (std::is_same_v<T, std::string>) {
        if (value.size() > Limits::text) {
            value.resize(clip(value).size());
            ++dropped;
        }
    } else if constexpr (is_vector<T>) {
        if (value.size() > Limits::list) {
            dropped += value.size() - Limits::list;
            value.erase(value.begin() + static_cast<std::ptrdiff_t>(Limits::list), value.end());
        }
        if constexpr (!std::is_arithmetic_v<typename T::value_type>) {
            for (auto& item : value) {
                cut(item, dropped);
            }
        }
    } else if constexpr (IsVariant<T>::value) {
        std::visit([&](auto& held) { cut(held, dropped); }, value);
    } else if constexpr (Described<T>) {
        visit_fields(&value, [&](std::string_view, auto member) { cut(value.*member, dropped); });
    }
}

template <class T>
T cut_copy(const T& value, std::uint64_t& dropped) {
    T copy = value;
    cut(copy, dropped);
    return copy;
}

// Short lists lose their oldest item, long ones a quarter at once, so that a flood stays linear.
template <class T>
void push_bounded(std::vector<T>& list, T item, std::size_t limit, std::uint64_t& dropped) {
    if (list.size() >= limit) {
        const std::size_t over = limit > Limits::usage ? limit / 4 : 1;
        list.erase(list.begin(), list.begin() + static_cast<std::ptrdiff_t>(over));
        dropped += over;
    }
    list.push_back(std::move(item));
}

}  // namespace cutaway::scene
