// SPDX-License-Identifier: Apache-2.0
#include <algorithm>

#include "core/model/programs/commands.h"
#include "core/model/programs/line_tool.h"
#include "core/model/programs/pattern.h"
#include "core/model/programs/text.h"

namespace cutaway::model::programs {

namespace {

void begin_nothing(const Call&, const Options&, LineState&) {}

void print_line(const Call& call, std::string_view line, bool newline = true) {
    call.out(std::string(line) + (newline ? "\n" : ""));
}

// --- cat ---

void cat_bytes(const Call& call, const Options&, LineState&, std::string_view bytes, bool) { call.out(bytes); }

// --- grep ---

Options grep_options(const Words& argv) {
    return parse_options(argv, "ivcnqEFolhHswxe:m:rR",
                         {{"--ignore-case", 'i'},
                          {"--invert-match", 'v'},
                          {"--count", 'c'},
                          {"--line-number", 'n'},
                          {"--quiet", 'q'},
                          {"--silent", 'q'},
                          {"--extended-regexp", 'E'},
                          {"--fixed-strings", 'F'},
                          {"--only-matching", 'o'},
                          {"--recursive", 'r'},
                          {"--color", 'h'}});
}

bool is_labelled(const Options& options, const LineState& state) {
    return (state.files.size() > 1 || options.has('H') || options.has('r') || options.has('R')) && !options.has('h');
}

void grep_begin(const Call& call, const Options& options, LineState& state) {
    if (call.name() == "egrep" || call.name() == "fgrep") {
        state.counts[std::string(call.name())] = 1;
    }
    if (options.has('e')) {
        state.kept.push_back(options.value('e'));
    } else if (state.files.empty()) {
        call.err("Usage: grep [OPTION]... PATTERNS [FILE]...\n");
        state.code = 2;
        state.done = true;
        return;
    } else {
        state.kept.push_back(state.files.front());
        state.files.erase(state.files.begin());
    }
    state.code = 1;
    if (!options.has('r') && !options.has('R')) {
        return;
    }
    Words files;
    for (const std::string& place : state.files) {
        add_files_beneath(call, place, files);
    }
    if (options.has('R') || state.files.empty()) {
        state.code = call.refuse(options.has('R') ? "option -R" : "-r without a place");
    }
    state.done = state.code == 127 || files.empty();
    state.files = std::move(files);
}

std::optional<Regex> grep_pattern(const Options& options, const LineState& state) {
    const auto kind = options.has('F') || state.counts.contains("fgrep")   ? Regex::Kind::fixed
                      : options.has('E') || state.counts.contains("egrep") ? Regex::Kind::extended
                                                                           : Regex::Kind::basic;
    std::string pattern = state.kept[0];
    if (options.has('x') && kind != Regex::Kind::fixed) {
        pattern = "^" + pattern + "$";
    } else if (options.has('w') && kind != Regex::Kind::fixed) {
        pattern = "\\b" + pattern + "\\b";
    }
    return Regex::compile(pattern, kind, options.has('i'));
}

void grep_line(const Call& call, const Options& options, LineState& state, std::string_view line, bool) {
    const auto pattern = grep_pattern(options, state);
    if (!pattern) {
        state.code = call.refuse("pattern " + state.kept[0]);
        state.done = true;
        return;
    }
    const std::string label = is_labelled(options, state) ? std::string(file_label(state)) + ":" : "";
    const std::int64_t number = ++state.counts["line " + std::to_string(state.file)];
    const auto found = pattern->search(line);
    if (found.has_value() == options.has('v')) {
        return;
    }
    state.code = state.code == 1 ? 0 : state.code;
    const std::int64_t matches = ++state.counts["match " + std::to_string(state.file)];
    const std::string prefix = label + (options.has('n') ? std::to_string(number) + ":" : "");
    if (options.has('q')) {
        state.done = true;
    } else if (options.has('o') && found) {
        for (auto match = found; match && (*match)[0].to > (*match)[0].from;
             match = pattern->search(line, (*match)[0].to)) {
            print_line(call, prefix + std::string(line.substr((*match)[0].from, (*match)[0].to - (*match)[0].from)));
        }
    } else if (!options.has('c') && !options.has('l')) {
        print_line(call, prefix + std::string(line));
    }
    if (options.has('m') && matches >= to_number(options.value('m')).value_or(1)) {
        state.done = true;
    }
}

void grep_file_end(const Call& call, const Options& options, LineState& state) {
    const std::int64_t matches = state.counts["match " + std::to_string(state.file)];
    if (options.has('c')) {
        const std::string label = is_labelled(options, state) ? std::string(file_label(state)) + ":" : "";
        print_line(call, label + std::to_string(matches));
    } else if (options.has('l') && matches > 0) {
        print_line(call, file_label(state));
    }
}

// --- head and tail ---

Options head_options(const Words& argv) {
    Words words = argv;
    if (words.size() > 1 && words[1].size() > 1 && words[1][0] == '-' && to_number(words[1].substr(1))) {
        words[1] = "-n" + words[1].substr(1);
    }
    return parse_options(words, "n:c:fFqv", {{"--lines", 'n'}, {"--bytes", 'c'}, {"--follow", 'f'}});
}

void head_begin(const Call& call, const Options& options, LineState& state) {
    const std::string count = options.value(options.has('c') ? 'c' : 'n', "10");
    if (options.has('f') || !to_number(count) || to_number(count).value_or(0) < 0) {
        state.code = call.refuse(options.has('f') ? "option -f" : "count " + count);
        state.done = true;
    }
}

void heading(const Call& call, LineState& state) {
    if (state.files.size() > 1 && !state.counts.contains("heading " + std::to_string(state.file))) {
        state.counts["heading " + std::to_string(state.file)] = 1;
        print_line(call, std::string(state.file > 0 ? "\n" : "") + "==> " + std::string(file_label(state)) + " <==");
    }
}

void head_line(const Call& call, const Options& options, LineState& state, std::string_view line, bool newline) {
    heading(call, state);
    if (options.has('c')) {
        const std::int64_t wanted = to_number(options.value('c')).value_or(0);
        std::int64_t& bytes = state.counts["byte " + std::to_string(state.file)];
        const std::string text = std::string(line) + (newline ? "\n" : "");
        call.out(text.substr(0, static_cast<std::size_t>(std::max<std::int64_t>(0, wanted - bytes))));
        bytes += static_cast<std::int64_t>(text.size());
        state.done = bytes >= wanted && state.file + 1 == state.files.size();
        return;
    }
    const std::int64_t most = to_number(options.value('n', "10")).value_or(10);
    std::int64_t& count = state.counts["line " + std::to_string(state.file)];
    if (count++ < most) {
        print_line(call, line, newline);
    }
    state.done = count >= most && state.file + 1 == state.files.size();
}

void tail_begin(const Call& call, const Options& options, LineState& state) {
    state.follow = options.has('f') || options.has('F');
    const std::string bytes = options.value('c', "0");
    if (!to_number(bytes) || bytes.starts_with("+")) {
        state.code = call.refuse("count " + bytes);
        state.done = true;
    }
}

// -c: what is kept is one text, of the last so many bytes.
void keep_bytes(LineState& state, const std::string& text, std::int64_t wanted) {
    state.kept.resize(1);
    const std::string whole = state.kept.front() + text;
    const auto most = static_cast<std::size_t>(wanted < 0 ? -wanted : wanted);
    state.kept.front() = whole.substr(whole.size() > most ? whole.size() - most : 0);
}

void tail_line(const Call& call, const Options& options, LineState& state, std::string_view line, bool newline) {
    const std::string count = options.value('n', "10");
    const std::int64_t wanted = to_number(count).value_or(10);
    const std::string text = std::string(line) + (newline ? "\n" : "");
    if (state.counts.contains("caught up")) {
        call.out(text);
    } else if (options.has('c')) {
        keep_bytes(state, text, to_number(options.value('c')).value_or(0));
    } else if (count.starts_with("+")) {
        if (++state.counts["line " + std::to_string(state.file)] >= wanted) {
            call.out(text);
        }
    } else {
        state.kept.push_back(text);
        if (state.kept.size() > static_cast<std::size_t>(wanted < 0 ? -wanted : wanted)) {
            state.kept.erase(state.kept.begin());
        }
    }
}

void tail_file_end(const Call& call, const Options&, LineState& state) {
    heading(call, state);
    for (const std::string& line : state.kept) {
        call.out(line);
    }
    state.kept.clear();
}

// --- wc ---

Options wc_options(const Words& argv) {
    return parse_options(argv, "lwcm", {{"--lines", 'l'}, {"--words", 'w'}, {"--bytes", 'c'}});
}

void wc_line(const Call&, const Options&, LineState& state, std::string_view line, bool newline) {
    const std::string file = " " + std::to_string(state.file);
    state.counts["l" + file] += newline ? 1 : 0;
    state.counts["w" + file] += static_cast<std::int64_t>(split_blank(line).size());
    state.counts["c" + file] += static_cast<std::int64_t>(line.size()) + (newline ? 1 : 0);
}

void wc_print(const Call& call, const Options& options, LineState& state, const std::string& key,
              const std::string& label) {
    const bool all = !options.has('l') && !options.has('w') && !options.has('c') && !options.has('m');
    const bool alone = options.values.size() == 1;
    std::string text;
    for (const char what : std::string("lwc")) {
        const bool shown = all || options.has(what) || (what == 'c' && options.has('m'));
        if (shown) {
            const std::string number = std::to_string(state.counts[std::string(1, what) + key]);
            text += (text.empty() ? "" : " ") + (alone ? number : right(number, call.busybox ? 9 : 7));
        }
    }
    print_line(call, text + (label == "-" ? "" : " " + label));
}

void wc_file_end(const Call& call, const Options& options, LineState& state) {
    const std::string key = " " + std::to_string(state.file);
    for (const char what : std::string("lwc")) {
        state.counts[std::string(1, what) + " total"] += state.counts[std::string(1, what) + key];
    }
    wc_print(call, options, state, key, state.files[state.file]);
}

void wc_end(const Call& call, const Options& options, LineState& state) {
    if (state.files.size() > 1) {
        wc_print(call, options, state, " total", "total");
    }
}

// --- sort and uniq ---

Options sort_options(const Words& argv) {
    return parse_options(argv, "rnufhk:t:", {{"--reverse", 'r'}, {"--numeric-sort", 'n'}, {"--unique", 'u'}});
}

void keep_line(const Call&, const Options&, LineState& state, std::string_view line, bool) {
    state.kept.emplace_back(line);
}

std::string sort_key(const Options& options, const std::string& line) {
    if (!options.has('k')) {
        return line;
    }
    const auto field =
        to_number(options.value('k').substr(0, options.value('k').find_first_not_of("0123456789"))).value_or(1);
    const Words fields = options.has('t') ? split(line, options.value('t')[0]) : split_blank(line);
    const auto index = static_cast<std::size_t>(std::max<std::int64_t>(field, 1) - 1);
    return index < fields.size() ? fields[index] : "";
}

double leading_number(std::string_view text) {
    text = trim(text);
    const std::size_t sign = text.starts_with("-") ? 1 : 0;
    const std::size_t dot = std::min(text.find_first_not_of("0123456789", sign), text.size());
    double value = static_cast<double>(to_number(text.substr(0, dot)).value_or(0));
    double unit = 0.1;
    for (std::size_t i = dot + 1;
         dot < text.size() && text[dot] == '.' && i < text.size() && text[i] >= '0' && text[i] <= '9'; ++i) {
        value += (sign != 0 ? -unit : unit) * (text[i] - '0');
        unit /= 10;
    }
    return value;
}

void sort_end(const Call& call, const Options& options, LineState& state) {
    const auto before = [&](const std::string& a, const std::string& b) {
        const std::string x = sort_key(options, a);
        const std::string y = sort_key(options, b);
        if (options.has('n')) {
            const double first = leading_number(x);
            const double second = leading_number(y);
            return first != second ? first < second : a < b;
        }
        const bool fold = options.has('f');
        const std::string first = fold ? lower(x) : x;
        const std::string second = fold ? lower(y) : y;
        return first != second ? first < second : a < b;
    };
    std::stable_sort(state.kept.begin(), state.kept.end(), before);
    if (options.has('r')) {
        std::reverse(state.kept.begin(), state.kept.end());
    }
    if (options.has('u')) {
        const auto same = [&](const std::string& a, const std::string& b) {
            return sort_key(options, a) == sort_key(options, b);
        };
        state.kept.erase(std::unique(state.kept.begin(), state.kept.end(), same), state.kept.end());
    }
    for (const std::string& line : state.kept) {
        print_line(call, line);
    }
}

Options uniq_options(const Words& argv) { return parse_options(argv, "cdu", {{"--count", 'c'}, {"--repeated", 'd'}}); }

void uniq_print(const Call& call, const Options& options, LineState& state) {
    const std::int64_t count = state.counts["same"];
    if (state.kept.empty() || (options.has('d') && count < 2) || (options.has('u') && count > 1)) {
        return;
    }
    print_line(call, (options.has('c') ? right(std::to_string(count), 7) + " " : "") + state.kept[0]);
}

void uniq_line(const Call& call, const Options& options, LineState& state, std::string_view line, bool) {
    if (!state.kept.empty() && state.kept[0] == line) {
        ++state.counts["same"];
        return;
    }
    uniq_print(call, options, state);
    state.kept = {std::string(line)};
    state.counts["same"] = 1;
}

// --- cut ---

Options cut_options(const Words& argv) {
    return parse_options(argv, "d:f:c:b:s", {{"--delimiter", 'd'}, {"--fields", 'f'}, {"--characters", 'c'}});
}

bool in_list(const std::string& list, std::int64_t number) {
    for (const std::string& range : split(list, ',')) {
        const std::size_t dash = range.find('-');
        const std::int64_t from = to_number(range.substr(0, dash)).value_or(1);
        const std::int64_t to =
            dash == std::string::npos ? from : to_number(range.substr(dash + 1)).value_or(1'000'000);
        if (from <= number && number <= to) {
            return true;
        }
    }
    return false;
}

void cut_begin(const Call& call, const Options& options, LineState& state) {
    if (!options.has('f') && !options.has('c') && !options.has('b')) {
        state.code = call.fail("you must specify a list of bytes, characters, or fields");
        state.done = true;
    }
}

void cut_line(const Call& call, const Options& options, LineState&, std::string_view line, bool) {
    std::string made;
    if (!options.has('f')) {
        const std::string list = options.value('c', options.value('b'));
        for (std::size_t i = 0; i < line.size(); ++i) {
            made += in_list(list, static_cast<std::int64_t>(i) + 1) ? std::string(1, line[i]) : "";
        }
        print_line(call, made);
        return;
    }
    const char at = options.value('d', "\t").empty() ? '\t' : options.value('d', "\t")[0];
    if (line.find(at) == std::string_view::npos) {
        if (!options.has('s')) {
            print_line(call, line);
        }
        return;
    }
    const Words fields = split(line, at);
    bool any = false;
    for (std::size_t i = 0; i < fields.size(); ++i) {
        if (in_list(options.value('f'), static_cast<std::int64_t>(i) + 1)) {
            made += (any ? std::string(1, at) : "") + fields[i];
            any = true;
        }
    }
    print_line(call, made);
}

// --- tr ---

Options tr_options(const Words& argv) {
    return parse_options(argv, "+dsc", {{"--delete", 'd'}, {"--squeeze-repeats", 's'}});
}

std::string tr_set(std::string_view text) {
    text = text.starts_with("[") && text.ends_with("]") && !text.starts_with("[:") ? text.substr(1, text.size() - 2)
                                                                                   : text;
    std::string made;
    for (std::size_t i = 0; i < text.size(); ++i) {
        if (text.substr(i).starts_with("[:")) {
            const std::size_t end = text.find(":]", i);
            for (int c = 0; end != std::string_view::npos && c < 128; ++c) {
                const std::string one(1, static_cast<char>(c));
                made += glob_match("[" + std::string(text.substr(i, end + 2 - i)) + "]", one) ? one : "";
            }
            i = end == std::string_view::npos ? text.size() : end + 1;
        } else if (text[i] == '\\' && i + 1 < text.size()) {
            const char c = text[++i];
            made += c == 'n' ? '\n' : (c == 't' ? '\t' : (c == 'r' ? '\r' : (c == '0' ? '\0' : c)));
        } else if (i + 2 < text.size() && text[i + 1] == '-') {
            for (int c = static_cast<unsigned char>(text[i]); c <= static_cast<unsigned char>(text[i + 2]); ++c) {
                made += static_cast<char>(c);
            }
            i += 2;
        } else {
            made += text[i];
        }
    }
    return made;
}

void tr_begin(const Call& call, const Options& options, LineState& state) {
    state.kept = state.files;
    state.files.clear();
    const std::size_t needed = options.has('d') || options.has('s') ? 1 : 2;
    if (state.kept.size() < needed || state.kept.size() > 2) {
        state.code = call.fail(state.kept.empty() ? "missing operand" : "these operands: not modelled",
                               state.kept.empty() ? 1 : 127);
        state.done = true;
        return;
    }
    for (std::string& set : state.kept) {
        set = tr_set(set);
    }
}

void tr_bytes(const Call& call, const Options& options, LineState& state, std::string_view bytes, bool) {
    const std::string& from = state.kept[0];
    const std::string& to = state.kept.back();
    const bool translates = state.kept.size() == 2 && !options.has('d');
    std::string made;
    for (const char c : bytes) {
        std::size_t at = from.find(c);
        if (options.has('c')) {
            at = at == std::string::npos ? 0 : std::string::npos;
        }
        if (at == std::string::npos) {
            made += c;
            state.counts["last"] = -1;
            continue;
        }
        if (options.has('d')) {
            continue;
        }
        const char other =
            translates && !to.empty() ? to[options.has('c') ? to.size() - 1 : std::min(at, to.size() - 1)] : c;
        const auto byte = static_cast<unsigned char>(other);
        if (!options.has('s') || state.counts["last"] != byte) {
            made += other;
        }
        state.counts["last"] = byte;
    }
    call.out(made);
}

Options cat_options(const Words& argv) { return parse_options(argv, "u"); }

constexpr LineTool cat_tool{"cat", cat_options, begin_nothing, cat_bytes, nullptr, nullptr, true};
constexpr LineTool grep_tool{"grep", grep_options, grep_begin, grep_line, grep_file_end, nullptr, false};
constexpr LineTool head_tool{"head", head_options, head_begin, head_line, nullptr, nullptr, false};
constexpr LineTool tail_tool{"tail", head_options, tail_begin, tail_line, tail_file_end, nullptr, false};
constexpr LineTool wc_tool{"wc", wc_options, begin_nothing, wc_line, wc_file_end, wc_end, false};
constexpr LineTool sort_tool{"sort", sort_options, begin_nothing, keep_line, nullptr, sort_end, false};
constexpr LineTool uniq_tool{"uniq", uniq_options, begin_nothing, uniq_line, nullptr, uniq_print, false};
constexpr LineTool cut_tool{"cut", cut_options, cut_begin, cut_line, nullptr, nullptr, false};
constexpr LineTool tr_tool{"tr", tr_options, tr_begin, tr_bytes, nullptr, nullptr, true};

template <const LineTool& Tool>
Made line_program() {
    return make_line_tool(Tool);
}

}  // namespace

Entries text_tools() {
    return {{"cat", line_program<cat_tool>},    {"grep", line_program<grep_tool>},  {"head", line_program<head_tool>},
            {"tail", line_program<tail_tool>},  {"wc", line_program<wc_tool>},      {"sort", line_program<sort_tool>},
            {"egrep", line_program<grep_tool>}, {"fgrep", line_program<grep_tool>}, {"uniq", line_program<uniq_tool>},
            {"cut", line_program<cut_tool>},    {"tr", line_program<tr_tool>}};
}

}  // namespace cutaway::model::programs
