// SPDX-License-Identifier: Apache-2.0
// `docker images` and `docker history`: their tables, filters and formats. Only reads.
#pragma once

#include <vector>

#include "core/cli/verb.h"

namespace cutaway::cli {

int list_images(Invocation& call);
int list_history(Invocation& call);
std::vector<FlagSpec> image_list_flags();
std::vector<FlagSpec> history_flags();

}  // namespace cutaway::cli
