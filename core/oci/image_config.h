// SPDX-License-Identifier: Apache-2.0
// An image's config: what a container of it runs by default, and the history of its layers. Its digest is the image
// id. The value drops what the spec does not name, so the id is always taken over the bytes, never over a re-encoding.
#pragma once

#include <cstdint>
#include <map>
#include <optional>
#include <string>
#include <string_view>
#include <vector>

#include "core/base/fields.h"
#include "core/oci/digest.h"
#include "core/oci/platform.h"

namespace cutaway::oci {

struct Healthcheck {
    std::vector<std::string> test;  // {"NONE"}, {"CMD", …} or {"CMD-SHELL", "one line"}
    std::int64_t interval_ns = 0;   // 0: the engine's default
    std::int64_t timeout_ns = 0;
    std::int64_t start_period_ns = 0;
    std::int64_t start_interval_ns = 0;
    std::int64_t retries = 0;

    friend bool operator==(const Healthcheck&, const Healthcheck&) = default;
};
CUTAWAY_FIELDS(Healthcheck, test, interval_ns, timeout_ns, start_period_ns, start_interval_ns, retries)

// The object called "config" inside the image config.
struct RunDefaults {
    std::string user;
    std::vector<std::string> exposed_ports;  // "80/tcp", sorted
    std::vector<std::string> env;            // "NAME=value", in the image's order
    std::vector<std::string> entrypoint;
    std::vector<std::string> cmd;
    std::vector<std::string> volumes;  // paths, sorted
    std::string working_dir;
    std::map<std::string, std::string> labels;
    std::string stop_signal;  // "" means SIGTERM
    std::vector<std::string> shell;
    std::vector<std::string> on_build;
    std::optional<Healthcheck> healthcheck;

    friend bool operator==(const RunDefaults&, const RunDefaults&) = default;
};
CUTAWAY_FIELDS(RunDefaults, user, exposed_ports, env, entrypoint, cmd, volumes, working_dir, labels, stop_signal, shell,
               on_build, healthcheck)

struct HistoryEntry {
    std::string created;  // RFC 3339, as written
    std::string created_by;
    std::string author;
    std::string comment;
    bool empty_layer = false;  // the step changed the config only

    friend bool operator==(const HistoryEntry&, const HistoryEntry&) = default;
};
CUTAWAY_FIELDS(HistoryEntry, created, created_by, author, comment, empty_layer)

struct ImageConfig {
    std::string created;
    std::string author;
    std::string architecture;
    std::string os;
    std::string variant;
    std::string os_version;
    RunDefaults config;
    std::vector<Digest> diff_ids;  // of the uncompressed layer tars, lowest first
    std::vector<HistoryEntry> history;

    friend bool operator==(const ImageConfig&, const ImageConfig&) = default;
};
CUTAWAY_FIELDS(ImageConfig, created, author, architecture, os, variant, os_version, config, diff_ids, history)

// The platform the config claims, normalised.
Platform platform_of(const ImageConfig& config);

// The image id: sha256 of the config's bytes exactly as they came.
Digest image_id(std::string_view config_bytes);

}  // namespace cutaway::oci
