// SPDX-License-Identifier: Apache-2.0
// Statements out of tokens.
#include <algorithm>

#include "core/model/programs/pg_reader.h"
#include "core/model/programs/text.h"

namespace cutaway::model::pg {

namespace {

// First words of PostgreSQL's other commands.
constexpr std::string_view other_commands[] = {
    "analyze",   "alter",      "call",     "checkpoint", "close",    "cluster", "comment", "copy",
    "create",    "deallocate", "declare",  "discard",    "do",       "drop",    "execute", "explain",
    "fetch",     "grant",      "import",   "listen",     "load",     "lock",    "merge",   "move",
    "notify",    "prepare",    "reassign", "refresh",    "reindex",  "release", "reset",   "revoke",
    "savepoint", "security",   "set",      "table",      "unlisten", "vacuum",  "values",  "with"};

class Parser {
public:
    Parser(std::string_view sql, std::vector<Token> tokens, Problem& problem)
        : sql_(sql), in_(std::move(tokens), problem) {}

    std::optional<std::vector<Statement>> all() {
        std::vector<Statement> statements;
        while (!in_.at_end()) {
            if (in_.take_symbol(";")) {
                continue;
            }
            const std::size_t from = in_.now().at - 1;
            Statement one = statement();
            if (!in_.at_end() && !in_.is_symbol(";")) {
                in_.unexpected();
            }
            if (in_.failed()) {
                return std::nullopt;
            }
            one.text = std::string(programs::trim(sql_.substr(from, in_.now().at - 1 - from)));
            statements.push_back(std::move(one));
        }
        return statements;
    }

    std::optional<Expression> lone() {
        Expression one = in_.expression();
        if (!in_.at_end()) {
            in_.unexpected();
        }
        return in_.failed() ? std::nullopt : std::optional(std::move(one));
    }

private:
    Statement statement();
    Statement create();
    Statement create_table();
    Statement drop();
    Statement insert();
    Statement update();
    Statement select();
    Statement transaction(Verb verb);
    Statement role(Verb verb);
    void select_into(Statement& made);
    void tail(Statement& made);
    void from(Statement& made);
    void table_part(Statement& made);
    void column_part(Statement& made, ColumnDefinition column);
    void default_of(ColumnDefinition& column);
    std::vector<std::string> name_list();
    std::vector<Output> outputs();
    void table_name(Statement& made);
    bool constraint(Statement& made, ColumnDefinition& column);

