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

}  // namespace
}  // namespace cutaway::world
