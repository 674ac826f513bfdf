// SPDX-License-Identifier: Apache-2.0
// The trace's own JSON: a line passed over, which is what a jump to a cursor does most.
#include <cstdint>
#include <string>

#include <benchmark/benchmark.h>

#include "core/base/json.h"

namespace cutaway {
namespace {

void skip_a_line(benchmark::State& state) {
    std::string line = "{";
    for (int i = 0; i < 8; ++i) {
        json::append_string(line, "field" + std::to_string(i));
        line += ":";
        json::append_string(line, "a value of the usual length");
        line += i < 7 ? "," : "}";
    }
    for (auto round : state) {
        (void)round;
        json::Reader reader(line);
        benchmark::DoNotOptimize(reader.skip());
    }
    state.SetBytesProcessed(state.iterations() * static_cast<std::int64_t>(line.size()));
}
BENCHMARK(skip_a_line);  // NOLINT(cppcoreguidelines-avoid-non-const-global-variables)

}  // namespace
}  // namespace cutaway