    std::string_view sql_;
    Reader in_;
};

void Parser::table_name(Statement& made) {
    made.name_at = in_.now().at;
    made.name = in_.need_name();
    if (made.name == "public" && in_.take_symbol(".")) {
        made.name = in_.need_name();
    }
}

std::vector<std::string> Parser::name_list() {
    std::vector<std::string> names;
    in_.need_symbol("(");
    do {
        names.push_back(in_.need_name());
    } while (in_.take_symbol(","));
    in_.need_symbol(")");
    return names;
}

Statement Parser::statement() {
    const Token first = in_.now();
    if (in_.is_word("select")) {
        return select();
    }
    if (in_.take_word("create")) {
        return create();
    }
    if (in_.take_word("drop")) {
        return drop();
    }
    if (in_.take_word("insert")) {
        return insert();
    }
    if (in_.take_word("update")) {
        return update();
    }
    if (in_.take_word("delete")) {
        Statement made;
        made.verb = Verb::remove;
        in_.need_word("from");
        table_name(made);
        tail(made);
        return made;
    }
    if (in_.take_words("alter", "user") || in_.take_words("alter", "role")) {
        return role(Verb::alter_role);
    }
    Statement made;
    if (in_.take_word("truncate")) {
        made.verb = Verb::truncate;
        in_.take_word("table");
        table_name(made);
        return made;
    }
    if (in_.take_word("show")) {
        made.verb = Verb::show;
        made.name = in_.need_name();
        return made;
    }
    if (in_.take_word("begin") || in_.take_words("start", "transaction")) {
        return transaction(Verb::begin);
    }
    if (in_.take_word("commit") || in_.take_word("end")) {
        return transaction(Verb::commit);
    }
    if (in_.take_word("rollback") || in_.take_word("abort")) {
        return transaction(Verb::rollback);
    }
    if (std::find(std::begin(other_commands), std::end(other_commands), first.text) != std::end(other_commands)) {
        in_.refuse(first.text, first.at);
    }
    in_.unexpected();
    return made;
}

Statement Parser::transaction(Verb verb) {
    Statement made;
    made.verb = verb;
    if (!in_.take_word("transaction")) {
        in_.take_word("work");
    }
    return made;
}

Statement Parser::create() {
    Statement made;
    const Token what = in_.now();
    if (in_.take_word("table")) {
        return create_table();
    }
    if (in_.take_word("user") || in_.take_word("role")) {
        Statement one = role(Verb::create_role);
        if (what.text == "user") {
            one.options.insert(one.options.begin(), "login");
        }
        return one;
    }
    if (in_.take_word("database")) {
        made.verb = Verb::create_database;
        made.name = in_.need_name();
        in_.take_word("with");
        if (in_.take_word("owner")) {
            in_.take_symbol("=");
            made.owner = in_.need_name();
        }
        return made;
    }
    if (what.kind == TokenKind::word) {
        in_.refuse("create " + what.text, what.at);
    }
    in_.unexpected();
    return made;
}

Statement Parser::create_table() {
    Statement made;
    made.verb = Verb::create_table;
    made.exists = in_.is_word("if");
    if (in_.take_word("if")) {
        in_.need_word("not");
        in_.need_word("exists");
    }
    table_name(made);
    in_.need_symbol("(");
    do {
        table_part(made);
    } while (in_.take_symbol(","));
    in_.need_symbol(")");
    return made;
}

void Parser::table_part(Statement& made) {
    if (in_.is_word("primary") || in_.is_word("unique")) {
        made.keys_primary.push_back(in_.is_word("primary"));
        if (in_.take().text == "primary") {
            in_.need_word("key");
        }
        made.keys.push_back(name_list());
        return;
    }
    if (in_.is_word("constraint") || in_.is_word("foreign") || in_.is_word("check")) {
        in_.refuse(in_.now().text, in_.now().at);
        return;
    }
    ColumnDefinition column;
    column.name = in_.need_name();
    const std::string word = in_.now().text;
    if (word == "serial" || word == "bigserial" || word == "smallserial") {
        in_.take();
        column.serial = column.not_null = true;
        column.type.kind = word == "serial" ? Kind::integer : (word == "bigserial" ? Kind::bigint : Kind::smallint);
    } else {
        column.type = in_.type();
    }
    column_part(made, std::move(column));
}

bool Parser::constraint(Statement& made, ColumnDefinition& column) {
    if (in_.take_words("primary", "key")) {
        column.not_null = true;
        made.keys.push_back({column.name});
        made.keys_primary.push_back(true);
    } else if (in_.take_words("not", "null")) {
        column.not_null = true;
    } else if (in_.take_word("null")) {
        return true;
    } else if (in_.take_word("unique")) {
        made.keys.push_back({column.name});
        made.keys_primary.push_back(false);
    } else if (in_.take_word("default")) {
        default_of(column);
    } else {
        return false;
    }
    return true;
}

void Parser::column_part(Statement& made, ColumnDefinition column) {
    while (constraint(made, column)) {
        continue;
    }
    if (in_.is_word("generated") || in_.is_word("references") || in_.is_word("check") || in_.is_word("constraint")) {
        in_.refuse(in_.now().text, in_.now().at);
    }
    made.columns.push_back(std::move(column));
}

void Parser::default_of(ColumnDefinition& column) {
    column.default_at = in_.now().at;
    const std::size_t from = in_.now().at - 1;
    (void)in_.expression();
    column.default_text = std::string(programs::trim(sql_.substr(from, in_.now().at - 1 - from)));
}

Statement Parser::drop() {
    Statement made;
    const Token what = in_.take();
    if (what.text == "table") {
        made.verb = Verb::drop_table;
    } else if (what.text == "database") {
        made.verb = Verb::drop_database;
    } else if (what.text == "user" || what.text == "role") {
        made.verb = Verb::drop_role;
    } else {
        in_.refuse("drop " + what.text, what.at);
    }
    made.exists = in_.is_word("if");
    if (in_.take_word("if")) {
        in_.need_word("exists");
    }
    table_name(made);
    while (made.verb == Verb::drop_table && in_.take_symbol(",")) {
        made.names.push_back(in_.need_name());
    }
    return made;
}

Statement Parser::role(Verb verb) {
    Statement made;
    made.verb = verb;
    made.name = in_.need_name();
    in_.take_word("with");
    constexpr std::string_view known[] = {"superuser",  "nosuperuser",  "createdb", "nocreatedb",
                                          "createrole", "nocreaterole", "login",    "nologin"};
    while (!in_.at_end() && !in_.is_symbol(";")) {
        in_.take_word("encrypted");
        if (in_.take_word("password")) {
            made.password = in_.need_string();
        } else if (std::find(std::begin(known), std::end(known), in_.now().text) != std::end(known)) {
            made.options.push_back(in_.take().text);
        } else {
            in_.unexpected();
        }
    }
    return made;
}

Statement Parser::insert() {
    Statement made;
    made.verb = Verb::insert;
    in_.need_word("into");
    table_name(made);
    if (in_.take_symbol("(")) {
        do {
            made.names_at.push_back(in_.now().at);
            made.names.push_back(in_.need_name());
        } while (in_.take_symbol(","));
        in_.need_symbol(")");
    }
    if (in_.is_word("select")) {
        Statement whole = select();
        whole.verb = Verb::insert;
        whole.selects = true;
        whole.target = made.name;
        whole.target_at = made.name_at;
        whole.names = made.names;
        whole.names_at = made.names_at;
        return whole;
    }
    if (in_.take_words("default", "values")) {
        made.rows.emplace_back();
    } else {
        in_.need_word("values");
        do {
            std::vector<Expression> row;
            in_.need_symbol("(");
            do {
                const std::size_t at = in_.now().at;
                Expression by_default;
                by_default.node = Node::star;  // DEFAULT
                by_default.at = at;
                row.push_back(in_.take_word("default") ? std::move(by_default) : in_.expression());
            } while (in_.take_symbol(","));
            in_.need_symbol(")");
            made.rows.push_back(std::move(row));
        } while (in_.take_symbol(","));
    }
    made.target = made.name;
    made.target_at = made.name_at;
    tail(made);
    return made;
}

Statement Parser::update() {
    Statement made;
    made.verb = Verb::update;
    table_name(made);
    in_.need_word("set");
    made.rows.emplace_back();
    do {
        made.names_at.push_back(in_.now().at);
        made.names.push_back(in_.need_name());
        in_.need_symbol("=");
        made.rows[0].push_back(in_.expression());
    } while (in_.take_symbol(","));
    tail(made);
    return made;
}

// WHERE … and RETURNING … of what changes rows
void Parser::tail(Statement& made) {
    if (made.verb != Verb::insert && in_.take_word("where")) {
        made.where = in_.expression();
    }
    if (in_.take_word("returning")) {
        made.outputs = outputs();
    }
}

std::vector<Output> Parser::outputs() {
    std::vector<Output> all;
    do {
        Output one;
        if (in_.is_symbol("*")) {
            one.what.node = Node::star;
            one.what.at = in_.take().at;
        } else {
            one.what = in_.expression();
            const bool named = in_.take_word("as");
            const bool bare = in_.now().kind == TokenKind::quoted ||
                              (in_.now().kind == TokenKind::word && !is_reserved(in_.now().text));
            if (named && in_.now().kind == TokenKind::word) {
                one.name = in_.take().text;  // behind AS any word is a name
            } else if (named || bare) {
                one.name = in_.need_name();
            }
        }
        all.push_back(std::move(one));
    } while (in_.take_symbol(","));
    return all;
}

void Parser::from(Statement& made) {
    if (in_.is_symbol("(")) {
        in_.refuse("a query within a query", in_.now().at);
    }
    table_name(made);
    if (made.name == "generate_series" && in_.is_symbol("(")) {
        made.from = in_.list();
    }
    if (in_.is_symbol(",")) {
        in_.refuse("more than one table", in_.now().at);
    }
    const bool named = in_.take_word("as");
    if (named || (in_.now().kind == TokenKind::word && !is_reserved(in_.now().text))) {
        made.alias = in_.need_name();
    }
    if (in_.is_symbol(",")) {
        in_.refuse("more than one table", in_.now().at);
    }
}

Statement Parser::select() {
    Statement made;
    in_.need_word("select");
    made.verb = Verb::select;
    made.distinct = in_.take_word("distinct");
    if (!in_.is_word("from") && !in_.at_end() && !in_.is_symbol(";")) {
        made.outputs = outputs();
    }
    select_into(made);
    return made;
}

void Parser::select_into(Statement& made) {
    if (in_.take_word("from")) {
        from(made);
    }
    if (in_.take_word("where")) {
        made.where = in_.expression();
    }
    if (in_.take_words("group", "by")) {
        do {
            made.groups.push_back(in_.expression());
        } while (in_.take_symbol(","));
    }
    if (in_.take_word("having")) {
        made.having = in_.expression();
    }
    if (in_.take_words("order", "by")) {
        do {
            Order order;
            order.what = in_.expression();
            order.descending = in_.take_word("desc");
            if (!order.descending) {
                in_.take_word("asc");
            }
            if (in_.take_word("nulls")) {
                order.nulls_first = in_.is_word("first");
                in_.take();
            }
            made.order.push_back(std::move(order));
        } while (in_.take_symbol(","));
    }
    while (in_.is_word("limit") || in_.is_word("offset")) {
        const bool limits = in_.take().text == "limit";
        if (limits && in_.take_word("all")) {
            continue;
        }
        (limits ? made.limit : made.offset) = in_.expression();
    }
}

}  // namespace

std::optional<std::vector<Statement>> parse_sql(std::string_view sql, Problem& problem) {
    auto tokens = tokens_of(sql, problem);
    return tokens ? Parser(sql, std::move(*tokens), problem).all() : std::nullopt;
}

std::optional<Expression> parse_expression(std::string_view text, Problem& problem) {
    auto tokens = tokens_of(text, problem);
    return tokens ? Parser(text, std::move(*tokens), problem).lone() : std::nullopt;
}

}  // namespace cutaway::model::pg
