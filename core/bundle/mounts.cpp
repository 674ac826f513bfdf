// SPDX-License-Identifier: Apache-2.0
#include "core/bundle/mounts.h"

#include <algorithm>
#include <array>

namespace cutaway::bundle {

namespace {

using plan::PlannedCall;
using world::Call;
using world::Mount;

// What a word of mount(8) does to the flags: sets one, clears one, or neither (then it is what the kernel does anyway).
struct Word {
    std::string_view word;
    std::string_view sets;
    std::string_view clears;
};
constexpr auto flag_words = std::to_array<Word>({
    {"ro", "ro", ""},
    {"rw", "", "ro"},
    {"nosuid", "nosuid", ""},
    {"suid", "", "nosuid"},
    {"nodev", "nodev", ""},
    {"dev", "", "nodev"},
    {"noexec", "noexec", ""},
    {"exec", "", "noexec"},
    {"noatime", "noatime", ""},
    {"atime", "", "noatime"},
    {"nodiratime", "nodiratime", ""},
    {"diratime", "", "nodiratime"},
    {"relatime", "relatime", ""},
    {"norelatime", "", "relatime"},
    {"strictatime", "strictatime", ""},
    {"nostrictatime", "", "strictatime"},
    {"sync", "sync", ""},
    {"async", "", "sync"},
    {"dirsync", "dirsync", ""},
    {"mand", "mand", ""},
    {"nomand", "", "mand"},
    {"silent", "silent", ""},
    {"loud", "", "silent"},
    {"iversion", "iversion", ""},
    {"noiversion", "", "iversion"},
    {"lazytime", "lazytime", ""},
    {"nolazytime", "", "lazytime"},
    {"nosymfollow", "nosymfollow", ""},
    {"symfollow", "", "nosymfollow"},
    {"defaults", "", ""},
});

constexpr auto spread_words = std::to_array<std::string_view>(
    {"private", "rprivate", "slave", "rslave", "shared", "rshared", "unbindable", "runbindable"});

// Words that runtimes give a meaning which is not built here; passed on they would be taken for the file system's own.
constexpr auto refused_words = std::to_array<std::string_view>(
    {"remount",      "tmpcopyup", "idmap",       "ridmap",       "copy-symlink",   "dest-nofollow",
     "src-nofollow", "rro",       "rrw",         "rnosuid",      "rsuid",          "rnodev",
     "rdev",         "rnoexec",   "rexec",       "rnoatime",     "ratime",         "rnodiratime",
     "rdiratime",    "rrelatime", "rnorelatime", "rstrictatime", "rnostrictatime", "rnosymfollow",
     "rsymfollow"});

template <class List>
bool among(const List& list, std::string_view word) {
    return std::find(list.begin(), list.end(), word) != list.end();
}

struct Options {
    std::vector<std::string> flags;
    std::vector<std::string> spread;
    std::string data;
    bool bind = false;
    bool deep = false;
};

Error odd(const oci::SpecMount& mount, const std::string& option) {
    return fail(Errc::unsupported,
                "config.json: mounts: " + mount.destination + ": the option " + option + " is not supported");
}

Result<Options> read_options(const oci::SpecMount& mount) {
    Options options;
    options.bind = mount.type == "bind" || mount.type == "rbind";
    options.deep = mount.type == "rbind";
    for (const std::string& option : mount.options) {
        const auto* const word =
            std::find_if(flag_words.begin(), flag_words.end(), [&](const Word& one) { return one.word == option; });
        if (word != flag_words.end()) {
            std::erase(options.flags, std::string(word->clears));
            std::erase(options.flags, std::string(word->sets));
            if (!word->sets.empty()) {
                options.flags.emplace_back(word->sets);
            }
        } else if (option == "bind" || option == "rbind") {
            options.bind = true;
            options.deep = options.deep || option == "rbind";
        } else if (among(spread_words, option)) {
            options.spread.push_back(option);
        } else if (option.empty() || among(refused_words, option)) {
            return odd(mount, option);
        } else {
            options.data += (options.data.empty() ? "" : ",") + option;
        }
    }
    if (options.bind && !options.data.empty()) {
        return odd(mount, options.data);
    }
    return options;
}

Result<std::string> target_of(const oci::SpecMount& mount, const Tree& tree) {
    std::string clean;
    std::string rest = mount.destination + "/";
    while (!rest.empty()) {
        const std::size_t slash = rest.find('/');
        const std::string name = rest.substr(0, slash);
        rest.erase(0, slash + 1);
        if (name == "..") {
            return fail(Errc::invalid, "config.json: mounts: the destination climbs: " + mount.destination);
        }
        clean += name.empty() || name == "." ? "" : "/" + name;
    }
    if (clean.empty()) {
        return fail(Errc::unsupported, "config.json: mounts: the root itself is mounted over");
    }
    return tree.root + clean;
}

void add_spread(const Options& options, const std::string& target, std::vector<Call>& calls) {
    for (const std::string& word : options.spread) {
        const bool deep = word.front() == 'r';
        std::vector<std::string> words{deep ? word.substr(1) : word};
        if (deep) {
            words.emplace_back("rec");
        }
        calls.emplace_back(Mount{"", "", target, std::move(words), ""});
    }
}

void add_bind(const std::string& source, const std::string& target, const Options& options, std::vector<Call>& calls) {
    std::vector<std::string> words;
    if (options.deep) {
        words.emplace_back("rec");
    }
    calls.emplace_back(Mount{"bind", source, target, std::move(words), ""});
    if (!options.flags.empty()) {
        std::vector<std::string> again = options.flags;
        again.emplace_back("remount");
        calls.emplace_back(Mount{"bind", source, target, std::move(again), ""});
    }
}

// Version 1 is a directory of hierarchies: each a view of its own part, or that part bound.
void add_hierarchies(const std::string& target, const Options& options, const Tree& tree, std::vector<Call>& calls) {
    calls.emplace_back(Mount{"tmpfs", "tmpfs", target, {"nosuid", "noexec", "nodev"}, "mode=755"});
    Options each = options;
    each.deep = true;
    for (const std::string& mounted : tree.groups.controllers) {
        const std::string at = target + "/" + mounted;
        calls.emplace_back(world::MakeDir{at, 0755});
        if (tree.own_cgroups) {
            calls.emplace_back(Mount{"cgroup", "cgroup", at, options.flags, mounted});
        } else {
            add_bind("/sys/fs/cgroup/" + mounted + tree.groups.path, at, each, calls);
        }
    }
    if (among(options.flags, "ro")) {
        calls.emplace_back(Mount{"bind", target, target, {"remount", "ro"}, ""});
    }
}

PlannedCall in_init(std::string step, std::string why, Call call) {
    PlannedCall planned;
    planned.place = plan::Place::init;
    planned.actor = world::Actor::runtime;
    planned.phase = world::Phase::overlay;
    planned.step = std::move(step);
    planned.why = std::move(why);
    planned.call = std::move(call);
    return planned;
}

class TreePlan {
public:
    TreePlan(const oci::RuntimeSpec& spec, const Tree& tree) : spec_(spec), tree_(tree) {}

