// SPDX-License-Identifier: Apache-2.0
#include "core/engine/happenings.h"

#include <algorithm>

#include "core/base/json_codec.h"

namespace cutaway::engine {

namespace {

constexpr std::uint64_t most_bytes = 512U << 10U;  // some two thousand lines; docker keeps 256

std::string path_of(const world::World& world) { return world.machine.run_root + "/events.jsonl"; }

// The younger half, from the beginning of a line on.
void shorten(world::World& world, const std::string& path) {
    const std::string all = world.disk.read(path).value_or("");
    const std::size_t line = all.find('\n', all.size() / 2);
    if (line != std::string::npos) {
        static_cast<void>(world.disk.save(path, std::string_view(all).substr(line + 1), world::Durability::runtime));
    }
}

bool by_name(const world::Pair& a, const world::Pair& b) { return a.name < b.name; }

}  // namespace

void happened(world::World& world, Happening happening) {
    const std::string path = path_of(world);
    if (happening.wall_ns == 0) {
        happening.wall_ns = world.clock.wall_ns();
    }
    std::sort(happening.attributes.begin(), happening.attributes.end(), by_name);
    std::string line;
    json::write(line, happening);
    line += "\n";
    const Result<world::FileInfo> there = world.disk.stat(path);
    if (there && there->size > most_bytes) {
        shorten(world, path);
    }
    static_cast<void>(world.disk.append(path, line));
}

void happened(world::World& world, const store::ContainerRecord& record, std::string action,
              std::vector<world::Pair> more, std::int64_t wall_ns) {
    Happening happening;
    happening.wall_ns = wall_ns;
    happening.type = "container";
    happening.action = std::move(action);
    happening.id = record.id;
    happening.attributes = std::move(more);
    happening.attributes.push_back({"image", record.image});
    happening.attributes.push_back({"name", record.name});
    happening.attributes.insert(happening.attributes.end(), record.config.labels.begin(), record.config.labels.end());
    happened(world, std::move(happening));
}

void tell_removal(world::World& world, const store::ImageRemoval& removal) {
    const std::string id = removal.deleted.empty() ? "" : removal.deleted.front();
    for (const std::string& name : removal.untagged) {
        happened(world, {0, "image", "untag", id.empty() ? name : id, {{"name", name}}});
    }
    if (!id.empty()) {
        happened(world, {0, "image", "delete", id, {{"name", id}}});
    }
}

void plugged(world::World& world, const store::ContainerRecord& record, const std::string& action) {
    for (const store::NetworkEndpoint& endpoint : record.endpoints) {
        happened(world, {0,
                         "network",
                         action,
                         endpoint.network_id,
                         {{"container", record.id}, {"name", endpoint.network}, {"type", "bridge"}}});
    }
}

Result<std::vector<Happening>> happenings(world::World& world) {
    std::vector<Happening> all;
    const Result<std::string> text = world.disk.read(path_of(world));
    if (!text) {
        return text.error().code == Errc::not_found ? Result<std::vector<Happening>>(all) : text.error();
    }
    std::string_view rest = *text;
    while (!rest.empty()) {
        const std::size_t end = std::min(rest.find('\n'), rest.size());
        json::Reader in(rest.substr(0, end));
        Happening one;
        if (json::read(in, one) && in.at_end()) {  // one that a crash cut short is no more
            all.push_back(std::move(one));
        }
        rest.remove_prefix(std::min(end + 1, rest.size()));
    }
    std::stable_sort(all.begin(), all.end(),
                     [](const Happening& a, const Happening& b) { return a.wall_ns < b.wall_ns; });
    return all;
}

}  // namespace cutaway::engine
