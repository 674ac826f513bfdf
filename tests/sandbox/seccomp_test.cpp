// SPDX-License-Identifier: Apache-2.0
#include "core/sandbox/seccomp.h"

#include <gtest/gtest.h>

#include "core/sandbox/sandbox.h"

namespace cutaway::sandbox {
namespace {

std::string rules_for(const std::vector<std::string>& capabilities, const std::string& architecture = "amd64",
                      const std::string& kernel = "6.1.0") {
    const Result<std::string> rules = seccomp_rules(default_seccomp(), {capabilities, architecture, kernel});
    EXPECT_TRUE(rules) << rules.error().doing;
    return rules ? *rules : "";
}

bool has_line(const std::string& rules, const std::string& line) {
    return rules.find("\n" + line + "\n") != std::string::npos;
}

TEST(Seccomp, the_default_profile_denies_what_it_does_not_name) {
    const std::string rules = rules_for(default_capabilities());
    EXPECT_TRUE(rules.starts_with("default errno 1\narch x86_64\narch x86\narch x32\n")) << rules.substr(0, 80);
    for (const char* allowed : {"read", "execve", "openat", "futex", "capset", "socketpair", "chroot", "ptrace"}) {
        EXPECT_TRUE(has_line(rules, "allow 0 " + std::string(allowed))) << allowed;
    }
    for (const char* denied :
         {"keyctl", "add_key", "mount", "umount2", "unshare", "setns", "bpf", "reboot", "kexec_load", "init_module",
          "io_uring_setup", "userfaultfd", "swapon", "settimeofday"}) {
        EXPECT_EQ(rules.find(" " + std::string(denied) + "\n"), std::string::npos) << denied;
    }
}

TEST(Seccomp, some_calls_depend_on_their_arguments) {
    const std::string rules = rules_for(default_capabilities());
    EXPECT_TRUE(has_line(rules, "allow 0 socket 0 ne 40 0")) << "every family but AF_VSOCK";
    EXPECT_TRUE(has_line(rules, "allow 0 clone 0 masked_eq 2114060288 0")) << "no flag of a new namespace";
    EXPECT_TRUE(has_line(rules, "allow 0 personality 0 eq 0 0"));
    EXPECT_TRUE(has_line(rules, "errno 38 clone3")) << "ENOSYS, so that the C library falls back";
}

TEST(Seccomp, a_capability_opens_what_it_is_for) {
    struct Case {
        std::string capability;
        std::string call;
    };
    for (const Case& one :
         {Case{"CAP_SYS_ADMIN", "mount"}, Case{"CAP_SYS_ADMIN", "clone"}, Case{"CAP_SYS_TIME", "settimeofday"},
          Case{"CAP_SYS_BOOT", "reboot"}, Case{"CAP_SYS_MODULE", "init_module"}, Case{"CAP_BPF", "bpf"},
          Case{"CAP_SYSLOG", "syslog"}, Case{"CAP_DAC_READ_SEARCH", "open_by_handle_at"}}) {
        EXPECT_FALSE(has_line(rules_for({}), "allow 0 " + one.call)) << one.call;
        EXPECT_TRUE(has_line(rules_for({one.capability}), "allow 0 " + one.call)) << one.call;
    }
    EXPECT_FALSE(has_line(rules_for({"CAP_SYS_ADMIN"}), "errno 38 clone3"));
}

TEST(Seccomp, processor_and_kernel_choose_among_the_rules) {
    EXPECT_TRUE(has_line(rules_for({}, "amd64"), "allow 0 arch_prctl"));
    EXPECT_FALSE(has_line(rules_for({}, "arm64"), "allow 0 arch_prctl"));
    EXPECT_TRUE(rules_for({}, "arm64").starts_with("default errno 1\narch aarch64\narch arm\n"));
    EXPECT_TRUE(has_line(rules_for({}, "s390x"), "allow 0 clone 1 masked_eq 2114060288 0"));
    struct Case {
        std::string kernel;
        bool allowed;
    };
    for (const Case& one : {Case{"4.8", true}, Case{"4.8.0-1", true}, Case{"4.7.99", false}, Case{"5.0", true},
                            Case{"10.1", true}, Case{"3.10.0-1160.el7", false}}) {
        EXPECT_EQ(has_line(rules_for({}, "amd64", one.kernel), "allow 0 ptrace"), one.allowed) << one.kernel;
    }
}

TEST(Seccomp, what_is_no_profile_is_refused_with_a_reason) {
    struct Case {
        std::string profile;
        std::string says;
    };
    for (const Case& one :
         {Case{"", "no defaultAction"}, Case{"[]", "no defaultAction"},
          Case{"{\"defaultAction\": 1}", "no defaultAction"},
          Case{R"({"defaultAction": "SCMP_ACT_MAYBE"})", "not an action: \"SCMP_ACT_MAYBE\""},
          Case{R"({"defaultAction": "SCMP_ACT_ALLOW", "syscalls": [{"names": ["read"], "action": "no"}]})",
               "not an action"},
          Case{R"({"defaultAction": "SCMP_ACT_ALLOW", "syscalls": [{"names": ["a b"], "action": "SCMP_ACT_LOG"}]})",
               "not the name of a system call"},
          Case{R"({"defaultAction": "SCMP_ACT_ALLOW", "syscalls": [{"names": ["read"], "action": "SCMP_ACT_LOG",
               "args": [{"index": 0, "value": 1, "op": "LIKE"}]}]})",
               "not a comparison"}}) {
        const Result<std::string> rules = seccomp_rules(one.profile, {});
        ASSERT_FALSE(rules) << one.profile;
        EXPECT_EQ(rules.error().code, Errc::invalid);
        EXPECT_NE(rules.error().doing.find(one.says), std::string::npos) << rules.error().doing;
    }
}

TEST(Seccomp, a_profile_of_the_persons_is_taken_in_dockers_form) {
    const Result<std::string> rules = seccomp_rules(
        R"({"defaultAction": "SCMP_ACT_ALLOW", "architectures": ["SCMP_ARCH_X86_64"],
            "syscalls": [{"name": "mkdir", "action": "SCMP_ACT_ERRNO", "errnoRet": 13}]})",
        {});
    ASSERT_TRUE(rules) << rules.error().doing;
    EXPECT_EQ(*rules, "default allow 1\narch x86_64\nerrno 13 mkdir\n");
}

}  // namespace
}  // namespace cutaway::sandbox
