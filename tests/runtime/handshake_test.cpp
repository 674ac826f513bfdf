// SPDX-License-Identifier: Apache-2.0
// The handshake of core/runtime/protocol.h: who does what, in which order, and what remains when somebody fails, gives
// up or dies at any point of it.
#include <algorithm>

#include <gtest/gtest.h>

#include "tests/runtime/stage.h"

namespace cutaway::runtime {
namespace {

using test::small_start;
using test::Trio;
using Lines = std::vector<std::string>;

const Lines whole_start{"engine mount",     "engine cgroup_create", "shim clone",      "engine cgroup_write",
                        "init sethostname", "engine veth",          "init pivot_root", "init execve"};

TEST(Handshake, EveryCallIsMadeOnceInThePlansOrderAtItsPlace) {
    for (const bool attended : {true, false}) {
        Trio trio(small_start());
        trio.narrator.attended = attended;
        const Result<Launched> launched = trio.launch();
        ASSERT_TRUE(launched) << launched.error().doing;
        EXPECT_EQ(trio.asked, whole_start);
        EXPECT_EQ(launched->pid, test::child_pid);
        EXPECT_TRUE(trio.shim.started);
        EXPECT_EQ(trio.narrator.open, 0);
        EXPECT_EQ(trio.narrator.told, 0);
        const std::optional<Message> message = trio.next();
        ASSERT_TRUE(message);
        EXPECT_EQ(std::get<Started>(*message).pid, test::child_pid);
    }
}

// Where nobody attends, what is the init's goes on in one breath, but for the execve.
TEST(Handshake, UnattendedTheEngineWaitsOnlyWhereItIsItsTurn) {
    const auto round_trips = [](bool attended) {
        Begin begin = small_start();
        const auto name = std::find_if(begin.plan.calls.begin(), begin.plan.calls.end(), [](const auto& planned) {
            return std::holds_alternative<world::SetHostname>(planned.call);
        });
        begin.plan.calls.insert(name, 20, *name);
        Trio trio(begin);
        trio.narrator.attended = attended;
        EXPECT_TRUE(trio.launch());
        EXPECT_EQ(std::count(trio.asked.begin(), trio.asked.end(), "init sethostname"), 21);
        return trio.waits;
    };
    EXPECT_GT(round_trips(true), round_trips(false) + 15);
}

TEST(Handshake, TheEnginesCallsKnowTheNewProcess) {
    Trio trio(small_start());
    std::string joined;
    trio.engine_kernel.before = [&](const world::Call& call) -> Status {
        if (const auto* write = std::get_if<world::WriteCgroup>(&call)) {
            joined = write->value;
        }
        return {};
    };
    ASSERT_TRUE(trio.launch());
    EXPECT_EQ(joined, std::to_string(test::child_pid));
}

// A gate is asked before anything of the call has happened, wherever it will be performed.
TEST(Handshake, BehindAGateNothingHasHappenedYet) {
    for (std::size_t stop = 0; stop < whole_start.size(); ++stop) {
        Trio trio(small_start());
        std::size_t count = 0;
        Lines seen;
        const auto gate = [&](const world::Call&) -> Status {
            if (count++ == stop) {
                trio.settle();  // however long one waits
                seen = trio.asked;
            }
            return {};
        };
        trio.narrator.gate = gate;
        ASSERT_TRUE(trio.launch());
        EXPECT_LE(seen.size(), whole_start.size());
        EXPECT_TRUE(std::equal(seen.begin(), seen.end(), whole_start.begin())) << stop;
    }
}

// What had happened of `kinds` before the end, taken back newest first.
Lines undo_of(const Lines& asked, const std::string& who) {
    Lines undo;
    for (const std::string& line : asked) {
        const std::string taken = line == "engine mount"           ? " umount"
                                  : line == "engine cgroup_create" ? " cgroup_remove"
                                  : line == "engine veth"          ? " link_remove"
                                                                   : "";
        if (!taken.empty()) {
            undo.insert(undo.begin(), who + taken);
        }
    }
    return undo;
}

Lines only_undo(const Lines& asked, const std::string& who) {
    Lines undo;
    for (const std::string& line : asked) {
        for (const char* kind : {" umount", " cgroup_remove", " link_remove"}) {
            if (line == who + kind) {
                undo.push_back(line);
            }
        }
    }
    return undo;
}

void expect_taken_back(const std::string& line, bool attended) {
    Trio trio(small_start());
    trio.narrator.attended = attended;
    const std::size_t space = line.find(' ');
    auto& kernel = line.starts_with("engine") ? trio.engine_kernel
                   : line.starts_with("shim") ? trio.shim_kernel
                                              : trio.init_kernel;
    kernel.before = [&](const world::Call& call) {
        return kind_of(call) == line.substr(space + 1) ? Status(Error{Errc::io, 5, "as planned"}) : Status{};
    };
    const Result<Launched> launched = trio.launch();
    ASSERT_FALSE(launched) << line;
    EXPECT_EQ(launched.error().sys_errno, 5) << line;
    EXPECT_NE(launched.error().doing.find("as planned"), std::string::npos) << launched.error().doing;
    const auto failed = std::find(trio.asked.begin(), trio.asked.end(), line);
    ASSERT_NE(failed, trio.asked.end());
    // The failed call's own undo is tried too: it may have got half-way.
    EXPECT_EQ(only_undo(trio.asked, "engine"), undo_of(Lines(trio.asked.begin(), failed + 1), "engine")) << line;
    EXPECT_EQ(only_undo(trio.asked, "shim"), Lines{}) << line;
    EXPECT_EQ(std::count(trio.asked.begin(), trio.asked.end(), "init execve"), line == "init execve" ? 1 : 0);
    EXPECT_TRUE(trio.shim_over) << line;
    EXPECT_EQ(trio.narrator.open, 0) << line;
    EXPECT_EQ(trio.host.saved.size(), 0U) << "a start that failed has no exit";
}

TEST(Handshake, WhateverCallFailsIsTheErrorAndTheRestIsTakenBackByTheEngine) {
    for (const std::string& line : whole_start) {
        expect_taken_back(line, true);
        expect_taken_back(line, false);
    }
}

TEST(Handshake, GivingUpAtAnyGateTakesBackWhatWasThere) {
    for (std::size_t stop = 0;; ++stop) {
        Trio trio(small_start());
        std::size_t count = 0;
        const auto gate = [&](const world::Call& call) {
            const bool cleans = std::holds_alternative<world::Unmount>(call) ||
                                std::holds_alternative<world::RemoveCgroup>(call) ||
                                std::holds_alternative<world::RemoveLink>(call);
            return !cleans && count++ == stop ? Status(fail(Errc::cancelled, "given up")) : Status{};
        };
        trio.narrator.gate = gate;
        trio.engine_kernel.before = gate;
        const Result<Launched> launched = trio.launch();
        if (launched) {
            EXPECT_EQ(stop, whole_start.size());
            break;
        }
        EXPECT_EQ(launched.error().code, Errc::cancelled);
        EXPECT_EQ(only_undo(trio.asked, "engine"), undo_of(trio.asked, "engine")) << stop;
        const bool cloned = std::count(trio.asked.begin(), trio.asked.end(), "shim clone") == 1;
        EXPECT_EQ(std::count(trio.asked.begin(), trio.asked.end(), "shim kill"), cloned ? 1 : 0) << stop;
        EXPECT_EQ(std::count(trio.asked.begin(), trio.asked.end(), "init execve"), 0) << stop;
        EXPECT_TRUE(trio.shim_over);
    }
}

// kill -9 of the engine between any two calls: the gate never returns to it.
TEST(Handshake, WhenTheEngineDiesTheShimTakesTheStartBack) {
    for (std::size_t stop = 0; stop < whole_start.size(); ++stop) {
        Trio trio(small_start());
        std::size_t count = 0;
        Lines by_then;
        Lines after;
        const auto gate = [&](const world::Call&) {
            if (count++ != stop) {
                return Status{};
            }
            by_then = trio.asked;
            trio.engine_dies();
            trio.settle();
            after = trio.asked;
            return Status(fail(Errc::cancelled, "dead"));
        };
        trio.narrator.gate = gate;
        trio.engine_kernel.before = gate;
        static_cast<void>(trio.launch());
        // A call of the engine's that was let go on counts as made: its undo is tried.
        EXPECT_EQ(only_undo(after, "shim"), undo_of(by_then, "shim")) << stop;
        EXPECT_TRUE(trio.shim_over) << stop;
        const auto kill = std::find(after.begin(), after.end(), "shim kill");
        const auto undo = std::find(after.begin(), after.end(), "shim umount");
        EXPECT_TRUE(kill == after.end() || undo == after.end() || kill < undo) << "the init must be gone first";
    }
}

// kill -9 behind the execve, before any record says so: nobody would find such a container.
TEST(Handshake, WhatRunsButIsNotWrittenDownIsTakenBack) {
    Trio trio(small_start());
    Result<Launched> launched = trio.launch();
    ASSERT_TRUE(launched);
    trio.engine_dies();
    launched->channel.reset();
    trio.settle();
    EXPECT_EQ(std::count(trio.asked.begin(), trio.asked.end(), "shim kill"), 1);
    EXPECT_TRUE(trio.shim_over);
    EXPECT_FALSE(only_undo(trio.asked, "shim").empty());
    EXPECT_FALSE(trio.host.saved.contains("/exit")) << "it never was";
}

TEST(Handshake, OnceItIsWrittenDownTheEnginesGoingChangesNothing) {
    Trio trio(small_start());
    Result<Launched> launched = trio.launch();
    ASSERT_TRUE(launched);
    ASSERT_TRUE(launched->channel->send(encode(Kept{})));
    launched->channel.reset();
    trio.settle();
    trio.host.output.push_back({world::Stream::out, "still here\nand half a li"});
    trio.settle();
    EXPECT_FALSE(trio.shim_over);
    EXPECT_EQ(trio.host.lines, Lines{"still here"});
    trio.init_ends(Exited{3, 0, false});
    EXPECT_TRUE(trio.shim_over);
    EXPECT_EQ(trio.host.lines, (Lines{"still here", "and half a li"}));
    EXPECT_EQ(only_undo(trio.asked, "shim"), Lines{}) << "a container that ran is put away by an engine";
    const Result<ExitRecord> record = parse_exit_record(trio.host.saved["/exit"]);
    ASSERT_TRUE(record);
    EXPECT_EQ(record->code, 3);
    EXPECT_EQ(record->finished_wall_ns, 1'000'000'005);
}

TEST(Handshake, KilledByASignalAndOutOfMemoryAreRecorded) {
    Trio trio(small_start());
    Result<Launched> launched = trio.launch();
    ASSERT_TRUE(launched);
    trio.init_ends(Exited{137, 9, true});
    const Result<ExitRecord> record = parse_exit_record(trio.host.saved["/exit"]);
    ASSERT_TRUE(record);
    EXPECT_EQ(record->code, 137);
    EXPECT_EQ(record->signal, 9);
    EXPECT_TRUE(record->oom);
}

TEST(Handshake, TheExitIsToldBehindTheLastOutput) {
    Trio trio(small_start());
    Result<Launched> launched = trio.launch();
    ASSERT_TRUE(launched);
    trio.host.silent = false;  // a child that it left behind still holds the pipe
    trio.init_ends(Exited{0, 0, false});
    EXPECT_FALSE(trio.shim_over);
    trio.host.output.push_back({world::Stream::err, "last words\n"});
    trio.host.silent = true;
    trio.settle();
    EXPECT_TRUE(trio.shim_over);
    Lines kinds;
    while (const std::optional<Message> message = trio.next()) {
        kinds.emplace_back(std::visit([](const auto& one) { return std::decay_t<decltype(one)>::kind; }, *message));
    }
    EXPECT_EQ(kinds, (Lines{"started", "output", "exited"}));
}

TEST(Handshake, AnInitThatIsKilledInTheMiddleIsAFailedStart) {
    for (const std::string kind : {"sethostname", "pivot_root"}) {
        Trio trio(small_start());
        trio.narrator.gate = [&](const world::Call& call) {
            if (kind_of(call) == kind) {
                trio.init_ends(Exited{137, 9, false});
            }
            return Status{};
        };
        const Result<Launched> launched = trio.launch();
        ASSERT_FALSE(launched) << kind;
        EXPECT_EQ(only_undo(trio.asked, "engine"), undo_of(trio.asked, "engine")) << kind;
        EXPECT_EQ(trio.host.saved.size(), 0U);
    }
}

TEST(Handshake, AShimThatDiesTakesItsInitAlong) {
    Trio trio(small_start());
    trio.narrator.gate = [&](const world::Call& call) {
        if (std::holds_alternative<world::PivotRoot>(call)) {
            trio.shim_dies();
        }
        return Status{};
    };
    const Result<Launched> launched = trio.launch();
    ASSERT_FALSE(launched);
    trio.settle();
    EXPECT_TRUE(trio.init.failed) << "who has no shim must not become a container";
    EXPECT_EQ(std::count(trio.asked.begin(), trio.asked.end(), "init execve"), 0);
    EXPECT_EQ(only_undo(trio.asked, "engine"), undo_of(trio.asked, "engine")) << "the engine is still there";
}

TEST(Handshake, InputReachesTheProgramAndItsEndToo) {
    Trio trio(small_start());
    Result<Launched> launched = trio.launch();
    ASSERT_TRUE(launched);
    trio.send(Input{"typed"});
    trio.send(Input{""});
    trio.settle();
    EXPECT_EQ(trio.host.input, "typed<end>");
}

// An exec has neither log nor exit record, nothing to take back, and joins instead of making.
TEST(Handshake, AnExecTellsItsExitAndWritesNothing) {
    Begin begin;
    begin.plan.container = "c0ffee";
    for (const auto& [place, call] :
         std::vector<std::pair<plan::Place, world::Call>>{{plan::Place::shim, world::SetNamespace{5, {}}},
                                                          {plan::Place::shim, world::Clone{{}, "exec"}},
                                                          {plan::Place::init, world::SetNamespace{5, {}}},
                                                          {plan::Place::init, world::Execute{"/sh", {"sh"}, {}}}}) {
        plan::PlannedCall planned;
        planned.place = place;
        planned.call = call;
        begin.plan.calls.push_back(planned);
    }
    begin.attached = true;
    Trio trio(begin);
    Result<Launched> launched = trio.launch();
    ASSERT_TRUE(launched) << launched.error().doing;
    EXPECT_EQ(trio.asked, (Lines{"shim setns", "shim clone", "init setns", "init execve"}));
    trio.host.output.push_back({world::Stream::out, "x\n"});
    trio.init_ends(Exited{7, 0, false});
    EXPECT_EQ(trio.host.log, "");
    EXPECT_TRUE(trio.host.saved.empty());
    std::optional<Exited> exited;
    while (const std::optional<Message> message = trio.next()) {
        if (const auto* one = std::get_if<Exited>(&*message)) {
            exited = *one;
        }
    }
    ASSERT_TRUE(exited);
    EXPECT_EQ(exited->code, 7);
}

}  // namespace
}  // namespace cutaway::runtime
