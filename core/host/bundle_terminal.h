// SPDX-License-Identifier: Apache-2.0
// A container's terminal held by this process: what is typed here goes in, what it prints comes out, until it ends.
#pragma once

#include <cstdint>

#include "core/host/fd.h"
#include "core/host/process_facts.h"
#include "core/host/terminal.h"

namespace cutaway::host {

void set_window_size(int terminal, const WindowSize& size);

// `outer` is the terminal's outer end, `pid` a child of this process. The person's own terminal hands keys on as they are
// meanwhile; it follows in size; signals that reach this process go on to the child.
ExitFacts hold_terminal(Fd outer, std::int64_t pid);

}  // namespace cutaway::host
