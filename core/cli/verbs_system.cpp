// SPDX-License-Identifier: Apache-2.0
// The verbs that look at the whole engine: info, version, and fsck, which is Cutaway's own.
#include <array>

#include <nlohmann/json.hpp>

#include "core/cli/go_template.h"
#include "core/cli/text.h"
#include "core/cli/verb.h"
#include "core/engine/fsck.h"

namespace cutaway::cli {

namespace {

using Json = nlohmann::ordered_json;

constexpr std::string_view product = "Cutaway " CUTAWAY_VERSION " (behaves like Docker; it is not your Docker)";

Result<Json> facts(Invocation& call) {
    const auto containers = TRY(call.engine.containers());
    const auto images = TRY(call.engine.images());
    const world::MachineProfile& machine = call.engine.world().machine;
    int running = 0;
    int paused = 0;
    for (const store::ContainerRecord& record : containers) {
        running += record.state.status == store::ContainerState::running ? 1 : 0;
        paused += record.state.status == store::ContainerState::paused ? 1 : 0;
    }
    const auto count = static_cast<int>(containers.size());
    return Json{{"Product", product},
                {"World", call.console.world()},
                {"Containers", count},
                {"ContainersRunning", running},
                {"ContainersPaused", paused},
                {"ContainersStopped", count - running - paused},
                {"Images", images.size()},
                {"Driver", "overlay2"},
                {"MemTotal", machine.memory},
                {"NCPU", machine.cpus},
                {"CgroupVersion", to_name(machine.cgroup)},
                {"KernelVersion", machine.kernel},
                {"OSType", machine.os},
                {"Architecture", machine.architecture},
                {"Name", machine.hostname},
                {"DockerRootDir", machine.data_root},
                {"ServerVersion", CUTAWAY_VERSION}};
}

// "json" is docker's short word for the whole.
int print_formatted(Invocation& call, const Json& data) {
    const std::string format = call.given.text("format");
    const Result<std::string> text = format == "json" ? Result<std::string>(data.dump()) : render(format, data);
    text ? call.console.out(*text + "\n") : call.console.err(text.error().doing + "\n");
    return text ? 0 : 1;
}

int info(Invocation& call) {
    const Result<Json> known = facts(call);
    if (!known) {
        return refuse(call, known.error());
    }
    if (call.given.has("format")) {
        return print_formatted(call, *known);
    }
    constexpr std::array<std::pair<const char*, const char*>, 15> lines{{{"Engine", "Product"},
                                                                         {"World", "World"},
                                                                         {"Containers", "Containers"},
                                                                         {" Running", "ContainersRunning"},
                                                                         {" Paused", "ContainersPaused"},
                                                                         {" Stopped", "ContainersStopped"},
                                                                         {"Images", "Images"},
                                                                         {"Storage Driver", "Driver"},
                                                                         {"Cgroup Version", "CgroupVersion"},
                                                                         {"Kernel Version", "KernelVersion"},
                                                                         {"OSType", "OSType"},
                                                                         {"Architecture", "Architecture"},
                                                                         {"CPUs", "NCPU"},
                                                                         {"Name", "Name"},
                                                                         {"Docker Root Dir", "DockerRootDir"}}};
    for (const auto& [title, field] : lines) {
        const Json& value = (*known)[field];
        call.console.out(std::string(title) + ": " + (value.is_string() ? value.get<std::string>() : value.dump()) +
                         "\n");
    }
    return 0;
}

// One program is client and engine; docker's two headings stay, so that what reads them finds them.
int version(Invocation& call) {
    const world::MachineProfile& machine = call.engine.world().machine;
    const std::string platform = machine.os + "/" + machine.architecture;
    if (call.given.has("format")) {
        const Json half{{"Version", CUTAWAY_VERSION}, {"Os", machine.os}, {"Arch", machine.architecture}};
        Json server = half;
        server["KernelVersion"] = machine.kernel;
        server["Platform"] = {{"Name", product}};
        return print_formatted(call, Json{{"Client", half}, {"Server", server}});
    }
    call.console.out("Client: Cutaway\n Version:           " CUTAWAY_VERSION "\n OS/Arch:           " + platform +
                     "\n\nServer: " + std::string(product) +
                     "\n Engine:\n  Version:          " CUTAWAY_VERSION "\n  OS/Arch:          " + platform +
                     "\n  Kernel:           " + machine.kernel + "\n  World:            " + call.console.world() +
                     "\n");
    return 0;
}

FlagSpec format() {
    return {"format", 'f', FlagKind::text, "Format output using a custom template: 'json' or a Go template", ""};
}

std::string counted(std::uint64_t count, const std::string& what) {
    return std::to_string(count) + " " + what + (count == 1 ? "" : "s");
}

// As fsck(8) does: 0 all is well, 1 what was wrong is right now, 4 something is wrong still.
int fsck(Invocation& call) {
    const auto report =
        engine::fsck(call.engine, {call.given.on("dry-run"), call.given.on("force"), call.given.on("deep")});
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
    call.console.out(
        "Looked at " + counted(report->blobs, "blob") + " (" + human_size(report->bytes) + "), " +
        counted(report->layers, "layer") +
        (report->compared > 0 ? " (" + std::to_string(report->compared) + " compared with their blobs), " : ", ") +
        counted(report->images, "image") + " and " + counted(report->containers, "container") + ": " +
        (report->findings.empty()
             ? "nothing is wrong"
             : std::to_string(report->findings.size() - open) + " repaired, " + std::to_string(open) + " wrong still") +
        "\n");
    return open > 0 ? 4 : report->findings.empty() ? 0 : 1;
}

}  // namespace

const std::vector<Verb>& system_verbs() {
    static const std::vector<Verb> verbs{
        {"info", "system", "", "[OPTIONS]", "Display system-wide information", {format()}, Mix::anywhere, 0, 0, info},
        {"version",
         "",
         "",
         "[OPTIONS]",
         "Show the Docker version information",
         {format()},
         Mix::anywhere,
         0,
         0,
         version},
        {"fsck",
         "",
         "",
         "[OPTIONS]",
         "Compare the store with what it promises, repair what can be, clear away what a dead process left",
         {{"deep", 0, FlagKind::boolean, "Compare every file of a layer with its blob, too", ""},
          {"dry-run", 'n', FlagKind::boolean, "Only say what would be done", ""},
          {"force", 'f', FlagKind::boolean, "Take rubbish younger than a day, too: nobody else is at work", ""}},
         Mix::anywhere,
         0,
         0,
         fsck}};
    return verbs;
}

}  // namespace cutaway::cli
