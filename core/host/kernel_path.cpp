// SPDX-License-Identifier: Apache-2.0
// Where a path lies. Outside a container's root, paths are made by the store and the planners and are taken as they
// are; beneath it an image made every name, and only descriptors are trusted.
#include <fcntl.h>
#include <sys/stat.h>
#include <unistd.h>

#include <vector>

#include "core/host/kernel_calls.h"

namespace cutaway::host {

namespace {

std::string inside(const Acting& acting, std::string_view path) {
    return std::string(path.substr(acting.root_path.size()));
}

// Every directory of `path` beneath `root`, made where it is absent; a link is followed inside the root only.
Result<Fd> make_parents(int root, std::string_view path) {
    Fd here = TRY(open_in_root(root, "/", O_PATH | O_DIRECTORY));
    std::string walked;
    while (!path.empty()) {
        const std::size_t slash = path.find('/');
        const std::string name(path.substr(0, slash));
        path = slash == std::string_view::npos ? std::string_view{} : path.substr(slash + 1);
        if (name.empty() || name == ".") {
            continue;
        }
        if (name == "..") {
            return fail(Errc::invalid, "a path in a container's root climbs: " + walked + "/..");
        }
        walked += "/" + name;
        Result<Fd> next = open_in_root(root, walked, O_PATH | O_DIRECTORY);
        if (!next && next.error().code == Errc::not_found) {
            if (::mkdirat(here.get(), name.c_str(), 0755) < 0 && errno != EEXIST) {
                return sys_error(errno, "mkdirat " + walked);
            }
            next = open_in_root(root, walked, O_PATH | O_DIRECTORY);
        }
        here = TRY(std::move(next));
    }
    return here;
}

Status make_plain_parents(const std::string& path) {
    for (std::size_t slash = path.find('/', 1); slash != std::string::npos; slash = path.find('/', slash + 1)) {
        const std::string part = path.substr(0, slash);
        if (::mkdir(part.c_str(), 0755) < 0 && errno != EEXIST && errno != EROFS) {
            return sys_error(errno, "mkdir " + part);
        }
    }
    return {};
}

}  // namespace

bool is_inside(const Acting& acting, std::string_view path) {
    if (!acting.root.open()) {
        return false;
    }
    const std::string& root = acting.root_path;
    return path.substr(0, root.size()) == root && (path.size() == root.size() || path[root.size()] == '/');
}

Result<Located> locate(Acting& acting, const std::string& path) {
    if (is_inside(acting, path)) {
        Fd fd = TRY_IN(path, open_in_root(acting.root.get(), inside(acting, path), O_PATH));
        return Located{std::move(fd), {}, path};
    }
    Fd fd = TRY(open_file(path, O_PATH));
    return Located{std::move(fd), {}, path};
}

Result<Located> locate_parent(Acting& acting, const std::string& path) {
    std::string clean = path;
    while (clean.size() > 1 && clean.back() == '/') {
        clean.pop_back();
    }
    const std::string name = name_of(clean);
    if (name.empty() || name == "." || name == "..") {
        return fail(Errc::invalid, "not a path to make: " + path);
    }
    if (is_inside(acting, clean) && clean.size() > acting.root_path.size()) {
        const std::string within_root = inside(acting, clean);
        Fd fd = TRY_IN(path, make_parents(acting.root.get(), parent_of(within_root)));
        return Located{std::move(fd), name, path};
    }
    TRY(make_plain_parents(clean));
    Fd fd = TRY(open_file(parent_of(clean), O_PATH | O_DIRECTORY));
    return Located{std::move(fd), name, path};
}

Status enter_root(Acting& acting, const std::string& path) {
    acting.root = TRY(open_file(path, O_PATH | O_DIRECTORY));
    acting.root_path = path == "/" ? "" : path;
    return {};
}

}  // namespace cutaway::host
