// SPDX-License-Identifier: Apache-2.0
// What a frame of the window costs the thread that builds it, everything before GL: on the flagship stop by stop, while
// the flagship runs, and with the million events of trace_generator.h open at moments all over it; beside it a frame of
// ImGui's own demo window. Then how long a jump takes until its frame is built, and what the process holds.
// usage: bench_frames [EVENTS]; what it writes lies in TMPDIR while it runs.
#include <unistd.h>

#include <algorithm>
#include <chrono>
#include <cstdio>
#include <cstdlib>
#include <ctime>
#include <filesystem>
#include <fstream>
#include <functional>
#include <string>
#include <vector>

#include <imgui.h>

#include "core/cli/command_line.h"
#include "core/trace/file.h"
#include "tests/bench/trace_generator.h"
#include "viz/root/frame.h"
#include "viz/shell/surface.h"

namespace {

using namespace cutaway;
using app::Act;
using app::Intent;

double thread_ms() {
    timespec now{};
    (void)::clock_gettime(CLOCK_THREAD_CPUTIME_ID, &now);
    return static_cast<double>(now.tv_sec) * 1e3 + static_cast<double>(now.tv_nsec) / 1e6;
}

double anonymous_mb() {
    std::ifstream in("/proc/self/smaps_rollup");
    for (std::string line; std::getline(in, line);) {
        if (line.starts_with("Anonymous:")) {
            return std::atof(line.c_str() + line.find(':') + 1) / 1024;
        }
    }
    return 0;
}

class Costs {
public:
    void add(double ms) { all_.push_back(ms); }
    double median() { return at(0.5); }
    void report(const char* what, double most_median, double most_rare) {
        const double rare = at(0.999);
        const bool good = median() <= most_median && rare <= most_rare;
        std::printf(
            "%-46s %6.2f ms median (at most %4.1f), %6.2f p99.9 (at most %4.1f), %6.2f at most, %5zu frames  %s\n",
            what, median(), most_median, rare, most_rare, at(1), all_.size(), good ? "ok" : "TOO MUCH");
    }

private:
    double at(double part) {
        std::sort(all_.begin(), all_.end());
        return all_.empty() ? 0 : all_[static_cast<std::size_t>(static_cast<double>(all_.size() - 1) * part)];
    }
    std::vector<double> all_;
};

class Stage {
public:
    Stage(app::Room& room, shell::Offscreen& surface) : room_(room), surface_(surface) {}

