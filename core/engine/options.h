// SPDX-License-Identifier: Apache-2.0
// What a person can ask of a container, as docker's flags say it but free of any syntax. A field that is not set is
// the image's or docker's default; the engine merges and checks.
#pragma once

#include <cstdint>
#include <optional>
#include <string>
#include <vector>

namespace cutaway::engine {

struct PublishOption {            // -p [address:][host:]container[/protocol]
    std::string host_address;     // empty: all
    std::uint16_t host_port = 0;  // 0: any free one
    std::uint16_t port = 0;
    std::string protocol = "tcp";
};

struct MountOption {   // -v, --mount, --tmpfs
    std::string type;  // "bind", "volume", "tmpfs"
    std::string source;
    std::string target;
    bool read_only = false;
    bool make_source = false;  // -v makes an absent host directory, --mount does not
};

enum class PullPolicy { missing, always, never };

struct ContainerOptions {
    std::string image;
    std::vector<std::string> command;
    std::optional<std::vector<std::string>> entrypoint;
    std::string name;
    std::vector<std::string> env;  // NAME=VALUE
    std::vector<std::string> labels;
    std::string user;
    std::string working_dir;
    std::string hostname;
    std::string network;  // empty: bridge
    std::vector<std::string> aliases;
    std::vector<PublishOption> publish;
    bool publish_all = false;              // -P: what is exposed, on any free port
    std::vector<std::string> exposed;      // "80/tcp", beside the image's
    std::vector<std::string> extra_hosts;  // "db:10.0.0.2"
    std::vector<MountOption> mounts;
    std::uint64_t memory = 0;
    std::int64_t memory_swap = 0;
    std::uint64_t nano_cpus = 0;
    std::int64_t cpu_shares = 0;
    std::int64_t pids_limit = 0;
    std::vector<std::string> cap_add;
    std::vector<std::string> cap_drop;
    std::vector<std::string> security_options;
    bool privileged = false;
    bool read_only = false;
    bool init = false;
    bool terminal = false;    // -t
    bool keep_stdin = false;  // -i
    std::string detach_keys;  // empty: docker's own
    bool remove = false;      // --rm
    std::string restart;      // "no", "always", "on-failure[:n]", "unless-stopped"
    std::string stop_signal;
    std::optional<std::int32_t> stop_timeout;
    std::string id_file;  // --cidfile: a path of the host that gets the id as soon as there is one
    PullPolicy pull = PullPolicy::missing;
    std::string platform;
};

struct ExecOptions {
    std::string container;
    std::vector<std::string> command;
    std::vector<std::string> env;
    std::string user;
    std::string working_dir;
    bool terminal = false;
    bool keep_stdin = false;
    std::string detach_keys;
    bool detach = false;
    bool privileged = false;
};

struct AttachOptions {
    std::string container;
    bool keep_stdin = false;
    std::string detach_keys;
};

struct LogOptions {
    std::string container;
    bool follow = false;
    bool timestamps = false;
    std::optional<std::uint64_t> tail;  // not set: all
    std::optional<std::int64_t> since_wall_ns;
    std::optional<std::int64_t> until_wall_ns;
};

}  // namespace cutaway::engine
