// SPDX-License-Identifier: Apache-2.0
// The contract suite: what both worlds must do alike. The model always; this machine where it may be tried, in a child
// that has mounts, links and a host name of its own.
#include <sched.h>
#include <sys/mount.h>
#include <sys/wait.h>
#include <unistd.h>

#include <gtest/gtest.h>

#include "core/host/kernel.h"
#include "core/host/profile.h"
#include "core/host/syscall.h"
#include "core/model/model_world.h"
#include "core/runtime/init.h"
#include "tests/contract/disk_contract.h"
#include "tests/contract/kernel_contract.h"
#include "tests/host/machine.h"

namespace cutaway::contract {
namespace {

struct ModelMachine {
    explicit ModelMachine(const world::MachineProfile& profile = {}) {
        model::ModelOptions options;
        options.opening.profile = profile;
        auto opened = model::ModelWorld::open(files, options);
        EXPECT_TRUE(opened) << opened.error().doing;
        world = std::move(*opened);
    }
    model::MemoryFiles files;
    std::unique_ptr<model::ModelWorld> world;
};

DiskUnderTest model_disk() {
    auto machine = std::make_shared<ModelMachine>();
    world::Disk& disk = machine->world->world().disk;
    EXPECT_TRUE(disk.make_dir("/var/lib/contract", 0755));
    return {machine, &disk, "/var/lib/contract"};
}

TEST(ModelDisk, SavedFilesAppearWhole) { saved_files_appear_whole(model_disk); }
TEST(ModelDisk, ADroppedSinkLeavesNothing) { a_dropped_sink_leaves_nothing(model_disk); }
TEST(ModelDisk, AbsentThingsAreNotFound) { absent_things_are_not_found(model_disk); }
TEST(ModelDisk, ATreeFollowsNoLinkOfItsArchive) { a_tree_follows_no_link_of_its_archive(model_disk); }
TEST(ModelDisk, AReaderIsLedOutByNoLink) { a_reader_is_led_out_by_no_link(model_disk); }
TEST(ModelDisk, ATreeKeepsWhatTheArchiveSays) { a_tree_keeps_what_the_archive_says(model_disk); }

PerformAll on_model(const world::MachineProfile& profile) {
    return [profile](const std::vector<world::Call>& calls) {
        ModelMachine machine(profile);
        EXPECT_TRUE(machine.world->world().disk.make_dir("/contract", 0755));
        std::vector<Result<world::Reply>> replies;
        for (const world::Call& call : calls) {
            replies.push_back(machine.world->world().kernel.perform(call));
        }
        return replies;
    };
}

TEST(ModelKernel, AnswersAsTheManualSaysOnEveryKindOfMachine) {
    for (const world::CgroupLayout layout :
         {world::CgroupLayout::v1, world::CgroupLayout::v2, world::CgroupLayout::hybrid}) {
        SCOPED_TRACE(to_name(layout));
        world::MachineProfile profile;
        profile.cgroup = layout;
        if (layout != world::CgroupLayout::v2) {
            profile.controllers = {"cpu", "cpuacct", "cpuset", "memory", "devices", "freezer", "blkio", "pids"};
        }
        check_kernel(on_model(profile), kernel_cases("/contract", group_path(profile, "contract")));
    }
}

// In a child with namespaces of its own; what it answers comes back as messages.
std::vector<Result<world::Reply>> in_child(const std::vector<world::Call>& calls, const std::string& group) {
    host::Pipe pipe = host::make_pipe().value_or(host::Pipe{});
    const pid_t child = ::fork();
    if (child == 0) {
        const bool apart = ::unshare(CLONE_NEWNS | CLONE_NEWNET | CLONE_NEWUTS) == 0 &&
                           ::mount(nullptr, "/", nullptr, MS_REC | MS_PRIVATE, nullptr) == 0;
        host::HostKernel kernel;
        for (std::uint32_t i = 0; apart && i < calls.size(); ++i) {
            const std::string bytes = runtime::encode(runtime::to_ended(i, kernel.perform(calls[i])));
            const auto size = static_cast<std::uint32_t>(bytes.size());
            static_cast<void>(host::write_all(pipe.write.get(), {reinterpret_cast<const char*>(&size), sizeof size}));
            static_cast<void>(host::write_all(pipe.write.get(), bytes));
        }
        static_cast<void>(kernel.perform(world::RemoveCgroup{group}));
        ::_exit(0);
    }
    pipe.write.reset();
    const std::string all = host::read_all(pipe.read.get(), std::size_t{1} << 20U).value_or("");
    ::waitpid(child, nullptr, 0);
    std::vector<Result<world::Reply>> replies;
    for (std::size_t at = 0; at + 4 <= all.size();) {
        std::uint32_t size = 0;
        std::memcpy(&size, all.data() + at, sizeof size);
        const Result<runtime::Message> message = runtime::decode(std::string_view(all).substr(at + 4, size));
        const auto* ended = message ? std::get_if<runtime::Ended>(&*message) : nullptr;
        replies.push_back(ended == nullptr ? Result<world::Reply>(fail(Errc::internal, "no answer"))
                                           : runtime::to_result(*ended));
        at += 4 + size;
    }
    return replies;
}

TEST(HostKernel, AnswersAsTheManualSays) {
    CUTAWAY_NEEDS_ROOT();
    const host::TempFolder folder;
    const std::string group =
        group_path(host::host_profile("", ""), "contract-" + std::to_string(static_cast<long>(::getpid())));
    const auto perform = [&](const std::vector<world::Call>& calls) {
        const std::string own = folder.path("case");
        static_cast<void>(host::HostKernel().perform(world::RemovePath{own}));
        static_cast<void>(host::HostKernel().perform(world::MakeDir{own, 0755}));
        return in_child(calls, group);
    };
    check_kernel(perform, kernel_cases(folder.path("case"), group));
}

}  // namespace
}  // namespace cutaway::contract
