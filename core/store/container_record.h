// SPDX-License-Identifier: Apache-2.0
// One container as its file tells it: what it was asked to be, what it has become. Everything `docker inspect` shows
// comes from here. Times are RFC 3339 texts (time_text.h); a value, written and found by containers.h.
#pragma once

#include <cstdint>
#include <string>
#include <string_view>
#include <vector>

#include "core/base/enum.h"
#include "core/base/fields.h"
#include "core/world/vocabulary.h"

namespace cutaway::store {

using world::Pair;

enum class ContainerState { created, running, paused, restarting, exited, removing, dead };
CUTAWAY_ENUM(ContainerState, created, running, paused, restarting, exited, removing, dead)

// What runs inside, the image's defaults already merged with the command line.
struct ContainerConfig {
    std::string hostname;
    std::string domainname;
    std::string user;
    std::string working_dir;
    std::vector<std::string> entrypoint;
    std::vector<std::string> cmd;
    std::vector<std::string> env;
    std::vector<Pair> labels;                // sorted by name
    std::vector<std::string> exposed_ports;  // "80/tcp"
    std::vector<std::string> volumes;        // anonymous ones that the image asks for
    std::string stop_signal;                 // "" means SIGTERM
    std::int32_t stop_timeout = 10;          // seconds
    bool tty = false;
    bool open_stdin = false;
    bool stdin_once = false;
    bool attach_stdin = false;
    bool attach_stdout = false;
    bool attach_stderr = false;
    friend bool operator==(const ContainerConfig&, const ContainerConfig&) = default;
};
CUTAWAY_FIELDS(ContainerConfig, hostname, domainname, user, working_dir, entrypoint, cmd, env, labels, exposed_ports,
               volumes, stop_signal, stop_timeout, tty, open_stdin, stdin_once, attach_stdin, attach_stdout,
               attach_stderr)

struct PortBinding {
    std::uint16_t port = 0;  // inside
    std::string protocol = "tcp";
    std::string host_address;     // "" means every address
    std::uint16_t host_port = 0;  // 0: the engine picks one at each start
    friend bool operator==(const PortBinding&, const PortBinding&) = default;
};
CUTAWAY_FIELDS(PortBinding, port, protocol, host_address, host_port)

struct MountPoint {
    std::string type = "bind";  // "bind", "volume", "tmpfs"
    std::string name;           // of a volume
    std::string source;         // a path on the host
    std::string target;
    std::string options;  // of a tmpfs
    bool read_only = false;
    bool anonymous = false;  // goes with the container where `rm -v` or `--rm` says so
    friend bool operator==(const MountPoint&, const MountPoint&) = default;
};
CUTAWAY_FIELDS(MountPoint, type, name, source, target, options, read_only, anonymous)

struct RestartPolicy {
    std::string name = "no";  // "no", "always", "on-failure", "unless-stopped"
    std::uint32_t maximum_retries = 0;
    friend bool operator==(const RestartPolicy&, const RestartPolicy&) = default;
};
CUTAWAY_FIELDS(RestartPolicy, name, maximum_retries)

// What the host grants it.
struct HostConfig {
    std::vector<std::string> binds;  // as they were typed
    std::vector<PortBinding> ports;
    bool publish_all = false;
    std::string network_mode = "bridge";  // "bridge", "host", "none", a network's name, "container:ID"
    std::vector<std::string> network_aliases;
    std::vector<std::string> extra_hosts;  // "db:10.0.0.2"
    std::vector<std::string> dns;
    RestartPolicy restart;
    bool auto_remove = false;
    std::uint64_t memory = 0;      // bytes; 0: no limit
    std::int64_t memory_swap = 0;  // memory and swap together; -1: no limit
    std::uint64_t memory_reservation = 0;
    std::uint64_t nano_cpus = 0;
    std::uint64_t cpu_shares = 0;
    std::string cpuset_cpus;
    std::int64_t pids_limit = 0;  // 0 and -1: no limit
    bool oom_kill_disable = false;
    std::int32_t oom_score_adj = 0;
    std::vector<std::string> cap_add;
    std::vector<std::string> cap_drop;
    bool privileged = false;
    bool read_only = false;  // the root file system
    bool init = false;       // tini's place before the command
    std::string pid_mode;
    std::string ipc_mode = "private";
    std::string uts_mode;
    std::string cgroupns_mode = "private";
    std::string cgroup_parent;
    std::vector<std::string> security_options;
    std::vector<std::string> ulimits;
    std::vector<std::string> sysctls;
    std::vector<MountPoint> tmpfs;
    std::uint64_t shm_size = std::uint64_t{64} << 20U;
    friend bool operator==(const HostConfig&, const HostConfig&) = default;
};
CUTAWAY_FIELDS(HostConfig, binds, ports, publish_all, network_mode, network_aliases, extra_hosts, dns, restart,
               auto_remove, memory, memory_swap, memory_reservation, nano_cpus, cpu_shares, cpuset_cpus, pids_limit,
               oom_kill_disable, oom_score_adj, cap_add, cap_drop, privileged, read_only, init, pid_mode, ipc_mode,
               uts_mode, cgroupns_mode, cgroup_parent, security_options, ulimits, sysctls, tmpfs, shm_size)

struct Lifecycle {
    ContainerState status = ContainerState::created;
    std::string why;              // the verb or event that brought it here
    std::int64_t pid = 0;         // in the host's numbering; 0: nothing runs
    std::int64_t start_time = 0;  // of that pid, in the kernel's ticks: tells it from a later one of the same number
    std::int32_t exit_code = 0;
    std::string error;
    bool oom_killed = false;
    bool stopped_by_user = false;  // so that a restart policy leaves it alone
    std::string started_at;        // "" means never
    std::string finished_at;
    std::uint32_t restarts = 0;
    friend bool operator==(const Lifecycle&, const Lifecycle&) = default;
};
CUTAWAY_FIELDS(Lifecycle, status, why, pid, start_time, exit_code, error, oom_killed, stopped_by_user, started_at,
               finished_at, restarts)

struct NetworkEndpoint {  // where it is plugged in, while it runs
    std::string network;  // name
    std::string network_id;
    std::string endpoint_id;
    std::string address;  // "172.17.0.2"
    std::uint32_t prefix = 0;
    std::string gateway;
    std::string mac;
    std::string host_link;             // the veth's end outside
    std::string link;                  // and inside: "eth0"
    std::vector<std::string> names;    // that the network's DNS answers for
    std::vector<std::string> aliases;  // of these, what `network connect --alias` asked for
    std::string asked_address;         // --ip: this one and no other
    friend bool operator==(const NetworkEndpoint&, const NetworkEndpoint&) = default;
};
CUTAWAY_FIELDS(NetworkEndpoint, network, network_id, endpoint_id, address, prefix, gateway, mac, host_link, link, names,
               aliases, asked_address)

struct ContainerRecord {
    std::uint32_t version = 0;  // of the file's format; set when it is written
    std::string id;
    std::string name;  // without docker's leading "/"
    std::string created;
    std::string path;               // argv[0] of what is executed: entrypoint and cmd in one
    std::vector<std::string> args;  // the rest of it
    std::string image;              // as the user named it
    std::string image_id;           // "sha256:…"
    std::string image_manifest;     // the manifest's digest
    std::string platform = "linux";
    ContainerConfig config;
    HostConfig host;
    Lifecycle state;
    std::vector<MountPoint> mounts;      // binds and volumes, resolved
    std::vector<PortBinding> published;  // host ports as they are bound now
    std::vector<NetworkEndpoint> endpoints;
    std::vector<std::string> diff_ids;   // the image's layers, bottom first
    std::vector<std::string> chain_ids;  // their places in the store, bottom first
    std::string upper;
    std::string work;
    std::string merged;
    std::string log;
    std::string hostname_path;
    std::string hosts_path;
    std::string resolv_conf_path;
    std::string cgroup;
    friend bool operator==(const ContainerRecord&, const ContainerRecord&) = default;
};
CUTAWAY_FIELDS(ContainerRecord, version, id, name, created, path, args, image, image_id, image_manifest, platform,
               config, host, state, mounts, published, endpoints, diff_ids, chain_ids, upper, work, merged, log,
               hostname_path, hosts_path, resolv_conf_path, cgroup)

// The same file, read for what no two containers may share: names, addresses, ports.
struct ContainerClaim {
    std::uint32_t version = 0;
    std::string id;
    std::string name;
    std::vector<PortBinding> published;
    std::vector<NetworkEndpoint> endpoints;
};
CUTAWAY_FIELDS(ContainerClaim, version, id, name, published, endpoints)

// Whether its processes are there; a paused container's are, frozen.
inline bool is_up(const ContainerRecord& record) {
    return record.state.status == ContainerState::running || record.state.status == ContainerState::paused;
}

}  // namespace cutaway::store
