// SPDX-License-Identifier: Apache-2.0
// Calls are values: everything that an engine asks of a kernel, a disk or a network, one struct a kind, `Call` their
// variant. So tracing, gating, recording, fault injection, sending to a child and "the shell line that would do this
// by hand" are each one function over the variant. Only steps worth teaching are calls; reading a file is not.
// Kinds carry the kernel's own name where the kernel has one. Paths are absolute in the acting process's view.
#pragma once

#include <cstdint>
#include <string>
#include <string_view>
#include <variant>
#include <vector>

#include "core/base/sum.h"
#include "core/world/bundle_call.h"
#include "core/world/vocabulary.h"

namespace cutaway::world {

// --- processes and namespaces -----------------------------------------------------------------------------------

struct Clone {  // clone(2): a child in new namespaces; the reply's value is its pid as the caller sees it
    static constexpr std::string_view kind = "clone";
    std::vector<Space> spaces;
    std::string what;  // "init" or "exec": what the child is for
    friend bool operator==(const Clone&, const Clone&) = default;
};
CUTAWAY_FIELDS(Clone, spaces, what)

struct Unshare {  // unshare(2)
    static constexpr std::string_view kind = "unshare";
    std::vector<Space> spaces;
    friend bool operator==(const Unshare&, const Unshare&) = default;
};
CUTAWAY_FIELDS(Unshare, spaces)

struct SetNamespace {  // setns(2) with a pidfd: join the namespaces of `pid`
    static constexpr std::string_view kind = "setns";
    std::int64_t pid = 0;
    std::vector<Space> spaces;
    friend bool operator==(const SetNamespace&, const SetNamespace&) = default;
};
CUTAWAY_FIELDS(SetNamespace, pid, spaces)

struct MapIds {  // write(2) of setgroups, gid_map and uid_map of `pid`, or newuidmap(1) and newgidmap(1) for more than
    // the caller's own ids: who is who in the user namespace that it was born into
    static constexpr std::string_view kind = "map_ids";
    std::int64_t pid = 0;
    std::vector<IdRange> uids;
    std::vector<IdRange> gids;
    friend bool operator==(const MapIds&, const MapIds&) = default;
};
CUTAWAY_FIELDS(MapIds, pid, uids, gids)

// Whether it takes newuidmap(1): the kernel lets a process map nobody but itself.
inline bool maps_by_program(const MapIds& call) {
    return call.uids.size() != 1 || call.uids.front().count != 1 || call.gids.size() != 1 ||
           call.gids.front().count != 1;
}

struct StartCompanion {  // fork(2), execve(2): a program that works for the container as long as it runs; it ends with
    // whoever performs this
    static constexpr std::string_view kind = "start_companion";
    std::string path;
    std::vector<std::string> argv;  // "$PID" in a word is the container's first process
    friend bool operator==(const StartCompanion&, const StartCompanion&) = default;
};
CUTAWAY_FIELDS(StartCompanion, path, argv)

struct Execute {  // execve(2): on success the caller is this program from here on; a path without a slash is looked
    // up along env's PATH by whoever performs it, inside the container's root
    static constexpr std::string_view kind = "execve";
    std::string path;
    std::vector<std::string> argv;
    std::vector<std::string> env;
    friend bool operator==(const Execute&, const Execute&) = default;
};
CUTAWAY_FIELDS(Execute, path, argv, env)

struct SendSignal {  // kill(2)
    static constexpr std::string_view kind = "kill";
    std::int64_t pid = 0;
    std::string signal;  // "SIGTERM"
    friend bool operator==(const SendSignal&, const SendSignal&) = default;
};
CUTAWAY_FIELDS(SendSignal, pid, signal)

struct AwaitExit {  // waitid(2) on a pidfd, with a deadline: the reply's value is 1 if it ended in time, else 0
    static constexpr std::string_view kind = "await_exit";
    std::string container;
    std::int64_t pid = 0;
    std::int64_t timeout_ns = -1;  // negative: without end
    friend bool operator==(const AwaitExit&, const AwaitExit&) = default;
};
CUTAWAY_FIELDS(AwaitExit, container, pid, timeout_ns)

struct StartShim {  // a new process that is the container's parent and outlives the engine
    static constexpr std::string_view kind = "start_shim";
    std::string container;
    friend bool operator==(const StartShim&, const StartShim&) = default;
};
CUTAWAY_FIELDS(StartShim, container)

// --- file system ------------------------------------------------------------------------------------------------

struct Mount {  // mount(2); data is the file system's own option text, options are the flags by mount(8)'s names
    static constexpr std::string_view kind = "mount";
    std::string type;  // "overlay", "proc", "bind", …; empty with only a propagation option
    std::string source;
    std::string target;
    std::vector<std::string> options;  // "nosuid", "ro", "rec", "private", …
    std::string data;
    friend bool operator==(const Mount&, const Mount&) = default;
};
CUTAWAY_FIELDS(Mount, type, source, target, options, data)

struct Unmount {  // umount2(2), detached
    static constexpr std::string_view kind = "umount";
    std::string target;
    friend bool operator==(const Unmount&, const Unmount&) = default;
};
CUTAWAY_FIELDS(Unmount, target)

struct PivotRoot {  // pivot_root(2) to new_root, the old root put on top of it, then detached
    static constexpr std::string_view kind = "pivot_root";
    std::string new_root;
    friend bool operator==(const PivotRoot&, const PivotRoot&) = default;
};
CUTAWAY_FIELDS(PivotRoot, new_root)

struct MakeDir {  // mkdir(2), parents too; present is fine
    static constexpr std::string_view kind = "mkdir";
    std::string path;
    std::uint32_t mode = 0755;
    friend bool operator==(const MakeDir&, const MakeDir&) = default;
};
CUTAWAY_FIELDS(MakeDir, path, mode)

struct MakeNode {  // mknod(2): a character device
    static constexpr std::string_view kind = "mknod";
    std::string path;
    std::uint32_t mode = 0666;
    std::uint32_t major = 0;
    std::uint32_t minor = 0;
    friend bool operator==(const MakeNode&, const MakeNode&) = default;
};
CUTAWAY_FIELDS(MakeNode, path, mode, major, minor)

struct MakeSymlink {  // symlink(2)
    static constexpr std::string_view kind = "symlink";
    std::string target;
    std::string path;
    friend bool operator==(const MakeSymlink&, const MakeSymlink&) = default;
};
CUTAWAY_FIELDS(MakeSymlink, target, path)

struct ChangeDir {  // chdir(2), then the working directory is checked to lie inside the root
    static constexpr std::string_view kind = "chdir";
    std::string path;
    friend bool operator==(const ChangeDir&, const ChangeDir&) = default;
};
CUTAWAY_FIELDS(ChangeDir, path)

struct SaveFile {  // temp, fsync, rename, fsync of the directory; the text itself stays in the store
    static constexpr std::string_view kind = "save_file";
    std::string path;
    std::uint64_t bytes = 0;
    std::string digest;  // of content-addressed files
    friend bool operator==(const SaveFile&, const SaveFile&) = default;
};
CUTAWAY_FIELDS(SaveFile, path, bytes, digest)

struct RemovePath {  // a file or a whole tree
    static constexpr std::string_view kind = "remove";
    std::string path;
    friend bool operator==(const RemovePath&, const RemovePath&) = default;
};
CUTAWAY_FIELDS(RemovePath, path)

struct RenamePath {  // rename(2)
    static constexpr std::string_view kind = "rename";
    std::string from;
    std::string to;
    friend bool operator==(const RenamePath&, const RenamePath&) = default;
};
CUTAWAY_FIELDS(RenamePath, from, to)

struct UnpackLayer {  // one span however many files: counters in progress and reply, a layer index beside it
    static constexpr std::string_view kind = "unpack_layer";
    std::string digest;   // of the compressed blob
    std::string diff_id;  // of the tar inside
    std::string into;     // the directory
    friend bool operator==(const UnpackLayer&, const UnpackLayer&) = default;
};
CUTAWAY_FIELDS(UnpackLayer, digest, diff_id, into)

// --- identity and limits ----------------------------------------------------------------------------------------

struct SetHostname {  // sethostname(2)
    static constexpr std::string_view kind = "sethostname";
    std::string name;
    friend bool operator==(const SetHostname&, const SetHostname&) = default;
};
CUTAWAY_FIELDS(SetHostname, name)

struct SetUser {  // setgroups(2), setgid(2), setuid(2); the groups are always set
    static constexpr std::string_view kind = "setuid";
    std::uint32_t uid = 0;
    std::uint32_t gid = 0;
    std::vector<std::uint32_t> groups;
    friend bool operator==(const SetUser&, const SetUser&) = default;
};
CUTAWAY_FIELDS(SetUser, uid, gid, groups)

struct SetCapabilities {  // bounding, effective and permitted become `keep`; inheritable and ambient become empty
    static constexpr std::string_view kind = "capset";
    std::vector<std::string> keep;  // "CAP_CHOWN"
    friend bool operator==(const SetCapabilities&, const SetCapabilities&) = default;
};
CUTAWAY_FIELDS(SetCapabilities, keep)

struct NoNewPrivileges {  // prctl(PR_SET_NO_NEW_PRIVS)
    static constexpr std::string_view kind = "no_new_privs";
    friend bool operator==(const NoNewPrivileges&, const NoNewPrivileges&) = default;
};
CUTAWAY_FIELDS(NoNewPrivileges)

struct LoadSeccomp {  // seccomp(2)
    static constexpr std::string_view kind = "seccomp";
    std::string profile;  // "default"
    std::string filter;   // the compiled filter as bytes; never shown
    friend bool operator==(const LoadSeccomp&, const LoadSeccomp&) = default;
};
CUTAWAY_FIELDS(LoadSeccomp, profile, filter)

struct OpenTerminal {  // a pty of the container's own devpts(4): 0, 1 and 2, and what controls the session
    static constexpr std::string_view kind = "terminal";
    std::uint32_t uid = 0;  // whose it is
    bool console = false;   // /dev/console is it, too
    friend bool operator==(const OpenTerminal&, const OpenTerminal&) = default;
};
CUTAWAY_FIELDS(OpenTerminal, uid, console)

struct CloseDescriptors {  // close_range(2) from `first` up, on exec
    static constexpr std::string_view kind = "close_range";
    std::uint32_t first = 3;
    friend bool operator==(const CloseDescriptors&, const CloseDescriptors&) = default;
};
CUTAWAY_FIELDS(CloseDescriptors, first)

// --- cgroups ----------------------------------------------------------------------------------------------------

struct MakeCgroup {  // mkdir below /sys/fs/cgroup
    static constexpr std::string_view kind = "cgroup_create";
    std::string path;
    friend bool operator==(const MakeCgroup&, const MakeCgroup&) = default;
};
CUTAWAY_FIELDS(MakeCgroup, path)

struct WriteCgroup {  // write(2) of a limit, or of a pid into cgroup.procs
    static constexpr std::string_view kind = "cgroup_write";
    std::string path;  // the cgroup's directory
    std::string file;  // "memory.max"
    std::string value;
    friend bool operator==(const WriteCgroup&, const WriteCgroup&) = default;
};
CUTAWAY_FIELDS(WriteCgroup, path, file, value)

struct RemoveCgroup {  // rmdir
    static constexpr std::string_view kind = "cgroup_remove";
    std::string path;
    friend bool operator==(const RemoveCgroup&, const RemoveCgroup&) = default;
};
CUTAWAY_FIELDS(RemoveCgroup, path)

// --- network ----------------------------------------------------------------------------------------------------

struct MakeBridge {  // RTM_NEWLINK bridge; present is fine
    static constexpr std::string_view kind = "bridge";
    std::string name;
    friend bool operator==(const MakeBridge&, const MakeBridge&) = default;
};
CUTAWAY_FIELDS(MakeBridge, name)

struct MakeVeth {  // RTM_NEWLINK veth: a cable with two ends
    static constexpr std::string_view kind = "veth";
    std::string name;
    std::string peer;
    friend bool operator==(const MakeVeth&, const MakeVeth&) = default;
};
CUTAWAY_FIELDS(MakeVeth, name, peer)

struct MoveLink {  // RTM_NEWLINK with IFLA_NET_NS_PID: into the network namespace of `pid`, named `as` there
    static constexpr std::string_view kind = "link_move";
    std::string link;
    std::int64_t pid = 0;
    std::string as;
    friend bool operator==(const MoveLink&, const MoveLink&) = default;
};
CUTAWAY_FIELDS(MoveLink, link, pid, as)

struct AttachLink {  // IFLA_MASTER
    static constexpr std::string_view kind = "link_master";
    std::string link;
    std::string bridge;
    friend bool operator==(const AttachLink&, const AttachLink&) = default;
};
CUTAWAY_FIELDS(AttachLink, link, bridge)

struct RaiseLink {  // IFF_UP
    static constexpr std::string_view kind = "link_up";
    std::string link;
    friend bool operator==(const RaiseLink&, const RaiseLink&) = default;
};
CUTAWAY_FIELDS(RaiseLink, link)

struct AddAddress {  // RTM_NEWADDR; present is fine
    static constexpr std::string_view kind = "address";
    std::string link;
    std::string address;  // "172.17.0.2/16"
    friend bool operator==(const AddAddress&, const AddAddress&) = default;
};
CUTAWAY_FIELDS(AddAddress, link, address)

struct AddRoute {  // RTM_NEWROUTE
    static constexpr std::string_view kind = "route";
    std::string to;  // "default"
    std::string via;
    std::string link;
    friend bool operator==(const AddRoute&, const AddRoute&) = default;
};
CUTAWAY_FIELDS(AddRoute, to, via, link)

struct RemoveLink {  // RTM_DELLINK; either end of a veth takes the other with it
    static constexpr std::string_view kind = "link_remove";
    std::string link;
    friend bool operator==(const RemoveLink&, const RemoveLink&) = default;
};
CUTAWAY_FIELDS(RemoveLink, link)

struct NatRule {       // a masquerade of a subnet, or a published port
    std::string what;  // "masquerade" or "publish"
    std::string subnet;
    std::string bridge;
    std::string protocol;  // "tcp"
    std::string host_address;
    std::uint16_t host_port = 0;
    std::string address;
    std::uint16_t port = 0;
    friend bool operator==(const NatRule&, const NatRule&) = default;
};
CUTAWAY_FIELDS(NatRule, what, subnet, bridge, protocol, host_address, host_port, address, port)

struct AddNat {  // nf_tables; a masquerade that is present is fine, a taken host port is EADDRINUSE
    static constexpr std::string_view kind = "nat_add";
    std::string container;
    NatRule rule;
    friend bool operator==(const AddNat&, const AddNat&) = default;
};
CUTAWAY_FIELDS(AddNat, container, rule)

struct RemoveNat {
    static constexpr std::string_view kind = "nat_remove";
    std::string container;
    NatRule rule;
    friend bool operator==(const RemoveNat&, const RemoveNat&) = default;
};
CUTAWAY_FIELDS(RemoveNat, container, rule)

struct WriteSysctl {  // write(2) below /proc/sys
    static constexpr std::string_view kind = "sysctl";
    std::string key;  // "net.ipv4.ip_forward"
    std::string value;
    friend bool operator==(const WriteSysctl&, const WriteSysctl&) = default;
};
CUTAWAY_FIELDS(WriteSysctl, key, value)

struct OpenResolver {  // inside the network namespace of `pid`: what is sent to this address's port 53 is answered by
    // whoever performs it, from the names that the container's networks know; others it asks the machine's own servers
    static constexpr std::string_view kind = "resolver";
    std::int64_t pid = 0;
    std::string address;  // "127.0.0.11"
    friend bool operator==(const OpenResolver&, const OpenResolver&) = default;
};
CUTAWAY_FIELDS(OpenResolver, pid, address)

struct SetUpLink {  // setns(2) into the network namespace of `pid` and back: RTM_NEWADDR, IFF_UP, RTM_NEWROUTE in there
    static constexpr std::string_view kind = "link_set_up";
    std::int64_t pid = 0;
    std::string link;
    std::string address;  // "172.18.0.2/16"; present is fine
    std::string via;      // the default route's next hop; empty: no route
    friend bool operator==(const SetUpLink&, const SetUpLink&) = default;
};
CUTAWAY_FIELDS(SetUpLink, pid, link, address, via)

// --- the registry, and the client's request to the daemon ---------------------------------------------------------

struct HttpRequest {  // the reply's value is the status; its text is a JSON body, other bodies are counted only
    static constexpr std::string_view kind = "http";
    std::string method = "GET";
    std::string url;
    std::vector<Pair> headers;  // credentials are blotted out before they reach an event
    std::string body;
    friend bool operator==(const HttpRequest&, const HttpRequest&) = default;
};
CUTAWAY_FIELDS(HttpRequest, method, url, headers, body)

struct ApiRequest {  // what the docker CLI would send dockerd for this verb; in one process it is a function call
    static constexpr std::string_view kind = "api";
    std::string method;
    std::string path;
    std::string body;
    friend bool operator==(const ApiRequest&, const ApiRequest&) = default;
};
CUTAWAY_FIELDS(ApiRequest, method, path, body)

// Their order is part of what machines and undo files keep: new ones come last.
CUTAWAY_SUM(Call, Clone, Unshare, SetNamespace, Execute, SendSignal, AwaitExit, StartShim, Mount, Unmount, PivotRoot,
            MakeDir, MakeNode, MakeSymlink, ChangeDir, SaveFile, RemovePath, RenamePath, UnpackLayer, SetHostname,
            SetUser, SetCapabilities, NoNewPrivileges, LoadSeccomp, CloseDescriptors, MakeCgroup, WriteCgroup,
            RemoveCgroup, MakeBridge, MakeVeth, MoveLink, AttachLink, RaiseLink, AddAddress, AddRoute, RemoveLink,
            AddNat, RemoveNat, WriteSysctl, HttpRequest, ApiRequest, OpenTerminal, JoinNamespace, NewSession, SetLimit,
            SetOomScore, SetUmask, SetCapabilitySets, MakeDevice, FindProgram, RunHook, LimitDevices, OpenResolver,
            SetUpLink, MapIds, StartCompanion)

// What the kernel was asked underneath, as the host saw it; the model leaves it empty.
struct SystemCall {
    std::string name;
    std::string arguments;
    std::int64_t result = 0;
    int error = 0;
    friend bool operator==(const SystemCall&, const SystemCall&) = default;
};
CUTAWAY_FIELDS(SystemCall, name, arguments, result, error)

struct Reply {
    std::int64_t value = 0;     // a pid, a status, a count
    std::string text;           // a JSON body
    std::vector<Pair> headers;  // of an exchange
    std::uint64_t bytes = 0;    // moved by this call
    std::vector<Pair> details;  // counters and facts: files, whiteouts, inode numbers
    std::vector<SystemCall> system_calls;
    friend bool operator==(const Reply&, const Reply&) = default;
};
CUTAWAY_FIELDS(Reply, value, text, headers, bytes, details, system_calls)

}  // namespace cutaway::world
