// SPDX-License-Identifier: Apache-2.0
// The fold, the jump, the snapshot and the diff over the million events of trace_generator.h.
#include <cstdint>
#include <vector>

#include <benchmark/benchmark.h>

#include "core/scene/diff.h"
#include "core/scene/expression.h"
#include "core/scene/snapshots.h"
#include "tests/bench/trace_generator.h"

namespace {

using namespace cutaway;

constexpr std::uint64_t million = 1'000'000;

const std::vector<trace::Event>& events() {
    static const std::vector<trace::Event> made = bench::TraceGenerator(1).events(million);
    return made;
}

bool read(std::uint64_t position, trace::Event& event) {
    if (position == 0 || position > events().size()) {
        return false;
    }
    event = events()[static_cast<std::size_t>(position - 1)];
    return true;
}

const scene::Timeline& timeline() {
    static const scene::Timeline made = [] {
        scene::Timeline building(trace::Header{}, read);
        for (const trace::Event& event : events()) {
            building.add(event);
        }
        return building;
    }();
    return made;
}

void fold(benchmark::State& state) {
    events();
    for (auto _ : state) {
        scene::Picture picture = scene::first_picture(trace::Header{});
        for (const trace::Event& event : events()) {
            scene::evolve(picture, event);
        }
        benchmark::DoNotOptimize(picture.seq);
    }
    state.SetItemsProcessed(state.iterations() * static_cast<std::int64_t>(events().size()));
}
BENCHMARK(fold)->Unit(benchmark::kMillisecond);

void fold_with_snapshots(benchmark::State& state) {
    events();
    for (auto _ : state) {
        scene::Timeline building(trace::Header{}, read);
        for (const trace::Event& event : events()) {
            building.add(event);
        }
        benchmark::DoNotOptimize(building.size());
    }
    state.SetItemsProcessed(state.iterations() * static_cast<std::int64_t>(events().size()));
}
BENCHMARK(fold_with_snapshots)->Unit(benchmark::kMillisecond);

void jump(benchmark::State& state) {  // to just before a snapshot: the longest way
    std::uint64_t position = 0;
    timeline();
    for (auto _ : state) {
        position = (position + 300 * scene::Timeline::usual_distance) % (million - scene::Timeline::usual_distance);
        const std::uint64_t base = position / scene::Timeline::usual_distance * scene::Timeline::usual_distance;
        benchmark::DoNotOptimize(timeline().at(base + scene::Timeline::usual_distance - 1).seq);
    }
}
BENCHMARK(jump)->Unit(benchmark::kMicrosecond);

void snapshot(benchmark::State& state) {
    for (auto _ : state) {
        scene::Picture copy = timeline().last();
        benchmark::DoNotOptimize(copy.seq);
    }
}
BENCHMARK(snapshot)->Unit(benchmark::kMicrosecond);

void condition(benchmark::State& state) {
    const auto expression = scene::parse_expression("containers[\"web\"].state == \"running\" && count(processes) > 3");
    for (auto _ : state) {
        benchmark::DoNotOptimize(scene::holds(*expression, timeline().last()));
    }
}
BENCHMARK(condition);

void diff_of_neighbours(benchmark::State& state) {
    const scene::Picture before = timeline().at(million / 2);
    const scene::Picture after = timeline().at(million / 2 + 100);
    for (auto _ : state) {
        benchmark::DoNotOptimize(scene::diff(before, after).size());
    }
}
BENCHMARK(diff_of_neighbours)->Unit(benchmark::kMicrosecond);

}  // namespace
