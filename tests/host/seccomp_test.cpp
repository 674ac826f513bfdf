// SPDX-License-Identifier: Apache-2.0
// System call filters: compiled, kept, and in force in a container.
#include "core/sandbox/seccomp.h"

#include <filesystem>
#include <fstream>

#include "core/host/seccomp_filters.h"
#include "core/sandbox/sandbox.h"
#include "tests/host/program.h"

namespace cutaway::host {
namespace {

std::string default_rules() {
    return sandbox::seccomp_rules(sandbox::default_seccomp(), {sandbox::default_capabilities(), "amd64", "6.1.0"})
        .value_or("");
}

TEST(Seccomp, AFilterIsCompiledOnceForEachSetOfRules) {
    const TempFolder folder;
    const std::string kept = folder.path("kept");
    const Result<std::string> first = SeccompFilters(kept, CUTAWAY_SECCOMP_MODULE).compile(default_rules());
    ASSERT_TRUE(first) << first.error().doing;
    EXPECT_GT(first->size(), 1000U);
    EXPECT_EQ(first->size() % 8, 0U);
    const Result<std::string> again = SeccompFilters(kept, "/absent/module").compile(default_rules());
    ASSERT_TRUE(again) << "the module is not needed a second time: " << again.error().doing;
    EXPECT_EQ(*again, *first);
    const Result<std::string> other = SeccompFilters(kept, "/absent/module").compile("default allow 0\narch x86_64\n");
    EXPECT_FALSE(other) << "other rules, another filter";
}

TEST(Seccomp, ARottenFileIsCompiledAnew) {
    const TempFolder folder;
    const std::string kept = folder.path("kept");
    ASSERT_TRUE(SeccompFilters(kept, CUTAWAY_SECCOMP_MODULE).compile(default_rules()));
    for (const auto& entry : std::filesystem::directory_iterator(kept)) {
        std::filesystem::resize_file(entry.path(), 5);
    }
    EXPECT_TRUE(SeccompFilters(kept, CUTAWAY_SECCOMP_MODULE).compile(default_rules()));
}

TEST(Seccomp, RulesThatAreNoneAreRefused) {
    const TempFolder folder;
    for (const char* rules :
         {"default errno 1\narch vax\n", "default errno 1\narch x86_64\nallow 0 read 0 like 1 0\n"}) {
        EXPECT_FALSE(SeccompFilters(folder.path("kept"), CUTAWAY_SECCOMP_MODULE).compile(rules)) << rules;
    }
}

class RealSeccomp : public testing::Test {
protected:
    void SetUp() override { CUTAWAY_NEEDS_ROOT(); }
    Answer run(const Words& options, const std::string& verb) {
        Words words{"run", "--rm", "--network", "none"};
        words.insert(words.end(), options.begin(), options.end());
        words.insert(words.end(), {"lab/hello", "/hello", verb});
        return cutaway(root_, words);
    }
    TempFolder root_;
};

TEST_F(RealSeccomp, AContainerHasAFilterAndWhatItLeavesOutAnswersEperm) {
    const Answer probe = run({}, "probe");
    EXPECT_TRUE(has(probe.out, "\"Seccomp\":\"2\"")) << probe.out;
    EXPECT_EQ(run({}, "try").out,
              "keyctl EPERM\nmount EPERM\nunshare EPERM\nclone3 Function not implemented\ngetpid allowed\n");
}

TEST_F(RealSeccomp, UnconfinedIsWithoutAndACapabilityOpensItsCalls) {
    EXPECT_TRUE(has(run({"--security-opt", "seccomp=unconfined"}, "probe").out, "\"Seccomp\":\"0\""));
    EXPECT_TRUE(has(run({"--security-opt", "seccomp=unconfined"}, "try").out, "keyctl Operation not supported\n"));
    const std::string admin = run({"--cap-add", "SYS_ADMIN"}, "try").out;
    EXPECT_TRUE(has(admin, "keyctl EPERM\nmount Bad address\nunshare allowed\n")) << admin;
}

TEST_F(RealSeccomp, AProfileOfThePersonsIsInForceInExecToo) {
    const std::string path = root_.path("mine.json");
    std::ofstream(path) << R"({"defaultAction": "SCMP_ACT_ALLOW", "archMap": [{"architecture": "SCMP_ARCH_X86_64"}],
        "syscalls": [{"names": ["unshare"], "action": "SCMP_ACT_ERRNO", "errnoRet": 1}]})";
    const std::string wanted = "keyctl Operation not supported\nmount Bad address\nunshare EPERM\n";
    EXPECT_TRUE(has(run({"--security-opt", "seccomp=" + path}, "try").out, wanted));
    EXPECT_TRUE(has(run({"--security-opt", "seccomp=/absent.json"}, "try").out,
                    "opening seccomp profile (/absent.json) failed"));
    EXPECT_EQ(cutaway(root_, {"run", "-d", "--name", "long", "--network", "none", "--security-opt", "seccomp=" + path,
                              "lab/hello", "/hello", "sleep", "60"})
                  .status,
              0);
    EXPECT_TRUE(has(cutaway(root_, {"exec", "long", "/hello", "try"}).out, wanted));
    EXPECT_EQ(cutaway(root_, {"rm", "-f", "long"}).status, 0);
}

TEST_F(RealSeccomp, NoNewPrivilegesIsSetOnlyWhenAsked) {
    EXPECT_TRUE(has(run({}, "probe").out, "\"NoNewPrivs\":\"0\""));
    EXPECT_TRUE(has(run({"--security-opt", "no-new-privileges"}, "probe").out, "\"NoNewPrivs\":\"1\""));
}

}  // namespace
}  // namespace cutaway::host
