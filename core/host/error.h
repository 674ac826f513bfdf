// SPDX-License-Identifier: Apache-2.0
// errno as an Error. The number is given, never fetched here: between a failed call and this one it could change.
#pragma once

#include <string>
#include <string_view>

#include "core/base/result.h"

namespace cutaway::host {

Errc to_errc(int number);
Error sys_error(int number, std::string_view doing);  // "doing: no such file or directory"
std::string errno_name(int number);                   // "ENOENT"

}  // namespace cutaway::host
