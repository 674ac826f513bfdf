// SPDX-License-Identifier: Apache-2.0
// An engine behind a socket, as an ordinary user meets it: the command line drops its privileges before it asks.
#include <fcntl.h>
#include <signal.h>
#include <sys/socket.h>
#include <sys/stat.h>
#include <termios.h>
#include <unistd.h>

#include <filesystem>

#include "core/host/engine_door.h"
#include "core/host/packet_socket.h"
#include "core/host/syscall.h"
#include "core/link/protocol.h"
#include "tests/host/served_engine.h"

namespace cutaway::host {
namespace {

TEST(RealEngine, AnOrdinaryUserRunsAContainerAndGetsItsStatus) {
    CUTAWAY_NEEDS_ROOT();
    Engine engine;
    struct stat seen {};
    ASSERT_EQ(::stat(engine.socket().c_str(), &seen), 0);
    EXPECT_EQ(seen.st_mode, static_cast<mode_t>(S_IFSOCK | 0600));
    EXPECT_EQ(seen.st_uid, 65534U);
    struct Case {
        Words words;
        int status;
        std::string says;
    };
    for (const Case& one :
         {Case{hello_run, 0, "hello from inside a container\n"}, Case{run_with({"/hello", "exit", "42"}), 42, ""},
          Case{run_with({"/absent"}), 127, "no such file or directory"},
          Case{{"run", "--no-such-flag"}, 125, "unknown flag"}}) {
        const Answer answer = engine.ask(one.words);
        EXPECT_EQ(answer.status, one.status) << answer.out;
        EXPECT_TRUE(has(answer.out, one.says)) << answer.out;
    }
    EXPECT_EQ(containers_in(engine.root), Words{});
    EXPECT_TRUE(eventually([&] { return traces_of(engine.root.path("containers")).empty(); }));
}

TEST(RealEngine, WhatOneCommandMadeTheNextOnesSeeToItsEnd) {
    CUTAWAY_NEEDS_ROOT();
    Engine engine;
    const Words detached{"run", "-d", "--network", "none", "--name", "sleeper", "lab/hello", "/hello", "sleep", "60"};
    ASSERT_EQ(engine.ask(detached).status, 0);
    EXPECT_TRUE(has(engine.ask({"ps"}).out, "sleeper"));
    const Answer inside = engine.ask({"exec", "sleeper", "/hello", "exit", "7"});
    EXPECT_EQ(inside.status, 7) << inside.out;
    EXPECT_EQ(engine.ask({"logs", "sleeper"}).status, 0);
    EXPECT_EQ(engine.ask({"stop", "-t", "1", "sleeper"}).status, 0);
    EXPECT_EQ(engine.ask({"rm", "sleeper"}).status, 0);
    EXPECT_EQ(containers_in(engine.root), Words{});
}

TEST(RealEngine, TheFirstCommandsOfAFreshStoreMayComeAtOnce) {
    CUTAWAY_NEEDS_ROOT();
    for (int round = 0; round < 5; ++round) {
        Engine engine;
        std::vector<std::unique_ptr<Process>> all;
        for (int i = 0; i < 6; ++i) {
            all.push_back(std::make_unique<Process>(engine.words({"network", "ls", "-q"})));
        }
        for (const auto& one : all) {
            const Answer answer = one->finish();
            EXPECT_EQ(answer.status, 0) << answer.out;
            EXPECT_EQ(std::count(answer.out.begin(), answer.out.end(), '\n'), 3) << answer.out;
        }
    }
}

TEST(RealEngine, TheCallersTerminalIsTheCommandsAndItselfAgainBehindIt) {
    CUTAWAY_NEEDS_ROOT();
    Engine engine;
    Process person(
        engine.words({"run", "--rm", "-it", "--network", "none", "--name", "talker", "lab/hello", "/hello", "talk"}),
        Stdio::terminal);
    ASSERT_TRUE(person.says("window 100x30")) << person.said();
    person.type("one line\r");
    EXPECT_TRUE(person.says("heard one line\r\n")) << person.said();
    person.resize(72, 20);
    EXPECT_TRUE(person.says("window 72x20")) << person.said();
    person.type("\x03");
    EXPECT_TRUE(person.says("interrupted")) << person.said();
    person.type("\x10\x11");  // lets go
    EXPECT_EQ(person.finish().status, 0);
    Process back(engine.words({"attach", "talker"}), Stdio::terminal);
    ASSERT_TRUE(back.says("window 100x30")) << "its own size, told as it comes";
    back.type("again\r");
    ASSERT_TRUE(back.says("heard again")) << back.said();
    back.type("\x04");
    ASSERT_TRUE(back.says("goodbye")) << back.said();
    termios settings{};
    EXPECT_TRUE(eventually([&] {
        return ::tcgetattr(back.keyboard().get(), &settings) == 0 && (settings.c_lflag & (ICANON | ECHO)) != 0;
    }));
    EXPECT_EQ(back.finish().status, 0);
}

TEST(RealEngine, ASignalToTheCommandLineIsTheContainers) {
    CUTAWAY_NEEDS_ROOT();
    Engine engine;
    Process person(engine.words({"run", "--rm", "-i", "--network", "none", "lab/hello", "/hello", "talk"}));
    ASSERT_TRUE(person.says("terminal none")) << person.said();
    ::kill(person.pid(), SIGINT);
    EXPECT_TRUE(person.says("interrupted")) << person.said();
    person.type("a line\n");
    EXPECT_TRUE(person.says("heard a line")) << person.said();
    const Answer answer = person.finish();
    EXPECT_EQ(answer.status, 0);
    EXPECT_TRUE(has(answer.out, "goodbye")) << answer.out;
}

TEST(RealEngine, AnotherUserIsRefusedInOneSentenceByTheFileAndByTheEngine) {
    CUTAWAY_NEEDS_ROOT();
    Engine engine;
    const std::string says = "is not for uid 65533: whoever starts it must say --allow-user uid 65533\n";
    Answer answer = engine.ask({"ps"}, stranger);
    EXPECT_EQ(answer.status, 125);
    EXPECT_TRUE(has(answer.out, says)) << answer.out;
    ASSERT_EQ(::chmod(engine.socket().c_str(), 0666), 0) << "whoever opens the file has not opened the engine";
    answer = engine.ask({"ps"}, stranger);
    EXPECT_EQ(answer.status, 125);
    EXPECT_TRUE(has(answer.out, says)) << answer.out;
    EXPECT_EQ(engine.ask({"ps"}).status, 0);
    EXPECT_EQ(Process({CUTAWAY_PROGRAM, "--engine", engine.socket(), "ps"}).finish().status, 0) << "root may";
}

TEST(RealEngine, WhoIsOfItsGroupMayCome) {
    CUTAWAY_NEEDS_ROOT();
    Engine engine({"--allow-user", user, "--allow-group", "4711"});
    Words words = engine.words({"ps"}, stranger);
    EXPECT_EQ(Process(words).finish().status, 125);
    words.erase(words.begin() + 5);
    words.insert(words.begin() + 5, {"--groups", "4711"});
    const Answer answer = Process(words).finish();
    EXPECT_EQ(answer.status, 0) << answer.out;
}

TEST(RealEngine, ItEndsOnSigtermAndItsContainersRunOn) {
    CUTAWAY_NEEDS_ROOT();
    Engine engine;
    ASSERT_EQ(
        engine.ask({"run", "-d", "--network", "none", "--name", "on", "lab/hello", "/hello", "sleep", "60"}).status, 0);
    Process person(engine.words({"run", "-i", "--network", "none", "--name", "talker", "lab/hello", "/hello", "talk"}));
    ASSERT_TRUE(person.says("terminal none"));
    engine.signal(SIGTERM);
    EXPECT_EQ(engine.finish().status, 0);
    EXPECT_FALSE(std::filesystem::exists(engine.socket()));
    const Answer told = person.finish();
    EXPECT_EQ(told.status, 125);
    EXPECT_TRUE(has(told.out, "has ended; its containers run on\n")) << told.out;
    const std::string listed = cutaway(engine.root, {"ps"}).out;
    EXPECT_TRUE(has(listed, "talker") && has(listed, " on")) << listed;
    EXPECT_EQ(cutaway(engine.root, {"rm", "-f", "on", "talker"}).status, 0);
    const Answer nobody = engine.ask({"ps"});
    EXPECT_EQ(nobody.status, 125);
    EXPECT_TRUE(has(nobody.out, "there is no engine at " + engine.socket() + ": start one with")) << nobody.out;
}

TEST(RealEngine, ASocketThatADeadEngineLeftIsReplacedAndALivingOnesIsNot) {
    CUTAWAY_NEEDS_ROOT();
    Engine engine;
    const Words again = real_words(engine.root, {"engine", "--socket", engine.socket()});
    const Answer second = Process(again).finish();
    EXPECT_EQ(second.status, 1);
    EXPECT_TRUE(has(second.out, "somebody listens at " + engine.socket() + " already\n")) << second.out;
    engine.signal(SIGKILL);
    static_cast<void>(engine.finish());
    const Answer nobody = engine.ask({"ps"});
    EXPECT_TRUE(has(nobody.out, "nobody listens at " + engine.socket() + " any more")) << nobody.out;
    Process third(again);
    EXPECT_TRUE(third.says("The engine listens at")) << third.said();
}

TEST(RealEngine, APlaceThatIsNoneForASocketIsRefused) {
    CUTAWAY_NEEDS_ROOT();
    const TempFolder root;
    std::filesystem::create_directory(root.path("open"));
    ASSERT_EQ(::chmod(root.path("open").c_str(), 0777), 0);
    ASSERT_TRUE(create_file(root.path("file")));
    struct Case {
        Words words;
        std::string says;
    };
    for (const Case& one :
         {Case{{"--socket", root.path("open/s")}, "everybody may write to the folder"},
          Case{{"--socket", root.path("file")}, "is there and is no socket"},
          Case{{"--socket", root.path("absent/s")}, "no such file or directory"},
          Case{{"--socket", root.path(std::string(100, 'x'))}, "no more than 80 bytes"},
          Case{{}, "engine needs --socket PATH"},
          Case{{"--socket", root.path("s"), "--allow-user", "no such user"}, "there is no user \"no such user\""},
          Case{{"--socket", root.path("s"), "--allow-group", "no such group"}, "there is no group"},
          Case{{"--sockets"}, "does not know what to do with \"--sockets\""}}) {
        Words words{"engine"};
        words.insert(words.end(), one.words.begin(), one.words.end());
        const Answer answer = cutaway(root, words);
        EXPECT_NE(answer.status, 0);
        EXPECT_TRUE(has(answer.out, one.says)) << answer.out;
        EXPECT_EQ(std::count(answer.out.begin(), answer.out.end(), '\n'), 1) << answer.out;
    }
    const Answer plain =
        Process({"/usr/bin/setpriv", "--reuid", user, CUTAWAY_PROGRAM, "engine", "--socket", "s"}).finish();
    EXPECT_TRUE(has(plain.out, "an engine takes root: start it with sudo or pkexec")) << plain.out;
}

TEST(RealEngine, TheTraceIsTheCallersFileAndTheStepperStandsAtTheCallersTerminal) {
    CUTAWAY_NEEDS_ROOT();
    Engine engine;
    const TempFolder home;
    ASSERT_EQ(::chown(home.path().c_str(), 65534, 65534), 0);
    Process watcher(engine.words({"watch"}));
    Process person(engine.words({"--trace", home.path("t.jsonl"), "--break", "call:pivot_root", "run", "--rm",
                                 "--network", "none", "lab/hello"}));
    ASSERT_TRUE(person.says("Next: pivot_root")) << person.said();
    EXPECT_TRUE(watcher.says("run 1  stands at its own terminal's stepper")) << watcher.said();
    watcher.type("go 1\n");
    EXPECT_TRUE(watcher.says("run 1 is stepped at its own terminal")) << watcher.said();
    person.type("go\n");
    EXPECT_EQ(person.finish().status, 0);
    struct stat seen {};
    ASSERT_EQ(::stat(home.path("t.jsonl").c_str(), &seen), 0);
    EXPECT_EQ(seen.st_uid, 65534U);
    EXPECT_EQ(Process({CUTAWAY_PROGRAM, "trace", "lint", home.path("t.jsonl")}).finish().status, 0);
}

// What comes back for one message of any bytes, and of so many descriptors.
std::string answer_to(const std::string& socket, const std::string& bytes, std::size_t descriptors = 0) {
    const Result<Fd> knocked = knock_at_engine(socket);
    if (!knocked) {
        return knocked.error().doing;
    }
    const std::vector<int> those(descriptors, 0);
    const int room = 4 << 20;  // more than an ordinary user has
    EXPECT_EQ(::setsockopt(knocked->get(), SOL_SOCKET, SO_SNDBUFFORCE, &room, sizeof room), 0);
    EXPECT_TRUE(send_with(knocked->get(), bytes, those));
    std::string said;
    for (int i = 0; i < 100 && wait_readable(knocked->get(), 10000).value_or(false); ++i) {
        if (!receive_packet(knocked->get(), said).value_or(false)) {
            return "gone";
        }
        const Result<link::Message> message = link::decode(said);
        if (message && std::holds_alternative<link::Refused>(*message)) {
            return std::get<link::Refused>(*message).why;
        }
    }
    return "nothing";
}

TEST(RealEngine, WhatIsNoCommandIsRefusedAndTheEngineGoesOn) {
    CUTAWAY_NEEDS_ROOT();
    Engine engine;
    link::Perform wanted;
    wanted.words = {"ps"};
    EXPECT_EQ(answer_to(engine.socket(), "rubbish"),
              "read a message at the engine's socket: cut or made by another version");
    EXPECT_EQ(answer_to(engine.socket(), std::string(1, '\xff') + std::string(1000, 'x')),
              "read a message at the engine's socket: cut or made by another version");
    EXPECT_EQ(answer_to(engine.socket(), link::encode(link::Leave{})),
              "who comes to the engine's socket begins with a command or with watching");
    EXPECT_TRUE(has(answer_to(engine.socket(), link::encode(wanted)), "a command comes with its descriptors"));
    EXPECT_TRUE(has(answer_to(engine.socket(), link::encode(wanted), 8), "a command comes with its descriptors"));
    EXPECT_TRUE(has(answer_to(engine.socket(), link::encode(wanted), 3), "a command comes with its descriptors"));
    wanted.protocol = 2;
    EXPECT_TRUE(has(answer_to(engine.socket(), link::encode(wanted)), "use the two of one version"));
    EXPECT_EQ(answer_to(engine.socket(), std::string(link::longest_message + 1, 'x')),
              "a first message is too long, or brings more than 8 descriptors");
    EXPECT_TRUE(has(engine.ask({"ps"}).out, "CONTAINER ID"));
    const Answer long_one = engine.ask({"run", std::string(100'000, 'x'), std::string(120'000, 'y')});
    EXPECT_EQ(long_one.status, 125);
    EXPECT_EQ(long_one.out, "cutaway: the command is too long for an engine's socket\n");
}

TEST(RealEngine, WhoSaysNothingIsLetGoAndHoldsNobodyUp) {
    CUTAWAY_NEEDS_ROOT();
    Engine engine;
    std::vector<Fd> silent;
    for (int i = 0; i < 20; ++i) {
        silent.push_back(knock_at_engine(engine.socket()).value_or(Fd()));
        ASSERT_TRUE(silent.back().open());
    }
    EXPECT_EQ(engine.ask({"ps"}).status, 0);
    EXPECT_TRUE(wait_readable(silent.front().get(), 8000).value_or(false));
    std::string said;
    ASSERT_TRUE(receive_packet(silent.front().get(), said).value_or(false));
    EXPECT_TRUE(has(said, "says what they want within five seconds")) << said;
}

TEST(RealEngine, DoctorOfWhoIsNotRootNamesTheEngineAndWhatIsTheirOwn) {
    CUTAWAY_NEEDS_ROOT();
    Engine engine;
    const Answer well = engine.ask({"doctor"});
    EXPECT_EQ(well.status, 0) << well.out;
    EXPECT_TRUE(has(well.out, "ok       an engine for an ordinary user: listens at " + engine.socket() + "\n"));
    EXPECT_TRUE(has(well.out, "You are not root, so your containers are your own: one user, no limits")) << well.out;
    EXPECT_TRUE(has(well.out, "\nContainers can run here with --")) << well.out;
    const Answer shut = engine.ask({"doctor"}, stranger);
    for (const char* part :
         {" an overlay in a user namespace: ", "without  several users in a container: one is mapped",
          "without  limits, pause and stats: no cgroup is made",
          " a network without root: ", "without  an engine for an ordinary user: the engine at "}) {
        EXPECT_TRUE(has(shut.out, part)) << part << "\n" << shut.out;
    }
    EXPECT_FALSE(has(Process({CUTAWAY_PROGRAM, "doctor"}).finish().out, "You are not root")) << "root needs none";
    const bool alone_too = has(shut.out, "ok       an overlay in a user namespace");
    EXPECT_EQ(shut.status, alone_too ? 0 : 1) << shut.out;
    EXPECT_TRUE(
        has(shut.out, "without  an engine for an ordinary user: the engine at " + engine.socket() + " is not for"))
        << shut.out;
}

TEST(RealEngine, WhatOnlyTheEnginesStarterMayChooseIsRefused) {
    struct Case {
        Words words;
        std::string says;
    };
    for (const Case& one :
         {Case{{"--engine", "/s", "--root", "/r", "ps"}, "--root is the engine's: cutaway engine --root /r"},
          Case{{"--engine", "/s", "login"}, "would keep the name and the password as root's"},
          Case{{"--engine", "/s", "--world", "model", "ps"}, "--engine is of the real world"},
          Case{{"--world", "model", "engine", "--socket", "/s"}, "the simulated machine needs none"},
          Case{{"watch"}, "watch takes an engine behind a socket"},
          Case{{"--engine", "/absent/s", "ps"}, "there is no engine at /absent/s: start one with"},
          Case{{"--engine", "/absent/s", "watch"}, "there is no engine at /absent/s: start one with"}}) {
        Words words{CUTAWAY_PROGRAM};
        words.insert(words.end(), one.words.begin(), one.words.end());
        const Answer answer = Process(words).finish();
        EXPECT_NE(answer.status, 0);
        EXPECT_TRUE(has(answer.out, one.says)) << answer.out;
        EXPECT_EQ(std::count(answer.out.begin(), answer.out.end(), '\n'), 1) << answer.out;
    }
}

TEST(RealEngine, OnlyRootsEngineIsGivenATerminal) {
    CUTAWAY_NEEDS_ROOT();
    const TempFolder folder;
    ASSERT_EQ(::chown(folder.path().c_str(), 65533, 65533), 0);
    ASSERT_EQ(::seteuid(65533), 0);
    const Result<EngineDoor> door = EngineDoor::open(folder.path("s"), {65533, std::nullopt});
    ASSERT_EQ(::seteuid(0), 0);
    ASSERT_TRUE(door) << door.error().doing;
    const Result<Fd> knocked = knock_at_engine(folder.path("s"));
    ASSERT_FALSE(knocked);
    EXPECT_EQ(knocked.error().doing, folder.path("s") +
                                         " is answered by uid 65533 and not by root: it is not spoken to, "
                                         "since it would get this terminal");
}

TEST(RealEngine, TheRightsAreTheOwnersRootsAndTheGroups) {
    struct Case {
        Caller caller;
        bool may;
    };
    const DoorRights rights{1000, 44};
    for (const Case& one :
         {Case{{0, 0, 1, {}}, true}, Case{{1000, 5, 1, {}}, true}, Case{{1001, 44, 1, {}}, true},
          Case{{1001, 5, 1, {7, 44}}, true}, Case{{1001, 5, 1, {7, 1000}}, false}, Case{{44, 5, 1, {}}, false}}) {
        EXPECT_EQ(may_enter(one.caller, rights), one.may) << one.caller.uid << ":" << one.caller.gid;
    }
    EXPECT_FALSE(may_enter({1001, 0, 1, {0}}, {1000, std::nullopt}));
    EXPECT_EQ(find_user("0").value_or(9), 0U);
    EXPECT_EQ(find_user("root").value_or(9), 0U);
    EXPECT_FALSE(find_user("4294967295")) << "which is no user but \"none\" to chown(2)";
    EXPECT_FALSE(find_user("-1"));
}

}  // namespace
}  // namespace cutaway::host
