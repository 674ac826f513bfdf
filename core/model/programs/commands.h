// SPDX-License-Identifier: Apache-2.0
// The tables of programs, one a source file: programs.cpp joins them.
#pragma once

#include "core/model/programs/program.h"

namespace cutaway::model::programs {

Entries text_tools();       // cat grep head tail wc sort uniq cut tr
Entries sed_tools();        // sed envsubst
Entries list_tools();       // ls
Entries file_tools();       // mkdir rm touch cp mv ln chmod chown
Entries small_tools();      // echo sleep date id uname …
Entries process_tools();    // ps env gosu tini
Entries network_tools();    // curl wget
Entries name_tools();       // getent nslookup
Entries python_tools();     // python
Entries redis_tools();      // redis-server redis-cli
Entries postgres_tools();   // postgres
Entries initdb_tools();     // initdb pg_ctl
Entries psql_tools();       // psql
Entries pg_client_tools();  // createdb dropdb pg_isready
Entries server_tools();     // nginx
Entries look_tools();       // mount nproc uptime free stat find apt-get
Entries lab_tools();        // trap-term zombie-maker memhog cpu-spin

int run_true(const Call& call);
int run_false(const Call& call);

}  // namespace cutaway::model::programs
