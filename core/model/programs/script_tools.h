// SPDX-License-Identifier: Apache-2.0
// The tables of programs that people put into scripts beside the text tools: awk, xargs, and the package tools.
#pragma once

#include "core/model/programs/program.h"

namespace cutaway::model::programs {

Entries awk_tools();
Entries xargs_tools();
Entries package_tools();  // apk pip

}  // namespace cutaway::model::programs
