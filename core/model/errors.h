// SPDX-License-Identifier: Apache-2.0
// The simulated kernel's errors: an errno and what was being done, as Error. One table gives kind and words.
#pragma once

#include <cerrno>
#include <string>
#include <string_view>

#include "core/base/result.h"

namespace cutaway::model {

Errc kind_of_errno(int number);
std::string_view errno_text(int number);             // "no such file or directory"
Error os_error(int number, std::string_view doing);  // "open /etc/x: no such file or directory"

}  // namespace cutaway::model
