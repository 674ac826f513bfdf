// SPDX-License-Identifier: Apache-2.0
// The verbs that look at the whole engine: info, and fsck, which is Cutaway's own.
#include "core/cli/text.h"
#include "core/cli/verb.h"
#include "core/engine/fsck.h"

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

std::string counted(std::uint64_t count, const std::string& what) {
    return std::to_string(count) + " " + what + (count == 1 ? "" : "s");
}

// As fsck(8) does: 0 all is well, 1 what was wrong is right now, 4 something is wrong still.
int fsck(Invocation& call) {
    const auto report = engine::fsck(call.engine, {call.given.on("dry-run"), call.given.on("force")});
    if (!report) {
        return refuse(call, report.error());
    }
    std::size_t open = 0;
    for (const engine::Finding& finding : report->findings) {
        call.console.out(shown(finding.what) + ": " + shown(finding.done) + "\n");
        open += finding.open ? 1 : 0;
    }
    for (const std::string& left : report->left) {
        call.console.out(shown(left) + ": left, since somebody may be at it still; --force takes it\n");
    }
    call.console.out("Looked at " + counted(report->blobs, "blob") + " (" + human_size(report->bytes) + "), " +
                     counted(report->layers, "layer") + ", " + counted(report->images, "image") + " and " +
                     counted(report->containers, "container") + ": " +
                     (report->findings.empty() ? "nothing is wrong"
                                               : std::to_string(report->findings.size() - open) + " repaired, " +
                                                     std::to_string(open) + " wrong still") +
                     "\n");
    return open > 0 ? 4 : report->findings.empty() ? 0 : 1;
}

}  // namespace

const std::vector<Verb>& system_verbs() {
    static const std::vector<Verb> verbs{
        {"info", "system", "", "[OPTIONS]", "Display system-wide information", {}, Mix::anywhere, 0, 0, info},
        {"fsck",
         "",
         "",
         "[OPTIONS]",
         "Compare the store with what it promises, repair what can be, clear away what a dead process left",
         {{"dry-run", 'n', FlagKind::boolean, "Only say what would be done", ""},
          {"force", 'f', FlagKind::boolean, "Take rubbish younger than a day, too: nobody else is at work", ""}},
         Mix::anywhere,
         0,
         0,
         fsck}};
    return verbs;
}

}  // namespace cutaway::cli
