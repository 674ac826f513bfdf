// SPDX-License-Identifier: Apache-2.0
#include "core/world/by_hand.h"

#include <string>
#include <vector>

#include <gtest/gtest.h>

namespace cutaway::world {
namespace {

TEST(ByHand, WordsAreQuotedSoThatBashReadsThemBack) {
    struct Case {
        std::string text;
        std::string word;
    };
    const std::vector<Case> cases{{"plain/path-1.2", "plain/path-1.2"},
                                  {"", "''"},
                                  {"a b", "'a b'"},
                                  {"$HOME;rm", "'$HOME;rm'"},
                                  {"it's", "$'it\\'s'"},
                                  {"a\nb\\", "$'a\\012b\\\\'"},
                                  {"~", "'~'"},
                                  {"*", "'*'"}};
    for (const Case& one : cases) {
        EXPECT_EQ(shell_word(one.text), one.word);
    }
}

TEST(ByHand, OnesOwnIdIsWrittenAndMoreAreMappedByTheProgramThatMay) {
    EXPECT_EQ(by_hand(MapIds{-1, {{0, 1000, 1}}, {{0, 100, 1}}}),
              "echo deny >/proc/\"$PID\"/setgroups && echo 0 100 1 >/proc/\"$PID\"/gid_map && echo 0 1000 1 "
              ">/proc/\"$PID\"/uid_map");
    EXPECT_EQ(by_hand(MapIds{7, {{0, 1000, 1}, {1, 100000, 65536}}, {{0, 100, 1}, {1, 100000, 65536}}}),
              "newuidmap 7 0 1000 1 1 100000 65536 && newgidmap 7 0 100 1 1 100000 65536");
    EXPECT_EQ(
        by_hand(StartCompanion{"/usr/bin/slirp4netns", {"slirp4netns", "--configure", "--ready-fd=3", "$PID", "eth0"}}),
        "/usr/bin/slirp4netns --configure \"$PID\" eth0 &");
}

}  // namespace
}  // namespace cutaway::world
