// SPDX-License-Identifier: Apache-2.0
#include "core/cli/container_options.h"

#include <array>
#include <charconv>
#include <cmath>
#include <cstdlib>

#include "core/trace/redact.h"

namespace cutaway::cli {

namespace {

std::vector<std::string_view> split(std::string_view text, char at) {
    std::vector<std::string_view> parts;
    for (;;) {
        const std::size_t end = text.find(at);
        parts.push_back(text.substr(0, end));
        if (end == std::string_view::npos) {
            return parts;
        }
        text.remove_prefix(end + 1);
    }
}

Result<std::uint16_t> parse_port(std::string_view text, std::string_view whole) {
    std::uint16_t port = 0;
    const auto got = std::from_chars(text.data(), text.data() + text.size(), port);
    if (text.empty() || got.ec != std::errc{} || got.ptr != text.data() + text.size() || port == 0) {
        return fail(Errc::invalid, "invalid containerPort: " + std::string(whole));
    }
    return port;
}

struct PortRange {
    std::uint16_t first = 0;
    std::uint16_t last = 0;
};

Result<PortRange> parse_range(std::string_view text) {
    const std::size_t dash = text.find('-');
    PortRange range;
    range.first = TRY(parse_port(text.substr(0, dash), text));
    range.last = dash == std::string_view::npos ? range.first : TRY(parse_port(text.substr(dash + 1), text));
    if (range.last < range.first) {
        return fail(Errc::invalid, "invalid containerPort: " + std::string(text));
    }
    return range;
}

bool is_address(std::string_view text) {
    const auto parts = split(text, '.');
    return parts.size() == 4 && text.find_first_not_of("0123456789.") == std::string_view::npos;
}

Result<std::uint64_t> parse_cpus(std::string_view text) {
    const std::string copy(text);
    char* end = nullptr;
    const double cpus = std::strtod(copy.c_str(), &end);
    if (end != copy.c_str() + copy.size() || copy.empty() || !std::isfinite(cpus) || cpus < 0 || cpus > 1e6) {
        return fail(Errc::invalid, "invalid argument \"" + copy + "\" for \"--cpus\" flag: failed to parse " + copy +
                                       " as a rational number");
    }
    return static_cast<std::uint64_t>(std::llround(cpus * 1e9));
}

Result<std::uint64_t> memory_of(const Parsed& given, std::string_view name, std::string_view shown) {
    Result<std::uint64_t> bytes = parse_bytes(given.text(name));
    if (!bytes) {
        return fail(Errc::invalid, "invalid argument \"" + given.text(name) + "\" for \"" + std::string(shown) +
                                       "\" flag: " + bytes.error().doing);
    }
    return bytes;
}

Status read_limits(const Parsed& given, engine::ContainerOptions& options) {
    if (given.has("memory")) {
        options.memory = TRY(memory_of(given, "memory", "-m, --memory"));
    }
    if (given.text("memory-swap") == "-1") {
        options.memory_swap = -1;
    } else if (given.has("memory-swap")) {
        options.memory_swap = static_cast<std::int64_t>(TRY(memory_of(given, "memory-swap", "--memory-swap")));
    }
    if (given.has("cpus")) {
        options.nano_cpus = TRY(parse_cpus(given.text("cpus")));
    }
    options.cpu_shares = given.number("cpu-shares").value_or(0);
    options.pids_limit = given.number("pids-limit").value_or(0);
    return {};
}

// "80", "8000-8010/udp"
Status read_exposed(const std::string& text, std::vector<std::string>& all) {
    const std::size_t slash = text.rfind('/');
    const std::string protocol = slash == std::string::npos ? "tcp" : text.substr(slash + 1);
    const Result<PortRange> range = parse_range(std::string_view(text).substr(0, slash));
    if (!range || (protocol != "tcp" && protocol != "udp" && protocol != "sctp")) {
        return fail(Errc::invalid, "invalid range format for --expose: " + text);
    }
    for (int port = range->first; port <= range->last; ++port) {
        all.push_back(std::to_string(port) + "/" + protocol);
    }
    return {};
}

Result<std::string> parse_extra_host(const std::string& text) {
    const std::size_t mark = text.find_first_of(":=");
    const auto wrong = [&](const std::string& why) {
        return fail(Errc::invalid, "invalid argument \"" + text + "\" for \"--add-host\" flag: " + why);
    };
    if (mark == std::string::npos || mark == 0) {
        return wrong("bad format for add-host: \"" + text + "\"");
    }
    const std::string address = text.substr(mark + 1);
    if (address == "host-gateway") {
        return wrong("Cutaway does not know host-gateway; give the address itself");
    }
    if (!is_address(address)) {
        return wrong("invalid IP address in add-host: \"" + address + "\"");
    }
    return text.substr(0, mark) + ":" + address;
}

Status read_places(const Parsed& given, engine::ContainerOptions& options) {
    for (const std::string& text : given.list("publish")) {
        for (engine::PublishOption& publish : TRY(parse_publish(text))) {
            options.publish.push_back(publish);
        }
    }
    for (const std::string& text : given.list("expose")) {
        TRY(read_exposed(text, options.exposed));
    }
    for (const std::string& text : given.list("add-host")) {
        options.extra_hosts.push_back(TRY(parse_extra_host(text)));
    }
    for (const std::string& text : given.list("volume")) {
        options.mounts.push_back(TRY(parse_volume(text)));
    }
    for (const std::string& text : given.list("mount")) {
        options.mounts.push_back(TRY(parse_mount(text)));
    }
    for (const std::string& text : given.list("tmpfs")) {
        engine::MountOption mount;
        mount.type = "tmpfs";
        mount.target = text.substr(0, text.find(':'));
        options.mounts.push_back(mount);
    }
    return {};
}

Status read_policy(const Parsed& given, engine::ContainerOptions& options) {
    const std::string pull = given.text("pull");
    if (!pull.empty() && pull != "missing" && pull != "always" && pull != "never") {
        return fail(Errc::invalid,
                    "invalid pull option: '" + pull + "': must be one of \"always\", \"missing\" or \"never\"");
    }
    options.pull = pull == "always"  ? engine::PullPolicy::always
                   : pull == "never" ? engine::PullPolicy::never
                                     : engine::PullPolicy::missing;
    options.restart = given.text("restart");
    options.stop_signal = given.text("stop-signal");
    if (const auto timeout = given.number("stop-timeout")) {
        options.stop_timeout = static_cast<std::int32_t>(*timeout);
    }
    return {};
}

}  // namespace

std::vector<FlagSpec> container_flags(bool run) {
    std::vector<FlagSpec> flags{
        {"name", 0, FlagKind::text, "Assign a name to the container", ""},
        {"publish", 'p', FlagKind::list, "Publish a container's port(s) to the host", ""},
        {"publish-all", 'P', FlagKind::boolean, "Publish all exposed ports to random ports", ""},
        {"expose", 0, FlagKind::list, "Expose a port or a range of ports", ""},
        {"add-host", 0, FlagKind::list, "Add a custom host-to-IP mapping (host:ip)", ""},
        {"volume", 'v', FlagKind::list, "Bind mount a volume", ""},
        {"mount", 0, FlagKind::list, "Attach a filesystem mount to the container", ""},
        {"tmpfs", 0, FlagKind::list, "Mount a tmpfs directory", ""},
        {"env", 'e', FlagKind::list, "Set environment variables", ""},
        {"env-file", 0, FlagKind::list, "Read in a file of environment variables", ""},
        {"label", 'l', FlagKind::list, "Set meta data on a container", ""},
        {"label-file", 0, FlagKind::list, "Read in a line delimited file of labels", ""},
        {"network", 0, FlagKind::text, "Connect a container to a network", ""},
        {"network-alias", 0, FlagKind::list, "Add network-scoped alias for the container", ""},
        {"hostname", 'h', FlagKind::text, "Container host name", ""},
        {"user", 'u', FlagKind::text, "Username or UID (format: <name|uid>[:<group|gid>])", ""},
        {"workdir", 'w', FlagKind::text, "Working directory inside the container", ""},
        {"entrypoint", 0, FlagKind::text, "Overwrite the default ENTRYPOINT of the image", ""},
        {"memory", 'm', FlagKind::text, "Memory limit", ""},
        {"memory-swap", 0, FlagKind::text, "Swap limit equal to memory plus swap: '-1' to enable unlimited swap", ""},
        {"cpus", 0, FlagKind::text, "Number of CPUs", ""},
        {"cpu-shares", 'c', FlagKind::number, "CPU shares (relative weight)", ""},
        {"pids-limit", 0, FlagKind::number, "Tune container pids limit (set -1 for unlimited)", ""},
        {"cap-add", 0, FlagKind::list, "Add Linux capabilities", ""},
        {"cap-drop", 0, FlagKind::list, "Drop Linux capabilities", ""},
        {"security-opt", 0, FlagKind::list, "Security Options", ""},
        {"privileged", 0, FlagKind::boolean, "Give extended privileges to this container", not_yet},
        {"read-only", 0, FlagKind::boolean, "Mount the container's root filesystem as read only", ""},
        {"init", 0, FlagKind::boolean, "Run an init inside the container that forwards signals and reaps processes",
         ""},
        {"interactive", 'i', FlagKind::boolean, "Keep STDIN open even if not attached", ""},
        {"tty", 't', FlagKind::boolean, "Allocate a pseudo-TTY", ""},
        {"restart", 0, FlagKind::text, "Restart policy to apply when a container exits", ""},
        {"pull", 0, FlagKind::text, "Pull image before running (\"always\", \"missing\", \"never\")", ""},
        {"platform", 0, FlagKind::text, "Set platform if server is multi-platform capable", ""},
        {"stop-signal", 0, FlagKind::text, "Signal to stop the container", ""},
        {"stop-timeout", 0, FlagKind::number, "Timeout (in seconds) to stop a container", ""},
        {"cidfile", 0, FlagKind::text, "Write the container ID to the file", ""},
        {"rm", 0, FlagKind::boolean, "Automatically remove the container when it exits", ""},
        {"quiet", 'q', FlagKind::boolean, "Suppress the pull output", ""}};
    if (run) {
        flags.push_back({"detach", 'd', FlagKind::boolean, "Run container in background and print container ID", ""});
        flags.push_back({"detach-keys", 0, FlagKind::text, detach_keys_help, ""});
        flags.push_back(
            {"sig-proxy", 0, FlagKind::boolean, "Proxy received signals to the process (default true)", ""});
    }
    return flags;
}

Result<engine::ContainerOptions> to_options(const Parsed& given) {
    TRY(check_env(given));
    engine::ContainerOptions options;
    options.image = given.arguments.front();
    options.command.assign(given.arguments.begin() + 1, given.arguments.end());
    if (given.has("entrypoint")) {
        options.entrypoint = std::vector<std::string>{given.text("entrypoint")};
    }
    options.name = given.text("name");
    options.env = given.list("env");
    options.labels = given.list("label");
    options.user = given.text("user");
    options.working_dir = given.text("workdir");
    options.hostname = given.text("hostname");
    options.network = given.text("network");
    options.aliases = given.list("network-alias");
    options.publish_all = given.on("publish-all");
    options.id_file = given.text("cidfile");
    options.cap_add = given.list("cap-add");
    options.cap_drop = given.list("cap-drop");
    options.security_options = given.list("security-opt");
    options.read_only = given.on("read-only");
    options.init = given.on("init");
    options.terminal = given.on("tty");
    options.keep_stdin = given.on("interactive");
    options.detach_keys = given.text("detach-keys");
    options.remove = given.on("rm");
    options.platform = given.text("platform");
    TRY(read_limits(given, options));
    TRY(read_places(given, options));
    TRY(read_policy(given, options));
    return options;
}

Status check_env(const Parsed& given) {
    for (const std::string& variable : given.list("env")) {
        if (variable.empty() || variable.front() == '=') {
            std::vector<std::string> told{variable};
            trace::redact_environment(told);  // a value without a name may be anything
            return fail(Errc::invalid, "invalid argument \"" + told.front() +
                                           "\" for \"-e, --env\" flag: invalid environment variable: " + told.front());
        }
    }
    return {};
}

Result<std::uint64_t> parse_bytes(std::string_view text) {
    const std::string copy(text);
    char* end = nullptr;
    const double number = std::strtod(copy.c_str(), &end);
    if (end == copy.c_str() || !std::isfinite(number) || number < 0) {
        return fail(Errc::invalid, "invalid size: '" + copy + "'");
    }
    std::string_view suffix = std::string_view(end);
    const std::string_view shown = suffix;
    while (suffix.starts_with(' ')) {
        suffix.remove_prefix(1);
    }
    unsigned shift = 0;
    if (!suffix.empty()) {
        constexpr std::string_view units = "bkmgtp";
        const char letter =
            static_cast<char>(suffix.front() >= 'A' && suffix.front() <= 'Z' ? suffix.front() + 32 : suffix.front());
        const std::size_t at = units.find(letter);
        const std::string_view tail = suffix.substr(1);
        const bool good = at != std::string_view::npos &&
                          (tail.empty() || tail == "b" || tail == "B" || tail == "iB" || tail == "ib");
        if (!good) {
            return fail(Errc::invalid, "invalid suffix: '" + std::string(shown) + "'");
        }
        shift = static_cast<unsigned>(at) * 10;
    }
    const double bytes = std::ldexp(number, static_cast<int>(shift));
    if (bytes > 9.0e18) {
        return fail(Errc::invalid, "invalid size: '" + copy + "'");
    }
    return static_cast<std::uint64_t>(bytes);
}

Result<std::vector<engine::PublishOption>> parse_publish(std::string_view text) {
    const std::size_t slash = text.rfind('/');
    const std::string protocol = slash == std::string_view::npos ? "tcp" : std::string(text.substr(slash + 1));
    if (protocol != "tcp" && protocol != "udp" && protocol != "sctp") {
        return fail(Errc::invalid, "invalid proto: " + protocol);
    }
    const std::string_view ports = text.substr(0, slash);
    std::vector<std::string_view> parts = split(ports, ':');
    std::string address;
    if (parts.size() > 3 || (parts.size() == 3 && !is_address(parts[0]) && !parts[0].empty())) {
        const std::string_view before = ports.substr(0, ports.rfind(':', ports.rfind(':') - 1));
        return fail(Errc::invalid, "invalid IP address: " + std::string(before));
    }
    if (parts.size() == 3) {
        address = parts[0];
        parts.erase(parts.begin());
    }
    const PortRange inside = TRY(parse_range(parts.back()));
    PortRange outside;
    if (parts.size() == 2 && !parts.front().empty()) {
        Result<PortRange> range = parse_range(parts.front());
        if (!range) {
            return fail(Errc::invalid, "invalid hostPort: " + std::string(parts.front()));
        }
        outside = *range;
    }
    if (outside.first != 0 && outside.last - outside.first != inside.last - inside.first) {
        return fail(Errc::invalid, "invalid ranges specified for container and host Ports: " +
                                       std::string(parts.back()) + " and " + std::string(parts.front()));
    }
    std::vector<engine::PublishOption> all;
    for (int i = 0; i <= inside.last - inside.first; ++i) {
        engine::PublishOption one;
        one.host_address = address;
        one.host_port = outside.first == 0 ? std::uint16_t{0} : static_cast<std::uint16_t>(outside.first + i);
        one.port = static_cast<std::uint16_t>(inside.first + i);
        one.protocol = protocol;
        all.push_back(one);
    }
    return all;
}

Result<engine::MountOption> parse_volume(std::string_view text) {
    const std::vector<std::string_view> parts = split(text, ':');
    engine::MountOption mount;
    if (parts.size() > 1 && (parts[0].empty() || parts[1].empty())) {
        return fail(Errc::invalid, "invalid spec: " + std::string(text) + ": empty section between colons");
    }
    if (text.empty() || parts.size() > 3) {
        return fail(Errc::invalid, "invalid volume specification: '" + std::string(text) + "'");
    }
    if (parts.size() == 1) {  // an anonymous volume
        mount.type = "volume";
        mount.target = parts[0];
    } else {
        mount.source = parts[0];
        mount.target = parts[1];
        mount.type = mount.source.starts_with('/') ? "bind" : "volume";
        mount.make_source = mount.type == "bind";
        mount.read_only = parts.size() == 3 && parts[2] == "ro";
    }
    if (!mount.target.starts_with('/')) {
        return fail(Errc::invalid, "invalid volume specification: '" + std::string(text) +
                                       "': invalid mount config for type \"" + mount.type +
                                       "\": invalid mount path: '" + mount.target + "' mount path must be absolute");
    }
    return mount;
}

Result<engine::MountOption> parse_mount(std::string_view text) {
    engine::MountOption mount;
    mount.type = "volume";
    for (const std::string_view field : split(text, ',')) {
        const std::size_t equals = field.find('=');
        const std::string_view key = field.substr(0, equals);
        const std::string value(equals == std::string_view::npos ? "" : field.substr(equals + 1));
        if (equals == std::string_view::npos && key != "readonly" && key != "ro") {
            return fail(Errc::invalid, "invalid argument \"" + std::string(text) + "\" for \"--mount\" flag: " +
                                           "invalid field '" + std::string(field) + "' must be a key=value pair");
        }
        if (key == "type") {
            mount.type = value;
        } else if (key == "source" || key == "src") {
            mount.source = value;
        } else if (key == "target" || key == "dst" || key == "destination") {
            mount.target = value;
        } else if (key == "readonly" || key == "ro") {
            mount.read_only = value.empty() || value == "true" || value == "1";
        } else {
            return fail(Errc::invalid, "invalid argument \"" + std::string(text) +
                                           "\" for \"--mount\" flag: unexpected key '" + std::string(key) + "' in '" +
                                           std::string(field) + "'");
        }
    }
    if (mount.type != "bind" && mount.type != "volume" && mount.type != "tmpfs") {
        return fail(Errc::invalid, "invalid mount config for type \"" + mount.type + "\": mount type unknown");
    }
    if (mount.target.empty()) {
        return fail(Errc::invalid,
                    "invalid argument \"" + std::string(text) + "\" for \"--mount\" flag: target is required");
    }
    return mount;
}

}  // namespace cutaway::cli
