// SPDX-License-Identifier: Apache-2.0
#include "core/model/model_world.h"

#include <optional>

#include "core/model/errors.h"
#include "core/model/model_parts.h"
#include "core/model/processes.h"

namespace cutaway::model {

struct ModelWorld::Parts {
    Parts(StateFiles& state_files, const ModelOptions& options)
        : files(state_files),
          programs(options.programs == nullptr ? standard_programs() : *options.programs),
          saved(state_files, machine, options.servers),
          waiting(machine, saved, state_files, cancel, options.realtime),
          kernel(waiting),
          transport(machine, options.servers),
          clock(waiting),
          entropy(machine),
          spawner(waiting) {
        machine.programs = &programs;
    }

    StateFiles& files;
    Machine machine;
    EnginePrograms programs;
    SavedMachine saved;
    world::Cancel cancel;
    Waiting waiting;
    DaemonKernel kernel;
    std::optional<HostDisk> disk;
    ModelTransport transport;
    ModelClock clock;
    ModelEntropy entropy;
    ModelSpawner spawner;
    std::optional<ModelWatch> watch;
    ModelTasks tasks;
    SilentNarrator narrator;
    std::unique_ptr<world::World> world;
};

ModelWorld::ModelWorld(std::unique_ptr<Parts> parts) : parts_(std::move(parts)) {}
ModelWorld::~ModelWorld() = default;

Result<std::unique_ptr<ModelWorld>> ModelWorld::open(StateFiles& files, const ModelOptions& options) {
    auto parts = std::make_unique<Parts>(files, options);
    Parts& p = *parts;
    TRY(p.saved.open(options.opening));
    p.disk.emplace(p.machine, files.owner(), [&p] { return p.waiting.let_others(); });
    p.watch.emplace(p.waiting);
    p.world.reset(new world::World{p.kernel, *p.disk, p.transport, p.clock, p.entropy, p.spawner, *p.watch, p.tasks,
                                   p.narrator, p.cancel, p.machine.state.profile});
    return std::unique_ptr<ModelWorld>(new ModelWorld(std::move(parts)));
}

world::World& ModelWorld::world() { return *parts_->world; }
Machine& ModelWorld::machine() { return parts_->machine; }
world::Cancel& ModelWorld::cancel() { return parts_->cancel; }
void ModelWorld::journal(const trace::Event& event) { parts_->saved.journal(event); }
std::uint64_t ModelWorld::journaled() const { return parts_->saved.journaled(); }
Result<std::string> ModelWorld::history() { return parts_->saved.history(); }
Status ModelWorld::commit() { return parts_->saved.commit(); }
SavedMachine& ModelWorld::saved() { return parts_->saved; }
Status ModelWorld::park() { return parts_->saved.park(); }
Status ModelWorld::unpark() { return parts_->saved.unpark(); }

namespace {

std::string find_on_path(Machine& machine, const std::string& name) {
    if (name.find('/') != std::string::npos) {
        return name;
    }
    for (const char* directory : {"/usr/local/bin", "/usr/bin", "/bin", "/sbin"}) {
        std::string path = join_path(directory, name);
        if (file_info(machine, host_view(machine), path, true).has_value()) {
            return path;
        }
    }
    return name;
}

// The descriptors that the far side of a host command's standard streams has: they belong to the daemon meanwhile.
struct Plumbing {
    int input = -1;
    int out = -1;
    int err = -1;
};

void collect(ProcessSys& sys, int fd, std::string& into) {
    while (true) {
        Result<std::string> got = sys.read(fd, 65536);
        if (!got || got->empty()) {
            return;
        }
        into += *got;
    }
}

}  // namespace

Result<HostOutput> ModelWorld::run_on_host(const HostCommand& command) {
    Parts& p = *parts_;
    if (command.argv.empty()) {
        return fail(Errc::invalid, "no command");
    }
    ProcessSys sys(p.machine, p.machine.state.daemon, *p.disk);
    const auto [child_in, input] = TRY(sys.pipe());
    const auto [out, child_out] = TRY(sys.pipe());
    const auto [err, child_err] = TRY(sys.pipe());
    const Plumbing mine{input, out, err};
    Process& daemon = p.machine.state.processes.at(p.machine.state.daemon);
    SpawnRequest request;
    request.path = find_on_path(p.machine, command.argv.front());
    request.argv = command.argv;
    request.env = daemon.env;
    request.descriptors = {{0, child_in}, {1, child_out}, {2, child_err}};
    TRY(sys.change_dir(command.directory));
    const Result<Pid> spawned = sys.spawn(request);
    for (const int fd : {child_in, child_out, child_err}) {
        (void)sys.close(fd);
    }
    HostOutput output;
    if (spawned) {
        std::string left = command.input;
        const Pid pid = *spawned;
        const auto over = [&] {
            if (const Result<std::size_t> written =
                    left.empty() ? Result<std::size_t>(std::size_t{0}) : sys.write(mine.input, left);
                written) {
                left.erase(0, *written);
            }
            collect(sys, mine.out, output.out);
            collect(sys, mine.err, output.err);
            const Process* process = find_process(p.machine, pid);
            return process == nullptr || process->life == Life::zombie;
        };
        if (command.input.empty()) {
            (void)sys.close(mine.input);
        }
        const Result<bool> waited = p.waiting.until(over, -1);
        if (!waited) {
            send_signal(p.machine, p.machine.state.daemon, pid, 9);
        }
        const Result<std::optional<WaitResult>> ended = wait_process(p.machine, p.machine.state.daemon, pid);
        output.code = ended && ended->has_value() ? (*ended)->code : 1;
        if (!waited) {
            return waited.error();
        }
        collect(sys, mine.out, output.out);
        collect(sys, mine.err, output.err);
    }
    for (const int fd : {mine.input, mine.out, mine.err}) {
        (void)sys.close(fd);
    }
    if (!spawned) {
        return spawned.error();
    }
    return output;
}

}  // namespace cutaway::model
