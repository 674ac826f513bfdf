// SPDX-License-Identifier: Apache-2.0
// The shell's builtins by name. A builtin answers its status, or nothing when it pushed a frame or unwound the stack:
// then it must not have touched the frame that called it.
#pragma once

#include <optional>
#include <string_view>

#include "core/model/programs/shell.h"

namespace cutaway::model::programs {

using Builtin = std::optional<int> (*)(Shell&, const Words&);
Builtin find_builtin(std::string_view name);  // null: none
bool is_special_builtin(std::string_view name);

// shell_tests.cpp and echo_tools.cpp: builtins that are programs too.
int run_test(const Call& call);
int run_echo(const Call& call);
int run_printf(const Call& call);
int run_kill(const Call& call);

}  // namespace cutaway::model::programs
