// SPDX-License-Identifier: Apache-2.0
// What run, create and exec read from files before they ask for anything: --env-file and --label-file, as if their lines
// had been typed with -e and -l before the others; and --cidfile, which must not be there yet. The files are the host's.
#pragma once

#include "core/cli/verb.h"

namespace cutaway::cli {

// Errors read as docker's client's.
Result<Parsed> with_given_files(const Invocation& call);

}  // namespace cutaway::cli
