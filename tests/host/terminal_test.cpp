// SPDX-License-Identifier: Apache-2.0
// Terminals in the real world: -t as a person at one meets it, and coming back to a container that runs.
#include "core/host/terminal.h"

#include <fcntl.h>
#include <pty.h>
#include <termios.h>
#include <unistd.h>

#include <thread>

#include "tests/host/program.h"

namespace cutaway::host {
namespace {

const std::string ctrl_c = "\x03";
const std::string ctrl_d = "\x04";
const std::string let_go = "\x10\x11";

bool is_raw(const Fd& terminal) {
    termios settings{};
    return ::tcgetattr(terminal.get(), &settings) == 0 && (settings.c_lflag & (ICANON | ECHO | ISIG)) == 0;
}

Words talk(const Words& flags) {
    Words words{"run", "--rm", "--network", "none", "--name", "talker"};
    words.insert(words.end(), flags.begin(), flags.end());
    words.insert(words.end(), {"lab/hello", "/hello", "talk"});
    return words;
}

TEST(RealTerminal, TheProgramHasOneOfItsOwnAndKeysSizeAndCtrlCReachIt) {
    CUTAWAY_NEEDS_ROOT();
    const TempFolder root;
    Process person(real_words(root, talk({"-it"})), Stdio::terminal);
    ASSERT_TRUE(person.says("terminal /dev/pts/0, session 1, leader 1")) << person.said();
    ASSERT_TRUE(person.says("window 100x30")) << person.said();
    EXPECT_TRUE(is_raw(person.keyboard())) << "the keys are the container's";
    person.type("one line\r");
    EXPECT_TRUE(person.says("heard one line\r\n")) << person.said();
    person.resize(72, 20);
    EXPECT_TRUE(person.says("window 72x20")) << person.said();
    person.type(ctrl_c);
    EXPECT_TRUE(person.says("interrupted")) << person.said();
    person.type(ctrl_d);
    ASSERT_TRUE(person.says("goodbye")) << person.said();
    EXPECT_TRUE(eventually([&] { return !is_raw(person.keyboard()); })) << "the person's terminal is itself again";
    EXPECT_EQ(person.finish().status, 0);
    EXPECT_TRUE(eventually([&] { return traces_of(root.path()).empty(); }));
}

TEST(RealTerminal, TheConsoleIsTheSameTerminalAndTheHostsIsNowhereInside) {
    CUTAWAY_NEEDS_ROOT();
    const TempFolder root;
    Process person(real_words(root, {"run", "--rm", "-it", "--network", "none", "lab/hello", "/hello", "probe"}),
                   Stdio::terminal);
    const Answer answer = person.finish();
    EXPECT_TRUE(has(answer.out, R"("fds":["0 /dev/pts/0","1 /dev/pts/0","2 /dev/pts/0"])")) << answer.out;
    EXPECT_TRUE(has(answer.out, " /dev/console rw")) << answer.out;
    EXPECT_TRUE(has(answer.out, R"("TERM")")) << answer.out;
}

TEST(RealTerminal, OneLetsGoByKeysAndComesBackByAttachAndExec) {
    CUTAWAY_NEEDS_ROOT();
    const TempFolder root;
    {
        Process person(real_words(root, talk({"-it"})), Stdio::terminal);
        ASSERT_TRUE(person.says("window 100x30")) << person.said();
        person.type(let_go);
        EXPECT_EQ(person.finish().status, 0) << person.said();
    }
    EXPECT_TRUE(has(cutaway(root, {"ps"}).out, "talker"));
    Process back(real_words(root, {"attach", "--detach-keys", "ctrl-x,x", "talker"}), Stdio::terminal);
    back.type("again\r");
    ASSERT_TRUE(back.says("heard again")) << back.said();
    {
        Process other(real_words(root, {"exec", "-it", "talker", "/hello", "talk"}), Stdio::terminal);
        ASSERT_TRUE(other.says("terminal /dev/pts/1")) << other.said();
        other.type(ctrl_d);
        EXPECT_EQ(other.finish().status, 0) << other.said();
    }
    back.type("\x18x");
    ASSERT_TRUE(back.says("read escape sequence")) << back.said();
    EXPECT_EQ(back.finish().status, 1);
    Process last(real_words(root, {"attach", "talker"}), Stdio::terminal);
    last.type("bye\r");
    ASSERT_TRUE(last.says("heard bye")) << last.said();
    last.type(ctrl_d);
    EXPECT_EQ(last.finish().status, 0) << last.said();
    EXPECT_TRUE(eventually([&] { return traces_of(root.path()).empty(); }));
    EXPECT_EQ(containers_in(root), Words{});
}

TEST(RealTerminal, AttachedWithoutATerminalOneSeesAndTypesToo) {
    CUTAWAY_NEEDS_ROOT();
    const TempFolder root;
    ASSERT_EQ(cutaway(root, {"run", "-d", "-i", "--rm", "--name", "copier", "--network", "none", "lab/hello", "/hello",
                             "copy"})
                  .status,
              0);
    Process person(real_words(root, {"attach", "copier"}));
    person.type("through the door\n");
    EXPECT_TRUE(person.says("through the door\n")) << person.said();
    EXPECT_TRUE(eventually([&] { return has(cutaway(root, {"logs", "copier"}).out, "through the door"); }));
    EXPECT_EQ(person.finish().status, 0) << "the end of input is passed on, and that ends the program";
    EXPECT_EQ(containers_in(root), Words{});
}

// The container writes what it reads while nobody reads what it writes: whoever waits for the other would wait for ever.
TEST(RealRun, MoreInputThanAnyPipeHoldsPassesThrough) {
    CUTAWAY_NEEDS_ROOT();
    const TempFolder root;
    Process copier(real_words(root, {"run", "--rm", "-i", "--network", "none", "lab/hello", "/hello", "copy"}));
    std::string text;
    for (int line = 0; line < 60000; ++line) {
        text += "line " + std::to_string(line) + "\n";
    }
    std::thread typist([&] { copier.type(text); });
    EXPECT_TRUE(copier.says("line 59999\n"));
    typist.join();
    const Answer answer = copier.finish();
    EXPECT_EQ(answer.status, 0);
    EXPECT_TRUE(answer.out.ends_with(text)) << answer.out.size() << " bytes came back of " << text.size();
}

TEST(Terminal, IsItselfAgainBehindRawKeys) {
    int outer = -1;
    int inner = -1;
    ASSERT_EQ(::openpty(&outer, &inner, nullptr, nullptr, nullptr), 0);
    const Fd person(outer);
    const Fd program(inner);
    EXPECT_FALSE(is_raw(program));
    set_raw(program.get(), true);
    EXPECT_TRUE(is_raw(program));
    set_raw(program.get(), true);  // twice is once
    set_raw(program.get(), false);
    EXPECT_FALSE(is_raw(program));
    set_raw(-1, true);  // no terminal: nothing happens
    EXPECT_FALSE(window_size(-1).has_value());
}

}  // namespace
}  // namespace cutaway::host
