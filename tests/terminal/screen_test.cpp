// SPDX-License-Identifier: Apache-2.0
// A terminal without its picture: what bytes leave in its cells, what keys send, and that no bytes make it hold or do
// more than it may.
#include "viz/terminal/screen.h"

#include <random>

#include <gtest/gtest.h>

#include "viz/terminal/tame.h"
#include "viz/terminal/typing.h"

namespace cutaway::terminal {
namespace {

std::string row(const Screen& screen, std::uint64_t line) { return utf8(screen.line(line)); }

Press key(Key which) {
    Press press;
    press.key = which;
    return press;
}

Press letter(char32_t which, bool control = false) {
    Press press;
    press.letter = which;
    press.control = control;
    return press;
}

TEST(Screen, BytesBecomeCells) {
    Screen screen({4, 20});
    screen.feed("plain \x1b[1;31mred\x1b[0m \x1b[7mback\x1b[0m\r\n\x1b[38;2;1;2;3mé世x");
    EXPECT_EQ(row(screen, 0), "plain red back");
    const std::vector<Cell> first = screen.line(0);
    EXPECT_EQ(first[0].look, Look{});
    EXPECT_TRUE(first[6].look.bold);
    EXPECT_EQ(first[6].look.ink.kind, Hue::Kind::palette);
    EXPECT_EQ(first[6].look.ink.index, 1);
    EXPECT_TRUE(first[10].look.reverse);
    const std::vector<Cell> second = screen.line(1);
    EXPECT_EQ(utf8(second[0]), "é");
    EXPECT_TRUE(second[1].wide);
    EXPECT_EQ(row(screen, 1), "é世x");
    EXPECT_EQ(second[0].look.ink.kind, Hue::Kind::rgb);
    EXPECT_EQ(second[0].look.ink.b, 3);
    EXPECT_EQ(screen.cursor().at, (Place{1, 4}));
    EXPECT_EQ(screen.used(), 2U);
}

TEST(Screen, LinesAboveTheTopAreKeptUnderTheirNumbers) {
    Screen screen({3, 10});
    for (int n = 0; n < 10; ++n) {
        screen.feed("line" + std::to_string(n) + (n < 9 ? "\r\n" : ""));
    }
    EXPECT_EQ(screen.top(), 7U);
    EXPECT_EQ(row(screen, 0), "line0");
    EXPECT_EQ(row(screen, 9), "line9");
    EXPECT_EQ(screen.text({5, 2}, {7, 3}), "ne5\nline6\nlin");
    EXPECT_TRUE(screen.line(10).empty());
    for (std::size_t n = 0; n < Screen::most_lines + 50; ++n) {
        screen.feed("\r\nmore");
    }
    EXPECT_GT(screen.first(), 0U);
    EXPECT_EQ(screen.top() - screen.first(), Screen::most_lines);
    EXPECT_TRUE(screen.line(0).empty()) << "forgotten";
    EXPECT_EQ(row(screen, screen.end() - 1), "more");
}

TEST(Screen, AnEditorHasAScreenOfItsOwnAndGivesTheOldOneBack) {
    Screen screen({4, 20});
    screen.feed("before\r\n");
    screen.feed("\x1b[?1049h\x1b[2J\x1b[Heditor\x1b[?25l");
    EXPECT_TRUE(screen.full_screen());
    EXPECT_FALSE(screen.cursor().visible);
    EXPECT_EQ(row(screen, screen.top()), "editor");
    screen.feed("\x1b[?25h\x1b[?1049l");
    EXPECT_FALSE(screen.full_screen());
    EXPECT_TRUE(screen.cursor().visible);
    EXPECT_EQ(row(screen, screen.top()), "before");
}

TEST(Screen, KeysAreSentAsTheProgramAskedForThem) {
    Screen screen({4, 20});
    EXPECT_EQ(screen.press(letter(U'a')), "a");
    EXPECT_EQ(screen.press(letter(U'é')), "é");
    EXPECT_EQ(screen.press(letter(U'c', true)), "\x03");
    EXPECT_EQ(screen.press(key(Key::enter)), "\r");
    EXPECT_EQ(screen.press(key(Key::backspace)), "\x7f");
    EXPECT_EQ(screen.press(key(Key::up)), "\x1b[A");
    screen.feed("\x1b[?1h");
    EXPECT_EQ(screen.press(key(Key::up)), "\x1bOA") << "cursor keys of an application";
    EXPECT_EQ(screen.press(key(Key::del)), "\x1b[3~");
    EXPECT_EQ(screen.paste("two\nlines\x1b[201~"), "two\rlines[201~");
    screen.feed("\x1b[?2004h");
    EXPECT_EQ(screen.paste("a"), "\x1b[200~a\x1b[201~");
    screen.feed("\x1b[6n");
    EXPECT_EQ(screen.replies(), "\x1b[1;1R");
    EXPECT_EQ(screen.replies(), "");
}

TEST(Screen, ASizeThatCannotBeIsTheNextOneThatCan) {
    Screen screen({0, 0});
    EXPECT_EQ(screen.size(), Screen::least);
    screen.resize({100000, 100000});
    EXPECT_EQ(screen.size(), Screen::most);
    screen.feed("still here");
    screen.resize({5, 30});
    EXPECT_EQ(screen.size(), (Size{5, 30}));
}

TEST(Screen, TheCursorStaysInItsLineWhenTheSizeChanges) {
    Screen screen({5, 40});
    for (int n = 0; n < 8; ++n) {
        screen.feed("line" + std::to_string(n) + "\r\n");
    }
    screen.feed("prompt ");
    for (const Size size : {Size{10, 40}, Size{4, 40}, Size{6, 60}, Size{3, 20}, Size{24, 80}}) {
        screen.resize(size);
        EXPECT_EQ(screen.cursor().at, (Place{8, 7})) << size.rows;
        EXPECT_EQ(row(screen, 8), "prompt");
        EXPECT_EQ(row(screen, 7), "line7");
    }
}

TEST(Screen, AnEmptyLineThatTheCursorIsInStaysItsOwn) {
    Screen screen({10, 40});
    screen.feed("one\r\ntwo\r\nthree\r\nfour\r\n");
    screen.resize({3, 40});
    screen.feed("next");
    EXPECT_EQ(row(screen, 3), "four");
    EXPECT_EQ(row(screen, 4), "next");
    screen.feed("\x1b[1;1H");
    screen.resize({2, 40});
    screen.feed("X");
    EXPECT_EQ(screen.cursor().at.column, 1) << "no line above the top is written to";
}

TEST(Tamer, TakesStringsOutAndLeavesTheRest) {
    const std::vector<std::pair<std::string, std::string>> cases{
        {"text\x1b[31mred\x1b[0m", "text\x1b[31mred\x1b[0m"},
        {"\x1b]0;a title\aafter", "after"},
        {"\x1b]52;c;c2VjcmV0\x1b\\after", "after"},
        {"\x1bPq#0;2\x1b\\after", "after"},
        {"\x1b_never ended", ""},
        {"\x1b]cut off\x1b[1mbold", "\x1b[1mbold"},
        {"\x1b[99999999999999999999b", "\x1b[9999b"},
        {"\x1b[1;2;3;4;5;6;7;8;9;10;11;12;13;14;15;16;17;18m", "\x1b[1;2;3;4;5;6;7;8;9;10;11;12;13;14;15;16m"},
        {"\x1b[12\x1b[3m", "\x1b[12\x18\x1b[3m"},
        {"a\xc2\x98"
         "b\xc2\xa9\xc3\xa9",
         "ab\xc2\xa9\xc3\xa9"},
        {"\x1b(B\x1b=", "\x1b(B\x1b="},
        {"\x1b\x1b[A", "\x1b[A"},
    };
    for (const auto& [in, out] : cases) {
        EXPECT_EQ(Tamer().pass(in), out) << in;
        Tamer pieces;
        std::string slowly;
        for (const char c : in) {
            slowly += pieces.pass(std::string(1, c));
        }
        EXPECT_EQ(slowly, out) << "byte by byte: " << in;
    }
    EXPECT_EQ(with_returns("a\nb\r\nc"), "a\r\nb\r\nc");
}

// Bytes as they come, and bytes that are mostly sequences, with sizes that change on the way.
TEST(Screen, NoBytesBreakIt) {
    std::mt19937 random(7);
    const std::string parts =
        "\x1b[]?0123456789;:PX^_()#ABCDHJKLMPSTXZ@bcdefghlmnqrsu\r\n\t\b\a\x0e\x0f 1049h2004\x9b\xc3\xa9";
    Screen screen({24, 80});
    for (int round = 0; round < 3000; ++round) {
        std::string bytes;
        const bool wild = round % 3 == 0;
        for (std::size_t n = 0, count = random() % 200; n < count; ++n) {
            if (wild) {
                bytes += static_cast<char>(random());
            } else {
                bytes += random() % 4 == 0 ? std::string("\x1b[") : std::string(1, parts[random() % parts.size()]);
            }
        }
        screen.feed(bytes);
        if (round % 7 == 0) {
            screen.resize({static_cast<int>(random() % 60), static_cast<int>(random() % 200)});
        }
        const Size size = screen.size();
        const Cursor cursor = screen.cursor();
        ASSERT_LT(cursor.at.line, screen.end());
        ASSERT_LE(cursor.at.column, size.columns);
        ASSERT_LE(screen.top() - screen.first(), Screen::most_lines);
        ASSERT_LE(screen.line(screen.top()).size(), static_cast<std::size_t>(size.columns));
        ASSERT_LE(screen.replies().size(), 4096U);
        if (round % 50 == 0) {  // All that was kept: thousands of lines, so not in each round.
            (void)screen.text({screen.first(), 0}, {screen.end(), 0});
        }
    }
}

TEST(Typing, ALineIsEditedBeforeTheProgramReadsIt) {
    Typing typing;
    std::string echo;
    for (const char32_t one : std::u32string(U"lx")) {
        echo += typing.press(letter(one)).echo;
    }
    echo += typing.press(key(Key::backspace)).echo;
    echo += typing.press(letter(U's')).echo;
    const Typed entered = typing.press(key(Key::enter));
    EXPECT_EQ(echo + entered.echo, "lx\b \bs\r\n");
    EXPECT_EQ(entered.input, "ls\n");
    EXPECT_EQ(typing.press(key(Key::up)).echo, "ls");
    EXPECT_EQ(typing.press(letter(U'u', true)).echo, "\b \b\b \b");
    EXPECT_EQ(typing.press(key(Key::backspace)).echo, "") << "nothing before the line's beginning is rubbed out";
    (void)typing.press(key(Key::down));
    EXPECT_EQ(typing.press(letter(U'd', true)).input, "") << "the end of input";
    (void)typing.paste("echo a  b");
    EXPECT_EQ(typing.press(letter(U'w', true)).echo, "\b \b");
    EXPECT_EQ(typing.press(letter(U'd', true)).input, "echo a  ");
    (void)typing.press(letter(U'x'));
    const Typed interrupted = typing.press(letter(U'c', true));
    EXPECT_TRUE(interrupted.interrupt);
    EXPECT_FALSE(interrupted.input.has_value());
    EXPECT_EQ(typing.press(key(Key::enter)).input, "\n") << "the line is gone";
    EXPECT_EQ(typing.paste("one\ntwo\nthr").input, "one\ntwo\n");
}

}  // namespace
}  // namespace cutaway::terminal
