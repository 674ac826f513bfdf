// SPDX-License-Identifier: Apache-2.0
#include "core/cli/inspect.h"

#include <algorithm>

#include <nlohmann/json.hpp>

#include "core/engine/clean_up.h"
#include "core/engine/security.h"
#include "core/oci/reference.h"
#include "core/store/time_text.h"

namespace cutaway::cli {

namespace {

using Json = nlohmann::ordered_json;

std::string or_never(const std::string& time) { return time.empty() ? std::string(store::never) : time; }

Json null_if_empty(const std::vector<std::string>& list) { return list.empty() ? Json(nullptr) : Json(list); }

Json state_of(const store::ContainerRecord& record) {
    const store::Lifecycle& state = record.state;
    return {{"Status", to_name(state.status)},
            {"Running", store::is_up(record) || state.status == store::ContainerState::restarting},
            {"Paused", state.status == store::ContainerState::paused},
            {"Restarting", state.status == store::ContainerState::restarting},
            {"OOMKilled", state.oom_killed},
            {"Dead", state.status == store::ContainerState::dead},
            {"Pid", state.pid},
            {"ExitCode", state.exit_code},
            {"Error", state.error},
            {"StartedAt", or_never(state.started_at)},
            {"FinishedAt", or_never(state.finished_at)}};
}

Json bindings(const std::vector<store::PortBinding>& ports) {
    Json all = Json::object();
    for (const store::PortBinding& port : ports) {
        all[std::to_string(port.port) + "/" + port.protocol].push_back(
            {{"HostIp", port.host_address}, {"HostPort", port.host_port == 0 ? "" : std::to_string(port.host_port)}});
    }
    return all;
}

Json labels_of(const std::vector<world::Pair>& labels) {
    Json all = Json::object();
    for (const world::Pair& label : labels) {
        all[label.name] = label.value;
    }
    return all;
}

void add_limits(const store::ContainerRecord& record, Json& all) {
    const store::HostConfig& host = record.host;
    all["ShmSize"] = host.shm_size;
    all["OomScoreAdj"] = host.oom_score_adj;
    all["OomKillDisable"] = host.oom_kill_disable;
    all["Memory"] = host.memory;
    all["MemoryReservation"] = host.memory_reservation;
    all["MemorySwap"] = host.memory_swap;
    all["NanoCpus"] = host.nano_cpus;
    all["CpuShares"] = host.cpu_shares;
    all["CpusetCpus"] = host.cpuset_cpus;
    all["CgroupParent"] = host.cgroup_parent;
    all["PidsLimit"] = host.pids_limit == 0 ? Json(nullptr) : Json(host.pids_limit);
    all["Ulimits"] = null_if_empty(host.ulimits);
    all["MaskedPaths"] = null_if_empty(engine::masked_paths(record));
    all["ReadonlyPaths"] = null_if_empty(engine::read_only_paths(record));
}

Json host_config(const store::ContainerRecord& record) {
    const store::HostConfig& host = record.host;
    Json all{{"LogConfig", {{"Type", "json-file"}, {"Config", Json::object()}}},
             {"NetworkMode", host.network_mode},
             {"PortBindings", bindings(host.ports)},
             {"PublishAllPorts", host.publish_all},
             {"Dns", null_if_empty(host.dns)},
             {"ExtraHosts", null_if_empty(host.extra_hosts)},
             {"RestartPolicy", {{"Name", host.restart.name}, {"MaximumRetryCount", host.restart.maximum_retries}}},
             {"AutoRemove", host.auto_remove},
             {"CapAdd", null_if_empty(host.cap_add)},
             {"CapDrop", null_if_empty(host.cap_drop)},
             {"CgroupnsMode", host.cgroupns_mode},
             {"IpcMode", host.ipc_mode},
             {"PidMode", host.pid_mode},
             {"UTSMode", host.uts_mode},
             {"Privileged", host.privileged},
             {"ReadonlyRootfs", host.read_only},
             {"SecurityOpt", null_if_empty(host.security_options)}};
    if (host.init) {  // docker tells only that it was asked for
        all["Init"] = true;
    }
    add_limits(record, all);
    return all;
}

Json run_config(const store::ContainerRecord& record) {
    const store::ContainerConfig& config = record.config;
    Json exposed = Json::object();
    for (const std::string& port : config.exposed_ports) {
        exposed[port] = Json::object();
    }
    Json volumes = Json::object();
    for (const std::string& path : config.volumes) {
        volumes[path] = Json::object();
    }
    Json all{{"Hostname", config.hostname},
             {"Domainname", config.domainname},
             {"Volumes", volumes.empty() ? Json(nullptr) : volumes},
             {"User", config.user},
             {"ExposedPorts", exposed},
             {"Tty", config.tty},
             {"OpenStdin", config.open_stdin},
             {"Env", config.env},
             {"Cmd", null_if_empty(config.cmd)},
             {"Image", record.image},
             {"WorkingDir", config.working_dir},
             {"Entrypoint", null_if_empty(config.entrypoint)},
             {"Labels", labels_of(config.labels)}};
    if (!config.stop_signal.empty()) {
        all["StopSignal"] = config.stop_signal;
    }
    return all;
}

// docker says them without what is said twice, and only while they are answered for.
std::vector<std::string> dns_names(const store::NetworkEndpoint& endpoint) {
    std::vector<std::string> names;
    for (const std::string& name : endpoint.names) {
        if (!endpoint.address.empty() && std::find(names.begin(), names.end(), name) == names.end()) {
            names.push_back(name);
        }
    }
    return names;
}

Json networks_of(const store::ContainerRecord& record) {
    Json all = Json::object();
    for (const store::NetworkEndpoint& endpoint : record.endpoints) {
        const bool own = endpoint.network == record.host.network_mode;
        const std::vector<std::string>& aliases = own ? record.host.network_aliases : endpoint.aliases;
        const Json asked =
            endpoint.asked_address.empty() ? Json(nullptr) : Json{{"IPv4Address", endpoint.asked_address}};
        all[endpoint.network] = {{"IPAMConfig", asked},
                                 {"Aliases", null_if_empty(aliases)},
                                 {"MacAddress", endpoint.mac},
                                 {"NetworkID", endpoint.network_id},
                                 {"EndpointID", endpoint.endpoint_id},
                                 {"Gateway", endpoint.gateway},
                                 {"IPAddress", endpoint.address},
                                 {"IPPrefixLen", endpoint.prefix},
                                 {"DNSNames", null_if_empty(dns_names(endpoint))}};
    }
    return all;
}

Json mounts_of(const store::ContainerRecord& record) {
    Json all = Json::array();
    for (const store::MountPoint& mount : record.mounts) {
        Json one{{"Type", mount.type}};
        if (!mount.name.empty()) {
            one["Name"] = mount.name;
        }
        one["Source"] = mount.source;
        one["Destination"] = mount.target;
        one["RW"] = !mount.read_only;
        all.push_back(one);
    }
    return all;
}

}  // namespace

Json to_json(const store::ContainerRecord& record) {
    const store::NetworkEndpoint first = record.endpoints.empty() ? store::NetworkEndpoint{} : record.endpoints.front();
    const bool bridge = first.network == "bridge";  // docker repeats the default bridge's at the top
    return {{"Id", record.id},
            {"Created", record.created},
            {"Path", record.path},
            {"Args", record.args},
            {"State", state_of(record)},
            {"Image", record.image_id},
            {"ResolvConfPath", record.resolv_conf_path},
            {"HostnamePath", record.hostname_path},
            {"HostsPath", record.hosts_path},
            {"LogPath", record.log},
            {"Name", "/" + record.name},
            {"RestartCount", record.state.restarts},
            {"Driver", "overlay2"},
            {"Platform", record.platform},
            {"HostConfig", host_config(record)},
            {"GraphDriver",
             {{"Name", "overlay2"},
              {"Data", {{"MergedDir", record.merged}, {"UpperDir", record.upper}, {"WorkDir", record.work}}}}},
            {"Mounts", mounts_of(record)},
            {"Config", run_config(record)},
            {"NetworkSettings",
             {{"Ports", bindings(record.published)},
              {"Gateway", bridge ? first.gateway : ""},
              {"IPAddress", bridge ? first.address : ""},
              {"IPPrefixLen", bridge ? first.prefix : 0},
              {"MacAddress", bridge ? first.mac : ""},
              {"EndpointID", bridge ? first.endpoint_id : ""},
              {"Networks", networks_of(record)}}}};
}

Json to_json(const store::Image& image, const oci::ImageConfig& config) {
    Json tags = Json::array();
    for (const std::string& name : image.names) {
        const Result<oci::Reference> reference = oci::parse_reference(name);
        tags.push_back(reference ? oci::familiar_name(*reference) : name);
    }
    Json digests = Json::array();
    for (const std::string& pulled : image.record.pulled_as) {
        const Result<oci::Reference> reference = oci::parse_reference(pulled);
        digests.push_back(reference ? oci::familiar_name(*reference) : pulled);
    }
    Json layers = Json::array();
    for (const store::ImageLayer& layer : image.record.layers) {
        layers.push_back(layer.diff_id);
    }
    Json exposed = Json::object();
    for (const std::string& port : config.config.exposed_ports) {
        exposed[port] = Json::object();
    }
    Json volumes = Json::object();
    for (const std::string& path : config.config.volumes) {
        volumes[path] = Json::object();
    }
    Json run{{"User", config.config.user},
             {"ExposedPorts", exposed},
             {"Env", config.config.env},
             {"Cmd", null_if_empty(config.config.cmd)},
             {"Volumes", volumes.empty() ? Json(nullptr) : volumes},
             {"WorkingDir", config.config.working_dir},
             {"Entrypoint", null_if_empty(config.config.entrypoint)},
             {"Labels", config.config.labels}};
    if (!config.config.stop_signal.empty()) {
        run["StopSignal"] = config.config.stop_signal;
    }
    Json all{{"Id", image.record.id},
             {"RepoTags", tags},
             {"RepoDigests", digests},
             {"Comment", config.history.empty() ? "" : config.history.back().comment},
             {"Created", config.created},
             {"Author", config.author},
             {"Config", run},
             {"Architecture", config.architecture}};
    if (!config.variant.empty()) {
        all["Variant"] = config.variant;
    }
    all["Os"] = config.os;
    all["Size"] = engine::shown_size(image.record);
    all["RootFS"] = {{"Type", "layers"}, {"Layers", layers}};
    return all;
}

Json to_json(const store::NetworkRecord& network) {
    Json pools = Json::array();
    if (!network.subnet.empty()) {
        pools.push_back({{"Subnet", network.subnet}, {"Gateway", network.gateway}});
    }
    return {{"Name", network.name},         {"Id", network.id},
            {"Created", network.created},   {"Scope", "local"},
            {"Driver", network.driver},     {"IPAM", {{"Driver", "default"}, {"Config", pools}}},
            {"Internal", network.internal}, {"Labels", labels_of(network.labels)}};
}

Json to_json(const store::VolumeRecord& volume) {
    return {{"CreatedAt", volume.created}, {"Driver", volume.driver}, {"Labels", labels_of(volume.labels)},
            {"Mountpoint", volume.path},   {"Name", volume.name},     {"Scope", "local"}};
}

std::string pretty(const Json& document) { return document.dump(4, ' ', false, Json::error_handler_t::replace) + "\n"; }

}  // namespace cutaway::cli
