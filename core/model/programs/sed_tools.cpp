// SPDX-License-Identifier: Apache-2.0
// sed: [address[,address]] s/regex/text/[g][p][i], p, d, q, with -n, -e, -E and -i. Also envsubst.
#include "core/model/programs/commands.h"
#include "core/model/programs/line_tool.h"
#include "core/model/programs/pattern.h"
#include "core/model/programs/text.h"

namespace cutaway::model::programs {

namespace {

struct Address {
    std::int64_t line = 0;  // -1: the last
    std::string pattern;
    bool given = false;
};

struct Edit {
    Address from;
    Address to;
    char verb = 'p';
    std::string pattern;
    std::string text;
    std::string flags;
};

std::string until(std::string_view script, std::size_t& at, char end) {
    std::string made;
    for (; at < script.size() && script[at] != end; ++at) {
        if (script[at] == '\\' && at + 1 < script.size()) {
            made += script[at + 1] == end ? "" : "\\";
            ++at;
        }
        made += script[at];
    }
    at = at < script.size() ? at + 1 : std::string_view::npos;
    return made;
}

bool read_address(std::string_view script, std::size_t& at, Address& address) {
    if (at < script.size() && script[at] == '$') {
        address = Address{-1, "", true};
        ++at;
    } else if (at < script.size() && script[at] == '/') {
        ++at;
        address = Address{0, until(script, at, '/'), true};
    } else {
        while (at < script.size() && script[at] >= '0' && script[at] <= '9') {
            address.line = address.line * 10 + (script[at++] - '0');
            address.given = true;
        }
    }
    return at != std::string_view::npos;
}

std::optional<Edit> read_edit(std::string_view script) {
    script = trim(script);
    Edit edit;
    std::size_t at = 0;
    if (!read_address(script, at, edit.from)) {
        return std::nullopt;
    }
    if (edit.from.given && at < script.size() && script[at] == ',') {
        ++at;
        if (!read_address(script, at, edit.to) || !edit.to.given) {
            return std::nullopt;
        }
    }
    while (at < script.size() && script[at] == ' ') {
        ++at;
    }
    if (at >= script.size()) {
        return std::nullopt;
    }
    edit.verb = script[at++];
    if (edit.verb == 's' && at < script.size()) {
        const char mark = script[at++];
        edit.pattern = until(script, at, mark);
        edit.text = at == std::string_view::npos ? "" : until(script, at, mark);
        if (at == std::string_view::npos) {
            return std::nullopt;
        }
        edit.flags = std::string(script.substr(at));
        return edit.flags.find_first_not_of("gpiI") == std::string::npos ? std::optional(edit) : std::nullopt;
    }
    return std::string_view("pdq").find(edit.verb) != std::string_view::npos && at == script.size()
               ? std::optional(edit)
               : std::nullopt;
}

// A script's commands: lines, and at ";" where the pieces are commands by themselves.
std::optional<std::vector<Edit>> read_script(const std::string& script) {
    std::vector<Edit> edits;
    for (const std::string& line : split_lines(script)) {
        if (const auto whole = read_edit(line)) {
            edits.push_back(*whole);
            continue;
        }
        for (const std::string& piece : split(line, ';')) {
            const auto edit = read_edit(piece);
            if (!edit) {
                return std::nullopt;
            }
            edits.push_back(*edit);
        }
    }
    return edits;
}

Options sed_options(const Words& argv) {
    Words spread;
    for (std::size_t i = 0; i < argv.size(); ++i) {  // every -e counts: they are one script
        const bool again = argv[i] == "-e" && i + 1 < argv.size();
        if (again && !spread.empty() && spread.back().starts_with("-e")) {
            spread.back() += "\n" + argv[++i];
        } else {
            spread.push_back(again ? "-e" + argv[++i] : argv[i]);
        }
    }
    return parse_options(spread, "nEre:is",
                         {{"--quiet", 'n'}, {"--regexp-extended", 'E'}, {"--in-place", 'i'}, {"--expression", 'e'}});
}

void sed_begin(const Call& call, const Options& options, LineState& state) {
    if (options.has('e')) {
        state.kept.push_back(options.value('e'));
    } else if (!state.files.empty()) {
        state.kept.push_back(state.files.front());
        state.files.erase(state.files.begin());
    }
    if (state.kept.empty() || !read_script(state.kept[0])) {
        state.code = call.refuse(state.kept.empty() ? "no script" : "script " + state.kept[0]);
        state.done = true;
        return;
    }
    state.kept.emplace_back();  // of -i: the file that grows
    state.kept.emplace_back();  // the line before the last
}

bool matches(const Address& address, std::string_view line, std::int64_t number, bool last, Regex::Kind kind) {
    if (!address.pattern.empty()) {
        const auto pattern = Regex::compile(address.pattern, kind, false);
        return pattern && pattern->search(line).has_value();
    }
    return address.line < 0 ? last : address.line == number;
}

std::string replaced(const Edit& edit, const std::string& line, Regex::Kind kind, bool& changed) {
    const auto pattern = Regex::compile(edit.pattern, kind, edit.flags.find_first_of("iI") != std::string::npos);
    std::string made;
    std::size_t at = 0;
    while (pattern && at <= line.size()) {
        const auto found = pattern->search(line, at);
        if (!found) {
            break;
        }
        changed = true;
        made += line.substr(at, (*found)[0].from - at);
        for (std::size_t i = 0; i < edit.text.size(); ++i) {
            const char c = edit.text[i];
            const char next = i + 1 < edit.text.size() ? edit.text[i + 1] : '\0';
            if (c == '&' || (c == '\\' && next >= '0' && next <= '9')) {
                const std::size_t group = c == '&' ? 0 : static_cast<std::size_t>(next - '0');
                i += c == '&' ? 0 : 1;
                made += group < found->size()
                            ? line.substr((*found)[group].from, (*found)[group].to - (*found)[group].from)
                            : "";
            } else if (c == '\\' && next != '\0') {
                made += next == 'n' ? '\n' : (next == 't' ? '\t' : next);
                ++i;
            } else {
                made += c;
            }
        }
        at = (*found)[0].to;
        if ((*found)[0].from == (*found)[0].to) {
            made += at < line.size() ? line.substr(at, 1) : "";
            ++at;
        }
        if (edit.flags.find('g') == std::string::npos) {
            break;
        }
    }
    return at <= line.size() ? made + line.substr(at) : made;
}

void sed_emit(const Call& call, const Options& options, LineState& state, const std::string& text) {
    if (options.has('i')) {
        state.kept[1] += text + "\n";
    } else {
        call.out(text + "\n");
    }
}

void sed_one(const Call& call, const Options& options, LineState& state, std::string line, bool last) {
    const auto edits = read_script(state.kept[0]);
    const auto kind = options.has('E') || options.has('r') ? Regex::Kind::extended : Regex::Kind::basic;
    const std::int64_t number = ++state.counts["line"];
    for (std::size_t i = 0; edits && i < edits->size(); ++i) {
        const Edit& edit = (*edits)[i];
        if (!edit.pattern.empty() && !Regex::compile(edit.pattern, kind, false)) {
            state.code = call.refuse("pattern " + edit.pattern);
            state.done = true;
            return;
        }
        bool applies = !edit.from.given;
        if (edit.from.given && edit.to.given) {
            std::int64_t& inside = state.counts["range " + std::to_string(i)];
            const bool was = inside != 0;
            applies = was || matches(edit.from, line, number, last, kind);
            const bool over =
                edit.to.line > 0 ? number >= edit.to.line : was && matches(edit.to, line, number, last, kind);
            inside = applies && !over ? 1 : 0;
        } else if (edit.from.given) {
            applies = matches(edit.from, line, number, last, kind);
        }
        if (!applies) {
            continue;
        }
        if (edit.verb == 'd') {
            return;
        }
        bool changed = false;
        if (edit.verb == 's') {
            line = replaced(edit, line, kind, changed);
        }
        if (edit.verb == 'p' || (changed && edit.flags.find('p') != std::string::npos)) {
            sed_emit(call, options, state, line);
        }
        state.done = state.done || edit.verb == 'q';
    }
    if (!options.has('n')) {
        sed_emit(call, options, state, line);
    }
}

// A line is held back until it is known whether it is the last.
void sed_line(const Call& call, const Options& options, LineState& state, std::string_view line, bool) {
    if (state.counts["held"] != 0) {
        sed_one(call, options, state, state.kept[2], false);
    }
    state.counts["held"] = 1;
    state.kept[2] = std::string(line);
}

void sed_file_end(const Call& call, const Options& options, LineState& state) {
    const bool last = options.has('i') || state.file + 1 == state.files.size();
    if (!last) {
        return;
    }
    if (state.counts["held"] != 0) {
        state.counts["held"] = 0;
        sed_one(call, options, state, state.kept[2], true);
    }
    if (options.has('i') && state.files[state.file] != "-") {
        const Status wrote = write_file(call.sys, state.files[state.file], state.kept[1]);
        if (!wrote) {
            state.code =
                call.fail("couldn't open file " + state.files[state.file] + ": " + errno_text(wrote.error()), 4);
        }
        state.kept[1].clear();
        state.counts.clear();
    }
}

// --- envsubst ---

void subst_begin(const Call&, const Options&, LineState& state) {
    state.kept = state.files;
    state.files.clear();
}

void subst_line(const Call& call, const Options&, LineState& state, std::string_view line, bool newline) {
    std::string made;
    for (std::size_t i = 0; i < line.size();) {
        const bool braced = line.substr(i).starts_with("${");
        std::size_t end = i + (braced ? 2 : 1);
        const std::size_t from = end;
        while (end < line.size() &&
               (line[end] == '_' || (line[end] >= 'A' && line[end] <= 'Z') || (line[end] >= 'a' && line[end] <= 'z') ||
                (end > from && line[end] >= '0' && line[end] <= '9'))) {
            ++end;
        }
        const bool good = line[i] == '$' && end > from && (!braced || (end < line.size() && line[end] == '}'));
        const std::string name = good ? std::string(line.substr(from, end - from)) : "";
        const bool wanted = state.kept.empty() || state.kept[0].find("$" + name) != std::string::npos ||
                            state.kept[0].find("${" + name + "}") != std::string::npos;
        if (good && wanted) {
            made += environment(call.sys, name);
            i = end + (braced ? 1 : 0);
        } else {
            made += line[i++];
        }
    }
    call.out(made + (newline ? "\n" : ""));
}

Options subst_options(const Words& argv) { return parse_options(argv, ""); }

constexpr LineTool sed_tool{"sed", sed_options, sed_begin, sed_line, sed_file_end, nullptr, false};
constexpr LineTool subst_tool{"envsubst", subst_options, subst_begin, subst_line, nullptr, nullptr, false};

}  // namespace

Entries sed_tools() {
    return {{"sed", [] { return make_line_tool(sed_tool); }}, {"envsubst", [] { return make_line_tool(subst_tool); }}};
}

}  // namespace cutaway::model::programs
