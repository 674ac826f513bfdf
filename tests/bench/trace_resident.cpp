// SPDX-License-Identifier: Apache-2.0
// What an opened trace of a million events keeps in memory, and how long a jump into it takes: whole figures of one
// process, so no Google Benchmark. Anonymous pages are what the process itself holds; pages of files (the program, and
// of a mapped file what was read) can be dropped at any time and are printed beside them.
// usage: bench_trace_resident [EVENTS]; the trace lies in TMPDIR while it runs.
#include <sys/wait.h>
#include <unistd.h>

#include <algorithm>
#include <chrono>
#include <cstdio>
#include <cstdlib>
#include <cstring>
#include <fstream>
#include <string>
#include <vector>

#include "core/scene/snapshots.h"
#include "core/trace/file.h"
#include "core/trace/replay.h"
#include "tests/bench/trace_generator.h"

namespace {

using namespace cutaway;
using Clock = std::chrono::steady_clock;

struct Resident {
    double anonymous = 0;  // bytes
    double of_files = 0;
};

Resident resident() {
    std::ifstream in("/proc/self/smaps_rollup");
    Resident got;
    double all = 0;
    for (std::string line; std::getline(in, line);) {
        const double bytes = std::atof(line.c_str() + line.find(':') + 1) * 1024;
        all = line.starts_with("Rss:") ? bytes : all;
        got.anonymous = line.starts_with("Anonymous:") ? bytes : got.anonymous;
    }
    got.of_files = all - got.anonymous;
    return got;
}

double ms_since(Clock::time_point begin) {
    return std::chrono::duration<double, std::milli>(Clock::now() - begin).count();
}

void write_trace(const std::string& path, std::size_t many) {
    auto lines = trace::StdioLines::create(path).value();
    trace::Writer writer(*lines, trace::Header{});
    bench::TraceGenerator generator;
    std::vector<trace::Event> round;
    for (std::size_t written = 0; written < many; written += round.size()) {
        round.clear();
        generator.next_round(round);
        for (const trace::Event& event : round) {
            writer.take(event);
        }
    }
}

void report(const char* what, const Resident& before, std::size_t events) {
    const Resident now = resident();
    std::printf("%-44s %7.1f bytes an event anonymous, %7.1f of files\n", what,
                (now.anonymous - before.anonymous) / static_cast<double>(events),
                (now.of_files - before.of_files) / static_cast<double>(events));
}

void jumps(const trace::Trace& trace) {
    const Resident before = resident();
    auto begin = Clock::now();
    scene::Timeline timeline(trace.header(), [&trace](std::uint64_t position, trace::Event& event) {
        if (position == 0 || position > trace.size()) {
            return false;
        }
        trace.event(static_cast<std::size_t>(position - 1), event);
        return true;
    });
    timeline.load();
    std::printf("%-44s %7.1f ms\n", "decode and fold all of it", ms_since(begin));
    report("the Picture and its snapshots", before, trace.size());
    std::vector<double> took;
    for (std::uint64_t k = 1; k <= 101; ++k) {  // to just before a snapshot: the longest way, far from the last one
        const std::uint64_t stretch = k * 7919 % (timeline.size() / scene::Timeline::usual_distance);
        begin = Clock::now();
        const scene::Picture there = timeline.at((stretch + 1) * scene::Timeline::usual_distance - 1);
        took.push_back(ms_since(begin));
    }
    std::sort(took.begin(), took.end());
    std::printf("%-44s %7.2f ms median, %.2f ms at most\n", "jump, the longest way", took[took.size() / 2],
                took.back());
    report("the same after the jumps", before, trace.size());
}

// In a process of its own, so that no figure holds what an earlier one left in the heap.
template <class Work>
void apart(const Work& work) {
    (void)std::fflush(stdout);
    const pid_t child = ::fork();
    if (child == 0) {
        work();
        (void)std::fflush(stdout);
        ::_exit(0);
    }
    (void)::waitpid(child, nullptr, 0);
}

void open_and_jump(const std::string& path, const char* what) {
    const Resident before = resident();
    const auto begin = Clock::now();
    const trace::Trace trace = trace::Trace::open_file(path).value();
    const double took = ms_since(begin);
    report(what, before, trace.size());
    std::printf("%-44s %7.1f ms\n", "  in", took);
    jumps(trace);
    report("trace, index, Picture and snapshots", before, trace.size());
}

}  // namespace

int main(int argc, char** argv) {
    const std::size_t many = argc > 1 ? std::strtoull(argv[1], nullptr, 10) : 1'000'000;
    const char* folder = std::getenv("TMPDIR");
    const std::string path =
        std::string(folder == nullptr ? "/tmp" : folder) + "/cutaway-resident-" + std::to_string(::getpid()) + ".jsonl";
    apart([&] { write_trace(path, many); });
    apart([&] { open_and_jump(path, "opened, the index made anew"); });
    apart([&] { open_and_jump(path, "opened, the index beside it"); });
    (void)std::remove(path.c_str());
    (void)std::remove((path + ".idx").c_str());
    return 0;
}
