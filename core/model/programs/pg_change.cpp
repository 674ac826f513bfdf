// SPDX-License-Identifier: Apache-2.0
// INSERT, UPDATE, DELETE, TRUNCATE: rows are checked as the table says, and either all are changed or none.
#include <algorithm>
#include <numeric>

#include "core/model/programs/pg_select.h"

namespace cutaway::model::pg {

namespace {

constexpr std::size_t no_row = static_cast<std::size_t>(-1);

std::string row_text(const Row& row) {
    std::string text;
    for (const Value& value : row) {
        text += (text.empty() ? "" : ", ") + (value.null ? std::string("null") : to_text(value));
    }
    return text;
}

std::optional<std::size_t> place_of(const Table& table, const std::string& name) {
    for (std::size_t i = 0; i < table.columns.size(); ++i) {
        if (table.columns[i].name == name) {
            return i;
        }
    }
    return std::nullopt;
}

// Which columns a list of names means; all of them when there is none.
std::optional<std::vector<std::size_t>> places_of(const Table& table, const Statement& statement, Problem& problem) {
    std::vector<std::size_t> places;
    for (std::size_t i = 0; i < statement.names.size(); ++i) {
        const auto place = place_of(table, statement.names[i]);
        if (!place) {
            problem = {"42703",
                       "column \"" + statement.names[i] + "\" of relation \"" + table.name + "\" does not exist",
                       statement.names_at[i],
                       {},
                       {}};
            return std::nullopt;
        }
        places.push_back(*place);
    }
    if (statement.names.empty()) {
        places.resize(table.columns.size());
        std::iota(places.begin(), places.end(), std::size_t{0});
    }
    return places;
}

// A value on its way into a column: constants take its type, other types have to be of its family.
std::optional<Value> fitted(const Column& column, const Expression& what, const Value& value, Problem& problem) {
    const Kind from = what.kind;
    const Kind to = column.type.kind;
    const bool fits = from == Kind::unknown || value.null || from == to || (is_number(from) && is_number(to)) ||
                      (is_textual(from) && is_textual(to)) || (is_moment(from) && is_moment(to));
    if (!fits) {
        problem = {"42804",
                   "column \"" + column.name + "\" is of type " + std::string(kind_name(to)) +
                       " but expression is of type " + std::string(kind_name(from)),
                   what.at,
                   {},
                   "You will need to rewrite or cast the expression."};
        return std::nullopt;
    }
    auto made = convert(value, column.type, false, problem);
    if (!made && problem.code == "22P02") {
        problem.at = what.at;
    }
    return made;
}

std::optional<Value> default_value(const Session& session, Column& column, Problem& problem) {
    if (column.serial) {
        return whole_of(column.type.kind, column.next++);
    }
    if (column.default_text.empty()) {
        return null_of(column.type.kind);
    }
    auto what = parse_expression(column.default_text, problem);
    const Scope nothing;
    if (!what || !Binder(nothing, problem).bind(*what)) {
        return std::nullopt;
    }
    Evaluator evaluator(session, problem);
    const Value value = evaluator.value(*what, nullptr);
    return evaluator.failed() ? std::nullopt : fitted(column, *what, value, problem);
}

}  // namespace

bool Engine::check_row(const Table& table, const Row& row, std::size_t but, Problem& problem) {
    for (std::size_t i = 0; i < row.size(); ++i) {
        if (row[i].null && table.columns[i].not_null) {
            problem = {"23502",
                       "null value in column \"" + table.columns[i].name + "\" of relation \"" + table.name +
                           "\" violates not-null constraint",
                       0,
                       "Failing row contains (" + row_text(row) + ").",
                       {}};
            return false;
        }
    }
    for (const Key& key : table.keys) {
        const auto same = [&](const Row& other) {
            return std::all_of(key.columns.begin(), key.columns.end(), [&](std::uint64_t at) {
                return !row[at].null && !other[at].null && compare(row[at], other[at]) == 0;
            });
        };
        for (std::size_t i = 0; i < table.rows.size(); ++i) {
            if (i == but || !same(table.rows[i])) {
                continue;
            }
            std::string names;
            Row values;
            for (const std::uint64_t at : key.columns) {
                names += (names.empty() ? "" : ", ") + table.columns[at].name;
                values.push_back(row[at]);
            }
            problem = {"23505",
                       "duplicate key value violates unique constraint \"" + key.name + "\"",
                       0,
                       "Key (" + names + ")=(" + row_text(values) + ") already exists.",
                       {}};
            return false;
        }
    }
    return true;
}

bool Engine::store_row(Opened& into, Row row, Problem& problem) {
    if (!check_row(into.table, row, no_row, problem)) {
        return false;
    }
    into.table.rows.push_back(std::move(row));
    return true;
}

std::optional<std::vector<Row>> Engine::rows_to_insert(Statement& statement, const std::vector<std::size_t>& places,
                                                       Opened& into, Problem& problem) {
    std::vector<Row> rows;
    const Scope nothing;
    for (std::vector<Expression>& given : statement.rows) {
        const bool too_many = given.size() > places.size();
        if (too_many || (!statement.names.empty() && !given.empty() && given.size() < places.size())) {
            problem = {"42601",
                       too_many ? "INSERT has more expressions than target columns"
                                : "INSERT has more target columns than expressions",
                       too_many ? given[places.size()].at : statement.names_at[given.size()],
                       {},
                       {}};
            return std::nullopt;
        }
        std::vector<std::optional<Value>> cells(into.table.columns.size());
        for (std::size_t i = 0; i < given.size(); ++i) {
            if (given[i].node == Node::star) {
                continue;  // DEFAULT
            }
            Evaluator evaluator(session_, problem);
            if (!Binder(nothing, problem).bind(given[i])) {
                return std::nullopt;
            }
            const Value value = evaluator.value(given[i], nullptr);
            cells[places[i]] = fitted(into.table.columns[places[i]], given[i], value, problem);
            if (evaluator.failed() || !cells[places[i]]) {
                return std::nullopt;
            }
        }
        Row row;
        for (std::size_t i = 0; i < cells.size(); ++i) {
            const auto value = cells[i] ? cells[i] : default_value(session_, into.table.columns[i], problem);
            if (!value) {
                return std::nullopt;
            }
            row.push_back(*value);
        }
        rows.push_back(std::move(row));
    }
    return rows;
}

std::optional<Answer> Engine::insert(Statement& statement, Problem& problem) {
    auto into = open_table(statement.target, statement.target_at, problem);
    if (!into || !may_use(into->relation, problem)) {
        return std::nullopt;
    }
    const auto places = places_of(into->table, statement, problem);
    if (!places) {
        return std::nullopt;
    }
    if (statement.selects) {  // what was found, as if it had been written out
        const auto found = find_rows(statement, problem);
        if (!found) {
            return std::nullopt;
        }
        for (const Row& row : found->rows) {
            std::vector<Expression> given(row.size());
            for (std::size_t i = 0; i < row.size(); ++i) {
                given[i].value = row[i];
                given[i].kind = found->columns[i].kind;
            }
            statement.rows.push_back(std::move(given));
        }
        statement.outputs.clear();
    }
    const auto rows = rows_to_insert(statement, *places, *into, problem);
    if (!rows) {
        return std::nullopt;
    }
    for (const Row& row : *rows) {
        if (!store_row(*into, row, problem)) {
            return std::nullopt;
        }
    }
    store_.save(session_.database_oid, into->relation.oid, into->table);
    Answer answer;
    answer.tag = "INSERT 0 " + std::to_string(rows->size());
    return returning(statement, *into, *rows, std::move(answer), problem);
}

std::optional<Answer> Engine::returning(Statement& statement, const Opened& from, const std::vector<Row>& rows,
                                        Answer answer, Problem& problem) {
    if (statement.outputs.empty()) {
        return answer;
    }
    Statement shown;
    shown.verb = Verb::select;
    shown.name = from.table.name;
    shown.outputs = std::move(statement.outputs);
    const auto found = select_rows(session_, shown, Source{from.table.columns, rows}, problem);
    if (!found) {
        return std::nullopt;
    }
    show_rows(*found, answer);
    return answer;
}

std::optional<Answer> Engine::update(Statement& statement, Problem& problem) {
    auto at = open_table(statement.name, statement.name_at, problem);
    if (!at || !may_use(at->relation, problem)) {
        return std::nullopt;
    }
    const auto places = places_of(at->table, statement, problem);
    const Scope scope{statement.name, &at->table.columns};
    Binder binder(scope, problem);
    if (!places || !bind_where(statement, binder)) {
        return std::nullopt;
    }
    for (Expression& what : statement.rows[0]) {
        if (!binder.bind(what)) {
            return std::nullopt;
        }
    }
    Evaluator evaluator(session_, problem);
    std::vector<Row> changed;
    for (std::size_t i = 0; i < at->table.rows.size(); ++i) {
        if (statement.where && !evaluator.is_true(*statement.where, &at->table.rows[i])) {
            continue;
        }
        Row row = at->table.rows[i];
        for (std::size_t j = 0; j < places->size(); ++j) {
            const Expression& what = statement.rows[0][j];
            const Value value = evaluator.value(what, &at->table.rows[i]);
            const auto fit = fitted(at->table.columns[(*places)[j]], what, value, problem);
            if (evaluator.failed() || !fit) {
                return std::nullopt;
            }
            row[(*places)[j]] = *fit;
        }
        if (!check_row(at->table, row, i, problem)) {
            return std::nullopt;
        }
        at->table.rows[i] = row;
        changed.push_back(std::move(row));
    }
    if (evaluator.failed()) {
        return std::nullopt;
    }
    store_.save(session_.database_oid, at->relation.oid, at->table);
    Answer answer;
    answer.tag = "UPDATE " + std::to_string(changed.size());
    return returning(statement, *at, changed, std::move(answer), problem);
}

bool Engine::bind_where(Statement& statement, Binder& binder) {
    return !statement.where || (binder.bind(*statement.where) && binder.need_truth(*statement.where, "WHERE"));
}

std::optional<Answer> Engine::remove(Statement& statement, Problem& problem) {
    auto at = open_table(statement.name, statement.name_at, problem);
    if (!at || !may_use(at->relation, problem)) {
        return std::nullopt;
    }
    const Scope scope{statement.name, &at->table.columns};
    Binder binder(scope, problem);
    if (!bind_where(statement, binder)) {
        return std::nullopt;
    }
    Evaluator evaluator(session_, problem);
    std::vector<Row> kept;
    std::vector<Row> gone;
    for (Row& row : at->table.rows) {
        const bool goes = !statement.where || evaluator.is_true(*statement.where, &row);
        (goes ? gone : kept).push_back(std::move(row));
    }
    if (evaluator.failed()) {
        return std::nullopt;
    }
    at->table.rows = std::move(kept);
    store_.save(session_.database_oid, at->relation.oid, at->table);
    Answer answer;
    answer.tag = "DELETE " + std::to_string(gone.size());
    return returning(statement, *at, gone, std::move(answer), problem);
}

std::optional<Answer> Engine::truncate(Statement& statement, Problem& problem) {
    auto at = open_table(statement.name, statement.name_at, problem);
    if (!at || !may_use(at->relation, problem)) {
        return std::nullopt;
    }
    at->table.rows.clear();
    store_.save(session_.database_oid, at->relation.oid, at->table);
    Answer answer;
    answer.tag = "TRUNCATE TABLE";
    return answer;
}

}  // namespace cutaway::model::pg
