// SPDX-License-Identifier: Apache-2.0
// psql: connects, then performs what -c, -f or its standard input says.
#include <algorithm>

#include "core/model/programs/commands.h"
#include "core/model/programs/pg_client.h"
#include "core/model/programs/psql_options.h"
#include "core/model/programs/text.h"

namespace cutaway::model::pg {

namespace {

using programs::Words;

enum class Stage { fresh, greeting, password, idle, busy, over };

struct PsqlState {
    Stage stage = Stage::fresh;
    int code = 0;
    Link link;
    std::optional<Link> other;  // \c: the one that is being opened
    Look look;
    bool quiet = false;
    bool no_password = false;
    bool from_input = false;
    bool input_over = false;
    bool stop_on_error = false;
    std::string file;  // of -f
    std::map<std::string, std::string> variables;
    Words commands;      // of -c, not performed yet
    std::string source;  // typed, not read yet
    Typed typed;
    std::string query;  // being performed
    char transaction = 'I';
    Shown shown;
    std::string secret;  // a password's line, as far as it was typed
    bool failed = false;
    bool prompted = false;
    programs::Output output;
};
CUTAWAY_FIELDS(PsqlState, stage, code, link, other, look, quiet, no_password, from_input, input_over, stop_on_error,
               file, variables, commands, source, typed, query, transaction, shown, secret, failed, prompted, output)

bool talks(Sys& sys, const PsqlState& state) { return state.from_input && sys.is_terminal(0); }

void leave(PsqlState& state, int code) {
    state.stage = Stage::over;
    state.code = code;
}

// False: it is over already.
bool begin(Sys& sys, PsqlState& state) {
    PsqlOptions options = read_psql_options(sys);
    if (!options.unknown.empty()) {
        state.output.err("psql: " + options.unknown + ": not modelled\n");
        leave(state, 127);
        return false;
    }
    if (options.version) {
        state.output.out("psql (PostgreSQL) " + release_of(sys).version + "\n");
        leave(state, 0);
        return false;
    }
    state.look = options.look;
    state.quiet = options.quiet;
    state.no_password = options.no_password;
    state.variables = std::move(options.variables);
    state.stop_on_error = state.variables.contains("ON_ERROR_STOP");
    state.commands = std::move(options.commands);
    state.link.target = std::move(options.target);
    if (options.lists) {
        state.commands.insert(state.commands.begin(), "\\l");
        state.link.target.database = state.link.target.database.empty() ? "postgres" : state.link.target.database;
    }
    if (!options.file.empty()) {
        state.file = options.file;
        const auto text = programs::read_file(sys, state.file);
        if (!text) {
            state.output.err("psql: error: " + state.file + ": No such file or directory\n");
            leave(state, 1);
            return false;
        }
        state.source = *text;
        state.input_over = true;
    }
    state.from_input = state.commands.empty() && state.file.empty();
    if (!open_link(sys, state.link)) {
        state.output.err("psql: error: " + state.link.error + "\n");
        leave(state, 2);
        return false;
    }
    state.stage = Stage::greeting;
    return true;
}

// --- the greeting ---

void greeted(Sys& sys, PsqlState& state) {
    const bool reconnects = state.other.has_value();
    if (reconnects) {
        close_link(sys, state.link);
        state.link = *state.other;
        state.other.reset();
        if (!state.quiet) {
            state.output.out("You are now connected to database \"" + state.link.target.database + "\" as user \"" +
                             state.link.target.user + "\".\n");
        }
    } else if (talks(sys, state) && !state.quiet) {
        state.output.out("psql (" + release_of(sys).version + ")\nType \"help\" for help.\n\n");
    }
    state.stage = Stage::idle;
    state.transaction = 'I';
}

void greeting_failed(PsqlState& state, const std::string& error) {
    if (!state.other) {
        state.output.err("psql: error: " + error + "\n");
        return leave(state, 2);
    }
    state.other.reset();
    state.failed = true;
    state.output.err(error + "\nPrevious connection kept\n");
    state.stage = Stage::idle;
}

// False: something has to come first.
bool step_greeting(Sys& sys, PsqlState& state) {
    Link& link = state.other ? *state.other : state.link;
    switch (greet(sys, link)) {
        case Greeting::waiting: return false;
        case Greeting::done: greeted(sys, state); return true;
        case Greeting::failed: greeting_failed(state, link.error); return true;
        case Greeting::password: break;
    }
    if (link.target.password) {
        answer_password(link, *link.target.password);
    } else if (state.no_password || !sys.is_terminal(0)) {
        const std::string error = link_name(link) + " failed: fe_sendauth: no password supplied";
        close_link(sys, link);
        greeting_failed(state, error);
    } else {
        state.output.out("Password for user " + link.target.user + ": ");
        state.secret.clear();
        state.stage = Stage::password;
    }
    return true;
}

bool step_password(Sys& sys, PsqlState& state) {
    const auto got = sys.read(0, 4096);
    if (!got && programs::is_again(got.error())) {
        return false;
    }
    state.secret += got ? *got : "\n";
    state.secret += got && got->empty() ? "\n" : "";
    const std::size_t end = state.secret.find('\n');
    if (end == std::string::npos) {
        return true;
    }
    Link& link = state.other ? *state.other : state.link;
    link.target.password = state.secret.substr(0, end);
    answer_password(link, *link.target.password);
    state.secret.clear();
    state.output.out("\n");
    state.stage = Stage::greeting;
    return true;
}

// --- what comes back ---

void show_error(PsqlState& state, const std::string& text) {
    const std::string where =
        state.file.empty() ? "" : "psql:" + state.file + ":" + std::to_string(state.typed.line) + ": ";
    state.output.err(where + text);
    state.failed = true;
}

void finish_result(PsqlState& state, const std::string& tag) {
    if (state.shown.any) {
        state.output.out(table_text(state.shown, state.look));
    } else if (state.shown.footer && !state.shown.footer->empty()) {
        state.output.err(*state.shown.footer + "\n");
    }
    const bool told = tag.empty() || tag == "SHOW" || tag.starts_with("SELECT");
    if (!told && !state.quiet) {
        state.output.out(tag + "\n");
    }
    state.shown = Shown();
}

void take(PsqlState& state, const Message& message) {
    switch (message.kind) {
        case 'H': state.shown.title = message.field(0); break;
        case 'T':
            state.shown.any = true;
            for (std::size_t i = 0; i + 1 < message.fields.size(); i += 2) {
                state.shown.names.push_back(message.field(i));
                state.shown.right.push_back(message.field(i + 1) == "r");
            }
            break;
        case 'D': state.shown.rows.push_back(message.fields); break;
        case 'F': state.shown.footer = message.field(0); break;
        case 'C': finish_result(state, message.field(0)); break;
        case 'N': state.output.err(problem_text(message, "")); break;
        case 'E': show_error(state, problem_text(message, state.query)); break;
        case 'Z':
            finish_result(state, "");
            state.transaction = message.field(0).empty() ? 'I' : message.field(0)[0];
            state.stage = Stage::idle;
            break;
        default: break;
    }
}

bool step_busy(Sys& sys, PsqlState& state) {
    (void)send_all(sys, state.link);
    const bool there = receive(sys, state.link);
    while (const auto message = take_message(state.link.in)) {
        take(state, *message);
    }
    if (state.stage != Stage::busy) {
        return true;
    }
    if (!there) {
        state.output.err(
            "server closed the connection unexpectedly\n\tThis probably means the server terminated abnormally\n"
            "\tbefore or while processing the request.\n");
        state.output.err(talks(sys, state) ? "The connection to the server was lost. Attempting reset: Failed.\n"
                                           : "error: connection to server was lost\n");
        leave(state, 2);
        return true;
    }
    return false;
}

// --- what is asked ---

void describe(PsqlState& state, const std::string& what, const std::string& name) {
    ask(state.link, 'd', what, name);
    state.query.clear();
    state.stage = Stage::busy;
}

void reconnect(Sys& sys, PsqlState& state, const Words& words) {
    Link fresh;
    fresh.target = state.link.target;
    fresh.target.database = words.size() > 1 && words[1] != "-" ? words[1] : fresh.target.database;
    fresh.target.user = words.size() > 2 ? words[2] : fresh.target.user;
    state.other = fresh;
    if (open_link(sys, *state.other)) {
        state.stage = Stage::greeting;
    } else {
        const std::string error = state.other->error;
        greeting_failed(state, error);
    }
}

std::string connection_text(const Link& link) {
    const std::string as =
        "You are connected to database \"" + link.target.database + "\" as user \"" + link.target.user + "\" ";
    const std::string port = "at port \"" + std::to_string(link.target.port) + "\".\n";
    if (link.address.empty()) {
        const std::string directory = link.target.host.empty() ? std::string(socket_directory) : link.target.host;
        return as + "via socket in \"" + directory + "\" " + port;
    }
    const std::string address = link.address == link.target.host ? "" : " (address \"" + link.address + "\")";
    return as + "on host \"" + link.target.host + "\"" + address + " " + port;
}

void include(Sys& sys, PsqlState& state, const std::string& file) {
    const auto text = programs::read_file(sys, file);
    if (text) {
        state.source.insert(0, *text + (text->ends_with("\n") ? "" : "\n"));
    } else {
        show_error(state, file + ": No such file or directory\n");
    }
}

void command(Sys& sys, PsqlState& state, const std::string& typed) {
    Words words = programs::split_blank(typed);
    std::string name = words[0].substr(1);
    if (words.size() > 1 && words.back().ends_with(";")) {
        words.back().pop_back();
    }
    name.erase(std::remove(name.begin(), name.end(), '+'), name.end());
    if (name == "q" || name == "quit") {
        leave(state, 0);
    } else if (name == "l" || name == "list" || name == "dt" || name == "d" || name == "du") {
        describe(state, name == "list" ? "l" : name, words.size() > 1 ? words[1] : "");
    } else if (name == "c" || name == "connect") {
        reconnect(sys, state, words);
    } else if (name == "conninfo") {
        state.output.out(connection_text(state.link));
    } else if (name == "echo") {
        state.output.out(std::string(programs::trim(typed.substr(5))) + "\n");
    } else if (name == "i" && words.size() > 1) {
        include(sys, state, words[1]);
    } else if (name == "?" || name == "h" || name == "x" || name == "!" || name == "timing" || name == "copy" ||
               name == "pset" || name == "set" || name == "dn" || name == "df" || name == "di" || name == "ds") {
        show_error(state, "\\" + name + ": not modelled\n");
    } else {
        show_error(state, "invalid command \\" + name + "\n" + (talks(sys, state) ? "Try \\? for help.\n" : ""));
    }
}

void perform(Sys& sys, PsqlState& state, const std::string& text) {
    const std::string bare(programs::trim(text));
    if (bare.starts_with("\\")) {
        command(sys, state, bare);
        return;
    }
    state.query = with_variables(text, state.variables);
    ask(state.link, 'Q', state.query);
    state.stage = Stage::busy;
}

void prompt(Sys& sys, PsqlState& state) {
    if (!talks(sys, state) || state.prompted) {
        return;
    }
    state.prompted = true;
    const std::string inside = state.transaction == 'T' ? "*" : (state.transaction == 'E' ? "!" : "");
    const Typed& typed = state.typed;
    std::string how = "=" + inside;
    if (!programs::trim(typed.waiting).empty()) {
        how = (typed.quote != 0 ? std::string(1, typed.quote) : (typed.depth > 0 ? "(" : "-")) + inside;
    }
    state.output.out(state.link.target.database + how + (state.link.superuser ? "# " : "> "));
}

constexpr const char* help_text =
    "You are using psql, the command-line interface to PostgreSQL.\n"
    "Type:  \\copyright for distribution terms\n"
    "       \\h for help with SQL commands\n"
    "       \\? for help with psql commands\n"
    "       \\g or terminate with semicolon to execute query\n"
    "       \\q to quit\n";

// The words that end or explain a session that is typed, at the beginning of a statement.
bool take_word(Sys& sys, PsqlState& state) {
    if (!talks(sys, state) || !programs::trim(state.typed.waiting).empty()) {
        return false;
    }
    const std::size_t end = state.source.find('\n');
    const std::string line(programs::trim(state.source.substr(0, end)));
    if (end == std::string::npos || (line != "exit" && line != "quit" && line != "help")) {
        return false;
    }
    state.source.erase(0, end + 1);
    state.prompted = false;
    if (line == "help") {
        state.output.out(help_text);
    } else {
        leave(state, 0);
    }
    return true;
}

// False: more has to be typed.
bool next_from_source(Sys& sys, PsqlState& state) {
    if (take_word(sys, state)) {
        return true;
    }
    const auto typed = next_typed(state.source, state.typed, state.input_over);
    if (typed) {
        state.prompted = !state.source.empty() && state.prompted;
        perform(sys, state, *typed);
        state.prompted = false;
        return true;
    }
    if (state.input_over) {
        state.output.out(talks(sys, state) ? "\n" : "");
        leave(state, 0);
        return true;
    }
    prompt(sys, state);
    const auto got = sys.read(0, 65536);
    if (!got && programs::is_again(got.error())) {
        return false;
    }
    state.input_over = !got || got->empty();
    state.source += got ? *got : std::string();
    state.prompted = false;
    return true;
}

bool step_idle(Sys& sys, PsqlState& state) {
    const bool in_commands = !state.from_input && state.file.empty();
    if (state.failed && state.stop_on_error && !talks(sys, state)) {
        leave(state, in_commands ? 1 : 3);
        return true;
    }
    if (!in_commands) {
        state.failed = false;
        return next_from_source(sys, state);
    }
    if (state.commands.empty()) {
        leave(state, state.failed ? 1 : 0);
        return true;
    }
    state.failed = false;  // the last one's success is the program's
    const std::string next = state.commands.front();
    state.commands.erase(state.commands.begin());
    perform(sys, state, next);
    return true;
}

bool go_on(Sys& sys, PsqlState& state) {
    switch (state.stage) {
        case Stage::fresh: return begin(sys, state);
        case Stage::greeting: return step_greeting(sys, state);
        case Stage::password: return step_password(sys, state);
        case Stage::idle: return step_idle(sys, state);
        case Stage::busy: return step_busy(sys, state);
        case Stage::over: break;
    }
    return false;
}

Step step_psql(Sys& sys, PsqlState& state) {
    while (state.stage != Stage::over && go_on(sys, state)) {
        continue;
    }
    if (programs::flush(sys, state.output) == programs::Flush::blocked) {
        return programs::wait_to_flush(state.output);
    }
    if (state.stage == Stage::over) {
        return Step::exited(state.code);
    }
    const bool types = state.stage == Stage::idle || state.stage == Stage::password;
    const Link& link = state.other ? *state.other : state.link;
    Step step = Step::wait_readable(types ? 0 : link.fd);
    if (!link.out.empty()) {
        step.writable.push_back(link.fd);
    }
    return step;
}

}  // namespace

}  // namespace cutaway::model::pg

namespace cutaway::model::programs {

Entries psql_tools() {
    return {{"psql", []() -> Made { return std::make_unique<StatefulProgram<pg::PsqlState>>("psql", pg::step_psql); }}};
}

}  // namespace cutaway::model::programs
