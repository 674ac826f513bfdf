// SPDX-License-Identifier: Apache-2.0
// Tables, databases and roles: made, changed, dropped.
#include <algorithm>

#include "core/base/sha256.h"
#include "core/model/programs/pg_engine.h"
#include "core/model/programs/text.h"

namespace cutaway::model::pg {

namespace {

std::nullopt_t refused(Problem& problem, std::string code, std::string message, std::size_t at = 0) {
    problem = {std::move(code), std::move(message), at, {}, {}};
    return std::nullopt;
}

std::nullopt_t denied(Problem& problem, const std::string& what, std::string detail) {
    problem = {"42501", "permission denied to " + what, 0, std::move(detail), {}};
    return std::nullopt;
}

// A serial column's sequence and a key's index have names that nobody gave them.
std::string made_name(const std::string& table, const std::vector<std::string>& columns, std::string_view end) {
    std::string name = table;
    for (const std::string& column : columns) {
        name += "_" + column;
    }
    return name + "_" + std::string(end);
}

bool add_keys(const Statement& statement, Table& table, Problem& problem) {
    bool primary = false;
    for (std::size_t i = 0; i < statement.keys.size(); ++i) {
        const bool is_primary = statement.keys_primary[i];
        if (is_primary && primary) {
            (void)refused(problem, "42P16", "multiple primary keys for table \"" + table.name + "\" are not allowed");
            return false;
        }
        primary = primary || is_primary;
        Key key;
        key.primary = is_primary;
        key.name = is_primary ? table.name + "_pkey" : made_name(table.name, statement.keys[i], "key");
        for (const std::string& name : statement.keys[i]) {
            const auto found = std::find_if(table.columns.begin(), table.columns.end(),
                                            [&](const Column& column) { return column.name == name; });
            if (found == table.columns.end()) {
                (void)refused(problem, "42703", "column \"" + name + "\" named in key does not exist");
                return false;
            }
            found->not_null = found->not_null || is_primary;
            key.columns.push_back(static_cast<std::uint64_t>(found - table.columns.begin()));
        }
        table.keys.push_back(std::move(key));
    }
    return true;
}

// A default is tried when the table is made: what names nothing is no default.
bool check_default(const Session& session, const ColumnDefinition& column, Problem& problem) {
    if (column.default_text.empty()) {
        return true;
    }
    auto what = parse_expression(column.default_text, problem);
    const Scope nothing;
    if (!what || !Binder(nothing, problem).bind(*what)) {
        problem.at += problem.at > 0 ? column.default_at - 1 : 0;
        return false;
    }
    Evaluator evaluator(session, problem);
    const Value value = evaluator.value(*what, nullptr);
    return !evaluator.failed() && convert(value, column.type, false, problem).has_value();
}

template <class T>
void erase_named(std::vector<T>& all, const std::string& name) {
    std::erase_if(all, [&](const T& one) { return one.name == name; });
}

std::string upper(std::string text) {
    std::transform(text.begin(), text.end(), text.begin(),
                   [](unsigned char c) { return static_cast<char>(std::toupper(c)); });
    return text;
}

}  // namespace

bool Engine::may_use(const Relation& relation, Problem& problem) const {
    if (session_.superuser || relation.owner == session_.user) {
        return true;
    }
    (void)refused(problem, "42501", "permission denied for table " + relation.name);
    return false;
}

bool Engine::may_drop(const Relation& relation, Problem& problem) const {
    if (session_.superuser || relation.owner == session_.user) {
        return true;
    }
    (void)refused(problem, "42501", "must be owner of table " + relation.name);
    return false;
}

std::optional<Engine::Opened> Engine::open_table(const std::string& name, std::size_t at, Problem& problem) {
    for (const Relation& relation : store_.relations(session_.database_oid)) {
        if (relation.name == name) {
            return Opened{relation, store_.table(session_.database_oid, relation.oid)};
        }
    }
    if (name.starts_with("pg_") || name.starts_with("information_schema")) {
        return refused(problem, "0A000", "the catalogue's " + name + ": not modelled", at);
    }
    return refused(problem, "42P01", "relation \"" + name + "\" does not exist", at);
}

std::optional<Answer> Engine::create_table(const Statement& statement, Problem& problem) {
    Relations relations = store_.relations(session_.database_oid);
    Answer answer;
    answer.tag = "CREATE TABLE";
    for (const Relation& relation : relations) {
        if (relation.name != statement.name) {
            continue;
        }
        if (!statement.exists) {
            return refused(problem, "42P07", "relation \"" + statement.name + "\" already exists");
        }
        answer.notices.push_back({"NOTICE", "relation \"" + statement.name + "\" already exists, skipping"});
        return answer;
    }
    Cluster cluster = store_.cluster();
    const Database* database = cluster.database(session_.database);
    if (!session_.superuser && (database == nullptr || database->owner != session_.user)) {
        return refused(problem, "42501", "permission denied for schema public", statement.name_at);
    }
    Table table;
    table.name = statement.name;
    for (const ColumnDefinition& given : statement.columns) {
        const auto same = [&](const Column& column) { return column.name == given.name; };
        if (std::any_of(table.columns.begin(), table.columns.end(), same)) {
            return refused(problem, "42701", "column \"" + given.name + "\" specified more than once");
        }
        if (!check_default(session_, given, problem)) {
            return std::nullopt;
        }
        table.columns.push_back({given.name, given.type, given.not_null, given.serial, given.default_text, 1});
    }
    if (!add_keys(statement, table, problem)) {
        return std::nullopt;
    }
    const Relation relation{table.name, cluster.next_oid++, session_.user};
    relations.push_back(relation);
    store_.save(cluster);
    store_.save(session_.database_oid, relations);
    store_.save(session_.database_oid, relation.oid, table);
    return answer;
}

std::optional<Answer> Engine::drop_table(const Statement& statement, Problem& problem) {
    Relations relations = store_.relations(session_.database_oid);
    std::vector<std::string> names = statement.names;
    names.insert(names.begin(), statement.name);
    Answer answer;
    answer.tag = "DROP TABLE";
    for (const std::string& name : names) {
        const auto found = std::find_if(relations.begin(), relations.end(),
                                        [&](const Relation& relation) { return relation.name == name; });
        if (found == relations.end()) {
            if (!statement.exists) {
                return refused(problem, "42P01", "table \"" + name + "\" does not exist");
            }
            answer.notices.push_back({"NOTICE", "table \"" + name + "\" does not exist, skipping"});
            continue;
        }
        if (!may_drop(*found, problem)) {
            return std::nullopt;
        }
        store_.remove(session_.database_oid, found->oid);
        relations.erase(found);
    }
    store_.save(session_.database_oid, relations);
    return answer;
}

std::optional<Answer> Engine::create_database(const Statement& statement, Problem& problem) {
    Cluster cluster = store_.cluster();
    const Role* role = cluster.role(session_.user);
    if (!session_.superuser && (role == nullptr || !role->create_db)) {
        return denied(problem, "create database", {});
    }
    if (cluster.database(statement.name) != nullptr) {
        return refused(problem, "42P04", "database \"" + statement.name + "\" already exists");
    }
    if (!statement.owner.empty() && cluster.role(statement.owner) == nullptr) {
        return refused(problem, "42704", "role \"" + statement.owner + "\" does not exist");
    }
    const std::string owner = statement.owner.empty() ? session_.user : statement.owner;
    cluster.databases.push_back({statement.name, cluster.next_oid, owner});
    store_.save(cluster.next_oid++, Relations());
    store_.save(cluster);
    Answer answer;
    answer.tag = "CREATE DATABASE";
    return answer;
}

std::optional<Answer> Engine::drop_database(const Statement& statement, Problem& problem) {
    Cluster cluster = store_.cluster();
    Answer answer;
    answer.tag = "DROP DATABASE";
    const Database* database = cluster.database(statement.name);
    if (database == nullptr) {
        if (!statement.exists) {
            return refused(problem, "3D000", "database \"" + statement.name + "\" does not exist");
        }
        answer.notices.push_back({"NOTICE", "database \"" + statement.name + "\" does not exist, skipping"});
        return answer;
    }
    if (statement.name == session_.database) {
        return refused(problem, "55006", "cannot drop the currently open database");
    }
    if (statement.name.starts_with("template")) {
        return refused(problem, "42809", "cannot drop a template database");
    }
    if (!session_.superuser && database->owner != session_.user) {
        return refused(problem, "42501", "must be owner of database " + statement.name);
    }
    store_.remove_database(database->oid);
    erase_named(cluster.databases, statement.name);
    store_.save(cluster);
    return answer;
}

std::optional<Answer> Engine::change_role(const Statement& statement, Problem& problem) {
    Cluster cluster = store_.cluster();
    const bool creates = statement.verb == Verb::create_role;
    const Role* me = cluster.role(session_.user);
    const bool own_password = !creates && statement.name == session_.user && statement.options.empty();
    if (!session_.superuser && !own_password && (me == nullptr || !me->create_role)) {
        return denied(problem, creates ? "create role" : "alter role",
                      creates ? "Only roles with the CREATEROLE attribute may create roles." : "");
    }
    if (creates && cluster.role(statement.name) != nullptr) {
        return refused(problem, "42710", "role \"" + statement.name + "\" already exists");
    }
    if (creates) {
        Role fresh;
        fresh.name = statement.name;
        fresh.oid = cluster.next_oid++;
        cluster.roles.push_back(std::move(fresh));
    }
    const auto role = std::find_if(cluster.roles.begin(), cluster.roles.end(),
                                   [&](const Role& one) { return one.name == statement.name; });
    if (role == cluster.roles.end()) {
        return refused(problem, "42704", "role \"" + statement.name + "\" does not exist");
    }
    for (const std::string& option : statement.options) {
        const bool on = !option.starts_with("no");
        const std::string_view what = std::string_view(option).substr(on ? 0 : 2);
        (what == "superuser"
             ? role->superuser
             : (what == "createdb" ? role->create_db : (what == "createrole" ? role->create_role : role->login))) = on;
    }
    if (statement.password) {
        role->salt = sha256_hex(role->name + std::to_string(session_.random)).substr(0, 24);
        role->secret = statement.password->empty() ? "" : secret_of(role->salt, *statement.password);
    }
    store_.save(cluster);
    Answer answer;
    answer.tag = creates ? "CREATE ROLE" : "ALTER ROLE";
    return answer;
}

std::optional<Answer> Engine::drop_role(const Statement& statement, Problem& problem) {
    Cluster cluster = store_.cluster();
    Answer answer;
    answer.tag = "DROP ROLE";
    if (cluster.role(statement.name) == nullptr) {
        if (!statement.exists) {
            return refused(problem, "42704", "role \"" + statement.name + "\" does not exist");
        }
        answer.notices.push_back({"NOTICE", "role \"" + statement.name + "\" does not exist, skipping"});
        return answer;
    }
    if (!session_.superuser) {
        return denied(problem, "drop role", {});
    }
    if (statement.name == session_.user) {
        return refused(problem, "55006", "current user cannot be dropped");
    }
    for (const Database& database : cluster.databases) {
        const Relations relations = store_.relations(database.oid);
        const auto owned = [&](const Relation& one) { return one.owner == statement.name; };
        const auto table = std::find_if(relations.begin(), relations.end(), owned);
        const bool here = database.oid == session_.database_oid;
        std::string detail = database.owner == statement.name ? "owner of database " + database.name : "";
        if (detail.empty() && table != relations.end()) {
            detail = here ? "owner of table " + table->name : "1 object in database " + database.name;
        }
        if (!detail.empty()) {
            problem = {"2BP01",
                       "role \"" + statement.name + "\" cannot be dropped because some objects depend on it",
                       0,
                       detail,
                       {}};
            return std::nullopt;
        }
    }
    erase_named(cluster.roles, statement.name);
    store_.save(cluster);
    return answer;
}

std::optional<Answer> Engine::show(const Statement& statement, Problem& problem) {
    const std::pair<std::string_view, std::string> settings[] = {{"server_version", session_.version},
                                                                 {"data_directory", session_.data_directory},
                                                                 {"port", "5432"},
                                                                 {"listen_addresses", "*"},
                                                                 {"max_connections", "100"},
                                                                 {"shared_buffers", "128MB"},
                                                                 {"server_encoding", "UTF8"},
                                                                 {"client_encoding", "UTF8"},
                                                                 {"timezone", "Etc/UTC"}};
    for (const auto& [name, value] : settings) {
        if (name == statement.name) {
            Answer answer;
            answer.tag = "SHOW";
            answer.has_rows = true;
            answer.fields.push_back({name == "timezone" ? "TimeZone" : std::string(name), false});
            answer.rows.push_back({value});
            return answer;
        }
    }
    return refused(problem, "42704", "unrecognized configuration parameter \"" + statement.name + "\"");
}

std::optional<Answer> Engine::run(Statement& statement, Problem& problem) {
    Answer answer;
    switch (statement.verb) {
        case Verb::select: return select(statement, problem);
        case Verb::insert: return insert(statement, problem);
        case Verb::update: return update(statement, problem);
        case Verb::remove: return remove(statement, problem);
        case Verb::truncate: return truncate(statement, problem);
        case Verb::create_table: return create_table(statement, problem);
        case Verb::drop_table: return drop_table(statement, problem);
        case Verb::create_database: return create_database(statement, problem);
        case Verb::drop_database: return drop_database(statement, problem);
        case Verb::create_role:
        case Verb::alter_role: return change_role(statement, problem);
        case Verb::drop_role: return drop_role(statement, problem);
        case Verb::show: return show(statement, problem);
        default: answer.tag = upper(std::string(statement.text)); return answer;  // a transaction's bounds
    }
}

}  // namespace cutaway::model::pg
