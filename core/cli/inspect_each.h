// SPDX-License-Identifier: Apache-2.0
// Every verb that inspects: each argument looked up, what is there printed as JSON or by --format, what is not told
// afterwards, as docker does it.
#pragma once

#include <string>

#include <nlohmann/json_fwd.hpp>

#include "core/cli/verb.h"

namespace cutaway::cli {

// Errors are told as they are: `find` says whose they are ("Error response from daemon: …").
using Find = Result<nlohmann::ordered_json> (*)(Invocation&, const std::string& name);
int inspect_each(Invocation& call, Find find);

Result<nlohmann::ordered_json> inspect_network(Invocation& call, const std::string& name);
Result<nlohmann::ordered_json> inspect_volume(Invocation& call, const std::string& name);

FlagSpec format_flag();

}  // namespace cutaway::cli
