// SPDX-License-Identifier: Apache-2.0
// The verbs that take away what nothing uses, and the one that says how much that is.
#include <algorithm>

#include "core/cli/text.h"
#include "core/cli/verb.h"
#include "core/engine/clean_up.h"
#include "core/engine/objects.h"

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

engine::Unused which_images(const Invocation& call) {
    return call.given.on("all") ? engine::Unused::all : engine::Unused::dangling;
}

int prune_containers(Invocation& call) {
    if (!confirmed(call, " all stopped containers.")) {
        return 0;
    }
    const auto pruned = call.engine.prune_containers();
    if (!pruned) {
        return refuse(call, pruned.error());
    }
    call.console.out(listed("Deleted Containers", pruned->removed) + reclaimed(pruned->reclaimed));
    return 0;
}

int prune_images(Invocation& call) {
    const bool all = call.given.on("all");
    if (!confirmed(call,
                   all ? " all images without at least one container associated to them." : " all dangling images.")) {
        return 0;
    }
    const auto pruned = engine::prune_images(call.engine, which_images(call));
    if (!pruned) {
        return refuse(call, pruned.error());
    }
    call.console.out(text_of(*pruned) + reclaimed(pruned->reclaimed));
    return 0;
}

int prune_networks(Invocation& call) {
    if (!confirmed(call, " all custom networks not used by at least one container.")) {
        return 0;
    }
    const auto removed = engine::prune_networks(call.engine);
    if (!removed) {
        return refuse(call, removed.error());
    }
    call.console.out(listed("Deleted Networks", *removed));
    return 0;
}

int prune_volumes(Invocation& call) {
    const bool all = call.given.on("all");
    if (!confirmed(call,
                   std::string(all ? " all" : " anonymous") + " local volumes not used by at least one container.")) {
        return 0;
    }
    const auto pruned = engine::prune_volumes(call.engine, all);
    if (!pruned) {
        return refuse(call, pruned.error());
    }
    call.console.out(listed("Deleted Volumes", pruned->removed) + reclaimed(pruned->reclaimed));
    return 0;
}

std::string system_warning(const Invocation& call) {
    const bool all = call.given.on("all");
    std::string text = ":\n  - all stopped containers\n  - all networks not used by at least one container\n";
    text += call.given.on("volumes") ? "  - all anonymous volumes not used by at least one container\n" : "";
    text += all ? "  - all images without at least one container associated to them\n" : "  - all dangling images\n";
    return text + (all ? "  - all build cache\n" : "  - unused build cache\n");
}

// In docker's order: what a container held is free for the rest.
Status sweep(Invocation& call, std::uint64_t& bytes) {
    const engine::PruneResult containers = TRY(call.engine.prune_containers());
    call.console.out(listed("Deleted Containers", containers.removed));
    bytes += containers.reclaimed;
    call.console.out(listed("Deleted Networks", TRY(engine::prune_networks(call.engine))));
    if (call.given.on("volumes")) {
        const engine::PruneResult volumes = TRY(engine::prune_volumes(call.engine, false));
        call.console.out(listed("Deleted Volumes", volumes.removed));
        bytes += volumes.reclaimed;
    }
    const engine::PrunedImages images = TRY(engine::prune_images(call.engine, which_images(call)));
    call.console.out(text_of(images));
    bytes += images.reclaimed;
    return {};
}

int prune_system(Invocation& call) {
    if (!confirmed(call, system_warning(call))) {
        return 0;
    }
    std::uint64_t bytes = 0;
    const Status swept = sweep(call, bytes);
    if (!swept) {
        return refuse(call, swept.error());
    }
    call.console.out(reclaimed(bytes));
    return 0;
}

std::vector<std::string> row(const std::string& title, const engine::Usage& usage, bool percent) {
    std::string reclaimable = human_size(usage.reclaimable);
    if (percent && usage.size != 0) {
        reclaimable += " (" + std::to_string(usage.reclaimable * 100 / usage.size) + "%)";
    }
    return {title, std::to_string(usage.total), std::to_string(usage.active), human_size(usage.size), reclaimable};
}

int disk_usage(Invocation& call) {
    const auto usage = engine::disk_usage(call.engine);
    if (!usage) {
        return refuse(call, usage.error());
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
FlagSpec filter() {
    return {"filter", 0, FlagKind::list, "Provide filter values (e.g. \"label=<key>=<value>\")", not_yet};
}

Verb prune(std::string_view name, std::string_view group, std::string_view help, std::vector<FlagSpec> flags,
           int (*perform)(Invocation&)) {
    flags.push_back(filter());
    flags.push_back(force());
    std::sort(flags.begin(), flags.end(), [](const FlagSpec& a, const FlagSpec& b) { return a.name < b.name; });
    return {name, group, "prune", "[OPTIONS]", help, std::move(flags), Mix::anywhere, 0, 0, perform};
}

}  // namespace

const std::vector<Verb>& clean_verbs() {
    static const std::vector<Verb> verbs{
        prune("container prune", "container", "Remove all stopped containers", {}, prune_containers),
        prune("image prune", "image", "Remove unused images", {all("Remove all unused images, not just dangling ones")},
              prune_images),
        prune("network prune", "network", "Remove all unused networks", {}, prune_networks),
        prune("volume prune", "volume", "Remove unused local volumes",
              {all("Remove all unused volumes, not just anonymous ones")}, prune_volumes),
        prune("system prune", "system", "Remove unused data",
              {all("Remove all unused images not just dangling ones"),
               {"volumes", 0, FlagKind::boolean, "Prune anonymous volumes", ""}},
              prune_system),
        {"system df",
         "system",
         "df",
         "[OPTIONS]",
         "Show docker disk usage",
         {{"format", 0, FlagKind::text, "Format output using a custom template", not_yet},
          {"verbose", 'v', FlagKind::boolean, "Show detailed information on space usage", not_yet}},
         Mix::anywhere,
         0,
         0,
         disk_usage}};
    return verbs;
}

}  // namespace cutaway::cli
