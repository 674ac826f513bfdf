// SPDX-License-Identifier: Apache-2.0
// SpecPart: one object of a config.json while it is read. It remembers which of its properties were asked for, so that
// what nobody asked for can be named. The first thing that is wrong is kept in the Reading; the rest reads on harmlessly.
#pragma once

#include <cstdint>
#include <limits>
#include <optional>
#include <set>
#include <string>
#include <string_view>
#include <vector>

#include <nlohmann/json_fwd.hpp>

#include "core/oci/runtime_spec.h"

namespace cutaway::oci {

struct Reading {
    std::optional<Error> error;
    std::vector<std::string> ignored;
    void fail_with(Errc code, std::string doing);
};

class SpecPart {
public:
    // `json` outlives this. What is no object is an error, null is an object without properties.
    SpecPart(const nlohmann::json& json, std::string path, Reading& reading);
    ~SpecPart();  // names what was not asked for
    SpecPart(const SpecPart&) = delete;
    SpecPart& operator=(const SpecPart&) = delete;

    // Null if absent or null.
    const nlohmann::json* find(const char* key);
    [[nodiscard]] std::string name_of(const std::string& key) const;
    [[nodiscard]] Reading& reading() { return reading_; }

    std::string text(const char* key);
    bool flag(const char* key);
    std::vector<std::string> texts(const char* key);
    SpecPairs pairs(const char* key);
    template <class Number>
    std::optional<Number> number(const char* key) {
        using Limits = std::numeric_limits<Number>;
        if constexpr (Limits::is_signed) {
            const auto found = whole(key, Limits::min(), Limits::max());
            return found ? std::optional<Number>(static_cast<Number>(*found)) : std::nullopt;
        } else {
            const auto found = natural(key, Limits::max());
            return found ? std::optional<Number>(static_cast<Number>(*found)) : std::nullopt;
        }
    }
    // Calls read(SpecPart&) for each object of the list.
    template <class Read>
    void each(const char* key, Read read) {
        const std::size_t count = size_of(key);
        for (std::size_t at = 0; at < count; ++at) {
            SpecPart part(item(key, at), name_of(key) + "[" + std::to_string(at) + "]", reading_);
            read(part);
        }
    }
    template <class Read>
    void object(const char* key, Read read) {
        if (const nlohmann::json* found = find(key); found != nullptr) {
            SpecPart part(*found, name_of(key), reading_);
            read(part);
        }
    }
    // Known to the specification, not to us: present and more than empty, it is an error that says its name.
    void refuse(const std::vector<const char*>& keys, const char* why = "not supported");
    void must(bool good, const char* key, const std::string& what);

private:
    std::optional<std::int64_t> whole(const char* key, std::int64_t least, std::int64_t most);
    std::optional<std::uint64_t> natural(const char* key, std::uint64_t most);
    std::size_t size_of(const char* key);
    const nlohmann::json& item(const char* key, std::size_t at);

    const nlohmann::json& json_;
    std::string path_;
    Reading& reading_;
    std::set<std::string, std::less<>> asked_;
};

SpecResources read_resources(SpecPart& part);

}  // namespace cutaway::oci
