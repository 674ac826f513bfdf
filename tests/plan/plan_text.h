// SPDX-License-Identifier: Apache-2.0
// Calls as short texts for tables of expectations: the kind, then each field in its order; "-" is an empty one, commas
// join a list. "mount proc proc /m/proc nosuid,noexec,nodev -".
#pragma once

#include <string>
#include <type_traits>
#include <vector>

#include "core/plan/plan.h"

namespace cutaway::plan {

template <class T>
std::string field_text(const T& value) {
    if constexpr (std::is_same_v<T, std::string>) {
        return value.empty() ? "-" : value;
    } else if constexpr (std::is_same_v<T, bool>) {
        return value ? "true" : "false";
    } else if constexpr (std::is_enum_v<T>) {
        return std::string(to_name(value));
    } else if constexpr (std::is_arithmetic_v<T>) {
        return std::to_string(value);
    } else if constexpr (Described<T>) {
        std::string text;
        visit_fields(static_cast<const T*>(nullptr), [&](std::string_view, auto member) {
            text += (text.empty() ? "" : " ") + field_text(value.*member);
        });
        return text;
    } else {
        std::string text;
        for (const auto& one : value) {
            text += (text.empty() ? "" : ",") + field_text(one);
        }
        return text.empty() ? "-" : text;
    }
}

inline std::string call_text(const world::Call& call) {
    return std::string(kind_of(call)) + std::visit(
                                            [](const auto& one) {
                                                const std::string fields = field_text(one);
                                                return fields.empty() ? fields : " " + fields;
                                            },
                                            call);
}

inline std::vector<std::string> texts(const std::vector<world::Call>& calls) {
    std::vector<std::string> all;
    for (const world::Call& call : calls) {
        all.push_back(call_text(call));
    }
    return all;
}

inline std::vector<std::string> texts(const std::vector<PlannedCall>& calls) {
    std::vector<std::string> all;
    for (const PlannedCall& planned : calls) {
        all.push_back(call_text(planned.call));
    }
    return all;
}

}  // namespace cutaway::plan
