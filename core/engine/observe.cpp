// SPDX-License-Identifier: Apache-2.0
#include "core/engine/observe.h"

#include <algorithm>
#include <set>

#include "core/engine/restarting.h"
#include "core/engine/rootless.h"
#include "core/engine/start_plan.h"
#include "core/engine/unseen.h"
#include "core/store/blobs.h"
#include "core/store/containers.h"
#include "core/store/paths.h"

namespace cutaway::engine {

namespace {

using store::ContainerRecord;
using world::FileType;

// --- diff ---

struct Comparison {
    world::World& world;
    std::string upper;
    std::vector<std::string> lower;  // the nearest first
    std::set<std::string> own;       // mount points
    std::vector<Change> changes;
};

bool below(const Comparison& in, const std::string& path) {
    for (const std::string& tree : in.lower) {
        if (const auto info = in.world.disk.stat(tree + path)) {
            return !(info->type == FileType::character && info->major == 0 && info->minor == 0);
        }
    }
    return false;
}

// True: the directory holds something that the start made, so it may be in the upper one for that alone.
bool compare(Comparison& in, const std::string& directory) {
    const auto entries = in.world.disk.list(in.upper + directory);
    if (!entries) {
        return false;
    }
    bool mixed = false;
    for (const world::DirEntry& entry : *entries) {
        const std::string path = directory + "/" + entry.name;
        const auto info = in.world.disk.stat(in.upper + path);
        if (!info || in.own.contains(path)) {
            mixed = true;
            continue;
        }
        const std::size_t place = in.changes.size();
        if (info->type == FileType::character && info->major == 0 && info->minor == 0) {
            in.changes.push_back({'D', path});
            continue;
        }
        const bool known = below(in, path);
        in.changes.push_back({known ? 'C' : 'A', path});
        if (info->type == FileType::directory && compare(in, path) && in.changes.size() == place + 1) {
            in.changes.pop_back();
            mixed = true;
        }
    }
    return mixed;
}

std::set<std::string> mount_points(const ContainerRecord& record) {
    std::set<std::string> own{"/dev",       "/proc", "/sys", "/etc/hosts", "/etc/hostname", "/etc/resolv.conf",
                              "/.dockerenv"};
    for (const store::MountPoint& mount : record.mounts) {
        own.insert(mount.target);
    }
    return own;
}

// --- the cgroup's files ---

std::uint64_t number_in(world::World& world, const std::string& path, std::uint64_t otherwise) {
    const std::string text = world.disk.read(path).value_or("");
    return text.empty() || text.front() < '0' || text.front() > '9' ? otherwise : std::stoull(text);
}

struct Files {
    world::World& world;
    cgroup::Config config;

