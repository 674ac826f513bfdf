// SPDX-License-Identifier: Apache-2.0
// A config.json for tests: the default one, changed in one place.
#pragma once

#include <string>

#include <gtest/gtest.h>
#include <nlohmann/json.hpp>

#include "core/bundle/start.h"
#include "core/oci/runtime_spec.h"

namespace cutaway::bundle {

// The default config.json with `text` (JSON) at the JSON pointer `where`; "-" at a pointer's end appends.
inline std::string config_with(const std::string& where = "", const std::string& text = "") {
    nlohmann::json json = nlohmann::json::parse(oci::default_runtime_spec());
    json["process"]["terminal"] = false;
    if (!where.empty()) {
        json[nlohmann::json::json_pointer(where)] = nlohmann::json::parse(text);
    }
    return json.dump();
}

inline oci::RuntimeSpec spec_with(const std::string& where = "", const std::string& text = "") {
    Result<oci::RuntimeSpec> spec = oci::parse_runtime_spec(config_with(where, text));
    EXPECT_TRUE(spec) << where << " " << text << ": " << (spec ? "" : spec.error().doing);
    return spec ? std::move(*spec) : oci::RuntimeSpec{};
}

inline Groups v1() {
    return {"/cutaway-oci/box",
            world::CgroupLayout::hybrid,
            {"blkio", "cpu", "cpuset", "devices", "freezer", "memory", "pids"}};
}
inline Groups v2() { return {"/cutaway-oci/box", world::CgroupLayout::v2, {}}; }

inline Setting setting_of(Groups groups = v1()) {
    Setting setting;
    setting.id = "box";
    setting.bundle = "/bundle";
    setting.root = "/bundle/rootfs";
    setting.groups = std::move(groups);
    return setting;
}

}  // namespace cutaway::bundle
