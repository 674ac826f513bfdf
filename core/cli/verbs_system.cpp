// SPDX-License-Identifier: Apache-2.0
// The verbs that look at the whole engine: info.
#include "core/cli/verb.h"

namespace cutaway::cli {

namespace {

int info(Invocation& call) {
    const auto containers = call.engine.containers();
    const auto images = call.engine.images();
    if (!containers || !images) {
        return refuse(call, containers ? images.error() : containers.error());
    }
    const world::MachineProfile& machine = call.engine.world().machine;
    int running = 0;
    int paused = 0;
    for (const store::ContainerRecord& record : *containers) {
        running += record.state.status == store::ContainerState::running ? 1 : 0;
        paused += record.state.status == store::ContainerState::paused ? 1 : 0;
    }
    const auto count = static_cast<int>(containers->size());
    call.console.out("Engine: Cutaway " CUTAWAY_VERSION " (behaves like Docker; it is not your Docker)\nWorld: " +
                     call.console.world() + "\nContainers: " + std::to_string(count) +
                     "\n Running: " + std::to_string(running) + "\n Paused: " + std::to_string(paused) +
                     "\n Stopped: " + std::to_string(count - running - paused) +
                     "\nImages: " + std::to_string(images->size()) +
                     "\nStorage Driver: overlay2\nCgroup Version: " + std::string(to_name(machine.cgroup)) +
                     "\nKernel Version: " + machine.kernel + "\nOSType: " + machine.os +
                     "\nArchitecture: " + machine.architecture + "\nCPUs: " + std::to_string(machine.cpus) +
                     "\nName: " + machine.hostname + "\nDocker Root Dir: " + machine.data_root + "\n");
    return 0;
}

}  // namespace

const std::vector<Verb>& system_verbs() {
    static const std::vector<Verb> verbs{
        {"info", "system", "", "[OPTIONS]", "Display system-wide information", {}, Mix::anywhere, 0, 0, info}};
    return verbs;
}

}  // namespace cutaway::cli
