// SPDX-License-Identifier: Apache-2.0
#include "core/bundle/groups.h"

#include <algorithm>
#include <array>

namespace cutaway::bundle {

namespace {

using world::Call;
using world::CgroupLayout;
using world::DeviceRule;
using world::WriteCgroup;

constexpr std::string_view mount_point = "/sys/fs/cgroup";

// cpu.shares 2…262144 maps to cpu.weight 1…10000, blkio 10…1000 to io 1…10000, as runc does it.
std::uint64_t cpu_weight(std::uint64_t shares) { return 1 + (std::max<std::uint64_t>(shares, 2) - 2) * 9999 / 262142; }
std::uint64_t io_weight(std::uint64_t weight) { return 1 + (std::max<std::uint64_t>(weight, 10) - 10) * 9999 / 990; }

std::string or_max(std::int64_t limit) { return limit < 0 ? "max" : std::to_string(limit); }

// Collects the writes, and the first that this machine has no file for.
class Writes {
public:
    explicit Writes(const Groups& groups) : groups_(groups) {}

    void add(std::string_view controller, std::string file, std::string value) {
        const std::string directory = directory_of(groups_, controller);
        if (directory.empty()) {
            refuse("the " + std::string(controller) + " cgroup, which is not mounted here", file);
            return;
        }
        calls_.emplace_back(WriteCgroup{directory, std::move(file), std::move(value)});
    }
    void add(Call call) { calls_.push_back(std::move(call)); }
    void refuse(const std::string& what, const std::string& wanted) {
        if (!error_) {
            error_ = fail(Errc::unsupported, "config.json: linux.resources asks for " + wanted + " of " + what);
        }
    }
    [[nodiscard]] bool v2() const { return groups_.layout == CgroupLayout::v2; }
    Result<std::vector<Call>> take() {
        return error_ ? Result<std::vector<Call>>(*error_) : Result<std::vector<Call>>(std::move(calls_));
    }

private:
    const Groups& groups_;
    std::vector<Call> calls_;
    std::optional<Error> error_;
};

void add_memory_v2(Writes& writes, const oci::SpecMemory& memory) {
    if (memory.limit) {
        writes.add("memory", "memory.max", or_max(*memory.limit));
    }
    if (memory.swap) {
        if (*memory.swap >= 0 && (!memory.limit || *memory.swap < *memory.limit)) {
            writes.refuse("version 2 below memory.limit, or without it", "memory.swap");
            return;
        }
        writes.add("memory", "memory.swap.max",
                   *memory.swap < 0 ? "max" : std::to_string(*memory.swap - *memory.limit));
    }
    if (memory.reservation) {
        writes.add("memory", "memory.low", or_max(*memory.reservation));
    }
    if (memory.swappiness || memory.disable_oom_killer) {
        writes.refuse("version 1 alone", memory.swappiness ? "memory.swappiness" : "memory.disableOOMKiller");
    }
}

void add_memory_v1(Writes& writes, const oci::SpecMemory& memory) {
    if (memory.limit) {
        writes.add("memory", "memory.limit_in_bytes", std::to_string(*memory.limit));
    }
    if (memory.swap) {
        writes.add("memory", "memory.memsw.limit_in_bytes", std::to_string(*memory.swap));
    }
    if (memory.reservation) {
        writes.add("memory", "memory.soft_limit_in_bytes", std::to_string(*memory.reservation));
    }
    if (memory.swappiness) {
        writes.add("memory", "memory.swappiness", std::to_string(*memory.swappiness));
    }
    if (memory.disable_oom_killer) {
        writes.add("memory", "memory.oom_control", "1");
    }
}

void add_cpu_v2(Writes& writes, const oci::SpecCpu& cpu) {
    if (cpu.quota.value_or(0) != 0 || cpu.period) {
        const std::int64_t quota = cpu.quota.value_or(0);
        writes.add("cpu", "cpu.max",
                   (quota <= 0 ? "max" : std::to_string(quota)) + " " + std::to_string(cpu.period.value_or(100000)));
    }
    if (cpu.shares.value_or(0) != 0) {
        writes.add("cpu", "cpu.weight", std::to_string(cpu_weight(*cpu.shares)));
    }
    if (cpu.burst) {
        writes.add("cpu", "cpu.max.burst", std::to_string(*cpu.burst));
    }
}

void add_cpu_v1(Writes& writes, const oci::SpecCpu& cpu) {
    if (cpu.shares.value_or(0) != 0) {
        writes.add("cpu", "cpu.shares", std::to_string(*cpu.shares));
    }
    if (cpu.period.value_or(0) != 0) {
        writes.add("cpu", "cpu.cfs_period_us", std::to_string(*cpu.period));
    }
    if (cpu.quota.value_or(0) != 0) {
        writes.add("cpu", "cpu.cfs_quota_us", std::to_string(*cpu.quota));
    }
    if (cpu.burst) {
        writes.add("cpu", "cpu.cfs_burst_us", std::to_string(*cpu.burst));
    }
}

void add_cpu(Writes& writes, const oci::SpecCpu& cpu) {
    writes.v2() ? add_cpu_v2(writes, cpu) : add_cpu_v1(writes, cpu);
    if (cpu.idle) {
        writes.add("cpu", "cpu.idle", std::to_string(*cpu.idle));
    }
    if (!cpu.cpus.empty()) {
        writes.add("cpuset", "cpuset.cpus", cpu.cpus);
    }
    if (!cpu.mems.empty()) {
        writes.add("cpuset", "cpuset.mems", cpu.mems);
    }
}

struct Throttle {
    std::string_view what;
    std::string_view v1;
    std::string_view v2;
};
constexpr auto throttles = std::to_array<Throttle>({
    {"throttleReadBpsDevice", "blkio.throttle.read_bps_device", "rbps"},
    {"throttleWriteBpsDevice", "blkio.throttle.write_bps_device", "wbps"},
    {"throttleReadIOPSDevice", "blkio.throttle.read_iops_device", "riops"},
    {"throttleWriteIOPSDevice", "blkio.throttle.write_iops_device", "wiops"},
});

void add_io(Writes& writes, const oci::SpecResources& resources) {
    if (resources.io_weight.value_or(0) != 0) {
        writes.v2() ? writes.add("io", "io.weight", "default " + std::to_string(io_weight(*resources.io_weight)))
                    : writes.add("blkio", "blkio.weight", std::to_string(*resources.io_weight));
    }
    for (const oci::SpecThrottle& one : resources.throttles) {
        const auto* const names =
            std::find_if(throttles.begin(), throttles.end(), [&](const Throttle& t) { return t.what == one.what; });
        const std::string device = std::to_string(one.major) + ":" + std::to_string(one.minor) + " ";
        writes.v2() ? writes.add("io", "io.max", device + std::string(names->v2) + "=" + std::to_string(one.rate))
                    : writes.add("blkio", std::string(names->v1), device + std::to_string(one.rate));
    }
    for (const oci::SpecHugepages& huge : resources.hugepages) {
        writes.add("hugetlb", "hugetlb." + huge.page_size + (writes.v2() ? ".max" : ".limit_in_bytes"),
                   std::to_string(huge.limit));
    }
}

std::string number_or_star(std::int64_t number) { return number < 0 ? "*" : std::to_string(number); }

// "c 1:3 rwm", as devices.allow takes it; all of everything is "a" alone.
std::string rule_text(const DeviceRule& rule) {
    const bool all = rule.type == "a" && rule.major < 0 && rule.minor < 0;
    return all ? "a"
               : rule.type + " " + number_or_star(rule.major) + ":" + number_or_star(rule.minor) + " " + rule.access;
}

void add_devices(Writes& writes, const Groups& groups, const oci::SpecResources& resources) {
    if (resources.devices.empty()) {
        return;
    }
    if (writes.v2()) {
        writes.add(world::LimitDevices{directory_of(groups, ""), device_rules(resources)});
        return;
    }
    for (const DeviceRule& rule : device_rules(resources)) {
        writes.add("devices", rule.allow ? "devices.allow" : "devices.deny", rule_text(rule));
    }
}

}  // namespace

Result<std::string> group_path(const std::string& cgroups_path, const std::string& id) {
    if (cgroups_path.empty()) {
        return "/cutaway-oci/" + id;
    }
    const std::string path = (cgroups_path.front() == '/' ? "" : "/cutaway-oci/") + cgroups_path;
    const std::string closed = path + "/";
    if (closed.find("/../") != std::string::npos || closed.find("//") != std::string::npos || path == "/") {
        return fail(Errc::invalid, "config.json: linux.cgroupsPath names no cgroup of its own: " + cgroups_path);
    }
    if (cgroups_path.find(".slice:") != std::string::npos) {
        return fail(Errc::unsupported, "config.json: linux.cgroupsPath is systemd's (" + cgroups_path +
                                           "), and cgroups are made without systemd here");
    }
    return path;
}

std::string directory_of(const Groups& groups, std::string_view controller) {
    if (groups.layout == CgroupLayout::v2) {
        return std::string(mount_point) + groups.path;
    }
    for (const std::string& mounted : groups.controllers) {  // "cpu,cpuacct" is a directory of two
        if (("," + mounted + ",").find("," + std::string(controller) + ",") != std::string::npos) {
            return std::string(mount_point) + "/" + mounted + groups.path;
        }
    }
    return {};
}

std::vector<std::string> directories(const Groups& groups) {
    if (groups.layout == CgroupLayout::v2) {
        return {directory_of(groups, "")};
    }
    std::vector<std::string> all;
    for (const std::string& mounted : groups.controllers) {
        all.push_back(std::string(mount_point) + "/" + mounted + groups.path);
    }
    return all;
}

Result<std::vector<Call>> limit_calls(const Groups& groups, const oci::SpecResources& resources) {
    Writes writes(groups);
    add_devices(writes, groups, resources);
    writes.v2() ? add_memory_v2(writes, resources.memory) : add_memory_v1(writes, resources.memory);
    add_cpu(writes, resources.cpu);
    if (resources.pids.value_or(0) != 0) {
        writes.add("pids", "pids.max", or_max(*resources.pids));
    }
    add_io(writes, resources);
    for (const auto& [file, value] : resources.unified) {
        writes.v2() ? writes.add("", file, value) : writes.refuse("version 2, which this machine has not", file);
    }
    return writes.take();
}

std::vector<Call> freeze_calls(const Groups& groups, bool frozen) {
    if (groups.layout == CgroupLayout::v2) {
        return {WriteCgroup{directory_of(groups, ""), "cgroup.freeze", frozen ? "1" : "0"}};
    }
    return {WriteCgroup{directory_of(groups, "freezer"), "freezer.state", frozen ? "FROZEN" : "THAWED"}};
}

std::vector<DeviceRule> device_rules(const oci::SpecResources& resources) {
    std::vector<DeviceRule> rules;
    for (const oci::SpecDeviceRule& one : resources.devices) {
        rules.push_back({one.allow, one.type, one.major, one.minor, one.access});
    }
    for (const auto& [major, minor] : {std::pair{1, 3}, std::pair{1, 5}, std::pair{1, 7}, std::pair{1, 8},
                                       std::pair{1, 9}, std::pair{5, 0}, std::pair{5, 1}, std::pair{5, 2}}) {
        rules.push_back({true, "c", major, minor, "rwm"});
    }
    rules.push_back({true, "c", 136, -1, "rwm"});
    rules.push_back({true, "c", -1, -1, "m"});  // a node may be made; whether it opens is another question
    rules.push_back({true, "b", -1, -1, "m"});
    return rules;
}

}  // namespace cutaway::bundle
