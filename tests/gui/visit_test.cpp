// SPDX-License-Identifier: Apache-2.0
// The window at an engine's socket, as a client like any other: runs that somebody else typed appear, are held, stepped,
// let go and given up there, and everybody hears by whom. The engine is a door and a hub of the test's own; the runs are
// performed on a simulated machine behind the gate that an engine's workers have.
#include <unistd.h>

#include <atomic>
#include <condition_variable>
#include <map>
#include <mutex>
#include <thread>

#include "core/cli/root_stage.h"
#include "core/cli/root_wire.h"
#include "core/cli/stepper_points.h"
#include "core/host/engine_door.h"
#include "core/host/packet_socket.h"
#include "core/link/hub.h"
#include "core/link/run_gate.h"
#include "tests/gui/gui_room.h"
#include "viz/root/script.h"

namespace cutaway {
namespace {

constexpr link::Peer listener = 1000;  // watches from inside the test

Result<trace::Breakpoint> read_point(const std::string& text) {
    cli::StopPoint point = TRY(cli::parse_point(text));
    if (point.condition) {
        return fail(Errc::unsupported, "a condition is not for who watches");
    }
    return std::move(point.where);
}

class Nothing final : public cli::Console {
public:
    void out(std::string_view) override {}
    void err(std::string_view) override {}
};

// An engine without a process a command.
class Engine {
public:
    explicit Engine(const std::string& folder)
        : folder_(folder), hub_([](const std::string& text) -> Status {
              const Result<trace::Breakpoint> point = read_point(text);
              return point ? Status() : Status(point.error());
          }) {
        auto door = host::EngineDoor::open(folder + "/engine.sock", {static_cast<std::uint32_t>(::getuid()), {}});
        EXPECT_TRUE(door.has_value()) << (door ? "" : door.error().doing);
        door_ = std::make_unique<host::EngineDoor>(std::move(*door));
        hub_.watcher_came(listener, "ada (process 1)");
        thread_ = std::thread([this] { serve(); });
    }
    ~Engine() {
        finish_runs();
        close();
    }
    Engine(const Engine&) = delete;
    Engine& operator=(const Engine&) = delete;

    void close() {
        over_ = true;
        if (thread_.joinable()) {
            thread_.join();
        }
        guests_.clear();
        door_->close();
    }

    // As if it were typed in a terminal of somebody's.
    void type(std::uint32_t run, const std::vector<std::string>& words) {
        runs_.emplace_back([this, run, words] { perform(run, words); });
    }
    void finish_runs() {
        for (std::thread& run : runs_) {
            run.join();
        }
        runs_.clear();
    }
    [[nodiscard]] std::string socket() const { return folder_ + "/engine.sock"; }
    std::string heard() {
        const std::lock_guard lock(mutex_);
        return heard_;
    }

private:
    void perform(std::uint32_t run, const std::vector<std::string>& words) {
        const auto line = cli::read_command_line(
            {"--root", folder_ + "/machine" + std::to_string(run), "--clock", "advance:5s"}, "model");
        auto stage = cli::Stage::open(*line);
        ASSERT_TRUE(stage.has_value()) << stage.error().doing;
        link::RunGate gate(
            {[this, run](const link::Message& message) { with_hub([&] { hub_.from_worker(run, message); }); },
             read_point, [&stage] { (*stage)->cancel(); }});
        std::string command;
        for (const std::string& word : words) {
            command += (command.empty() ? "" : " ") + word;
        }
        std::vector<link::Order> points;
        with_hub([&] {
            points = hub_.run_began(run, "bob (process 2)", command);
            hub_.worker_is(run, run);
            gates_[run] = &gate;
        });
        for (const link::Order& point : points) {
            gate.obey(point);
        }
        (*stage)->recorder().set_gate(&gate);
        (*stage)->recorder().add_sink(gate);
        gate.begin((*stage)->header());
        Nothing console;
        const int status = (*stage)->perform(words, console);
        const std::lock_guard obeying(obeying_);
        with_hub([&] {
            hub_.run_ended(run, status);
            gates_.erase(run);
        });
        (*stage)->recorder().set_gate(nullptr);
    }