    Result<std::vector<PlannedCall>> run() {
        TRY(make_own());
        TRY(add_mounts());
        add_devices();
        TRY(turn());
        hide();
        return std::move(calls_);
    }

private:
    void add(const char* step, const char* why, Call call) { calls_.push_back(in_init(step, why, std::move(call))); }

    // What is mounted on the host later may be seen where the bundle asks for it, never the other way round.
    Status make_own() {
        const std::string& spread = spec_.on_linux.rootfs_propagation;
        if (!spread.empty() && !among(spread_words, spread)) {
            return fail(Errc::invalid, "config.json: linux.rootfsPropagation is not a propagation: " + spread);
        }
        const bool closed = spread == "private" || spread == "rprivate";
        const char* step = "make the mount tree this container's own";
        const char* why = "without this every mount below would appear on the host too";
        add(step, why, Mount{"", "", "/", {"rec", closed ? "private" : "slave"}, ""});
        add(step, why, Mount{"bind", tree_.root, tree_.root, {"rec"}, ""});
        return {};
    }

    Status add_mounts() {
        for (const oci::SpecMount& mount : spec_.mounts) {
            oci::SpecMount one = mount;
            if (is_dev(mount)) {  // its devices are still to be made
                std::erase(one.options, "ro");
            }
            for (Call& call : TRY(mount_calls(one, tree_))) {
                add("mount what the bundle asks for", "in config.json's order: a later mount may lie on an earlier one",
                    std::move(call));
            }
        }
        return {};
    }

    static bool is_dev(const oci::SpecMount& mount) {
        return mount.destination == "/dev" || mount.destination == "/dev/";
    }

    // A /dev that was bound is somebody's own: nothing is made in it.
    [[nodiscard]] bool dev_is_bound() const {
        return std::any_of(spec_.mounts.begin(), spec_.mounts.end(), [](const oci::SpecMount& mount) {
            return is_dev(mount) &&
                   (mount.type == "bind" || among(mount.options, "bind") || among(mount.options, "rbind"));
        });
    }

