// SPDX-License-Identifier: Apache-2.0
#include "core/world/why.h"

#include <array>

namespace cutaway::world {

namespace {

constexpr auto explanations = std::to_array<Explanation>({
    {"clone", "clone",
     "Makes a child process. Each flag gives it a fresh copy of one thing that processes usually share: the process "
     "numbers, the mounts, the network, the host name. A container is nothing more than a process made this way; what "
     "was not named here stays shared with the host.",
     "clone(2); namespaces(7); pid_namespaces(7)"},
    {"unshare", "unshare",
     "Leaves a shared namespace and gets a private one without making a new process. The cgroup namespace is taken "
     "this way, after the process has joined its cgroup: where it stands at that moment becomes the root of what it "
     "sees.",
     "unshare(2); cgroup_namespaces(7)"},
    {"setns", "pidfd_open, setns",
     "Enters namespaces that exist already. This is the whole secret of docker exec: a second process steps into the "
     "rooms of the first. The pid namespace only takes effect for children, so a fork follows.",
     "setns(2); pidfd_open(2); nsenter(1)"},
    {"execve", "execve",
     "Replaces the program in this process by another one. The process number, the namespaces, the cgroup and the open "
     "files stay; everything the engine ran before is gone from memory. From here on the container is on its own.",
     "execve(2); environ(7)"},
    {"kill", "pidfd_send_signal",
     "Sends a signal to a process. The first process of a pid namespace is protected: a signal that it has no handler "
     "for is thrown away unless it is SIGKILL or SIGSTOP from outside. That is why some containers need ten seconds to "
     "stop.",
     "kill(2); signal(7); pid_namespaces(7)"},
    {"await_exit", "pidfd_open, poll, waitid",
     "Waits for a process to end, at most so long. docker stop asks politely first, waits here, and only then sends "
     "SIGKILL. Until its parent has fetched the exit status, a process that has ended remains as a zombie.",
     "waitid(2); poll(2); pidfd_open(2)"},
    {"start_shim", "fork, execve, setsid",
     "Starts a small process that becomes the container's parent. It holds the log and the exit status, so that the "
     "engine can be restarted or upgraded while containers run on. In Docker it is called containerd-shim.",
     "fork(2); setsid(2); execve(2)"},
    {"mount", "mount",
     "Attaches a file system to a directory. An overlay joins the read-only layers of an image with one writable "
     "directory; proc and sysfs are windows into the kernel; a bind mount shows a directory a second time elsewhere. "
     "In a private mount namespace nobody else sees any of it.",
     "mount(2); mount_namespaces(7); mount(8)"},
    {"umount", "umount2",
     "Detaches a file system. Detached lazily, it vanishes from the tree at once and ends when its last user lets go "
     "of it, so that a process with a file open there does not hold everything up.",
     "umount2(2); umount(8)"},
    {"pivot_root", "chdir, pivot_root, umount2, chdir",
     "Swaps the root: the container's tree becomes / and the host's is put aside and unmounted. chroot would only "
     "change where one process begins to look; after pivot_root there is no host tree left in this namespace to climb "
     "back to.",
     "pivot_root(2); pivot_root(8); chroot(2)"},
    {"mkdir", "mkdirat", "Makes a directory, and those above it that are missing.", "mkdir(2); mkdir(1)"},
    {"mknod", "mknodat",
     "Makes a device file: a name that leads to a driver in the kernel by two numbers. The container's /dev begins "
     "empty and gets only harmless ones; a disk among them would be a way out.",
     "mknod(2); null(4); random(4)"},
    {"symlink", "symlinkat",
     "Makes a name that points to another name. Programs expect /dev/fd and /dev/stdout, which lead into /proc.",
     "symlink(2); symlink(7)"},
    {"chdir", "chdir, getcwd",
     "Sets the working directory that the image or -w asks for. Afterwards it is asked where it really is: a directory "
     "handle left open from outside could otherwise put the program outside its own root.",
     "chdir(2); getcwd(3)"},
    {"save_file", "openat, write, fsync, rename",
     "Writes a file so that it is there whole or not at all: under another name first, forced to the disk, then "
     "renamed into place. A power cut leaves the old file or the new one, never half of one.",
     "open(2); fsync(2); rename(2)"},
    {"remove", "unlinkat",
     "Removes a file or a whole directory tree. It goes down by directory handles and follows no symbolic link, since "
     "what it removes was written by strangers.",
     "unlink(2); rm(1)"},
    {"rename", "rename",
     "Gives a file or directory another name in one indivisible step. Whoever looks sees the old state or the new one.",
     "rename(2); mv(1)"},
    {"unpack_layer", "openat, write, fchown, mknodat, setxattr",
     "Turns one layer, a compressed tar, into a directory that overlay can stack. An entry called .wh.NAME says that "
     "the layers below lose NAME; on disk that becomes a character device 0:0. Every name is resolved beneath the "
     "layer's own directory, because an archive may try to write elsewhere.",
     "OCI image spec: layer.md, Applying Changesets; tar(5); mknod(2)"},
    {"sethostname", "sethostname",
     "Sets the host name, which belongs to the UTS namespace: the container has a name of its own and the machine "
     "keeps its. By default it is the beginning of the container's id.",
     "sethostname(2); uts_namespaces(7)"},
    {"setuid", "setgroups, setresgid, setresuid",
     "Becomes the user that the image's USER line or -u asks for. Groups go first, then the group, the user last: "
     "after the last one the right to change the others is gone. Numbers count, names are only looked up in the image.",
     "setresuid(2); setgroups(2); credentials(7)"},
    {"capset", "prctl, capset",
     "Root's power is divided into some forty capabilities. Docker leaves a container fourteen of them. What is "
     "dropped from the bounding set cannot come back, not even through a setuid program.",
     "capabilities(7); capset(2); capsh(1)"},
    {"no_new_privs", "prctl",
     "From here on execve grants nothing: setuid bits and file capabilities are ignored. Docker does this only when it "
     "is asked to, since sudo and ping inside would stop working.",
     "prctl(2); execve(2)"},
    {"seccomp", "seccomp",
     "Gives the kernel a little program that judges every system call from now on. Docker's default forbids some "
     "dozens that containers have no business with, such as loading kernel modules. It can never be taken off again.",
     "seccomp(2); bpf(2)"},
    {"terminal", "openat, ioctl (TIOCGPTPEER, TIOCSCTTY), fchown, setsid, dup2, mount, sendmsg",
     "Makes a terminal for the program, as -t asks: a pair of ends in the container's own /dev/pts. One end becomes "
     "its input and output and sends it Ctrl-C as a signal; the other is handed out to the shim, which passes on what "
     "you type. Nothing of the host's own terminal gets inside.",
     "pts(4); pty(7); setsid(2)"},
    {"close_range", "close_range",
     "Marks every open file but the first three to be closed at execve. A forgotten handle to a directory of the host "
     "would be a door that no namespace closes.",
     "close_range(2); open(2)"},
    {"cgroup_create", "mkdir",
     "Makes a control group: a directory in a kernel file system, and the account on which processes' memory, CPU time "
     "and number are counted. It is made before the container, so that nothing ever runs uncounted.",
     "cgroups(7); mkdir(2)"},
    {"cgroup_write", "openat, write",
     "Writes into a control group's file: a limit such as memory.max, or a process number into cgroup.procs, which "
     "moves that process. Children are born where their parent is. What exceeds memory.max is killed, not refused.",
     "cgroups(7); write(2)"},
    {"cgroup_remove", "rmdir",
     "Removes an empty control group. While a process is in it the kernel says EBUSY, so the killed ones must be gone "
     "first.",
     "cgroups(7); rmdir(2)"},
    {"bridge", "sendto (RTM_NEWLINK)",
     "Makes a network switch out of software. All containers of a network plug into it, and the machine itself has an "
     "address on it, which is their gateway. Docker calls its own docker0.",
     "ip-link(8); bridge(8); rtnetlink(7)"},
    {"veth", "sendto (RTM_NEWLINK)",
     "Makes a network cable with two ends: what goes in at one end comes out of the other. One end stays with the "
     "machine, the other moves into the container.",
     "veth(4); ip-link(8)"},
    {"link_move", "sendto (IFLA_NET_NS_PID)",
     "Moves one end of the cable into the container's network namespace and calls it eth0 there. It disappears from "
     "the machine's own list at that moment.",
     "network_namespaces(7); ip-link(8)"},
    {"link_master", "sendto (IFLA_MASTER)", "Plugs the machine's end of the cable into the switch.",
     "ip-link(8); bridge(8)"},
    {"link_up", "sendto (IFF_UP)",
     "Switches an interface on. Even the loopback of a new network namespace begins switched off, so that 127.0.0.1 "
     "cannot be reached.",
     "ip-link(8); netdevice(7)"},
    {"address", "sendto (RTM_NEWADDR)",
     "Gives an interface an address, together with the size of the network around it.", "ip-address(8); rtnetlink(7)"},
    {"route", "sendto (RTM_NEWROUTE)",
     "Tells the kernel where packets for other networks go: the default route leads to the switch's address, from "
     "where the machine passes them on.",
     "ip-route(8); rtnetlink(7)"},
    {"link_remove", "sendto (RTM_DELLINK)",
     "Removes an interface. A cable goes as a whole: its other end vanishes too, wherever it is.", "ip-link(8)"},
    {"nat_add", "sendmsg (NFT_MSG_NEWRULE)",
     "Adds a rule that rewrites addresses. Masquerading lends the machine's address to packets that leave; publishing "
     "a port sends what arrives at a port of the machine on to a container. -p is nothing more than such a rule.",
     "nft(8); iptables(8)"},
    {"nat_remove", "sendmsg (NFT_MSG_DELRULE)", "Takes such a rule back, so that the port is free for others.",
     "nft(8); iptables(8)"},
    {"sysctl", "openat, write",
     "Writes a setting of the running kernel, as a file below /proc/sys. Without net.ipv4.ip_forward a machine passes "
     "on no packets that are not its own, and no container reaches the outside.",
     "proc(5); sysctl(8); ip(7)"},
    {"resolver", "setns, socket, bind, listen, sendto (NFT_MSG_NEWRULE), setns",
     "Opens the name server that /etc/resolv.conf names on a network of your own. The sockets lie inside the "
     "container's "
     "network namespace, at a port that nobody minds; a rule in there sends what is asked of port 53 to them. Who "
     "answers "
     "is outside: the shim knows which containers are on the same networks, and asks the machine's servers for the "
     "rest.",
     "resolv.conf(5); network_namespaces(7); setns(2)"},
    {"link_set_up", "setns, sendto (RTM_NEWADDR, IFF_UP, RTM_NEWROUTE), setns",
     "Gives a cable's end inside a running container its address. No init stands there any more to do it, so a thread "
     "of "
     "the engine's enters the container's network namespace for a moment and comes back.",
     "setns(2); network_namespaces(7); nsenter(1)"},
    {"map_ids", "openat, write (setgroups, gid_map, uid_map); newuidmap",
     "Says who is who in a user namespace. The process inside believes that it is root, number 0; to the machine it is "
     "the ordinary user who started it, and a file that it makes belongs to that user. With one number mapped there is "
     "one user inside; /etc/subuid may give a person more, and newuidmap, a setuid program, maps those.",
     "user_namespaces(7); credentials(7)"},
    {"start_companion", "clone, execve",
     "Starts a program beside the container. Who is not root may not lay a cable on the host, so slirp4netns or pasta "
     "makes a tap inside the container's network namespace and carries what goes over it by sockets of its own, as any "
     "program of that user's could open.",
     "network_namespaces(7); fork(2); execve(2)"},
    {"http", "socket, connect, sendto, recvfrom",
     "Asks a registry over HTTP. The first answer is often 401 with the address of a token server; with the token the "
     "same request is made again. Manifests and layers are named by their digests, so what arrives can be checked.",
     "OCI distribution spec: Pulling manifests; OCI distribution spec: Pulling blobs; curl(1)"},
    {"api", "socket, connect, sendto, recvfrom",
     "What the docker command would send to the daemon over its socket. The command itself makes no containers: it "
     "asks, and dockerd does. Here both sit in one process, and the trace shows where the line runs.",
     "unix(7); Docker Engine API: Container"},
    {"setns_path", "openat, setns",
     "Enters a namespace that somebody else keeps alive, named by a path: a file below /proc/PID/ns, or such a file "
     "bound elsewhere, as network plugins leave it. The containers of a pod share one network this way.",
     "setns(2); namespaces(7)"},
    {"setsid", "setsid, keyctl",
     "Makes the process the first of a session of its own, so that no terminal of the caller's can send it signals, "
     "and "
     "gives it an empty ring for the kernel's keys, so that the caller's keys are not found inside.",
     "setsid(2); session-keyring(7); keyctl(2)"},
    {"setrlimit", "setrlimit",
     "Bounds one thing for this process and its children: open files, processes, the size of a core. Unlike a cgroup "
     "it "
     "counts each process, or each user, by itself.",
     "getrlimit(2); prlimit(1)"},
    {"oom_score_adj", "openat, write",
     "Says how ready the kernel shall be to choose this process when memory runs out: from -1000, never, to 1000, "
     "first. Its children begin with the same number.",
     "proc(5)"},
    {"umask", "umask", "Sets the permission bits that new files of this process do not get.", "umask(2)"},
    {"capset_all", "prctl, capset",
     "Sets the five sets of capabilities one by one. What is bounding can never be had again; what is permitted may be "
     "used; what is ambient passes on to programs that know nothing of capabilities.",
     "capabilities(7); capset(2)"},
    {"mknod_any", "mknodat, fchownat, fchmodat",
     "Makes a device file or a named pipe with an owner and a mode. Whether it may be opened is a second question: the "
     "devices cgroup answers that.",
     "mknod(2); fifo(7)"},
    {"find_program", "faccessat, fstatat",
     "Looks the program up as execve will, without starting it. A bundle is created and started by two commands; what "
     "is missing is better told by the first.",
     "execve(2); environ(7)"},
    {"hook", "posix_spawn, waitid",
     "Runs a program of the host at a fixed moment of a container's life and hands it the container's state. This is "
     "how "
     "GPU drivers and network plugins are put in without the runtime knowing them.",
     "OCI runtime spec: config.md, POSIX-platform Hooks"},
    {"cgroup_devices", "bpf",
     "Loads a program that answers yes or no whenever a process of the cgroup opens or makes a device. In cgroups of "
     "version 1 this was a list in a file; version 2 has only such programs.",
     "bpf(2); cgroups(7)"},
});

struct PhaseText {
    Phase phase;
    std::string_view text;
};

constexpr auto phases = std::to_array<PhaseText>({
    {Phase::resolve,
     "A short name becomes a full address: which registry, which repository, which tag. `nginx` means "
     "docker.io/library/nginx:latest."},
    {Phase::manifest,
     "The registry is asked what the name stands for today: an index of platforms, then the manifest of the one that "
     "fits, which lists the config and the layers by their digests."},
    {Phase::layers,
     "What the store lacks is fetched, checked against its digest and unpacked, a directory a layer. What another "
     "image brought already is not fetched again."},
    {Phase::create,
     "A container is written down before it exists: its id, name, settings and the plan of its start. This is where "
     "docker create ends."},
    {Phase::overlay,
     "The layers are joined under one writable directory, and that becomes the root that the container sees."},
    {Phase::namespaces, "A process is made that sees its own process list, mounts, network and host name."},
    {Phase::cgroup, "The process is put into a group on which the kernel counts and limits memory, CPU and processes."},
    {Phase::network,
     "A cable is laid from the machine's switch into the container, with an address, a route and the published ports."},
    {Phase::exec, "What the program must not be able to do is given up, and the process becomes the program."},
    {Phase::running, "The program runs by itself; the engine looks on, keeps the log and answers requests."},
    {Phase::stop, "The program is asked to end, and made to when it does not."},
    {Phase::remove, "Everything that was made is taken back, newest first: rules, cable, cgroup, mounts, record."},
});

}  // namespace

const Explanation* why(std::string_view kind) {
    for (const Explanation& one : explanations) {
        if (one.kind == kind) {
            return &one;
        }
    }
    return nullptr;
}

std::span<const Explanation> all_explanations() { return explanations; }

std::string_view why(Phase phase) {
    for (const PhaseText& one : phases) {
        if (one.phase == phase) {
            return one.text;
        }
    }
    return {};
}

}  // namespace cutaway::world
