// SPDX-License-Identifier: Apache-2.0
#include "core/scene/found.h"

#include <gtest/gtest.h>

#include "core/scene/encode.h"
#include "core/scene/invariants.h"
#include "tests/scene/build_trace.h"

namespace cutaway::scene {
namespace {

Story a_machine_in_use() {
    Story story;
    story.container("c1", "web", "created");
    story.process(40, "c1", 1, 1, "nginx", {{"pid", "4026532200"}, {"net", "4026532201"}});
    story.container("c1", "web", "running", 40);
    world::Mount mount;
    mount.type = "overlay";
    mount.target = "/merged \"c1\"\n";
    mount.data = "lowerdir=/l2:/l1,upperdir=/u,workdir=/w";
    story.call(mount, "c1", world::Actor::shim);
    story.call(world::WriteCgroup{"/sys/fs/cgroup/cutaway/c1", "memory.max", "64M"}, "c1");
    story.seen(world::FileChanged{"c1", "/etc/\xff\"odd\"", "added", "upper", 12});
    story.seen(world::OutputLine{"c1", world::Stream::err, "ready"});
    story.seen(world::SocketListening{"c1", 40, "tcp", "0.0.0.0", 80});
    story.note(world::VolumeKnown{"data", "/volumes/data", false});
    return story;
}

Picture told_again(const Picture& before) {
    Story later;
    later.note(found_note(before));
    return later.picture;
}

TEST(Found, BringsEverythingThatExistsOntoANewTape) {
    const Picture before = a_machine_in_use().picture;
    const Picture after = told_again(before);
    for (const char* place : {"/containers/web/record", "/containers/web/log", "/processes", "/mounts", "/cgroups",
                              "/listeners", "/volumes"}) {
        const Result<std::string> was = show(before, place);
        ASSERT_TRUE(was) << place;
        EXPECT_NE(*was, "{}") << place;
        EXPECT_EQ(*was, *show(after, place)) << place;
    }
    EXPECT_EQ(after.containers->get("c1")->operator*().upper->size(), 1u);
}

TEST(Found, NumbersWhatItBringsWithItsOwnEvent) {
    const Picture after = told_again(a_machine_in_use().picture);
    EXPECT_EQ(after.seq, 1u);
    EXPECT_TRUE(violations(after).empty()) << violations(after).front().detail;
    for (const Transition& change : (*after.containers->get("c1"))->history) {
        EXPECT_EQ(change.seq, 1u);
    }
}

TEST(Found, LeavesBehindWhatWasUnderWay) {
    Story story = a_machine_in_use();
    story.take(world::SpanStart{}, "", world::Actor::daemon, 90);
    story.take(world::Call(world::ApiRequest{"POST", "/containers/create", "{}"}), "", world::Actor::client, 91);
    const Picture after = told_again(story.picture);
    EXPECT_TRUE(after.spans->empty());
    EXPECT_TRUE(after.calls->empty());
    EXPECT_TRUE(after.exchanges->empty());
}

TEST(Found, KeepsTheEndOfALongLog) {
    Story story = a_machine_in_use();
    for (int line = 0; line < 300; ++line) {
        story.seen(world::OutputLine{"c1", world::Stream::out, "line " + std::to_string(line)});
    }
    const Picture after = told_again(story.picture);
    const Container& container = **after.containers->get("c1");
    EXPECT_EQ(container.log.size(), found_log_lines);
    EXPECT_EQ(container.log.back().text, "line 299");
    EXPECT_EQ(container.log_lines, 301u);
}

TEST(Found, GoesOnBeingFoldedAsBefore) {
    Story early = a_machine_in_use();
    Story late;
    late.note(found_note(early.picture));
    for (Story* story : {&early, &late}) {
        story->seen(world::ProcessExited{"c1", 40, 137, "SIGKILL", false});
        story->seen(world::ProcessReaped{"c1", 40});
        story->container("c1", "web", "exited");
    }
    EXPECT_EQ(*show(early.picture, "/processes"), *show(late.picture, "/processes"));
    EXPECT_EQ(*show(early.picture, "/namespaces"), *show(late.picture, "/namespaces"));
    EXPECT_EQ(*show(early.picture, "/cgroups"), *show(late.picture, "/cgroups"));
}

TEST(Found, ATextThatIsNoPictureChangesNothing) {
    const world::StateFound good = found_note(a_machine_in_use().picture);
    for (std::size_t length = 0; length < good.picture.size(); ++length) {
        Story story;
        story.container("mine", "mine", "running");
        world::StateFound cut = good;
        cut.picture.resize(length);
        story.note(cut);
        ASSERT_TRUE(story.picture.containers->contains("mine")) << "cut at " << length;
        ASSERT_EQ(story.picture.dropped, 1u);
    }
}

TEST(Found, OneWhosePartsContradictEachOtherChangesNothing) {
    for (const char* text : {R"({"processes":[7,{"pid":8}]})", R"({"links":["a:b",{"name":"c"}]})",
                             R"({"cgroups":["/a",{"path":"/a","members":[3,2]}]})"}) {
        Story story;
        story.container("mine", "mine", "running");
        story.note(world::StateFound{{}, 1, text});
        EXPECT_TRUE(story.picture.containers->contains("mine")) << text;
    }
}

TEST(Found, IsTheSameOfAnyPicture) {
    for (std::uint32_t seed = 1; seed <= 20; ++seed) {
        Chaos chaos(seed);
        Picture picture = first_picture(trace::Header{});
        for (std::uint64_t seq = 1; seq <= 400; ++seq) {
            evolve(picture, chaos.event(seq));
        }
        const Picture once = told_again(picture);
        const Picture twice = told_again(once);
        ASSERT_EQ(to_json(once), to_json(twice)) << "seed " << seed;
        ASSERT_EQ(once.processes->size(), picture.processes->size()) << "seed " << seed;
    }
}

}  // namespace
}  // namespace cutaway::scene
