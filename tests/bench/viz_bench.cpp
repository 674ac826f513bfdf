// SPDX-License-Identifier: Apache-2.0
// What the window does in a frame with the million events of trace_generator.h open: a slice of the search and of the
// breakpoints' looking, the view models behind it, and a jump. `worst_ms` is the longest of all frames until the search
// was through, `whole_s` what it took of the processor; the house allows 8 ms.
#include <algorithm>
#include <cstdio>
#include <ctime>

#include <benchmark/benchmark.h>

#include "core/trace/file.h"
#include "tests/bench/trace_generator.h"
#include "viz/app/desk.h"
#include "viz/app/point_words.h"
#include "viz/view/timeline.h"

namespace {

using namespace cutaway;

constexpr std::size_t million = 1'000'000;

// Written once, opened once; it goes with the process.
app::Session& session() {
    static const std::unique_ptr<app::Session> opened = [] {
        const std::string path = std::string(P_tmpdir) + "/cutaway-bench-viz.jsonl";
        {
            auto lines = trace::StdioLines::create(path);
            trace::Writer writer(**lines, trace::Header());
            for (const trace::Event& event : bench::TraceGenerator(1).events(million)) {
                writer.take(event);
            }
        }
        auto session = app::Session::recorded(path);
        (void)std::remove(path.c_str());
        (void)std::remove((path + ".idx").c_str());
        return std::move(*session);
    }();
    return *opened;
}

double frame(app::Desk& desk) {
    const std::clock_t begin = std::clock();  // of the processor: one thread, and others may be at work
    (void)desk.tick(0.016);
    benchmark::DoNotOptimize(view::timeline_of(desk.moment(), 1900).ticks.size());
    return static_cast<double>(std::clock() - begin) * 1000 / CLOCKS_PER_SEC;
}

void until_looked_through(benchmark::State& state, const app::Intent& what) {
    for (auto _ : state) {
        app::Desk desk(session());
        (void)desk.moment();
        desk.handle(what);
        double worst = 0;
        double whole = 0;
        int frames = 0;
        for (bool on = true; on; ++frames) {
            const double one = frame(desk);
            worst = frames == 0 ? 0 : std::max(worst, one);  // the first folds the Picture that is looked at
            whole += one;
            on = desk.moving();
        }
        state.counters["worst_ms"] = worst;
        state.counters["whole_s"] = whole / 1000;
        state.counters["frames"] = frames;
    }
}

void search(benchmark::State& state) {
    app::Intent ask{app::Act::search};
    ask.text = "mount overlay";
    until_looked_through(state, ask);
}
BENCHMARK(search)->Unit(benchmark::kMillisecond)->Iterations(1);

void breakpoint_on_a_call(benchmark::State& state) {
    app::Intent add{app::Act::add_point};
    add.text = "call:mount";
    until_looked_through(state, add);
}
BENCHMARK(breakpoint_on_a_call)->Unit(benchmark::kMillisecond)->Iterations(1);

void breakpoint_on_a_condition(benchmark::State& state) {
    app::Intent add{app::Act::add_point};
    add.text = "count(processes) > 40";
    until_looked_through(state, add);
}
BENCHMARK(breakpoint_on_a_condition)->Unit(benchmark::kMillisecond)->Iterations(1);

void jump(benchmark::State& state) {
    app::Desk desk(session());
    std::uint64_t at = 0;
    for (auto _ : state) {
        app::Intent jump{app::Act::jump};
        jump.position = at = (at + 618'033) % million;
        desk.handle(jump);
        benchmark::DoNotOptimize(desk.moment().position);
    }
}
BENCHMARK(jump)->Unit(benchmark::kMillisecond);

}  // namespace
