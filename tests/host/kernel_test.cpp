// SPDX-License-Identifier: Apache-2.0
// Single calls, each in a child with a mount namespace of its own, so that nothing is left to clean up.
#include "core/host/kernel.h"

#include <sched.h>
#include <sys/mount.h>
#include <sys/stat.h>
#include <sys/wait.h>
#include <unistd.h>

#include <cerrno>
#include <filesystem>
#include <fstream>

#include "tests/host/machine.h"

namespace cutaway::host {
namespace {

// Runs in a child; its answer is an exit status, 0 for "as it should be".
int in_child(const std::function<int()>& work) {
    const pid_t child = ::fork();
    if (child == 0) {
        const bool apart =
            ::unshare(CLONE_NEWNS) == 0 && ::mount(nullptr, "/", nullptr, MS_REC | MS_PRIVATE, nullptr) == 0;
        ::_exit(apart ? work() : 99);
    }
    int status = 0;
    ::waitpid(child, &status, 0);
    return WIFEXITED(status) ? WEXITSTATUS(status) : 98;
}

TEST(HostKernel, AMountTargetThatIsALinkStaysBeneathTheContainersRoot) {
    CUTAWAY_NEEDS_ROOT();
    const TempFolder folder;
    const std::string root = folder.path("root");
    std::filesystem::create_directories(folder.path("outside/victim"));
    std::filesystem::create_directories(root);
    std::filesystem::create_directory_symlink(folder.path("outside"), root + "/proc");
    const int status = in_child([&] {
        HostKernel kernel;
        if (!kernel.perform(world::Mount{"bind", root, root, {"rec"}, ""})) {
            return 1;
        }
        static_cast<void>(kernel.perform(world::Mount{"tmpfs", "tmpfs", root + "/proc/victim", {}, ""}));
        struct stat seen {};
        struct stat folder_seen {};
        ::stat(folder.path("outside/victim").c_str(), &seen);
        ::stat(folder.path("outside").c_str(), &folder_seen);
        return seen.st_dev == folder_seen.st_dev ? 0 : 2;  // nothing was mounted outside
    });
    EXPECT_EQ(status, 0);
}

TEST(HostKernel, CapabilitiesAreDroppedFromEverySet) {
    CUTAWAY_NEEDS_ROOT();
    const int status = in_child([] {
        HostKernel kernel;
        const bool set = kernel.perform(world::SetUser{1000, 1000, {1000}}).has_value() &&
                         kernel.perform(world::SetCapabilities{{"CAP_CHOWN"}}).has_value();
        std::ifstream file("/proc/self/status");
        const std::string text{std::istreambuf_iterator<char>(file), std::istreambuf_iterator<char>()};
        const auto says = [&](const char* line) { return text.find(line) != std::string::npos; };
        return set && says("CapBnd:\t0000000000000001") && says("CapPrm:\t0000000000000001") &&
                       says("CapInh:\t0000000000000000") && says("Groups:\t1000 \n")
                   ? 0
                   : 1;
    });
    EXPECT_EQ(status, 0);
}

TEST(HostKernel, WhatIsNoKernelCallOrIsMalformedIsRefused) {
    HostKernel kernel;
    struct Case {
        world::Call call;
        Errc code;
    };
    for (const Case& one :
         {Case{world::Clone{{world::Space::pid}, "init"}, Errc::unsupported},
          Case{world::UnpackLayer{}, Errc::unsupported}, Case{world::LoadSeccomp{"default", ""}, Errc::unsupported},
          Case{world::Mount{"tmpfs", "tmpfs", "/tmp", {"sideways"}, ""}, Errc::invalid},
          Case{world::SendSignal{-1, "SIGKILL"}, Errc::not_found}, Case{world::SendSignal{1, "SIGNONE"}, Errc::invalid},
          Case{world::SetUser{0xFFFFFFFF, 0, {}}, Errc::invalid}, Case{world::MakeCgroup{"/etc/cgroup"}, Errc::invalid},
          Case{world::WriteSysctl{"../../etc/passwd", "x"}, Errc::invalid}}) {
        const Result<world::Reply> reply = kernel.perform(one.call);
        ASSERT_FALSE(reply) << kind_of(one.call);
        EXPECT_EQ(reply.error().code, one.code) << reply.error().doing;
    }
}

TEST(HostKernel, LinksAddressesAndRoutesAreMadeInTheCallersNetworkNamespace) {
    CUTAWAY_NEEDS_ROOT();
    const int status = in_child([] {
        if (::unshare(CLONE_NEWNET) != 0) {
            return 97;
        }
        HostKernel kernel;
        int step = 0;
        for (const world::Call& call : std::vector<world::Call>{
                 world::RaiseLink{"lo"}, world::MakeBridge{"cut0"}, world::MakeBridge{"cut0"},
                 world::AddAddress{"cut0", "10.9.0.1/24"}, world::RaiseLink{"cut0"}, world::MakeVeth{"va", "vb"},
                 world::AttachLink{"va", "cut0"}, world::RaiseLink{"va"}, world::RaiseLink{"vb"},
                 world::AddRoute{"default", "10.9.0.2", "cut0"}, world::RemoveLink{"va"}, world::RemoveLink{"cut0"}}) {
            ++step;
            if (!kernel.perform(call)) {
                return step;
            }
        }
        const Result<world::Reply> again = kernel.perform(world::RemoveLink{"vb"});
        return !again && again.error().code == Errc::not_found ? 0 : 50;
    });
    EXPECT_EQ(status, 0);
}

}  // namespace
}  // namespace cutaway::host
