// SPDX-License-Identifier: Apache-2.0
// mount(2) as the model knows it: bind, remount, propagation, overlay, and the kernel's own file systems.
#include <algorithm>
#include <array>

#include "core/model/errors.h"
#include "core/model/vfs.h"

namespace cutaway::model {
namespace {

using world::FileType;

bool has(const std::vector<std::string>& options, std::string_view name) {
    return std::find(options.begin(), options.end(), name) != options.end();
}

// mount(8)'s words for mount(2)'s flags; "optional" is ours.
constexpr auto known_options = std::to_array<std::string_view>(
    {"ro",         "rw",       "nosuid",      "suid",  "nodev",    "dev",     "noexec",  "exec",    "noatime",
     "nodiratime", "relatime", "strictatime", "sync",  "dirsync",  "remount", "bind",    "rec",     "private",
     "slave",      "shared",   "unbindable",  "rbind", "rprivate", "rslave",  "rshared", "optional"});

Status check_options(const std::vector<std::string>& options) {
    for (const std::string& option : options) {
        if (std::find(known_options.begin(), known_options.end(), option) == known_options.end()) {
            return fail(Errc::invalid, "mount: no such option: " + option);
        }
    }
    return {};
}

std::vector<std::string> split_text(std::string_view text, char at) {
    std::vector<std::string> parts;
    while (!text.empty()) {
        const std::size_t end = std::min(text.find(at), text.size());
        parts.emplace_back(text.substr(0, end));
        text.remove_prefix(std::min(end + 1, text.size()));
    }
    return parts;
}

std::string option_value(std::string_view data, std::string_view name) {
    for (const std::string& part : split_text(data, ',')) {
        if (part.rfind(std::string(name) + "=", 0) == 0) {
            return part.substr(name.size() + 1);
        }
    }
    return {};
}

Result<Branch> directory_at(Machine& machine, const View& view, std::string_view path) {
    const Spot spot = TRY(walk(machine, view, path, true));
    const Node node = node_of(machine, view, spot);
    if (TRY(node_info(machine, node)).type != FileType::directory) {
        return os_error(ENOTDIR, path);
    }
    return node_inode(machine, node, false);
}

Result<FsId> make_overlay(Machine& machine, const View& view, const world::Mount& call) {
    const std::string lower = option_value(call.data, "lowerdir");
    const std::string upper = option_value(call.data, "upperdir");
    const std::string work = option_value(call.data, "workdir");
    if (lower.empty() || upper.empty() != work.empty()) {
        return os_error(EINVAL, "overlay");
    }
    std::vector<Branch> lowers;
    for (const std::string& path : split_text(lower, ':')) {
        lowers.push_back(TRY_IN("lowerdir", directory_at(machine, view, path)));
    }
    std::vector<Branch> uppers;
    if (!upper.empty()) {
        uppers.push_back(TRY_IN("upperdir", directory_at(machine, view, upper)));
        const Branch at = TRY_IN("workdir", directory_at(machine, view, work));
        if (at.fs != uppers.front().fs) {
            return os_error(EINVAL, "workdir and upperdir must be on one file system");
        }
    }
    const FsId id = new_filesystem(machine, "overlay", 0755);
    FileSystem& fs = machine.state.filesystems.at(id);
    fs.lower = std::move(lowers);
    fs.upper = std::move(uppers);
    fs.upper_path = upper;
    return id;
}

std::uint32_t mode_of(const world::Mount& call, std::uint32_t otherwise) {
    const std::string text = option_value(call.data, "mode");
    std::uint32_t mode = 0;
    for (const char digit : text) {
        if (digit < '0' || digit > '7') {
            return otherwise;
        }
        mode = mode * 8 + static_cast<std::uint32_t>(digit - '0');
    }
    return text.empty() ? otherwise : mode & 07777U;
}

// A cgroup file system: one shared by all mounts of a hierarchy; what it calls / depends on who mounts it.
Result<FsId> make_cgroup(Machine& machine, const world::Mount& call) {
    const std::string hierarchy = call.type == "cgroup2" ? std::string() : option_value("c=" + call.data, "c");
    if (!machine.state.cgroups.contains(hierarchy)) {
        return os_error(ENODEV, call.type);
    }
    const FsId id = new_filesystem(machine, call.type, 0555);
    FileSystem& fs = machine.state.filesystems.at(id);
    fs.hierarchy = hierarchy;
    if (const Process* caller = find_process(machine, machine.caller); caller != nullptr) {
        const auto space = machine.state.plain_spaces.find(caller->spaces.cgroup);
        if (space != machine.state.plain_spaces.end()) {
            const auto root = space->second.roots.find(hierarchy);
            fs.cgroup_root = root == space->second.roots.end() ? std::string() : root->second;
        }
    }
    return id;
}

// What other file systems are mounted on, and what docker hides: sysfs has them whoever mounts it.
void add_sysfs_directories(FileSystem& fs) {
    for (const std::string_view path : {"/fs", "/fs/cgroup", "/kernel", "/devices", "/firmware", "/class"}) {
        Inode directory;
        directory.info.type = FileType::directory;
        directory.info.mode = 0755;
        (void)add_inode(fs, std::string(path), std::move(directory));
    }
}

Result<FsId> make_type(Machine& machine, const View& view, const world::Mount& call) {
    static constexpr std::array<std::string_view, 6> plain{"tmpfs", "sysfs", "devpts", "mqueue", "devtmpfs", "ext4"};
    if (call.type == "overlay") {
        return make_overlay(machine, view, call);
    }
    if (call.type == "cgroup" || call.type == "cgroup2") {
        return make_cgroup(machine, call);
    }
    if (call.type == "proc") {
        const FsId id = new_filesystem(machine, "proc", 0555);
        const Process* caller = find_process(machine, machine.caller);
        machine.state.filesystems.at(id).pid_space = caller == nullptr ? machine.state.host.pid : caller->spaces.pid;
        return id;
    }
    if (std::find(plain.begin(), plain.end(), call.type) == plain.end()) {
        return os_error(ENODEV, call.type);
    }
    const bool is_devpts = call.type == "devpts";  // its mode= is of the terminals in it
    const FsId id =
        new_filesystem(machine, call.type, is_devpts ? 0755 : mode_of(call, call.type == "tmpfs" ? 01777 : 0755));
    if (call.type == "sysfs") {
        add_sysfs_directories(machine.state.filesystems.at(id));
    }
    if (is_devpts) {
        Inode ptmx;
        ptmx.info.type = FileType::character;
        ptmx.info.mode = 0666;
        ptmx.info.major = 5;
        ptmx.info.minor = 2;
        (void)add_inode(machine.state.filesystems.at(id), "/ptmx", std::move(ptmx));
    }
    return id;
}

void attach(Machine& machine, const View& view, const Spot& at, Mounted mounted) {
    MountSpace& space = machine.state.mount_spaces.at(view.space);
    mounted.id = machine.state.next_mount++;
    mounted.parent = at.mount;
    mounted.at = at.path;
    mounted.shared = space.mounts.at(at.mount).shared;
    space.mounts.add(std::move(mounted));
}

bool under(const MountSpace& space, std::uint32_t mount, std::uint32_t root) {
    while (mount != 0 && mount != root) {
        mount = space.mounts.at(mount).parent;
    }
    return mount == root;
}

Status bind(Machine& machine, const View& view, const world::Mount& call, const Spot& target) {
    const Result<Spot> source = walk(machine, view, call.source, true);
    if (!source) {
        return source.error();
    }
    const bool from_directory = TRY(node_info(machine, node_of(machine, view, *source))).type == FileType::directory;
    const bool to_directory = TRY(node_info(machine, node_of(machine, view, target))).type == FileType::directory;
    if (from_directory != to_directory) {
        return os_error(ENOTDIR, call.target);
    }
    Mounted mounted = machine.state.mount_spaces.at(view.space).mounts.at(source->mount);
    mounted.root = source->path;
    mounted.options = call.options;
    mounted.read_only = mounted.read_only || has(call.options, "ro");
    const bool is_deep = has(call.options, "rec") || has(call.options, "rbind");
    const MountSpace before = is_deep ? machine.state.mount_spaces.at(view.space) : MountSpace();
    attach(machine, view, target, std::move(mounted));
    std::map<std::uint32_t, std::uint32_t> twins{{source->mount, machine.state.next_mount - 1}};
    for (const auto& [id, other] : before.mounts) {
        const bool below = other.parent == source->mount ? other.at.rfind(source->path + "/", 0) == 0
                                                         : other.parent != 0 && under(before, id, source->mount);
        if (below && twins.contains(other.parent)) {
            attach(machine, view, Spot{twins.at(other.parent), other.at}, other);
            twins[id] = machine.state.next_mount - 1;
        }
    }
    return {};
}

// Something hidden: a file under the source, which is /dev/null, a directory under an empty tmpfs.
Status mask(Machine& machine, const View& view, const world::Mount& call, const Spot& target) {
    world::Mount cover = call;
    if (TRY(node_info(machine, node_of(machine, view, target))).type != FileType::directory) {
        cover.type = "bind";
        return bind(machine, view, cover, target);
    }
    Mounted mounted;
    mounted.fs = new_filesystem(machine, "tmpfs", 0555);
    mounted.type = "tmpfs";
    mounted.source = "tmpfs";
    mounted.read_only = true;
    attach(machine, view, target, std::move(mounted));
    return {};
}

// MS_PRIVATE, MS_SLAVE, MS_SHARED, alone or with MS_REC.
void set_propagation(Machine& machine, const View& view, const Spot& target, const std::vector<std::string>& options) {
    MountSpace& space = machine.state.mount_spaces.at(view.space);
    const bool shared = has(options, "shared") || has(options, "rshared");
    const bool deep =
        has(options, "rec") || has(options, "rprivate") || has(options, "rslave") || has(options, "rshared");
    for (auto& [id, mounted] : space.mounts.change()) {
        if (id == target.mount || (deep && under(space, id, target.mount))) {
            mounted.shared = shared;
        }
    }
}

// What is mounted on may be missing in an image: a directory, or a file for a file.
Status make_target(Machine& machine, const View& view, const world::Mount& call) {
    const bool bind_file = call.type == "bind" && !call.source.empty() &&
                           TRY(file_info(machine, view, call.source, true)).type != FileType::directory;
    if (!bind_file) {
        return make_dirs(machine, view, call.target, 0755);
    }
    TRY(make_dirs(machine, view, parent_path(call.target), 0755));
    return file_save(machine, view, call.target, {}, 0644);
}

}  // namespace

Status mount(Machine& machine, const View& view, const world::Mount& call, const std::string& container) {
    TRY(check_options(call.options));
    Result<Spot> target = walk(machine, view, call.target, true);
    const bool may_miss = call.type == "mask" || has(call.options, "optional");
    if (!target && target.error().sys_errno == ENOENT && !may_miss && !container.empty()) {
        TRY(make_target(machine, view, call));
        target = walk(machine, view, call.target, true);
    }
    if (!target) {
        return may_miss && target.error().sys_errno == ENOENT ? Status() : Status(target.error());
    }
    if (call.type == "mask") {
        return mask(machine, view, call, *target);
    }
    if (has(call.options, "remount")) {
        if (!is_mount_point(machine, view, *target)) {
            return os_error(EINVAL, call.target);
        }
        Mounted& mounted = machine.state.mount_spaces.at(view.space).mounts.change().at(target->mount);
        mounted.read_only = has(call.options, "ro");
        mounted.options = call.options;
        mounted.options.erase(std::remove(mounted.options.begin(), mounted.options.end(), "remount"),
                              mounted.options.end());
        return {};
    }
    if (call.type == "bind" || has(call.options, "bind") || has(call.options, "rbind")) {
        return bind(machine, view, call, *target);
    }
    if (call.type.empty()) {
        set_propagation(machine, view, *target, call.options);
        return {};
    }
    const FsId fs = TRY(make_type(machine, view, call));
    machine.state.filesystems.at(fs).container = container;
    Mounted mounted;
    mounted.fs = fs;
    mounted.type = call.type;
    mounted.source = call.source.empty() ? call.type : call.source;
    mounted.data = call.data;
    mounted.options = call.options;
    mounted.read_only =
        has(call.options, "ro") || (call.type == "overlay" && machine.state.filesystems.at(fs).upper.empty());
    attach(machine, view, *target, std::move(mounted));
    return {};
}

}  // namespace cutaway::model
