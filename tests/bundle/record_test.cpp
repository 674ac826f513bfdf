// SPDX-License-Identifier: Apache-2.0
#include "core/bundle/record.h"

#include <string>

#include "tests/bundle/config.h"

namespace cutaway::bundle {
namespace {

Record record() {
    Record record;
    record.version = "1.0.2";
    record.id = "box";
    record.bundle = "/bundle";
    record.root = "/bundle/rootfs";
    record.created = "2026-01-02T03:04:05Z";
    record.pid = 4711;
    record.born = 99;
    record.calls = 50;
    record.groups = v1();
    record.annotations = {{"b", "2"}, {"a", "\"1\""}};
    return record;
}

TEST(Record, WhatIsKeptIsReadBack) {
    const Result<Record> back = parse_record(to_json(record()));
    ASSERT_TRUE(back) << back.error().doing;
    EXPECT_EQ(to_json(*back), to_json(record()));
    EXPECT_EQ(back->annotations.size(), 2U);
    EXPECT_EQ(back->groups.layout, world::CgroupLayout::hybrid);
    EXPECT_FALSE(parse_record("{}"));
    EXPECT_FALSE(parse_record(to_json(record()).substr(0, 40))) << "cut";
}

TEST(Record, TheStateIsTheSpecifications) {
    const nlohmann::json state = nlohmann::json::parse(state_json(record(), Standing::created));
    EXPECT_EQ(state["ociVersion"], "1.0.2");
    EXPECT_EQ(state["status"], "created");
    EXPECT_EQ(state["pid"], 4711);
    EXPECT_EQ(state["bundle"], "/bundle");
    EXPECT_EQ(state["annotations"]["a"], "\"1\"");
    EXPECT_EQ(nlohmann::json::parse(state_json(record(), Standing::stopped))["pid"], 0) << "nobody is there any more";
    EXPECT_EQ(nlohmann::json::parse(list_json({{record(), Standing::running}}))[0]["status"], "running");
}

TEST(Record, AHooksStateIsJsonWhateverTheNames) {
    const std::string text = hook_state("box", "/a \"bundle\" $PID", "creating", "$PID", {{"k", "v"}});
    EXPECT_LT(text.find("$PID"), text.find("/a ")) << "the first is the one that is filled in";
    const nlohmann::json state = nlohmann::json::parse(hook_state("box", "/a \"b\"", "stopped", "0", {{"k", "v"}}));
    EXPECT_EQ(state["bundle"], "/a \"b\"");
    EXPECT_EQ(state["annotations"]["k"], "v");
}

TEST(Record, AnIdIsAName) {
    for (const char* good : {"a", "web-1", "a.b_c+d", "0123456789abcdef"}) {
        EXPECT_TRUE(check_id(good)) << good;
    }
    for (const char* bad : {"", ".", "..", ".seccomp", "a/b", "a b", "a\n", "ä"}) {
        EXPECT_FALSE(check_id(bad)) << bad;
    }
}

}  // namespace
}  // namespace cutaway::bundle
