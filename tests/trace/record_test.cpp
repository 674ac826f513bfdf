// SPDX-License-Identifier: Apache-2.0
// What a traced world writes down, and that it changes nothing else.
#include <functional>
#include <mutex>
#include <set>
#include <string>
#include <vector>

#include <gtest/gtest.h>

#include "core/trace/file.h"
#include "core/trace/traced.h"
#include "tests/trace/fake_world.h"

namespace cutaway::trace {
namespace {

using world::Grain;
using world::Phase;
using world::SpanStart;

class AskedGate final : public Gate {
public:
    Status before(const Event& next) override {
        const std::lock_guard lock(mutex_);  // tasks ask at the same time
        asked.push_back(next);
        return answer(next);
    }
    void passing(const Event& next) override { passed.push_back(next); }
    std::vector<Event> asked;
    std::vector<Event> passed;
    std::function<Status(const Event&)> answer = [](const Event&) { return Status(); };

private:
    std::mutex mutex_;
};

struct Traced : ::testing::Test {
    FakeWorld fake;
    Recorder recorder{fake.clock, world::Evidence::modelled};
    Memory memory;
    AskedGate gate;
    TracedWorld traced{fake.world, recorder};
    world::World& world = traced.world();

    Traced() {
        recorder.add_sink(memory);
        recorder.set_gate(&gate);
    }
    // "span_begin 1<0 layers daemon" a line: what matters of each event.
    std::vector<std::string> story() const {
        std::vector<std::string> lines;
        for (const Event& event : memory.events) {
            std::string line = std::string(to_name(event.kind)) + " " + std::to_string(event.span);
            if (const auto* call = std::get_if<world::Call>(&event.body)) {
                line += "<" + std::to_string(event.parent) + " " + std::string(kind_of(*call));
            } else if (event.kind == EventKind::span_begin) {
                line += "<" + std::to_string(event.parent);
            } else if (const auto* end = std::get_if<CallEnd>(&event.body); end != nullptr && end->failed) {
                line += " " + std::string(to_name(end->code));
            } else if (const auto* over = std::get_if<SpanEnd>(&event.body); over != nullptr && over->failed) {
                line += " " + std::string(to_name(over->code));
            }
            lines.push_back(line);
        }
        return lines;
    }
    static SpanStart span(Grain grain, Phase phase, std::string title, bool clean_up = false) {
        return SpanStart{grain, phase, std::move(title), world::Actor::runtime, "c1", clean_up};
    }
};

using Story = std::vector<std::string>;

TEST_F(Traced, ACallIsBegunThenMadeThenEndedInsideItsSpan) {
    ASSERT_TRUE(world.narrator.begin(span(Grain::phase, Phase::overlay, "overlay")));
    const auto reply = world::ask(world.kernel, world::Mount{"overlay", "", "/m", {}, ""});
    world.narrator.end(nullptr);
    EXPECT_EQ(reply->value, 1);
    EXPECT_EQ(story(), (Story{"span_begin 1<0", "call_begin 2<1 mount", "call_end 2", "span_end 1"}));
    const Event& call = memory.events[1];
    EXPECT_EQ(call.phase, Phase::overlay);
    EXPECT_EQ(call.actor, world::Actor::runtime);
    EXPECT_EQ(call.container, "c1");
    EXPECT_EQ(call.evidence, world::Evidence::modelled);
    EXPECT_EQ(memory.events[0].evidence, world::Evidence::narrated);
    EXPECT_EQ(fake.kernel.asked.size(), 1U);
}

TEST_F(Traced, AnErrorComesBackAsItWasAndIsInTheTrace) {
    fake.kernel.fail_kind = "mount";
    const auto reply = world::ask(world.kernel, world::Mount{});
    ASSERT_FALSE(reply);
    EXPECT_EQ(reply.error().sys_errno, 1);
    const auto& end = std::get<CallEnd>(memory.events.at(1).body);
    EXPECT_TRUE(end.failed);
    EXPECT_EQ(end.sys_errno, 1);
    EXPECT_EQ(end.error, "mount overlay: operation not permitted");
}

TEST_F(Traced, AGateThatGivesUpStopsTheCallAndTheTraceSaysSo) {
    gate.answer = [](const Event& next) {
        return next.kind == EventKind::call_begin ? Status(fail(Errc::cancelled, "enough")) : Status();
    };
    const auto reply = world::ask(world.kernel, world::Mount{});
    ASSERT_FALSE(reply);
    EXPECT_EQ(reply.error().code, Errc::cancelled);
    EXPECT_TRUE(fake.kernel.asked.empty());
    EXPECT_EQ(story(), (Story{"call_begin 1<0 mount", "call_end 1 cancelled"}));
}

TEST_F(Traced, NobodyStandsWhereTheDisksLockIsHeld) {
    {
        const auto lock = world.disk.lock("lock");
        ASSERT_TRUE(lock);
        EXPECT_TRUE(world.disk.make_dir("inside", 0755));
    }
    EXPECT_TRUE(world.disk.make_dir("behind", 0755));
    ASSERT_EQ(gate.passed.size(), 1U);
    EXPECT_EQ(std::get<world::MakeDir>(std::get<world::Call>(gate.passed[0].body)).path, "inside");
    ASSERT_EQ(gate.asked.size(), 1U);
    EXPECT_EQ(std::get<world::MakeDir>(std::get<world::Call>(gate.asked[0].body)).path, "behind");
}

TEST_F(Traced, CancelStopsCallsButCleanUpIsNeitherAskedNorStopped) {
    fake.cancel.request();
    EXPECT_EQ(world::ask(world.kernel, world::Mount{}).error().code, Errc::cancelled);
    EXPECT_EQ(world.narrator.begin(span(Grain::step, Phase::overlay, "mount")).error().code, Errc::cancelled);
    gate.asked.clear();
    ASSERT_TRUE(world.narrator.begin(span(Grain::step, Phase::remove, "undo", true)));
    ASSERT_TRUE(world.narrator.begin(span(Grain::step, Phase::none, "inside the undo")));
    EXPECT_TRUE(world::ask(world.kernel, world::Unmount{"/m"}));
    world.narrator.end(nullptr);
    world.narrator.end(nullptr);
    EXPECT_TRUE(gate.asked.empty());
    EXPECT_EQ(fake.kernel.asked.size(), 1U);
}

TEST_F(Traced, OnlyChangesOfTheDiskAreCalls) {
    (void)world.disk.read("/a");
    (void)world.disk.stat("/a");
    (void)world.disk.list("/");
    (void)world.disk.append("/log", "line");
    (void)world.disk.lock("/lock");
    EXPECT_TRUE(memory.events.empty());
    const std::string blob = "/store/blobs/sha256/" + std::string(64, 'a');
    EXPECT_TRUE(world.disk.save("/store/c.json", "{}", world::Durability::durable));
    auto sink = world.disk.create(blob).value();
    EXPECT_TRUE(sink->write("12345"));
    EXPECT_EQ(memory.events.size(), 2U) << "a file that is not committed yet is no change";
    EXPECT_TRUE(sink->commit());
    EXPECT_TRUE(world.disk.make_dir("/d", 0755));
    EXPECT_TRUE(world.disk.rename("/a", "/b"));
    EXPECT_EQ(world.disk.remove("/x").error().code, Errc::io);
    EXPECT_EQ(story(), (Story{"call_begin 1<0 save_file", "call_end 1", "call_begin 2<0 save_file", "call_end 2",
                              "call_begin 3<0 mkdir", "call_end 3", "call_begin 4<0 rename", "call_end 4",
                              "call_begin 5<0 remove", "call_end 5 io"}));
    EXPECT_EQ(std::get<world::SaveFile>(std::get<world::Call>(memory.events[2].body)),
              (world::SaveFile{blob, 5, "sha256:" + std::string(64, 'a')}));
}

std::string read_all(world::Source& source) {
    std::string all;
    std::array<char, 4096> piece{};
    for (auto got = source.read(piece); got && *got > 0; got = source.read(piece)) {
        all.append(piece.data(), *got);
    }
    return all;
}

TEST_F(Traced, AnExchangeEndsWithItsBodyAndTellsItsProgress) {
    fake.transport.headers = {{"content-length", "200000"}, {"content-type", "application/octet-stream"}};
    fake.transport.body = std::string(200000, 'x');
    auto response = world.transport.send(world::HttpRequest{"GET", "http://r/blob", {}, ""}, nullptr).value();
    EXPECT_EQ(story(), Story{"call_begin 1<0 http"});
    EXPECT_EQ(read_all(*response.body), fake.transport.body);
    EXPECT_EQ(story(), (Story{"call_begin 1<0 http", "progress 1", "progress 1", "progress 1", "call_end 1"}));
    EXPECT_EQ(std::get<Progress>(memory.events[1].body).total, 200000U);
    const auto& reply = std::get<CallEnd>(memory.events.back().body).reply;
    EXPECT_EQ(reply.value, 200);
    EXPECT_EQ(reply.bytes, 200000U);
    EXPECT_TRUE(reply.text.empty());
}

TEST_F(Traced, ARequestsBodyTellsItsProgressToo) {
    TextSource upload(std::string(200000, 'x'), std::string::npos);
    const world::HttpRequest put{"PUT", "http://r/blob", {{"Content-Length", "200000"}}, ""};
    auto response = world.transport.send(put, &upload).value();
    EXPECT_EQ(fake.transport.uploaded, 200000U);
    EXPECT_EQ(story(), (Story{"call_begin 1<0 http", "progress 1", "progress 1", "progress 1"}));
    EXPECT_EQ(std::get<Progress>(memory.events[1].body).total, 200000U);
    response.body.reset();
    EXPECT_EQ(story().back(), "call_end 1");
    gate.answer = [](const Event& next) {
        return next.kind == EventKind::progress ? Status(fail(Errc::cancelled, "stop")) : Status();
    };
    TextSource stopped(std::string(200000, 'x'), std::string::npos);
    EXPECT_EQ(world.transport.send(put, &stopped).error().code, Errc::cancelled);
    EXPECT_LT(fake.transport.uploaded, 300000U) << "what was given up goes no further";
    EXPECT_EQ(story().back(), "call_end 2 cancelled");
}

TEST_F(Traced, AJsonBodyIsKeptUpTo64KiB) {
    fake.transport.headers = {{"content-type", "application/vnd.oci.image.index.v1+json"}};
    fake.transport.body = R"({"schemaVersion":2})";
    (void)read_all(*world.transport.send({}, nullptr)->body);
    EXPECT_EQ(std::get<CallEnd>(memory.events.back().body).reply.text, fake.transport.body);
    fake.transport.body = std::string(65537, ' ');
    (void)read_all(*world.transport.send({}, nullptr)->body);
    EXPECT_TRUE(std::get<CallEnd>(memory.events.back().body).reply.text.empty());
}

TEST_F(Traced, ABodyThatBreaksIsDroppedOrIsCancelledEndsItsCallOnce) {
    fake.transport.body = std::string(200000, 'x');
    fake.transport.fail_at = 20000;
    (void)read_all(*world.transport.send({}, nullptr)->body);
    EXPECT_EQ(story().back(), "call_end 1 network");
    fake.transport.fail_at = std::string::npos;
    world.transport.send({}, nullptr)->body.reset();
    EXPECT_EQ(story().back(), "call_end 2");
    gate.answer = [](const Event& next) {
        return next.kind == EventKind::progress ? Status(fail(Errc::cancelled, "stop")) : Status();
    };
    EXPECT_EQ(read_all(*world.transport.send({}, nullptr)->body).size(), 65536U);
    EXPECT_EQ(story().back(), "call_end 3 cancelled");
    fake.transport.refuse = true;
    EXPECT_EQ(world.transport.send({}, nullptr).error().code, Errc::network);
    EXPECT_EQ(story().back(), "call_end 4 network");
}

TEST_F(Traced, WhatHappensByItselfIsRecordedBehindTheCallAndStillReachesTheEngine) {
    fake.watch.happen({5, world::Actor::kernel, world::ProcessExited{"c9", 7, 0, "", false}});
    ASSERT_TRUE(world::ask(world.kernel, world::Mount{}));
    ASSERT_EQ(story(), (Story{"call_begin 1<0 mount", "call_end 1", "observed 0"}));
    EXPECT_EQ(memory.events.back().container, "c9");
    EXPECT_EQ(memory.events.back().actor, world::Actor::kernel);
    EXPECT_GE(memory.events[2].t_ns, memory.events[1].t_ns) << "times never run backwards in a trace";
    fake.watch.happen({6, world::Actor::kernel, world::ProcessReaped{"c9", 7}});
    const auto seen = world.watch.next(0);
    ASSERT_EQ(seen->size(), 2U);
    EXPECT_EQ((*seen)[0].at_ns, 5);
    EXPECT_EQ((*seen)[1].at_ns, 6);
    EXPECT_EQ(memory.events.size(), 4U) << "each observation is recorded once";
}

TEST_F(Traced, ACallOfAnotherProcessIsAskedAboutBeforeAndToldAfter) {
    ASSERT_TRUE(world.narrator.begin(span(Grain::phase, Phase::exec, "exec")));
    ASSERT_TRUE(world.narrator.before({world::Actor::container, Phase::namespaces, "c2"}, world::PivotRoot{"/new"}));
    world.narrator.after(world::Reply{});
    world.narrator.end(nullptr);
    EXPECT_EQ(story(), (Story{"span_begin 1<0", "call_begin 2<1 pivot_root", "call_end 2", "span_end 1"}));
    EXPECT_EQ(memory.events[1].actor, world::Actor::container);
    EXPECT_EQ(memory.events[1].phase, Phase::namespaces);
    EXPECT_EQ(memory.events[1].container, "c2");
}

TEST_F(Traced, EachTaskNestsUnderTheSpanOfItsCaller) {
    for (const std::size_t at_once : {std::size_t{1}, std::size_t{4}}) {
        memory.events.clear();
        ASSERT_TRUE(world.narrator.begin(span(Grain::phase, Phase::layers, "layers")));
        const std::uint32_t outer = memory.events[0].span;
        std::vector<world::Task> tasks;
        for (int i = 0; i < 4; ++i) {
            tasks.emplace_back([](world::World& mine) {
                return world::within(mine.narrator, span(Grain::step, Phase::none, "layer"), [&]() -> Status {
                    for (int n = 0; n < 50; ++n) {
                        (void)TRY(world::ask(mine.kernel, world::MakeDir{"/d", 0755}));
                    }
                    return Status();
                });
            });
        }
        ASSERT_TRUE(world.tasks.run(world, std::move(tasks), at_once));
        world.narrator.end(nullptr);
        std::set<std::uint32_t> steps;
        for (const Event& event : memory.events) {
            EXPECT_EQ(event.phase, Phase::layers);
            if (event.kind == EventKind::span_begin && event.span != outer) {
                EXPECT_EQ(event.parent, outer);
                steps.insert(event.span);
            } else if (event.kind == EventKind::call_begin) {
                EXPECT_TRUE(steps.contains(event.parent));
            }
        }
        EXPECT_EQ(steps.size(), 4U);
        EXPECT_EQ(memory.events.size(), 2U + 4 * (2 + 100));
        for (std::size_t i = 1; i < memory.events.size(); ++i) {
            EXPECT_EQ(memory.events[i].seq, memory.events[i - 1].seq + 1);
            EXPECT_GE(memory.events[i].t_ns, memory.events[i - 1].t_ns);
        }
    }
}

TEST_F(Traced, TheGateIsAskedBeforeEachSpanAndCallAndSeesWhatComes) {
    ASSERT_TRUE(world.narrator.begin(span(Grain::phase, Phase::create, "create")));
    (void)world::ask(world.kernel, world::SetHostname{"box"});
    world.narrator.end(nullptr);
    ASSERT_EQ(gate.asked.size(), 2U);
    EXPECT_EQ(std::get<SpanStart>(gate.asked[0].body).title, "create");
    EXPECT_EQ(gate.asked[1].body, memory.events[1].body);
}

}  // namespace
}  // namespace cutaway::trace
