// SPDX-License-Identifier: Apache-2.0
#include "core/layer/layer_tree.h"

#include <algorithm>
#include <deque>

namespace cutaway::layer {

namespace {

constexpr std::string_view whiteout_prefix = ".wh.";
constexpr std::string_view opaque_name = ".wh..wh..opq";
constexpr std::string_view aufs_prefix = ".wh..wh.";
constexpr int most_links = 40;  // as the kernel, path_resolution(7)

std::vector<std::string_view> components(std::string_view path) {
    std::vector<std::string_view> parts;
    while (!path.empty()) {
        const std::size_t end = std::min(path.find('/'), path.size());
        if (end > 0 && path.substr(0, end) != ".") {
            parts.push_back(path.substr(0, end));
        }
        path.remove_prefix(std::min(end + 1, path.size()));
    }
    return parts;
}

std::string_view parent_of(std::string_view path) {
    const std::size_t slash = path.rfind('/');
    return slash == std::string_view::npos ? std::string_view() : path.substr(0, slash);
}

std::string_view last_of(std::string_view path) { return path.substr(path.rfind('/') + 1); }

std::string joined(std::string_view parent, std::string_view name) {
    std::string path(parent);
    if (!path.empty()) {
        path.push_back('/');
    }
    return path.append(name);
}

Error leaves(std::string_view name) {
    return fail(Errc::invalid, "\"" + std::string(name) + "\" leads out of the layer");
}

}  // namespace

Result<std::string> clean_name(std::string_view name) {
    std::string path;
    for (const std::string_view part : components(name)) {
        if (part != "..") {
            path = joined(path, part);
        } else if (path.empty()) {
            return leaves(name);
        } else {
            path = std::string(parent_of(path));
        }
    }
    return path;
}

Result<LayerName> read_name(std::string_view name) {
    const std::string path = TRY(clean_name(name));
    const std::string_view last = last_of(path);
    const std::string_view parent = parent_of(path);
    if (last.substr(0, whiteout_prefix.size()) != whiteout_prefix) {
        return LayerName{NameKind::entry, path};
    }
    if (last == opaque_name) {
        return LayerName{NameKind::opaque, std::string(parent)};
    }
    if (last.substr(0, aufs_prefix.size()) == aufs_prefix) {
        return LayerName{NameKind::ignored, path};
    }
    const std::string_view hidden = last.substr(whiteout_prefix.size());
    if (hidden.empty() || hidden == "." || hidden == "..") {
        return fail(Errc::invalid, "the whiteout \"" + std::string(name) + "\" hides no name");
    }
    return LayerName{NameKind::whiteout, joined(parent, hidden)};
}

const IndexEntry* LayerTree::find(std::string_view path) const {
    const auto found = entries_.find(path);
    return found == entries_.end() ? nullptr : &found->second;
}

Result<std::string> LayerTree::resolve(std::string_view clean) const {
    if (clean.find('/') == std::string_view::npos) {
        return std::string(clean);
    }
    std::deque<std::string> rest;
    for (const std::string_view part : components(parent_of(clean))) {
        rest.emplace_back(part);
    }
    std::string at;
    int links = 0;
    while (!rest.empty()) {
        const std::string part = std::move(rest.front());
        rest.pop_front();
        if (part == "..") {  // only out of a link's target; at the root it stays there
            at = std::string(parent_of(at));
            continue;
        }
        const std::string next = joined(at, part);
        const IndexEntry* entry = find(next);
        if (entry == nullptr || entry->whiteout || entry->hardlink || entry->type != world::FileType::symlink) {
            at = next;
            continue;
        }
        if (++links > most_links) {
            return fail(Errc::invalid, "\"" + std::string(clean) + "\" leads through too many symbolic links");
        }
        at = entry->link.substr(0, 1) == "/" ? std::string() : at;
        const std::vector<std::string_view> target = components(entry->link);
        rest.insert(rest.begin(), target.begin(), target.end());
        if (rest.size() > 4096) {
            return fail(Errc::invalid, "\"" + std::string(clean) + "\" leads through links that grow without end");
        }
    }
    return joined(at, last_of(clean));
}

Result<std::vector<std::string>> LayerTree::missing_parents(std::string_view path) const {
    std::vector<std::string> missing;
    std::string_view at = parent_of(path);
    while (!at.empty()) {
        const IndexEntry* entry = find(at);
        if (entry == nullptr || entry->whiteout) {
            missing.emplace_back(at);
        } else if (entry->type == world::FileType::directory) {
            break;
        } else {
            return fail(Errc::invalid,
                        "\"" + std::string(path) + "\" lies below \"" + std::string(at) + "\", which is no directory");
        }
        at = parent_of(at);
    }
    std::reverse(missing.begin(), missing.end());
    return missing;
}

bool LayerTree::put(IndexEntry entry) {
    const auto before = entries_.find(entry.path);
    const bool directory = entry.type == world::FileType::directory;
    if (before == entries_.end()) {
        entries_.emplace(entry.path, std::move(entry));
        return false;
    }
    const bool was_whiteout = before->second.whiteout;
    const bool was_directory = !was_whiteout && before->second.type == world::FileType::directory;
    if (was_directory && !directory) {
        const std::string below = entry.path + "/";
        auto child = entries_.lower_bound(below);
        while (child != entries_.end() && child->first.compare(0, below.size(), below) == 0) {
            child = entries_.erase(child);
        }
    }
    entry.opaque = directory && (was_whiteout || (was_directory && before->second.opaque));
    const bool hides = directory && was_whiteout;
    before->second = std::move(entry);
    return hides;
}

LayerTree::Hide LayerTree::hide(const std::string& path) {
    const auto here = entries_.find(path);
    if (here == entries_.end()) {
        IndexEntry entry;
        entry.path = path;
        entry.type = world::FileType::character;  // as overlayfs keeps it: device 0:0
        entry.whiteout = true;
        entries_.emplace(path, std::move(entry));
        return Hide::whiteout;
    }
    if (here->second.whiteout || here->second.type != world::FileType::directory) {
        return Hide::nothing;  // this layer's own file hides the one below already
    }
    here->second.opaque = true;
    return Hide::opaque;
}

void LayerTree::make_opaque(const std::string& path) {
    const auto here = entries_.find(path);
    if (here != entries_.end()) {
        here->second.opaque = true;
    }
}

LayerIndex LayerTree::to_index(std::string diff_id) const {
    LayerIndex index;
    index.diff_id = std::move(diff_id);
    index.entries.reserve(entries_.size());
    for (const auto& item : entries_) {
        index.entries.push_back(item.second);
    }
    return index;
}

}  // namespace cutaway::layer
