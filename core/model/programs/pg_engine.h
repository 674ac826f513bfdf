// SPDX-License-Identifier: Apache-2.0
// What the simulated PostgreSQL does with a statement: names are looked up and types settled before a row is touched,
// then rows are read or changed through a Store. One session's view; it opens no file and no socket itself. The first
// problem ends a statement.
#pragma once

#include <optional>
#include <string>
#include <string_view>
#include <vector>

#include "core/model/programs/pg_store.h"
#include "core/model/programs/pg_syntax.h"

namespace cutaway::model::pg {

struct Field {
    std::string name;
    bool right = false;  // numbers stand at the right
};
using Cells = std::vector<std::optional<std::string>>;

struct Notice {
    std::string severity;  // "NOTICE", "WARNING"
    std::string message;
};

struct Answer {
    std::string title;  // of what \d and its like show
    std::vector<Field> fields;
    std::vector<Cells> rows;
    std::string tag;  // "INSERT 0 1"
    std::vector<Notice> notices;
    std::string footer;
    bool has_rows = false;  // fields are shown even if there are none
    bool counted = true;    // "(2 rows)" stands below, unless there is a footer
};

struct Session {
    std::string user;
    bool superuser = false;
    std::string database;
    std::uint64_t database_oid = 0;
    std::string peer;  // of a client over the network
    std::int64_t pid = 0;
    std::int64_t now_us = 0;
    std::string version;  // "16.4 (Debian 16.4-1.pgdg120+1)"
    std::string build;    // behind "PostgreSQL 16.4 (…)" in version()
    std::string data_directory;
    std::uint64_t random = 0;  // a salt for what is made now
};

// What a row of the query is made of.
struct Scope {
    std::string name;  // the table's, or its alias
    const std::vector<Column>* columns = nullptr;
};

bool is_aggregate(const Expression& one);
bool has_aggregate(const Expression& one);
std::string output_name(const Output& one);

// Looks up columns and functions and settles every type below `one`. False: `problem` says why not.
class Binder {
public:
    Binder(const Scope& scope, Problem& problem) : scope_(scope), problem_(problem) {}
    bool bind(Expression& one);
    bool need_truth(Expression& one, std::string_view where);
    bool become(Expression& one, Kind kind);  // a constant without a type takes this one

private:
    bool bind_column(Expression& one);
    bool bind_call(Expression& one);
    bool bind_binary(Expression& one);
    bool bind_compared(Expression& one, Expression& left, Expression& right, const std::string& op);
    bool bind_calculated(Expression& one);
    bool bind_choice(Expression& one);
    bool agree(Expression& one, std::size_t first, std::size_t step);
    bool no_operator(const Expression& one, const std::string& op, Kind left, Kind right);
    bool fail(Problem problem);

    const Scope& scope_;
    Problem& problem_;
    int aggregates_ = 0;
};

// A bound expression's value, in a row or over a group of rows.
class Evaluator {
public:
    Evaluator(const Session& session, Problem& problem) : session_(session), problem_(problem) {}
    Value value(const Expression& one, const Row* row, const std::vector<const Row*>* group = nullptr);
    bool is_true(const Expression& one, const Row* row, const std::vector<const Row*>* group = nullptr);
    [[nodiscard]] bool failed() const { return failed_; }

private:
    Value binary(const Expression& one, const Row* row, const std::vector<const Row*>* group);
    Value logic(const Expression& one, const Row* row, const std::vector<const Row*>* group);
    Value aggregate(const Expression& one, const std::vector<const Row*>& group);
    Value sum(const Expression& one, const std::vector<Value>& values);
    Value in_list(const Expression& one, const Row* row, const std::vector<const Row*>* group);
    Value between(const Expression& one, const Row* row, const std::vector<const Row*>* group);
    Value like(const Expression& one, const Row* row, const std::vector<const Row*>* group);
    Value cast(const Expression& one, const Row* row, const std::vector<const Row*>* group);
    Value fail(const Expression& one, Problem problem);

    const Session& session_;
    Problem& problem_;
    bool failed_ = false;
};

// --- functions (pg_functions.cpp) ---
struct Function {
    std::string_view name;
    std::size_t least = 0;
    std::size_t most = 0;
    Kind result = Kind::unknown;  // unknown: that of its arguments
    Value (*run)(const Session& session, const std::vector<Value>& given, Problem& problem) = nullptr;
};
const Function* find_function(std::string_view name);
bool is_beyond(std::string_view name);         // a function of the original's that this one has not
bool is_bare_function(std::string_view name);  // current_user: without parentheses

struct FoundColumn {
    std::string name;
    Kind kind = Kind::text;
};
struct Found {  // by a query
    std::vector<FoundColumn> columns;
    std::vector<Row> rows;
};

class Engine {
public:
    Engine(Store& store, Session& session) : store_(store), session_(session) {}
    // Nothing: `problem` says why not, and whoever called rolls back.
    std::optional<Answer> run(Statement& statement, Problem& problem);
    // What psql's backslash commands show: "l", "dt", "d", "du", "d NAME".
    std::optional<Answer> describe(std::string_view what, const std::string& name, Problem& problem);

private:
    struct Opened {
        Relation relation;
        Table table;
    };
    std::optional<Opened> open_table(const std::string& name, std::size_t at, Problem& problem);
    std::optional<Found> find_rows(Statement& statement, Problem& problem);
    std::optional<Answer> select(Statement& statement, Problem& problem);
    std::optional<Answer> insert(Statement& statement, Problem& problem);
    std::optional<Answer> update(Statement& statement, Problem& problem);
    std::optional<Answer> remove(Statement& statement, Problem& problem);
    std::optional<Answer> truncate(Statement& statement, Problem& problem);
    std::optional<Answer> create_table(const Statement& statement, Problem& problem);
    std::optional<Answer> drop_table(const Statement& statement, Problem& problem);
    std::optional<Answer> create_database(const Statement& statement, Problem& problem);
    std::optional<Answer> drop_database(const Statement& statement, Problem& problem);
    std::optional<Answer> change_role(const Statement& statement, Problem& problem);
    std::optional<Answer> drop_role(const Statement& statement, Problem& problem);
    std::optional<Answer> show(const Statement& statement, Problem& problem);
    std::optional<Answer> list_tables(bool all);
    std::optional<Answer> list_databases();
    std::optional<Answer> list_roles();
    std::optional<Answer> describe_table(const std::string& name, Problem& problem);
    std::optional<std::vector<Row>> rows_to_insert(Statement& statement, const std::vector<std::size_t>& places,
                                                   Opened& into, Problem& problem);
    static bool bind_where(Statement& statement, Binder& binder);
    bool store_row(Opened& into, Row row, Problem& problem);
    bool check_row(const Table& table, const Row& row, std::size_t but, Problem& problem);
    std::optional<Answer> returning(Statement& statement, const Opened& from, const std::vector<Row>& rows,
                                    Answer answer, Problem& problem);
    bool may_use(const Relation& relation, Problem& problem) const;  // its owner and superusers may
    bool may_drop(const Relation& relation, Problem& problem) const;

    Store& store_;
    Session& session_;
};

}  // namespace cutaway::model::pg
