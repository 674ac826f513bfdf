// SPDX-License-Identifier: Apache-2.0
// The messages as bytes, and the log's lines.
#include <random>

#include <gtest/gtest.h>

#include "tests/runtime/stage.h"

namespace cutaway::runtime {
namespace {

std::vector<Message> one_of_each() {
    Ended ended;
    ended.index = 3;
    ended.failed = true;
    ended.code = Errc::denied;
    ended.sys_errno = 13;
    ended.error = "execve /x";
    return {test::small_start(),  Proceed{4},
            Abort{false},         ended,
            Started{77},          Output{world::Stream::err, std::string("bytes\0", 6)},
            Input{"typed"},       Resize{24, 80},
            Exited{137, 9, true}, Kept{}};
}

TEST(Protocol, EveryMessageComesBackAsItWas) {
    for (const Message& message : one_of_each()) {
        const std::string bytes = encode(message);
        const Result<Message> back = decode(bytes);
        ASSERT_TRUE(back) << back.error().doing;
        EXPECT_EQ(encode(*back), bytes);
        EXPECT_EQ(back->index(), message.index());
    }
}

TEST(Protocol, WhatIsCutOrOddIsAnErrorAndNeverWorse) {
    std::mt19937 random(1);
    for (const Message& message : one_of_each()) {
        const std::string bytes = encode(message);
        for (std::size_t size = 0; size < bytes.size(); ++size) {
            EXPECT_FALSE(decode(bytes.substr(0, size))) << size;
        }
        EXPECT_FALSE(decode(bytes + "x"));
        for (int i = 0; i < 200; ++i) {
            std::string odd = bytes;
            odd[random() % odd.size()] = static_cast<char>(random());
            static_cast<void>(decode(odd));
        }
    }
}

TEST(Protocol, AnEndedCallIsItsResultAgain) {
    world::Reply reply;
    reply.value = 9;
    reply.system_calls = {{"mount", "…", -1, 2}};
    const Result<world::Reply> good = to_result(to_ended(1, reply));
    ASSERT_TRUE(good);
    EXPECT_EQ(*good, reply);
    const Result<world::Reply> bad = to_result(to_ended(1, Error{Errc::exists, 17, "mkdir /x"}));
    ASSERT_FALSE(bad);
    EXPECT_EQ(bad.error().code, Errc::exists);
    EXPECT_EQ(bad.error().sys_errno, 17);
    EXPECT_EQ(bad.error().doing, "mkdir /x");
}

TEST(Log, ALineIsDockersJson) {
    EXPECT_EQ(log_line(world::Stream::err, "a \"b\"\n", 1'700'000'000'000'000'005),
              "{\"log\":\"a \\\"b\\\"\\n\",\"stream\":\"stderr\",\"time\":\"2023-11-14T22:13:20.000000005Z\"}\n");
}

TEST(Log, DatesAreTrueAcrossTheCalendarsOddities) {
    struct Case {
        std::int64_t seconds;
        const char* text;
    };
    for (const Case& one :
         {Case{0, "1970-01-01T00:00:00.000000000Z"}, Case{951782400, "2000-02-29T00:00:00.000000000Z"},
          Case{4107542400, "2100-03-01T00:00:00.000000000Z"}, Case{1709251199, "2024-02-29T23:59:59.000000000Z"},
          Case{-1, "1969-12-31T23:59:59.000000000Z"}}) {
        EXPECT_EQ(rfc3339(one.seconds * 1'000'000'000), one.text);
    }
}

TEST(Log, LongLinesAreCutAndTheLastNeedsNoNewline) {
    test::Trio trio(test::small_start());
    Result<Launched> launched = trio.launch();
    ASSERT_TRUE(launched);
    trio.host.output.push_back({world::Stream::out, std::string(40000, 'x')});
    trio.init_ends(Exited{0, 0, false});
    ASSERT_EQ(trio.host.lines.size(), 3U);
    EXPECT_EQ(trio.host.lines[0].size(), 16384U);
    EXPECT_EQ(trio.host.lines[1].size(), 16384U);
    EXPECT_EQ(trio.host.lines[2].size(), 40000U - 2 * 16384U);
    EXPECT_EQ(std::count(trio.host.log.begin(), trio.host.log.end(), '\n'), 3);
}

}  // namespace
}  // namespace cutaway::runtime
