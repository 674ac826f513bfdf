// SPDX-License-Identifier: Apache-2.0
// A server process: who is it, may they, then queries until they go.
#include <algorithm>

#include "core/model/network.h"
#include "core/model/programs/pg_engine.h"
#include "core/model/programs/pg_server.h"
#include "core/model/programs/text.h"

namespace cutaway::model::pg {

namespace {

using programs::split_blank;
using programs::split_lines;

void tell(BackendState& state, char kind, std::vector<std::optional<std::string>> fields) {
    put_message(state.out, Message{kind, std::move(fields)});
}

void log(Sys& sys, BackendState& state, std::string_view level, std::string_view text) {
    state.log.err(log_line(sys, level, text));
}

void tell_problem(BackendState& state, std::string_view severity, const Problem& problem) {
    tell(state, 'E',
         {std::string(severity), problem.code, problem.message, std::to_string(problem.at), problem.detail,
          problem.hint});
}

void end(Sys& sys, BackendState& state, const Problem& problem) {
    tell_problem(state, "FATAL", problem);
    log(sys, state, "FATAL", problem.message);
    if (!problem.detail.empty()) {
        log(sys, state, "DETAIL", problem.detail);
    }
    state.ending = true;
    state.code = 1;
}

std::string host_of(const std::string& peer) { return peer.substr(0, peer.find(':')); }

void set_title(Sys& sys, const BackendState& state, const std::string& doing) {
    const std::string peer = sys.peer(state.fd).value_or("");
    std::string from = "[local]";
    if (!peer.empty()) {
        from = host_of(peer) + "(" + peer.substr(std::min(peer.find(':') + 1, peer.size())) + ")";
    }
    sys.set_title("postgres: " + state.user + " " + state.database + " " + from + " " + doing);
}

void greet(Sys& sys, BackendState& state) {
    const std::string peer = sys.peer(state.fd).value_or("");
    ServerFiles files(sys, state.data);
    Pending none;
    const Cluster cluster = Store(files, none).cluster();
    const Role* role = cluster.role(state.user);
    const Database* database = cluster.database(state.database);
    if (role == nullptr) {
        return end(sys, state, {"28000", "role \"" + state.user + "\" does not exist", 0, {}, {}});
    }
    if (!role->login) {
        return end(sys, state, {"28000", "role \"" + state.user + "\" is not permitted to log in", 0, {}, {}});
    }
    if (database == nullptr) {
        return end(sys, state, {"3D000", "database \"" + state.database + "\" does not exist", 0, {}, {}});
    }
    if (database->name == "template0") {
        return end(sys, state, {"55000", "database \"template0\" is not currently accepting connections", 0, {}, {}});
    }
    state.database_oid = database->oid;
    state.superuser = role->superuser;
    state.ready = true;
    tell(state, 'R', {"ok"});
    tell(state, 'P', {state.user, state.database, role->superuser ? "on" : "off", release_of(sys).version});
    tell(state, 'Z', {"I"});
    set_title(sys, state, "idle");
}

void begin_session(Sys& sys, BackendState& state, const Message& message) {
    state.user = message.field(0);
    state.database = message.field(1).empty() ? state.user : message.field(1);
    set_title(sys, state, "startup");
    if (!state.refusal.empty()) {
        return end(sys, state, {"57P03", state.refusal, 0, {}, {}});
    }
    const std::string peer = sys.peer(state.fd).value_or("");
    const std::string hba = programs::read_file(sys, state.data + "/pg_hba.conf").value_or("");
    state.rule = rule_for(hba, state.user, state.database, host_of(peer));
    if (state.rule.method.empty() || state.rule.method == "reject") {
        const std::string verdict =
            state.rule.method.empty() ? "no pg_hba.conf entry for" : "pg_hba.conf rejects connection for";
        return end(sys, state,
                   {"28000",
                    verdict + " host \"" + (peer.empty() ? "[local]" : host_of(peer)) + "\", user \"" + state.user +
                        "\", database \"" + state.database + "\", no encryption",
                    0,
                    {},
                    {}});
    }
    if (state.rule.method == "trust") {
        return greet(sys, state);
    }
    ServerFiles files(sys, state.data);
    Pending none;
    const Cluster cluster = Store(files, none).cluster();
    const Role* role = cluster.role(state.user);
    state.number = std::to_string(sys.random());
    tell(state, 'R', {"password", role == nullptr ? state.number : role->salt, state.number});
}

void check_proof(Sys& sys, BackendState& state, const std::string& proof) {
    ServerFiles files(sys, state.data);
    Pending none;
    const Cluster cluster = Store(files, none).cluster();
    const Role* role = cluster.role(state.user);
    if (role != nullptr && !role->secret.empty() && proof == proof_of(role->secret, state.number)) {
        return greet(sys, state);
    }
    std::string detail = "Connection matched file \"" + state.data + "/pg_hba.conf\" line " +
                         std::to_string(state.rule.line) + ": \"" + state.rule.text + "\"";
    if (role == nullptr || role->secret.empty()) {
        detail = (role == nullptr ? "Role \"" + state.user + "\" does not exist."
                                  : "User \"" + state.user + "\" has no password assigned.") +
                 "\n\t" + detail;
    }
    Problem problem{"28P01", "password authentication failed for user \"" + state.user + "\"", 0, {}, {}};
    tell_problem(state, "FATAL", problem);
    log(sys, state, "FATAL", problem.message);
    log(sys, state, "DETAIL", detail);
    state.ending = true;
    state.code = 1;
}

// --- queries ---

void tell_answer(BackendState& state, const Answer& answer) {
    for (const Notice& notice : answer.notices) {
        tell(state, 'N', {notice.severity, notice.message});
    }
    if (!answer.title.empty()) {
        tell(state, 'H', {answer.title});
    }
    if (answer.has_rows) {
        Message names{'T', {}};
        for (const Field& field : answer.fields) {
            names.fields.emplace_back(field.name);
            names.fields.emplace_back(field.right ? "r" : "l");
        }
        put_message(state.out, names);
        for (const Cells& row : answer.rows) {
            put_message(state.out, Message{'D', row});
        }
    }
    if (!answer.footer.empty() || !answer.counted) {
        tell(state, 'F', {answer.footer});
    }
    tell(state, 'C', {answer.tag});
}

void report(Sys& sys, BackendState& state, const Problem& problem, const std::string& query) {
    tell_problem(state, "ERROR", problem);
    const std::string place = problem.at > 0 ? " at character " + std::to_string(problem.at) : "";
    log(sys, state, "ERROR", problem.message + place);
    if (!problem.detail.empty()) {
        log(sys, state, "DETAIL", problem.detail);
    }
    if (!problem.hint.empty()) {
        log(sys, state, "HINT", problem.hint);
    }
    log(sys, state, "STATEMENT", query);
}

Session session_of(Sys& sys, const BackendState& state) {
    const Release release = release_of(sys);
    Session session;
    session.user = state.user;
    session.superuser = state.superuser;
    session.database = state.database;
    session.database_oid = state.database_oid;
    session.peer = host_of(sys.peer(state.fd).value_or(""));
    session.pid = sys.pid();
    session.now_us = sys.wall_ns() / 1000;
    session.version = release.version;
    session.build = release.build;
    session.data_directory = state.data;
    session.random = sys.random();
    return session;
}

Answer bounds(BackendState& state, Store& store, Verb verb, Problem& problem) {
    Answer answer;
    const bool open = state.transaction != 'I';
    const bool failed = state.transaction == 'E';
    if (verb == Verb::begin) {
        answer.tag = "BEGIN";
        if (open) {
            answer.notices.push_back({"WARNING", "there is already a transaction in progress"});
        }
        state.transaction = 'T';
        return answer;
    }
    if (!open) {
        answer.notices.push_back({"WARNING", "there is no transaction in progress"});
    }
    answer.tag = verb == Verb::commit && !failed ? "COMMIT" : "ROLLBACK";
    state.transaction = 'I';
    if (answer.tag == "ROLLBACK") {
        store.rollback();
    } else if (!store.commit(problem)) {
        answer.tag.clear();
    }
    return answer;
}

bool run_one(BackendState& state, Store& store, Session& session, Statement& statement, Problem& problem) {
    const bool ends = statement.verb == Verb::commit || statement.verb == Verb::rollback;
    if (state.transaction == 'E' && !ends) {
        problem = {
            "25P02", "current transaction is aborted, commands ignored until end of transaction block", 0, {}, {}};
        return false;
    }
    if (ends || statement.verb == Verb::begin) {
        const Answer answer = bounds(state, store, statement.verb, problem);
        if (answer.tag.empty()) {
            return false;
        }
        tell_answer(state, answer);
        return true;
    }
    const bool alone = statement.verb == Verb::create_database || statement.verb == Verb::drop_database;
    if (alone && state.transaction == 'T') {
        problem = {"25001",
                   std::string(statement.verb == Verb::create_database ? "CREATE" : "DROP") +
                       " DATABASE cannot run inside a transaction block",
                   0,
                   {},
                   {}};
        return false;
    }
    Engine engine(store, session);
    const auto answer = engine.run(statement, problem);
    if (answer) {
        tell_answer(state, *answer);
    }
    return answer.has_value();
}

void run_query(Sys& sys, BackendState& state, const std::string& query) {
    ServerFiles files(sys, state.data);
    Store store(files, state.pending);
    Session session = session_of(sys, state);
    Problem problem;
    auto statements = parse_sql(query, problem);
    bool good = statements.has_value();
    if (good && statements->empty()) {
        tell(state, 'I', {});
    }
    for (std::size_t i = 0; good && i < statements->size(); ++i) {
        good = run_one(state, store, session, (*statements)[i], problem);
    }
    if (good && state.transaction == 'I') {
        good = store.commit(problem);
    }
    if (!good) {
        store.rollback();
        state.transaction = state.transaction == 'I' ? 'I' : 'E';
        report(sys, state, problem, query);
    }
    sys.burn(1'000'000);
    tell(state, 'Z', {std::string(1, state.transaction)});
    set_title(sys, state, state.transaction == 'I' ? "idle" : "idle in transaction");
}

void describe(Sys& sys, BackendState& state, const Message& message) {
    ServerFiles files(sys, state.data);
    Pending none;
    Store store(files, none);
    Session session = session_of(sys, state);
    Problem problem;
    const auto answer = Engine(store, session).describe(message.field(0), message.field(1), problem);
    if (answer) {
        tell_answer(state, *answer);
    } else {
        tell(state, 'F', {problem.message});
    }
    tell(state, 'Z', {std::string(1, state.transaction)});
}

void take(Sys& sys, BackendState& state, const Message& message) {
    switch (message.kind) {
        case 'S': return begin_session(sys, state, message);
        case 'p': return check_proof(sys, state, message.field(0));
        case 'Q':
        case 'd':
            if (!state.ready) {
                break;
            }
            return message.kind == 'Q' ? run_query(sys, state, message.field(0)) : describe(sys, state, message);
        default: break;
    }
    state.ending = true;
}

void read_client(Sys& sys, BackendState& state) {
    const auto got = sys.read(state.fd, 65536);
    if (got && !got->empty()) {
        state.in += *got;
    } else if (got || !programs::is_again(got.error())) {
        state.ending = true;
    }
    if (is_broken(state.in)) {
        log(sys, state, "LOG", "invalid length of startup packet");
        state.ending = true;
    }
    while (!state.ending) {
        const auto message = take_message(state.in);
        if (!message) {
            return;
        }
        take(sys, state, *message);
    }
}

// False: the client takes no more just now.
bool write_client(Sys& sys, BackendState& state) {
    while (!state.out.empty()) {
        const auto wrote = sys.write(state.fd, state.out);
        if (!wrote) {
            state.ending = state.ending || !programs::is_again(wrote.error());
            if (programs::is_again(wrote.error())) {
                return false;
            }
            state.out.clear();
            break;
        }
        state.out.erase(0, *wrote);
    }
    return true;
}

}  // namespace

Step step_backend(Sys& sys, BackendState& state) {
    if (!state.begun) {
        state.begun = true;
        (void)sys.on_signal(15, Disposition::handle);
        (void)sys.on_signal(2, Disposition::ignore);
        (void)sys.on_signal(13, Disposition::ignore);
        (void)sys.on_signal(3, Disposition::standard);
        sys.set_title("postgres: startup");
    }
    if (!state.ending) {
        read_client(sys, state);  // whoever has gone is not told that it has to
    }
    while (sys.take_signal()) {
        if (!state.ending) {
            end(sys, state, {"57P01", "terminating connection due to administrator command", 0, {}, {}});
        }
    }
    if (programs::flush(sys, state.log) == programs::Flush::blocked) {
        return programs::wait_to_flush(state.log);
    }
    if (!write_client(sys, state)) {
        Step step = Step::wait();
        step.writable.push_back(state.fd);
        return step;
    }
    return state.ending ? Step::exited(state.code) : Step::wait_readable(state.fd);
}

programs::Made make_backend(BackendState state) {
    return std::make_unique<programs::StatefulProgram<BackendState>>("postgres-backend", step_backend,
                                                                     std::move(state));
}

// --- pg_hba.conf: TYPE DATABASE USER [ADDRESS] METHOD ---

namespace {

bool names_fit(const std::string& field, const std::string& name) {
    const auto names = programs::split(field, ',');
    return std::any_of(names.begin(), names.end(), [&](const std::string& one) { return one == "all" || one == name; });
}

bool address_fits(const std::string& field, const std::string& address) {
    if (field == "all") {
        return true;
    }
    const auto subnet = parse_subnet(field);
    const auto asked = parse_address(address);
    if (!subnet || !asked) {
        return false;
    }
    const std::uint32_t mask = subnet->bits == 0 ? 0 : ~std::uint32_t{0} << (32 - subnet->bits);
    return (subnet->address & mask) == (*asked & mask);
}

}  // namespace

Rule rule_for(std::string_view hba, const std::string& user, const std::string& database, const std::string& address) {
    int number = 0;
    for (const std::string& line : split_lines(hba)) {
        ++number;
        const auto words = split_blank(line.substr(0, line.find('#')));
        const bool local = !words.empty() && words[0] == "local";
        if (words.size() < (local ? 4U : 5U) || (local ? !address.empty() : words[0] != "host" || address.empty())) {
            continue;
        }
        if (names_fit(words[1], database) && names_fit(words[2], user) && (local || address_fits(words[3], address))) {
            return Rule{words[local ? 3 : 4], std::string(programs::trim(line)), number};
        }
    }
    return {};
}

}  // namespace cutaway::model::pg
