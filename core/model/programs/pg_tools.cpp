// SPDX-License-Identifier: Apache-2.0
// createdb, dropdb and pg_isready: one question to a server each.
#include "core/model/programs/commands.h"
#include "core/model/programs/options.h"
#include "core/model/programs/pg_client.h"
#include "core/model/programs/text.h"

namespace cutaway::model::pg {

namespace {

struct ToolState {
    bool begun = false;
    bool asked = false;
    bool over = false;
    int code = 0;
    std::string name;
    std::string query;
    std::string doing;  // "database creation failed"
    Link link;
    programs::Output output;
};
CUTAWAY_FIELDS(ToolState, begun, asked, over, code, name, query, doing, link, output)

void end(ToolState& state, int code, const std::string& error) {
    state.over = true;
    state.code = code;
    state.output.err(error.empty() ? "" : state.name + ": " + error + "\n");
}

std::string quoted(const std::string& name) { return "\"" + programs::replace_all(name, "\"", "\"\"") + "\""; }

// --- pg_isready ---

void tell_ready(ToolState& state, int code, bool quiet) {
    const std::string host = state.link.target.host.empty() ? std::string(socket_directory) : state.link.target.host;
    const char* what = code == 0 ? "accepting connections" : (code == 1 ? "rejecting connections" : "no response");
    if (!quiet) {
        state.output.out(host + ":" + std::to_string(state.link.target.port) + " - " + what + "\n");
    }
    end(state, code, "");
}

bool is_quiet(Sys& sys) {
    for (const std::string& word : sys.argv()) {
        if (word == "-q" || word == "--quiet") {
            return true;
        }
    }
    return false;
}

void go_on_ready(Sys& sys, ToolState& state) {
    switch (greet(sys, state.link)) {
        case Greeting::waiting: return;
        case Greeting::done:
        case Greeting::password: break;
        case Greeting::failed: {
            // A server that says no is there, unless it says that it is not ready.
            const bool starting = state.link.error.find("the database system is") != std::string::npos;
            return tell_ready(state, starting ? 1 : 0, is_quiet(sys));
        }
    }
    close_link(sys, state.link);
    tell_ready(state, 0, is_quiet(sys));
}

// --- createdb, dropdb ---

void go_on_asking(Sys& sys, ToolState& state) {
    if (!state.asked) {
        switch (greet(sys, state.link)) {
            case Greeting::waiting: return;
            case Greeting::failed: return end(state, 1, "error: " + state.link.error);
            case Greeting::password:
                if (!state.link.target.password) {
                    return end(state, 1,
                               "error: " + link_name(state.link) + " failed: fe_sendauth: no password supplied");
                }
                answer_password(state.link, *state.link.target.password);
                return;
            case Greeting::done: break;
        }
        ask(state.link, 'Q', state.query);
        state.asked = true;
    }
    (void)send_all(sys, state.link);
    const bool there = receive(sys, state.link);
    while (const auto message = take_message(state.link.in)) {
        if (message->kind == 'E') {
            return end(state, 1, "error: " + state.doing + ": " + message->field(0) + ":  " + message->field(2));
        }
        if (message->kind == 'Z') {
            return end(state, 0, "");
        }
    }
    if (!there) {
        end(state, 1, "error: " + state.doing + ": server closed the connection unexpectedly");
    }
}

void begin(Sys& sys, ToolState& state) {
    state.name = programs::base_name(sys.argv()[0]);
    const bool asks = state.name != "pg_isready";
    const programs::Options options = programs::parse_options(
        sys.argv(), asks ? "U:h:p:O:e" : "U:h:p:d:qt:",
        {{"--username", 'U'}, {"--host", 'h'}, {"--port", 'p'}, {"--owner", 'O'}, {"--dbname", 'd'}, {"--quiet", 'q'}});
    if (!options.unknown.empty() || options.has('e')) {
        state.output.err(state.name + ": " + (options.has('e') ? "option -e" : options.unknown) + ": not modelled\n");
        return end(state, 127, "");
    }
    Target& target = state.link.target;
    target = target_of(sys);
    target.host = options.value('h', target.host);
    target.port = programs::to_number(options.value('p', std::to_string(target.port))).value_or(0);
    target.user = options.value('U', target.user);
    if (asks) {
        const std::string database = options.rest.empty() ? target.user : options.rest[0];
        const bool creates = state.name == "createdb";
        if (!creates && options.rest.empty()) {
            return end(state, 1,
                       "error: missing required argument database name\ndropdb: hint: Try \"dropdb --help\" "
                       "for more information.");
        }
        target.database = "postgres";
        state.query = (creates ? "CREATE DATABASE " : "DROP DATABASE ") + quoted(database) +
                      (options.has('O') ? " OWNER " + quoted(options.value('O')) : "");
        state.doing = creates ? "database creation failed" : "database removal failed";
    } else if (options.has('d') && !read_uri(options.value('d'), target)) {
        target.database = options.value('d');
    }
    if (!open_link(sys, state.link)) {
        if (asks) {
            end(state, 1, "error: " + state.link.error);
        } else {
            tell_ready(state, 2, options.has('q'));
        }
    }
}

Step step_tool(Sys& sys, ToolState& state) {
    if (!state.begun) {
        state.begun = true;
        begin(sys, state);
    }
    if (!state.over) {
        state.name == "pg_isready" ? go_on_ready(sys, state) : go_on_asking(sys, state);
    }
    if (programs::flush(sys, state.output) == programs::Flush::blocked) {
        return programs::wait_to_flush(state.output);
    }
    if (state.over) {
        return Step::exited(state.code);
    }
    (void)send_all(sys, state.link);
    return Step::wait_readable(state.link.fd);
}

template <char What>
programs::Made make_tool() {
    constexpr std::string_view name = What == 'c' ? "createdb" : (What == 'd' ? "dropdb" : "pg_isready");
    return std::make_unique<programs::StatefulProgram<ToolState>>(name, step_tool);
}

}  // namespace

}  // namespace cutaway::model::pg

namespace cutaway::model::programs {

Entries pg_client_tools() {
    return {{"createdb", pg::make_tool<'c'>}, {"dropdb", pg::make_tool<'d'>}, {"pg_isready", pg::make_tool<'r'>}};
}

}  // namespace cutaway::model::programs
