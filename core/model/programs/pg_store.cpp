// SPDX-License-Identifier: Apache-2.0
#include "core/model/programs/pg_store.h"

#include "core/base/sha256.h"

namespace cutaway::model::pg {

namespace {

std::string sum_of(const std::optional<std::string>& bytes) { return bytes ? sha256_hex(*bytes) : std::string(); }

template <class T>
const T* find_named(const std::vector<T>& all, const std::string& name) {
    for (const T& one : all) {
        if (one.name == name) {
            return &one;
        }
    }
    return nullptr;
}

}  // namespace

const Role* Cluster::role(const std::string& name) const { return find_named(roles, name); }
const Database* Cluster::database(const std::string& name) const { return find_named(databases, name); }

std::string Store::list_path(std::uint64_t database) { return "base/" + std::to_string(database) + "/pg_class"; }
std::string Store::path_of(std::uint64_t database, std::uint64_t oid) {
    return "base/" + std::to_string(database) + "/" + std::to_string(oid);
}

std::optional<std::string> Store::read(const std::string& path) {
    const auto written = pending_.written.find(path);
    if (written != pending_.written.end()) {
        return written->second;
    }
    auto bytes = files_.read(path);
    pending_.before.emplace(path, sum_of(bytes));
    return bytes;
}

void Store::write(const std::string& path, std::optional<std::string> bytes) {
    if (!pending_.before.contains(path)) {
        pending_.before[path] = sum_of(files_.read(path));
    }
    pending_.written[path] = std::move(bytes);
}

void Store::remove_database(std::uint64_t database) {
    for (const Relation& relation : relations(database)) {
        remove(database, relation.oid);
    }
    forget(list_path(database));
}

std::uint64_t Store::size_of(std::uint64_t database, std::uint64_t oid) {
    const auto bytes = read(path_of(database, oid));
    return bytes ? bytes->size() : 0;
}

bool Store::commit(Problem& problem) {
    for (const auto& [path, bytes] : pending_.written) {
        if (sum_of(files_.read(path)) != pending_.before[path]) {
            problem = {"40001", "could not serialize access due to concurrent update", 0, {}, {}};
            rollback();
            return false;
        }
    }
    for (const auto& [path, bytes] : pending_.written) {
        if (!bytes) {
            files_.remove(path);
        } else if (!files_.write(path, *bytes)) {
            problem = {"53100", "could not write to file \"" + path + "\": No space left on device", 0, {}, {}};
            rollback();
            return false;
        }
    }
    rollback();
    return true;
}

void Store::rollback() {
    pending_.written.clear();
    pending_.before.clear();
}

std::string secret_of(const std::string& salt, const std::string& password) { return sha256_hex(salt + password); }

}  // namespace cutaway::model::pg
