// SPDX-License-Identifier: Apache-2.0
// What docker's command line has and Cutaway has not, so that a flag that is missing is refused with a sentence instead
// of being called a typing mistake. Knows names only; what a flag of Cutaway's does stands with its verb.
#pragma once

#include "core/cli/verb.h"

namespace cutaway::cli {

void add_docker_flags(Verb& verb);  // behind its own, each with the reason why it is refused

}  // namespace cutaway::cli
