// SPDX-License-Identifier: Apache-2.0
// World: everything outside the engine, as references. The engine cannot tell which world it runs on; a composition
// root chooses one and hands it down. Nothing here is owned.
#pragma once

#include <cstdint>
#include <functional>
#include <memory>
#include <optional>
#include <span>
#include <string>
#include <vector>

#include "core/world/cancel.h"
#include "core/world/disk.h"
#include "core/world/kernel.h"
#include "core/world/narrator.h"
#include "core/world/observation.h"
#include "core/world/transport.h"

namespace cutaway::world {

class Clock {
public:
    virtual ~Clock() = default;
    virtual std::int64_t now_ns() = 0;          // monotonic: for durations
    virtual std::int64_t wall_ns() = 0;         // since 1970: for records
    virtual Status sleep(std::int64_t ns) = 0;  // cancellable
};

class Entropy {
public:
    virtual ~Entropy() = default;
    virtual void fill(std::span<std::uint8_t> bytes) = 0;
};

// A message stream to a shim (core/runtime/protocol.h gives the messages). It ends when either side goes away.
class Channel {
public:
    virtual ~Channel() = default;
    virtual Status send(std::string_view message) = 0;
    // The next message, or nothing once `timeout_ns` has passed (0: do not wait; negative: without end).
    // Errc::not_found: the other side is gone. Errc::cancelled: somebody gave up.
    virtual Result<std::optional<std::string>> receive(std::int64_t timeout_ns) = 0;
    // The next message, or nothing after a moment of the person's own time, so that the caller can look at what was
    // typed. A simulated machine on which everybody waits stands still meanwhile: its clock is not the person's.
    virtual Result<std::optional<std::string>> attend() { return receive(50'000'000); }
    // Whether all that was sent has gone on its way. Sending never waits; who has much to say asks first.
    [[nodiscard]] virtual bool accepts() { return true; }
};

// Starts shims from a sealed program. The shim's parent is whoever reaps on that machine, never the engine.
class Spawner {
public:
    virtual ~Spawner() = default;
    virtual Result<std::unique_ptr<Channel>> start_shim(std::string_view container) = 0;
    virtual Result<std::unique_ptr<Channel>> connect(std::string_view container) = 0;  // to a shim that runs
};

// What happens by itself.
class Watch {
public:
    virtual ~Watch() = default;
    // What was seen since the last call; waits up to timeout_ns for the first. Time passes in the model while waiting.
    virtual Result<std::vector<Observed>> next(std::int64_t timeout_ns) = 0;
};

struct World;
using Task = std::function<Status(World&)>;

// Concurrency without threads in the engine: runs all, at most `at_once` together, and answers the first error in
// the order given; the others are asked to cancel. Each task gets a World whose Narrator nests under the caller's.
class Tasks {
public:
    virtual ~Tasks() = default;
    virtual Status run(World& world, std::vector<Task> tasks, std::size_t at_once) = 0;
};

enum class CgroupLayout { v1, v2, hybrid };
CUTAWAY_ENUM(CgroupLayout, v1, v2, hybrid)

// What kind of machine this is; captured from a real host by `doctor --profile`, chosen for the model by --machine.
struct MachineProfile {
    static constexpr std::string_view kind = "machine";
    std::string hostname = "cutaway";
    std::string os = "linux";
    std::string architecture = "amd64";
    std::string variant;
    std::string kernel = "6.1.0";
    std::uint32_t cpus = 2;
    std::uint64_t memory = std::uint64_t{4} << 30U;
    std::uint64_t swap = 0;
    CgroupLayout cgroup = CgroupLayout::v2;
    std::vector<std::string> controllers{"cpu", "memory", "pids", "io"};  // of v1: the mounted ones
    std::string firewall = "nft";
    std::string data_root = "/var/lib/cutaway";  // the store
    std::string run_root = "/run/cutaway";       // what needs to survive process death only
    // Of whoever is not root here: who stands for whom in a user namespace of theirs; empty: it is root's machine. What
    // gives a network to such a namespace, and the part of the v2 hierarchy that was left to them; empty: nothing does.
    std::vector<IdRange> uids;
    std::vector<IdRange> gids;
    std::string user_network;
    std::string own_cgroup;
    friend bool operator==(const MachineProfile&, const MachineProfile&) = default;
};
CUTAWAY_FIELDS(MachineProfile, hostname, os, architecture, variant, kernel, cpus, memory, swap, cgroup, controllers,
               firewall, data_root, run_root, uids, gids, user_network, own_cgroup)

struct World {
    Kernel& kernel;
    Disk& disk;
    Transport& transport;
    Clock& clock;
    Entropy& entropy;
    Spawner& spawner;
    Watch& watch;
    Tasks& tasks;
    Narrator& narrator;
    Cancel& cancel;
    const MachineProfile& machine;
};

}  // namespace cutaway::world
