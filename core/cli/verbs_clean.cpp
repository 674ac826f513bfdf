// SPDX-License-Identifier: Apache-2.0
// The verbs that take away what nothing uses, and the one that says how much that is.
#include <algorithm>
#include <array>
#include <map>
#include <set>
#include <span>

#include "core/cli/list.h"
#include "core/cli/prune_filter.h"
#include "core/cli/rows.h"
#include "core/cli/text.h"
#include "core/cli/verb.h"
#include "core/engine/clean_up.h"
#include "core/engine/objects.h"
#include "core/oci/reference.h"
#include "core/store/ids.h"
#include "core/store/time_text.h"

namespace cutaway::cli {

namespace {

// docker asks, and takes only a y for a yes; with nobody to answer it does nothing and is content.
bool confirmed(Invocation& call, const std::string& warning) {
    if (call.given.on("force")) {
        return true;
    }
    call.console.out("WARNING! This will remove" + warning + "\nAre you sure you want to continue? [y/N] ");
    const std::string answer = call.console.answer();
    return answer == "y" || answer == "Y";
}

std::string listed(std::string_view title, const std::vector<std::string>& names, std::string_view before = "") {
    std::string text;
    for (const std::string& name : names) {
        text += std::string(before) + name + "\n";
    }
    return names.empty() ? text : std::string(title) + ":\n" + text + "\n";
}

std::string text_of(const engine::PrunedImages& pruned) {
    std::string text;
    for (const std::string& name : pruned.untagged) {
        text += "untagged: " + name + "\n";
    }
    for (const std::string& name : pruned.deleted) {
        text += "deleted: " + name + "\n";
    }
    return text.empty() ? text : "Deleted Images:\n" + text + "\n";
}

std::string reclaimed(std::uint64_t bytes) { return "Total reclaimed space: " + human_size(bytes) + "\n"; }

constexpr std::array<std::string_view, 3> by_age{"until", "label", "label!"};
constexpr std::array<std::string_view, 4> of_images{"dangling", "until", "label", "label!"};
constexpr std::array<std::string_view, 3> of_volumes{"all", "label", "label!"};

bool is_asked(const Invocation& call, const std::string& key) {
    const std::vector<std::string> filters = call.given.list("filter");
    return std::any_of(filters.begin(), filters.end(),
                       [&](const std::string& one) { return one.starts_with(key + "="); });
}

// The client reads the filters and asks; then the daemon looks which of them it knows.
int prune(Invocation& call, const std::string& warning, Status (*work)(Invocation&, const Filters&)) {
    const Result<Filters> filters = parse_filters(call.given, "--filter");
    if (!filters) {
        return refuse_filters(call, filters.error());
    }
    if (!confirmed(call, warning)) {
        return 0;
    }
    const Status done = work(call, *filters);
    if (!done && done.error().doing.starts_with("Error response from daemon: ")) {
        return refuse_filters(call, done.error());
    }
    return done ? 0 : refuse(call, done.error());
}

Result<engine::MayGo> may_go(Invocation& call, const Filters& filters, std::span<const std::string_view> known) {
    TRY(check_filters(filters, known));
    return read_may_go(filters, call.engine.world().clock.wall_ns());
}

// A filter that is true or false; as docker has it, it is said once and in one way.
Result<bool> truth_of(const Filters& filters, std::string_view key, bool otherwise) {
    const auto found = filters.find(key);
    if (found == filters.end()) {
        return otherwise;
    }
    const std::set<std::string> values(found->second.begin(), found->second.end());
    const bool yes = values.contains("true") || values.contains("1");
    const bool no = values.contains("false") || values.contains("0");
    if (yes == no) {
        std::string all;
        for (const std::string& value : values) {
            all += (all.empty() ? "" : " ") + value;
        }
        return invalid_filter(std::string(key) + "=[" + all + "]");
    }
    return yes;
}

int prune_containers(Invocation& call) {
    return prune(call, " all stopped containers.", [](Invocation& asked, const Filters& filters) -> Status {
        const auto pruned = TRY(asked.engine.prune_containers(TRY(may_go(asked, filters, by_age))));
        asked.console.out(listed("Deleted Containers", pruned.removed) + reclaimed(pruned.reclaimed));
        return {};
    });
}

int prune_images(Invocation& call) {
    const bool all = call.given.on("all");
    const std::string which =
        all ? " all images without at least one container associated to them." : " all dangling images.";
    return prune(call, which, [](Invocation& asked, const Filters& filters) -> Status {
        Filters both = filters;
        both["dangling"].emplace_back(asked.given.on("all") ? "false" : "true");  // as the client says it, too
        const engine::MayGo filter = TRY(may_go(asked, both, of_images));
        const bool dangling = TRY(truth_of(both, "dangling", true));
        const engine::Unused unused = dangling ? engine::Unused::dangling : engine::Unused::all;
        const auto pruned = TRY(engine::prune_images(asked.engine, unused, filter));
        asked.console.out(text_of(pruned) + reclaimed(pruned.reclaimed));
        return {};
    });
}

int prune_networks(Invocation& call) {
    const std::string which = " all custom networks not used by at least one container.";
    return prune(call, which, [](Invocation& asked, const Filters& filters) -> Status {
        const auto removed = TRY(engine::prune_networks(asked.engine, TRY(may_go(asked, filters, by_age))));
        asked.console.out(listed("Deleted Networks", removed));
        return {};
    });
}

int prune_volumes(Invocation& call) {
    const bool all = call.given.on("all");
    if (all && is_asked(call, "all")) {
        call.console.err("conflicting options: cannot specify both --all and --filter all=1\n");
        return 1;
    }
    const std::string which =
        std::string(all ? " all" : " anonymous") + " local volumes not used by at least one container.";
    return prune(call, which, [](Invocation& asked, const Filters& filters) -> Status {
        const engine::MayGo filter = TRY(may_go(asked, filters, of_volumes));
        const bool named_too = TRY(truth_of(filters, "all", asked.given.on("all")));
        const auto pruned = TRY(engine::prune_volumes(asked.engine, named_too, filter));
        asked.console.out(listed("Deleted Volumes", pruned.removed) + reclaimed(pruned.reclaimed));
        return {};
    });
}

std::string system_warning(const Invocation& call) {
    const bool all = call.given.on("all");
    std::string text = ":\n  - all stopped containers\n  - all networks not used by at least one container\n";
    text += call.given.on("volumes") ? "  - all anonymous volumes not used by at least one container\n" : "";
    text += all ? "  - all images without at least one container associated to them\n" : "  - all dangling images\n";
    text += all ? "  - all build cache\n" : "  - unused build cache\n";
    std::vector<std::string> filters = call.given.list("filter");
    std::sort(filters.begin(), filters.end());
    text += filters.empty() ? "" : "\n  Items to be pruned will be filtered with:\n";
    for (const std::string& filter : filters) {
        text += "  - " + filter + "\n";
    }
    return text;
}

// In docker's order: what a container held is free for the rest.
Status sweep(Invocation& call, const Filters& filters) {
    const engine::MayGo filter = TRY(may_go(call, filters, by_age));
    const engine::PruneResult containers = TRY(call.engine.prune_containers(filter));
    call.console.out(listed("Deleted Containers", containers.removed));
    std::uint64_t bytes = containers.reclaimed;
    call.console.out(listed("Deleted Networks", TRY(engine::prune_networks(call.engine, filter))));
    if (call.given.on("volumes")) {
        const engine::PruneResult volumes = TRY(engine::prune_volumes(call.engine, false, filter));
        call.console.out(listed("Deleted Volumes", volumes.removed));
        bytes += volumes.reclaimed;
    }
    const engine::Unused which = call.given.on("all") ? engine::Unused::all : engine::Unused::dangling;
    const engine::PrunedImages images = TRY(engine::prune_images(call.engine, which, filter));
    call.console.out(text_of(images) + reclaimed(bytes + images.reclaimed));
    return {};
}

int prune_system(Invocation& call) {
    if (call.given.on("volumes") && is_asked(call, "until")) {
        call.console.err("ERROR: The \"until\" filter is not supported with \"--volumes\"\n");
        return 1;
    }
    return prune(call, system_warning(call), sweep);
}

std::vector<std::string> row(const std::string& title, const engine::Usage& usage, bool percent) {
    std::string reclaimable = human_size(usage.reclaimable);
    if (percent && usage.size != 0) {
        reclaimable += " (" + std::to_string(usage.reclaimable * 100 / usage.size) + "%)";
    }
    return {title, std::to_string(usage.total), std::to_string(usage.active), human_size(usage.size), reclaimable};
}

using Rows = std::vector<std::vector<std::string>>;

Result<Rows> image_rows(engine::Engine& engine, const std::vector<store::ContainerRecord>& containers,
                        std::int64_t now) {
    Rows rows{{"REPOSITORY", "TAG", "IMAGE ID", "CREATED", "SIZE", "SHARED SIZE", "UNIQUE SIZE", "CONTAINERS"}};
    const std::vector<store::Image> images = TRY(engine.images());
    std::map<std::string, int> holders;
    for (const store::Image& image : images) {
        for (const store::ImageLayer& layer : image.record.layers) {
            ++holders[layer.chain_id];
        }
    }
    for (const store::Image& image : images) {
        std::uint64_t shared = 0;
        for (const store::ImageLayer& layer : image.record.layers) {
            shared += holders[layer.chain_id] > 1 ? engine::shown_size(layer) : 0;
        }
        const std::uint64_t size = engine::shown_size(image.record);
        const auto users = std::count_if(containers.begin(), containers.end(),
                                         [&](const auto& one) { return one.image_id == image.record.id; });
        const std::string full = image.names.empty() ? "" : image.names.front();
        const Result<oci::Reference> reference = oci::parse_reference(full);
        const std::string familiar = reference ? oci::familiar_name(*reference) : "<none>:<none>";
        const auto created = store::parse_time(image.record.created);
        rows.push_back({familiar.substr(0, familiar.rfind(':')), familiar.substr(familiar.rfind(':') + 1),
                        store::short_id(image.record.id), created ? human_duration(now - *created) + " ago" : "N/A",
                        human_size(size), human_size(shared), human_size(size - shared), std::to_string(users)});
    }
    return rows;
}

Result<Rows> container_rows(world::Disk& disk, const std::vector<store::ContainerRecord>& containers,
                            std::int64_t now) {
    Rows rows{{"CONTAINER ID", "IMAGE", "COMMAND", "LOCAL VOLUMES", "SIZE", "CREATED", "STATUS", "NAMES"}};
    for (const store::ContainerRecord& record : containers) {
        const auto volumes = std::count_if(record.mounts.begin(), record.mounts.end(),
                                           [](const auto& mount) { return mount.type == "volume"; });
        const auto created = store::parse_time(record.created);
        rows.push_back({store::short_id(record.id), record.image, "\"" + cut(command_text(record), 20) + "\"",
                        std::to_string(volumes), human_size(TRY(engine::size_beneath(disk, record.upper))),
                        created ? human_duration(now - *created) + " ago" : "N/A", status_text(record, now),
                        record.name});
    }
    return rows;
}

Result<Rows> volume_rows(engine::Engine& engine, const std::vector<store::ContainerRecord>& containers) {
    Rows rows{{"VOLUME NAME", "LINKS", "SIZE"}};
    for (const store::VolumeRecord& volume : TRY(engine.volumes())) {
        const auto links = std::count_if(containers.begin(), containers.end(), [&](const auto& one) {
            return std::any_of(one.mounts.begin(), one.mounts.end(),
                               [&](const auto& mount) { return mount.name == volume.name; });
        });
        rows.push_back({volume.name, std::to_string(links),
                        human_size(TRY(engine::size_beneath(engine.world().disk, volume.path)))});
    }
    return rows;
}

// Each thing by itself.
Result<std::string> verbose_usage(Invocation& call) {
    const std::int64_t now = call.engine.world().clock.wall_ns();
    const auto containers = TRY(call.engine.containers());
    return "Images space usage:\n\n" + table(TRY(image_rows(call.engine, containers, now))) +
           "\nContainers space usage:\n\n" + table(TRY(container_rows(call.engine.world().disk, containers, now))) +
           "\nLocal Volumes space usage:\n\n" + table(TRY(volume_rows(call.engine, containers))) +
           "\nBuild cache usage: 0B\n\n" +
           table({{"CACHE ID", "CACHE TYPE", "SIZE", "CREATED", "LAST USED", "USAGE", "SHARED"}});
}

int disk_usage(Invocation& call) {
    if (call.given.on("verbose") && call.given.has("format")) {
        call.console.err("cutaway: 'system df' takes -v or --format, not both\n");
        return 1;
    }
    if (call.given.on("verbose")) {
        const Result<std::string> text = verbose_usage(call);
        text ? call.console.out(*text) : static_cast<void>(refuse(call, text.error()));
        return text ? 0 : 1;
    }
    const auto usage = engine::disk_usage(call.engine);
    if (!usage) {
        return refuse(call, usage.error());
    }
    if (call.given.has("format")) {
        const Result<std::string> text =
            formatted(call.given.text("format"),
                      {{"Type", "TYPE"},
                       {"TotalCount", "TOTAL"},
                       {"Active", "ACTIVE"},
                       {"Size", "SIZE"},
                       {"Reclaimable", "RECLAIMABLE"}},
                      {row("Images", usage->images, true), row("Containers", usage->containers, true),
                       row("Local Volumes", usage->volumes, true), row("Build Cache", engine::Usage{}, false)});
        text ? call.console.out(*text) : call.console.err(text.error().doing + "\n");
        return text ? 0 : 1;
    }
    call.console.out(table({{"TYPE", "TOTAL", "ACTIVE", "SIZE", "RECLAIMABLE"},
                            row("Images", usage->images, true),
                            row("Containers", usage->containers, true),
                            row("Local Volumes", usage->volumes, true),
                            row("Build Cache", engine::Usage{}, false)}));
    return 0;
}

FlagSpec force() { return {"force", 'f', FlagKind::boolean, "Do not prompt for confirmation", ""}; }
FlagSpec all(std::string_view help) { return {"all", 'a', FlagKind::boolean, help, ""}; }
FlagSpec filter() { return {"filter", 0, FlagKind::list, "Provide filter values (e.g. \"label=<key>=<value>\")", ""}; }

Verb prune_verb(std::string_view name, std::string_view group, std::string_view help, std::vector<FlagSpec> flags,
                int (*perform)(Invocation&)) {
    flags.push_back(filter());
    flags.push_back(force());
    std::sort(flags.begin(), flags.end(), [](const FlagSpec& a, const FlagSpec& b) { return a.name < b.name; });
    return {name, group, "prune", "[OPTIONS]", help, std::move(flags), Mix::anywhere, 0, 0, perform};
}

}  // namespace

const std::vector<Verb>& clean_verbs() {
    static const std::vector<Verb> verbs{
        prune_verb("container prune", "container", "Remove all stopped containers", {}, prune_containers),
        prune_verb("image prune", "image", "Remove unused images",
                   {all("Remove all unused images, not just dangling ones")}, prune_images),
        prune_verb("network prune", "network", "Remove all unused networks", {}, prune_networks),
        prune_verb("volume prune", "volume", "Remove unused local volumes",
                   {all("Remove all unused volumes, not just anonymous ones")}, prune_volumes),
        prune_verb("system prune", "system", "Remove unused data",
                   {all("Remove all unused images not just dangling ones"),
                    {"volumes", 0, FlagKind::boolean, "Prune anonymous volumes", ""}},
                   prune_system),
        {"system df",
         "system",
         "df",
         "[OPTIONS]",
         "Show docker disk usage",
         {{"format", 0, FlagKind::text, "Format output using a custom template", ""},
          {"verbose", 'v', FlagKind::boolean, "Show detailed information on space usage", ""}},
         Mix::anywhere,
         0,
         0,
         disk_usage}};
    return verbs;
}

}  // namespace cutaway::cli
