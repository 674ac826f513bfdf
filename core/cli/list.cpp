// SPDX-License-Identifier: Apache-2.0
#include "core/cli/list.h"

#include <algorithm>
#include <array>
#include <cstdlib>

#include "core/cli/filters.h"
#include "core/cli/rows.h"
#include "core/cli/text.h"
#include "core/engine/clean_up.h"
#include "core/store/ids.h"
#include "core/store/time_text.h"

namespace cutaway::cli {

namespace {

using store::ContainerRecord;
using store::ContainerState;

std::string ago(std::string_view when, std::int64_t wall_ns) {
    const auto then = store::parse_time(when);
    return then ? human_duration(wall_ns - *then) : "";
}

bool lists(const ContainerRecord& record) {
    return store::is_up(record) || record.state.status == ContainerState::restarting;
}

// docker reads a regular expression; of that, the anchors.
bool fits_name(std::string_view name, std::string_view value) {
    const bool from = value.starts_with('^');
    const bool to = value.ends_with('$');
    value.remove_prefix(from ? 1 : 0);
    value.remove_suffix(to ? 1 : 0);
    value.remove_prefix(value.starts_with('/') ? 1 : 0);
    return from && to ? name == value
           : from     ? name.starts_with(value)
           : to       ? name.ends_with(value)
                      : name.find(value) != std::string_view::npos;
}

constexpr std::array<std::string_view, 14> filter_names{"ancestor", "before",  "expose", "exited", "health",
                                                        "id",       "is-task", "label",  "name",   "network",
                                                        "publish",  "since",   "status", "volume"};

bool fits_image(const ContainerRecord& record, const std::string& value) {
    return record.image == value || record.image == value + ":latest" || record.image_id.ends_with(value) ||
           record.image.starts_with(value + ":");
}

bool fits_network(const ContainerRecord& record, const std::string& value) {
    return record.host.network_mode == value ||
           std::any_of(record.endpoints.begin(), record.endpoints.end(),
                       [&](const auto& one) { return one.network == value || one.network_id.starts_with(value); });
}

bool fits_volume(const ContainerRecord& record, const std::string& value) {
    return std::any_of(record.mounts.begin(), record.mounts.end(),
                       [&](const auto& mount) { return mount.name == value || mount.target == value; });
}

// "80", "80/udp", "8000-8080/tcp", and the protocol that is meant without one.
bool fits_port(std::string_view wanted, int port, std::string_view protocol) {
    const std::size_t slash = wanted.find('/');
    const std::string_view ports = wanted.substr(0, slash);
    const std::size_t dash = ports.find('-');
    const int first = std::atoi(std::string(ports.substr(0, dash)).c_str());
    const int last = dash == std::string_view::npos ? first : std::atoi(std::string(ports.substr(dash + 1)).c_str());
    return port >= first && port <= last &&
           (slash == std::string_view::npos ? "tcp" : wanted.substr(slash + 1)) == protocol;
}

bool fits_published(const ContainerRecord& record, const std::string& value) {
    return std::any_of(record.published.begin(), record.published.end(),
                       [&](const auto& one) { return fits_port(value, one.host_port, one.protocol); });
}

bool fits_exposed(const ContainerRecord& record, const std::string& value) {
    return std::any_of(record.config.exposed_ports.begin(), record.config.exposed_ports.end(), [&](const auto& one) {
        const std::size_t slash = one.find('/');
        return fits_port(value, std::atoi(one.c_str()), std::string_view(one).substr(slash + 1));
    });
}

// Nothing here has a health check or is a swarm's task.
bool passes(const ContainerRecord& record, const std::string& key, const std::string& value) {
    const bool exited = record.state.status == ContainerState::exited;
    return key == "name"       ? fits_name(record.name, value)
           : key == "id"       ? record.id.starts_with(value)
           : key == "status"   ? to_name(record.state.status) == value
           : key == "exited"   ? exited && std::to_string(record.state.exit_code) == value
           : key == "ancestor" ? fits_image(record, value)
           : key == "label"    ? has_label(record.config.labels, value)
           : key == "network"  ? fits_network(record, value)
           : key == "volume"   ? fits_volume(record, value)
           : key == "publish"  ? fits_published(record, value)
           : key == "expose"   ? fits_exposed(record, value)
           : key == "health"   ? value == "none"
           : key == "is-task"  ? value == "false" || value == "0"
                               : true;  // before and since: by their place in the list
}

Status check_status(const Filters& filters) {
    const auto found = filters.find("status");
    for (const std::string& value : found == filters.end() ? std::vector<std::string>() : found->second) {
        if (!from_name<ContainerState>(value)) {
            return invalid_filter("status=" + value);
        }
    }
    return {};
}

// What "before=NAME" and "since=NAME" leave of a list whose newest comes first.
Result<std::vector<ContainerRecord>> between(Invocation& call, const Filters& filters) {
    std::vector<ContainerRecord> all = TRY(call.engine.containers());
    const auto place_of = [&](const std::string& name) -> Result<std::ptrdiff_t> {
        const Result<ContainerRecord> one = call.engine.container(name);
        if (!one) {
            return Error{one.error().code, 0, "Error response from daemon: " + one.error().doing};
        }
        return std::find_if(all.begin(), all.end(), [&](const auto& record) { return record.id == one->id; }) -
               all.begin();
    };
    std::ptrdiff_t from = 0;
    auto to = static_cast<std::ptrdiff_t>(all.size());
    if (const auto before = filters.find("before"); before != filters.end()) {
        from = TRY(place_of(before->second.back())) + 1;
    }
    if (const auto since = filters.find("since"); since != filters.end()) {
        to = TRY(place_of(since->second.back()));
    }
    return from >= to ? std::vector<ContainerRecord>() : std::vector(all.begin() + from, all.begin() + to);
}

Result<std::vector<ContainerRecord>> select(Invocation& call) {
    const Filters filters = TRY(read_filters(call.given, filter_names));
    TRY(check_status(filters));
    const std::vector<ContainerRecord> all = TRY(between(call, filters));
    const std::optional<std::int64_t> last =
        call.given.on("latest") ? std::optional<std::int64_t>(1) : call.given.number("last");
    const bool states = filters.contains("status") || filters.contains("exited") || filters.contains("before") ||
                        filters.contains("since");
    std::vector<ContainerRecord> chosen;
    for (const ContainerRecord& record : all) {
        const bool shows = call.given.on("all") || last.has_value() || states || lists(record);
        const bool full = last && *last >= 0 && chosen.size() >= static_cast<std::size_t>(*last);
        const auto good = [&](const std::string& key, const std::string& value) { return passes(record, key, value); };
        if (shows && !full && fits_all(filters, good)) {
            chosen.push_back(record);
        }
    }
    return chosen;
}

}  // namespace

std::string status_text(const ContainerRecord& record, std::int64_t wall_ns) {
    switch (record.state.status) {
        case ContainerState::created: return "Created";
        case ContainerState::running: return "Up " + ago(record.state.started_at, wall_ns);
        case ContainerState::paused: return "Up " + ago(record.state.started_at, wall_ns) + " (Paused)";
        case ContainerState::restarting:
            return "Restarting (" + std::to_string(record.state.exit_code) + ") " +
                   ago(record.state.finished_at, wall_ns) + " ago";
        case ContainerState::exited:
            return "Exited (" + std::to_string(record.state.exit_code) + ") " + ago(record.state.finished_at, wall_ns) +
                   " ago";
        case ContainerState::removing: return "Removal In Progress";
        case ContainerState::dead: return "Dead";
    }
    return "";
}

std::string ports_text(const ContainerRecord& record) {
    if (!lists(record)) {
        return "";
    }
    std::string text;
    const auto add = [&](const std::string& one) { text += (text.empty() ? "" : ", ") + one; };
    for (const store::PortBinding& port : record.published) {
        add(port.host_address + ":" + std::to_string(port.host_port) + "->" + std::to_string(port.port) + "/" +
            port.protocol);
    }
    for (const std::string& exposed : record.config.exposed_ports) {
        const bool published = std::any_of(record.published.begin(), record.published.end(), [&](const auto& port) {
            return std::to_string(port.port) + "/" + port.protocol == exposed;
        });
        if (!published) {
            add(exposed);
        }
    }
    return text;
}

std::string command_text(const ContainerRecord& record) {
    std::string text = record.path;
    for (const std::string& arg : record.args) {
        text += (arg.find(' ') == std::string::npos) ? " " + arg : " '" + arg + "'";
    }
    return text;
}

std::vector<FlagSpec> list_flags() {
    return {{"all", 'a', FlagKind::boolean, "Show all containers (default shows just running)", ""},
            {"filter", 'f', FlagKind::list, "Filter output based on conditions provided", ""},
            {"format", 0, FlagKind::text, "Format output using a custom template", ""},
            {"last", 'n', FlagKind::number, "Show n last created containers (includes all states)", ""},
            {"latest", 'l', FlagKind::boolean, "Show the latest created container (includes all states)", ""},
            {"no-trunc", 0, FlagKind::boolean, "Don't truncate output", ""},
            {"quiet", 'q', FlagKind::boolean, "Only display container IDs", ""},
            {"size", 's', FlagKind::boolean, "Display total file sizes", ""}};
}

namespace {

std::string joined(const std::vector<std::string>& words) {
    std::string text;
    for (const std::string& word : words) {
        text += (text.empty() ? "" : ",") + word;
    }
    return text;
}

// "2024-05-03 19:42:13 +0000 UTC": Go's own way of writing a time.
std::string go_time(const std::string& when) {
    const std::string text = when.substr(0, when.find_first_of(".Z"));
    return text.size() < 19 ? text : text.substr(0, 10) + " " + text.substr(11) + " +0000 UTC";
}

// "1.1kB (virtual 187MB)": what it wrote, and that with its image.
Result<std::string> size_text(Invocation& call, const ContainerRecord& record) {
    const std::uint64_t own = TRY(engine::size_beneath(call.engine.world().disk, record.upper));
    const Result<store::Image> image = call.engine.image(record.image_id);
    return human_size(own) + " (virtual " + human_size(own + (image ? engine::shown_size(image->record) : 0)) + ")";
}

std::vector<std::string> row_of(const ContainerRecord& record, bool whole, std::int64_t now) {
    const std::string command = command_text(record);
    std::vector<std::string> labels;
    std::vector<std::string> mounts;
    std::vector<std::string> networks;
    std::size_t volumes = 0;
    for (const world::Pair& label : record.config.labels) {
        labels.push_back(label.name + "=" + label.value);
    }
    for (const store::MountPoint& mount : record.mounts) {
        const std::string& name = mount.name.empty() ? mount.source : mount.name;
        mounts.push_back(whole ? name : cut(name, 15));
        volumes += mount.type == "volume" ? 1 : 0;
    }
    for (const store::NetworkEndpoint& endpoint : record.endpoints) {
        networks.push_back(endpoint.network);
    }
    if (networks.empty()) {
        networks.push_back(record.host.network_mode);
    }
    return {whole ? record.id : store::short_id(record.id),
            record.image,
            "\"" + (whole ? command : cut(command, 20)) + "\"",
            ago(record.created, now) + " ago",
            go_time(record.created),
            std::string(to_name(record.state.status)),
            status_text(record, now),
            ports_text(record),
            record.name,
            joined(labels),
            joined(mounts),
            joined(networks),
            std::to_string(volumes)};
}

int print_formatted(Invocation& call, const std::vector<ContainerRecord>& records, std::int64_t now) {
    const std::vector<Column> columns{{"ID", "CONTAINER ID"},
                                      {"Image", "IMAGE"},
                                      {"Command", "COMMAND"},
                                      {"RunningFor", "CREATED"},
                                      {"CreatedAt", "CREATED AT"},
                                      {"State", "STATE"},
                                      {"Status", "STATUS"},
                                      {"Ports", "PORTS"},
                                      {"Names", "NAMES"},
                                      {"Labels", "LABELS"},
                                      {"Mounts", "MOUNTS"},
                                      {"Networks", "NETWORKS"},
                                      {"LocalVolumes", "LOCAL VOLUMES"},
                                      {"Size", "SIZE"}};
    const std::string format = call.given.text("format");
    const bool weighed = call.given.on("size") || format.find(".Size") != std::string::npos;
    std::vector<std::vector<std::string>> rows;
    rows.reserve(records.size());
    for (const ContainerRecord& record : records) {
        rows.push_back(row_of(record, call.given.on("no-trunc"), now));
        const Result<std::string> size = weighed ? size_text(call, record) : Result<std::string>("0B");
        if (!size) {
            return refuse(call, size.error());
        }
        rows.back().push_back(*size);
    }
    const Result<std::string> text = formatted(format, columns, rows);
    text ? call.console.out(*text) : call.console.err(text.error().doing + "\n");
    return text ? 0 : 1;
}

}  // namespace

int list_containers(Invocation& call) {
    const Result<std::vector<ContainerRecord>> records = select(call);
    if (!records) {
        return refuse_filters(call, records.error());
    }
    const bool whole = call.given.on("no-trunc");
    const bool weighed = call.given.on("size");
    const std::int64_t now = call.engine.world().clock.wall_ns();
    if (call.given.has("format") && !call.given.on("quiet")) {
        return print_formatted(call, *records, now);
    }
    std::vector<std::vector<std::string>> rows{
        {"CONTAINER ID", "IMAGE", "COMMAND", "CREATED", "STATUS", "PORTS", "NAMES"}};
    if (weighed) {
        rows.front().emplace_back("SIZE");
    }
    for (const ContainerRecord& record : *records) {
        const std::string id = whole ? record.id : store::short_id(record.id);
        if (call.given.on("quiet")) {
            call.console.out(id + "\n");
            continue;
        }
        const std::string command = command_text(record);
        rows.push_back({id, record.image, "\"" + (whole ? command : cut(command, 20)) + "\"",
                        ago(record.created, now) + " ago", status_text(record, now), ports_text(record), record.name});
        const Result<std::string> size = weighed ? size_text(call, record) : Result<std::string>("");
        if (!size) {
            return refuse(call, size.error());
        }
        if (weighed) {
            rows.back().push_back(*size);
        }
    }
    if (!call.given.on("quiet")) {
        call.console.out(table(rows));
    }
    return 0;
}

}  // namespace cutaway::cli