    double frame(float x = 300) {
        const double begin = thread_ms();
        (void)room_.tick(0.016);
        app::Intents intents;
        surface_.build({x, 300, false, 0}, [&](const theme::Fonts& fonts, float width, float height) {
            intents = root::draw_frame(room_, fonts, width, height, typing_).intents;
        });
        for (const Intent& intent : intents) {
            room_.handle(intent);
        }
        return thread_ms() - begin;
    }
    void handle(Act act, std::uint64_t position = 0) {
        Intent intent{act};
        intent.position = position;
        room_.handle(intent);
    }
    app::Room& room() { return room_; }

private:
    app::Room& room_;
    shell::Offscreen& surface_;
    root::Typing typing_;
};

std::unique_ptr<app::Room> room_in(const std::string& folder) {
    const auto line = cli::read_command_line({"--root", folder, "--clock", "advance:5s"}, "model");
    auto room = std::make_unique<app::Room>(app::Lessons{{}, *line, [] {}},
                                            [line = *line] { return app::Session::live(line, [] {}); });
    return room->open_free() ? std::move(room) : nullptr;
}

void perform(Stage& stage, const std::string& text, trace::StepMode mode) {
    stage.room().handle(Intent{Act::set_grain, mode});
    Intent intent{Act::perform};
    intent.text = text;
    stage.room().handle(intent);
}

// A frame at every stop, and as many while it stands there as a person would look at.
void flagship(Stage& stage) {
    Costs standing;
    Costs stepping;
    perform(stage, "run -d -p 8080:80 --name web nginx", trace::StepMode::step);
    while (stage.room().session().working()) {
        (void)stage.room().session().settle(10'000'000'000);
        stage.room().desk().follow();
        stepping.add(stage.frame());
        for (int n = 0; n < 10; ++n) {
            standing.add(stage.frame(static_cast<float>(200 + 100 * n)));
        }
        stage.handle(Act::next);
    }
    standing.report("flagship, standing at a stop", 1.5, 8);
    stepping.report("flagship, the first frame of a stop", 8, 8);
}

void live(Stage& stage) {
    Costs running;
    for (int round = 0; round < 12; ++round) {
        const std::string name = "live" + std::to_string(round);
        for (const std::string& line : {"run -d --name " + name + " nginx", "stop " + name, "rm " + name}) {
            perform(stage, line, trace::StepMode::run);
            while (stage.room().session().working()) {
                running.add(stage.frame());
                ::usleep(2000);
            }
        }
    }
    running.report("while runs are live", 8, 8);
}

void demo(shell::Offscreen& surface, double ours) {
    Costs costs;
    for (int n = 0; n < 300; ++n) {
        const double begin = thread_ms();
        surface.build({300, 300, false, 0}, [](const theme::Fonts&, float, float) {
            ImGui::SetNextWindowSize(ImVec2(600, 900));
            ImGui::ShowDemoWindow();
        });
        costs.add(thread_ms() - begin);
    }
    std::printf("%-46s %6.2f ms median, %d vertices; ours is %.1f times that\n", "ImGui's demo window", costs.median(),
                ImGui::GetDrawData()->TotalVtxCount, ours / costs.median());
}

void write_trace(const std::string& path, std::size_t many) {
    auto lines = trace::StdioLines::create(path).value();
    trace::Writer writer(*lines, trace::Header{});
    bench::TraceGenerator generator(1);
    std::vector<trace::Event> round;
    for (std::size_t written = 0; written < many; written += round.size()) {
        round.clear();
        generator.next_round(round);
        for (const trace::Event& event : round) {
            writer.take(event);
        }
    }
}

double wall_ms(const std::function<void()>& what) {
    const auto begin = std::chrono::steady_clock::now();
    what();
    return std::chrono::duration<double, std::milli>(std::chrono::steady_clock::now() - begin).count();
}

void await_trace(Stage& stage) {
    while (stage.room().opening()) {
        ::usleep(1000);
        (void)stage.frame();
    }
}

void million(Stage& stage, const std::string& path, std::size_t many) {
    write_trace(path, many);
    Intent open{Act::open_trace};
    open.text = path;
    const double before = anonymous_mb();
    std::printf("%-46s %6.0f ms (at most 4000)\n", "opened the first time", wall_ms([&] {
                    stage.room().handle(open);
                    await_trace(stage);
                }));
    stage.handle(Act::close_trace);
    std::printf("%-46s %6.0f ms (at most 200)\n", "opened, the index beside it", wall_ms([&] {
                    stage.room().handle(open);
                    await_trace(stage);
                }));
    std::printf("%-46s %6.0f ms\n", "… until a jump to its end is there", wall_ms([&] {
                    stage.handle(Act::go_live);
                    while (stage.room().desk().arriving()) {
                        (void)stage.frame();
                    }
                }));
    Costs standing;
    Costs scrubbing;
    std::uint64_t at = 0;
    const std::uint64_t size = stage.room().session().story().size();
    for (int n = 0; n < 150; ++n) {
        at = (at + 618'033) % size;
        const double begin = thread_ms();
        stage.handle(Act::jump, at);
        (void)stage.frame();
        scrubbing.add(thread_ms() - begin);
        for (int m = 0; m < 5; ++m) {
            standing.add(stage.frame(static_cast<float>(200 + 200 * m)));
        }
    }
    standing.report("many events, standing", 3, 8);
    scrubbing.report("many events, a jump and its frame", 16, 16);
    std::printf("%-46s %6.0f MB above the window (at most 120)\n", "many events, memory", anonymous_mb() - before);
}

}  // namespace

int main(int argc, char** argv) {
    const std::size_t many = argc > 1 ? std::strtoull(argv[1], nullptr, 10) : 1'000'000;
    std::string folder = (std::filesystem::temp_directory_path() / "cutaway-frames-XXXXXX").string();
    if (::mkdtemp(folder.data()) == nullptr) {
        return 1;
    }
    {
        const auto room = room_in(folder);
        auto surface = shell::Offscreen::create(1920, 1080, 1.2F);
        if (room == nullptr || !surface) {
            std::puts("nothing draws here");
        } else {
            Stage stage(*room, **surface);
            flagship(stage);
            Costs ours;
            for (int n = 0; n < 300; ++n) {
                ours.add(stage.frame());
            }
            demo(**surface, ours.median());
            live(stage);
            million(stage, folder + "/many.jsonl", many);
        }
    }
    std::filesystem::remove_all(folder);
    return 0;
}
