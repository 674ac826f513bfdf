// SPDX-License-Identifier: Apache-2.0
// Two runs side by side, without a window: steps of both in one order, and of the calls only those that differ.
#include "viz/view/versus.h"

#include <gtest/gtest.h>

#include "core/world/call.h"

namespace cutaway::view {
namespace {

class Told {
public:
    Told& step(const std::string& title) {
        close();
        world::SpanStart start;
        start.grain = world::Grain::step;
        start.title = title;
        take(start, trace::EventKind::span_begin, ++spans_, 0);
        open_ = spans_;
        return *this;
    }
    Told& call(const std::string& file, const std::string& value) {
        world::WriteCgroup write;
        write.file = file;
        write.value = value;
        take(world::Call(write), trace::EventKind::call_begin, ++spans_, open_);
        take(trace::CallEnd(), trace::EventKind::call_end, spans_, 0);
        return *this;
    }
    const std::vector<trace::Event>& events() {
        close();
        return events_;
    }

private:
    void close() {
        if (open_ != 0) {
            take(trace::SpanEnd(), trace::EventKind::span_end, std::exchange(open_, 0), 0);
        }
    }
    void take(trace::Body body, trace::EventKind kind, std::uint32_t span, std::uint32_t parent) {
        trace::Event event;
        event.seq = events_.size() + 1;
        event.kind = kind;
        event.span = span;
        event.parent = parent;
        event.body = std::move(body);
        events_.push_back(std::move(event));
    }
    std::vector<trace::Event> events_;
    std::uint32_t spans_ = 0;
    std::uint32_t open_ = 0;
};

std::string text_of(const Versus& versus) {
    std::string text;
    for (const VersusRow& row : versus.rows) {
        text += std::string(row.depth * 2, ' ') + row.title + ": " + word_of(row.verdict) +
                (row.detail.empty() ? "" : " (" + row.detail + ")") + "\n";
    }
    return text;
}

TEST(Versus, ShowsEveryStepAndOfTheCallsThoseThatDiffer) {
    Told left;
    left.step("make the group").call("cgroup.procs", "1").step("limits").call("memory.max", "64").step("go");
    Told right;
    right.step("make the group").call("cgroup.procs", "1").step("limits").call("memory.max", "128").step("publish");
    right.call("net", "8080");
    right.step("go");
    const Versus versus = versus_of(left.events(), right.events());
    EXPECT_EQ(text_of(versus),
              "make the group: same\n"
              "limits: differs\n"
              "  cgroup_write: differs (value: 64 against 128)\n"
              "publish: only right\n"
              "  cgroup_write: only right (file: net, value: 8080)\n"
              "go: same\n");
    EXPECT_EQ(versus.different, 3U) << "the call, the step that is new, and what is in it";
    const Versus back = versus_of(right.events(), left.events());
    EXPECT_NE(text_of(back).find("publish: only left"), std::string::npos);
    const auto& rows = versus.rows;
    ASSERT_EQ(rows.size(), 6U);
    EXPECT_EQ(right.events()[rows[3].right].kind, trace::EventKind::span_begin);
    EXPECT_EQ(std::get<world::SpanStart>(right.events()[rows[3].right].body).title, "publish") << "a press leads there";
}

TEST(Versus, OfTheSameRunHasNoDifference) {
    Told one;
    one.step("make the group").call("cgroup.procs", "1");
    const Versus versus = versus_of(one.events(), one.events());
    EXPECT_EQ(versus.different, 0U);
    EXPECT_EQ(text_of(versus), "make the group: same\n");
    EXPECT_TRUE(versus_of({}, {}).rows.empty());
}

}  // namespace
}  // namespace cutaway::view
