// SPDX-License-Identifier: Apache-2.0
#include "core/rootfs/rootfs.h"

namespace cutaway::rootfs {

namespace {

using plan::Place;
using plan::PlannedCall;
using world::Actor;
using world::Call;
using world::Mount;
using world::Phase;

struct Line {
    std::string step;
    std::string why;
};

PlannedCall in_init(const Line& line, Call call) {
    PlannedCall planned;
    planned.place = Place::init;
    planned.actor = Actor::runtime;
    planned.phase = Phase::overlay;
    planned.step = line.step;
    planned.why = line.why;
    planned.call = std::move(call);
    return planned;
}

// overlay(5) takes the layers topmost first.
std::string overlay_data(const Config& config) {
    std::string lower;
    for (auto layer = config.lower.rbegin(); layer != config.lower.rend(); ++layer) {
        lower += (lower.empty() ? "" : ":") + *layer;
    }
    const std::string data = "lowerdir=" + lower + ",upperdir=" + config.upper + ",workdir=" + config.work;
    return config.rootless ? "userxattr," + data : data;  // trusted.* is for root alone
}

// It shows the links of a network namespace, and is mounted by whoever owns that.
void add_sys(const Config& config, const Line& line, std::vector<PlannedCall>& calls) {
    const std::string at = config.merged + "/sys";
    if (config.rootless && !config.own_network) {
        calls.push_back(in_init(line, Mount{"bind", "/sys", at, {"rec", "ro", "nosuid", "noexec", "nodev"}, ""}));
        return;
    }
    calls.push_back(in_init(line, Mount{"sysfs", "sysfs", at, {"nosuid", "noexec", "nodev", "ro"}, ""}));
}

void add_kernel_file_systems(const Config& config, std::vector<PlannedCall>& calls) {
    const Line line{"mount the kernel's own file systems",
                    "programs expect /proc, /dev and /sys; these are views of this container's namespaces"};
    const std::string& root = config.merged;
    const std::vector<std::string> strict{"nosuid", "noexec", "nodev"};
    calls.push_back(in_init(line, Mount{"proc", "proc", root + "/proc", strict, ""}));
    calls.push_back(
        in_init(line, Mount{"tmpfs", "tmpfs", root + "/dev", {"nosuid", "strictatime"}, "mode=755,size=65536k"}));
    calls.push_back(in_init(line, world::MakeDir{root + "/dev/pts", 0755}));
    const std::string terminals = "newinstance,ptmxmode=0666,mode=0620";
    calls.push_back(in_init(line, Mount{"devpts",
                                        "devpts",
                                        root + "/dev/pts",
                                        {"nosuid", "noexec"},
                                        config.tty_group ? terminals + ",gid=5" : terminals}));
    add_sys(config, line, calls);
    calls.push_back(in_init(line, world::MakeDir{root + "/dev/mqueue", 01777}));
    calls.push_back(in_init(line, Mount{"mqueue", "mqueue", root + "/dev/mqueue", strict, ""}));
    calls.push_back(in_init(line, world::MakeDir{root + "/dev/shm", 01777}));
    calls.push_back(in_init(line, Mount{"tmpfs", "shm", root + "/dev/shm", strict, "mode=1777,size=65536k"}));
}

// With a cgroup namespace of its own a v2 container sees its cgroup as the root; v1 hierarchies are bound read-only.
void add_cgroup_view(const Config& config, std::vector<PlannedCall>& calls) {
    const Line line{"show the container its own cgroup", "a process may read its limits, not change them"};
    if (!config.cgroup_view) {
        return;
    }
    const std::string target = config.merged + "/sys/fs/cgroup";
    if (config.cgroup == world::CgroupLayout::v2) {
        calls.push_back(in_init(line, Mount{"cgroup2", "cgroup", target, {"nosuid", "noexec", "nodev", "ro"}, ""}));
        return;
    }
    calls.push_back(in_init(line, Mount{"tmpfs", "tmpfs", target, {"nosuid", "noexec", "nodev"}, "mode=755"}));
    for (const std::string& controller : config.controllers) {
        const std::string at = target + "/" + controller;
        calls.push_back(in_init(line, world::MakeDir{at, 0755}));
        calls.push_back(in_init(line, Mount{"cgroup", "cgroup", at, {"nosuid", "noexec", "nodev", "ro"}, controller}));
    }
}

struct Device {
    std::string_view name;
    std::uint32_t major;
    std::uint32_t minor;
};

void add_devices(const Config& config, std::vector<PlannedCall>& calls) {
    const Line line{"make the devices every program expects", "/dev is empty: only these six may exist"};
    const std::string dev = config.merged + "/dev/";
    for (const Device& device : {Device{"null", 1, 3}, Device{"zero", 1, 5}, Device{"full", 1, 7},
                                 Device{"random", 1, 8}, Device{"urandom", 1, 9}, Device{"tty", 5, 0}}) {
        calls.push_back(
            in_init(line, world::MakeNode{dev + std::string(device.name), 0666, device.major, device.minor}));
    }
    for (const auto& [target, name] : {std::pair{"/proc/self/fd", "fd"}, std::pair{"/proc/self/fd/0", "stdin"},
                                       std::pair{"/proc/self/fd/1", "stdout"}, std::pair{"/proc/self/fd/2", "stderr"},
                                       std::pair{"pts/ptmx", "ptmx"}}) {
        calls.push_back(in_init(line, world::MakeSymlink{target, dev + name}));
    }
}

void add_binds(const Config& config, std::vector<PlannedCall>& calls) {
    const Line line{"put files and volumes of the host into the tree",
                    "before the root is changed, while the host's paths can still be named"};
    for (const Bind& bind : config.binds) {
        const std::string target = config.merged + bind.target;
        if (bind.type == "tmpfs") {
            calls.push_back(in_init(line, Mount{"tmpfs", "tmpfs", target, {"nosuid", "nodev", "noexec"}, ""}));
            continue;
        }
        calls.push_back(in_init(line, Mount{"bind", bind.source, target, {"rec", "private"}, ""}));
        if (bind.read_only) {
            calls.push_back(in_init(line, Mount{"bind", bind.source, target, {"remount", "ro", "rec"}, ""}));
        }
    }
}

void add_masks(std::vector<PlannedCall>& calls) {
    const Line line{"hide what the kernel would tell or take",
                    "/proc and /sys are the host's kernel: secrets are covered, switches made read-only"};
    for (const std::string& path : masked_paths()) {
        calls.push_back(in_init(line, Mount{"mask", "/dev/null", path, {"ro"}, ""}));
    }
    for (const std::string& path : read_only_paths()) {
        calls.push_back(in_init(line, Mount{"bind", path, path, {"rec", "ro", "optional"}, ""}));
    }
}

PlannedCall overlay(const Config& config) {
    const Line line{
        "join the layers under one writable layer",
        "the image's layers stay read-only and shared; every write lands in this container's upper directory"};
    return in_init(line, Mount{"overlay", "overlay", config.merged, {}, overlay_data(config)});
}

}  // namespace

const std::vector<std::string>& masked_paths() {
    static const std::vector<std::string> paths{
        "/proc/acpi",        "/proc/asound",        "/proc/interrupts", "/proc/kcore",
        "/proc/keys",        "/proc/latency_stats", "/proc/timer_list", "/proc/timer_stats",
        "/proc/sched_debug", "/proc/scsi",          "/sys/firmware",    "/sys/devices/virtual/powercap"};
    return paths;
}

const std::vector<std::string>& read_only_paths() {
    static const std::vector<std::string> paths{"/proc/bus", "/proc/fs", "/proc/irq", "/proc/sys",
                                                "/proc/sysrq-trigger"};
    return paths;
}

std::vector<PlannedCall> plan_overlay(const Config& config) {
    if (config.rootless) {
        return {};
    }
    PlannedCall mount = overlay(config);
    mount.place = Place::engine;
    mount.actor = Actor::daemon;
    mount.undo = {world::Unmount{config.merged}};
    return {mount};
}

std::vector<PlannedCall> plan_root(const Config& config) {
    std::vector<PlannedCall> calls;
    const Line own{"make the mount tree this container's own",
                   "without this every mount below would appear on the host too"};
    calls.push_back(in_init(own, Mount{"", "", "/", {"rec", "private"}, ""}));
    if (config.rootless) {
        calls.push_back(overlay(config));
    }
    calls.push_back(in_init(own, Mount{"bind", config.merged, config.merged, {"rec"}, ""}));
    add_kernel_file_systems(config, calls);
    add_cgroup_view(config, calls);
    add_devices(config, calls);
    add_binds(config, calls);
    const Line turn{"make the tree the root and let go of the host's",
                    "pivot_root, not chroot: the old root is unmounted, so no path leads back to it"};
    calls.push_back(in_init(turn, world::PivotRoot{config.merged}));
    if (config.read_only) {
        calls.push_back(in_init(turn, Mount{"bind", "/", "/", {"remount", "ro"}, ""}));
    }
    if (!config.privileged) {
        add_masks(calls);
    }
    return calls;
}

}  // namespace cutaway::rootfs
