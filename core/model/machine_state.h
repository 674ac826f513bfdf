// SPDX-License-Identifier: Apache-2.0
// MachineState: all that a simulated machine is between two quanta, as described values, so that a snapshot is its
// bytes. Nothing here has behaviour; objects name each other by number. Pids are the host's unless said otherwise.
#pragma once

#include <cstdint>
#include <deque>
#include <functional>
#include <map>
#include <set>
#include <string>
#include <vector>

#include "core/base/fields.h"
#include "core/model/content.h"
#include "core/model/folded.h"
#include "core/model/mount_table.h"
#include "core/model/sys.h"
#include "core/world/observation.h"
#include "core/world/world.h"

namespace cutaway::model {

using Ino = std::uint64_t;
using SpaceId = std::uint64_t;  // a namespace's inode number, as /proc/PID/ns shows it
using ObjectId = std::uint64_t;

// --- file systems -----------------------------------------------------------------------------------------------

struct Inode {
    world::FileInfo info;  // its size is the content's
    Content content;
    std::map<std::string, Ino, std::less<>> entries;  // of a directory
    std::uint32_t links = 1;
};
CUTAWAY_FIELDS(Inode, info, content, entries, links)

struct Branch {  // a directory that an overlay is made of
    FsId fs = 0;
    Ino ino = 0;
};
CUTAWAY_FIELDS(Branch, fs, ino)

struct FileSystem {
    FsId id = 0;
    std::string type;         // "ext4", "tmpfs", "overlay", "proc", "sysfs", "cgroup", "cgroup2", …
    std::string container;    // whose mount made it
    SpaceId pid_space = 0;    // of proc
    std::string hierarchy;    // of cgroup: the controller; of cgroup2: empty
    std::string cgroup_root;  // what the mounting process's cgroup namespace calls /
    std::map<Ino, Inode> inodes;
    Ino next = 2;               // 1 is the root
    std::vector<Branch> lower;  // of overlay: topmost first
    std::vector<Branch> upper;  // none: read-only
    std::string upper_path;

    struct Gist {
        std::vector<FsId> beneath;          // what it is made of
        std::vector<std::string> contents;  // the digests of its long files
        bool has_nameless = false;          // files without a name, which somebody may have open
    };
};
CUTAWAY_FIELDS(FileSystem::Gist, beneath, contents, has_nameless)
CUTAWAY_FIELDS(FileSystem, id, type, container, pid_space, hierarchy, cgroup_root, inodes, next, lower, upper,
               upper_path)
FileSystem::Gist gist_of(const FileSystem& fs);

struct Spot {  // a place in a mount namespace; path is in the file system's own coordinates
    std::uint32_t mount = 0;
    std::string path;
    friend bool operator==(const Spot&, const Spot&) = default;
};
CUTAWAY_FIELDS(Spot, mount, path)

// --- namespaces -------------------------------------------------------------------------------------------------

struct MountSpace {
    MountTable mounts;
    std::uint32_t root = 0;

