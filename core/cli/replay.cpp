// SPDX-License-Identifier: Apache-2.0
#include "core/cli/replay.h"

#include <charconv>
#include <optional>

#include "core/cli/stepper_story.h"
#include "core/cli/transcript.h"
#include "core/scene/encode.h"
#include "core/trace/diff.h"
#include "core/trace/lint.h"

namespace cutaway::cli {

namespace {

constexpr const char* replay_usage = "Usage:  cutaway replay FILE [--at N | --phase P] [--show POINTER] [--json]\n";
constexpr const char* trace_usage =
    "Usage:  cutaway trace lint FILE\n"
    "        cutaway trace diff FILE FILE\n"
    "        cutaway trace export FILE [--html] [--to FILE]\n";

int refuse(Console& console, const std::string& text) {
    console.err("cutaway: " + text + "\n");
    return 1;
}

// What a reader of this trace has to know before believing it to the end.
void tell_limits(const std::string& file, const trace::Trace& trace, Console& console) {
    for (const std::string& one : {trace.index().cut, trace.index().view_only}) {
        if (!one.empty()) {
            console.err("cutaway: " + file + ": " + one + "\n");
        }
    }
}

Result<trace::Trace> open_trace(const std::string& file, Console& console) {
    Result<trace::Trace> trace = trace::Trace::open_file(file);
    if (trace) {
        tell_limits(file, *trace, console);
    }
    return trace;
}

struct Asked {
    std::string file;
    std::optional<std::string> at;
    std::optional<std::string> phase;
    std::optional<std::string> show;
    bool json = false;
};

Result<Asked> read_words(const std::vector<std::string>& words) {
    Asked asked;
    for (std::size_t i = 1; i < words.size(); ++i) {
        const std::string& word = words[i];
        const std::string name = word.substr(0, word.find('='));
        std::optional<std::string>* value = name == "--at"      ? &asked.at
                                            : name == "--phase" ? &asked.phase
                                            : name == "--show"  ? &asked.show
                                                                : nullptr;
        if (value != nullptr && name != word) {
            *value = word.substr(name.size() + 1);
        } else if (value != nullptr && i + 1 < words.size()) {
            *value = words[++i];
        } else if (word == "--json") {
            asked.json = true;
        } else if (value == nullptr && !word.starts_with("-") && asked.file.empty()) {
            asked.file = word;
        } else {
            return fail(Errc::invalid, "replay does not know what to do with \"" + word + "\"");
        }
    }
    if (asked.file.empty()) {
        return fail(Errc::invalid, "replay needs a trace file");
    }
    if (asked.at && asked.phase) {
        return fail(Errc::invalid, "--at and --phase both say where: give one");
    }
    return asked;
}

// Where the view begins: an event's number, counted from 0, or where a phase begins.
Result<std::size_t> position_of(const Asked& asked, const trace::Trace& trace) {
    if (asked.at) {
        std::size_t n = 0;
        const char* end = asked.at->data() + asked.at->size();
        const auto [ptr, code] = std::from_chars(asked.at->data(), end, n);
        if (code != std::errc{} || ptr != end || n > trace.size()) {
            return fail(Errc::invalid, "--at takes a number from 0 to " + std::to_string(trace.size()) + ", not \"" +
                                           *asked.at + "\"");
        }
        return n;
    }
    if (asked.phase) {
        const auto phase = from_name<world::Phase>(*asked.phase);
        if (!phase) {
            return fail(Errc::invalid, "there is no phase \"" + *asked.phase + "\"");
        }
        for (const auto& [of, range] : trace.phase_ranges()) {
            if (of == *phase) {
                return range.first;
            }
        }
        return fail(Errc::not_found, "the trace has no phase " + *asked.phase);
    }
    return trace.size();
}

int look(const Asked& asked, const Tape& tape, std::size_t at, Console& console) {
    const scene::Picture picture = tape.picture(at);
    if (asked.show) {
        const Result<std::string> shown = scene::show(picture, *asked.show);
        if (!shown) {
            return refuse(console, shown.error().doing);
        }
        console.out(*shown + (shown->ends_with('\n') ? "" : "\n"));
        return 0;
    }
    if (asked.json) {
        console.out(scene::to_json(picture, scene::Layout::indented) + "\n");
        return 0;
    }
    console.out("event " + std::to_string(at) + " of " + std::to_string(tape.size()) + "\n");
    if (at < tape.size()) {
        console.out("next: " + event_text(tape.event(at)) + "\n");
    }
    return 0;
}

int lint(const std::string& file, Console& console) {
    const Result<trace::Trace> trace = open_trace(file, console);
    if (!trace) {
        return refuse(console, trace.error().doing);
    }
    const std::vector<trace::Complaint> complaints = trace::lint(*trace);
    for (const trace::Complaint& one : complaints) {
        console.out(file + ":" + std::to_string(one.line) + ": " + one.what + "\n");
    }
    const bool good = complaints.empty() && trace->index().cut.empty() && trace->index().view_only.empty();
    if (good) {
        console.out(file + ": " + std::to_string(trace->size()) + " events, nothing to complain of\n");
    }
    return good ? 0 : 1;
}

Result<std::vector<trace::Event>> events_of(const std::string& file, Console& console) {
    const trace::Trace trace = TRY(open_trace(file, console));
    std::vector<trace::Event> events;
    events.reserve(trace.size());
    for (std::size_t n = 0; n < trace.size(); ++n) {
        events.push_back(trace.event(n));
    }
    return events;
}

int compare(const std::string& first, const std::string& second, Console& console) {
    const Result<std::vector<trace::Event>> a = events_of(first, console);
    const Result<std::vector<trace::Event>> b = events_of(second, console);
    if (!a || !b) {
        return refuse(console, (a ? b : a).error().doing);
    }
    const std::vector<trace::Difference> found = trace::diff(*a, *b);
    for (const trace::Difference& one : found) {
        console.out(one.where + ": " + one.what + "\n");
    }
    if (found.empty()) {
        console.out("the same story\n");
    }
    return found.empty() ? 0 : 1;
}

struct Export {
    std::string file;
    std::string to;  // empty: standard output
    bool html = false;
};

std::optional<Export> export_of(const std::vector<std::string>& words) {
    Export out;
    for (std::size_t i = 2; i < words.size(); ++i) {
        if (words[i] == "--html") {
            out.html = true;
        } else if (words[i] == "--to" && i + 1 < words.size()) {
            out.to = words[++i];
        } else if (out.file.empty() && !words[i].starts_with("-")) {
            out.file = words[i];
        } else {
            return std::nullopt;
        }
    }
    return out.file.empty() ? std::nullopt : std::optional<Export>(out);
}

// The readable form: one line a step, with its calls below it; or a page.
Result<std::string> exported(const Export& wanted, Console& console) {
    if (wanted.html) {
        const trace::Trace trace = TRY(open_trace(wanted.file, console));
        return html_transcript(trace, wanted.file.substr(wanted.file.rfind('/') + 1));
    }
    StoryOptions options;
    options.calls = StoryCalls::shown;
    return story(TRY(events_of(wanted.file, console)), options);
}

int write_story(const Export& wanted, Console& console) {
    const Result<std::string> text = exported(wanted, console);
    if (!text) {
        return refuse(console, text.error().doing);
    }
    if (wanted.to.empty()) {
        console.out(*text);
        return 0;
    }
    const Result<std::unique_ptr<trace::StdioLines>> file = trace::StdioLines::create(wanted.to);
    const Status written = file ? (*file)->line(*text) : Status(file.error());
    return written ? 0 : refuse(console, written.error().doing);
}

}  // namespace

int replay(const std::vector<std::string>& words, LineSource& lines, Console& console) {
    const Result<Asked> asked = read_words(words);
    if (!asked) {
        console.err("cutaway: " + asked.error().doing + "\n" + replay_usage);
        return 1;
    }
    const Result<trace::Trace> trace = open_trace(asked->file, console);
    if (!trace) {
        return refuse(console, trace.error().doing);
    }
    const Result<std::size_t> at = position_of(*asked, *trace);
    if (!at) {
        return refuse(console, at.error().doing);
    }
    const Tape tape(*trace);
    if (asked->at || asked->phase || asked->show || asked->json) {
        return look(*asked, tape, *at, console);
    }
    Desk desk(
        tape, [&console](std::string_view text) { console.out(text); }, trace::StepMode::step);
    desk.open_at(0);
    while (const std::optional<std::string> line = lines.next(desk.prompt())) {
        if (desk.execute(*line).kind == Order::Kind::quit) {
            break;
        }
    }
    return 0;
}

int trace_verb(const std::vector<std::string>& words, Console& console) {
    const std::string what = words.size() > 1 ? words[1] : "";
    if (what == "lint" && words.size() == 3) {
        return lint(words[2], console);
    }
    if (what == "diff" && words.size() == 4) {
        return compare(words[2], words[3], console);
    }
    if (const auto wanted = what == "export" ? export_of(words) : std::nullopt) {
        return write_story(*wanted, console);
    }
    console.err(trace_usage);
    return 1;
}

}  // namespace cutaway::cli
