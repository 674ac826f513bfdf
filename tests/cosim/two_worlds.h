// SPDX-License-Identifier: Apache-2.0
// One scenario in both worlds: this machine, and a simulated one that is set up from this machine's captured profile.
// Each side has the image lab/hello before anything is recorded, runs one container and tells what the trace holds.
// Digests are the one thing that is settled beforehand: the program of the real image is another file than the
// model's, so the model's digests are replaced by the real ones, one to one as ids are.
#pragma once

#include <functional>
#include <memory>
#include <string>
#include <vector>

#include "core/engine/engine.h"
#include "core/host/host_world.h"
#include "core/host/seccomp_filters.h"
#include "core/model/model_world.h"
#include "core/model/registry_server.h"
#include "core/runtime/protocol.h"
#include "core/trace/event.h"
#include "core/world/world.h"
#include "tests/host/machine.h"

namespace cutaway::cosim {

struct Told {
    std::vector<trace::Event> events;
    std::string out;
    std::string err;
    std::int32_t status = -1;
    std::string error;  // empty: the command went well
};

// The events with every one of these words replaced, wherever it stands.
std::vector<trace::Event> translated(std::vector<trace::Event> events, const std::vector<world::Pair>& words);

// A user's network "mine", the same in each world.
void make_network(world::World& world);

engine::ContainerOptions lab_hello(const std::vector<std::string>& command);

class RealSide {
public:
    RealSide();
    ~RealSide();
    Told run(const engine::ContainerOptions& options);
    [[nodiscard]] const world::MachineProfile& machine();
    [[nodiscard]] const store::Image& image() const { return image_; }
    world::World& world() { return host_.world(); }
    [[nodiscard]] const engine::Brought& brought() const;
    [[nodiscard]] std::string folder() const { return folder_.path(); }

private:
    class Lab;
    host::TempFolder folder_;
    host::HostWorld host_;
    std::unique_ptr<Lab> lab_;
    host::SeccompFilters filters_;
    store::Image image_;
};

// How a mutant differs from the model as it is.
struct Twist {
    std::function<Result<world::Reply>(world::Kernel& kernel, const world::Call& call)> kernel;
    std::function<void(runtime::Message& message)> from_shim;
    std::function<void(runtime::Message& message)> to_shim;
    std::function<void(std::vector<world::Observed>& seen)> watch;
};

class ModelSide {
public:
    ModelSide(const world::MachineProfile& machine, const store::Image& real_image, Twist twist = {});
    ~ModelSide();
    Told run(const engine::ContainerOptions& options);
    world::World& world();

private:
    class Twisted;
    model::MemoryFiles files_;
    model::RegistryServer registry_;
    std::unique_ptr<model::ModelWorld> model_;
    std::unique_ptr<Twisted> twisted_;
    std::vector<world::Pair> digests_;  // the model's → the real one's
};

}  // namespace cutaway::cosim
