// SPDX-License-Identifier: Apache-2.0
// awk: rules over lines and their fields. What it remembers between two lines lies in LineState::kept as text; its tree
// is made from argv again for every line.
#include <algorithm>
#include <cmath>
#include <cstdio>
#include <map>

#include "core/model/programs/awk_syntax.h"
#include "core/model/programs/awk_values.h"
#include "core/model/programs/line_tool.h"
#include "core/model/programs/script_tools.h"
#include "core/model/programs/text.h"

namespace cutaway::model::programs {

namespace {

using What = AwkNode::What;

Options awk_options(const Words& argv) { return parse_options(argv, "+F:v:f:"); }

struct Stop {
    enum class How { none, next, leave } how = How::none;
    int code = 0;
};

// Runs the rules over one line, or those of the beginning or the end.
class Runner {
public:
    Runner(const Call& call, AwkMemory& memory) : call_(call), values_(memory) {}

    Stop run(const AwkProgram& program, AwkRule::When when) {
        for (const AwkRule& rule : program.rules) {
            const bool per_line = rule.when == AwkRule::When::every || rule.when == AwkRule::When::where;
            const bool meant = when == AwkRule::When::every ? per_line : rule.when == when;
            if (!meant || stop_.how != Stop::How::none) {
                continue;
            }
            if (rule.when != AwkRule::When::where || values_.value_of(rule.pattern).truth()) {
                perform(rule.action);
            }
        }
        return stop_;
    }
    [[nodiscard]] const std::string& foreign() const { return foreign_.empty() ? values_.foreign() : foreign_; }

private:
    [[nodiscard]] bool goes_on() const { return stop_.how == Stop::How::none && foreign().empty(); }

    void perform(const AwkNode& node) {
        if (!goes_on()) {
            return;
        }
        switch (node.what) {
            case What::block:
                for (const AwkNode& kid : node.kids) {
                    perform(kid);
                }
                return;
            case What::print: return print(node);
            case What::printf: call_.out(values_.formatted(node.kids)); return;
            case What::branch:
                if (values_.value_of(node.kids[0]).truth()) {
                    perform(node.kids[1]);
                } else if (node.kids.size() > 2) {
                    perform(node.kids[2]);
                }
                return;
            case What::next: stop_.how = Stop::How::next; return;
            case What::leave:
                stop_ = {Stop::How::leave,
                         node.kids.empty() ? 0 : static_cast<int>(values_.value_of(node.kids[0]).number())};
                return;
            case What::remove: values_.remove(node.kids[0]); return;
            case What::expression: (void)values_.value_of(node.kids[0]); return;
            default: return loop(node);
        }
    }

    void print(const AwkNode& node) {
        std::string line = node.kids.empty() ? values_.field(0).text() : "";
        for (std::size_t i = 0; i < node.kids.size(); ++i) {
            line += (i == 0 ? "" : values_.variable("OFS")) + values_.value_of(node.kids[i]).text();
        }
        if (goes_on()) {
            call_.out(line + values_.variable("ORS"));
        }
    }

    // A loop that never ends would stop the machine's clock, so it is given up.
    bool may_repeat() {
        constexpr int most_rounds = 1'000'000;
        foreign_ = ++rounds_ > most_rounds ? "a loop of more than a million rounds" : foreign_;
        return goes_on();
    }

    void loop(const AwkNode& node) {
        if (node.what == What::loop_in) {
            for (const std::string& key : values_.keys(node.kids[0].text)) {
                values_.set(node.text, key);
                perform(node.kids[1]);
            }
            return;
        }
        const bool counted = node.what == What::loop_for;
        if (counted) {
            perform(node.kids[0]);
        }
        const AwkNode& condition = node.kids[counted ? 1 : 0];
        const bool endless = condition.what == What::block;
        while (may_repeat() && (endless || values_.value_of(condition).truth())) {
            perform(node.kids[counted ? 3 : 1]);
            if (counted) {
                perform(node.kids[2]);
            }
        }
    }

