// SPDX-License-Identifier: Apache-2.0
#include "core/scene/expression.h"

#include <algorithm>

#include <gtest/gtest.h>

#include "core/scene/diff.h"
#include "core/scene/snapshots.h"
#include "tests/scene/build_trace.h"

namespace cutaway::scene {
namespace {

Story sample() {
    Story story;
    story.note(world::ImageKnown{"sha256:feed", {"docker.io/library/nginx:latest"}, "", "linux/amd64", 100, {}, {}});
    story.container("3f2aaa", "web", "running", 10);
    story.container("77bb00", "db", "exited");
    story.process(10, "3f2aaa", 1, 1, "nginx: master");
    story.process(11, "3f2aaa", 10, 2, "nginx: worker");
    story.seen(world::OutputLine{"3f2aaa", world::Stream::out, "first"});
    story.seen(world::OutputLine{"3f2aaa", world::Stream::err, "last"});
    story.seen(world::UsageSampled{"3f2aaa", "/cg", 64U << 20U, 5, 2, 0});
    story.call(world::Mount{"tmpfs", "tmpfs", "/t", {}, ""});
    return story;
}

std::string answer(const std::string& text, const Picture& picture) {
    const Result<Expression> expression = parse_expression(text);
    if (!expression) {
        return expression.error().doing;
    }
    const Result<Value> value = evaluate(*expression, picture);
    return value ? to_json(*value) : value.error().doing;
}

TEST(Expression, says_what_the_manual_says) {
    const Story story = sample();
    const std::vector<std::pair<std::string, std::string>> cases{
        {R"(containers["web"].state == "running")", "true"},
        {R"(containers["web"].state == 'running')", "true"},
        {R"(/containers/web/state == "running")", "true"},
        {R"(/containers/web/record/state)", R"("running")"},
        {R"(containers["3f2a"].name)", R"("web")"},
        {R"(containers["3f2aaa"].name)", R"("web")"},
        {R"(containers["nobody"].state)", "missing"},
        {R"(containers["nobody"].state == "running")", "false"},
        {R"(containers["nobody"].state != "running")", "false"},
        {R"(!(containers["nobody"].state == "running"))", "true"},
        {R"(exists(containers["nobody"]))", "false"},
        {R"(exists(containers["web"]))", "true"},
        {R"(images["nginx"].platform)", R"("linux/amd64")"},
        {R"(images["nginx:latest"].id)", R"("sha256:feed")"},
        {R"(exists(images["inx"]))", "false"},
        {R"(images["fee"].size)", "100"},
        {"processes[10].command", R"("nginx: master")"},
        {"/processes/11/parent", "10"},
        {"count(processes)", "2"},
        {"count(processes) > 1 && count(containers) == 2", "true"},
        {R"(count(processes, it.container == containers["web"].id))", "2"},
        {R"(any(processes, starts_with(it.command, "nginx")))", "true"},
        {R"(all(processes, it.state == "running"))", "true"},
        {R"(all(containers, it.state == "running"))", "false"},
        {R"(find(processes, it.inner_pid == 2).pid)", "11"},
        {R"(find(processes, it.inner_pid == 9).pid)", "missing"},
        {R"(any(containers, key == "77bb00"))", "true"},
        {"any(containers, any(processes, it.pid == 11))", "true"},
        {R"(containers["web"].log[-1].text)", R"("last")"},
        {R"(containers["web"].log[0].stream)", R"("out")"},
        {R"(containers["web"].log[5])", "missing"},
        {R"(len(containers["web"].log))", "2"},
        {R"(len("four"))", "4"},
        {R"(contains("hello world", "lo w"))", "true"},
        {R"("lo" in "hello")", "true"},
        {R"("web" in containers)", "true"},
        {R"(contains(containers, "mars"))", "false"},
        {R"(matches("nginx: worker", "nginx: w*r"))", "true"},
        {R"(matches("nginx", "n?inx"))", "true"},
        {R"(matches("nginx", "n?nx"))", "false"},
        {R"(ends_with("nginx", "inx"))", "true"},
        {"sum(processes, it.pid)", "21"},
        {"min(processes, it.pid)", "10"},
        {"max(processes, it.pid)", "11"},
        {"max(volumes, 1)", "missing"},
        {"sum(volumes)", "0"},
        {"cgroups[\"/cg\"].usage[-1].memory == 64MiB", "true"},
        {"/cgroups/~1cg/usage/0/memory / 2", "at 30: expected an operator or the end, found '/'"},
        {"mounts[\"/t\"].type", R"("tmpfs")"},
        {"10s > 9999ms", "true"},
        {"1 + 2 * 3 - 4", "3"},
        {"(1 + 2) * 3", "9"},
        {"-2 + 1", "-1"},
        {"1.5 + 1", "2.500000"},
        {"9223372036854775807 + 1", "missing"},
        {"1 == 1.0", "true"},
        {"1 == \"1\"", "false"},
        {"1 != \"1\"", "true"},
        {"1 < \"2\"", "false"},
        {"\"a\" < \"b\"", "true"},
        {"null == pull.platform", "true"},
        {"exists(pull.platform)", "true"},
        {"true and not false or false", "true"},
        {"false && missing_is_not_reached", "at 10: nothing is called missing_is_not_reached"},
        {"phase", R"("none")"},
        {"containers[\"web\"].record == containers[\"web\"].record", "true"},
        {"containers[\"web\"].record == containers[\"db\"].record", "false"},
        {"\"a\\\"b\" == 'a\"b'", "true"},
        {"find(containers, it.name == \"db\") == containers.db", "true"},
    };
    for (const auto& [text, expected] : cases) {
        EXPECT_EQ(answer(text, story.picture), expected) << text;
    }
}

TEST(Expression, says_where_a_text_is_wrong_and_what_was_expected) {
    const Picture picture;
    const std::vector<std::pair<std::string, std::string>> cases{
        {"", "at 1: expected a value, found the end"},
        {"1 +", "at 4: expected a value, found the end"},
        {"(1", "at 3: expected ')', found the end"},
        {"count(processes", "at 16: expected ',' or ')', found the end"},
        {"phase = \"exec\"", "at 7: expected '==' to compare, found '='"},
        {"contaners", "at 1: nothing is called contaners; did you mean containers"},
        {"/proceses/1", "at 2: nothing is called proceses; did you mean processes"},
        {"cuont(processes)", "at 1: there is no function cuont; did you mean count"},
        {"any(processes)", "at 1: it is any(list, condition)"},
        {"exists()", "at 1: it is exists(path)"},
        {"it.pid", "at 1: it stands for an item only inside any, all, find, count, sum, min and max"},
        {"\"open", "at 1: this text has no closing \""},
        {"containers[1", "at 13: expected ']', found the end"},
        {"containers.", "at 12: expected a field's name, found the end"},
        {"1 2", "at 3: expected an operator or the end, found '2'"},
        {"99999999999999999999", "at 1: a number too large"},
        {"5parsecs", "at 2: expected a unit (KiB, MiB, GiB, ns, us, ms, s, min) or an operator, found 'p'"},
        {"\x01", "at 1: expected a value, found an odd byte"},
        {"/", "at 2: expected a name behind '/', found the end"},
    };
    for (const auto& [text, expected] : cases) {
        EXPECT_EQ(answer(text, picture), expected) << text;
    }
}

TEST(Expression, refuses_what_is_too_long_too_deep_or_too_much_work) {
    const Story story = sample();
    EXPECT_FALSE(parse_expression(std::string(5000, '1')));
    EXPECT_FALSE(parse_expression(std::string(200, '(') + "1" + std::string(200, ')')));
    EXPECT_FALSE(parse_expression(std::string(200, '!') + "true"));
    std::string chain = "1";
    for (int i = 0; i < 100; ++i) {
        chain += "+1";
    }
    EXPECT_FALSE(parse_expression(chain));
    Story crowd;
    for (int pid = 1; pid <= 1000; ++pid) {
        crowd.process(pid, "", 0, 0, "p");
    }
    const Result<Expression> square = parse_expression("count(processes, any(processes, it.pid == -1))");
    ASSERT_TRUE(square);
    const Result<Value> value = evaluate(*square, crowd.picture);
    ASSERT_FALSE(value);
    EXPECT_EQ(value.error().code, Errc::unsupported);
    EXPECT_FALSE(holds(*square, crowd.picture));
}

TEST(Complete, offers_fields_names_and_functions) {
    const Story story = sample();
    const auto offers = [&](const std::string& text, const std::string& expected) {
        const auto all = complete(text, story.picture);
        EXPECT_NE(std::find(all.begin(), all.end(), expected), all.end()) << text << " offers no " << expected;
    };
    offers("cont", "containers");
    offers("cont", "contains(");
    offers("containers[\"w", "containers[\"web\"]");
    offers("containers[\"web\"].sta", "containers[\"web\"].state");
    offers("/containers/", "/containers/web");
    offers("count(proc", "count(processes");
    offers("1 == 1 && containers.web.na", "1 == 1 && containers.web.name");
    offers("/cgroups/", "/cgroups/~1cg");
    EXPECT_TRUE(complete("zzz", story.picture).empty());
    EXPECT_TRUE(complete("containers[\"zz\"].", story.picture).empty());
}

TEST(Show, prints_a_place_or_says_what_is_there_instead) {
    const Story story = sample();
    EXPECT_EQ(*show(story.picture, "/containers/web/state"), "\"running\"");
    EXPECT_NE(show(story.picture, "")->find("\"containers\": {"), std::string::npos);
    const Result<std::string> missing = show(story.picture, "containers[\"web\"].stat");
    ASSERT_FALSE(missing);
    EXPECT_EQ(missing.error().doing,
              "there is nothing at containers[\"web\"].stat; there is containers[\"web\"].state");
}

TEST(Diff, names_each_change_in_words) {
    Story story = sample();
    const Picture before = story.picture;
    story.container("3f2aaa", "web", "paused", 10);
    story.process(12, "3f2aaa", 10, 3, "sh");
    story.seen(world::ProcessExited{"3f2aaa", 11, 0, "", false});
    story.seen(world::OutputLine{"3f2aaa", world::Stream::out, "hello"});
    std::vector<std::string> lines;
    for (const Change& change : diff(before, story.picture)) {
        lines.push_back(describe(change));
    }
    const auto said = [&](const std::string& line) {
        return std::find(lines.begin(), lines.end(), line) != lines.end();
    };
    EXPECT_TRUE(said("container web: state from \"running\" to \"paused\"")) << testing::PrintToString(lines);
    EXPECT_TRUE(said("process 12 (sh) of web is new"));
    EXPECT_TRUE(said("process 11 (nginx: worker) of web is gone"));
    EXPECT_TRUE(diff(before, before).empty());
    EXPECT_EQ(diff(before, story.picture, 2).size(), 2U);
}

TEST(Search, finds_where_a_condition_becomes_true_in_both_directions) {
    Story story;
    for (int round = 0; round < 40; ++round) {
        story.container("c1", "web", "running");
        story.container("c1", "web", "running");
        story.container("c1", "web", "exited");
    }
    Timeline timeline(
        trace::Header{},
        [&](std::uint64_t position, trace::Event& event) {
            if (position == 0 || position > story.events.size()) {
                return false;
            }
            event = story.events[static_cast<std::size_t>(position - 1)];
            return true;
        },
        16);
    timeline.load();
    const Expression running = *parse_expression("containers.web.state == \"running\"");
    const Expression never = *parse_expression("containers.web.state == \"dead\"");
    for (std::uint64_t from = 0; from <= 121; ++from) {
        const std::uint64_t back = from <= 1 ? 0 : (from - 2) / 3 * 3 + 1;
        EXPECT_EQ(find_back(timeline, from, running).value_or(0), back) << from;
        const std::uint64_t ahead = from / 3 * 3 + (from % 3 == 0 ? 1 : 4);
        EXPECT_EQ(find_forward(timeline, from, running).value_or(999), ahead > 120 ? 999 : ahead) << from;
    }
    EXPECT_FALSE(find_back(timeline, 120, never));
    EXPECT_FALSE(find_forward(timeline, 0, never));
}

}  // namespace
}  // namespace cutaway::scene
