// SPDX-License-Identifier: Apache-2.0
// The calls that only an OCI bundle's config.json asks for: what docker's verbs leave to the runtime's own defaults.
// Values like those of core/world/call.h, whose variant they belong to; the simulated machine knows no bundles.
#pragma once

#include <cstdint>
#include <string>
#include <string_view>
#include <vector>

#include "core/world/vocabulary.h"

namespace cutaway::world {

struct JoinNamespace {  // setns(2) with a descriptor of `path`: a namespace that somebody else keeps
    static constexpr std::string_view kind = "setns_path";
    Space space = Space::net;
    std::string path;
    friend bool operator==(const JoinNamespace&, const JoinNamespace&) = default;
};
CUTAWAY_FIELDS(JoinNamespace, space, path)

struct NewSession {  // setsid(2), and a session keyring of its own, so that the caller's keys stay outside
    static constexpr std::string_view kind = "setsid";
    std::string keyring;    // empty: the caller's stays
    bool terminal = false;  // a terminal follows, and with it the session
    friend bool operator==(const NewSession&, const NewSession&) = default;
};
CUTAWAY_FIELDS(NewSession, keyring, terminal)

struct SetLimit {  // setrlimit(2)
    static constexpr std::string_view kind = "setrlimit";
    std::string resource;  // "RLIMIT_NOFILE"
    std::uint64_t soft = 0;
    std::uint64_t hard = 0;
    friend bool operator==(const SetLimit&, const SetLimit&) = default;
};
CUTAWAY_FIELDS(SetLimit, resource, soft, hard)

struct SetOomScore {  // write(2) to /proc/self/oom_score_adj
    static constexpr std::string_view kind = "oom_score_adj";
    std::int32_t value = 0;
    friend bool operator==(const SetOomScore&, const SetOomScore&) = default;
};
CUTAWAY_FIELDS(SetOomScore, value)

struct SetUmask {  // umask(2)
    static constexpr std::string_view kind = "umask";
    std::uint32_t mask = 022;
    friend bool operator==(const SetUmask&, const SetUmask&) = default;
};
CUTAWAY_FIELDS(SetUmask, mask)

struct SetCapabilitySets {  // prctl(2) and capset(2): all five sets, each as it is named
    static constexpr std::string_view kind = "capset_all";
    std::vector<std::string> bounding;  // "CAP_CHOWN"
    std::vector<std::string> effective;
    std::vector<std::string> permitted;
    std::vector<std::string> inheritable;
    std::vector<std::string> ambient;
    friend bool operator==(const SetCapabilitySets&, const SetCapabilitySets&) = default;
};
CUTAWAY_FIELDS(SetCapabilitySets, bounding, effective, permitted, inheritable, ambient)

struct MakeDevice {  // mknod(2) of any type, its mode and owner; one that is there already must be the same
    static constexpr std::string_view kind = "mknod_any";
    std::string path;
    std::string type;  // "c", "b" or "p"
    std::uint32_t mode = 0666;
    std::uint32_t major = 0;
    std::uint32_t minor = 0;
    std::uint32_t uid = 0;
    std::uint32_t gid = 0;
    friend bool operator==(const MakeDevice&, const MakeDevice&) = default;
};
CUTAWAY_FIELDS(MakeDevice, path, type, mode, major, minor, uid, gid)

struct FindProgram {  // execve(2)'s search along PATH, without the execve: what is missing is told before the start
    static constexpr std::string_view kind = "find_program";
    std::string path;
    std::vector<std::string> env;
    friend bool operator==(const FindProgram&, const FindProgram&) = default;
};
CUTAWAY_FIELDS(FindProgram, path, env)

struct RunHook {  // a program of the host, the container's state on its standard input; a failure is the start's
    static constexpr std::string_view kind = "hook";
    std::string name;  // "prestart"
    std::string path;
    std::vector<std::string> argv;
    std::vector<std::string> env;
    std::string state;             // JSON; "$PID" in it stands for the container's first process
    std::int64_t timeout_ns = -1;  // negative: without end
    friend bool operator==(const RunHook&, const RunHook&) = default;
};
CUTAWAY_FIELDS(RunHook, name, path, argv, env, state, timeout_ns)

struct DeviceRule {
    bool allow = false;
    std::string type = "a";   // "a", "b" or "c"
    std::int64_t major = -1;  // negative: any
    std::int64_t minor = -1;
    std::string access = "rwm";
    friend bool operator==(const DeviceRule&, const DeviceRule&) = default;
};
CUTAWAY_FIELDS(DeviceRule, allow, type, major, minor, access)

struct LimitDevices {  // bpf(2): a program that judges every open and mknod of a v2 cgroup's processes
    static constexpr std::string_view kind = "cgroup_devices";
    std::string path;               // the cgroup's directory
    std::vector<DeviceRule> rules;  // the last that fits decides; none: allowed
    friend bool operator==(const LimitDevices&, const LimitDevices&) = default;
};
CUTAWAY_FIELDS(LimitDevices, path, rules)

}  // namespace cutaway::world
