// SPDX-License-Identifier: Apache-2.0
// A person who types what the test wrote down, and an engine that does what a list of events says, asking its gate as
// the traced decorators do.
#pragma once

#include <deque>
#include <string>
#include <vector>

#include "core/cli/stepper.h"
#include "core/trace/recorder.h"
#include "tests/trace/sample.h"

namespace cutaway::cli {

class ScriptedLines final : public LineSource {
public:
    explicit ScriptedLines(std::vector<std::string> lines) : lines_(lines.begin(), lines.end()) {}
    std::optional<std::string> next(const std::string& prompt) override {
        prompts.push_back(prompt);
        if (lines_.empty()) {
            return std::nullopt;
        }
        std::string line = lines_.front();
        lines_.pop_front();
        return line;
    }
    std::vector<std::string> prompts;

private:
    std::deque<std::string> lines_;
};

class StillClock final : public world::Clock {
public:
    std::int64_t now_ns() override { return ++now_; }
    std::int64_t wall_ns() override { return now_; }
    Status sleep(std::int64_t) override { return {}; }

private:
    std::int64_t now_ = 0;
};

// overlay: a step with a mount; exec: a step with an execve that fails. A container "web" is known from the start.
inline std::vector<trace::Event> two_phases() {
    using world::Grain;
    using world::Phase;
    trace::Story story;
    const auto run = story.open(0, Grain::command, Phase::none, "run nginx");
    world::ContainerKnown web;
    web.id = std::string(64, 'a');
    web.name = "web";
    web.state = "created";
    story.note(run, web);
    const auto overlay = story.open(run, Grain::phase, Phase::overlay, "join the layers");
    const auto mount = story.open(overlay, Grain::step, Phase::overlay, "mount the overlay");
    story.call(mount, Phase::overlay, world::Mount{"overlay", "overlay", "/m", {}, "lowerdir=/a"});
    story.close(mount, Phase::overlay);
    story.close(overlay, Phase::overlay);
    web.state = "running";
    story.note(run, web);
    const auto exec = story.open(run, Grain::phase, Phase::exec, "become the program");
    const auto become = story.open(exec, Grain::step, Phase::exec, "execve");
    const auto call = story.begin(become, Phase::exec, world::Execute{"/bin/nginx", {"nginx"}, {}});
    story.events.back().container = web.id;
    story.end(call, Phase::exec, true);
    story.close(become, Phase::exec, true);
    story.close(exec, Phase::exec, true);
    story.close(run, Phase::none, true);
    return story.events;
}

struct Session {
    explicit Session(std::vector<std::string> typed, trace::StepMode grain = trace::StepMode::step,
                     std::vector<std::string> breakpoints = {})
        : lines(std::move(typed)) {
        StepOptions options;
        options.header.world = "model";
        options.grain = grain;
        options.breakpoints = std::move(breakpoints);
        options.on_park = [this] { parked += 1; };
        options.on_unpark = [this] { parked -= 1; };
        options.on_quit = [this] { quits += 1; };
        stepper.emplace(
            lines, [this](std::string_view text) { out += text; }, std::move(options));
        recorder.set_gate(&*stepper);
        recorder.add_sink(*stepper);
    }
    void run(const std::vector<trace::Event>& events) {
        for (const trace::Event& event : events) {
            const bool begins =
                event.kind == trace::EventKind::span_begin || event.kind == trace::EventKind::call_begin;
            if (begins) {
                if (Status answer = recorder.ask(event); !answer) {
                    refused = answer.error().code;
                    break;
                }
            }
            recorder.record(event);
            ++recorded;
        }
        stepper->finished();
    }

    StillClock clock;
    trace::Recorder recorder{clock, world::Evidence::modelled};
    ScriptedLines lines;
    std::string out;
    int parked = 0;
    int quits = 0;
    std::size_t recorded = 0;
    std::optional<Errc> refused;
    std::optional<Stepper> stepper;
};

}  // namespace cutaway::cli