    [[nodiscard]] bool v2() const { return config.layout == world::CgroupLayout::v2; }
    std::uint64_t read(const char* controller, const char* on_v2, const char* on_v1, std::uint64_t otherwise) const {
        const std::string path = cgroup::path_of(config, controller) + "/" + (v2() ? on_v2 : on_v1);
        return number_in(world, path, otherwise);
    }
    [[nodiscard]] std::uint64_t cpu_ns() const {
        if (!v2()) {
            return read("cpuacct", "", "cpuacct.usage", 0);
        }
        const std::string text = world.disk.read(cgroup::path_of(config, "cpu") + "/cpu.stat").value_or("");
        const std::size_t at = text.find("usage_usec ");
        return at == std::string::npos ? 0 : std::stoull(text.substr(at + 11)) * 1000;
    }
};

// --- top ---

std::string field(const std::string& status, const std::string& name) {
    const std::size_t at = status.find(name + ":");
    if (at == std::string::npos) {
        return "";
    }
    const std::size_t from = status.find_first_not_of(" \t", at + name.size() + 1);
    const std::size_t end = status.find_first_of(" \t\n", from);
    return from == std::string::npos ? "" : status.substr(from, end - from);
}

std::string user_of(world::World& world, const std::string& uid) {
    const std::string passwd = world.disk.read("/etc/passwd").value_or("");
    for (std::size_t at = 0; at < passwd.size();) {
        const std::size_t end = std::min(passwd.find('\n', at), passwd.size());
        const std::string line = passwd.substr(at, end - at);
        at = end + 1;
        const std::size_t name = line.find(':');
        const std::size_t number = name == std::string::npos ? name : line.find(':', name + 1);
        if (number != std::string::npos && line.compare(number + 1, uid.size() + 1, uid + ":") == 0) {
            return line.substr(0, name);
        }
    }
    return uid;
}

std::vector<std::string> row(world::World& world, const std::string& pid) {
    const std::string status = world.disk.read("/proc/" + pid + "/status").value_or("");
    std::string command = world.disk.read("/proc/" + pid + "/cmdline").value_or("");
    while (!command.empty() && command.back() == '\0') {
        command.pop_back();
    }
    std::replace(command.begin(), command.end(), '\0', ' ');
    return {user_of(world, field(status, "Uid")), pid, field(status, "PPid"), command};
}

}  // namespace

Result<std::vector<Change>> diff(Engine& engine, const std::string& container) {
    TRY(engine.reconcile());
    return changes_of(engine.world(), TRY(store::find_container(engine.world(), container)));
}

Result<std::vector<Change>> changes_of(world::World& world, const ContainerRecord& record) {
    Comparison all{world, record.upper, {}, mount_points(record), {}};
    for (const std::string& chain : record.chain_ids) {
        all.lower.push_back(store::layer_tree(world, TRY(oci::parse_digest(chain))));
    }
    std::reverse(all.lower.begin(), all.lower.end());
    compare(all, "");
    std::sort(all.changes.begin(), all.changes.end(), [](const Change& a, const Change& b) { return a.path < b.path; });
    return std::move(all.changes);
}

Result<TopTable> Engine::top(const std::string& name, const std::string& ps_options) {
    TRY(reconcile());
    const ContainerRecord record = TRY(store::find_container(world_, name));
    TRY(check_not_restarting(record));
    if (!store::is_up(record)) {
        return fail(Errc::conflict, "container " + record.id + " is not running");
    }
    if (!ps_options.empty()) {
        return fail(Errc::unsupported, "ps options: Cutaway's top knows none yet");
    }
    TopTable table;
    table.titles = {"UID", "PID", "PPID", "CMD"};
    for (const std::int64_t pid : TRY(processes_of(world_, record))) {
        table.rows.push_back(row(world_, std::to_string(pid)));
    }
    return table;
}

Result<ContainerStats> Engine::stats(const std::string& name) {
    constexpr std::int64_t sample_ns = 1'000'000'000;
    TRY(reconcile());
    const ContainerRecord record = TRY(store::find_container(world_, name));
    ContainerStats stats;
    stats.id = record.id;
    stats.name = record.name;
    if (!store::is_up(record)) {
        return stats;
    }
    TRY(check_cgroups(world_.machine, "stats"));
    const Files files{world_, cgroup_config(record, world_.machine)};
    const std::uint64_t before = files.cpu_ns();
    TRY(world_.clock.sleep(sample_ns));
    const std::uint64_t used = files.cpu_ns();
    stats.cpu_percent = used < before ? 0 : 100.0 * static_cast<double>(used - before) / static_cast<double>(sample_ns);
    stats.memory = files.read("memory", "memory.current", "memory.usage_in_bytes", 0);
    const std::uint64_t all = world_.machine.memory;
    stats.memory_limit = std::min(files.read("memory", "memory.max", "memory.limit_in_bytes", all), all);
    stats.processes = static_cast<std::uint32_t>(files.read("pids", "pids.current", "pids.current", 0));
    return stats;
}

}  // namespace cutaway::engine
