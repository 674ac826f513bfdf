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

// Friends of Shell, as what moves the stack must be: these are shell_control.cpp's.
struct ControlBuiltins {
    using Answer = std::optional<int>;
    static Answer trap(Shell& shell, const Words& words);
    static Answer wait(Shell& shell, const Words& words);
    static Answer read(Shell& shell, const Words& words);
    static Answer break_loop(Shell& shell, const Words& words);
    static Answer continue_loop(Shell& shell, const Words& words);
    static Answer return_from(Shell& shell, const Words& words);
    static Answer exit_shell(Shell& shell, const Words& words);
    static Answer exec(Shell& shell, const Words& words);
    static Answer dot(Shell& shell, const Words& words);
    static Answer eval(Shell& shell, const Words& words);

private:
    static bool is_loop(Shell& shell, const Frame& frame);
    static Answer unwind_loop(Shell& shell, const Words& words, bool ends);
};

struct LetBuiltin {  // shell_bash.cpp
    static std::optional<int> let(Shell& shell, const Words& words);
};

// shell_tests.cpp and echo_tools.cpp: builtins that are programs too.
int run_test(const Call& call);
int run_echo(const Call& call);
int run_printf(const Call& call);
int run_kill(const Call& call);

}  // namespace cutaway::model::programs
