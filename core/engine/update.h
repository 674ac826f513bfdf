// SPDX-License-Identifier: Apache-2.0
// `docker update`: other limits and another restart policy for a container that is there, written to its cgroups at once
// if it runs. What is not set stays.
#pragma once

#include <cstdint>
#include <optional>
#include <string>

#include "core/engine/engine.h"

namespace cutaway::engine {

struct UpdateOptions {
    std::optional<std::uint64_t> memory;
    std::optional<std::int64_t> memory_swap;
    std::optional<std::uint64_t> nano_cpus;
    std::optional<std::int64_t> cpu_shares;
    std::optional<std::int64_t> pids_limit;
    std::optional<std::string> restart;
};

Status update(Engine& engine, const std::string& container, const UpdateOptions& options);

}  // namespace cutaway::engine
