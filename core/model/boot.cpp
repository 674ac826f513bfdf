// SPDX-License-Identifier: Apache-2.0
#include <algorithm>

#include "core/model/errors.h"
#include "core/model/network.h"
#include "core/model/processes.h"

namespace cutaway::model {
namespace {

using world::FileType;
using world::Space;

// The numbers that Linux gives the first namespaces (include/linux/proc_ns.h and what follows at boot).
constexpr Membership first_spaces() {
    Membership spaces;
    spaces.mount = 4026531841;
    spaces.pid = 4026531836;
    spaces.pid_for_children = 4026531836;
    spaces.net = 4026531840;
    spaces.ipc = 4026531839;
    spaces.uts = 4026531838;
    spaces.cgroup = 4026531835;
    spaces.user = 4026531837;
    return spaces;
}

void put_dir(FileSystem& fs, const std::string& path, std::uint32_t mode = 0755, std::uint32_t owner = 0) {
    Inode inode;
    inode.info.type = FileType::directory;
    inode.info.mode = mode;
    inode.info.uid = owner;
    inode.info.gid = owner;
    (void)add_inode(fs, path, std::move(inode));
}

void put_file(FileSystem& fs, const std::string& path, std::string text, std::uint32_t mode = 0644) {
    Inode inode;
    inode.info.mode = mode;
    inode.content = Content(std::move(text));
    (void)add_inode(fs, path, std::move(inode));
}

void put_link(FileSystem& fs, const std::string& path, std::string target) {
    Inode inode;
    inode.info.type = FileType::symlink;
    inode.info.mode = 0777;
    inode.info.link = std::move(target);
    (void)add_inode(fs, path, std::move(inode));
}

void put_device(FileSystem& fs, const std::string& path, std::uint32_t major, std::uint32_t minor) {
    Inode inode;
    inode.info.type = FileType::character;
    inode.info.mode = 0666;
    inode.info.major = major;
    inode.info.minor = minor;
    (void)add_inode(fs, path, std::move(inode));
}

void fill_root(FileSystem& fs, const world::MachineProfile& profile) {
    for (const char* path : {"/bin", "/dev", "/etc", "/home", "/proc", "/root", "/run", "/sbin", "/sys", "/tmp", "/usr",
                             "/var", "/usr/bin", "/usr/local", "/usr/local/bin", "/var/lib", "/var/log", "/mnt"}) {
        put_dir(fs, path);
    }
    find_inode(fs, "/tmp")->info.mode = 01777;
    find_inode(fs, "/root")->info.mode = 0700;
    put_dir(fs, "/home/user", 0755, 1000);
    put_file(fs, "/etc/hostname", profile.hostname + "\n");
    put_file(fs, "/etc/hosts", "127.0.0.1\tlocalhost\n127.0.1.1\t" + profile.hostname + "\n");
    put_file(fs, "/etc/resolv.conf", "nameserver 10.0.2.3\n");
    put_file(fs, "/etc/passwd",
             "root:x:0:0:root:/root:/bin/sh\nnobody:x:65534:65534:nobody:/nonexistent:/bin/false\n"
             "user:x:1000:1000:user:/home/user:/bin/sh\n");
    put_file(fs, "/etc/group", "root:x:0:\nuser:x:1000:\nnogroup:x:65534:\n");
    put_file(fs, "/etc/os-release", "PRETTY_NAME=\"Cutaway simulated host\"\nID=cutaway\nVERSION_ID=\"1\"\n");
    for (const char* name :
         {"sh",       "ls",       "cat",   "echo",  "ps",    "grep",   "curl", "wget",  "id",   "hostname",
          "uname",    "env",      "sleep", "true",  "false", "mkdir",  "rm",   "rmdir", "cp",   "mv",
          "ln",       "touch",    "head",  "tail",  "wc",    "sort",   "kill", "date",  "pwd",  "whoami",
          "stat",     "readlink", "mount", "df",    "find",  "sed",    "cut",  "tr",    "test", "printf",
          "seq",      "tee",      "chmod", "chown", "ip",    "ping",   "nc",   "top",   "free", "uniq",
          "basename", "dirname",  "which", "xargs", "awk",   "uptime", "dd",   "yes"}) {
        put_file(fs, std::string("/bin/") + name, "#!cutaway-program " + std::string(name) + "\n", 0755);
    }
    put_file(fs, "/usr/bin/docker-init", "#!cutaway-program tini\n", 0755);  // what --init puts before a program
    put_link(fs, "/bin/bash", "sh");
}

void fill_dev(FileSystem& fs) {
    put_device(fs, "/null", 1, 3);
    put_device(fs, "/zero", 1, 5);
    put_device(fs, "/full", 1, 7);
    put_device(fs, "/random", 1, 8);
    put_device(fs, "/urandom", 1, 9);
    put_device(fs, "/tty", 5, 0);
    put_dir(fs, "/pts");
    put_dir(fs, "/shm", 01777);
    put_dir(fs, "/mqueue", 01777);
    put_link(fs, "/fd", "/proc/self/fd");
    put_link(fs, "/stdin", "/proc/self/fd/0");
    put_link(fs, "/stdout", "/proc/self/fd/1");
    put_link(fs, "/stderr", "/proc/self/fd/2");
}

void mount_root(Machine& machine, const world::MachineProfile& profile) {
    const FsId root = new_filesystem(machine, "ext4", 0755);
    fill_root(machine.state.filesystems.at(root), profile);
    MountSpace space;
    Mounted mounted;
    mounted.id = machine.state.next_mount++;
    mounted.fs = root;
    mounted.type = "ext4";
    mounted.source = "/dev/vda1";
    mounted.shared = true;  // as systemd makes it
    space.root = mounted.id;
    space.mounts.add(mounted);
    machine.state.mount_spaces.emplace(machine.state.host.mount, std::move(space));
}

void mount_cgroups(Machine& machine, const View& view) {
    const world::MachineProfile& profile = machine.state.profile;
    for (const std::string& name : hierarchies(profile)) {
        machine.state.cgroups[name].emplace("", Cgroup{});
    }
    if (profile.cgroup == world::CgroupLayout::v2) {
        (void)mount(machine, view, {"cgroup2", "cgroup2", "/sys/fs/cgroup", {"nosuid", "nodev", "noexec"}, ""}, "");
        return;
    }
    (void)mount(machine, view, {"tmpfs", "tmpfs", "/sys/fs/cgroup", {"nosuid"}, "mode=755"}, "");
    for (const std::string& name : hierarchies(profile)) {
        const std::string at = "/sys/fs/cgroup/" + (name.empty() ? std::string("unified") : name);
        (void)make_dirs(machine, view, at, 0755);
        (void)mount(machine, view, {name.empty() ? "cgroup2" : "cgroup", "cgroup", at, {"nosuid"}, name}, "");
    }
}

void mount_rest(Machine& machine) {
    const View view = host_view(machine);
    (void)mount(machine, view, {"proc", "proc", "/proc", {"nosuid", "nodev", "noexec"}, ""}, "");
    (void)mount(machine, view, {"sysfs", "sysfs", "/sys", {"nosuid"}, ""}, "");
    (void)make_dirs(machine, view, "/sys/fs/cgroup", 0755);
    (void)make_dirs(machine, view, "/sys/firmware", 0755);
    (void)make_dirs(machine, view, "/sys/devices/virtual/powercap", 0755);
    (void)mount(machine, view, {"devtmpfs", "udev", "/dev", {"nosuid"}, "mode=755"}, "");
    const Spot dev = walk(machine, view, "/dev", true).value_or(Spot{});
    fill_dev(machine.state.filesystems.at(node_of(machine, view, dev).fs));
    (void)mount(machine, view, {"devpts", "devpts", "/dev/pts", {"nosuid"}, "gid=5"}, "");
    (void)mount(machine, view, {"tmpfs", "tmpfs", "/run", {"nosuid"}, "mode=755"}, "");
    mount_cgroups(machine, view);
}

Pid add_process(Machine& machine, Pid parent, const std::string& comm, const std::string& title) {
    const Pid pid = machine.state.next_pid;
    Process process;
    process.parent = parent;
    process.comm = comm;
    process.title = title;
    process.argv = {title};
    process.executable = title;
    process.spaces = machine.state.host;
    process.root = Spot{machine.state.mount_spaces.at(machine.state.host.mount).root, ""};
    process.cwd = process.root;
    process.life = Life::waiting;
    process.env = {"PATH=/usr/local/bin:/usr/bin:/bin:/sbin", "HOME=/root", "LANG=C.UTF-8"};
    for (const std::string& name : hierarchies(machine.state.profile)) {
        process.cgroups[name] = "";
    }
    process.memory = 4 * 1024 * 1024;
    number_process(machine, pid, process, machine.state.host.pid);
    machine.state.processes.emplace(pid, std::move(process));
    machine.state.next_pid = pid + 1;
    return pid;
}

void wire_host(Machine& machine) {
    const SpaceId net = machine.state.host.net;
    NetSpace space;
    Link loopback;
    loopback.index = machine.state.next_link++;
    loopback.kind = "loopback";
    space.links.emplace("lo", loopback);
    Link ethernet;
    ethernet.index = machine.state.next_link++;
    ethernet.kind = "ethernet";
    ethernet.mac = "52:54:00:12:34:56";
    space.links.emplace("eth0", ethernet);
    space.sysctls["net.ipv4.ip_forward"] = "0";
    machine.state.net_spaces.emplace(net, std::move(space));
    (void)raise_link(machine, net, "lo");
    (void)raise_link(machine, net, "eth0");
    (void)add_address(machine, net, "eth0", "10.0.2.15/24");
    (void)add_route(machine, net, Route{"default", "10.0.2.2", "eth0"});
}

}  // namespace

void boot(Machine& machine, const world::MachineProfile& profile, std::uint64_t seed) {
    MachineState& state = machine.state;
    state = MachineState{};
    state.profile = profile;
    state.random = seed * 0x9e3779b97f4a7c15U + 0x1234567U;
    state.now_ns = std::int64_t{60} * 1000000000;                // up for a minute
    state.boot_wall_ns = std::int64_t{1767225600} * 1000000000;  // 2026-01-01 until somebody says otherwise
    state.host = first_spaces();
    state.pid_spaces.emplace(state.host.pid, PidSpace{});
    for (const auto& [id, what] : {std::pair<SpaceId, Space>{state.host.ipc, Space::ipc},
                                   {state.host.uts, Space::uts},
                                   {state.host.cgroup, Space::cgroup},
                                   {state.host.user, Space::user}}) {
        state.plain_spaces[id].what = what;
    }
    state.plain_spaces.at(state.host.uts).hostname = profile.hostname;
    wire_host(machine);
    mount_root(machine, profile);
    (void)add_process(machine, 0, "init", "/sbin/init");
    mount_rest(machine);
    state.next_pid = 412;
    state.daemon = add_process(machine, 1, "cutaway", "cutaway engine");
    state.next_pid = 1001;
    machine.caller = state.daemon;
    state.observed.clear();
}

std::uint64_t random_number(Machine& machine) {  // splitmix64: every seed gives a full period
    machine.state.random += 0x9e3779b97f4a7c15U;
    std::uint64_t z = machine.state.random;
    z = (z ^ (z >> 30U)) * 0xbf58476d1ce4e5b9U;
    z = (z ^ (z >> 27U)) * 0x94d049bb133111ebU;
    return z ^ (z >> 31U);
}

void see(Machine& machine, world::Actor actor, world::Observation what) {
    machine.state.observed.push_back({machine.state.now_ns, actor, std::move(what)});
}

std::string contradiction(const MachineState& state) {
    std::map<ObjectId, std::uint32_t> refs;
    for (const auto& [pid, process] : state.processes) {
        const std::string who = "process " + std::to_string(pid);
        if (pid != 1 && !state.processes.contains(process.parent)) {
            return who + " has no parent";
        }
        if (process.life == Life::zombie) {
            continue;
        }
        if (!state.mount_spaces.contains(process.spaces.mount) || !state.pid_spaces.contains(process.spaces.pid) ||
            !state.net_spaces.contains(process.spaces.net) || !state.plain_spaces.contains(process.spaces.uts)) {
            return who + " is in a namespace that is not there";
        }
        if (!state.mount_spaces.at(process.spaces.mount).mounts.contains(process.root.mount)) {
            return who + " has a root that is not mounted";
        }
        for (const auto& [hierarchy, path] : process.cgroups) {
            const auto groups = state.cgroups.find(hierarchy);
            if (groups == state.cgroups.end() || !groups->second.contains(path)) {
                return who + " is in a cgroup that is not there";
            }
        }
        for (const auto& [fd, descriptor] : process.descriptors) {
            ++refs[descriptor.file];
        }
    }
    for (const auto& [id, file] : state.files) {
        if (refs[id] != file.refs) {
            return "open file " + std::to_string(id) + " is counted wrongly";
        }
    }
    return refs.size() == state.files.size() ? std::string() : "a descriptor leads nowhere";
}

}  // namespace cutaway::model
