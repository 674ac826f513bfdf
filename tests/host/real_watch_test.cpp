// SPDX-License-Identifier: Apache-2.0
// What happens by itself on this machine and nobody asked for: the trace has it, and says that it was observed.
#include <algorithm>
#include <sstream>

#include "core/trace/line.h"
#include "core/world/observation.h"
#include "tests/host/program.h"

namespace cutaway::host {
namespace {

class RealWatch : public testing::Test {
protected:
    void SetUp() override { CUTAWAY_NEEDS_ROOT(); }
    void TearDown() override {
        for (const std::string& id : containers_in(root_)) {
            cutaway(root_, {"rm", "-f", id});
        }
    }

    Answer traced(Words words) {
        words.insert(words.begin(), {"--trace", trace()});
        return cutaway(root_, words);
    }
    [[nodiscard]] std::string trace() const { return root_.path("watched.trace"); }

    // Of the trace, in order.
    template <class What>
    std::vector<What> seen() const {
        std::vector<What> found;
        std::istringstream lines(text_of(trace()));
        std::string line;
        std::getline(lines, line);
        while (std::getline(lines, line)) {
            trace::Event event;
            EXPECT_EQ(trace::decode_line(line, event).problem, "");
            const auto* observed = std::get_if<world::Observation>(&event.body);
            if (const auto* what = observed == nullptr ? nullptr : std::get_if<What>(observed)) {
                EXPECT_EQ(event.evidence, world::Evidence::observed);
                found.push_back(*what);
            }
        }
        return found;
    }
    [[nodiscard]] std::string started(const Words& words) {
        const std::string id = cutaway(root_, words).out;
        return id.size() < 65 ? id : id.substr(id.size() - 65, 64);
    }

    TempFolder root_;
};

TEST_F(RealWatch, ASignalsFateIsSeenForPidOneWithAndWithoutAHandler) {
    ASSERT_EQ(cutaway(root_, {"pull", "-q", "lab/tools"}).status, 0);
    ASSERT_EQ(cutaway(root_, {"pull", "-q", "lab/web"}).status, 0);
    const std::string deaf = started({"run", "-d", "--name", "deaf", "--network", "none", "lab/tools", "sleep", "900"});
    ASSERT_EQ(traced({"stop", "-t", "1", "deaf"}).status, 0);
    std::vector<world::SignalSeen> signals = seen<world::SignalSeen>();
    ASSERT_EQ(signals.size(), 2U);
    EXPECT_EQ(signals[0].container, deaf);
    EXPECT_EQ(signals[0].signal + " " + signals[0].outcome, "SIGTERM dropped");
    EXPECT_EQ(signals[1].signal + " " + signals[1].outcome, "SIGKILL terminated");

    (void)started({"run", "-d", "--name", "polite", "--network", "none", "lab/web"});
    ASSERT_TRUE(eventually([&] { return has(cutaway(root_, {"logs", "polite"}).out, "listening"); }, 60000));
    ASSERT_EQ(traced({"stop", "polite"}).status, 0);
    signals = seen<world::SignalSeen>();
    ASSERT_EQ(signals.size(), 1U);
    EXPECT_EQ(signals[0].signal + " " + signals[0].outcome, "SIGTERM handled");  // it waits in sigwait(3)
}

TEST_F(RealWatch, AnExecsTraceHasTheWholeContainer) {
    const std::string id = started({"run", "-d", "--name", "site", "--network", "none", "lab/web"});
    ASSERT_TRUE(eventually([&] { return has(cutaway(root_, {"logs", "site"}).out, "worker process 3"); }, 60000));
    ASSERT_EQ(traced({"exec", "site", "ps"}).status, 0);
    std::vector<std::int64_t> inner;
    for (const world::ProcessStarted& one : seen<world::ProcessStarted>()) {
        EXPECT_EQ(one.container, id);
        if (one.inner_pid != one.pid) {
            inner.push_back(one.inner_pid);
        }
    }
    for (const std::int64_t wanted : {1, 2, 3}) {
        EXPECT_NE(std::find(inner.begin(), inner.end(), wanted), inner.end()) << wanted;
    }
    const std::vector<world::SocketListening> listening = seen<world::SocketListening>();
    ASSERT_FALSE(listening.empty());
    EXPECT_EQ(listening[0].container + " " + listening[0].protocol + " " + std::to_string(listening[0].port),
              id + " tcp 80");
    const std::vector<world::UsageSampled> usage = seen<world::UsageSampled>();
    ASSERT_FALSE(usage.empty());
    EXPECT_GE(usage[0].processes, 3U);
    EXPECT_GT(usage[0].memory, 0U);
    EXPECT_TRUE(usage[0].cgroup.ends_with("/cutaway/" + id)) << usage[0].cgroup;
}

TEST_F(RealWatch, WhileAForegroundProgramRunsItIsLookedAt) {
    ASSERT_EQ(
        traced({"run", "--rm", "--network", "none", "lab/tools", "sh", "-c", "sleep 1 & sleep 1; sleep 1"}).status, 0);
    std::size_t sleeps = 0;
    for (const world::ProcessStarted& one : seen<world::ProcessStarted>()) {
        sleeps += one.inner_pid > 1 && one.inner_pid != one.pid ? 1U : 0U;
    }
    EXPECT_GE(sleeps, 2U);
}

TEST_F(RealWatch, ARunOutOfMemoryIsSeen) {
    ASSERT_EQ(traced({"run", "--network", "none", "--memory", "24m", "lab/memhog", "memhog", "200"}).status, 137);
    const std::vector<world::OutOfMemory> kills = seen<world::OutOfMemory>();
    ASSERT_EQ(kills.size(), 1U);
    EXPECT_TRUE(kills[0].cgroup.ends_with("/cutaway/" + kills[0].container)) << kills[0].cgroup;
}

}  // namespace
}  // namespace cutaway::host