    template <class Do>
    void with_hub(const Do& what) {
        const std::lock_guard lock(mutex_);
        what();
        for (link::Post& post : hub_.take_posts()) {
            posts_.push_back(std::move(post));
        }
    }

    void serve() {
        link::Peer next = listener + 1;
        while (!over_) {
            for (host::Fd guest = door_->let_in(); guest.open(); guest = door_->let_in()) {
                guests_.emplace(next++, host::PacketSocket(std::move(guest)));
            }
            for (auto& [peer, socket] : guests_) {
                std::string bytes;
                while (socket.receive(bytes)) {
                    hear(peer, bytes);
                }
            }
            deliver();
            std::this_thread::sleep_for(std::chrono::milliseconds(1));
        }
    }

    void hear(link::Peer peer, const std::string& bytes) {
        const auto message = link::decode(bytes);
        ASSERT_TRUE(message.has_value());
        with_hub([&] {
            if (std::holds_alternative<link::Watch>(*message)) {
                const std::string me = "root (process " + std::to_string(host::own_pid()) + ")";
                hub_.watcher_came(peer, me);
            } else {
                hub_.from_watcher(peer, *message);
            }
        });
    }

    // Orders are obeyed with the hub let go: whoever stops says so meanwhile.
    void deliver() {
        std::vector<link::Post> posts;
        {
            const std::lock_guard lock(mutex_);
            posts = std::exchange(posts_, {});
        }
        for (const link::Post& post : posts) {
            if (const auto guest = guests_.find(post.to); guest != guests_.end()) {
                guest->second.send(link::encode(post.message));
            } else if (post.to == listener) {
                note(post.message);
            } else if (const auto* order = std::get_if<link::Order>(&post.message)) {
                const std::lock_guard obeying(obeying_);
                if (link::RunGate* gate = gate_of(post.to)) {
                    gate->obey(*order);
                }
            }
        }
        for (auto& [peer, socket] : guests_) {
            socket.flush();
        }
    }

    link::RunGate* gate_of(std::uint32_t run) {
        const std::lock_guard lock(mutex_);
        const auto found = gates_.find(run);
        return found == gates_.end() ? nullptr : found->second;
    }

    void note(const link::Message& message) {
        const std::lock_guard lock(mutex_);
        if (const auto* went = std::get_if<link::WentOn>(&message)) {
            heard_ += went->who + " said " + std::string(to_name(went->how)) + "; ";
        } else if (const auto* point = std::get_if<link::PointSet>(&message)) {
            heard_ += point->who + " set " + point->text + "; ";
        } else if (const auto* gone = std::get_if<link::PointGone>(&message)) {
            heard_ += gone->who + " took it away; ";
        } else if (const auto* over = std::get_if<link::Over>(&message)) {
            heard_ += "ended " + std::to_string(over->status) + "; ";
        }
    }

