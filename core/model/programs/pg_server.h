// SPDX-License-Identifier: Apache-2.0
// What the processes of a PostgreSQL server share: its log, its data directory, who may connect. A backend serves one
// client and keeps nothing but its session; what it changed is in files before the client hears of it.
#pragma once

#include <string>
#include <string_view>
#include <vector>

#include "core/model/programs/pg_store.h"
#include "core/model/programs/pg_wire.h"
#include "core/model/programs/program.h"

namespace cutaway::model::pg {

// "2024-05-30 12:00:00.000 UTC [1] LOG:  text"
std::string log_line(Sys& sys, std::string_view level, std::string_view text);

class ServerFiles final : public Files {
public:
    ServerFiles(Sys& sys, std::string root) : sys_(sys), root_(std::move(root)) {}
    std::optional<std::string> read(const std::string& path) override;
    bool write(const std::string& path, const std::string& bytes) override;
    void remove(const std::string& path) override;

private:
    Sys& sys_;
    std::string root_;
};

struct Control {  // global/pg_control: how the server was left
    bool running = false;
    std::int64_t wall_ns = 0;
};
CUTAWAY_FIELDS(Control, running, wall_ns)
Control read_control(Sys& sys, const std::string& data);
bool write_control(Sys& sys, const std::string& data, bool running);

// The line of pg_hba.conf that decides about a client: its method, and where it stands.
struct Rule {
    std::string method;  // empty: no line fits
    std::string text;
    int line = 0;
};
Rule rule_for(std::string_view hba, const std::string& user, const std::string& database, const std::string& address);

struct BackendState {
    int fd = -1;
    bool begun = false;
    bool ending = false;
    int code = 0;
    std::string data;     // directory
    std::string refusal;  // "the database system is starting up": said instead of anything else
    std::string in;
    std::string out;
    std::string user;
    std::string database;
    std::string number;  // the client's proof is over it
    Rule rule;
    bool ready = false;
    std::uint64_t database_oid = 0;
    bool superuser = false;
    char transaction = 'I';
    Pending pending;
    programs::Output log;
};
CUTAWAY_FIELDS(Rule, method, text, line)
CUTAWAY_FIELDS(BackendState, fd, begun, ending, code, data, refusal, in, out, user, database, number, rule, ready,
               database_oid, superuser, transaction, pending, log)

Step step_backend(Sys& sys, BackendState& state);
programs::Made make_backend(BackendState state);

}  // namespace cutaway::model::pg
