// SPDX-License-Identifier: Apache-2.0
#include "core/cli/transcript.h"

#include <algorithm>

#include "core/cli/stepper_story.h"
#include "core/lesson/html.h"
#include "core/scene/diff.h"
#include "core/scene/evolve.h"
#include "core/world/by_hand.h"
#include "core/world/why.h"

namespace cutaway::cli {

namespace {

using lesson::html_escaped;

constexpr std::size_t most_changes = 12;  // of one step, in words

constexpr std::string_view style =
    "body{font:1.1rem/1.5 Inter,system-ui,sans-serif;max-width:60rem;margin:auto;padding:1rem;"
    "color:#111;background:#fff}\n"
    "code,pre{font-family:\"JetBrains Mono\",monospace}\npre{white-space:pre-wrap}\n"
    "a:focus,summary:focus{outline:3px solid #0b57d0}\n"
    "@media(prefers-color-scheme:dark){body{color:#eee;background:#111}a{color:#9cf}}\n";

std::string tagged(std::string_view tag, const std::string& inner) {
    return "<" + std::string(tag) + ">" + inner + "</" + std::string(tag) + ">";
}

// What the machine keeps of its own work is told by the story itself.
bool is_told(const scene::Change& change) {
    const std::string_view path = change.path;
    const auto begins = [&](std::string_view with) { return path.starts_with(with); };
    const auto holds = [&](std::string_view part) { return path.find(part) != std::string_view::npos; };
    return begins("/spans") || begins("/calls") || begins("/phase") || begins("/command") || begins("/exchanges") ||
           begins("/seq") || begins("/t_ns") || holds("/plan") || holds("/history") || holds("/log");
}

std::string result_of(const StoryLine& line) {
    return line.result.empty() ? "it had not ended where the trace ends" : html_escaped(line.result);
}

class Page {
public:
    Page(const trace::Trace& trace, std::string name)
        : trace_(trace), name_(std::move(name)), now_(scene::first_picture(trace.header())) {
        StoryOptions options;
        options.calls = StoryCalls::shown;
        lines_ = story_lines(
            trace.size(), [&trace](std::size_t n) { return trace.event(n); }, options);
    }

    std::string write() {
        head();
        contents();
        out_ += "<main id=\"story\">\n";
        std::size_t last = 0;
        for (const StoryLine& line : lines_) {
            say_commands(last, line.begin);
            last = line.begin;
            tell(line);
        }
        say_commands(last, trace_.size());
        close_to(0);
        out_ += "</main>\n</body>\n</html>\n";
        return std::move(out_);
    }

private:
    void head() {
        const trace::Header& header = trace_.header();
        const std::string title = "Transcript of " + html_escaped(name_);
        out_ +=
            "<!DOCTYPE html>\n<html lang=\"en\">\n<head>\n<meta charset=\"utf-8\">\n"
            "<meta name=\"viewport\" content=\"width=device-width\">\n" +
            tagged("title", title) + "\n<style>\n" + std::string(style) +
            "</style>\n</head>\n<body>\n<p><a href=\"#story\">To the story</a></p>\n" + tagged("h1", title) + "\n";
        out_ += tagged("p", "What " + html_escaped(header.program) + " did on " +
                                (header.world == "real" ? "the real machine" : "a simulated machine") + ", in " +
                                std::to_string(trace_.size()) +
                                " events: each command, its phases, their steps, and the calls below them.") +
                "\n<p>This is Cutaway's engine, behaving like Docker; it is not your Docker.</p>\n";
        for (const std::string& limit : {trace_.index().cut, trace_.index().view_only}) {
            out_ += limit.empty() ? "" : tagged("p", "Beware: " + html_escaped(limit) + ".") + "\n";
        }
    }

    void contents() {
        out_ += "<nav aria-label=\"Phases\">\n<ol>\n";
        for (const StoryLine& line : lines_) {
            const trace::Event event = trace_.event(line.begin);
            if (is_phase(event)) {
                out_ += "<li><a href=\"#e" + std::to_string(line.begin) + "\">" + std::string(to_name(event.phase)) +
                        "</a>" + (line.failed ? ": failed" : "") + "</li>\n";
            }
        }
        out_ += "</ol>\n</nav>\n";
    }

    static bool is_phase(const trace::Event& event) {
        const auto* start = std::get_if<world::SpanStart>(&event.body);
        return start != nullptr && start->grain == world::Grain::phase;
    }

