// SPDX-License-Identifier: Apache-2.0
// Runs a program of the host's to its end, for a call that leaves its work to one: a bundle's hook, newuidmap(1). What it
// was given on standard input it reads; what it printed is told if it fails. Blocks until it has ended. Any thread that
// has a Ledger.
#pragma once

#include <cstdint>
#include <string>
#include <vector>

#include "core/base/result.h"
#include "core/host/ledger.h"

namespace cutaway::host {

struct ProgramRun {
    std::string about;  // the beginning of an error: "the hook prestart /bin/true"
    std::string path;
    std::vector<std::string> argv;  // empty: the path alone
    std::vector<std::string> env;
    std::string input;
    std::int64_t timeout_ns = -1;  // negative: without end
};

// Errc::timeout: killed, since it had not ended in time. Errc::conflict: it ended with another status than 0.
Status run_program(Ledger& ledger, const ProgramRun& run);

}  // namespace cutaway::host
