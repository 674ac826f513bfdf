// SPDX-License-Identifier: Apache-2.0
#include "core/host/host_world.h"

#include "core/host/clock.h"
#include "core/host/disk.h"
#include "core/host/kernel.h"
#include "core/host/profile.h"
#include "core/host/spawner.h"
#include "core/host/tasks.h"
#include "core/host/transport.h"
#include "core/host/watch.h"

namespace cutaway::host {

namespace {

// Says nothing and lets everything pass: a world that nobody traces.
class SilentNarrator final : public world::Narrator {
public:
    Status begin(const world::SpanStart&) override { return {}; }
    void end(const Error*) override {}
    void note(world::Note) override {}
    Status before(const world::Remote&, const world::Call&) override { return {}; }
    void after(const Result<world::Reply>&) override {}
    [[nodiscard]] bool attends() const override { return false; }
};

// What one thread needs for itself: everything that looks at a Cancel, and the kernel, which serves one at a time.
class OwnWorld final : public TaskWorld {
public:
    struct Shared {
        HttpModule& http;
        const HttpWays& ways;
        ShimProgram& program;
        Watched& watched;
        world::Entropy& entropy;
        world::Watch& watch;
        world::Tasks& tasks;
        world::Narrator& narrator;
        const world::MachineProfile& machine;
    };
    OwnWorld(const Shared& shared, world::Cancel& cancel)
        : kernel_(&cancel, nullptr, nullptr, &shared.watched),
          disk_(cancel),
          transport_(shared.http, shared.ways, cancel),
          clock_(cancel),
          spawner_(shared.program, shared.watched, shared.machine.run_root, cancel),
          world_{kernel_,      disk_,        transport_,      clock_, shared.entropy, spawner_,
                 shared.watch, shared.tasks, shared.narrator, cancel, shared.machine} {}
    world::World& world() override { return world_; }

private:
    HostKernel kernel_;
    HostDisk disk_;
    HostTransport transport_;
    HostClock clock_;
    HostSpawner spawner_;
    world::World world_;
};

}  // namespace

struct HostWorld::Parts {
    explicit Parts(const HostOptions& options)
        : machine(host_profile(options.data_root, options.run_root)),
          http(options.http_module),
          ways(options.http),
          program(options.init_program),
          watch(watched, cancel),
          tasks([this](world::World& caller, world::Cancel& task_cancel) {
              OwnWorld::Shared shared{http, ways, program, watched, entropy, watch, tasks, caller.narrator, machine};
              return std::unique_ptr<TaskWorld>(std::make_unique<OwnWorld>(shared, task_cancel));
          }),
          top({http, ways, program, watched, entropy, watch, tasks, narrator, machine}, cancel) {}

    world::Cancel cancel;
    world::MachineProfile machine;
    HttpModule http;
    HttpWays ways;
    Watched watched;
    ShimProgram program;
    HostEntropy entropy;
    HostWatch watch;
    HostTasks tasks;
    SilentNarrator narrator;
    OwnWorld top;
};

HostWorld::HostWorld(const HostOptions& options) : parts_(std::make_unique<Parts>(options)) {}

HostWorld::~HostWorld() = default;

world::World& HostWorld::world() { return parts_->top.world(); }

world::Cancel& HostWorld::cancel() { return parts_->cancel; }

bool HostWorld::has_shims() const { return !parts_->watched.all().empty(); }

}  // namespace cutaway::host