    const Call& call_;
    AwkValues values_;
    Stop stop_;
    int rounds_ = 0;
    std::string foreign_;
};

// --- as a line tool ---

AwkMemory load(const LineState& state) {
    AwkMemory memory;
    for (std::size_t i = 0; i + 2 < state.kept.size(); i += 3) {
        memory.arrays[state.kept[i]][state.kept[i + 1]] = state.kept[i + 2];
    }
    return memory;
}

void keep(const AwkMemory& memory, LineState& state) {
    state.kept.clear();
    for (const auto& [name, array] : memory.arrays) {
        for (const auto& [key, value] : array) {
            state.kept.insert(state.kept.end(), {name, key, value});
        }
    }
}

void run_rules(const Call& call, const Options& options, LineState& state, AwkRule::When when) {
    const AwkProgram program = parse_awk(options.rest[0]);
    AwkMemory memory = load(state);
    Runner runner(call, memory);
    const Stop stop = runner.run(program, when);
    if (!runner.foreign().empty()) {
        state.code = runner.foreign() == awk_division ? call.fail(awk_division, 2) : call.refuse(runner.foreign());
        state.done = true;
    } else if (stop.how == Stop::How::leave) {
        state.code = stop.code;
        memory.set("exit", "1");
        const bool has_end = when != AwkRule::When::end;
        state.done = true;
        if (has_end) {
            Runner last(call, memory);
            const Stop again = last.run(program, AwkRule::When::end);
            state.code = again.how == Stop::How::leave ? again.code : state.code;
        }
    }
    keep(memory, state);
}

bool reads_lines(const AwkProgram& program) {
    return std::any_of(program.rules.begin(), program.rules.end(),
                       [](const AwkRule& rule) { return rule.when != AwkRule::When::begin; });
}

void awk_begin(const Call& call, const Options& options, LineState& state) {
    if (options.rest.empty() || options.has('f')) {
        state.code = options.has('f') ? call.refuse("option -f") : call.fail("no program", 2);
        state.done = true;
        return;
    }
    const AwkProgram program = parse_awk(options.rest[0]);
    if (!program.wrong.empty() || !program.foreign.empty()) {
        state.code = program.wrong.empty() ? call.refuse(program.foreign) : call.fail("cmd. line: " + program.wrong, 2);
        state.done = true;
        return;
    }
    AwkMemory memory;
    for (const auto& [name, value] : {std::pair{"FS", " "}, {"OFS", " "}, {"ORS", "\n"}, {"SUBSEP", "\x1c"}}) {
        memory.set(name, value);
    }
    if (options.has('F')) {
        memory.set("FS", unescape_awk(options.value('F') == "t" ? "\\t" : options.value('F')));
    }
    for (std::size_t i = 1; i + 1 < call.argv.size(); ++i) {
        const std::string& word = call.argv[i];
        const std::string given = word == "-v" ? call.argv[i + 1] : word.starts_with("-v") ? word.substr(2) : "";
        const std::size_t equals = given.find('=');
        if (equals != std::string::npos) {
            memory.set_given(given.substr(0, equals), unescape_awk(given.substr(equals + 1)));
        }
        if (&word != &options.rest[0] && word == options.rest[0]) {
            break;  // the program: behind it are files
        }
    }
    keep(memory, state);
    state.files.assign(options.rest.begin() + 1, options.rest.end());
    run_rules(call, options, state, AwkRule::When::begin);
    state.done = state.done || !reads_lines(program);
}

void awk_line(const Call& call, const Options& options, LineState& state, std::string_view line, bool) {
    AwkMemory memory = load(state);
    memory.set_number("NR", memory.number("NR") + 1);
    memory.set_line(line);
    keep(memory, state);
    run_rules(call, options, state, AwkRule::When::every);
}

void awk_end(const Call& call, const Options& options, LineState& state) {
    if (!state.done) {
        run_rules(call, options, state, AwkRule::When::end);
    }
}

const LineTool& awk_tool() {
    static const LineTool tool{"awk", awk_options, awk_begin, awk_line, nullptr, awk_end, false};
    return tool;
}

}  // namespace

Entries awk_tools() {
    return {{"awk", [] { return make_line_tool(awk_tool()); }}};
}

}  // namespace cutaway::model::programs
