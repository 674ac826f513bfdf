// SPDX-License-Identifier: Apache-2.0
#include "tests/contract/kernel_contract.h"

#include <gtest/gtest.h>

namespace cutaway::contract {

namespace {

using world::Call;

constexpr std::int64_t nobody = 4194000;  // as high as pids go: no machine of a test is that busy

KernelCase fine(std::string promise, std::vector<Call> calls) { return {std::move(promise), std::move(calls)}; }

KernelCase fails(std::string promise, int sys_errno, std::vector<Call> calls) {
    return {std::move(promise), std::move(calls), sys_errno};
}

KernelCase refuses(std::string promise, Errc code, std::vector<Call> calls) {
    return {std::move(promise), std::move(calls), 0, code, true};
}

void add(std::vector<KernelCase>& all, std::vector<KernelCase> more) {
    all.insert(all.end(), std::make_move_iterator(more.begin()), std::make_move_iterator(more.end()));
}

std::vector<KernelCase> mount_cases(const std::string& at) {
    const auto overlay = [&](const std::string& lower) {
        return world::Mount{
            "overlay", "overlay", at + "/m", {}, "lowerdir=" + lower + ",upperdir=" + at + "/u,workdir=" + at + "/w"};
    };
    const std::vector<Call> folders{world::MakeDir{at + "/l", 0755}, world::MakeDir{at + "/u", 0755},
                                    world::MakeDir{at + "/w", 0755}, world::MakeDir{at + "/m", 0755}};
    std::vector<Call> good = folders;
    good.insert(good.end(), {overlay(at + "/l"), world::Unmount{at + "/m"}});
    std::vector<Call> no_lower = folders;
    no_lower.emplace_back(overlay(at + "/absent"));
    return {
        fine("an overlay is mounted and taken off", good),
        fails("a lower directory must be there", ENOENT, no_lower),
        fails("a mount's target must be there", ENOENT, {world::Mount{"tmpfs", "tmpfs", at + "/absent", {}, ""}}),
        fails("a bind mount's source must be there", ENOENT,
              {world::MakeDir{at + "/t", 0755}, world::Mount{"bind", at + "/absent", at + "/t", {}, ""}}),
        fails("a file system's type must be known", ENODEV,
              {world::MakeDir{at + "/t", 0755}, world::Mount{"nosuchfs", "x", at + "/t", {}, ""}}),
        fails("what is not mounted cannot be taken off", EINVAL,
              {world::MakeDir{at + "/plain", 0755}, world::Unmount{at + "/plain"}}),
        fails("an unmount's target must be there", ENOENT, {world::Unmount{at + "/absent"}}),
        refuses("an unknown mount option is refused", Errc::invalid,
                {world::MakeDir{at + "/t", 0755}, world::Mount{"tmpfs", "tmpfs", at + "/t", {"sideways"}, ""}}),
        fine("a read-only mount can be made writable again",
             {world::MakeDir{at + "/ro", 0755}, world::Mount{"tmpfs", "tmpfs", at + "/ro", {"ro"}, ""},
              world::Mount{"", "", at + "/ro", {"remount", "rw"}, ""}, world::MakeDir{at + "/ro/in", 0755},
              world::Unmount{at + "/ro"}}),
        fails("nothing is made on a read-only mount", EROFS,
              {world::MakeDir{at + "/ro2", 0755}, world::Mount{"tmpfs", "tmpfs", at + "/ro2", {"ro"}, ""},
               world::MakeDir{at + "/ro2/in", 0755}}),
    };
}

std::vector<KernelCase> path_cases(const std::string& at) {
    return {
        fine("a directory that is there is fine",
             {world::MakeDir{at + "/a/b", 0755}, world::MakeDir{at + "/a/b", 0755}}),
        fails("a name is linked once", EEXIST,
              {world::MakeSymlink{"x", at + "/link"}, world::MakeSymlink{"y", at + "/link"}}),
        fails("a node is made once", EEXIST,
              {world::MakeNode{at + "/null", 0666, 1, 3}, world::MakeNode{at + "/null", 0666, 1, 3}}),
        fails("what is renamed must be there", ENOENT, {world::RenamePath{at + "/absent", at + "/b"}}),
        fails("a new working directory must be there", ENOENT, {world::ChangeDir{at + "/absent"}}),
        fine("to remove what is not there is fine", {world::RemovePath{at + "/absent"}}),
    };
}

std::vector<KernelCase> process_cases() {
    return {
        fails("a signal needs somebody to get it", ESRCH, {world::SendSignal{nobody, "SIGTERM"}}),
        refuses("an unknown signal is refused", Errc::invalid, {world::SendSignal{nobody, "SIGNONE"}}),
        fails("a program that is not there cannot be executed", ENOENT, {world::Execute{"/absent", {"absent"}, {}}}),
        fails("a directory cannot be executed", EACCES, {world::Execute{"/etc", {"etc"}, {}}}),
        fine("who has ended already is not waited for", {world::AwaitExit{"", nobody, 1'000'000}}),
    };
}

std::vector<KernelCase> group_cases(const std::string& group) {
    const world::MakeCgroup make{group};
    return {
        fine("a cgroup that is there is fine", {make, make, world::RemoveCgroup{group}}),
        fails("a limit belongs to a cgroup that is there", ENOENT, {world::WriteCgroup{group, "pids.max", "5"}}),
        fails("a limit has a file that is there", ENOENT, {make, world::WriteCgroup{group, "pids.sideways", "5"}}),
        fails("a limit is a number", EINVAL, {make, world::WriteCgroup{group, "pids.max", "many"}}),
        fails("who joins a cgroup must be there", ESRCH,
              {make, world::WriteCgroup{group, "cgroup.procs", std::to_string(nobody)}}),
        fails("a cgroup is removed once", ENOENT, {make, world::RemoveCgroup{group}, world::RemoveCgroup{group}}),
    };
}

std::vector<KernelCase> link_cases() {
    const world::MakeBridge bridge{"ctr0"};
    const world::MakeVeth veth{"ctra", "ctrb"};
    return {
        fine("a bridge that is there is fine", {bridge, bridge, world::RemoveLink{"ctr0"}}),
        fails("a cable's name is taken once", EEXIST, {veth, veth}),
        fails("a link that is raised must be there", ENODEV, {world::RaiseLink{"absent0"}}),
        fails("a bridge that is joined must be there", ENODEV, {veth, world::AttachLink{"ctra", "absent0"}}),
        fails("a link that gets an address must be there", ENODEV, {world::AddAddress{"absent0", "10.9.9.1/24"}}),
        refuses("an address is four numbers and a prefix", Errc::invalid,
                {bridge, world::AddAddress{"ctr0", "10.9.9/24"}}),
        fine("an address that is there is fine",
             {bridge, world::AddAddress{"ctr0", "10.9.9.1/24"}, world::AddAddress{"ctr0", "10.9.9.1/24"}}),
        fails("a gateway must be in reach", ENETUNREACH,
              {bridge, world::AddAddress{"ctr0", "10.9.9.1/24"}, world::RaiseLink{"ctr0"},
               world::AddRoute{"default", "10.77.0.1", "ctr0"}}),
        fails("a link is removed once", ENODEV, {veth, world::RemoveLink{"ctra"}, world::RemoveLink{"ctrb"}}),
        fails("a link that moves needs somebody to move to", ESRCH, {veth, world::MoveLink{"ctrb", nobody, "eth0"}}),
    };
}

world::NatRule published(const std::string& protocol, const std::string& address) {
    world::NatRule rule;
    rule.what = "publish";
    rule.bridge = "ctr0";
    rule.protocol = protocol;
    rule.host_address = address;
    rule.host_port = 8080;
    rule.address = "10.9.9.2";
    rule.port = 80;
    return rule;
}

std::vector<KernelCase> nat_cases() {
    world::NatRule masquerade;
    masquerade.what = "masquerade";
    masquerade.subnet = "10.9.9.0/24";
    masquerade.bridge = "ctr0";
    const world::AddNat out{"", masquerade};
    const world::AddNat port{"one", published("tcp", "0.0.0.0")};
    const world::RemoveNat removed{"one", published("tcp", "0.0.0.0")};
    return {
        fine("a masquerade that is there is fine", {out, out}),
        fine("a port is published", {out, port}),
        fails("a published port is taken", EADDRINUSE, {port, world::AddNat{"two", published("tcp", "0.0.0.0")}}),
        fails("every address has the port that one of them has", EADDRINUSE,
              {world::AddNat{"one", published("tcp", "0.0.0.0")}, world::AddNat{"two", published("tcp", "")}}),
        fine("another protocol has ports of its own", {port, world::AddNat{"two", published("udp", "0.0.0.0")}}),
        fine("a port is free again when its rule is gone", {port, removed, port}),
        fails("a rule is removed once", ENOENT, {port, removed, removed}),
        fails("a rule that is removed must be there", ENOENT, {world::RemoveNat{"", masquerade}}),
    };
}

std::string shown(const Result<world::Reply>& reply) {
    return reply ? "it went well" : reply.error().doing + " (errno " + std::to_string(reply.error().sys_errno) + ")";
}

}  // namespace

std::vector<KernelCase> kernel_cases(const std::string& folder, const std::string& group) {
    std::vector<KernelCase> all = mount_cases(folder);
    add(all, path_cases(folder));
    add(all, process_cases());
    add(all, group_cases(group));
    add(all, link_cases());
    add(all, nat_cases());
    return all;
}

void check_kernel(const PerformAll& perform, const std::vector<KernelCase>& cases) {
    for (const KernelCase& one : cases) {
        const std::vector<Result<world::Reply>> replies = perform(one.calls);
        ASSERT_EQ(replies.size(), one.calls.size()) << one.promise;
        for (std::size_t i = 0; i + 1 < replies.size(); ++i) {
            EXPECT_TRUE(replies[i].has_value()) << one.promise << ", on the way there: " << shown(replies[i]);
        }
        const Result<world::Reply>& last = replies.back();
        if (one.sys_errno == 0 && !one.refused) {
            EXPECT_TRUE(last.has_value()) << one.promise << ": " << shown(last);
        } else if (one.refused) {
            EXPECT_TRUE(!last && last.error().code == one.code) << one.promise << ": " << shown(last);
        } else {
            EXPECT_TRUE(!last && last.error().sys_errno == one.sys_errno)
                << one.promise << ", errno " << one.sys_errno << ": " << shown(last);
        }
    }
}

std::string group_path(const world::MachineProfile& machine, const std::string& name) {
    return std::string("/sys/fs/cgroup") + (machine.cgroup == world::CgroupLayout::v2 ? "" : "/pids") + "/cutaway/" +
           name;
}

}  // namespace cutaway::contract
