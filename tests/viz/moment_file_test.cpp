// SPDX-License-Identifier: Apache-2.0
// Moments as files, without a window: what was put in comes out, and whatever else the bytes are gives one sentence.
#include "viz/app/moment_file.h"

#include <gtest/gtest.h>

#include "core/base/sha256.h"
#include "tests/viz/scene.h"
#include "viz/view/fork.h"

namespace cutaway {
namespace {

using app::MomentFile;

MomentFile example() {
    MomentFile out;
    out.head.tape = 70;
    out.head.cursor = 12;
    out.head.machine_at = 50;
    out.head.under_way = {"run", "--name", "a \"b\"", "nginx"};
    out.head.stands_before = "join the layers";
    out.head.stopped_by = trace::StepMode::step;
    out.head.boundaries = {{3, "pull nginx", 9}, {}};
    out.head.layout.grain = trace::StepMode::phase;
    out.head.layout.open = "network";
    out.head.layout.side = "points";
    out.head.layout.chosen = "web";
    out.head.layout.pin_a = 0;
    out.head.layout.points = {{"call:mount", false}};
    out.head.layout.present = true;
    out.trace = "{\"format\":\"cutaway-trace\"}\n";
    out.machine = {{"machine.bin", std::string("\0\n\xff", 3)}, {"journal.jsonl", ""}, {"past/3.bin", "x"}};
    return out;
}

std::string problem(const std::string& bytes) {
    const Result<MomentFile> read = app::decode_moment(bytes);
    return read ? std::string("none") : read.error().doing;
}

TEST(MomentFiles, HoldAllThatWasPutIn) {
    const MomentFile put = example();
    const Result<MomentFile> got = app::decode_moment(app::encode(put));
    ASSERT_TRUE(got.has_value()) << got.error().doing;
    app::MomentHead head = got->head;
    EXPECT_EQ(head.trace_size, put.trace.size());
    EXPECT_EQ(head.machine.size(), 3U);
    EXPECT_NE(head.program, "");
    head.trace_size = 0;
    head.machine.clear();
    head.sum.clear();
    head.program.clear();
    EXPECT_TRUE(head == put.head);
    EXPECT_EQ(got->trace, put.trace);
    EXPECT_EQ(got->machine, put.machine);
    EXPECT_TRUE(app::is_moment(app::encode(MomentFile())));
    EXPECT_EQ(problem(app::encode(MomentFile())), "none") << "a lesson's has neither tape nor machine";
}

TEST(MomentFiles, AreWholeOrRefusedWhereverTheyAreCut) {
    const std::string whole = app::encode(example());
    for (std::size_t size = 0; size < whole.size(); ++size) {
        EXPECT_NE(problem(whole.substr(0, size)), "none") << size;
    }
    EXPECT_NE(problem(whole + "x"), "none");
    for (std::size_t at = whole.find('\n'); at < whole.size(); ++at) {
        std::string other = whole;
        other[at] = static_cast<char>(other[at] ^ 1);
        EXPECT_NE(problem(other), "none") << at;
    }
}

TEST(MomentFiles, SayWhatIsWrongInOneSentence) {
    const std::string rest = "trace";
    const std::string sum = ",\"sum\":\"" + sha256_hex(rest) + "\"";
    const std::string begin = R"({"format":"cutaway-moment","version":1)";
    struct Case {
        std::string bytes;
        const char* says;
    };
    const Case cases[] = {
        {begin + ",\"trace_size\":5" + sum + "}\n" + rest, "none"},
        {"", "it is no moment"},
        {R"({"format":"cutaway-trace","version":1})", "it is no moment"},
        {begin + ",\"trace_size\":5" + sum + "}", "it is cut short or damaged; ask for it again"},
        {begin + ",\"trace_size\":6" + sum + "}\n" + rest, "it is cut short or damaged; ask for it again"},
        {begin + ",\"trace_size\":5}\n" + rest, "it is cut short or damaged; ask for it again"},
        {begin + ",\"trace_size\":18446744073709551615,\"machine\":[{\"name\":\"machine.bin\",\"size\":6}]" + sum +
             "}\n" + rest,
         "it is cut short or damaged; ask for it again"},
        {begin + ",\"machine\":[{\"name\":\"../machine.bin\",\"size\":5}]" + sum + "}\n" + rest,
         "it holds a file that no machine has: \"../machine.bin\""},
        {begin + ",\"machine\":[{\"name\":\"objects/../../x\",\"size\":5}]" + sum + "}\n" + rest,
         "it holds a file that no machine has: \"objects/../../x\""},
        {begin + ",\"cursor\":\"x\"}\n", "its first line is damaged"},
        {R"({"format":"cutaway-moment","version":0})"
         "\n",
         "its first line is damaged"},
        {R"({"format":"cutaway-moment","version":7,"cursor":{"of":"another kind"}})"
         "\n",
         "a newer cutaway wrote it (version 7 of such files, this one reads 1); open it with that one"}};
    for (const Case& one : cases) {
        EXPECT_EQ(problem(one.bytes), one.says) << one.bytes;
    }
}

TEST(MomentFiles, NameOnlyWhatARootOfAMachineHas) {
    const std::string hex(64, 'a');
    for (const std::string& name :
         {std::string("machine.bin"), std::string("journal.jsonl"), std::string("journal/12.jsonl"), "bodies/" + hex,
          "objects/" + hex, std::string("past/7.bin"), std::string("past/index.bin")}) {
        EXPECT_TRUE(cli::is_machine_file(name)) << name;
    }
    for (const std::string& name : {std::string(), std::string("lock"), std::string("past/"), std::string("past/x.bin"),
                                    std::string("/etc/x"), "bodies/" + hex + "a", "bodies/" + std::string(64, 'G'),
                                    std::string("forks/a/machine.bin"), std::string("journal/../machine.bin"),
                                    std::string("machine.bin/x"), std::string("window/preferences.json")}) {
        EXPECT_FALSE(cli::is_machine_file(name)) << name;
    }
}

TEST(MomentFiles, OfNoMachineArePlacedNowhere) {
    const std::string hex(64, 'a');
    EXPECT_FALSE(cli::check_machine({}).has_value());
    EXPECT_FALSE(cli::check_machine({{"journal.jsonl", ""}}).has_value());
    EXPECT_FALSE(cli::check_machine({{"machine.bin", "cutaway-machine 0005 and no more"}}).has_value());
    EXPECT_FALSE(cli::check_machine({{"machine.bin", std::string(4096, '\0')}, {"bodies/" + hex, ""}}).has_value());
}

TEST(Forks, StandAtTheNearestBoundaryNotBehindTheView) {
    view::Story story;
    const auto take = [&](const std::vector<std::string>& typed) {
        trace::Event event;
        event.kind = trace::EventKind::note;
        event.body = typed.empty() ? world::Note(world::Decision()) : world::Note(world::CommandTyped{typed});
        story.add(event);
    };
    for (const std::vector<std::string>& typed :
         std::vector<std::vector<std::string>>{{}, {"pull", "nginx"}, {}, {}, {"run", "nginx"}, {}, {}}) {
        take(typed);
    }
    struct Case {
        std::uint64_t position;
        bool working;
        std::size_t command;
    };
    for (const Case& one :
         {Case{0, false, 0}, Case{1, false, 0}, Case{2, false, 0}, Case{3, false, 0}, Case{4, false, 1},
          Case{5, false, 1}, Case{6, true, 1}, Case{7, true, 1}, Case{7, false, 2}}) {
        EXPECT_EQ(view::boundary_at(story, one.position, one.working), one.command) << one.position;
    }
    EXPECT_EQ(view::boundary_at(view::Story(), 0, false), 0U);
}

TEST(Forks, AreOfferedInWordsAndOnlyOfASimulatedMachine) {
    view::Scene scene;
    view::Moment moment;
    scene::Picture picture = scene.picture;
    picture.world = "model";
    moment.picture = &picture;
    moment.story = &scene.story;
    moment.position = 4;
    moment.head = scene.story.size();
    EXPECT_EQ(view::fork_place(moment), "as before \"run nginx\"");
    moment.position = moment.head;
    EXPECT_EQ(view::fork_place(moment), "as it is now");
    moment.recorded = true;
    EXPECT_EQ(view::fork_place(moment), "");
    moment.recorded = false;
    picture.world = "real";
    EXPECT_EQ(view::fork_place(moment), "");
}

}  // namespace
}  // namespace cutaway