    struct Gist {
        std::vector<FsId> mounted;
    };
};
CUTAWAY_FIELDS(MountSpace::Gist, mounted)
CUTAWAY_FIELDS(MountSpace, mounts, root)
MountSpace::Gist gist_of(const MountSpace& space);

struct PidSpace {
    SpaceId parent = 0;
    Pid next = 1;
    std::map<Pid, Pid> members;  // own number → host's
    bool dead = false;           // its number 1 is gone: no fork any more
};
CUTAWAY_FIELDS(PidSpace, parent, next, members, dead)

struct Link {
    std::uint32_t index = 0;
    std::string kind;  // "loopback", "ethernet", "bridge", "veth"
    bool up = false;
    std::string mac;
    std::string bridge;  // it is a port of
    SpaceId peer_space = 0;
    std::string peer;
    std::vector<std::string> addresses;  // "172.17.0.2/16"
    std::uint64_t sent = 0;
    std::uint64_t received = 0;
};
CUTAWAY_FIELDS(Link, index, kind, up, mac, bridge, peer_space, peer, addresses, sent, received)

struct Route {
    std::string to;  // "default" or a subnet
    std::string via;
    std::string link;
};
CUTAWAY_FIELDS(Route, to, via, link)

struct NatEntry {
    std::string container;
    world::NatRule rule;
};
CUTAWAY_FIELDS(NatEntry, container, rule)

struct NetSpace {
    std::map<std::string, Link> links;
    std::vector<Route> routes;
    std::vector<NatEntry> nat;
    std::map<std::string, std::string> sysctls;
};
CUTAWAY_FIELDS(NetSpace, links, routes, nat, sysctls)

struct PlainSpace {
    world::Space what = world::Space::uts;
    std::string hostname;                      // of uts
    std::map<std::string, std::string> roots;  // of cgroup: hierarchy → what is / inside
};
CUTAWAY_FIELDS(PlainSpace, what, hostname, roots)

struct Membership {
    SpaceId mount = 0;
    SpaceId pid = 0;
    SpaceId pid_for_children = 0;
    SpaceId net = 0;
    SpaceId ipc = 0;
    SpaceId uts = 0;
    SpaceId cgroup = 0;
    SpaceId user = 0;
};
CUTAWAY_FIELDS(Membership, mount, pid, pid_for_children, net, ipc, uts, cgroup, user)

// --- cgroups ----------------------------------------------------------------------------------------------------

struct Cgroup {
    std::int64_t memory_max = -1;  // negative: "max"
    std::int64_t pids_max = -1;
    std::int64_t quota_us = -1;
    std::int64_t period_us = 100000;
    std::uint64_t weight = 100;
    bool frozen = false;
    std::uint64_t cpu_ns = 0;
    std::uint64_t periods = 0;
    std::uint64_t throttled = 0;
    std::uint64_t throttled_ns = 0;
    std::int64_t period = -1;  // the period last used, counted from boot
    std::int64_t period_used_ns = 0;
    std::uint64_t memory_peak = 0;
    std::uint64_t memory_failures = 0;
    std::uint64_t oom_kills = 0;
    std::uint64_t pids_failures = 0;
    std::map<std::string, std::string> written;  // other files, as they were written
};
CUTAWAY_FIELDS(Cgroup, memory_max, pids_max, quota_us, period_us, weight, frozen, cpu_ns, periods, throttled,
               throttled_ns, period, period_used_ns, memory_peak, memory_failures, oom_kills, pids_failures, written)

// --- what descriptors lead to -----------------------------------------------------------------------------------

enum class FileKind { regular, directory, text, null, zero, random, pipe, listener, stream, message, door, cgroup };
CUTAWAY_ENUM(FileKind, regular, directory, text, null, zero, random, pipe, listener, stream, message, door, cgroup)

struct OpenFile {
    FileKind kind = FileKind::null;
    std::uint32_t refs = 0;
    bool read = false;
    bool write = false;
    bool append = false;
    bool second = false;  // which end: of a stream or message queue the accepting one, of a pipe the writing one
    bool terminal = false;
    FsId fs = 0;
    Ino ino = 0;
    std::string path;  // as it was opened, for /proc/PID/fd
    std::uint64_t offset = 0;
    std::string text;  // of synthesised files: what they said when opened
    ObjectId object = 0;
};
CUTAWAY_FIELDS(OpenFile, kind, refs, read, write, append, second, terminal, fs, ino, path, offset, text, object)

struct Pipe {
    std::string buffer;
    std::uint32_t readers = 0;
    std::uint32_t writers = 0;
};
CUTAWAY_FIELDS(Pipe, buffer, readers, writers)

struct Listener {
    SpaceId net = 0;
    std::string address;
    std::uint16_t port = 0;
    std::string container;
    std::vector<ObjectId> backlog;
};
CUTAWAY_FIELDS(Listener, net, address, port, container, backlog)

struct Stream {  // two directions; `first` is who connected
    std::string to_first;
    std::string to_second;
    bool first_gone = false;
    bool second_gone = false;
    std::string first_name;
    std::string second_name;
};
CUTAWAY_FIELDS(Stream, to_first, to_second, first_gone, second_gone, first_name, second_name)

struct MessageQueue {
    std::vector<std::string> to_first;  // no deques here: an empty one costs as much as all the rest
    std::vector<std::string> to_second;
    bool first_gone = false;
    bool second_gone = false;
    std::string owner;  // the engine process that holds the first end; empty: a process of the machine does
};
CUTAWAY_FIELDS(MessageQueue, to_first, to_second, first_gone, second_gone, owner)

struct Door {  // where engines connect to a shim that runs
    std::string container;
    Pid pid = 0;
    std::vector<ObjectId> waiting;  // message queues
};
CUTAWAY_FIELDS(Door, container, pid, waiting)

// --- processes --------------------------------------------------------------------------------------------------

CUTAWAY_FIELDS(Step, what, code, readable, writable, until_ns, child)

enum class Life { ready, waiting, stopped, zombie };
CUTAWAY_ENUM(Life, ready, waiting, stopped, zombie)

struct Numbered {  // a process's number in one pid namespace
    SpaceId space = 0;
    Pid pid = 0;
};
CUTAWAY_FIELDS(Numbered, space, pid)

struct Descriptor {
    ObjectId file = 0;
    bool close_on_exec = false;
};
CUTAWAY_FIELDS(Descriptor, file, close_on_exec)

struct WatchedFile {  // with what it leads to, as far as that is asked again and again
    const OpenFile* file = nullptr;
    const Pipe* pipe = nullptr;
    const MessageQueue* queue = nullptr;
};

struct Watched {             // what a waiting process waits for, while the machine is in memory
    std::uint64_t turn = 0;  // of the turn that the wait ended
    std::vector<WatchedFile> readable;
    std::vector<const OpenFile*> writable;
};

struct Process {
    Pid parent = 0;
    std::vector<Numbered> numbers;  // innermost first; the last is the host's
    std::string container;
    std::string comm;
    std::string title;
    std::string executable;
    std::vector<std::string> argv;
    std::vector<std::string> env;
    std::uint32_t uid = 0;
    std::uint32_t gid = 0;
    std::vector<std::uint32_t> groups;
    std::vector<std::string> capabilities;
    bool no_new_privs = false;
    std::string seccomp;
    std::uint32_t umask = 022;
    Membership spaces;
    Spot root;
    Spot cwd;
    std::map<int, Descriptor> descriptors;
    std::map<int, Disposition> dispositions;
    std::vector<int> pending;  // not looked at yet: the process is frozen
    std::vector<int> caught;   // for its handler
    Life life = Life::ready;
    Step waits;
    std::int32_t code = 0;
    std::int32_t signal = 0;
    bool oom = false;
    std::string program;  // empty: the kernel's own, never runs
    Content saved;
    std::map<std::string, std::string> cgroups;  // hierarchy → path
    std::int64_t memory = 0;
    std::int64_t cpu_ns = 0;
    std::int64_t busy_until_ns = 0;
    std::int64_t started_ns = 0;
    std::uint64_t turn = 0;
    bool subreaper = false;
    ObjectId door = 0;
    Watched watched;  // no part of a snapshot
};
CUTAWAY_FIELDS(Process, parent, numbers, container, comm, title, executable, argv, env, uid, gid, groups, capabilities,
               no_new_privs, seccomp, umask, spaces, root, cwd, descriptors, dispositions, pending, caught, life, waits,
               code, signal, oom, program, saved, cgroups, memory, cpu_ns, busy_until_ns, started_ns, turn, subreaper,
               door)

struct JournalEnd {  // how far the machine's journal is: its last event, its last span, the observations in it
    std::uint64_t seq = 0;
    std::uint32_t span = 0;
    std::int64_t last_ns = 0;
    std::uint64_t observed = 0;
    std::uint32_t page = 1;
    std::uint64_t before = 0;  // events on the pages before this one, which begins with what they came to
};
CUTAWAY_FIELDS(JournalEnd, seq, span, last_ns, observed, page, before)

// --- the machine ------------------------------------------------------------------------------------------------

struct MachineState {
    world::MachineProfile profile;
    std::uint64_t random = 1;  // the entropy's state
    std::int64_t now_ns = 0;   // since boot
    std::int64_t boot_wall_ns = 0;
    FoldedMap<FsId, FileSystem> filesystems;
    FoldedMap<SpaceId, MountSpace> mount_spaces;
    std::map<SpaceId, PidSpace> pid_spaces;
    std::map<SpaceId, NetSpace> net_spaces;
    std::map<SpaceId, PlainSpace> plain_spaces;                    // ipc, uts, cgroup, user
    std::map<std::string, std::map<std::string, Cgroup>> cgroups;  // hierarchy → path → group
    std::map<Pid, Process> processes;
    std::map<ObjectId, OpenFile> files;
    std::map<ObjectId, Pipe> pipes;
    std::map<ObjectId, Listener> listeners;
    std::map<ObjectId, Stream> streams;
    std::map<ObjectId, MessageQueue> messages;
    std::map<ObjectId, Door> doors;
    std::map<std::string, std::string> locks;  // a disk lock's path → who holds it
    std::deque<world::Observed> observed;      // the newest; older ones were dropped
    std::uint64_t observed_before = 0;         // how many came before these
    FsId next_fs = 1;
    std::uint32_t next_mount = 1;
    SpaceId next_space = 4026532200;
    Pid next_pid = 1;
    ObjectId next_object = 1;
    std::uint32_t next_link = 1;
    std::uint64_t next_turn = 1;
    std::uint16_t next_port = 32768;
    Membership host;  // PID 1's namespaces
    JournalEnd journal;
    Pid daemon = 0;       // as which the engine acts
    std::string servers;  // what the world outside keeps
};
CUTAWAY_FIELDS(MachineState, profile, random, now_ns, boot_wall_ns, filesystems, mount_spaces, pid_spaces, net_spaces,
               plain_spaces, cgroups, processes, files, pipes, listeners, streams, messages, doors, locks, observed,
               observed_before, next_fs, next_mount, next_space, next_pid, next_object, next_link, next_turn, next_port,
               host, journal, daemon, servers)

}  // namespace cutaway::model
