// SPDX-License-Identifier: Apache-2.0
// `docker ps`: the table, its filters and its short forms.
#pragma once

#include <string>
#include <vector>

#include "core/cli/verb.h"

namespace cutaway::cli {

std::vector<FlagSpec> list_flags();
int list_containers(Invocation& call);

std::string status_text(const store::ContainerRecord& record, std::int64_t wall_ns);  // "Up 3 seconds (Paused)"
std::string ports_text(const store::ContainerRecord& record);                         // "0.0.0.0:8080->80/tcp"
std::string command_text(const store::ContainerRecord& record);  // "/docker-entrypoint.sh nginx …"

}  // namespace cutaway::cli