    void add_node(const oci::SpecDevice& device) {
        world::MakeDevice node;
        node.path = tree_.root + device.path;
        node.type = device.type == "u" ? "c" : device.type;
        node.mode = device.mode;
        node.major = static_cast<std::uint32_t>(device.major);
        node.minor = static_cast<std::uint32_t>(device.minor);
        node.uid = device.uid;
        node.gid = device.gid;
        add("make the devices", "the bundle's own, and the six that every program expects", std::move(node));
    }

    void add_devices() {
        for (const oci::SpecDevice& device : spec_.on_linux.devices) {
            add_node(device);
        }
        if (dev_is_bound()) {
            return;
        }
        for (const auto& [name, major, minor] :
             {std::tuple{"null", 1, 3}, std::tuple{"zero", 1, 5}, std::tuple{"full", 1, 7}, std::tuple{"random", 1, 8},
              std::tuple{"urandom", 1, 9}, std::tuple{"tty", 5, 0}}) {
            const std::string path = std::string("/dev/") + name;
            const auto& own = spec_.on_linux.devices;
            if (std::none_of(own.begin(), own.end(), [&](const auto& one) { return one.path == path; })) {
                add_node({path, "c", major, minor, 0666, 0, 0});
            }
        }
        for (const auto& [target, name] : {std::pair{"/proc/self/fd", "fd"}, std::pair{"/proc/self/fd/0", "stdin"},
                                           std::pair{"/proc/self/fd/1", "stdout"},
                                           std::pair{"/proc/self/fd/2", "stderr"}, std::pair{"pts/ptmx", "ptmx"}}) {
            add("make the devices", "names that lead to what each process has open",
                world::MakeSymlink{target, tree_.root + "/dev/" + name});
        }
    }

    Status turn() {
        const char* step = "make the tree the root and let go of the host's";
        const char* why = "pivot_root, not chroot: the old root is unmounted, so no path leads back to it";
        const std::string& cwd = spec_.process.cwd;
        if (cwd.find_first_not_of('/') != std::string::npos) {
            add(step, "a working directory that is missing is made", world::MakeDir{tree_.root + cwd, 0755});
        }
        for (const oci::SpecMount& mount : spec_.mounts) {
            if (is_dev(mount) && among(mount.options, "ro")) {
                add(step, why, Mount{"bind", "", tree_.root + "/dev", {"remount", "ro"}, ""});
            }
        }
        add(step, why, world::PivotRoot{tree_.root});
        const std::string& spread = spec_.on_linux.rootfs_propagation;
        if (spread.find("shared") != std::string::npos || spread.find("unbindable") != std::string::npos) {
            std::vector<Call> calls;
            Options options;
            options.spread = {spread};
            add_spread(options, "/", calls);
            add(step, why, std::move(calls.front()));
        }
        if (spec_.root_read_only) {
            add(step, why, Mount{"bind", "/", "/", {"remount", "ro"}, ""});
        }
        return {};
    }

    void hide() {
        const char* step = "hide what the kernel would tell or take";
        const char* why = "secrets are covered, switches made read-only, as the bundle lists them";
        for (const std::string& path : spec_.on_linux.masked_paths) {
            add(step, why, Mount{"mask", "/dev/null", path, {"ro"}, ""});
        }
        for (const std::string& path : spec_.on_linux.read_only_paths) {
            add(step, why, Mount{"bind", path, path, {"rec", "ro", "optional"}, ""});
        }
    }

    const oci::RuntimeSpec& spec_;
    const Tree& tree_;
    std::vector<PlannedCall> calls_;
};

}  // namespace

Result<std::vector<Call>> mount_calls(const oci::SpecMount& mount, const Tree& tree) {
    const std::string target = TRY(target_of(mount, tree));
    const Options options = TRY(read_options(mount));
    std::vector<Call> calls;
    if (options.bind) {
        if (!mount.source.starts_with('/')) {
            return fail(Errc::invalid, "config.json: mounts: " + mount.destination +
                                           ": the source of a bind is not absolute: " + mount.source);
        }
        add_bind(mount.source, target, options, calls);
    } else if (mount.type == "cgroup" && tree.groups.layout != world::CgroupLayout::v2) {
        add_hierarchies(target, options, tree, calls);
    } else if (mount.type.empty() || mount.type == "none") {
        return fail(Errc::invalid, "config.json: mounts: " + mount.destination + " has no type");
    } else {
        const std::string type = mount.type == "cgroup" ? "cgroup2" : mount.type;
        calls.emplace_back(
            Mount{type, mount.source.empty() ? type : mount.source, target, options.flags, options.data});
    }
    add_spread(options, target, calls);
    return calls;
}

Result<std::vector<PlannedCall>> plan_tree(const oci::RuntimeSpec& spec, const Tree& tree) {
    return TreePlan(spec, tree).run();
}

}  // namespace cutaway::bundle
