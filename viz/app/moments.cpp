// SPDX-License-Identifier: Apache-2.0
#include "viz/app/moments.h"

#include "core/trace/line.h"
#include "core/trace/replay.h"
#include "viz/app/layout.h"

namespace cutaway::app {

namespace {

std::string text_of(const cli::Tape& tape) {
    std::string text;
    trace::append_header(text, tape.header());
    text += '\n';
    for (std::size_t n = 0; n < tape.size(); ++n) {
        text += tape.line(n) + "\n";
    }
    return text;
}

// The words of the first command from there on.
std::vector<std::string> words_from(const cli::Tape& tape, std::uint64_t position) {
    for (std::size_t n = position; n < tape.size(); ++n) {
        const trace::Event event = tape.event(n);
        const auto* note = std::get_if<world::Note>(&event.body);
        if (note != nullptr && std::holds_alternative<world::CommandTyped>(*note)) {
            return std::get<world::CommandTyped>(*note).argv;
        }
    }
    return {};
}

// How the clock was moved before the command that is under way.
std::int64_t passed_from(const trace::Trace& trace, std::size_t position) {
    for (std::size_t n = position; n < trace.size() && trace.kind(n) == trace::EventKind::observed; ++n) {
        const trace::Event event = trace.event(n);
        const auto* seen = std::get_if<world::Observation>(&event.body);
        if (seen != nullptr && std::holds_alternative<world::TimePassed>(*seen)) {
            return std::get<world::TimePassed>(*seen).ns;
        }
    }
    return 0;
}

}  // namespace

std::string name_of(const trace::Event& event) {
    if (const auto* start = std::get_if<world::SpanStart>(&event.body)) {
        return start->title;
    }
    const auto* call = std::get_if<world::Call>(&event.body);
    return call == nullptr ? std::string() : std::string(kind_of(*call));
}

namespace {

trace::StepMode grain_before(const trace::Event& event) {
    for (const trace::StepMode mode : {trace::StepMode::phase, trace::StepMode::step}) {
        if (trace::stops_at(mode, event)) {
            return mode;
        }
    }
    return trace::StepMode::call;
}

cli::CommandLine beside(const cli::CommandLine& line, const std::string& root) {
    cli::CommandLine own = line;
    own.world = "model";
    own.root = root;
    return own;
}

}  // namespace

Result<MomentFile> moment_of(Session& session, Desk& desk) {
    MomentFile out;
    const cli::Tape& tape = session.tape();
    out.head.layout = layout_of(desk);
    out.head.cursor = desk.moment().position;
    out.head.tape = tape.size();
    out.head.machine_at = tape.size();
    if (!session.root().empty()) {
        Session::Copy copy = TRY(session.machine_at(tape.size()));
        out.machine = std::move(copy.files);
        out.head.machine_at = copy.position;
        out.head.boundaries = std::move(copy.boundaries);
        if (copy.position < tape.size()) {
            out.head.under_way = words_from(tape, copy.position);
            if (session.waiting()) {
                out.head.stands_before = name_of(*session.waiting());
                out.head.stopped_by = grain_before(*session.waiting());
            }
        }
    }
    out.trace = text_of(tape);
    return out;
}

Result<Unpacked> unpack(MomentFile moment, const cli::CommandLine& line, std::function<void()> wake) {
    if (moment.machine.empty()) {
        return Unpacked{TRY_IN("read its trace", Session::recorded_in(std::move(moment.trace))), moment.head};
    }
    const trace::Trace trace = TRY_IN("read its trace", trace::Trace::open(trace::in_memory(std::move(moment.trace))));
    if (moment.head.machine_at > trace.size()) {
        return fail(Errc::invalid, "its machine stands behind the end of its trace");
    }
    Session::Before before{trace.header(),
                           {},
                           moment.head.boundaries,
                           passed_from(trace, static_cast<std::size_t>(moment.head.machine_at))};
    for (std::size_t n = 0; n < moment.head.machine_at; ++n) {
        before.events.push_back(trace.event(n));
    }
    cli::ScratchRoot root = TRY(cli::ScratchRoot::make());
    TRY_IN("read its machine", cli::place_machine(root.path(), moment.machine));
    std::unique_ptr<Session> session = TRY(Session::continued(beside(line, root.path()), before, std::move(wake)));
    session->own(std::move(root));
    return Unpacked{std::move(session), moment.head};
}

Result<Fork> fork_at(Session& session, std::uint64_t position, const cli::CommandLine& line,
                     std::function<void()> wake) {
    Session::Copy copy = TRY(session.machine_at(position));
    Session::Before before{session.tape().header(), {}, std::move(copy.boundaries), 0};
    for (std::size_t n = 0; n < copy.position; ++n) {
        before.events.push_back(session.tape().event(n));
    }
    std::optional<cli::ScratchRoot> scratch;
    if (session.is_scratch()) {
        scratch.emplace(TRY(cli::ScratchRoot::make()));
    }
    const std::string root = scratch ? scratch->path() : TRY(cli::free_fork(session.root()));
    TRY(cli::place_machine(root, copy.files));
    Fork fork{TRY(Session::continued(beside(line, root), before, std::move(wake))), root, std::move(copy.next)};
    fork.session->rest();
    if (scratch) {
        fork.session->own(std::move(*scratch));
        fork.root.clear();
    }
    return fork;
}

}  // namespace cutaway::app
