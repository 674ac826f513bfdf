// SPDX-License-Identifier: Apache-2.0
#include "core/engine/configure.h"

#include <algorithm>
#include <charconv>

#include "core/engine/signals.h"
#include "core/sandbox/sandbox.h"

namespace cutaway::engine {

namespace {

constexpr std::uint64_t least_memory = std::uint64_t{6} << 20U;  // docker's own floor

std::string_view name_of(std::string_view variable) { return variable.substr(0, variable.find('=')); }

void put(std::vector<std::string>& list, const std::string& variable) {
    const auto same = std::find_if(list.begin(), list.end(),
                                   [&](const std::string& one) { return name_of(one) == name_of(variable); });
    if (same == list.end()) {
        list.push_back(variable);
    } else {
        *same = variable;
    }
}

}  // namespace

Result<store::RestartPolicy> restart_policy(const ContainerOptions& options) {
    store::RestartPolicy policy;
    if (options.restart.empty()) {
        return policy;
    }
    const std::size_t colon = options.restart.find(':');
    policy.name = options.restart.substr(0, colon);
    if (colon != std::string::npos) {
        const std::string_view count = std::string_view(options.restart).substr(colon + 1);
        const auto got = std::from_chars(count.data(), count.data() + count.size(), policy.maximum_retries);
        if (got.ec != std::errc{} || got.ptr != count.data() + count.size()) {
            return fail(Errc::invalid, "invalid restart policy format: maximum retry count must be an integer");
        }
    }
    if (options.remove && policy.name != "no") {
        return fail(Errc::conflict, "conflicting options: cannot specify both --restart and --rm");
    }
    const bool known = policy.name == "no" || policy.name == "always" || policy.name == "on-failure" ||
                       policy.name == "unless-stopped";
    if (!known) {
        return fail(Errc::invalid, "invalid restart policy: unknown policy '" + policy.name +
                                       "'; use one of 'no', 'always', 'on-failure', or 'unless-stopped'");
    }
    if (colon != std::string::npos && policy.name != "on-failure") {
        return fail(Errc::invalid, "invalid restart policy: maximum retry count can only be used with 'on-failure'");
    }
    return policy;
}

namespace {

std::vector<world::Pair> labels(const oci::ImageConfig& image, const ContainerOptions& options) {
    std::map<std::string, std::string> all = image.config.labels;
    for (const std::string& label : options.labels) {
        const std::size_t equals = label.find('=');
        all[label.substr(0, equals)] = equals == std::string::npos ? "" : label.substr(equals + 1);
    }
    std::vector<world::Pair> list;
    list.reserve(all.size());
    for (const auto& [name, value] : all) {
        list.push_back({name, value});
    }
    return list;
}

// docker's rule: a new entrypoint drops the image's command, a new command keeps the image's entrypoint.
Status merge_command(const ContainerOptions& options, const oci::ImageConfig& image, store::ContainerRecord& record) {
    record.config.entrypoint = options.entrypoint.value_or(image.config.entrypoint);
    record.config.cmd = options.command;
    if (options.command.empty() && !options.entrypoint) {
        record.config.cmd = image.config.cmd;
    }
    if (record.config.entrypoint.size() == 1 && record.config.entrypoint.front().empty()) {
        record.config.entrypoint.clear();  // --entrypoint ""
    }
    std::vector<std::string> argv = record.config.entrypoint;
    argv.insert(argv.end(), record.config.cmd.begin(), record.config.cmd.end());
    if (argv.empty()) {
        return fail(Errc::invalid, "no command specified");
    }
    record.path = argv.front();
    record.args.assign(argv.begin() + 1, argv.end());
    return {};
}

Status check_limits(const ContainerOptions& options) {
    if (options.memory != 0 && options.memory < least_memory) {
        return fail(Errc::invalid, "Minimum memory limit allowed is 6MB");
    }
    if (options.memory_swap > 0 && options.memory == 0) {
        return fail(Errc::invalid, "You should always set the Memory limit when using Memoryswap limit, see usage");
    }
    if (options.memory_swap > 0 && static_cast<std::uint64_t>(options.memory_swap) < options.memory) {
        return fail(Errc::invalid, "Minimum memoryswap limit should be larger than memory limit, see usage");
    }
    return {};
}

void merge_ports(const ContainerOptions& options, const oci::ImageConfig& image, store::ContainerRecord& record) {
    record.config.exposed_ports = image.config.exposed_ports;
    for (const std::string& port : options.exposed) {
        if (std::find(record.config.exposed_ports.begin(), record.config.exposed_ports.end(), port) ==
            record.config.exposed_ports.end()) {
            record.config.exposed_ports.push_back(port);
        }
    }
    for (const PublishOption& publish : options.publish) {
        record.host.ports.push_back({publish.port, publish.protocol, publish.host_address, publish.host_port});
        const std::string exposed = std::to_string(publish.port) + "/" + publish.protocol;
        if (std::find(record.config.exposed_ports.begin(), record.config.exposed_ports.end(), exposed) ==
            record.config.exposed_ports.end()) {
            record.config.exposed_ports.push_back(exposed);
        }
    }
}

// -P: what nobody gave a port of the host gets any free one.
void publish_exposed(store::ContainerRecord& record) {
    for (const std::string& exposed : record.config.exposed_ports) {
        const std::size_t slash = exposed.find('/');
        store::PortBinding binding;
        std::from_chars(exposed.data(), exposed.data() + std::min(slash, exposed.size()), binding.port);
        binding.protocol = slash == std::string::npos ? "tcp" : exposed.substr(slash + 1);
        const bool given = std::any_of(record.host.ports.begin(), record.host.ports.end(), [&](const auto& one) {
            return one.port == binding.port && one.protocol == binding.protocol;
        });
        if (!given) {
            record.host.ports.push_back(binding);
        }
    }
}

void merge_mounts(const ContainerOptions& options, const oci::ImageConfig& image, store::ContainerRecord& record) {
    for (const MountOption& mount : options.mounts) {
        store::MountPoint point;
        point.type = mount.type;
        (mount.type == "volume" ? point.name : point.source) = mount.source;
        point.target = mount.target;
        point.read_only = mount.read_only;
        point.anonymous = mount.type == "volume" && mount.source.empty();
        record.mounts.push_back(point);
    }
    record.config.volumes = image.config.volumes;
    for (const std::string& path : image.config.volumes) {
        const bool covered = std::any_of(record.mounts.begin(), record.mounts.end(),
                                         [&](const store::MountPoint& point) { return point.target == path; });
        if (!covered) {
            store::MountPoint point;
            point.type = "volume";
            point.target = path;
            point.anonymous = true;
            record.mounts.push_back(point);
        }
    }
}

store::HostConfig host_config(const ContainerOptions& options) {
    store::HostConfig host;
    host.network_mode = options.network.empty() ? "bridge" : options.network;
    host.network_aliases = options.aliases;
    host.extra_hosts = options.extra_hosts;
    host.publish_all = options.publish_all;
    host.auto_remove = options.remove;
    host.memory = options.memory;
    // docker's rule: as much swap again as memory, unless somebody says otherwise.
    host.memory_swap = options.memory_swap == 0 ? static_cast<std::int64_t>(options.memory * 2) : options.memory_swap;
    host.nano_cpus = options.nano_cpus;
    host.cpu_shares = static_cast<std::uint64_t>(std::max<std::int64_t>(0, options.cpu_shares));
    host.pids_limit = options.pids_limit;
    host.cap_add = options.cap_add;
    host.cap_drop = options.cap_drop;
    host.privileged = options.privileged;
    host.read_only = options.read_only;
    host.init = options.init;
    return host;
}

}  // namespace

std::vector<std::string> merge_env(const std::vector<std::string>& base, const std::vector<std::string>& over) {
    std::vector<std::string> merged = base;
    for (const std::string& variable : over) {
        if (variable.find('=') != std::string::npos) {
            put(merged, variable);
        } else {
            std::erase_if(merged, [&](const std::string& one) { return name_of(one) == variable; });
        }
    }
    return merged;
}

namespace {

// docker lists what -e gave before what the image has.
std::vector<std::string> given_first(const std::vector<std::string>& given, const std::vector<std::string>& merged) {
    std::vector<std::string> ordered = merge_env({}, given);
    for (const std::string& variable : merged) {
        put(ordered, variable);
    }
    return ordered;
}

}  // namespace

Result<store::ContainerRecord> configure(const ContainerOptions& options, const oci::ImageConfig& image) {
    store::ContainerRecord record;
    TRY(check_limits(options));
    TRY(merge_command(options, image, record));
    if (!options.stop_signal.empty()) {
        TRY(parse_signal(options.stop_signal));
    }
    TRY_IN("invalid CapAdd", sandbox::capabilities(options.cap_add, {}));
    TRY_IN("invalid CapDrop", sandbox::capabilities({}, options.cap_drop));
    record.host = host_config(options);
    record.host.restart = TRY(restart_policy(options));
    record.name = options.name;
    record.image = options.image;
    record.config.hostname = options.hostname;
    record.config.user = options.user.empty() ? image.config.user : options.user;
    record.config.working_dir = options.working_dir.empty() ? image.config.working_dir : options.working_dir;
    record.config.labels = labels(image, options);
    record.config.stop_signal = options.stop_signal.empty() ? image.config.stop_signal : options.stop_signal;
    record.config.stop_timeout = options.stop_timeout.value_or(10);
    record.config.tty = options.terminal;
    record.config.open_stdin = options.keep_stdin;
    const std::vector<std::string> path{std::string(default_path)};
    record.config.env = given_first(options.env, merge_env(merge_env(path, image.config.env), options.env));
    merge_ports(options, image, record);
    if (options.publish_all) {
        publish_exposed(record);
    }
    merge_mounts(options, image, record);
    return record;
}

}  // namespace cutaway::engine
