// SPDX-License-Identifier: Apache-2.0
// A client's side of a PostgreSQL connection, for psql, createdb and pg_isready: where to, as whom, the greeting with a
// password's proof, messages in and out. It neither prints nor decides what to ask.
#pragma once

#include <optional>
#include <string>
#include <string_view>

#include "core/model/programs/pg_wire.h"
#include "core/model/programs/program.h"

namespace cutaway::model::pg {

struct Target {
    std::string host;  // empty or a directory: the socket there
    std::int64_t port = standard_port;
    std::string user;
    std::string database;
    std::optional<std::string> password;
};
CUTAWAY_FIELDS(Target, host, port, user, database, password)

Target target_of(Sys& sys);                              // what the environment says, and who one is
bool read_uri(const std::string& text, Target& target);  // "postgresql://user:password@host:port/database"

enum class Greeting { waiting, password, done, failed };

struct Link {
    Target target;
    std::string address;  // of a host, as it was resolved
    int fd = -1;
    std::string in;
    std::string out;
    std::string salt;
    std::string number;
    bool superuser = false;
    std::string version;  // the server's
    std::string error;    // of a greeting that failed: as psql says it behind "psql: error: "
};
CUTAWAY_FIELDS(Link, target, address, fd, in, out, salt, number, superuser, version, error)

bool open_link(Sys& sys, Link& link);                           // false: `error` says why
Greeting greet(Sys& sys, Link& link);                           // as far as it goes now
void answer_password(Link& link, const std::string& password);  // then greet() again
void ask(Link& link, char kind, std::string first, std::string second = {});
bool send_all(Sys& sys, Link& link);  // false: the server takes no more just now
bool receive(Sys& sys, Link& link);   // false: the server is gone
void close_link(Sys& sys, Link& link);
std::string link_name(const Link& link);  // "connection to server at "db" (172.18.0.2), port 5432"

}  // namespace cutaway::model::pg
