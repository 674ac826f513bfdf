// SPDX-License-Identifier: Apache-2.0
// The references of a World, each over one simulated machine. Private to model_world.cpp and waiting.cpp.
#pragma once

#include <functional>
#include <map>
#include <memory>
#include <string>
#include <vector>

#include "core/model/engine_programs.h"
#include "core/model/host_disk.h"
#include "core/model/machine.h"
#include "core/model/process_sys.h"
#include "core/model/saved_machine.h"
#include "core/world/world.h"

namespace cutaway::model {

// How everything here waits: until `done`, or for that long on the machine's clock (negative: without end).
struct Waiting {
    Waiting(Machine& its_machine, SavedMachine& its_saved, StateFiles& its_files, world::Cancel& its_cancel,
            bool is_realtime)
        : machine(its_machine), saved(its_saved), files(its_files), cancel(its_cancel), realtime(is_realtime) {}
    Result<bool> until(const std::function<bool()>& done, std::int64_t timeout_ns);  // false: time is up
    Result<bool> for_a_moment(const std::function<bool()>& done);  // of the wall's time; false: not yet
    Status let_others();                                           // park for a moment

    Machine& machine;
    SavedMachine& saved;
    StateFiles& files;
    world::Cancel& cancel;
    bool realtime;
};

class DaemonKernel final : public world::Kernel {
public:
    explicit DaemonKernel(Waiting& waiting) : waiting_(waiting) {}
    Result<world::Reply> perform(const world::Call& call) override;

private:
    Waiting& waiting_;
};

class ModelClock final : public world::Clock {
public:
    explicit ModelClock(Waiting& waiting) : waiting_(waiting) {}
    std::int64_t now_ns() override { return waiting_.machine.state.now_ns; }
    std::int64_t wall_ns() override { return waiting_.machine.state.boot_wall_ns + waiting_.machine.state.now_ns; }
    Status sleep(std::int64_t ns) override;

private:
    Waiting& waiting_;
};

class ModelEntropy final : public world::Entropy {
public:
    explicit ModelEntropy(Machine& machine) : machine_(machine) {}
    void fill(std::span<std::uint8_t> bytes) override;

private:
    Machine& machine_;
};

class ModelTransport final : public world::Transport {
public:
    ModelTransport(Machine& machine, std::vector<HttpServer*> servers)
        : machine_(machine), servers_(std::move(servers)) {}
    Result<world::HttpResponse> send(const world::HttpRequest& request, world::Source* upload) override;

private:
    Machine& machine_;
    std::vector<HttpServer*> servers_;
};

class ModelSpawner final : public world::Spawner {
public:
    explicit ModelSpawner(Waiting& waiting) : waiting_(waiting) {}
    Result<std::unique_ptr<world::Channel>> start_shim(std::string_view container) override;
    Result<std::unique_ptr<world::Channel>> connect(std::string_view container) override;

private:
    Waiting& waiting_;
};

class ModelWatch final : public world::Watch {
public:
    explicit ModelWatch(Waiting& waiting);
    Result<std::vector<world::Observed>> next(std::int64_t timeout_ns) override;

private:
    struct Sampled {
        std::int64_t at_ns = 0;
        world::UsageSampled usage;
    };
    void sample();

    Waiting& waiting_;
    std::map<std::string, Sampled> sampled_;  // the containers of which something was seen since the world was opened
    std::uint64_t
        seen_;  // observations before this one were delivered, or told to the journal before this world was opened
};

class ModelTasks final : public world::Tasks {  // one after the other: the simplest true order
public:
    Status run(world::World& world, std::vector<world::Task> tasks, std::size_t at_once) override;
};

class SilentNarrator final : public world::Narrator {  // a traced world brings its own
public:
    Status begin(const world::SpanStart&) override { return {}; }
    void end(const Error*) override {}
    void note(world::Note) override {}
    Status before(const world::Remote&, const world::Call&) override { return {}; }
    void after(const Result<world::Reply>&) override {}
};

}  // namespace cutaway::model
