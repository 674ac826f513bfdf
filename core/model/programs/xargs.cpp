// SPDX-License-Identifier: Apache-2.0
// xargs: words of standard input become arguments of commands, which run one after the other.
#include <cerrno>

#include "core/model/programs/options.h"
#include "core/model/programs/script_tools.h"
#include "core/model/programs/text.h"

namespace cutaway::model::programs {

namespace {

struct XargsState {
    bool begun = false;
    bool read = false;  // all of the input
    bool over = false;
    int code = 0;
    Pid child = 0;
    std::size_t next = 0;  // of the words
    bool ran = false;
    std::string input;
    Words words;
    Output output;
};
CUTAWAY_FIELDS(XargsState, begun, read, over, code, child, next, ran, input, words, output)

constexpr std::size_t most_words = 5000;  // in one command, as a kernel's limit would have it

Options xargs_options(const Words& argv) { return parse_options(argv, "+n:I:0rt"); }

// Blanks part words unless quoted; with -0 nothing but a zero byte, with -I nothing but an end of line.
Words words_of(const Options& options, const std::string& input) {
    if (options.has('0') || options.has('I')) {
        Words words;
        for (const std::string& one : split(input, options.has('0') ? '\0' : '\n')) {
            const std::string word(options.has('0') ? std::string_view(one) : trim(one));
            if (!word.empty()) {
                words.push_back(word);
            }
        }
        return words;
    }
    Words words;
    char quote = 0;
    bool open = false;
    for (std::size_t i = 0; i < input.size(); ++i) {
        const char c = input[i];
        const bool blank = quote == 0 && (c == ' ' || c == '\t' || c == '\n');
        if (blank) {
            open = false;
            continue;
        }
        if (!open) {
            words.emplace_back();
            open = true;
        }
        if (quote == 0 && (c == '\'' || c == '"')) {
            quote = c;
        } else if (c == quote) {
            quote = 0;
        } else if (c == '\\' && quote == 0 && i + 1 < input.size()) {
            words.back() += input[++i];
        } else {
            words.back() += c;
        }
    }
    return words;
}

void give_up(XargsState& state, const std::string& text, int code) {
    state.output.err("xargs: " + text + "\n");
    state.code = code;
    state.over = true;
}

// The command's words for what comes next; nothing: there is nothing left to do.
std::optional<Words> next_command(const Options& options, XargsState& state) {
    const std::size_t left = state.words.size() - state.next;
    const bool empty_run = state.words.empty() && !state.ran && !options.has('r') && !options.has('I');
    if (left == 0 && !empty_run) {
        return std::nullopt;
    }
    Words command = options.rest.empty() ? Words{"echo"} : options.rest;
    state.ran = true;
    if (options.has('I')) {
        for (std::string& word : command) {
            word = replace_all(word, options.value('I'), state.words[state.next]);
        }
        ++state.next;
        return command;
    }
    const auto wanted = static_cast<std::size_t>(to_number(options.value('n', "5000")).value_or(0));
    const std::size_t count = std::min({left, wanted, most_words});
    for (std::size_t i = 0; i < count; ++i) {
        command.push_back(state.words[state.next++]);
    }
    return command;
}

void run_next(Sys& sys, const Options& options, XargsState& state) {
    const std::optional<Words> command = next_command(options, state);
    if (!command) {
        state.over = true;
        return;
    }
    if (options.has('t')) {
        std::string line;
        for (const std::string& word : *command) {
            line += (line.empty() ? "" : " ") + word;
        }
        state.output.err(line + "\n");
    }
    const auto found = command->front().find('/') != std::string::npos
                           ? std::optional(command->front())
                           : find_in_path(sys, environment(sys, "PATH"), command->front());
    const Result<Pid> pid = found ? sys.spawn(SpawnRequest{*found, *command, sys.env(), {{1, 1}, {2, 2}}, false})
                                  : Result<Pid>(Error{Errc::not_found, ENOENT, "spawn"});
    if (!pid) {
        give_up(state, command->front() + ": " + errno_text(pid.error()), errno_of(pid.error()) == ENOENT ? 127 : 126);
        return;
    }
    state.child = *pid;
}

void begin(const Options& options, XargsState& state) {
    state.begun = true;
    const auto count = to_number(options.value('n', "1"));
    if (!options.unknown.empty() || !count || *count < 1) {
        give_up(state, (options.unknown.empty() ? "-n " + options.value('n') : options.unknown) + ": not modelled",
                127);
    }
}

// True: more input, or a child's end, has to come first.
std::optional<Step> go_on(Sys& sys, const Options& options, XargsState& state) {
    if (!state.read) {
        const auto got = sys.read(0, 65536);
        if (!got && is_again(got.error())) {
            return Step::wait_readable(0);
        }
        state.input += got ? *got : std::string();
        if (!got || got->empty()) {
            state.read = true;
            state.words = words_of(options, state.input);
            state.input.clear();
        }
        return std::nullopt;
    }
    if (state.child == 0) {
        run_next(sys, options, state);
        return std::nullopt;
    }
    const auto ended = sys.wait(state.child);
    if (ended && !ended->has_value()) {
        return Step::wait_child();
    }
    const int code = ended ? (**ended).code : 1;
    state.child = 0;
    state.code = code == 0 ? state.code : 123;  // some command failed
    if (code == 255) {
        give_up(state, "command exited with status 255; aborting", 124);
    }
    return std::nullopt;
}

Step step_xargs(Sys& sys, XargsState& state) {
    const Options options = xargs_options(sys.argv());
    if (!state.begun) {
        begin(options, state);
    }
    std::optional<Step> waits;
    while (!waits) {
        switch (flush(sys, state.output)) {  // what -t tells comes before the command's own
            case Flush::blocked: return wait_to_flush(state.output);
            case Flush::broken: return Step::exited(1);
            case Flush::done: break;
        }
        if (state.over) {
            return Step::exited(state.code);
        }
        waits = go_on(sys, options, state);
    }
    return *waits;
}

}  // namespace

Entries xargs_tools() {
    return {{"xargs", []() -> Made { return std::make_unique<StatefulProgram<XargsState>>("xargs", step_xargs); }}};
}

}  // namespace cutaway::model::programs
