// SPDX-License-Identifier: Apache-2.0
#include "core/host/doctor.h"

#include "core/host/profile.h"
#include "tests/host/machine.h"

namespace cutaway::host {
namespace {

TEST(Doctor, EveryCheckSaysWhatWasSeenAndEveryFailureItsRemedy) {
    const std::vector<Check> checks = examine_machine();
    EXPECT_GT(checks.size(), 15U);
    for (const Check& check : checks) {
        EXPECT_FALSE(check.name.empty() || check.detail.empty()) << check.name;
        EXPECT_EQ(check.remedy.empty(), check.ok) << check.name << ": " << check.detail;
    }
}

TEST(Doctor, WhereAContainerStartsNothingRequiredIsMissing) {
    CUTAWAY_NEEDS_ROOT();
    ::setenv("CUTAWAY_INIT", CUTAWAY_INIT_PROGRAM, 1);
    for (const Check& check : examine_machine()) {
        EXPECT_TRUE(check.ok || !check.required) << check.name << ": " << check.detail;
    }
    ::unsetenv("CUTAWAY_INIT");
}

TEST(Doctor, TheProfileIsThisMachines) {
    const world::MachineProfile profile = host_profile("/a", "/b");
    EXPECT_GT(profile.cpus, 0U);
    EXPECT_GT(profile.memory, std::uint64_t{64} << 20U);
    EXPECT_EQ(profile.data_root, "/a");
    EXPECT_EQ(profile.run_root, "/b");
    EXPECT_FALSE(profile.kernel.empty());
}

}  // namespace
}  // namespace cutaway::host
