// SPDX-License-Identifier: Apache-2.0
// What psql was called with. -c and -v may come often, letters may stand together, and the database's and the user's
// name may stand alone. What is not of the grammar is in `unknown`.
#pragma once

#include <map>
#include <string>
#include <vector>

#include "core/model/programs/pg_client.h"
#include "core/model/programs/psql_text.h"

namespace cutaway::model::pg {

struct PsqlOptions {
    Target target;
    Look look;
    bool quiet = false;
    bool no_password = false;
    bool version = false;
    bool lists = false;
    std::string file;
    std::vector<std::string> commands;
    std::map<std::string, std::string> variables;
    std::string unknown;
};
PsqlOptions read_psql_options(Sys& sys);

}  // namespace cutaway::model::pg
