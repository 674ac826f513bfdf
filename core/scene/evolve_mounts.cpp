// SPDX-License-Identifier: Apache-2.0
// Mounts: a container's are seen from its own root, the host's from the host's (mount_namespaces(7), overlayfs).
#include <algorithm>

#include "core/scene/bounds.h"
#include "core/scene/evolve_parts.h"

namespace cutaway::scene {

namespace {

using Mounts = Table<std::string, MountPoint>;

// Overlay's data: "lowerdir=/a:/b,upperdir=/u,workdir=/w"; a backslash guards the byte behind it.
std::vector<std::string> split_guarded(std::string_view text, char mark) {
    std::vector<std::string> parts(1);
    for (std::size_t i = 0; i < text.size(); ++i) {
        if (text[i] == '\\' && i + 1 < text.size()) {
            parts.back() += text[i];
            parts.back() += text[++i];
        } else if (text[i] == mark) {
            parts.emplace_back();
        } else {
            parts.back() += text[i];
        }
    }
    return parts;
}

std::string unguarded(std::string_view text) {
    std::string plain;
    for (std::size_t i = 0; i < text.size(); ++i) {
        if (text[i] == '\\' && i + 1 < text.size()) {
            ++i;
        }
        plain += text[i];
    }
    return plain;
}

void read_overlay(MountPoint& mount, std::string_view data) {
    for (const std::string& option : split_guarded(data, ',')) {
        const std::string_view text = option;
        if (text.substr(0, 9) == "lowerdir=") {
            for (const std::string& directory : split_guarded(text.substr(9), ':')) {
                if (!directory.empty()) {
                    mount.lower.push_back(unguarded(directory));
                }
            }
        } else if (text.substr(0, 9) == "upperdir=") {
            mount.upper = unguarded(text.substr(9));
        } else if (text.substr(0, 8) == "workdir=") {
            mount.work = unguarded(text.substr(8));
        }
    }
}

bool has(const std::vector<std::string>& options, std::string_view option) {
    return std::find(options.begin(), options.end(), option) != options.end();
}

// Propagation and remount change the mount that is there.
void change_options(Picture& picture, const std::string& key, const world::Mount& call) {
    if (!picture.mounts->contains(key)) {
        return;
    }
    MountPoint& mount = *picture.mounts.edit().edit(key);
    if (has(call.options, "ro")) {
        std::erase(mount.options, std::string("rw"));
    } else if (has(call.options, "remount")) {
        std::erase(mount.options, std::string("ro"));
    }
    for (const std::string& option : call.options) {
        if (option != "remount" && !has(mount.options, clip(option)) && mount.options.size() < Limits::pending) {
            mount.options.push_back(kept(option));
        }
    }
}

bool beneath(std::string_view path, std::string_view root) {
    return root == "/" ||
           (path.substr(0, root.size()) == root && (path.size() == root.size() || path[root.size()] == '/'));
}

// All of one owner's mounts, taken out of the table.
std::vector<MountPoint> take_mounts(Picture& picture, std::string_view container) {
    const std::string prefix = owned_key(container, "");
    const auto ours = [&](const std::string& key) { return key.compare(0, prefix.size(), prefix) == 0; };
    std::vector<MountPoint> taken;
    std::vector<std::string> keys;
    for (auto at = picture.mounts->lower_bound(prefix); at != picture.mounts->end() && ours(at->first); ++at) {
        keys.push_back(at->first);
        taken.push_back(at->second);
    }
    for (const std::string& key : keys) {
        picture.mounts.edit().erase(key);
    }
    return taken;
}

// What a bind of a mounted directory shows is that mount (a container's root: the overlay that the daemon made).
const MountPoint* shown_through(const Picture& picture, std::string_view container, std::string_view path) {
    if (const MountPoint* own = picture.mounts->get(owned_key(container, path));
        own != nullptr && own->type != "bind") {
        return own;
    }
    return picture.mounts->get(owned_key("", path));
}

}  // namespace

void drop_mounts(Picture& picture, std::string_view container) { take_mounts(picture, container); }

void on_done(const Done& done, const world::Mount& call) {
    Picture& picture = done.picture;
    const std::string_view container = inside(done.open);
    const std::string key = owned_key(container, call.target);
    if (call.type.empty() || has(call.options, "remount")) {
        change_options(picture, key, call);
        return;
    }
    MountPoint mount;
    mount.container = kept(container);
    mount.target = kept(call.target);
    mount.type = kept(call.type);
    mount.source = kept(call.source);
    mount.options = cut_copy(call.options, picture.dropped);
    mount.data = kept(call.data);
    if (call.type == "overlay") {
        read_overlay(mount, mount.data);
    }
    picture.mounts.edit()[key] = std::move(mount);
}

void on_done(const Done& done, const world::Unmount& call) {
    auto& mounts = done.picture.mounts;
    for (const std::string_view container :
         {inside(done.open), std::string_view(), std::string_view(done.open.container)}) {
        const std::string key = owned_key(container, call.target);
        if (mounts->contains(key)) {
            mounts.edit().erase(key);
            return;
        }
    }
}

// Everything beneath the new root keeps its place in it; all else went away with the old root.
void on_done(const Done& done, const world::PivotRoot& call) {
    Picture& picture = done.picture;
    const std::string_view container = done.open.container;
    const std::string root = kept(call.new_root);
    const MountPoint* through = shown_through(picture, container, root);
    MountPoint top = through == nullptr ? MountPoint{} : *through;
    if (container.empty() || root.empty()) {
        return;
    }
    for (MountPoint& mount : take_mounts(picture, container)) {
        if (!beneath(mount.target, root)) {
            continue;
        }
        const std::string_view rest =
            root == "/" ? std::string_view(mount.target) : std::string_view(mount.target).substr(root.size());
        if (rest.empty() || rest == "/") {
            if (through == nullptr) {
                top = std::move(mount);
            }
            continue;
        }
        mount.target = std::string(rest);
        std::string key = owned_key(container, mount.target);
        picture.mounts.edit()[key] = std::move(mount);
    }
    top.container = kept(container);
    top.target.assign(1, '/');  // gcc 12 misreads an assigned literal here (-Wrestrict)
    picture.mounts.edit()[owned_key(container, "/")] = std::move(top);
}

}  // namespace cutaway::scene
