// SPDX-License-Identifier: Apache-2.0
// The table's own rules: what is read, what chance is taken out, and which words are today's.
#include "tests/peers/table.h"

#include <gtest/gtest.h>

namespace cutaway::peers {
namespace {

TEST(PeerTable, StepsBelongToTheirScenarioAndReasonsToTheirStep) {
    const Table table = read_table(
        "# a remark\n~ old => new\n! /0/Pid both: chance\n\n== one\n- docker run\n$ docker ps\n! stdout real: why\n"
        "{ docker inspect x\n");
    EXPECT_EQ(table.wrong, "");
    ASSERT_EQ(table.wordings.size(), 1U);
    ASSERT_EQ(table.everywhere.size(), 1U);
    EXPECT_EQ(table.everywhere[0].text, "chance");
    ASSERT_EQ(table.scenarios.size(), 1U);
    const std::vector<Step>& steps = table.scenarios[0].steps;
    ASSERT_EQ(steps.size(), 3U);
    EXPECT_FALSE(steps[0].compared);
    ASSERT_EQ(steps[1].reasons.size(), 1U);
    EXPECT_EQ(steps[1].reasons[0].side, "real");
    EXPECT_EQ(steps[1].reasons[0].line, 8);
    EXPECT_EQ(steps[2].compare, Compare::fields);
}

TEST(PeerTable, ALineThatIsNoneOfTheseIsNamed) {
    for (const char* wrong :
         {"docker ps", "$ docker ps", "! stdout real: why before any step\n== x\n! exit", "~ no arrow",
          "== x\n! stdout real: no step yet", "== x\n$ y\n! stdout elsewhere: why", "== x\n$ y\n! exit both:"}) {
        EXPECT_NE(read_table(wrong).wrong, "") << wrong;
    }
}

TEST(PeerTable, WhatChanceDecidesIsTakenOutAndNothingElse) {
    const std::string id(64, 'a');
    const std::vector<std::pair<std::string, std::string>> cases{
        {"sha256:" + id, "sha256:<id>\n"},
        {"0123456789ab web", "<id> web\n"},
        {"0123456789abc", "0123456789abc\n"},
        {"deadbeef", "deadbeef\n"},
        {"\"2026-11-22T07:00:00.123Z\"", "\"<time>\"\n"},
        {"Up 3 seconds", "Up <ago>\n"},
        {"Exited (0) Less than a second ago", "Exited (0) <ago> ago\n"},
        {"NAMES     IMAGE  ", "NAMES  IMAGE\n"},
        {"3 apples", "3 apples\n"},
        {"", ""},
    };
    for (const auto& [text, plain] : cases) {
        EXPECT_EQ(without_chance(text), plain) << text;
    }
}

TEST(PeerTable, OldWordsBecomeTodaysWithinALine) {
    const std::vector<Wording> wordings{{"See 'docker % --help'.\n", "Run 'docker % --help'\n"},
                                        {"No %: %", "no % like %"}};
    EXPECT_EQ(in_todays_words("x\nSee 'docker run --help'.\ny\n", wordings), "x\nRun 'docker run --help'\ny\n");
    EXPECT_EQ(in_todays_words("See 'docker run\n--help'.\n", wordings), "See 'docker run\n--help'.\n");
    EXPECT_EQ(in_todays_words("No cup: of tea\nleft", wordings), "no cup like of tea\nleft");
}

TEST(PeerTable, FieldsAreLeavesByTheirPath) {
    const std::map<std::string, std::string> fields =
        fields_of(R"([{"State": {"Pid": 7}, "Args": ["a"], "Env": null}])");
    EXPECT_EQ(fields.size(), 3U);
    EXPECT_EQ(fields.at("/0/State/Pid"), "7\n");
    EXPECT_EQ(fields.at("/0/Args/0"), "\"a\"\n");
    EXPECT_TRUE(fields_of("no json").empty());
}

}  // namespace
}  // namespace cutaway::peers
