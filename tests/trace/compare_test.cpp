// SPDX-License-Identifier: Apache-2.0
// Lint and diff: each fault that is planted is found, and what may differ is not one.
#include <algorithm>
#include <functional>
#include <string>
#include <vector>

#include <gtest/gtest.h>

#include "core/trace/diff.h"
#include "core/trace/lint.h"
#include "tests/bench/trace_generator.h"
#include "tests/trace/sample.h"

namespace cutaway::trace {
namespace {

using world::Grain;
using world::Phase;

std::vector<std::string> complaints(const std::vector<Event>& events) {
    std::vector<std::string> all;
    for (const Complaint& one : lint(Trace::open(in_memory(to_text(Header{}, events))).value())) {
        all.push_back(std::to_string(one.line) + ": " + one.what);
    }
    return all;
}

TEST(Lint, AGoodTraceIsPassed) {
    EXPECT_EQ(complaints(small_run()), std::vector<std::string>{});
    EXPECT_EQ(complaints(bench::TraceGenerator().events(1000)), std::vector<std::string>{});
}

TEST(Lint, EachFaultIsFoundAtItsLine) {
    struct Case {
        std::function<void(std::vector<Event>&)> spoil;
        std::string first;
    };
    const std::vector<Case> cases{
        {[](auto& all) { all[4].seq = 9; }, "6: its seq is 9, not 5"},
        {[](auto& all) { all[4].t_ns = 1; }, "6: its time runs backwards"},
        {[](auto& all) { all[3].span = 1; }, "5: call 1: this number was used before"},
        {[](auto& all) { all[3].parent = 77; }, "5: call 4 begins inside 77, which is no open span"},
        {[](auto& all) { all[4].span = 3; }, "6: call 3 ends, but is not open"},
        {[](auto& all) { std::swap(all[5].span, all[6].span); }, "7: span 2 ends before the spans inside it"},
        {[](auto& all) { all.resize(12); }, "2: span 1 never ends"},
        {[](auto& all) { all[3].container = "0123456789abcdef"; },
         "5: container 0123456789ab was never introduced by a note"},
    };
    for (const Case& one : cases) {
        std::vector<Event> events = small_run();
        one.spoil(events);
        const auto found = complaints(events);
        EXPECT_NE(std::find(found.begin(), found.end(), one.first), found.end())
            << one.first << " is not in: " << ::testing::PrintToString(found);
    }
}

std::vector<std::string> differences(const std::vector<Event>& a, const std::vector<Event>& b,
                                     const std::vector<Exception>& exceptions = {}) {
    std::vector<std::string> all;
    for (const Difference& one : diff(a, b, exceptions)) {
        all.push_back(one.where + ": " + one.what);
    }
    return all;
}

using Lines = std::vector<std::string>;

// A run with two layers at once; `first` says whose events come first, `id` and `pid` are the world's own.
std::vector<Event> parallel_run(bool swapped, const std::string& id, std::int64_t pid) {
    Story story;
    const auto layers = story.open(0, Grain::phase, Phase::layers, "layers");
    const auto one = story.open(layers, Grain::step, Phase::layers, swapped ? "layer b" : "layer a");
    const auto two = story.open(layers, Grain::step, Phase::layers, swapped ? "layer a" : "layer b");
    story.call(two, Phase::layers, world::MakeDir{swapped ? "/a" : "/b", 0755});
    story.call(one, Phase::layers, world::MakeDir{swapped ? "/b" : "/a", 0755});
    story.close(two, Phase::layers);
    story.close(one, Phase::layers);
    story.close(layers, Phase::layers);
    const auto clone = story.begin(0, Phase::namespaces, world::Clone{{}, "init"});
    story.end(clone, Phase::namespaces);
    std::get<CallEnd>(story.events.back().body).reply.value = pid;
    story.call(0, Phase::overlay, world::Mount{"overlay", "", "/run/" + id + "/merged", {}, ""});
    story.see(world::ProcessStarted{id, pid, 1, 1, "init", 0, {}});
    story.see(world::OutputLine{id, world::Stream::out, "hello"});
    story.call(0, Phase::stop, world::SendSignal{pid, "SIGTERM"});
    for (Event& event : story.events) {
        event.container = id;
    }
    return story.events;
}

TEST(Diff, IdsPidsTimesAndTheOrderOfParallelSiblingsDoNotCount) {
    const auto a = parallel_run(false, std::string(64, 'a'), 1234);
    auto b = parallel_run(true, std::string(64, 'b'), 7);
    for (Event& event : b) {
        event.t_ns *= 3;
        event.evidence = world::Evidence::modelled;
    }
    EXPECT_EQ(differences(a, b), Lines{});
}

TEST(Diff, EachPlantedMutantIsCaught) {
    const std::string id(64, 'a');
    const auto a = parallel_run(false, id, 1234);
    struct Case {
        std::function<void(std::vector<Event>&)> spoil;
        std::string expected;
    };
    const std::vector<Case> cases{
        {[](auto& all) { all.erase(all.begin() + 12, all.begin() + 14); }, ": only in the first: mount"},
        {[](auto& all) { std::get<world::SendSignal>(std::get<world::Call>(all[16].body)).pid = 99; },
         "kill: pid: 1234 against 99"},
        {[](auto& all) {
             auto& end = std::get<CallEnd>(all[13].body);
             end.failed = true;
             end.sys_errno = 1;
         },
         "mount: sys_errno: 0 against 1"},
        {[](auto& all) { std::get<world::Mount>(std::get<world::Call>(all[12].body)).options = {"ro"}; },
         "mount: options.size: 0 against 1"},
        {[](auto& all) { std::swap_ranges(all.begin() + 10, all.begin() + 12, all.begin() + 12); },
         ": only in the second: clone"},
        {[](auto& all) { std::get<world::OutputLine>(std::get<world::Observation>(all[15].body)).text = "bye"; },
         "observed: only in the second: output actor=daemon container=<container 1> stream=out text=bye"},
        {[](auto& all) { all[12].actor = world::Actor::shim; }, "mount: actor: daemon against shim"},
    };
    for (const Case& one : cases) {
        auto b = parallel_run(false, id, 1234);
        one.spoil(b);
        const auto found = differences(a, b);
        EXPECT_NE(std::find(found.begin(), found.end(), one.expected), found.end())
            << one.expected << " is not in: " << ::testing::PrintToString(found);
    }
}

// A request that stays open to the end, and beside it, at the top, what the daemon does meanwhile; two of the four in
// another order if `swap` says so.
std::vector<Event> below_an_open_request(std::size_t swap) {
    std::vector<std::string> order{"a", "b", "c", "d"};
    if (swap > 0) {
        std::swap(order[swap - 1], order[swap]);
    }
    Story story;
    const auto request = story.begin(0, Phase::create, world::ApiRequest{"POST", "/containers/create", ""});
    for (const std::string& name : order) {
        if (name == "b" || name == "c") {
            story.call(0, Phase::create, world::MakeDir{"/" + name, name == "b" ? 0700U : 0755U});
        } else {
            story.close(story.open(0, Grain::step, Phase::create, "step " + name), Phase::create);
        }
    }
    story.end(request, Phase::create);
    return story.events;
}

TEST(Diff, WhatRunsBesideAnOpenRequestKeepsItsOrder) {
    EXPECT_EQ(differences(below_an_open_request(0), below_an_open_request(0)), Lines{});
    for (std::size_t swap = 1; swap <= 3; ++swap) {
        EXPECT_NE(differences(below_an_open_request(0), below_an_open_request(swap)), Lines{}) << swap;
    }
}

// Five layers, two or three at a time: whose turn comes when is nobody's decision.
TEST(Diff, WorkersThatTakeTurnsMayTakeThemInAnyOrder) {
    const auto pull = [](const std::vector<std::string>& order) {
        Story story;
        const auto request = story.begin(0, Phase::layers, world::ApiRequest{"POST", "/images/create", ""});
        std::uint32_t before = 0;
        for (const std::string& name : order) {
            const auto layer = story.open(0, Grain::step, Phase::layers, "layer " + name);
            story.call(layer, Phase::layers, world::MakeDir{"/" + name, 0755});
            if (before != 0) {
                story.close(before, Phase::layers);
            }
            before = layer;
        }
        story.close(before, Phase::layers);
        story.call(0, Phase::layers, world::MakeDir{"/done", 0755});
        story.end(request, Phase::layers);
        return story.events;
    };
    EXPECT_EQ(differences(pull({"a", "b", "c", "d", "e"}), pull({"d", "b", "e", "a", "c"})), Lines{});
    EXPECT_NE(differences(pull({"a", "b", "c", "d", "e"}), pull({"d", "b", "e", "a"})), Lines{});
}

TEST(Diff, AnExceptionExcusesItsFieldAndNoOther) {
    const auto a = small_run();
    auto b = small_run();
    auto& mount = std::get<world::Mount>(std::get<world::Call>(b[3].body));
    mount.data = "index=off";
    mount.target = "/n";
    const std::vector<Exception> exceptions{{"mount", "data", "the kernel's defaults differ"}};
    EXPECT_EQ(differences(a, b, exceptions),
              Lines{"run nginx > overlay > mount the layers > mount: target: /m against /n"});
}

}  // namespace
}  // namespace cutaway::trace
