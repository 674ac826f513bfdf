// SPDX-License-Identifier: Apache-2.0
#include "core/cli/watch_view.h"

#include <algorithm>
#include <array>
#include <charconv>
#include <optional>

#include "core/cli/stepper_story.h"
#include "core/trace/line.h"

namespace cutaway::cli {

namespace {

constexpr std::size_t longest_line = std::size_t{16} << 20U;

constexpr const char* help =
    "phase, step, call [RUN]  let it go on to the next one\n"
    "go [RUN]                 let it go on to a breakpoint\n"
    "pause [RUN]              stop before whatever comes next\n"
    "cancel [RUN]             give the command up; what it began is taken back\n"
    "break EXPR               stop every run there, as in run --break\n"
    "delete NUMBER            that breakpoint no more\n"
    "quit                     watch no more; your breakpoints go with you\n"
    "Without a RUN it is the one that stands, else every one.\n";

std::string number(std::uint32_t run) { return "run " + std::to_string(run) + "  "; }

std::string name_of(const std::string& who) { return who.empty() ? "its own terminal" : who; }

std::string event_of_line(const std::string& line) {
    trace::Event event;
    if (!trace::decode_line(line, event).problem.empty()) {
        return "an event that cannot be read";
    }
    return event_text(event);
}

// Beginnings and what was seen; an end only where it failed.
std::string shown_event(const trace::Event& event) {
    const std::string place = event.phase == world::Phase::none ? "" : std::string(to_name(event.phase)) + "  ";
    switch (event.kind) {
        case trace::EventKind::span_begin:
        case trace::EventKind::call_begin:
        case trace::EventKind::observed: return place + event_text(event);
        case trace::EventKind::span_end:
            return std::get<trace::SpanEnd>(event.body).failed ? place + "failed: " + event_text(event) : "";
        case trace::EventKind::call_end:
            return std::get<trace::CallEnd>(event.body).failed ? place + "failed: " + event_text(event) : "";
        case trace::EventKind::note:
        case trace::EventKind::progress: break;
    }
    return "";
}

std::optional<std::uint32_t> to_number(const std::string& text) {
    std::uint32_t value = 0;
    const auto got = std::from_chars(text.data(), text.data() + text.size(), value);
    const bool whole = got.ec == std::errc{} && got.ptr == text.data() + text.size() && value != 0;
    return whole ? std::optional<std::uint32_t>(value) : std::nullopt;
}

struct Word {
    std::string_view name;
    std::string_view letter;
    link::OrderKind kind;
};
constexpr auto words = std::to_array<Word>({{"phase", "", link::OrderKind::phase},
                                            {"step", "n", link::OrderKind::step},
                                            {"call", "", link::OrderKind::call},
                                            {"go", "c", link::OrderKind::go},
                                            {"pause", "", link::OrderKind::pause},
                                            {"cancel", "", link::OrderKind::cancel}});

}  // namespace

std::string WatchView::lines_of(std::uint32_t run, const std::string& bytes) {
    std::string& rest = runs_[run].rest;
    rest += bytes;
    std::string shown;
    trace::Event event;
    std::size_t at = 0;
    for (std::size_t end = rest.find('\n'); end != std::string::npos; end = rest.find('\n', at)) {
        const std::string_view line = std::string_view(rest).substr(at, end - at);
        const bool is_event = trace::decode_line(line, event).problem.empty();  // the first is a header
        const std::string text = is_event ? shown_event(event) : "";
        shown += text.empty() ? "" : number(run) + text + "\n";
        at = end + 1;
    }
    rest.erase(0, at);
    if (rest.size() > longest_line) {
        rest.clear();
    }
    return shown;
}

// What others typed is shown without what a terminal would obey.
std::string WatchView::hear(const link::Message& message) {
    std::string text = told(message);
    std::replace_if(
        text.begin(), text.end(), [](unsigned char c) { return c != '\n' && (c < ' ' || c == 0x7F); }, '?');
    return text;
}

std::string WatchView::told(const link::Message& message) {
    if (const auto* began = std::get_if<link::Began>(&message)) {
        runs_[began->run] = {};
        return number(began->run) + name_of(began->who) + ": " + began->command +
               (began->cut ? " (its beginning is not kept any more)\n" : "\n");
    }
    if (const auto* text = std::get_if<link::Text>(&message)) {
        return lines_of(text->run, text->bytes);
    }
    if (const auto* stood = std::get_if<link::Stood>(&message)) {
        runs_[stood->run].stands = true;
        return number(stood->run) + (stood->next.empty() ? "stands at its own terminal's stepper\n"
                                                         : "stands before " + event_of_line(stood->next) + "\n");
    }
    if (const auto* went = std::get_if<link::WentOn>(&message)) {
        runs_[went->run].stands = false;
        return number(went->run) + "goes on: " + name_of(went->who) + " said " + std::string(to_name(went->how)) + "\n";
    }
    if (const auto* set = std::get_if<link::PointSet>(&message)) {
        return "breakpoint " + std::to_string(set->point) + "  " + set->text + ", set by " + set->who + "\n";
    }
    if (const auto* gone = std::get_if<link::PointGone>(&message)) {
        return "breakpoint " + std::to_string(gone->point) + "  taken away by " + gone->who + "\n";
    }
    if (const auto* over = std::get_if<link::Over>(&message)) {
        runs_.erase(over->run);
        return number(over->run) + "ended with status " + std::to_string(over->status) + "\n";
    }
    if (const auto* answer = std::get_if<link::Answer>(&message)) {
        return answer->text + "\n";
    }
    return "";
}

// 0 where none stands.
std::uint32_t WatchView::standing() const {
    for (const auto& [run, one] : runs_) {
        if (one.stands) {
            return run;
        }
    }
    return 0;
}

WatchView::Typed WatchView::type(const std::string& line) {
    const std::size_t space = line.find(' ');
    const std::string word = line.substr(0, space);
    const std::string rest = space == std::string::npos ? "" : line.substr(line.find_first_not_of(' ', space));
    Typed typed;
    if (word == "quit" || word == "q") {
        typed.quit = true;
        return typed;
    }
    typed.is_order = true;
    if (word == "break" || word == "b") {
        typed.order.what = link::OrderKind::add;
        typed.order.text = rest;
        return typed;
    }
    const std::optional<std::uint32_t> given = to_number(rest);
    if (word == "delete" && given) {
        typed.order.what = link::OrderKind::remove;
        typed.order.point = *given;
        return typed;
    }
    for (const Word& one : words) {
        const bool named = word == one.name || (!one.letter.empty() && word == one.letter);
        if (named && (rest.empty() || given)) {
            typed.order.what = one.kind;
            typed.order.run = given.value_or(standing());
            return typed;
        }
    }
    typed.is_order = false;
    typed.text = word.empty() ? "" : help;
    return typed;
}

}  // namespace cutaway::cli
