// SPDX-License-Identifier: Apache-2.0
#include "core/oci/spec_part.h"

#include <nlohmann/json.hpp>

namespace cutaway::oci {

namespace {

using Json = nlohmann::json;

// Null, "", [], {}, false and 0 ask for nothing.
bool asks_nothing(const Json& json) {
    if (json.is_boolean()) {
        return !json.get<bool>();
    }
    if (json.is_number()) {
        return json.get<double>() == 0;
    }
    return json.is_string() ? json.get<std::string>().empty() : json.empty();
}

}  // namespace

void Reading::fail_with(Errc code, std::string doing) {
    if (!error) {
        error = Error{code, 0, "config.json: " + std::move(doing)};
    }
}

SpecPart::SpecPart(const Json& json, std::string path, Reading& reading)
    : json_(json), path_(std::move(path)), reading_(reading) {
    if (!json_.is_object() && !json_.is_null()) {
        reading_.fail_with(Errc::invalid, (path_.empty() ? "the document" : path_) + " is not an object");
    }
}

SpecPart::~SpecPart() {
    if (json_.is_object()) {
        for (const auto& [key, value] : json_.items()) {
            if (!asked_.contains(key)) {
                reading_.ignored.push_back(name_of(key));
            }
        }
    }
}

std::string SpecPart::name_of(const std::string& key) const { return path_.empty() ? key : path_ + "." + key; }

const Json* SpecPart::find(const char* key) {
    asked_.insert(key);
    if (!json_.is_object()) {
        return nullptr;
    }
    const auto found = json_.find(key);
    return found == json_.end() || found->is_null() ? nullptr : &*found;
}

std::string SpecPart::text(const char* key) {
    const Json* found = find(key);
    if (found == nullptr) {
        return {};
    }
    must(found->is_string() && found->get<std::string>().find('\0') == std::string::npos, key, "is not a text");
    return found->is_string() ? found->get<std::string>() : std::string();
}

bool SpecPart::flag(const char* key) {
    const Json* found = find(key);
    must(found == nullptr || found->is_boolean(), key, "is neither true nor false");
    return found != nullptr && found->is_boolean() && found->get<bool>();
}

std::vector<std::string> SpecPart::texts(const char* key) {
    std::vector<std::string> all;
    const std::size_t count = size_of(key);
    for (std::size_t at = 0; at < count; ++at) {
        const Json& one = item(key, at);
        const bool good = one.is_string() && one.get<std::string>().find('\0') == std::string::npos;
        must(good, key, "holds something that is not a text");
        all.push_back(good ? one.get<std::string>() : std::string());
    }
    return all;
}

SpecPairs SpecPart::pairs(const char* key) {
    SpecPairs all;
    const Json* found = find(key);
    must(found == nullptr || found->is_object(), key, "is not an object");
    if (found != nullptr && found->is_object()) {
        for (const auto& [name, value] : found->items()) {
            must(value.is_string(), key, "holds something that is not a text: " + name);
            all.emplace_back(name, value.is_string() ? value.get<std::string>() : std::string());
        }
    }
    return all;
}

std::optional<std::int64_t> SpecPart::whole(const char* key, std::int64_t least, std::int64_t most) {
    const Json* found = find(key);
    if (found == nullptr) {
        return std::nullopt;
    }
    const bool fits =
        found->is_number_integer() &&
        (!found->is_number_unsigned() ||
         found->get<std::uint64_t>() <= static_cast<std::uint64_t>(std::numeric_limits<std::int64_t>::max()));
    const std::int64_t value = fits ? found->get<std::int64_t>() : 0;
    must(fits && value >= least && value <= most, key, "is not a number that fits here");
    return value;
}

std::optional<std::uint64_t> SpecPart::natural(const char* key, std::uint64_t most) {
    const Json* found = find(key);
    if (found == nullptr) {
        return std::nullopt;
    }
    const bool fits = found->is_number_unsigned() && found->get<std::uint64_t>() <= most;
    must(fits, key, "is not a number that fits here");
    return fits ? found->get<std::uint64_t>() : 0;
}

std::size_t SpecPart::size_of(const char* key) {
    const Json* found = find(key);
    must(found == nullptr || found->is_array(), key, "is not a list");
    return found != nullptr && found->is_array() ? found->size() : 0;
}

const Json& SpecPart::item(const char* key, std::size_t at) { return json_.at(key).at(at); }

void SpecPart::refuse(const std::vector<const char*>& keys, const char* why) {
    for (const char* key : keys) {
        if (const Json* found = find(key); found != nullptr && !asks_nothing(*found)) {
            reading_.fail_with(Errc::unsupported, name_of(key) + " is " + why);
        }
    }
}

void SpecPart::must(bool good, const char* key, const std::string& what) {
    if (!good) {
        reading_.fail_with(Errc::invalid, name_of(key) + " " + what);
    }
}

}  // namespace cutaway::oci