    std::string folder_;
    std::mutex mutex_;    // guards the hub and what follows
    std::mutex obeying_;  // a run's gate stays while an order is on its way to it
    link::Hub hub_;
    std::vector<link::Post> posts_;
    std::map<std::uint32_t, link::RunGate*> gates_;
    std::string heard_;
    std::unique_ptr<host::EngineDoor> door_;
    std::map<link::Peer, host::PacketSocket> guests_;  // the thread's
    std::atomic<bool> over_ = false;
    std::vector<std::thread> runs_;
    std::thread thread_;
};

// A person before a window that was opened at that engine.
class Watcher {
public:
    explicit Watcher(Engine& engine) : room_(own_.room()) {
        auto wire = cli::watch_at(engine.socket(), [] {});
        EXPECT_TRUE(wire.has_value()) << (wire ? "" : wire.error().doing);
        room_.open_visit(std::move(*wire));
        root::ShotOptions small;
        small.width = 1280;
        small.height = 720;
        small.grain = trace::StepMode::step;
        if (auto studio = root::Studio::create(room_, small)) {
            studio_ = std::move(*studio);
        }
    }
    [[nodiscard]] bool can_draw() const { return studio_ != nullptr; }
    void does(const std::string& lines) {
        const Status done = root::play_script(*studio_, lines, [](const root::Shot& shot) -> Status {
            check_labels(shot);
            return {};
        });
        EXPECT_TRUE(done.has_value()) << (done ? "" : done.error().doing);
    }
    bool sees(const std::function<bool()>& what) {
        for (int i = 0; i < 30000; ++i) {
            (void)room_.tick(0);
            if (what()) {
                return true;
            }
            std::this_thread::sleep_for(std::chrono::milliseconds(1));
        }
        return false;
    }
    app::Room& room() { return room_; }
    const view::Moment& moment() { return room_.desk().moment(); }
    std::string next_call() {
        const trace::Event* next = moment().next;
        const auto* call = next == nullptr ? nullptr : std::get_if<world::Call>(&next->body);
        return call == nullptr ? std::string() : std::string(kind_of(*call));
    }

private:
    GuiRoom own_;
    app::Room& room_;
    std::unique_ptr<root::Studio> studio_;
};

const std::vector<std::string> hello{"run", "--rm", "--name", "demo", "alpine", "echo", "hello"};

std::string me() { return "root (process " + std::to_string(host::own_pid()) + ")"; }

class VisitTest : public ::testing::Test {
public:
    void SetUp() override {
        if (!watcher.can_draw()) {
            GTEST_SKIP() << "nothing draws here";
        }
    }
    GuiRoom folder;  // for its folder alone
    Engine engine{folder.folder()};
    Watcher watcher{engine};
};

TEST_F(VisitTest, ARunOfAnotherTerminalIsHeldSteppedAndLetGoFromTheWindow) {
    watcher.does(
        "{\"key\":\"e\"}\n{\"shot\":\"nobody\"}\n{\"key\":\"e\"}\n{\"key\":\"f9\"}\n"
        "{\"type\":\"call:pivot_root\"}\n{\"key\":\"enter\"}\n{\"key\":\"f9\"}\n");
    ASSERT_TRUE(watcher.sees([&] { return engine.heard() == me() + " set call:pivot_root; "; })) << engine.heard();
    engine.type(1, hello);
    ASSERT_TRUE(watcher.sees([&] { return watcher.moment().waiting; }));
    EXPECT_EQ(watcher.next_call(), "pivot_root");
    EXPECT_TRUE(watcher.moment().elsewhere);
    EXPECT_NE(scene::find_container(*watcher.moment().picture, "demo"), nullptr) << "its past came along";
    watcher.does(
        "{\"shot\":\"held\"}\n{\"key\":\"e\"}\n{\"shot\":\"listed\"}\n{\"key\":\"e\"}\n"
        "{\"key\":\"ctrl+right\"}\n");
    EXPECT_TRUE(watcher.moment().waiting);
    EXPECT_NE(watcher.next_call(), "pivot_root") << "one call on";
    watcher.does("{\"key\":\"r\"}\n");
    EXPECT_FALSE(watcher.moment().working);
    engine.finish_runs();
    const std::string wanted = me() + " set call:pivot_root; " + me() + " said call; " + me() + " said go; ended 0; ";
    EXPECT_TRUE(watcher.sees([&] { return engine.heard() == wanted; })) << engine.heard();
    EXPECT_NE(watcher.room().session().output().find("it ended with status 0"), std::string::npos);
    watcher.does("{\"key\":\"home\"}\n{\"key\":\"right\"}\n{\"shot\":\"past\"}\n");
    EXPECT_GT(watcher.moment().head, watcher.moment().position) << "what was seen stays, and is stepped through";
    watcher.does("{\"key\":\"f9\"}\n{\"press\":\"remove_point0\"}\n");
    EXPECT_TRUE(watcher.sees([&] { return engine.heard() == wanted + me() + " took it away; "; })) << engine.heard();
}

TEST_F(VisitTest, WhatIsGivenUpInTheWindowEndsInItsTerminal) {
    watcher.does("{\"key\":\"f9\"}\n{\"type\":\"phase:namespaces\"}\n{\"key\":\"enter\"}\n{\"key\":\"f9\"}\n");
    ASSERT_TRUE(watcher.sees([&] { return !engine.heard().empty(); }));
    engine.type(1, hello);
    ASSERT_TRUE(watcher.sees([&] { return watcher.moment().waiting; }));
    watcher.does("{\"key\":\"ctrl+c\"}\n");
    engine.finish_runs();
    EXPECT_TRUE(watcher.sees([&] { return engine.heard().find("ended") != std::string::npos; }));
    EXPECT_EQ(engine.heard().find("ended 0"), std::string::npos) << engine.heard();
    EXPECT_FALSE(watcher.moment().working);
}

TEST_F(VisitTest, ANewRunIsFollowedUnlessSomebodyIsBusyWithAnother) {
    engine.type(1, {"pull", "alpine"});
    engine.finish_runs();
    ASSERT_TRUE(watcher.sees([&] { return watcher.moment().head > 0 && !watcher.moment().working; }));
    watcher.does("{\"key\":\"home\"}\n");
    engine.type(2, hello);
    engine.finish_runs();
    const auto rows = [&] { return watcher.room().visit()->rows(); };
    ASSERT_TRUE(watcher.sees([&] { return rows().size() == 2 && rows()[0].over; }));
    EXPECT_TRUE(rows()[1].shown) << "who looks at the past is left there";
    EXPECT_NE(watcher.room().desk().state().notice.find("Run 2 began"), std::string::npos);
    watcher.does("{\"key\":\"e\"}\n{\"shot\":\"two\"}\n{\"press\":\"run2\"}\n{\"shot\":\"other\"}\n");
    EXPECT_TRUE(rows()[0].shown);
    EXPECT_EQ(watcher.room().desk().state().side, app::Side::runs) << "what is open stays open";
    engine.type(3, {"images"});
    engine.finish_runs();
    ASSERT_TRUE(watcher.sees([&] { return rows().size() == 3 && rows()[0].over; }));
    EXPECT_TRUE(rows()[0].shown) << "nobody was busy: it is followed";
}

TEST_F(VisitTest, ARunThatStandsIsFollowedAsSoonAsTheOtherIsOver) {
    watcher.does("{\"key\":\"f9\"}\n{\"type\":\"call:pivot_root\"}\n{\"key\":\"enter\"}\n{\"key\":\"f9\"}\n");
    ASSERT_TRUE(watcher.sees([&] { return !engine.heard().empty(); }));
    engine.type(1, hello);
    ASSERT_TRUE(watcher.sees([&] { return watcher.moment().waiting; }));
    engine.type(2, hello);
    const auto rows = [&] { return watcher.room().visit()->rows(); };
    ASSERT_TRUE(watcher.sees([&] { return rows().size() == 2 && rows()[0].stands; }));
    EXPECT_TRUE(rows()[1].shown) << "somebody is busy with the first";
    watcher.does("{\"key\":\"r\"}\n");
    EXPECT_TRUE(watcher.sees([&] { return rows()[0].shown; }));
    EXPECT_TRUE(rows()[1].over);
    EXPECT_EQ(watcher.next_call(), "pivot_root");
    watcher.does("{\"key\":\"r\"}\n");
    engine.finish_runs();
}

TEST_F(VisitTest, WhatWasSeenStaysWhenTheEngineGoesAway) {
    engine.type(1, {"pull", "alpine"});
    engine.finish_runs();
    ASSERT_TRUE(watcher.sees([&] { return watcher.moment().head > 0 && !watcher.moment().working; }));
    const std::uint64_t head = watcher.moment().head;
    engine.close();
    ASSERT_TRUE(watcher.sees([&] { return !watcher.room().visit()->gone().empty(); }));
    (void)watcher.room().tick(0);
    EXPECT_NE(watcher.room().desk().state().notice.find("went away"), std::string::npos);
    EXPECT_EQ(watcher.moment().head, head);
    watcher.does("{\"key\":\"home\"}\n{\"shot\":\"gone\"}\n");
}

TEST(Visit, AnEngineThatIsNotThereIsToldOfBeforeAnyWindow) {
    const auto wire = cli::watch_at("/nowhere/engine.sock", [] {});
    ASSERT_FALSE(wire.has_value());
    EXPECT_NE(wire.error().doing.find("there is no engine at /nowhere/engine.sock"), std::string::npos);
}

}  // namespace
}  // namespace cutaway
