// SPDX-License-Identifier: Apache-2.0
// Looking: where, list, show, diff, plan, why, help. Nothing here moves.
#include <algorithm>
#include <charconv>

#include "core/cli/stepper_desk.h"
#include "core/cli/stepper_story.h"
#include "core/scene/diff.h"
#include "core/scene/encode.h"
#include "core/scene/evolve.h"
#include "core/world/by_hand.h"
#include "core/world/why.h"

namespace cutaway::cli {

namespace {

constexpr std::size_t lines_around = 9;
constexpr std::size_t plan_lines = 12;

std::string wrapped(std::string_view text, std::string_view indent) {
    constexpr std::size_t width = 96;
    std::string out;
    std::size_t column = 0;
    for (std::size_t at = 0; at < text.size();) {
        const std::size_t end = std::min(text.find(' ', at), text.size());
        const std::string_view word = text.substr(at, end - at);
        if (column == 0 || column + word.size() + 1 > width) {
            out += (out.empty() ? "" : "\n") + std::string(indent);
            column = indent.size();
        } else {
            out += ' ';
            ++column;
        }
        out += word;
        column += word.size();
        at = end + 1;
    }
    return out;
}

// The long paths of a container as shell variables, so that a line by hand is short and still true.
class ShortPaths {
public:
    explicit ShortPaths(const scene::Container* container) {
        if (container == nullptr) {
            return;
        }
        const std::string& upper = container->record.upper;
        add("C", upper.substr(0, upper.rfind('/') == std::string::npos ? 0 : upper.rfind('/')));
        add("G", container->record.cgroup);
        add("L", layers_of(*container->plan));
    }
    [[nodiscard]] std::string in(std::string text) const {
        for (const auto& [name, path] : names_) {
            for (std::size_t at = text.find(path); at != std::string::npos; at = text.find(path, at)) {
                text.replace(at, path.size(), "$" + name);
            }
        }
        return text;
    }
    // "C=/…; " of those that `text` has taken.
    [[nodiscard]] std::vector<std::string> used_in(const std::string& text) const {
        std::vector<std::string> out;
        for (const auto& [name, path] : names_) {
            if (text.find("$" + name) != std::string::npos) {
                out.push_back(name + "=" + path);
            }
        }
        return out;
    }

private:
    void add(const std::string& name, const std::string& path) {
        if (path.size() > 8) {
            names_.emplace_back(name, path);
        }
    }
    // Where every layer of the overlay lies.
    static std::string layers_of(const std::vector<world::PlannedNote>& plan) {
        for (const world::PlannedNote& one : plan) {
            const auto* mount = std::get_if<world::Mount>(&one.call);
            if (mount == nullptr || mount->type != "overlay" || !mount->data.starts_with("lowerdir=/")) {
                continue;
            }
            const std::string first = mount->data.substr(9, mount->data.find_first_of(":,") - 9);
            const std::size_t end = first.rfind('/', first.rfind('/') - 1);
            return end == std::string::npos ? "" : first.substr(0, end);
        }
        return "";
    }
    std::vector<std::pair<std::string, std::string>> names_;
};

std::string indented(const std::string& text, std::string_view indent) {
    std::string out(indent);
    for (const char c : text) {
        out += c;
        out += c == '\n' ? std::string(indent) : "";
    }
    return out;
}

const world::Call* call_of(const std::optional<trace::Event>& event) {
    return event ? std::get_if<world::Call>(&event->body) : nullptr;
}

// The plan that the next call belongs to, or else the one that is under way.
const scene::Container* planned_container(const scene::Picture& picture, const std::optional<trace::Event>& next) {
    const scene::Container* own = next ? scene::find_container(picture, next->container) : nullptr;
    if (own != nullptr && !own->plan->empty()) {
        return own;
    }
    for (const auto& [id, container] : *picture.containers) {
        if (container->plan_done < container->plan->size()) {
            return &*container;
        }
    }
    return nullptr;
}

std::string plan_text(const scene::Container& container, const ShortPaths& paths) {
    const auto& calls = *container.plan;
    const std::size_t end = std::min<std::size_t>(calls.size(), container.plan_done + plan_lines);
    std::string out = "planned for " + container.record.name + ", " +
                      std::to_string(calls.size() - container.plan_done) + " calls to go:\n";
    std::string step;
    for (std::size_t at = container.plan_done; at < end; ++at) {
        if (calls[at].step != step) {
            step = calls[at].step;
            out += "  " + std::string(to_name(calls[at].phase)) + ": " + step + " (" +
                   std::string(world::context_of(calls[at])) + ")\n";
        }
        out += indented(paths.in(world::by_hand(calls[at].call)), "    ") + "\n";
    }
    return end < calls.size() ? out + "  … and " + std::to_string(calls.size() - end) + " more\n" : out;
}

const world::PlannedNote* planned_note(const scene::Picture& picture, const std::optional<trace::Event>& next) {
    const scene::Container* container = planned_container(picture, next);
    const world::Call* call = call_of(next);
    if (container == nullptr || call == nullptr) {
        return nullptr;
    }
    const auto& plan = *container->plan;
    for (std::size_t at = container->plan_done; at < plan.size(); ++at) {
        if (plan[at].call.index() == call->index()) {
            return &plan[at];
        }
    }
    return nullptr;
}

std::string mark_of(const StoryLine& line, std::size_t view) {
    if (line.begin == view) {
        return "→ ";
    }
    if (line.begin > view) {
        return "  ";
    }
    if (line.end >= view) {
        return "… ";
    }
    return line.failed ? "✗ " : "✓ ";
}

// What a step is made of rather than what it did: what is open, what is planned, what was typed.
bool is_bookkeeping(const scene::Change& change) {
    const std::string_view path = change.path;
    const std::string_view top = path.substr(0, path.find('/', 1));
    const bool of_the_run =
        top == "/spans" || top == "/calls" || top == "/phase" || top == "/command" || top == "/dropped";
    const bool of_a_container = top == "/containers" && (path.find("/plan") != std::string_view::npos ||
                                                         path.find("/history") != std::string_view::npos);
    return of_the_run || of_a_container;
}

// "3 17" or "3"; empty: nothing. False: not numbers.
bool read_pair(const std::string& text, std::vector<std::size_t>& numbers) {
    for (std::size_t at = std::min(text.find_first_not_of(' '), text.size()); at < text.size();) {
        std::size_t value = 0;
        const auto got = std::from_chars(text.data() + at, text.data() + text.size(), value);
        const auto end = static_cast<std::size_t>(got.ptr - text.data());
        if (got.ec != std::errc{} || (end < text.size() && text[end] != ' ')) {
            return false;
        }
        numbers.push_back(value);
        at = std::min(text.find_first_not_of(' ', end), text.size());
    }
    return numbers.size() <= 2;
}

}  // namespace

const std::vector<Desk::Command>& Desk::commands() {
    static const std::vector<Command> all{
        {"next", "n step s", "[phase|step|call]", "go on to the next one", &Desk::next},
        {"np", "", "", "… to the next phase", &Desk::next_phase},
        {"ns", "", "", "… to the next step", &Desk::next_step},
        {"nc", "", "", "… to the next call", &Desk::next_call},
        {"back", "b", "[phase|step|call]", "look at the one before; nothing is undone", &Desk::back},
        {"bp", "", "", "… the phase before", &Desk::back_phase},
        {"bs", "", "", "… the step before", &Desk::back_step},
        {"bc", "", "", "… the call before", &Desk::back_call},
        {"grain", "", "phase|step|call", "how far next and back go", &Desk::grain},
        {"continue", "c", "", "run on to the next breakpoint, or to the end", &Desk::go_on},
        {"reverse-continue", "rc", "", "look back to the breakpoint before", &Desk::go_back},
        {"until", "run-to u", "PHASE|BREAKPOINT", "run to there, once", &Desk::until},
        {"jump", "j", "POSITION", "look at that position", &Desk::jump},
        {"live", "end", "", "look where the run is", &Desk::live},
        {"where", "w", "", "command, phase and step that are open here", &Desk::where},
        {"list", "l", "", "what is around here", &Desk::list},
        {"show", "p", "[POINTER]", "part of the picture: show containers[\"web\"].state", &Desk::show},
        {"diff", "d", "[all] [FROM [TO]]", "what changed since the last stop; all: spans, calls and plans too",
         &Desk::difference},
        {"plan", "", "", "what is about to happen, with the lines that would do it by hand", &Desk::plan},
        {"why", "y", "", "what the next thing is for, and where to read about it", &Desk::explain},
        {"break", "", "[BREAKPOINT]", "phase:overlay, step:\"title\", call:mount, container:web, error, or a condition",
         &Desk::set_point},
        {"breaks", "", "", "the breakpoints", &Desk::list_points},
        {"delete", "", "NUMBER", "remove a breakpoint", &Desk::delete_point},
        {"help", "h ?", "", "this", &Desk::help},
        {"quit", "q", "", "give up: the run is cancelled and cleaned up", &Desk::quit},
    };
    return all;
}

Order Desk::where(const std::string&) {
    const scene::Picture picture = tape_.picture(view_);
    const std::string total = over_ ? " of " + std::to_string(tape_.size()) : "";
    say("position " + std::to_string(view_) + total + ", " + std::to_string(picture.t_ns / 1'000'000) + " ms, world " +
        tape_.world());
    std::string indent = "  ";
    for (const scene::OpenSpan& span : *picture.spans) {
        const std::string phase =
            span.start.phase == world::Phase::none ? "" : " (" + std::string(to_name(span.start.phase)) + ")";
        say(indent + std::string(to_name(span.start.grain)) + ": " + span.start.title + phase);
        indent += "  ";
    }
    for (const scene::OpenCall& call : *picture.calls) {
        say(indent + "under way: " + call_text(call.call));
    }
    announce();
    return {};
}

Order Desk::list(const std::string&) {
    const EventAt at = [this](std::size_t n) { return tape_.event(n); };
    const std::vector<StoryLine> lines = story_lines(tape_.size(), at, {StoryCalls::shown});
    const auto here = std::lower_bound(lines.begin(), lines.end(), view_,
                                       [](const StoryLine& line, std::size_t view) { return line.begin < view; });
    const auto index = static_cast<std::size_t>(here - lines.begin());
    const std::size_t first = index > lines_around ? index - lines_around : 0;
    const std::size_t last = std::min(index + lines_around + 1, lines.size());
    for (std::size_t i = first; i < last; ++i) {
        const StoryLine& line = lines[i];
        const std::string result = line.end < view_ ? "  " + line.result : "";
        say(mark_of(line, view_) + std::string(line.depth * 2, ' ') + line.what + result);
    }
    if (at_head() && pending_) {
        say("→ " + event_text(*pending_));
    }
    return {};
}

Order Desk::show(const std::string& argument) {
    const Result<std::string> shown = scene::show(tape_.picture(view_), argument);
    say(shown ? *shown : shown.error().doing);
    return {};
}

Order Desk::difference(const std::string& argument) {
    const bool all = argument == "all" || argument.starts_with("all ");
    std::vector<std::size_t> ends;
    if (!read_pair(all ? argument.substr(3) : argument, ends)) {
        say("diff takes \"all\" and two positions at most");
        return {};
    }
    const std::size_t from = ends.empty() ? std::min(last_stop_, view_) : ends[0];
    const std::size_t to = ends.size() < 2 ? std::max(ends.empty() ? last_stop_ : view_, view_) : ends[1];
    constexpr std::size_t most = 100;
    auto changes = scene::diff(tape_.picture(from), tape_.picture(to), 10 * most);
    const bool any = !changes.empty();
    if (!all) {
        std::erase_if(changes, is_bookkeeping);
    }
    for (std::size_t i = 0; i < std::min(most, changes.size()); ++i) {
        say("  " + scene::describe(changes[i]));
    }
    const std::string between = " between " + std::to_string(from) + " and " + std::to_string(to);
    if (changes.size() > most) {
        say("  … and " + std::to_string(changes.size() - most) + " more");
    } else if (changes.empty()) {
        say(any ? "nothing but spans, calls and plans changed" + between + "; diff all lists them"
                : "nothing changed" + between);
    }
    return {};
}

Order Desk::plan(const std::string&) {
    const scene::Picture picture = tape_.picture(view_);
    const std::optional<trace::Event> next = next_event();
    const scene::Container* container = planned_container(picture, next);
    const ShortPaths paths(container);
    std::string out;
    if (const world::Call* call = call_of(next)) {
        out += "next, by hand (" + std::string(world::is_inside(*call) ? "inside the new namespaces" : "on the host") +
               "):\n" + indented(paths.in(world::by_hand(*call)), "    ") + "\n";
    }
    if (container == nullptr || container->plan_done >= container->plan->size()) {
        out += container == nullptr ? "no plan is open: one is made in the phase create\n" : "the plan is done\n";
    } else {
        out += plan_text(*container, paths);
    }
    for (const std::string& definition : paths.used_in(out)) {
        say(definition);
    }
    write_(out);
    return {};
}

Order Desk::explain(const std::string&) {
    const std::optional<trace::Event> next = next_event();
    if (!next) {
        say("nothing is next here");
        return {};
    }
    say(event_text(*next));
    const world::Call* call = call_of(next);
    if (call == nullptr) {
        say(wrapped(world::why(next->phase), "  "));
        return {};
    }
    const world::Explanation* found = world::why(kind_of(*call));
    const scene::Picture picture = tape_.picture(view_);  // the note is a part of it
    if (const world::PlannedNote* note = planned_note(picture, next)) {
        say(wrapped("here: " + note->why, "  "));
    }
    if (found != nullptr) {
        say(wrapped(found->text, "  "));
        say("  system calls: " + std::string(found->system_calls));
        say("  read on: " + std::string(found->read_on));
    }
    return {};
}

Order Desk::help(const std::string&) {
    for (const Command& command : commands()) {
        std::string left =
            std::string(command.name) + (command.letters.empty() ? "" : " " + std::string(command.letters));
        left += command.arguments.empty() ? "" : " " + std::string(command.arguments);
        say("  " + left + std::string(left.size() < 34 ? 34 - left.size() : 1, ' ') + std::string(command.help));
    }
    say("Every stop is before something: Next: says what. An empty line repeats the last command.");
    return {};
}

}  // namespace cutaway::cli
