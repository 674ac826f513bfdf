// SPDX-License-Identifier: Apache-2.0
// What a PostgreSQL data directory holds, and a transaction over it. One file for roles and databases, one a database
// for its list of tables, one a table; their bytes are of the model's own form. What a transaction writes nobody sees
// until it commits; a commit over a file that another changed meanwhile is refused, never merged.
#pragma once

#include <map>
#include <optional>
#include <string>
#include <vector>

#include "core/base/binary.h"
#include "core/model/programs/pg_value.h"

namespace cutaway::model::pg {

struct Role {
    std::string name;
    std::uint64_t oid = 0;
    bool superuser = false;
    bool create_db = false;
    bool create_role = false;
    bool login = false;
    bool bootstrap = false;  // made by initdb: may replicate and bypass row security too
    std::string salt;
    std::string secret;  // sha256 of salt and password; empty: there is no password
};
CUTAWAY_FIELDS(Role, name, oid, superuser, create_db, create_role, login, bootstrap, salt, secret)

struct Database {
    std::string name;
    std::uint64_t oid = 0;
    std::string owner;
};
CUTAWAY_FIELDS(Database, name, oid, owner)

struct Cluster {
    std::uint64_t next_oid = 16384;
    std::vector<Role> roles;
    std::vector<Database> databases;

    [[nodiscard]] const Role* role(const std::string& name) const;
    [[nodiscard]] const Database* database(const std::string& name) const;
};
CUTAWAY_FIELDS(Cluster, next_oid, roles, databases)

struct Relation {
    std::string name;
    std::uint64_t oid = 0;
    std::string owner;
};
CUTAWAY_FIELDS(Relation, name, oid, owner)
using Relations = std::vector<Relation>;

struct Column {
    std::string name;
    Type type;
    bool not_null = false;
    bool serial = false;
    std::string default_text;
    std::int64_t next = 1;  // of a serial one
};
CUTAWAY_FIELDS(Column, name, type, not_null, serial, default_text, next)

struct Key {
    std::string name;
    bool primary = false;
    std::vector<std::uint64_t> columns;
};
CUTAWAY_FIELDS(Key, name, primary, columns)

using Row = std::vector<Value>;
struct Table {
    std::string name;
    std::vector<Column> columns;
    std::vector<Key> keys;
    std::vector<Row> rows;
};
CUTAWAY_FIELDS(Table, name, columns, keys, rows)

// The server's files, named from its data directory.
class Files {
public:
    virtual ~Files() = default;
    virtual std::optional<std::string> read(const std::string& path) = 0;
    virtual bool write(const std::string& path, const std::string& bytes) = 0;
    virtual void remove(const std::string& path) = 0;
};

struct Pending {                                                // of an open transaction
    std::map<std::string, std::optional<std::string>> written;  // nothing: removed
    std::map<std::string, std::string> before;  // sum of what a written file held when it was first read
};
CUTAWAY_FIELDS(Pending, written, before)

class Store {
public:
    Store(Files& files, Pending& pending) : files_(files), pending_(pending) {}

    [[nodiscard]] Cluster cluster() { return load<Cluster>(cluster_path); }
    void save(const Cluster& cluster) { keep(cluster_path, cluster); }
    [[nodiscard]] Relations relations(std::uint64_t database) { return load<Relations>(list_path(database)); }
    void save(std::uint64_t database, const Relations& relations) { keep(list_path(database), relations); }
    [[nodiscard]] Table table(std::uint64_t database, std::uint64_t oid) { return load<Table>(path_of(database, oid)); }
    void save(std::uint64_t database, std::uint64_t oid, const Table& table) { keep(path_of(database, oid), table); }
    void remove(std::uint64_t database, std::uint64_t oid) { forget(path_of(database, oid)); }
    void remove_database(std::uint64_t database);
    [[nodiscard]] std::uint64_t size_of(std::uint64_t database, std::uint64_t oid);

    bool commit(Problem& problem);
    void rollback();

private:
    static constexpr const char* cluster_path = "global/pg_database";
    static std::string list_path(std::uint64_t database);
    static std::string path_of(std::uint64_t database, std::uint64_t oid);

    std::optional<std::string> read(const std::string& path);
    void write(const std::string& path, std::optional<std::string> bytes);
    void forget(const std::string& path) { write(path, std::nullopt); }
    template <class T>
    T load(const std::string& path) {
        T value;
        if (const auto bytes = read(path)) {
            (void)binary::decode(*bytes, value);
        }
        return value;
    }
    template <class T>
    void keep(const std::string& path, const T& value) {
        std::string bytes;
        binary::put(bytes, value);
        write(path, std::move(bytes));
    }

    Files& files_;
    Pending& pending_;
};

std::string secret_of(const std::string& salt, const std::string& password);

}  // namespace cutaway::model::pg
