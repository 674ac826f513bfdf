// SPDX-License-Identifier: Apache-2.0
// The trace file: decoding, writing and indexing of a generated trace, events a second.
#include <string>
#include <vector>

#include <benchmark/benchmark.h>

#include "core/trace/line.h"
#include "core/trace/replay.h"
#include "tests/bench/trace_generator.h"

namespace cutaway {
namespace {

constexpr std::size_t many = 200000;

void decode_events(benchmark::State& state) {
    const trace::Trace trace =
        trace::Trace::open(trace::in_memory(trace::to_text({}, bench::TraceGenerator().events(many)))).value();
    trace::Event event;
    for (auto round : state) {
        (void)round;
        for (std::size_t n = 0; n < trace.size(); ++n) {
            trace.event(n, event);
        }
        benchmark::DoNotOptimize(event.seq);
    }
    state.SetItemsProcessed(state.iterations() * static_cast<std::int64_t>(trace.size()));
}
BENCHMARK(decode_events);  // NOLINT(cppcoreguidelines-avoid-non-const-global-variables)

void write_events(benchmark::State& state) {
    const std::vector<trace::Event> events = bench::TraceGenerator().events(many);
    for (auto round : state) {
        (void)round;
        benchmark::DoNotOptimize(trace::to_text({}, events).size());
    }
    state.SetItemsProcessed(state.iterations() * static_cast<std::int64_t>(events.size()));
}
BENCHMARK(write_events);  // NOLINT(cppcoreguidelines-avoid-non-const-global-variables)

void make_an_index(benchmark::State& state) {
    const std::string text = trace::to_text({}, bench::TraceGenerator().events(many));
    for (auto round : state) {
        (void)round;
        benchmark::DoNotOptimize(trace::make_index(text)->spans.size());
    }
    state.SetItemsProcessed(state.iterations() * static_cast<std::int64_t>(many));
}
BENCHMARK(make_an_index);  // NOLINT(cppcoreguidelines-avoid-non-const-global-variables)

void load_an_index(benchmark::State& state) {
    const std::string text = trace::to_text({}, bench::TraceGenerator().events(many));
    const std::string saved = trace::save_index(*trace::make_index(text));
    for (auto round : state) {
        (void)round;
        benchmark::DoNotOptimize(trace::load_index(saved, text)->spans.size());
    }
    state.SetItemsProcessed(state.iterations() * static_cast<std::int64_t>(many));
}
BENCHMARK(load_an_index);  // NOLINT(cppcoreguidelines-avoid-non-const-global-variables)

}  // namespace
}  // namespace cutaway
