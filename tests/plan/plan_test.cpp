// SPDX-License-Identifier: Apache-2.0
#include <random>

#include <gtest/gtest.h>

#include "tests/plan/plan_text.h"

namespace cutaway::plan {
namespace {

using Random = std::mt19937;

std::size_t below(Random& random, std::size_t end) {
    return std::uniform_int_distribution<std::size_t>(0, end - 1)(random);
}

// Any value of any type that a call's field has.
template <class T>
void fill(Random& random, T& value) {
    if constexpr (std::is_same_v<T, std::string>) {
        value.clear();
        for (std::size_t i = below(random, 12); i > 0; --i) {
            value.push_back(static_cast<char>(below(random, 256)));
        }
    } else if constexpr (std::is_same_v<T, bool>) {
        value = below(random, 2) == 1;
    } else if constexpr (std::is_same_v<T, world::Space>) {
        value = static_cast<T>(below(random, 7));
    } else if constexpr (std::is_integral_v<T>) {
        value =
            static_cast<T>(std::uniform_int_distribution<std::int64_t>()(random) * (below(random, 2) == 1 ? 1 : -1));
    } else if constexpr (Described<T>) {
        visit_fields(static_cast<const T*>(nullptr),
                     [&](std::string_view, auto member) { fill(random, value.*member); });
    } else {
        value.resize(below(random, 4));
        for (auto& one : value) {
            fill(random, one);
        }
    }
}

template <std::size_t... Index>
world::Call call_of(Random& random, std::size_t kind, std::index_sequence<Index...>) {
    world::Call call;
    ((Index == kind ? static_cast<void>(call.emplace<Index>()) : static_cast<void>(0)), ...);
    std::visit([&](auto& one) { fill(random, one); }, call);
    return call;
}

constexpr std::size_t kinds = std::variant_size_v<world::Call>;

world::Call any_call(Random& random, std::size_t kind) {
    return call_of(random, kind, std::make_index_sequence<kinds>());
}

Plan any_plan(Random& random) {
    Plan plan;
    fill(random, plan.container);
    for (std::size_t i = below(random, 20); i > 0; --i) {
        PlannedCall planned;
        planned.place = static_cast<Place>(below(random, 3));
        planned.actor = static_cast<world::Actor>(below(random, 7));
        planned.phase = static_cast<world::Phase>(below(random, 13));
        fill(random, planned.step);
        fill(random, planned.why);
        planned.call = any_call(random, below(random, kinds));
        for (std::size_t j = below(random, 3); j > 0; --j) {
            planned.undo.push_back(any_call(random, below(random, kinds)));
        }
        plan.calls.push_back(planned);
    }
    return plan;
}

TEST(PlanCodec, every_kind_of_call_comes_back_as_it_was) {
    Random random(1);
    for (std::size_t kind = 0; kind < kinds; ++kind) {
        for (int round = 0; round < 20; ++round) {
            Plan plan;
            plan.calls.emplace_back();
            plan.calls.back().call = any_call(random, kind);
            const Result<Plan> back = decode(encode(plan));
            ASSERT_TRUE(back) << kind_of(plan.calls.back().call);
            EXPECT_EQ(*back, plan);
        }
    }
}

TEST(PlanCodec, any_plan_comes_back_as_it_was) {
    Random random(2);
    for (int round = 0; round < 200; ++round) {
        const Plan plan = any_plan(random);
        const Result<Plan> back = decode(encode(plan));
        ASSERT_TRUE(back);
        EXPECT_EQ(*back, plan);
    }
}

TEST(PlanCodec, a_plan_that_is_cut_anywhere_is_refused) {
    Random random(3);
    Plan plan = any_plan(random);
    plan.calls.resize(4);
    const std::string bytes = encode(plan);
    for (std::size_t size = 0; size < bytes.size(); ++size) {
        const Result<Plan> back = decode(std::string_view(bytes).substr(0, size));
        ASSERT_FALSE(back) << size;
        EXPECT_EQ(back.error().code, Errc::invalid);
    }
    EXPECT_FALSE(decode(bytes + "x"));
}

// What is decoded may be nonsense, but it is a plan: it can be written again and means the same.
TEST(PlanCodec, bad_bytes_never_do_harm) {
    Random random(4);
    for (int round = 0; round < 20000; ++round) {
        std::string bytes;
        if (round % 2 == 0) {
            bytes = encode(any_plan(random));
            for (std::size_t i = below(random, 4); i > 0 && !bytes.empty(); --i) {
                bytes[below(random, bytes.size())] = static_cast<char>(below(random, 256));
            }
        } else {
            fill(random, bytes);
        }
        if (const Result<Plan> back = decode(bytes)) {
            EXPECT_EQ(decode(encode(*back)).value(), *back);
        }
    }
}

TEST(PlanUndo, takes_back_only_what_was_begun_and_newest_first) {
    Plan plan;
    for (const char* name : {"a", "b", "c"}) {
        PlannedCall planned;
        planned.call = world::MakeVeth{name, ""};
        planned.undo = {world::RemoveLink{name}, world::RemovePath{name}};
        plan.calls.push_back(planned);
        plan.calls.emplace_back();  // a call that leaves nothing behind
    }
    struct Case {
        std::uint32_t upto;
        std::vector<std::string> undo;
    };
    const Case cases[] = {
        {0, {}},
        {1, {"link_remove a", "remove a"}},
        {2, {"link_remove a", "remove a"}},
        {3, {"link_remove b", "remove b", "link_remove a", "remove a"}},
        {6, {"link_remove c", "remove c", "link_remove b", "remove b", "link_remove a", "remove a"}},
        {99, {"link_remove c", "remove c", "link_remove b", "remove b", "link_remove a", "remove a"}},
    };
    for (const Case& c : cases) {
        EXPECT_EQ(texts(undo_of(plan, c.upto)), c.undo) << c.upto;
    }
}

TEST(PlanPid, the_process_that_is_not_born_yet_is_filled_in_where_it_stands_for_itself) {
    struct Case {
        world::Call call;
        std::string filled;
    };
    const Case cases[] = {
        {world::MoveLink{"p1", init_pid, "eth0"}, "link_move p1 77 eth0"},
        {world::SendSignal{init_pid, "SIGKILL"}, "kill 77 SIGKILL"},
        {world::SendSignal{5, "SIGKILL"}, "kill 5 SIGKILL"},
        {world::SetNamespace{init_pid, {}}, "setns 77 -"},
        {world::AwaitExit{"c", init_pid, -1}, "await_exit c 77 -1"},
        {world::WriteCgroup{"/g", "cgroup.procs", "$PID"}, "cgroup_write /g cgroup.procs 77"},
        {world::WriteCgroup{"/g", "memory.max", "max"}, "cgroup_write /g memory.max max"},
        {world::MakeDir{"/$PID", 0700}, "mkdir /$PID 448"},
        {world::MapIds{init_pid, {{0, 1000, 1}}, {{0, 100, 1}}}, "map_ids 77 0 1000 1 0 100 1"},
        {world::StartCompanion{"/bin/h", {"h", "-p", "$PID", "/proc/$PID/ns"}},
         "start_companion /bin/h h,-p,77,/proc/77/ns"},
    };
    for (const Case& c : cases) {
        EXPECT_EQ(call_text(with_pid(c.call, 77)), c.filled);
    }
}

}  // namespace
}  // namespace cutaway::plan
