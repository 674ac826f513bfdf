// SPDX-License-Identifier: Apache-2.0
// The Go templates that people give to --format, over JSON: {{.A.B}}, {{json .}}, {{index .M "k" 0}}, {{range .L}} …
// {{end}}, {{range $k, $v := .M}}, {{if .X}} … {{else}} … {{end}}, {{len .L}}, {{println .X}}, {{join .L ","}},
// {{upper|lower .X}}, eq/ne/and/or/not, and pipes of these. Anything else is refused by name.
#pragma once

#include <string>
#include <string_view>

#include <nlohmann/json_fwd.hpp>

#include "core/base/result.h"

namespace cutaway::cli {

Result<std::string> render(std::string_view text, const nlohmann::ordered_json& data);

}  // namespace cutaway::cli
