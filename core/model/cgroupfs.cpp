// SPDX-License-Identifier: Apache-2.0
// The control files, by Documentation/admin-guide/cgroup-v2.rst and cgroup-v1/*.rst: names, texts and errors.
#include <algorithm>
#include <cstdlib>

#include "core/model/errors.h"
#include "core/model/processes.h"

namespace cutaway::model {
namespace {

using world::FileType;

struct Located {
    std::string path;  // of the group in its hierarchy
    std::string file;  // empty: the directory itself
    Cgroup* group = nullptr;
};

std::vector<std::string> file_names(const FileSystem& fs, bool root) {
    if (fs.type == "cgroup2") {
        std::vector<std::string> names{"cgroup.controllers", "cgroup.procs", "cgroup.subtree_control", "cpu.stat"};
        if (!root) {
            for (const char* name :
                 {"cgroup.events", "cgroup.freeze", "cgroup.kill", "cpu.max", "cpu.weight", "io.max", "memory.current",
                  "memory.events", "memory.high", "memory.max", "memory.oom.group", "memory.peak", "memory.stat",
                  "memory.swap.max", "pids.current", "pids.events", "pids.max", "cpuset.cpus", "io.weight"}) {
                names.emplace_back(name);
            }
        }
        return names;
    }
    std::vector<std::string> names{"cgroup.procs", "tasks"};
    const auto add = [&](std::initializer_list<const char*> more) {
        names.insert(names.end(), more.begin(), more.end());
    };
    if (fs.hierarchy == "memory") {
        add({"memory.limit_in_bytes", "memory.usage_in_bytes", "memory.max_usage_in_bytes", "memory.failcnt",
             "memory.memsw.limit_in_bytes", "memory.oom_control", "memory.soft_limit_in_bytes", "memory.stat",
             "memory.swappiness"});
    } else if (fs.hierarchy == "cpu") {
        add({"cpu.cfs_quota_us", "cpu.cfs_period_us", "cpu.shares", "cpu.stat"});
    } else if (fs.hierarchy == "cpuacct") {
        add({"cpuacct.usage"});
    } else if (fs.hierarchy == "cpuset") {
        add({"cpuset.cpus", "cpuset.mems"});
    } else if (fs.hierarchy == "pids" && !root) {
        add({"pids.max", "pids.current", "pids.events"});
    } else if (fs.hierarchy == "freezer" && !root) {
        add({"freezer.state", "freezer.self_freezing"});
    } else if (fs.hierarchy == "devices") {
        add({"devices.allow", "devices.deny", "devices.list"});
    } else if (fs.hierarchy == "blkio") {
        add({"blkio.weight"});
    }
    return names;
}

Result<Located> locate(Machine& machine, const FileSystem& fs, const std::string& path) {
    Located located;
    located.path = fs.cgroup_root + path;
    located.group = find_cgroup(machine, fs.hierarchy, located.path);
    if (located.group != nullptr) {
        return located;
    }
    located.file = last_name(path);
    located.path = fs.cgroup_root + parent_path(path);
    located.group = find_cgroup(machine, fs.hierarchy, located.path);
    const std::vector<std::string> names = file_names(fs, located.path.empty());
    if (located.group == nullptr || std::find(names.begin(), names.end(), located.file) == names.end()) {
        return os_error(ENOENT, path);
    }
    return located;
}

std::string number_or_max(std::int64_t value) { return value < 0 ? "max" : std::to_string(value); }

std::string pids_text(Machine& machine, const FileSystem& fs, const std::string& path) {
    std::string text;
    const Process* caller = find_process(machine, machine.caller);
    const SpaceId space = caller == nullptr ? machine.state.host.pid : caller->spaces.pid;
    for (const Pid pid : members_of(machine, fs.hierarchy, path, false)) {
        text += std::to_string(number_in(machine.state.processes.at(pid), space)) + "\n";
    }
    return text;
}

std::string cpu_stat(const FileSystem& fs, const Cgroup& group) {
    std::string text;
    if (fs.type == "cgroup2") {
        text = "usage_usec " + std::to_string(group.cpu_ns / 1000) + "\nuser_usec " +
               std::to_string(group.cpu_ns / 1000) + "\nsystem_usec 0\n";
    }
    return text + "nr_periods " + std::to_string(group.periods) + "\nnr_throttled " + std::to_string(group.throttled) +
           "\n" +
           (fs.type == "cgroup2" ? "throttled_usec " + std::to_string(group.throttled_ns / 1000)
                                 : "throttled_time " + std::to_string(group.throttled_ns)) +
           "\n";
}

// Files whose text is made from what the group counts and limits; everything else says what was written last.
std::string live_text(Machine& machine, const FileSystem& fs, const Located& at) {
    const Cgroup& group = *at.group;
    const auto memory = [&] { return memory_of(machine, fs.hierarchy, at.path); };
    const auto count = [&] { return members_of(machine, fs.hierarchy, at.path, true).size(); };
    if (at.file == "memory.max" || at.file == "memory.high") {
        return at.file == "memory.max" ? number_or_max(group.memory_max) + "\n" : std::string("max\n");
    }
    if (at.file == "memory.limit_in_bytes") {
        return (group.memory_max < 0 ? "9223372036854771712" : std::to_string(group.memory_max)) + "\n";
    }
    if (at.file == "memory.current" || at.file == "memory.usage_in_bytes") {
        return std::to_string(memory()) + "\n";
    }
    if (at.file == "memory.peak" || at.file == "memory.max_usage_in_bytes") {
        return std::to_string(group.memory_peak) + "\n";
    }
    if (at.file == "memory.events") {
        return "low 0\nhigh 0\nmax " + std::to_string(group.memory_failures) + "\noom " +
               std::to_string(group.oom_kills) + "\noom_kill " + std::to_string(group.oom_kills) + "\n";
    }
    if (at.file == "memory.oom_control") {
        return "oom_kill_disable 0\nunder_oom 0\noom_kill " + std::to_string(group.oom_kills) + "\n";
    }
    if (at.file == "memory.failcnt") {
        return std::to_string(group.memory_failures) + "\n";
    }
    if (at.file == "memory.stat") {
        return "anon " + std::to_string(memory()) + "\nfile 0\ninactive_file 0\n";
    }
    if (at.file == "cpu.max") {
        return number_or_max(group.quota_us) + " " + std::to_string(group.period_us) + "\n";
    }
    if (at.file == "cpu.cfs_quota_us") {
        return std::to_string(group.quota_us) + "\n";
    }
    if (at.file == "cpu.cfs_period_us") {
        return std::to_string(group.period_us) + "\n";
    }
    if (at.file == "cpu.weight" || at.file == "cpu.shares") {
        return std::to_string(at.file == "cpu.weight" ? group.weight : group.weight * 1024 / 100) + "\n";
    }
    if (at.file == "cpu.stat") {
        return cpu_stat(fs, group);
    }
    if (at.file == "cpuacct.usage") {
        return std::to_string(group.cpu_ns) + "\n";
    }
    if (at.file == "pids.max") {
        return number_or_max(group.pids_max) + "\n";
    }
    if (at.file == "pids.current") {
        return std::to_string(count()) + "\n";
    }
    if (at.file == "pids.events") {
        return "max " + std::to_string(group.pids_failures) + "\n";
    }
    if (at.file == "cgroup.freeze") {
        return group.frozen ? "1\n" : "0\n";
    }
    if (at.file == "freezer.state") {
        return group.frozen ? "FROZEN\n" : "THAWED\n";
    }
    if (at.file == "cgroup.events") {
        return std::string("populated ") + (count() > 0 ? "1" : "0") + "\nfrozen " + (group.frozen ? "1" : "0") + "\n";
    }
    if (at.file == "cgroup.controllers") {
        return machine.state.profile.cgroup == world::CgroupLayout::v2 ? "cpuset cpu io memory pids\n" : "\n";
    }
    return {};
}

Result<std::int64_t> parse_number(std::string_view text, std::string_view doing) {
    std::string digits(text);
    while (!digits.empty() && (digits.back() == '\n' || digits.back() == ' ')) {
        digits.pop_back();
    }
    if (digits == "max") {
        return std::int64_t{-1};
    }
    char* end = nullptr;
    const long long value = std::strtoll(digits.c_str(), &end, 10);
    if (digits.empty() || end == nullptr || *end != '\0') {
        return os_error(EINVAL, doing);
    }
    return std::int64_t{value};
}

Status write_cpu_max(Cgroup& group, std::string_view text) {
    const std::size_t space = std::min(text.find(' '), text.size());
    const std::int64_t quota = TRY(parse_number(text.substr(0, space), "cpu.max"));
    std::int64_t period = group.period_us;
    if (space < text.size()) {
        period = TRY(parse_number(text.substr(space + 1), "cpu.max"));
    }
    if ((quota >= 0 && quota < 1000) || period < 1000 || period > 1000000) {
        return os_error(EINVAL, "cpu.max");  // 1 ms at least, 1 s at most
    }
    group.quota_us = quota;
    group.period_us = period;
    return {};
}

Status write_procs(Machine& machine, const FileSystem& fs, const Located& at, std::string_view text) {
    const std::int64_t inner = TRY(parse_number(text, "cgroup.procs"));
    const Process* caller = find_process(machine, machine.caller);
    if (inner == 0) {
        return join_cgroup(machine, fs.hierarchy, at.path, machine.caller);
    }
    const SpaceId space = caller == nullptr ? machine.state.host.pid : caller->spaces.pid;
    return join_cgroup(machine, fs.hierarchy, at.path, host_pid(machine, space, inner));
}

Status kill_all(Machine& machine, const FileSystem& fs, const Located& at) {
    for (const Pid pid : members_of(machine, fs.hierarchy, at.path, true)) {
        send_signal(machine, 0, pid, 9);
    }
    return {};
}

}  // namespace

Result<world::FileInfo> cgroup_info(Machine& machine, const FileSystem& fs, const std::string& path) {
    const Located at = TRY(locate(machine, fs, path));
    world::FileInfo info;
    info.type = at.file.empty() ? FileType::directory : FileType::regular;
    info.mode = at.file.empty() ? 0755 : 0644;
    return info;
}

Result<std::string> cgroup_text(Machine& machine, const FileSystem& fs, const std::string& path) {
    const Located at = TRY(locate(machine, fs, path));
    if (at.file.empty()) {
        return os_error(EISDIR, path);
    }
    if (at.file == "cgroup.procs" || at.file == "tasks") {
        return pids_text(machine, fs, at.path);
    }
    const std::string text = live_text(machine, fs, at);
    if (!text.empty()) {
        return text;
    }
    const auto written = at.group->written.find(at.file);
    return written == at.group->written.end() ? std::string("\n") : written->second + "\n";
}

Result<std::vector<world::DirEntry>> cgroup_list(Machine& machine, const FileSystem& fs, const std::string& path) {
    const Located at = TRY(locate(machine, fs, path));
    if (!at.file.empty()) {
        return os_error(ENOTDIR, path);
    }
    std::vector<world::DirEntry> entries;
    for (const std::string& name : file_names(fs, at.path.empty())) {
        entries.push_back({name, FileType::regular});
    }
    for (const auto& [other, group] : machine.state.cgroups.at(fs.hierarchy)) {
        if (!other.empty() && parent_path(other) == at.path) {
            entries.push_back({std::string(last_name(other)), FileType::directory});
        }
    }
    std::sort(entries.begin(), entries.end(),
              [](const world::DirEntry& a, const world::DirEntry& b) { return a.name < b.name; });
    return entries;
}

Status cgroup_write(Machine& machine, const FileSystem& fs, const std::string& path, std::string_view text) {
    const Located at = TRY(locate(machine, fs, path));
    Cgroup& group = *at.group;
    if (at.file == "cgroup.procs" || at.file == "tasks") {
        return write_procs(machine, fs, at, text);
    }
    if (at.file == "cpu.max") {
        return write_cpu_max(group, text);
    }
    if (at.file == "freezer.state") {
        const bool frozen = text.rfind("FROZEN", 0) == 0;
        if (!frozen && text.rfind("THAWED", 0) != 0) {
            return os_error(EINVAL, path);
        }
        return freeze(machine, fs.hierarchy, at.path, frozen);
    }
    if (at.file == "cgroup.subtree_control" || at.file.rfind("devices.", 0) == 0 || at.file.rfind("cpuset.", 0) == 0 ||
        at.file.rfind("io.", 0) == 0 || at.file == "memory.swap.max" || at.file == "memory.memsw.limit_in_bytes") {
        group.written[at.file] = std::string(text);
        return {};
    }
    const std::int64_t value = TRY(parse_number(text, path));
    if (at.file == "cgroup.freeze") {
        return value == 0 || value == 1 ? freeze(machine, fs.hierarchy, at.path, value == 1) : os_error(ERANGE, path);
    }
    if (at.file == "cgroup.kill") {
        return value == 1 ? kill_all(machine, fs, at) : os_error(ERANGE, path);
    }
    if (at.file == "memory.max" || at.file == "memory.limit_in_bytes") {
        group.memory_max = value;
    } else if (at.file == "pids.max") {
        group.pids_max = value;
    } else if (at.file == "cpu.cfs_quota_us") {
        group.quota_us = value;
    } else if (at.file == "cpu.cfs_period_us") {
        group.period_us = std::max<std::int64_t>(1000, value);
    } else if (at.file == "cpu.weight" || at.file == "cpu.shares") {
        group.weight = static_cast<std::uint64_t>(std::max<std::int64_t>(1, value));
    } else if (at.file == "memory.current" || at.file == "cgroup.events" || at.file == "cpu.stat") {
        return os_error(EACCES, path);
    } else {
        group.written[at.file] = std::string(text);
    }
    return {};
}

Status cgroup_make(Machine& machine, const FileSystem& fs, const std::string& path) {
    const std::string full = fs.cgroup_root + path;
    if (find_cgroup(machine, fs.hierarchy, full) != nullptr) {
        return os_error(EEXIST, path);
    }
    if (find_cgroup(machine, fs.hierarchy, parent_path(full)) == nullptr) {
        return os_error(ENOENT, path);
    }
    machine.state.cgroups[fs.hierarchy].emplace(full, Cgroup{});
    return {};
}

Status cgroup_remove(Machine& machine, const FileSystem& fs, const std::string& path) {
    const std::string full = fs.cgroup_root + path;
    auto& groups = machine.state.cgroups.at(fs.hierarchy);
    if (full.empty() || !groups.contains(full)) {
        return os_error(full.empty() ? EBUSY : ENOENT, path);
    }
    const bool has_child = std::any_of(groups.begin(), groups.end(),
                                       [&](const auto& other) { return other.first.rfind(full + "/", 0) == 0; });
    if (has_child || !members_of(machine, fs.hierarchy, full, true).empty()) {
        return os_error(EBUSY, path);
    }
    groups.erase(full);
    return {};
}

}  // namespace cutaway::model
