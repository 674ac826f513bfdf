// SPDX-License-Identifier: Apache-2.0
// A program of the person's that answers one question: started with one word, given some bytes, heard to its end.
// It has the person's environment and standard error, nothing else of ours. Any thread; waits, a minute at most.
#pragma once

#include <string>

#include "core/base/result.h"

namespace cutaway::host {

// What it wrote. Errc::not_found: there is none of that name on the path; else what it complained of, in docker's
// words ("error getting credentials - err: exit status 1, out: `…`").
Result<std::string> run_credential_program(const std::string& program, const std::string& word,
                                           const std::string& input);

}  // namespace cutaway::host
