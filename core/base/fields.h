// SPDX-License-Identifier: Apache-2.0
// CUTAWAY_FIELDS(Type, a, b, …): lists a struct's fields once, so that traces, plans on the wire, machine
// snapshots, `show POINTER` and the inspector are each one small visitor instead of a codec a struct.
// Write it in the struct's namespace, right behind it. A variant's alternatives also carry
// `static constexpr std::string_view kind`.
#pragma once

#include <string_view>
#include <variant>

#include "core/base/for_each.h"

#define CUTAWAY_FIELD_VISIT(name) visit(std::string_view(#name), &Self::name);
#define CUTAWAY_FIELDS(Type, ...)                                                \
    template <class Visitor>                                                     \
    constexpr void visit_fields(const Type*, [[maybe_unused]] Visitor&& visit) { \
        using Self [[maybe_unused]] = Type;                                      \
        CUTAWAY_FOR_EACH(CUTAWAY_FIELD_VISIT, __VA_ARGS__)                       \
    }

namespace cutaway {

struct NoVisit {
    template <class M>
    constexpr void operator()(std::string_view, M) const {}
};

template <class T>
concept Described = requires(const T* t) {
    visit_fields(t, NoVisit{});
};

template <class T>
struct IsVariant : std::false_type {};
template <class... A>
struct IsVariant<std::variant<A...>> : std::true_type {};

template <class... F>
struct Overloaded : F... {
    using F::operator()...;
};
template <class... F>
Overloaded(F...) -> Overloaded<F...>;

// The kind's name of whatever alternative a variant holds.
template <class... A>
constexpr std::string_view kind_of(const std::variant<A...>& value) {
    return std::visit([](const auto& held) { return std::decay_t<decltype(held)>::kind; }, value);
}

}  // namespace cutaway
