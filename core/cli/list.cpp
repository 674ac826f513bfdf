// SPDX-License-Identifier: Apache-2.0
#include "core/cli/list.h"

#include <algorithm>

#include "core/cli/rows.h"
#include "core/cli/text.h"
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

bool has_label(const ContainerRecord& record, std::string_view wanted) {
    const std::string_view name = wanted.substr(0, wanted.find('='));
    const bool any = name.size() == wanted.size();
    return std::any_of(record.config.labels.begin(), record.config.labels.end(), [&](const world::Pair& label) {
        return label.name == name && (any || label.value == wanted.substr(name.size() + 1));
    });
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

Result<bool> passes(const ContainerRecord& record, std::string_view filter) {
    const std::size_t equals = filter.find('=');
    if (equals == std::string_view::npos) {
        return fail(Errc::invalid, "invalid argument \"" + std::string(filter) +
                                       "\" for \"-f, --filter\" flag: bad format of filter (expected name=value)");
    }
    const std::string_view key = filter.substr(0, equals);
    const std::string_view value = filter.substr(equals + 1);
    if (key == "name") {
        return fits_name(record.name, value);
    }
    if (key == "id") {
        return record.id.starts_with(value);
    }
    if (key == "status") {
        return to_name(record.state.status) == value;
    }
    if (key == "exited") {
        return record.state.status == ContainerState::exited && std::to_string(record.state.exit_code) == value;
    }
    if (key == "ancestor") {
        return record.image == value || record.image == std::string(value) + ":latest" ||
               record.image_id.ends_with(value) || record.image.starts_with(std::string(value) + ":");
    }
    if (key == "label") {
        return has_label(record, value);
    }
    if (key == "network") {
        return std::any_of(record.endpoints.begin(), record.endpoints.end(),
                           [&](const auto& endpoint) { return endpoint.network == value; });
    }
    return fail(Errc::invalid, "Error response from daemon: invalid filter '" + std::string(key) + "'");
}

Result<std::vector<ContainerRecord>> select(Invocation& call) {
    for (const std::string& filter : call.given.list("filter")) {
        TRY(passes(ContainerRecord{}, filter));  // a wrong one is told even where there is nothing to list
    }
    std::vector<ContainerRecord> all = TRY(call.engine.containers());
    const std::optional<std::int64_t> last =
        call.given.on("latest") ? std::optional<std::int64_t>(1) : call.given.number("last");
    const auto& filters = call.given.list("filter");
    const bool states = std::any_of(filters.begin(), filters.end(), [](const std::string& filter) {
        return filter.starts_with("status=") || filter.starts_with("exited=");
    });
    std::vector<ContainerRecord> chosen;
    for (ContainerRecord& record : all) {
        bool fits = call.given.on("all") || last.has_value() || states || lists(record);
        for (const std::string& filter : filters) {
            fits = TRY(passes(record, filter)) && fits;
        }
        const bool full = last && *last >= 0 && chosen.size() >= static_cast<std::size_t>(*last);
        if (fits && !full) {
            chosen.push_back(std::move(record));
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
            {"size", 's', FlagKind::boolean, "Display total file sizes", not_yet}};
}

namespace {

std::string joined(const std::vector<std::string>& words) {
    std::string text;
    for (const std::string& word : words) {
        text += (text.empty() ? "" : ",") + word;
    }
    return text;
}

std::vector<std::string> row_of(const ContainerRecord& record, bool whole, std::int64_t now) {
    const std::string command = command_text(record);
    std::vector<std::string> labels;
    std::vector<std::string> mounts;
    std::vector<std::string> networks;
    for (const world::Pair& label : record.config.labels) {
        labels.push_back(label.name + "=" + label.value);
    }
    for (const store::MountPoint& mount : record.mounts) {
        mounts.push_back(mount.name.empty() ? mount.source : mount.name);
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
            std::string(to_name(record.state.status)),
            status_text(record, now),
            ports_text(record),
            record.name,
            joined(labels),
            joined(mounts),
            joined(networks)};
}

int print_formatted(const Invocation& call, const std::vector<ContainerRecord>& records, std::int64_t now) {
    const std::vector<Column> columns{{"ID", "CONTAINER ID"},    {"Image", "IMAGE"},      {"Command", "COMMAND"},
                                      {"RunningFor", "CREATED"}, {"State", "STATE"},      {"Status", "STATUS"},
                                      {"Ports", "PORTS"},        {"Names", "NAMES"},      {"Labels", "LABELS"},
                                      {"Mounts", "MOUNTS"},      {"Networks", "NETWORKS"}};
    std::vector<std::vector<std::string>> rows;
    rows.reserve(records.size());
    for (const ContainerRecord& record : records) {
        rows.push_back(row_of(record, call.given.on("no-trunc"), now));
    }
    const Result<std::string> text = formatted(call.given.text("format"), columns, rows);
    text ? call.console.out(*text) : call.console.err(text.error().doing + "\n");
    return text ? 0 : 1;
}

}  // namespace

int list_containers(Invocation& call) {
    const Result<std::vector<ContainerRecord>> records = select(call);
    if (!records) {
        if (records.error().doing.starts_with("invalid argument \"")) {
            return misuse(call, records.error().doing);
        }
        call.console.err(records.error().doing + "\n");
        return 1;
    }
    const bool whole = call.given.on("no-trunc");
    const std::int64_t now = call.engine.world().clock.wall_ns();
    if (call.given.has("format") && !call.given.on("quiet")) {
        return print_formatted(call, *records, now);
    }
    std::vector<std::vector<std::string>> rows{
        {"CONTAINER ID", "IMAGE", "COMMAND", "CREATED", "STATUS", "PORTS", "NAMES"}};
    for (const ContainerRecord& record : *records) {
        const std::string id = whole ? record.id : store::short_id(record.id);
        if (call.given.on("quiet")) {
            call.console.out(id + "\n");
            continue;
        }
        const std::string command = command_text(record);
        rows.push_back({id, record.image, "\"" + (whole ? command : cut(command, 20)) + "\"",
                        ago(record.created, now) + " ago", status_text(record, now), ports_text(record), record.name});
    }
    if (!call.given.on("quiet")) {
        call.console.out(table(rows));
    }
    return 0;
}

}  // namespace cutaway::cli