    // A command is a note, and no span.
    void say_commands(std::size_t from, std::size_t to) {
        const std::vector<std::uint32_t>& marks = trace_.index().marks;
        for (auto at = std::lower_bound(marks.begin(), marks.end(), from); at != marks.end() && *at < to; ++at) {
            const trace::Event event = trace_.event(*at);
            const auto* note = std::get_if<world::Note>(&event.body);
            if (const auto* typed = note == nullptr ? nullptr : std::get_if<world::CommandTyped>(note)) {
                std::string words;
                for (const std::string& word : typed->argv) {
                    words += " " + world::shell_word(word);
                }
                close_to(0);
                out_ += tagged("h2", "The command " + tagged("code", "docker" + html_escaped(words))) + "\n";
            }
        }
    }

    void tell(const StoryLine& line) {
        const trace::Event event = trace_.event(line.begin);
        if (is_phase(event)) {
            tell_phase(line, event);
        } else {
            open_item(line.depth + 1);
            const auto* start = std::get_if<world::SpanStart>(&event.body);
            if (start != nullptr) {
                tell_step(line, *start, event);
            } else {
                tell_call(line, event);
            }
        }
    }

    void tell_phase(const StoryLine& line, const trace::Event& event) {
        close_to(0);
        out_ += "<h3 id=\"e" + std::to_string(line.begin) + "\">Phase " + std::string(to_name(event.phase)) +
                (line.failed ? ", which failed" : "") + "</h3>\n";
        out_ += tagged("p", html_escaped(world::why(event.phase))) + "\n";
        if (line.failed) {
            out_ += tagged("p", result_of(line)) + "\n";
        }
    }

    void tell_step(const StoryLine& line, const world::SpanStart& start, const trace::Event& event) {
        out_ += tagged("strong", html_escaped(start.title)) + ", by the " + std::string(to_name(event.actor)) + ": " +
                result_of(line) + ".\n";
        if (start.grain == world::Grain::step) {
            tell_changes(line);
        }
    }

    void tell_call(const StoryLine& line, const trace::Event& event) {
        out_ += tagged("code", html_escaped(event_text(event))) + ": " + result_of(line) + ".\n";
        const auto* call = std::get_if<world::Call>(&event.body);
        const std::string by_hand = call == nullptr ? std::string() : world::by_hand(*call);
        if (!by_hand.empty()) {
            out_ += "<details><summary>By hand</summary><pre>" + html_escaped(by_hand) + "</pre></details>\n";
        }
    }

    // Steps that lie within one that was told already are left to it.
    void tell_changes(const StoryLine& line) {
        if (line.begin < folded_) {
            return;
        }
        fold_to(line.begin);
        const scene::Picture before = now_;
        fold_to(std::min(line.end + 1, trace_.size()));
        std::vector<scene::Change> changes = scene::diff(before, now_, most_changes * 20);
        std::erase_if(changes, is_told);
        if (changes.empty()) {
            return;
        }
        out_ += "<p>What it changed:</p>\n<ul>\n";
        for (std::size_t n = 0; n < std::min(changes.size(), most_changes); ++n) {
            out_ += tagged("li", html_escaped(changes[n].words)) + "\n";
        }
        if (changes.size() > most_changes) {
            out_ += tagged("li", "and " + std::to_string(changes.size() - most_changes) + " more") + "\n";
        }
        out_ += "</ul>\n";
    }

    void fold_to(std::size_t position) {
        for (; folded_ < position; ++folded_) {
            trace_.event(folded_, scratch_);
            scene::evolve(now_, scratch_);
        }
    }

    // Lists lie in items: an item stays open until one of its own depth, or less deep, comes.
    void open_item(std::size_t depth) {
        while (!open_.empty() && open_.back() > depth) {
            close_list();
        }
        if (!open_.empty() && open_.back() == depth) {
            out_ += "</li>\n";
        } else {
            out_ += "<ol>\n";
            open_.push_back(depth);
        }
        out_ += "<li>";
    }
    void close_list() {
        out_ += "</li>\n</ol>\n";
        open_.pop_back();
    }
    void close_to(std::size_t lists) {
        while (open_.size() > lists) {
            close_list();
        }
    }

    const trace::Trace& trace_;
    std::string name_;
    std::vector<StoryLine> lines_;
    scene::Picture now_;
    std::size_t folded_ = 0;  // events in `now_`
    trace::Event scratch_;
    std::vector<std::size_t> open_;  // depths of the lists that are open
    std::string out_;
};

}  // namespace

std::string html_transcript(const trace::Trace& trace, const std::string& name) { return Page(trace, name).write(); }

}  // namespace cutaway::cli
