// SPDX-License-Identifier: Apache-2.0
// The shell: sh, ash, dash and bash's common ground. An interpreter with an explicit stack: everything it knows,
// where it is in a script too, is ShellState, so that it stops and goes on between any two steps. Scripts are kept as
// text and parsed again after a load. Outside its grammar it says so and refuses.
#pragma once

#include <map>
#include <optional>
#include <set>
#include <string>
#include <utility>
#include <vector>

#include "core/model/programs/program.h"
#include "core/model/programs/shell_ast.h"

namespace cutaway::model::programs {

enum class Flavour { ash, dash, bash };

struct Variable {
    std::string value;
    bool exported = false;
    bool readonly = false;
};
CUTAWAY_FIELDS(Variable, value, exported, readonly)

struct SavedVariable {
    std::string name;
    bool set = false;
    Variable was;
};
CUTAWAY_FIELDS(SavedVariable, name, set, was)

struct ScriptUnit {  // one complete command's text
    std::string text;
    int line = 1;
};
CUTAWAY_FIELDS(ScriptUnit, text, line)

struct ShellFunction {
    int unit = -1;
    int node = -1;
};
CUTAWAY_FIELDS(ShellFunction, unit, node)

enum class FrameKind { source, input, node, wait, collect, call, wait_builtin, read_builtin };

struct Frame {
    FrameKind kind = FrameKind::node;
    int unit = -1;
    int node = -1;
    int pc = 0;
    int line = 1;
    int status = 0;
    bool tested = false;   // set -e looks away
    bool tail = false;     // nothing follows: the shell may become the command
    bool is_trap = false;  // source: gives $? back
    bool is_dot = false;   // source: return ends it
    std::string text;
    int fd = -1;
    Words words;
    Words results;                                // of command substitutions met so far
    Words redirect_results;                       // the same of its redirections
    Words params;                                 // call: the caller's
    std::vector<std::pair<int, int>> redirected;  // fd, its copy; -1: it was closed
    std::vector<SavedVariable> locals;
    std::vector<Pid> pids;
};
CUTAWAY_FIELDS(Frame, kind, unit, node, pc, line, status, tested, tail, is_trap, is_dot, text, fd, words, results,
               redirect_results, params, redirected, locals, pids)

struct Ended {
    int code = 0;
    int signal = 0;
};
CUTAWAY_FIELDS(Ended, code, signal)

struct ShellState {
    Flavour flavour = Flavour::ash;
    bool started = false;
    bool interactive = false;
    bool is_script = false;
    bool subshell = false;
    bool fresh_fork = false;  // signal dispositions are still the parent's
    bool exiting = false;
    int exit_code = 0;
    int status = 0;
    std::string name = "sh";
    Pid shell_pid = 0;
    Pid last_background = 0;
    std::string options;  // "eux"
    Words params;
    std::map<std::string, Variable> variables;
    std::map<std::string, ShellFunction> functions;
    std::map<int, ScriptUnit> units;
    int next_unit = 0;
    std::vector<Frame> frames;
    std::map<int, std::string> traps;  // 0: EXIT
    std::vector<int> pending;          // signals whose trap has yet to run
    std::set<Pid> children;
    std::vector<Pid> background;
    std::map<Pid, Ended> finished;
    std::set<int> open{0, 1, 2};  // what children inherit
    std::set<int> kept;           // copies of redirected descriptors
    std::string buffer;           // input that is not a whole command yet
    int input_line = 1;
    bool prompted = false;
    std::size_t getopts_at = 0;
    Output output;
};
CUTAWAY_FIELDS(ShellState, flavour, started, interactive, is_script, subshell, fresh_fork, exiting, exit_code, status,
               name, shell_pid, last_background, options, params, variables, functions, units, next_unit, frames, traps,
               pending, children, background, finished, open, kept, buffer, input_line, prompted, getopts_at, output)

class Expander;

class Shell final : public SavedProgram {
public:
    Shell(std::string_view program, Flavour flavour) : program_(program) { state_.flavour = flavour; }

    [[nodiscard]] std::string_view name() const override { return program_; }
    Step step(Sys& sys) override;
    void save(std::string& out) const override { binary::put(out, state_); }
    bool restore(std::string_view saved) override;

private:
    friend struct Builtins;
    friend struct ControlBuiltins;
    friend struct LetBuiltin;
    using Turn = std::optional<Step>;  // nothing: go on

    // shell_start.cpp
    void start();
    void start_text(const std::string& text, bool tail);
    void start_script(const std::string& path);
    void import_environment();
    void after_fork();

    // shell_run.cpp
    Turn advance();
    Turn run_source();
    Turn run_input();
    Turn read_input();
    Turn finish_input();
    Turn run_node();
    Turn run_list(const Node& node);
    Turn run_and_or(const Node& node);
    Turn run_compound(const Node& node);
    Turn run_if(const Node& node);
    Turn run_loop(const Node& node);
    Turn run_for(const Node& node);
    Turn run_case(const Node& node);
    Turn run_wait();
    Turn run_collect();
    bool take_traps();
    void push_node(int unit, int node, bool tested, bool tail);
    void push_source(const std::string& text, int line);
    int add_unit(std::string_view text, int line);
    void drop_units();
    const Node* find_node(int unit, int node);
    void finish(int status);
    void pop();
    void leave(int code);
    [[nodiscard]] Parsed parse(std::string_view text) const {
        return parse_command(text, state_.flavour == Flavour::bash);
    }
    void syntax_error(const Parsed& parsed, int line);

