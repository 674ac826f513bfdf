// SPDX-License-Identifier: Apache-2.0
// The part of SQL that the simulated PostgreSQL reads: words, expressions, statements (docs/programs.md has the grammar).
// Reading either succeeds or says where it stopped, in PostgreSQL's words; what is SQL but not of this part is "not
// modelled". Pure functions.
#pragma once

#include <optional>
#include <string>
#include <string_view>
#include <vector>

#include "core/model/programs/pg_value.h"

namespace cutaway::model::pg {

enum class TokenKind { end, word, quoted, number, string, symbol };
struct Token {
    TokenKind kind = TokenKind::end;
    std::string text;    // a word in lower case; a string without its quotes
    std::string typed;   // as it stands in the query
    std::size_t at = 1;  // where it stands, from 1
};
std::optional<std::vector<Token>> tokens_of(std::string_view sql, Problem& problem);

enum class Node { constant, column, star, call, unary, binary, is_null, in_list, between, like, cast, choice };
struct Expression {
    Node node = Node::constant;
    std::string name;   // of a column, a function, an operator
    std::string table;  // before a column's point
    Value value;
    Type type;  // of a cast
    bool negated = false;
    bool distinct = false;  // count(DISTINCT x); of LIKE: whatever the case
    std::vector<Expression> parts;
    std::size_t at = 0;
    int column = -1;  // where it stands in a row, once that is known
    Kind kind = Kind::unknown;
};

struct ColumnDefinition {
    std::string name;
    Type type;
    bool not_null = false;
    bool primary = false;
    bool unique = false;
    bool serial = false;
    std::string default_text;
    std::size_t default_at = 0;
};

struct Output {
    Expression what;
    std::string name;  // behind AS
};
struct Order {
    Expression what;
    bool descending = false;
    std::optional<bool> nulls_first;
};

enum class Verb {
    empty,
    select,
    insert,
    update,
    remove,
    create_table,
    drop_table,
    truncate,
    create_database,
    drop_database,
    create_role,
    alter_role,
    drop_role,
    begin,
    commit,
    rollback,
    show
};

struct Statement {
    Verb verb = Verb::empty;
    std::string text;
    std::string name;  // of a table, database, role, setting
    std::size_t name_at = 0;
    std::string alias;
    bool exists = false;    // IF [NOT] EXISTS
    bool distinct = false;  // SELECT DISTINCT
    std::vector<ColumnDefinition> columns;
    std::vector<std::vector<std::string>> keys;  // PRIMARY KEY (a, b): first; then UNIQUE (…)
    std::vector<bool> keys_primary;
    std::vector<std::string> names;  // columns of INSERT, UPDATE; further tables of DROP
    std::vector<std::size_t> names_at;
    std::vector<std::vector<Expression>> rows;  // VALUES; of UPDATE one row
    std::vector<Output> outputs;                // of SELECT; of RETURNING
    std::vector<Expression> from;               // of generate_series
    std::optional<Expression> where;
    std::vector<Expression> groups;
    std::optional<Expression> having;
    std::vector<Order> order;
    std::optional<Expression> limit;
    std::optional<Expression> offset;
    bool selects = false;  // INSERT … SELECT: `name` gives the rows
    std::string target;    // of INSERT: takes the rows
    std::size_t target_at = 0;
    std::string owner;
    std::optional<std::string> password;
    std::vector<std::string> options;  // of roles: "superuser", "nologin", …
};

// Every statement of a query, or what is wrong with the first that cannot be read.
std::optional<std::vector<Statement>> parse_sql(std::string_view sql, Problem& problem);
// One expression: a column's default.
std::optional<Expression> parse_expression(std::string_view text, Problem& problem);

}  // namespace cutaway::model::pg
