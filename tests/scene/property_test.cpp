// SPDX-License-Identifier: Apache-2.0
#include <map>

#include <gtest/gtest.h>

#include "core/scene/diff.h"
#include "core/scene/encode.h"
#include "core/scene/invariants.h"
#include "core/scene/snapshots.h"
#include "tests/scene/build_trace.h"

namespace cutaway::scene {
namespace {

std::vector<trace::Event> chaos(std::uint32_t seed, std::uint64_t count) {
    Chaos source(seed);
    std::vector<trace::Event> events;
    for (std::uint64_t seq = 1; seq <= count; ++seq) {
        events.push_back(source.event(seq));
    }
    return events;
}

Timeline timeline_of(const std::vector<trace::Event>& events, std::uint64_t every) {
    return Timeline(
        trace::Header{},
        [&events](std::uint64_t position, trace::Event& event) {
            if (position == 0 || position > events.size()) {
                return false;
            }
            event = events[static_cast<std::size_t>(position - 1)];
            return true;
        },
        every);
}

TEST(AnyEvents, never_crash_and_keep_the_picture_within_its_bounds) {
    for (std::uint32_t seed = 1; seed <= 20; ++seed) {
        Picture picture = first_picture(trace::Header{});
        for (const trace::Event& event : chaos(seed, 3000)) {
            evolve(picture, event);
        }
        for (const Violation& violation : structural_violations(picture)) {
            ADD_FAILURE() << "seed " << seed << ": " << violation.rule << ": " << violation.detail;
        }
    }
}

TEST(AnyEvents, fold_to_the_same_picture_when_they_are_only_folded_as_somebody_looks) {
    const auto events = chaos(7, 900);
    Timeline known = timeline_of(events, 64);
    known.load();
    for (const std::uint64_t first : {std::uint64_t{0}, std::uint64_t{1}, std::uint64_t{500}, std::uint64_t{900}}) {
        Timeline timeline = timeline_of(events, 64);
        timeline.expect(events.size());
        EXPECT_EQ(timeline.size(), events.size());
        EXPECT_EQ(timeline.folded(), 0U) << "nothing was asked for";
        EXPECT_EQ(to_json(timeline.at(first)), to_json(known.at(first))) << first;
        EXPECT_EQ(timeline.folded(), first);
        EXPECT_EQ(timeline.fold_on(100), first + 100 < events.size());
        EXPECT_EQ(timeline.folded(), std::min<std::uint64_t>(first + 100, events.size()));
        for (const std::uint64_t position : {std::uint64_t{63}, std::uint64_t{64}, std::uint64_t{820}}) {
            EXPECT_EQ(to_json(timeline.at(position)), to_json(known.at(position))) << first << ", " << position;
        }
        EXPECT_EQ(to_json(timeline.last()), to_json(known.last())) << first;
        EXPECT_FALSE(timeline.fold_on(1)) << "all are";
        EXPECT_EQ(timeline.snapshots(), known.snapshots());
    }
}

TEST(AnyEvents, fold_to_the_same_picture_from_a_snapshot_as_from_the_beginning) {
    for (std::uint32_t seed = 1; seed <= 4; ++seed) {
        const auto events = chaos(seed, 1200);
        Timeline timeline = timeline_of(events, 64);
        EXPECT_EQ(timeline.load(), events.size());
        std::map<std::uint64_t, std::string> cursors;
        std::mt19937 random(seed);
        for (int i = 0; i < 12; ++i) {
            cursors[random() % (events.size() + 1)] = {};
        }
        Picture full = first_picture(trace::Header{});
        for (std::uint64_t position = 0; position <= events.size(); ++position) {
            if (position > 0) {
                evolve(full, events[static_cast<std::size_t>(position - 1)]);
            }
            if (cursors.count(position) != 0) {
                cursors[position] = to_json(full);
            }
        }
        for (const auto& [position, json] : cursors) {
            EXPECT_EQ(to_json(timeline.at(position)), json) << "seed " << seed << " position " << position;
        }
    }
}

TEST(AnyEvents, leave_older_snapshots_as_they_were) {
    const auto events = chaos(9, 600);
    Timeline timeline = timeline_of(events, 16);
    std::vector<std::string> seen;
    for (const trace::Event& event : events) {
        if (timeline.size() % 50 == 0) {
            seen.push_back(to_json(timeline.last()));
        }
        timeline.add(event);
    }
    for (std::size_t at = 0; at < seen.size(); ++at) {
        EXPECT_EQ(to_json(timeline.at(at * 50)), seen[at]) << at;
    }
}

TEST(AnyEvents, that_two_copies_take_differently_do_not_mix) {
    Story story;
    story.container("c1", "web", "running");
    story.seen(world::OutputLine{"c1", world::Stream::out, "both"});
    Picture other = story.picture;
    story.seen(world::OutputLine{"c1", world::Stream::out, "one"});
    trace::Event event;
    event.seq = 99;
    event.body = world::Observation(world::OutputLine{"c1", world::Stream::out, "two"});
    evolve(other, event);
    const auto last = [](const Picture& picture) { return (*picture.containers->get("c1"))->log.back().text; };
    EXPECT_EQ(last(story.picture), "one");
    EXPECT_EQ(last(other), "two");
    EXPECT_EQ((*other.containers->get("c1"))->log.front().text, "both");
}

TEST(AnyEvents, are_cut_to_a_multiple_of_their_own_size) {
    Story story;
    story.container("c1", "web", "running");
    const std::string flood(1'000'000, 'x');
    story.seen(world::OutputLine{"c1", world::Stream::out, flood});
    story.call(world::Mount{flood, flood, flood, {flood}, flood});
    story.note(world::CommandTyped{{flood, flood}});
    EXPECT_LT(to_json(story.picture).size(), 30 * Limits::text);
    EXPECT_TRUE(structural_violations(story.picture).empty());
}

TEST(Diff, between_two_pictures_is_empty_only_if_they_are_equal) {
    const auto events = chaos(5, 800);
    Picture before = first_picture(trace::Header{});
    for (const trace::Event& event : events) {
        Picture after = before;
        evolve(after, event);
        Picture moved = before;
        moved.seq = after.seq;
        moved.t_ns = after.t_ns;
        EXPECT_EQ(diff(before, after).empty(), moved == after) << event.seq;
        before = std::move(after);
    }
}

TEST(Table, behaves_as_std_map_under_random_changes) {
    std::mt19937 random(3);
    Table<int, int> table;
    std::map<int, int> map;
    std::vector<std::pair<Cow<Table<int, int>>, std::map<int, int>>> copies;
    for (int step = 0; step < 20'000; ++step) {
        const int key = static_cast<int>(random() % 700);
        if (random() % 3 == 0) {
            EXPECT_EQ(table.erase(key), map.erase(key) == 1);
        } else {
            table[key] = step;
            map[key] = step;
        }
        if (step % 2000 == 0) {
            copies.emplace_back(table, map);
        }
    }
    copies.emplace_back(table, map);
    for (const auto& [held, expected] : copies) {
        ASSERT_EQ(held->size(), expected.size());
        auto at = expected.begin();
        for (const auto& [key, value] : *held) {
            EXPECT_EQ(key, at->first);
            EXPECT_EQ(value, at->second);
            ++at;
        }
    }
    EXPECT_EQ(table.lower_bound(350)->first, map.lower_bound(350)->first);
    EXPECT_EQ(table.lower_bound(10'000), table.end());
}

}  // namespace
}  // namespace cutaway::scene
