// SPDX-License-Identifier: Apache-2.0
// The tables of programs, one a source file: programs.cpp joins them.
#pragma once

#include "core/model/programs/program.h"

namespace cutaway::model::programs {

Entries text_tools();      // cat grep head tail wc sort uniq cut tr
Entries sed_tools();       // sed
Entries file_tools();      // ls mkdir rm …
Entries file_info_tools(); // stat du df mount …
Entries process_tools();   // ps id kill free …
Entries small_tools();     // echo sleep date env …
Entries runner_tools();    // env xargs tini nice …
Entries network_tools();   // curl wget ip nslookup …
Entries server_tools();    // nginx
Entries lab_tools();       // trap-term zombie-maker memhog cpu-spin
Entries language_tools();  // python node
Entries package_tools();   // apt-get apk pip make

int run_true(const Call& call);
int run_false(const Call& call);


}  // namespace cutaway::model::programs
