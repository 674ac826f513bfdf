// SPDX-License-Identifier: Apache-2.0
// What psql's backslash commands show of a database: tables, databases, roles, one table's columns.
#include <algorithm>

#include "core/model/programs/pg_engine.h"
#include "core/model/programs/text.h"

namespace cutaway::model::pg {

namespace {

std::vector<Field> headings(std::initializer_list<const char*> names) {
    std::vector<Field> fields;
    for (const char* name : names) {
        fields.push_back({name, false});
    }
    return fields;
}

std::string sequence_of(const std::string& table, const Column& column) { return table + "_" + column.name + "_seq"; }

// A default as the catalog prints it: a constant with its type, a function as it is.
std::string default_text(const std::string& table, const Column& column) {
    if (column.serial) {
        return "nextval('" + sequence_of(table, column) + "'::regclass)";
    }
    if (column.default_text.starts_with("'")) {
        return column.default_text + "::" + std::string(kind_name(column.type.kind));
    }
    return column.default_text == "current_timestamp" || column.default_text == "current_date"
               ? programs::replace_all(column.default_text, "current_", "CURRENT_")
               : column.default_text;
}

std::string attributes_of(const Role& role) {
    std::string text;
    const auto add = [&](bool has, std::string_view name) {
        text += has ? (text.empty() ? "" : ", ") + std::string(name) : "";
    };
    add(role.superuser, "Superuser");
    add(role.create_role, "Create role");
    add(role.create_db, "Create DB");
    add(!role.login, "Cannot login");
    add(role.bootstrap, "Replication");
    add(role.bootstrap, "Bypass RLS");
    return text;
}

}  // namespace

std::optional<Answer> Engine::list_tables(bool all) {
    Answer answer;
    answer.title = "List of relations";
    answer.fields = headings({"Schema", "Name", "Type", "Owner"});
    for (const Relation& relation : store_.relations(session_.database_oid)) {
        answer.rows.push_back({"public", relation.name, "table", relation.owner});
        if (!all) {
            continue;
        }
        for (const Column& column : store_.table(session_.database_oid, relation.oid).columns) {
            if (column.serial) {
                answer.rows.push_back({"public", sequence_of(relation.name, column), "sequence", relation.owner});
            }
        }
    }
    std::sort(answer.rows.begin(), answer.rows.end());
    answer.has_rows = !answer.rows.empty();
    const bool tables = !all && !session_.version.starts_with("16");
    answer.footer = answer.has_rows ? "" : (tables ? "Did not find any tables." : "Did not find any relations.");
    return answer;
}

std::optional<Answer> Engine::list_databases() {
    Answer answer;
    answer.title = "List of databases";
    answer.fields =
        headings({"Name", "Owner", "Encoding", "Locale Provider", "Collate", "Ctype",
                  session_.version.starts_with("16") ? "ICU Locale" : "Locale", "ICU Rules", "Access privileges"});
    answer.has_rows = true;
    for (const Database& database : store_.cluster().databases) {
        const std::string access = database.name.starts_with("template")
                                       ? "=c/" + database.owner + "\n" + database.owner + "=CTc/" + database.owner
                                       : "";
        answer.rows.push_back(
            {database.name, database.owner, "UTF8", "libc", "en_US.utf8", "en_US.utf8", "", "", access});
    }
    std::sort(answer.rows.begin(), answer.rows.end());
    return answer;
}

std::optional<Answer> Engine::list_roles() {
    Answer answer;
    answer.title = "List of roles";
    answer.fields = headings({"Role name", "Attributes"});
    answer.has_rows = true;
    answer.counted = false;
    for (const Role& role : store_.cluster().roles) {
        answer.rows.push_back({role.name, attributes_of(role)});
    }
    std::sort(answer.rows.begin(), answer.rows.end());
    return answer;
}

std::optional<Answer> Engine::describe_table(const std::string& name, Problem& problem) {
    const auto opened = open_table(name, 0, problem);
    if (!opened) {
        problem.message = "Did not find any relation named \"" + name + "\".";
        return std::nullopt;
    }
    Answer answer;
    answer.title = "Table \"public." + name + "\"";
    answer.fields = headings({"Column", "Type", "Collation", "Nullable", "Default"});
    answer.has_rows = true;
    answer.counted = false;
    for (const Column& column : opened->table.columns) {
        answer.rows.push_back(
            {column.name, type_text(column.type), "", column.not_null ? "not null" : "", default_text(name, column)});
    }
    std::vector<std::string> keys;
    for (const Key& key : opened->table.keys) {
        std::string columns;
        for (const std::uint64_t at : key.columns) {
            columns += (columns.empty() ? "" : ", ") + opened->table.columns[at].name;
        }
        keys.push_back((key.primary ? "0" : "1") + std::string("    \"") + key.name + "\" " +
                       (key.primary ? "PRIMARY KEY" : "UNIQUE CONSTRAINT") + ", btree (" + columns + ")\n");
    }
    std::sort(keys.begin(), keys.end());  // the primary one first, then by name
    answer.footer = keys.empty() ? "" : "Indexes:\n";
    for (const std::string& key : keys) {
        answer.footer += key.substr(1);
    }
    return answer;
}

std::optional<Answer> Engine::describe(std::string_view what, const std::string& name, Problem& problem) {
    if (what == "l") {
        return list_databases();
    }
    if (what == "du") {
        return list_roles();
    }
    return name.empty() ? list_tables(what == "d") : describe_table(name, problem);
}

}  // namespace cutaway::model::pg
