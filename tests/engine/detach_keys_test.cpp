// SPDX-License-Identifier: Apache-2.0
#include "core/engine/detach_keys.h"

#include <string>
#include <vector>

#include <gtest/gtest.h>

namespace cutaway::engine {
namespace {

const std::string gone = "(let go)";

std::string typed(const std::string& keys, const std::vector<std::string>& pieces) {
    Result<DetachKeys> detach = DetachKeys::parse(keys);
    EXPECT_TRUE(detach);
    std::string out;
    for (const std::string& piece : pieces) {
        const DetachKeys::Passed passed = detach->pass(piece);
        out += passed.text;
        if (passed.complete) {
            return out + gone;
        }
    }
    return out;
}

TEST(DetachKeys, AreFoundInWhateverPiecesTheyComeAndTheRestPasses) {
    struct Case {
        std::string keys;
        std::vector<std::string> pieces;
        std::string passed;
    };
    for (const Case& one :
         {Case{"", {"ls\r"}, "ls\r"}, Case{"", {"\x10\x11"}, gone},
          Case{"",
               {"a\x10",
                "\x11"
                "b"},
               "a" + gone},
          Case{"", {"\x10x"}, "\x10x"}, Case{"", {"\x10\x10\x11"}, "\x10" + gone}, Case{"", {"\x11\x10"}, "\x11"},
          Case{"ctrl-a,d", {"ad\x01", "d"}, "ad" + gone}, Case{"q", {"no", "q"}, "no" + gone},
          Case{"ctrl-@,ctrl-_", {std::string("\0\x1f", 2)}, gone}}) {
        EXPECT_EQ(typed(one.keys, one.pieces), one.passed) << one.keys;
    }
}

TEST(DetachKeys, RefuseWhatIsNoKey) {
    for (const char* keys : {"ctrl-", "ctrl-aa", "ctrl-1", "ab", "a,", ",a", "ctrl-p,,q"}) {
        const Result<DetachKeys> read = DetachKeys::parse(keys);
        ASSERT_FALSE(read) << keys;
        EXPECT_TRUE(read.error().doing.starts_with("invalid detach keys (" + std::string(keys) + ")"));
    }
}

}  // namespace
}  // namespace cutaway::engine
