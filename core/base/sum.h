// SPDX-License-Identifier: Apache-2.0
// CUTAWAY_SUM(Call, Clone, Mount, …): a std::variant whose copies, moves, end and comparison are compiled once, in the
// .cpp where CUTAWAY_SUM_CODE(Call) stands. A plain variant of forty structs costs every file that holds one a second
// of compiling. std::visit, std::get_if and the rest take it as they take its base; it is made of exactly its kinds.
#pragma once

#include <concepts>
#include <type_traits>
#include <utility>
#include <variant>

#include "core/base/fields.h"

namespace cutaway {

template <class T>
concept Sum = requires {
    typename T::SumBase;
}
&&std::derived_from<T, typename T::SumBase>;

template <class T, class... Kinds>
concept OneOf = (std::same_as<T, Kinds> || ...);

template <Sum T>
struct IsVariant<T> : std::true_type {};

}  // namespace cutaway

template <cutaway::Sum T>
struct std::variant_size<T> : std::variant_size<typename T::SumBase> {};
template <std::size_t I, cutaway::Sum T>
struct std::variant_alternative<I, T> : std::variant_alternative<I, typename T::SumBase> {};

#define CUTAWAY_SUM(Name, ...)                                                                                   \
    struct Name : std::variant<__VA_ARGS__> {                                                                    \
        using SumBase = std::variant<__VA_ARGS__>;                                                               \
        Name();                                                                                                  \
        Name(const Name&);                                                                                       \
        Name(Name&&) noexcept;                                                                                   \
        Name& operator=(const Name&);                                                                            \
        Name& operator=(Name&&) noexcept;                                                                        \
        ~Name();                                                                                                 \
        template <class T>                                                                                       \
        requires(cutaway::OneOf<T, __VA_ARGS__>) Name(T one) : SumBase(std::in_place_type<T>, std::move(one)) {} \
        friend bool operator==(const Name&, const Name&);                                                        \
    };

#define CUTAWAY_SUM_CODE(Name)                                                               \
    Name::Name() = default;                                                                  \
    Name::Name(const Name&) = default;                                                       \
    Name::Name(Name&&) noexcept = default;                                                   \
    Name& Name::operator=(const Name&) = default;                                            \
    Name& Name::operator=(Name&&) noexcept = default;                                        \
    Name::~Name() = default;                                                                 \
    bool operator==(const Name& a, const Name& b) {                                          \
        return static_cast<const Name::SumBase&>(a) == static_cast<const Name::SumBase&>(b); \
    }
