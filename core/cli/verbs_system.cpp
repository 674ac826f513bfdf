// SPDX-License-Identifier: Apache-2.0
// The verbs that look at everything: inspect, version, info.
#include <nlohmann/json.hpp>

#include "core/cli/go_template.h"
#include "core/cli/inspect.h"
#include "core/cli/text.h"
#include "core/cli/verb.h"
#include "core/store/ids.h"

namespace cutaway::cli {

namespace {

using Json = nlohmann::ordered_json;

std::string absence(const std::string& type, const std::string& name) {
    const std::string daemon = "Error response from daemon: ";
    return type == "container" ? daemon + "No such container: " + name
           : type == "image"   ? daemon + "No such image: " + name
           : type == "network" ? daemon + "network " + name + " not found"
           : type == "volume"  ? daemon + "get " + name + ": no such volume"
                               : "Error: No such object: " + name;
}

// A container before an image before a network before a volume, as docker looks.
Result<Json> find_anything(engine::Engine& engine, const std::string& name, const std::string& type) {
    const auto asked = [&](std::string_view one) { return type.empty() || type == one; };
    if (asked("container")) {
        if (const auto record = engine.container(name)) {
            return to_json(*record);
        }
    }
    if (asked("image")) {
        if (const auto image = engine.image(name)) {
            return to_json(*image, TRY(engine.image_config(name)));
        }
    }
    if (asked("network")) {
        for (const store::NetworkRecord& network : TRY(engine.networks())) {
            if (network.name == name || network.id.starts_with(name)) {
                return to_json(network);
            }
        }
    }
    if (asked("volume")) {
        for (const store::VolumeRecord& volume : TRY(engine.volumes())) {
            if (volume.name == name) {
                return to_json(volume);
            }
        }
    }
    return fail(Errc::not_found, absence(type, name));
}

int inspect(Invocation& call) {
    if (const Status ready = call.engine.reconcile(); !ready) {
        return refuse(call, ready.error());
    }
    Json found = Json::array();
    int status = 0;
    std::string errors;
    for (const std::string& name : call.given.arguments) {
        Result<Json> one = find_anything(call.engine, name, call.given.text("type"));
        if (one) {
            found.push_back(std::move(*one));
        } else {
            errors += one.error().doing + "\n";
            status = 1;
        }
    }
    const std::string format = call.given.text("format");
    if (format.empty()) {
        call.console.out(found.empty() ? "[]\n" : pretty(found));
    }
    for (const Json& one : found) {
        if (format.empty()) {
            break;
        }
        const Result<std::string> text = format == "json" ? Result<std::string>(one.dump()) : render(format, one);
        if (!text) {
            call.console.err(text.error().doing + "\n");
            return 64;
        }
        call.console.out(*text + "\n");
    }
    if (found.empty() && !format.empty()) {
        call.console.out("\n");
    }
    call.console.err(errors);
    return status;
}

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
        {"inspect",
         "container",
         "",
         "[OPTIONS] NAME|ID [NAME|ID...]",
         "Return low-level information on Docker objects",
         {{"format", 'f', FlagKind::text, "Format output using a custom template", ""},
          {"type", 0, FlagKind::text, "Only inspect objects of the given type", ""},
          {"size", 's', FlagKind::boolean, "Display total file sizes if the type is container",
           "Cutaway does not do this yet"}},
         Mix::anywhere,
         1,
         -1,
         inspect},
        {"info", "system", "", "[OPTIONS]", "Display system-wide information", {}, Mix::anywhere, 0, 0, info}};
    return verbs;
}

}  // namespace cutaway::cli
