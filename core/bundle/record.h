// SPDX-License-Identifier: Apache-2.0
// What is kept of an OCI container between two commands: one state.json that a person can read, beside a copy of the
// config.json that `create` saw. Whether it runs is not kept: that is the kernel's to say, and is asked each time.
#pragma once

#include <cstdint>
#include <string>
#include <string_view>
#include <vector>

#include "core/bundle/groups.h"
#include "core/oci/runtime_spec.h"

namespace cutaway::bundle {

struct Record {
    std::string version;  // ociVersion
    std::string id;
    std::string bundle;
    std::string root;
    std::string created;      // RFC 3339
    std::int64_t pid = 0;     // on the host; 0: not there yet
    std::uint64_t born = 0;   // when that process began, in the kernel's ticks: the same number again is another
    std::uint32_t calls = 0;  // of the plan: what `start` lets go on
    Groups groups;
    oci::SpecPairs annotations;
};

enum class Standing { creating, created, running, paused, stopped };
CUTAWAY_ENUM(Standing, creating, created, running, paused, stopped)

std::string to_json(const Record& record);
Result<Record> parse_record(std::string_view text);

// The state as the specification has it, with what runc adds. A stopped container has no pid.
std::string state_json(const Record& record, Standing standing);
std::string list_json(const std::vector<std::pair<Record, Standing>>& all);
// For hooks; `pid` as text, so that a plan may say "$PID".
std::string hook_state(const std::string& id, const std::string& bundle, const std::string& status,
                       const std::string& pid, const oci::SpecPairs& annotations);

// Names as runc and crun take them; ".." leads nowhere.
Status check_id(std::string_view id);

}  // namespace cutaway::bundle