    // shell_jobs.cpp
    Turn run_pipeline(const Node& node);
    Turn run_background(int unit, int node);
    std::optional<Pid> fork_node(int unit, int node, std::map<int, int> descriptors, bool background);
    std::optional<Pid> fork_with(Frame frame, const std::map<int, int>& descriptors, bool background);
    std::map<int, int> inherited() const;
    void reap();
    void push_wait(std::vector<Pid> pids);
    bool push_collect(const std::string& command, bool for_redirect = false);
    void report_signal(int signal);

    // shell_simple.cpp
    Turn run_simple(const Node& node);
    bool expand_simple(const Node& node);
    Turn dispatch(const Node& node);
    Turn run_external();
    void call_function(const ShellFunction& function);
    void trace_command();
    bool assign_words(bool temporary);
    [[nodiscard]] Words with_braces(const Words& raw) const;
    bool expand_all(const Words& raw, Words& fields);
    bool expand_one(const std::string& raw, std::string& text, bool pattern);
    bool expansion_failed(const std::string& error);

    // shell_redirect.cpp
    bool redirect(const Node& node, bool keep);
    bool redirect_one(const Redirect& redirect, const std::string& target, bool keep);
    bool expand_target(Expander& expander, const Redirect& redirect, std::string& target);
    Result<int> open_target(const Redirect& redirect, const std::string& target);
    void keep_copy(int fd);
    void put_back(Frame& frame);
    bool place(int opened, int fd);

    // messages and variables
    Frame& top() { return state_.frames.back(); }
    [[nodiscard]] int line() const;
    [[nodiscard]] std::string prefix() const;
    void complain(std::string_view text) { state_.output.err(prefix() + std::string(text) + "\n"); }
    [[nodiscard]] bool option(char letter) const { return state_.options.find(letter) != std::string::npos; }
    [[nodiscard]] std::string value(const std::string& name) const;
    bool assign(const std::string& name, const std::string& value);
    [[nodiscard]] Words exported() const;
    [[nodiscard]] std::string path() const;

    std::string_view program_;
    ShellState state_;
    std::map<int, Script> scripts_;  // parsed units: made again from their text
    Sys* sys_ = nullptr;             // during step only
};

// shell_expand.cpp: words to fields. Pure over what it is given; stops at a command substitution that has no result.
class Expander {
public:
    Expander(Sys& sys, const ShellState& state, const Words& results) : sys_(sys), state_(state), results_(results) {}

    bool fields(const std::string& raw, Words& out);         // split and globbed
    bool single(const std::string& raw, std::string& out);   // neither
    bool pattern(const std::string& raw, std::string& out);  // quoted characters behind backslashes
    bool here(const std::string& text, std::string& out);    // as within double quotes

    std::string needs;  // not empty: run this command first
    bool needed = false;
    std::string error;                            // "X: parameter not set"
    std::map<std::string, std::string> assigned;  // by ${x:=…} and $((x=…)); the caller applies them

private:
    struct Piece {
        std::string text;
        std::string marks;  // 'q' quoted, 'l' literal, 'u' from an expansion, 'b' a field ends, 'e' an empty quote
        void add(std::string_view bytes, char mark) {
            text.append(bytes);
            marks.append(bytes.size(), mark);
        }
    };
    bool scan(std::string_view raw, bool quoted, Piece& piece);
    bool quote_part(std::string_view raw, std::size_t& at, Piece& piece);
    bool dollar(std::string_view raw, std::size_t& at, bool quoted, Piece& piece);
    bool braces(std::string_view inside, bool quoted, Piece& piece);
    bool substring(const std::string& rest, std::string& value);
    bool replace(std::string_view rest, std::string& value);
    bool trim_value(std::string_view operation, const std::string& word, std::string& value);
    bool substitute(const std::string& command, bool quoted, Piece& piece);
    bool arithmetic(std::string_view text, bool quoted, Piece& piece);
    bool default_value(const std::string& name, char operation, const std::string& word, bool missing, bool quoted,
                       Piece& piece);
    void parameters(char which, bool quoted, Piece& piece);
    bool parameter(const std::string& name, bool quoted, Piece& piece);
    [[nodiscard]] std::optional<std::string> lookup(const std::string& name) const;
    [[nodiscard]] std::optional<std::string> bash_variable(const std::string& name) const;
    Words split_fields(const Piece& piece, Words& patterns) const;
    void glob(const std::string& pattern, const std::string& plain, Words& out);

    Sys& sys_;
    const ShellState& state_;
    const Words& results_;
    std::size_t next_result_ = 0;
    int depth_ = 0;
    bool here_ = false;
};

// shell_bash.cpp: the words that {a,b} and {1..5} in a raw word make of it; mostly the word itself.
void add_brace_words(std::string_view word, Words& out);

// shell_arithmetic.cpp: $(( )). Numbers, variables, + - * / % ** comparisons, logic, bits, ?:, assignments, ++ and --.
struct Arithmetic {
    std::map<std::string, std::string>& assigned;
    std::optional<std::string> (*lookup)(const void* from, const std::string& name);
    const void* from = nullptr;
    std::string error;

    std::optional<std::int64_t> evaluate(std::string_view text);
};

Made make_shell(std::string_view program, Flavour flavour);

}  // namespace cutaway::model::programs
