// SPDX-License-Identifier: Apache-2.0
// proc(5), as far as people look: one directory a process of the mount's pid namespace, and the machine's own files.
#include <algorithm>
#include <cstdlib>

#include "core/model/errors.h"
#include "core/model/processes.h"

namespace cutaway::model {
namespace {

using world::DirEntry;
using world::FileInfo;
using world::FileType;
using world::Space;

constexpr Space all_spaces[] = {Space::cgroup, Space::ipc,  Space::mount, Space::net,
                                Space::pid,    Space::user, Space::uts};
const char* const process_files[] = {"cgroup",    "cmdline", "comm", "environ", "limits",
                                     "mountinfo", "mounts",  "stat", "status"};
const char* const machine_files[] = {"cpuinfo", "filesystems", "loadavg", "meminfo", "stat", "uptime", "version"};

struct Asked {
    Pid pid = 0;  // the host's; 0: not about a process
    std::string file;
};

Pid parse_pid(const std::string& text) {
    if (text.empty() || text.find_first_not_of("0123456789") != std::string::npos) {
        return 0;
    }
    return std::strtoll(text.c_str(), nullptr, 10);
}

Result<Asked> ask(Machine& machine, const FileSystem& fs, const std::string& path) {
    const std::vector<std::string> names = split_path(path);
    Asked asked;
    if (names.empty()) {
        return asked;
    }
    if (const Pid inner = parse_pid(names[0]); inner != 0) {
        asked.pid = host_pid(machine, fs.pid_space, inner);
        if (asked.pid == 0 || find_process(machine, asked.pid) == nullptr) {
            return os_error(ENOENT, path);
        }
        asked.file = path.substr(1 + names[0].size());
    } else {
        asked.file = path;
    }
    return asked;
}

std::string state_letter(Machine& machine, const Process& process) {
    if (process.life == Life::zombie) {
        return "Z (zombie)";
    }
    if (process.life == Life::stopped) {
        return "T (stopped)";
    }
    if (is_frozen(machine, process)) {
        return "D (disk sleep)";
    }
    return process.life == Life::ready ? "R (running)" : "S (sleeping)";
}

std::string status_text(Machine& machine, const FileSystem& fs, const Process& process) {
    const Process* parent = find_process(machine, process.parent);
    const std::string ids = std::to_string(process.uid);
    const std::string gids = std::to_string(process.gid);
    std::string text = "Name:\t" + process.comm + "\nUmask:\t0022\nState:\t" + state_letter(machine, process) +
                       "\nTgid:\t" + std::to_string(number_in(process, fs.pid_space)) + "\nPid:\t" +
                       std::to_string(number_in(process, fs.pid_space)) + "\nPPid:\t" +
                       std::to_string(parent == nullptr ? 0 : number_in(*parent, fs.pid_space)) + "\nUid:\t" + ids +
                       "\t" + ids + "\t" + ids + "\t" + ids + "\nGid:\t" + gids + "\t" + gids + "\t" + gids + "\t" +
                       gids + "\nGroups:\t";
    for (const std::uint32_t group : process.groups) {
        text += std::to_string(group) + " ";
    }
    // NSpid counts from the reader's namespace inwards (proc_pid_status(5)).
    std::string inwards;
    for (const Numbered& number : process.numbers) {
        inwards.insert(0, "\t" + std::to_string(number.pid));
        if (number.space == fs.pid_space) {
            break;
        }
    }
    return text + "\nNSpid:" + inwards + "\nVmRSS:\t" + std::to_string(process.memory / 1024) +
           " kB\nThreads:\t1\nNoNewPrivs:\t" + (process.no_new_privs ? "1" : "0") + "\nSeccomp:\t" +
           (process.seccomp.empty() ? "0" : "2") + "\n";
}

std::string stat_text(Machine& machine, const FileSystem& fs, const Process& process) {
    const Process* parent = find_process(machine, process.parent);
    return std::to_string(number_in(process, fs.pid_space)) + " (" + process.comm + ") " +
           state_letter(machine, process).substr(0, 1) + " " +
           std::to_string(parent == nullptr ? 0 : number_in(*parent, fs.pid_space)) + " 0 0 0 -1 0 0 0 0 0 " +
           std::to_string(process.cpu_ns / 10000000) + " 0 0 0 20 0 1 0 " +
           std::to_string(process.started_ns / 10000000) + " 0 " + std::to_string(process.memory / 4096) + "\n";
}

std::string joined(const std::vector<std::string>& texts) {
    std::string all;
    for (const std::string& text : texts) {
        all += text + '\0';
    }
    return all;
}

// A process may have written a title over its arguments.
std::string command_line(const Process& process) {
    std::string plain;
    for (const std::string& argument : process.argv) {
        plain += (plain.empty() ? "" : " ") + argument;
    }
    return process.title.empty() || process.title == plain ? joined(process.argv) : process.title + '\0';
}

std::string cgroup_of(Machine& machine, const Process& process) {
    const Process* caller = find_process(machine, machine.caller);
    std::map<std::string, std::string> roots;
    if (caller != nullptr) {
        const auto space = machine.state.plain_spaces.find(caller->spaces.cgroup);
        if (space != machine.state.plain_spaces.end()) {
            roots = space->second.roots;
        }
    }
    std::string text;
    std::size_t number = process.cgroups.size();
    for (auto group = process.cgroups.rbegin(); group != process.cgroups.rend(); ++group) {
        const std::string& root = roots[group->first];
        std::string path = group->second;
        if (path.rfind(root, 0) == 0) {
            path.erase(0, root.size());
        }
        const std::size_t shown = group->first.empty() ? 0 : --number;
        text += std::to_string(shown) + ":" + group->first + ":" + (path.empty() ? "/" : path) + "\n";
    }
    return text;
}

std::string machine_text(Machine& machine, const std::string& name) {
    const world::MachineProfile& profile = machine.state.profile;
    if (name == "/uptime") {
        const std::int64_t hundredths = machine.state.now_ns / 10000000;
        const std::string fraction = std::to_string(100 + hundredths % 100).substr(1);
        return std::to_string(hundredths / 100) + "." + fraction + " " + std::to_string(hundredths / 100) + ".00\n";
    }
    if (name == "/meminfo") {
        std::int64_t used = 180 * 1024 * 1024;
        for (const auto& [pid, process] : machine.state.processes) {
            used += process.memory;
        }
        const auto total = static_cast<std::int64_t>(profile.memory);
        return "MemTotal:       " + std::to_string(total / 1024) +
               " kB\nMemFree:        " + std::to_string((total - used) / 1024) +
               " kB\nMemAvailable:   " + std::to_string((total - used) / 1024) +
               " kB\nSwapTotal:      " + std::to_string(profile.swap / 1024) + " kB\n";
    }
    if (name == "/cpuinfo") {
        std::string text;
        for (std::uint32_t cpu = 0; cpu < profile.cpus; ++cpu) {
            text += "processor\t: " + std::to_string(cpu) + "\nmodel name\t: Cutaway simulated CPU\n\n";
        }
        return text;
    }
    if (name == "/version") {
        return "Linux version " + profile.kernel + " (cutaway@model) #1 SMP\n";
    }
    if (name == "/loadavg") {
        return "0.00 0.00 0.00 1/" + std::to_string(machine.state.processes.size()) + " " +
               std::to_string(machine.state.next_pid - 1) + "\n";
    }
    if (name == "/filesystems") {
        return "nodev\tproc\nnodev\tsysfs\nnodev\ttmpfs\nnodev\tcgroup2\nnodev\toverlay\n\text4\n";
    }
    return "cpu  0 0 0 0\nbtime " + std::to_string(machine.state.boot_wall_ns / 1000000000) + "\n";
}

std::string sysctl_key(const std::string& file) {
    std::string key = file.substr(5);
    std::replace(key.begin(), key.end(), '/', '.');
    return key;
}

NetSpace* net_of_caller(Machine& machine) {
    const Process* caller = find_process(machine, machine.caller);
    const auto space = machine.state.net_spaces.find(caller == nullptr ? machine.state.host.net : caller->spaces.net);
    return space == machine.state.net_spaces.end() ? nullptr : &space->second;
}

bool is_machine_file(const std::string& file) {
    return std::any_of(std::begin(machine_files), std::end(machine_files),
                       [&](const char* name) { return file == std::string("/") + name; });
}

bool is_process_file(const std::string& file) {
    return std::any_of(std::begin(process_files), std::end(process_files),
                       [&](const char* name) { return file == std::string("/") + name; });
}

FileInfo made(FileType type, std::uint32_t mode, std::string link = {}) {
    FileInfo info;
    info.type = type;
    info.mode = mode;
    info.link = std::move(link);
    return info;
}

Result<FileInfo> process_info(Machine& machine, const FileSystem& fs, const Asked& asked, const std::string& path) {
    const Process& process = machine.state.processes.at(asked.pid);
    FileInfo info = made(FileType::regular, 0444);
    info.uid = process.uid;
    info.gid = process.gid;
    if (asked.file.empty() || asked.file == "/ns" || asked.file == "/fd") {
        info.type = FileType::directory;
        info.mode = 0555;
        return info;
    }
    if (asked.file == "/exe") {
        return made(FileType::symlink, 0777, process.executable);
    }
    if (asked.file == "/cwd" || asked.file == "/root") {
        const View view = view_of(process);
        return made(
            FileType::symlink, 0777,
            asked.file == "/root" || process.life == Life::zombie ? "/" : spot_path(machine, view, process.cwd));
    }
    for (const Space space : all_spaces) {
        if (asked.file == "/ns/" + space_name(space)) {
            return made(FileType::symlink, 0777,
                        space_name(space) + ":[" + std::to_string(space_id(process, space)) + "]");
        }
    }
    if (asked.file.rfind("/fd/", 0) == 0) {
        const int fd = static_cast<int>(std::strtol(asked.file.c_str() + 4, nullptr, 10));
        if (!process.descriptors.contains(fd)) {
            return os_error(ENOENT, path);
        }
        return made(FileType::fifo, 0600);  // opened, it is the descriptor itself: see open_file
    }
    if (!is_process_file(asked.file)) {
        return os_error(ENOENT, path);
    }
    (void)fs;
    return info;
}

}  // namespace

Result<FileInfo> proc_info(Machine& machine, const FileSystem& fs, const std::string& path) {
    const Asked asked = TRY(ask(machine, fs, path));
    if (asked.pid != 0) {
        return process_info(machine, fs, asked, path);
    }
    if (asked.file.empty() || asked.file == "/sys") {
        return made(FileType::directory, 0555);
    }
    if (asked.file == "/self" || asked.file == "/thread-self") {
        const Process* caller = find_process(machine, machine.caller);
        const Pid number = caller == nullptr ? 0 : number_in(*caller, fs.pid_space);
        return number == 0 ? Result<FileInfo>(os_error(ENOENT, path))
                           : Result<FileInfo>(made(FileType::symlink, 0777, std::to_string(number)));
    }
    if (asked.file == "/mounts") {
        return made(FileType::symlink, 0777, "self/mounts");
    }
    if (is_machine_file(asked.file)) {
        return made(FileType::regular, 0444);
    }
    if (asked.file.rfind("/sys/", 0) == 0) {
        const NetSpace* net = net_of_caller(machine);
        const std::string key = sysctl_key(asked.file);
        if (asked.file == "/sys/kernel/hostname" || (net != nullptr && net->sysctls.contains(key))) {
            return made(FileType::regular, 0644);
        }
        for (const char* directory : {"/sys/net", "/sys/net/ipv4", "/sys/kernel", "/sys/net/ipv4/conf"}) {
            if (asked.file == directory) {
                return made(FileType::directory, 0555);
            }
        }
    }
    for (const char* masked :
         {"/bus", "/fs", "/irq", "/acpi", "/kcore", "/keys", "/timer_list", "/scsi", "/sysrq-trigger"}) {
        if (asked.file == masked) {
            const bool file = asked.file == "/kcore" || asked.file == "/keys" || asked.file == "/timer_list" ||
                              asked.file == "/sysrq-trigger";
            return made(file ? FileType::regular : FileType::directory, file ? 0400 : 0555);
        }
    }
    return os_error(ENOENT, path);
}

Result<std::string> proc_text(Machine& machine, const FileSystem& fs, const std::string& path) {
    const FileInfo info = TRY(proc_info(machine, fs, path));
    if (info.type == FileType::directory) {
        return os_error(EISDIR, path);
    }
    const Asked asked = TRY(ask(machine, fs, path));
    if (asked.pid == 0) {
        if (asked.file == "/sys/kernel/hostname") {
            const Process* caller = find_process(machine, machine.caller);
            const SpaceId uts = caller == nullptr ? machine.state.host.uts : caller->spaces.uts;
            return machine.state.plain_spaces.at(uts).hostname + "\n";
        }
        if (asked.file.rfind("/sys/", 0) == 0) {
            return net_of_caller(machine)->sysctls[sysctl_key(asked.file)] + "\n";
        }
        return is_machine_file(asked.file) ? machine_text(machine, asked.file) : std::string();
    }
    const Process& process = machine.state.processes.at(asked.pid);
    const bool zombie = process.life == Life::zombie;
    if (asked.file == "/status") {
        return status_text(machine, fs, process);
    }
    if (asked.file == "/stat") {
        return stat_text(machine, fs, process);
    }
    if (asked.file == "/cmdline") {
        return zombie ? std::string() : command_line(process);
    }
    if (asked.file == "/environ") {
        return zombie ? std::string() : joined(process.env);
    }
    if (asked.file == "/comm") {
        return process.comm + "\n";
    }
    if (asked.file == "/cgroup") {
        return cgroup_of(machine, process);
    }
    if (asked.file == "/mounts" || asked.file == "/mountinfo") {
        return zombie ? std::string() : mounts_text(machine, view_of(process), asked.file == "/mountinfo");
    }
    return std::string("Max open files            1048576              1048576              files\n");
}

Result<std::vector<DirEntry>> proc_list(Machine& machine, const FileSystem& fs, const std::string& path) {
    if (TRY(proc_info(machine, fs, path)).type != FileType::directory) {
        return os_error(ENOTDIR, path);
    }
    const Asked asked = TRY(ask(machine, fs, path));
    std::vector<DirEntry> entries;
    if (asked.pid != 0 && asked.file == "/ns") {
        for (const Space space : all_spaces) {
            entries.push_back({space_name(space), FileType::symlink});
        }
    } else if (asked.pid != 0 && asked.file == "/fd") {
        for (const auto& [fd, descriptor] : machine.state.processes.at(asked.pid).descriptors) {
            entries.push_back({std::to_string(fd), FileType::symlink});
        }
    } else if (asked.pid != 0) {
        for (const char* name : process_files) {
            entries.push_back({name, FileType::regular});
        }
        for (const char* name : {"cwd", "exe", "root"}) {
            entries.push_back({name, FileType::symlink});
        }
        entries.push_back({"fd", FileType::directory});
        entries.push_back({"ns", FileType::directory});
    } else if (asked.file.empty()) {
        const auto space = machine.state.pid_spaces.find(fs.pid_space);
        if (space != machine.state.pid_spaces.end()) {
            for (const auto& [inner, pid] : space->second.members) {
                entries.push_back({std::to_string(inner), FileType::directory});
            }
        }
        for (const char* name : machine_files) {
            entries.push_back({name, FileType::regular});
        }
        entries.push_back({"mounts", FileType::symlink});
        entries.push_back({"self", FileType::symlink});
        entries.push_back({"sys", FileType::directory});
    }
    return entries;
}

Status proc_write(Machine& machine, const FileSystem& fs, const std::string& path, std::string_view text) {
    const Asked asked = TRY(ask(machine, fs, path));
    NetSpace* net = net_of_caller(machine);
    if (asked.pid != 0 || asked.file.rfind("/sys/net/", 0) != 0 || net == nullptr) {
        return os_error(EACCES, path);
    }
    std::string value(text);
    while (!value.empty() && value.back() == '\n') {
        value.pop_back();
    }
    net->sysctls[sysctl_key(asked.file)] = value;
    return {};
}

}  // namespace cutaway::model
