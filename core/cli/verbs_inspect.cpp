// SPDX-License-Identifier: Apache-2.0
// The verbs that tell everything about one thing: inspect, and its forms for one type.
#include <algorithm>
#include <array>

#include <nlohmann/json.hpp>

#include "core/cli/go_template.h"
#include "core/cli/inspect.h"
#include "core/cli/inspect_each.h"
#include "core/engine/clean_up.h"
#include "core/engine/objects.h"

namespace cutaway::cli {

namespace {

using Json = nlohmann::ordered_json;

Error from_daemon(const Error& error) {
    Error told = error;
    told.doing = "Error response from daemon: " + error.doing;
    return told;
}

Result<Json> inspect_container(Invocation& call, const std::string& name) {
    const Result<store::ContainerRecord> record = call.engine.container(name);
    if (!record) {
        return from_daemon(record.error());
    }
    Json one = to_json(*record);
    if (call.given.on("size")) {
        const std::uint64_t own = TRY(engine::size_beneath(call.engine.world().disk, record->upper));
        const Result<store::Image> image = call.engine.image(record->image_id);
        one["SizeRw"] = own;
        one["SizeRootFs"] = own + (image ? engine::shown_size(image->record) : 0);
    }
    return one;
}

Result<Json> inspect_image(Invocation& call, const std::string& name) {
    const Result<store::Image> image = call.engine.image(name);
    if (!image) {
        return from_daemon(image.error());
    }
    const Result<oci::ImageConfig> config = call.engine.image_config(name);
    return config ? Result<Json>(to_json(*image, *config)) : from_daemon(config.error());
}

struct Type {
    std::string_view name;
    Find find;  // null: docker has it, Cutaway does not
};
// In the order in which docker looks for a name of any type.
constexpr std::array<Type, 10> types{{{"container", inspect_container},
                                      {"image", inspect_image},
                                      {"network", inspect_network},
                                      {"volume", inspect_volume},
                                      {"config", nullptr},
                                      {"node", nullptr},
                                      {"plugin", nullptr},
                                      {"secret", nullptr},
                                      {"service", nullptr},
                                      {"task", nullptr}}};

Result<Json> inspect_any(Invocation& call, const std::string& name) {
    const std::string wanted = call.given.text("type");
    for (const Type& type : types) {
        if (type.find == nullptr || (!wanted.empty() && type.name != wanted)) {
            continue;
        }
        Result<Json> found = type.find(call, name);
        const bool absent = !found && (found.error().code == Errc::not_found || found.error().code == Errc::invalid);
        if (!absent || !wanted.empty()) {
            return found;
        }
    }
    return fail(Errc::not_found, "Error: No such object: " + name);
}

int inspect(Invocation& call) {
    const std::string wanted = call.given.text("type");
    const auto type = std::find_if(types.begin(), types.end(), [&](const Type& one) { return one.name == wanted; });
    if (call.given.has("type") && type == types.end()) {
        call.console.err("unknown type: \"" + shown(wanted) +
                         "\": must be one of \"config\", \"container\", \"image\", \"network\", \"node\", "
                         "\"plugin\", \"secret\", \"service\", \"task\", \"volume\"\n");
        return 1;
    }
    if (type != types.end() && type->find == nullptr) {
        call.console.err("cutaway: there are no objects of type \"" + wanted + "\" here\n");
        return 1;
    }
    return inspect_each(call, inspect_any);
}

int inspect_containers(Invocation& call) { return inspect_each(call, inspect_container); }
int inspect_images(Invocation& call) { return inspect_each(call, inspect_image); }

}  // namespace

FlagSpec format_flag() {
    return {"format", 'f', FlagKind::text, "Format output using a custom template: 'json' or a Go template", ""};
}

Result<Json> inspect_network(Invocation& call, const std::string& name) {
    const Result<store::NetworkRecord> network = store::find_network(call.engine.world(), name);
    if (!network) {
        return from_daemon(network.error());
    }
    Json one = to_json(*network);
    Json containers = Json::object();
    for (const engine::NetworkMember& member : TRY(engine::members(call.engine, *network))) {
        containers[member.container] = {
            {"Name", member.name},
            {"EndpointID", member.endpoint.endpoint_id},
            {"MacAddress", member.endpoint.mac},
            {"IPv4Address", member.endpoint.address + "/" + std::to_string(member.endpoint.prefix)},
            {"IPv6Address", ""}};
    }
    one["Containers"] = containers;
    return one;
}

Result<Json> inspect_volume(Invocation& call, const std::string& name) {
    const Result<store::VolumeRecord> volume = store::load_volume(call.engine.world(), name);
    return volume ? Result<Json>(to_json(*volume)) : from_daemon(volume.error());
}

int inspect_each(Invocation& call, Find find) {
    if (const Status ready = call.engine.reconcile(); !ready) {
        return refuse(call, ready.error());
    }
    const std::string format = call.given.text("format");
    Json found = Json::array();
    std::string errors;
    for (const std::string& name : call.given.arguments) {
        Result<Json> one = find(call, name);
        if (one) {
            found.push_back(std::move(*one));
        } else {
            errors += shown(one.error().doing) + "\n";
        }
    }
    if (format.empty()) {
        call.console.out(found.empty() ? "[]\n" : pretty(found));
    }
    for (const Json& one : found) {
        if (format.empty()) {
            break;
        }
        const Result<std::string> text = format == "json" ? Result<std::string>(one.dump()) : render(format, one);
        if (!text) {
            // What the template made of the others before is not shown either: a line, as docker ends it.
            const std::string& why = text.error().doing;
            call.console.out("\n");
            call.console.err((why.starts_with("template parsing error") ? "" : "template parsing error: ") + why +
                             "\n");
            return 1;
        }
        call.console.out(*text + "\n");
    }
    if (found.empty() && !format.empty()) {
        call.console.out("\n");
    }
    call.console.err(errors);
    return errors.empty() ? 0 : 1;
}

const std::vector<Verb>& inspecting_verbs() {
    const FlagSpec size{"size", 's', FlagKind::boolean, "Display total file sizes if the type is container", ""};
    const FlagSpec type{"type", 0, FlagKind::text, "Only inspect objects of the given type", ""};
    const FlagSpec platform{"platform", 0, FlagKind::text, "Inspect a specific platform of the multi-platform image",
                            not_yet};
    static const std::vector<Verb> verbs{{"inspect",
                                          "",
                                          "",
                                          "[OPTIONS] NAME|ID [NAME|ID...]",
                                          "Return low-level information on Docker objects",
                                          {format_flag(), size, type},
                                          Mix::anywhere,
                                          1,
                                          -1,
                                          inspect},
                                         {"container inspect",
                                          "container",
                                          "inspect",
                                          "[OPTIONS] CONTAINER [CONTAINER...]",
                                          "Display detailed information on one or more containers",
                                          {format_flag(), size},
                                          Mix::anywhere,
                                          1,
                                          -1,
                                          inspect_containers},
                                         {"image inspect",
                                          "image",
                                          "inspect",
                                          "[OPTIONS] IMAGE [IMAGE...]",
                                          "Display detailed information on one or more images",
                                          {format_flag(), platform},
                                          Mix::anywhere,
                                          1,
                                          -1,
                                          inspect_images}};
    return verbs;
}

}  // namespace cutaway::cli
