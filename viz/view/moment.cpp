// SPDX-License-Identifier: Apache-2.0
#include "viz/view/moment.h"

#include <algorithm>
#include <array>
#include <cstdio>

#include "core/scene/evolve.h"

namespace cutaway::view {

namespace {

struct KindPart {
    std::string_view kind;
    Part part;
};
constexpr std::array<KindPart, 32> kinds{
    {{"http", Part::exchange},        {"api", Part::exchange},           {"unpack_layer", Part::layers},
     {"clone", Part::spaces},         {"unshare", Part::spaces},         {"setns", Part::spaces},
     {"sethostname", Part::spaces},   {"execve", Part::processes},       {"kill", Part::processes},
     {"await_exit", Part::processes}, {"start_shim", Part::processes},   {"setuid", Part::processes},
     {"capset", Part::processes},     {"no_new_privs", Part::processes}, {"seccomp", Part::processes},
     {"mount", Part::overlay},        {"umount", Part::overlay},         {"pivot_root", Part::overlay},
     {"cgroup_create", Part::cgroup}, {"cgroup_write", Part::cgroup},    {"cgroup_remove", Part::cgroup},
     {"bridge", Part::network},       {"veth", Part::network},           {"link_move", Part::network},
     {"link_master", Part::network},  {"link_up", Part::network},        {"address", Part::network},
     {"route", Part::network},        {"nat_add", Part::network},        {"nat_remove", Part::network},
     {"resolver", Part::network},     {"link_set_up", Part::network}}};

std::optional<Part> of_phase(world::Phase phase) {
    switch (phase) {
        case world::Phase::resolve:
        case world::Phase::manifest: return Part::exchange;
        case world::Phase::layers: return Part::layers;
        case world::Phase::create: return Part::lifecycle;
        case world::Phase::overlay: return Part::overlay;
        case world::Phase::namespaces: return Part::spaces;
        case world::Phase::cgroup: return Part::cgroup;
        case world::Phase::network: return Part::network;
        case world::Phase::exec:
        case world::Phase::running: return Part::processes;
        case world::Phase::stop:
        case world::Phase::remove: return Part::lifecycle;
        case world::Phase::none: break;
    }
    return std::nullopt;
}

struct PathPart {
    std::string_view start;
    Part part;
};
constexpr std::array<PathPart, 14> paths{{{"/exchanges", Part::exchange},
                                          {"/pull", Part::layers},
                                          {"/images", Part::layers},
                                          {"/layers", Part::layers},
                                          {"/mounts", Part::overlay},
                                          {"/namespaces", Part::spaces},
                                          {"/processes", Part::processes},
                                          {"/signals", Part::processes},
                                          {"/cgroups", Part::cgroup},
                                          {"/links", Part::network},
                                          {"/routes", Part::network},
                                          {"/rules", Part::network},
                                          {"/listeners", Part::network},
                                          {"/connections", Part::network}}};

}  // namespace

std::optional<Part> part_of(const trace::Event& event) {
    if (const auto* call = std::get_if<world::Call>(&event.body)) {
        const std::string_view kind = kind_of(*call);
        for (const KindPart& one : kinds) {
            if (one.kind == kind) {
                return one.part;
            }
        }
    }
    return of_phase(event.phase);
}

std::vector<Part> parts_of(const std::vector<scene::Change>& changes) {
    std::vector<Part> parts;
    const auto add = [&](Part part) {
        if (std::find(parts.begin(), parts.end(), part) == parts.end()) {
            parts.push_back(part);
        }
    };
    for (const scene::Change& change : changes) {
        const std::string_view path = change.path;
        for (const PathPart& one : paths) {
            if (path.starts_with(one.start)) {
                add(one.part);
            }
        }
        if (path.starts_with("/containers/")) {
            add(path.find("/upper") != std::string_view::npos ? Part::overlay : Part::lifecycle);
        }
    }
    return parts;
}

const scene::Container* subject(const Moment& moment) {
    const auto& containers = *moment.picture->containers;
    if (const auto chosen = containers.find(moment.chosen); chosen != containers.end()) {
        return &*chosen->second;
    }
    if (moment.next != nullptr && !moment.next->container.empty()) {
        if (const scene::Container* named = scene::find_container(*moment.picture, moment.next->container)) {
            return named;
        }
    }
    const scene::Container* youngest = nullptr;
    std::uint64_t born = 0;
    for (const auto& [id, container] : containers) {
        const std::uint64_t seq = container->history.empty() ? 0 : container->history.back().seq;
        if (youngest == nullptr || seq >= born) {
            youngest = &*container;
            born = seq;
        }
    }
    return youngest;
}

const scene::Container* named(const scene::Picture& picture, std::string_view word) {
    constexpr std::size_t printed = 12;
    for (const auto& [id, container] : *picture.containers) {
        const bool by_id = word.size() >= printed && std::string_view(id).substr(0, word.size()) == word;
        if (by_id || (!word.empty() && container->record.name == word)) {
            return &*container;
        }
    }
    return nullptr;
}

std::string short_id(const std::string& text) {
    const std::size_t colon = text.find(':');
    return text.substr(colon == std::string::npos ? 0 : colon + 1, 12);
}

std::string size_text(std::uint64_t bytes) {
    constexpr std::array<const char*, 5> units{"B", "kB", "MB", "GB", "TB"};
    double value = static_cast<double>(bytes);
    std::size_t unit = 0;
    while (value >= 1000 && unit + 1 < units.size()) {
        value /= 1000;
        ++unit;
    }
    std::array<char, 32> text{};
    (void)std::snprintf(text.data(), text.size(), unit == 0 || value >= 100 ? "%.0f %s" : "%.1f %s", value,
                        units[unit]);
    return text.data();
}

// Ids are cut to what a person compares: a diff's words name them whole.
std::string with_short_ids(const std::string& words) {
    std::string out;
    for (std::size_t at = 0; at < words.size();) {
        std::size_t end = at;
        while (end < words.size() &&
               ((words[end] >= '0' && words[end] <= '9') || (words[end] >= 'a' && words[end] <= 'f'))) {
            ++end;
        }
        if (end - at == 64) {
            out += words.substr(at, 12);
        } else {
            out += words.substr(at, end - at);
        }
        if (end < words.size()) {
            out += words[end++];
        }
        at = end;
    }
    return out;
}

std::string shorten_middle(const std::string& text, std::size_t most) {
    if (text.size() <= most || most < 5) {
        return text;
    }
    const std::size_t tail = (most - 1) * 2 / 3;
    return text.substr(0, most - 1 - tail) + "…" + text.substr(text.size() - tail);
}

}  // namespace cutaway::view
