// SPDX-License-Identifier: Apache-2.0
// The rows that a query finds, for SELECT, INSERT … SELECT and RETURNING. It changes nothing.
#pragma once

#include <optional>
#include <string>
#include <vector>

#include "core/model/programs/pg_engine.h"

namespace cutaway::model::pg {

struct Source {  // what FROM names
    std::vector<Column> columns;
    std::vector<Row> rows;
};

bool expand_stars(std::vector<Output>& outputs, const Scope& scope, Problem& problem);
std::optional<Found> select_rows(const Session& session, Statement& statement, const Source& source, Problem& problem);
std::optional<Source> series_of(const Session& session, Statement& statement, Problem& problem);
void show_rows(const Found& found, Answer& answer);

}  // namespace cutaway::model::pg
