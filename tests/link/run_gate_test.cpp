// SPDX-License-Identifier: Apache-2.0
// One run's gate as its watchers drive it: what is said of a stop, who is told of, and that giving up frees everybody.
#include "core/link/run_gate.h"

#include <atomic>
#include <condition_variable>

#include <gtest/gtest.h>

namespace cutaway::link {
namespace {

class GateTest : public ::testing::Test {
protected:
    GateTest()
        : gate({[this](const Message& message) { hear(message); },
                [](const std::string& call) {
                    trace::Breakpoint point;
                    point.call = call;
                    return Result<trace::Breakpoint>(point);
                },
                [this] { cancelled = true; }}) {}

    void hear(const Message& message) {
        const std::lock_guard lock(mutex);
        if (const auto* stood = std::get_if<Stood>(&message)) {
            said += stood->next.find("mount") == std::string::npos ? "stood; " : "stood before mount; ";
        } else if (const auto* went = std::get_if<WentOn>(&message)) {
            said += went->who + " " + std::string(to_name(went->how)) + "; ";
        } else if (const auto* text = std::get_if<Text>(&message)) {
            said += std::to_string(text->bytes.size()) + "; ";
        }
        news.notify_all();
    }
    bool hears(const std::string& wanted) {
        std::unique_lock lock(mutex);
        return news.wait_for(lock, std::chrono::seconds(60), [&] { return said == wanted; });
    }
    std::string heard() {
        const std::lock_guard lock(mutex);
        return said;
    }
    void obey(OrderKind what, const std::string& who, const std::string& text = "") {
        gate.obey(Order{1, what, text, 1, who});
    }
    static trace::Event call(const world::Call& what) {
        trace::Event event;
        event.kind = trace::EventKind::call_begin;
        event.body = what;
        return event;
    }

    std::mutex mutex;
    std::condition_variable news;
    std::string said;
    std::atomic<bool> cancelled = false;
    RunGate gate;
};

TEST_F(GateTest, ABreakpointStopsTheRunUntilSomebodyLetsItGoOn) {
    obey(OrderKind::add, "ada", "mount");
    std::thread engine([this] {
        EXPECT_TRUE(gate.before(call(world::Unmount{})));
        EXPECT_TRUE(gate.before(call(world::Mount{})));
        EXPECT_TRUE(gate.before(call(world::Mount{})));
    });
    ASSERT_TRUE(hears("stood before mount; "));
    obey(OrderKind::go, "bob");
    ASSERT_TRUE(hears("stood before mount; bob go; stood before mount; "));
    obey(OrderKind::remove, "ada");
    obey(OrderKind::step, "ada");
    engine.join();
    EXPECT_EQ(heard(), "stood before mount; bob go; stood before mount; ada step; ");
}

TEST_F(GateTest, AnAnswerFasterThanTheStopIsNotLost) {
    obey(OrderKind::add, "ada", "mount");
    std::thread engine([this] {
        for (int i = 0; i < 200; ++i) {
            EXPECT_TRUE(gate.before(call(world::Mount{})));
        }
    });
    std::string wanted;
    for (int i = 0; i < 200; ++i) {
        wanted += "stood before mount; ";
        ASSERT_TRUE(hears(wanted)) << i;
        obey(OrderKind::go, "bob");
        wanted += "bob go; ";
        if (i == 199) {
            ASSERT_TRUE(hears(wanted));
        } else {
            std::unique_lock lock(mutex);
            ASSERT_TRUE(news.wait_for(lock, std::chrono::seconds(60), [&] { return said.size() > wanted.size(); }));
        }
    }
    engine.join();
}

TEST_F(GateTest, CancellingAtAStopGivesTheCommandUp) {
    obey(OrderKind::pause, "ada");
    Status answer;
    std::thread engine([&] { answer = gate.before(call(world::Mount{})); });
    ASSERT_TRUE(hears("stood before mount; "));
    obey(OrderKind::cancel, "ada");
    engine.join();
    ASSERT_FALSE(answer);
    EXPECT_EQ(answer.error().code, Errc::cancelled);
    EXPECT_TRUE(cancelled);
    EXPECT_EQ(heard(), "stood before mount; ada cancel; ");
}

TEST_F(GateTest, ALongEventLeavesInPieces) {
    trace::Event event;
    event.kind = trace::EventKind::call_begin;
    world::Mount mount;
    mount.target = std::string(longest_text, 'x');
    event.body = world::Call(mount);
    gate.take(event);
    EXPECT_EQ(heard().find(std::to_string(longest_text) + "; "), 0U) << heard();
}

}  // namespace
}  // namespace cutaway::link
