// SPDX-License-Identifier: Apache-2.0
// The same bytes in, the same gzip member out: no time and no name in its header.
#pragma once

#include <string>
#include <string_view>

#include "core/base/result.h"

namespace cutaway::layer {

Result<std::string> gzip(std::string_view bytes);

}  // namespace cutaway::layer
