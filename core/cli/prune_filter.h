// SPDX-License-Identifier: Apache-2.0
// --filter of docker's prune verbs: until=TIME, label=…, label!=… . What a verb's daemon does not know it refuses by name.
#pragma once

#include <span>
#include <string_view>

#include "core/cli/filters.h"

namespace cutaway::cli {

// Made before until; with all labels named; without all those named by label!. No filter at all: none.
Result<engine::MayGo> read_may_go(const Filters& filters, std::int64_t now_ns);

}  // namespace cutaway::cli
