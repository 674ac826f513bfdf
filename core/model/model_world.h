// SPDX-License-Identifier: Apache-2.0
// ModelWorld: a simulated machine as a world::World. Time is the machine's: it passes as work is done, and jumps to the
// next timer while everybody waits, or follows the wall clock if `realtime`. A wait that nothing inside the machine can
// end lets the root go (park) so that another command may, and takes it again. One thread.
#pragma once

#include <cstdint>
#include <memory>
#include <string>
#include <string_view>
#include <vector>

#include "core/model/http_server.h"
#include "core/model/machine.h"
#include "core/model/saved_machine.h"
#include "core/model/state_files.h"
#include "core/world/world.h"

namespace cutaway::model {

struct ModelOptions {
    Opening opening;
    const Programs* programs = nullptr;  // besides the engine's own; null: standard_programs
    std::vector<HttpServer*> servers;    // what is outside the machine
    bool realtime = false;
};

// A command on the simulated host, run to its end: what `cutaway sh -c` shows.
struct HostCommand {
    std::vector<std::string> argv;  // argv[0] is looked for in /usr/local/bin, /usr/bin and /bin
    std::string input;
    std::string directory = "/root";
};
struct HostOutput {
    std::string out;
    std::string err;
    int code = 0;
};

class ModelWorld {
public:
    static Result<std::unique_ptr<ModelWorld>> open(StateFiles& files, const ModelOptions& options);
    ~ModelWorld();
    ModelWorld(const ModelWorld&) = delete;
    ModelWorld& operator=(const ModelWorld&) = delete;

    world::World& world();
    Machine& machine();
    world::Cancel& cancel();

    void journal(const trace::Event& event);
    [[nodiscard]] std::uint64_t journaled() const;  // events in it, whoever made them
    Result<std::string> history();                  // its page, as a trace
    Status commit();                                // what happened up to here is kept
    [[nodiscard]] SavedMachine& saved();            // its past, its forks
    Status park();                                  // around a gate that waits: commit and unlock; lock and load
    Status unpark();
    Result<HostOutput> run_on_host(const HostCommand& command);

private:
    struct Parts;
    explicit ModelWorld(std::unique_ptr<Parts> parts);
    std::unique_ptr<Parts> parts_;
};

}  // namespace cutaway::model
