// SPDX-License-Identifier: Apache-2.0
#include <algorithm>
#include <cerrno>

#include "core/model/programs/commands.h"
#include "core/model/programs/options.h"
#include "core/model/programs/text.h"

namespace cutaway::model::programs {

namespace {

using world::FileInfo;
using world::FileType;

// --- making and removing ---

std::string cannot(const Call& call, std::string_view verb, const std::string& path) {
    return (call.busybox ? "can't " : "cannot ") + std::string(verb) + " '" + path + "': ";
}

Status make_parents(Sys& sys, const std::string& path) {
    std::string so_far = path.starts_with("/") ? "/" : "";
    for (const std::string& part : split(path, '/')) {
        if (part.empty()) {
            continue;
        }
        so_far = so_far.empty() ? part : join_path(so_far, part);
        const auto info = sys.stat(so_far, true);
        if (info && info->type == FileType::directory) {
            continue;
        }
        TRY(sys.make_dir(so_far, 0777));
    }
    return {};
}

int run_mkdir(const Call& call) {
    const Options options = parse_options(call.argv, "pvm:", {{"--parents", 'p'}, {"--verbose", 'v'}, {"--mode", 'm'}});
    if (!options.unknown.empty()) {
        return call.refuse(options.unknown);
    }
    if (options.rest.empty()) {
        return call.fail("missing operand");
    }
    int code = 0;
    for (const std::string& path : options.rest) {
        const Status made = options.has('p') ? make_parents(call.sys, path) : call.sys.make_dir(path, 0777);
        if (!made) {
            code = call.fail((call.busybox ? "can't create directory '" : "cannot create directory '") + path +
                             "': " + errno_text(made.error()));
        } else if (options.has('v')) {
            call.out("mkdir: created directory '" + path + "'\n");
        }
    }
    return code;
}

int remove_tree(const Call& call, const Options& options, const std::string& path, int depth) {
    const auto info = call.sys.stat(path, false);
    if (!info) {
        const bool quiet = options.has('f') && errno_of(info.error()) == ENOENT;
        return quiet ? 0 : call.fail(cannot(call, "remove", path) + errno_text(info.error()));
    }
    if (info->type != FileType::directory) {
        const Status removed = call.sys.unlink(path);
        return removed ? 0 : call.fail(cannot(call, "remove", path) + errno_text(removed.error()));
    }
    if (!options.has('r') && !options.has('R')) {
        return call.busybox ? call.fail("'" + path + "' is a directory")
                            : call.fail(cannot(call, "remove", path) + "Is a directory");
    }
    int code = 0;
    if (const auto entries = call.sys.list(path); entries && depth < 200) {
        for (const world::DirEntry& entry : *entries) {
            if (entry.name != "." && entry.name != "..") {
                code = std::max(code, remove_tree(call, options, join_path(path, entry.name), depth + 1));
            }
        }
    }
    if (code == 0) {
        const Status removed = call.sys.remove_dir(path);
        code = removed ? 0 : call.fail(cannot(call, "remove", path) + errno_text(removed.error()));
    }
    return code;
}

int run_rm(const Call& call) {
    const Options options = parse_options(call.argv, "rRfiv", {{"--recursive", 'r'}, {"--force", 'f'}});
    if (!options.unknown.empty() || options.has('i') || options.has('v')) {
        return call.refuse(options.unknown.empty() ? "options -i and -v" : options.unknown);
    }
    if (options.rest.empty() && !options.has('f')) {
        return call.fail("missing operand");
    }
    int code = 0;
    for (const std::string& path : options.rest) {
        if (path == "/" && (options.has('r') || options.has('R'))) {
            call.err("rm: it is dangerous to operate recursively on '/'\n");
            code = call.fail("use --no-preserve-root to override this failsafe");
            continue;
        }
        code = std::max(code, remove_tree(call, options, path, 0));
    }
    return code;
}

int run_rmdir(const Call& call) {
    const Options options = parse_options(call.argv, "");
    if (!options.unknown.empty()) {
        return call.refuse(options.unknown);
    }
    int code = 0;
    for (const std::string& path : options.rest) {
        const Status removed = call.sys.remove_dir(path);
        code =
            removed
                ? code
                : call.fail((call.busybox ? "'" : "failed to remove '") + path + "': " + errno_text(removed.error()));
    }
    return code;
}

int run_touch(const Call& call) {
    const Options options = parse_options(call.argv, "cam");
    if (!options.unknown.empty()) {
        return call.refuse(options.unknown);
    }
    int code = 0;
    for (const std::string& path : options.rest) {
        Status touched = call.sys.touch(path);
        if (!touched && errno_of(touched.error()) == ENOENT && !options.has('c')) {
            touched = write_file(call.sys, path, "", true);
        }
        code = touched ? code
                       : call.fail((call.busybox ? "" : "cannot touch '") + path + (call.busybox ? ": " : "': ") +
                                   errno_text(touched.error()));
    }
    return code;
}

// --- copying and moving ---

Status copy_tree(const Call& call, const std::string& from, const std::string& to, bool recursive, bool follow) {
    const FileInfo info = TRY(call.sys.stat(from, follow));
    if (info.type == FileType::symlink) {
        return call.sys.symlink(info.link, to);
    }
    if (info.type != FileType::directory) {
        const auto bytes = read_file(call.sys, from);
        if (!bytes) {
            return Error{Errc::denied, EACCES, "read " + from};
        }
        TRY(write_file(call.sys, to, *bytes));
        return call.sys.change_mode(to, info.mode);
    }
    if (!recursive) {
        return Error{Errc::invalid, EISDIR, "copy " + from};
    }
    if (!call.sys.stat(to, true)) {
        TRY(call.sys.make_dir(to, info.mode));
    }
    const auto entries = TRY(call.sys.list(from));
    for (const world::DirEntry& entry : entries) {
        if (entry.name != "." && entry.name != "..") {
            TRY(copy_tree(call, join_path(from, entry.name), join_path(to, entry.name), true, false));
        }
    }
    return {};
}

std::string into(Sys& sys, const std::string& target, const std::string& source) {
    const auto info = sys.stat(target, true);
    return info && info->type == FileType::directory ? join_path(target, base_name(source)) : target;
}

int run_cp(const Call& call) {
    const Options options = parse_options(call.argv, "rRapfL", {{"--recursive", 'r'}, {"--archive", 'a'}});
    if (!options.unknown.empty()) {
        return call.refuse(options.unknown);
    }
    if (options.rest.size() < 2) {
        return call.fail(options.rest.empty() ? "missing file operand"
                                              : "missing destination file operand after '" + options.rest[0] + "'");
    }
    const bool recursive = options.has('r') || options.has('R') || options.has('a');
    int code = 0;
    for (std::size_t i = 0; i + 1 < options.rest.size(); ++i) {
        const std::string& from = options.rest[i];
        const auto info = call.sys.stat(from, true);
        if (!info) {
            code =
                call.fail((call.busybox ? "can't stat '" : "cannot stat '") + from + "': " + errno_text(info.error()));
            continue;
        }
        if (info->type == FileType::directory && !recursive) {
            code = call.fail(call.busybox ? "omitting directory '" + from + "'"
                                          : "-r not specified; omitting directory '" + from + "'");
            continue;
        }
        const std::string to = into(call.sys, options.rest.back(), from);
        const Status copied = copy_tree(call, from, to, recursive, !options.has('a'));
        code = copied ? code : call.fail("cannot create regular file '" + to + "': " + errno_text(copied.error()));
    }
    return code;
}

int run_mv(const Call& call) {
    const Options options = parse_options(call.argv, "fn");
    if (!options.unknown.empty()) {
        return call.refuse(options.unknown);
    }
    if (options.rest.size() < 2) {
        return call.fail("missing file operand");
    }
    int code = 0;
    for (std::size_t i = 0; i + 1 < options.rest.size(); ++i) {
        const std::string& from = options.rest[i];
        const std::string to = into(call.sys, options.rest.back(), from);
        Status moved = call.sys.rename(from, to);
        if (!moved && errno_of(moved.error()) == EXDEV) {  // another mount: copy, then remove, as mv does
            moved = copy_tree(call, from, to, true, false);
            if (moved) {
                Options all;
                all.values = {{'r', ""}, {'f', ""}};
                code = std::max(code, remove_tree(call, all, from, 0));
            }
        }
        if (!moved) {
            const bool missing = !call.sys.stat(from, false);
            code = call.fail(missing ? (call.busybox ? "can't rename '" : "cannot stat '") + from +
                                           "': " + errno_text(moved.error())
                                     : "cannot move '" + from + "' to '" + to + "': " + errno_text(moved.error()));
        }
    }
    return code;
}

int run_ln(const Call& call) {
    const Options options = parse_options(call.argv, "sfn", {{"--symbolic", 's'}, {"--force", 'f'}});
    if (!options.unknown.empty()) {
        return call.refuse(options.unknown);
    }
    if (options.rest.empty()) {
        return call.fail("missing file operand");
    }
    const std::string target = options.rest[0];
    const std::string path =
        options.rest.size() > 1 ? into(call.sys, options.rest[1], target) : std::string(base_name(target));
    if (options.has('f')) {
        (void)call.sys.unlink(path);
    }
    const Status made = options.has('s') ? call.sys.symlink(target, path) : call.sys.hardlink(target, path);
    const std::string what = options.has('s') ? "failed to create symbolic link '" : "failed to create hard link '";
    return made ? 0
                : call.fail((call.busybox ? "" : what) + path + (call.busybox ? ": " : "': ") +
                            errno_text(made.error()));
}

// --- modes and owners ---

std::optional<std::uint32_t> changed_mode(const std::string& text, std::uint32_t mode, bool directory) {
    if (text.find_first_not_of("01234567") == std::string::npos) {
        std::uint32_t value = 0;
        for (const char c : text) {
            value = value * 8 + static_cast<std::uint32_t>(c - '0');
        }
        return text.empty() || text.size() > 5 ? std::nullopt : std::optional(value);
    }
    for (const std::string& clause : split(text, ',')) {
        const std::size_t at = clause.find_first_of("+-=");
        if (at == std::string::npos) {
            return std::nullopt;
        }
        std::uint32_t who = 0;
        for (const char c : clause.substr(0, at)) {
            who |= c == 'u' ? 0700U : (c == 'g' ? 0070U : (c == 'o' ? 0007U : (c == 'a' ? 0777U : 0U)));
        }
        who = at == 0 ? 0777U : who;
        std::uint32_t bits = 0;
        for (const char c : clause.substr(at + 1)) {
            const bool any = directory || (mode & 0111U) != 0;
            bits |= c == 'r' ? 0444U : (c == 'w' ? 0222U : (c == 'x' || (c == 'X' && any) ? 0111U : 0U));
            if (std::string_view("rwxX").find(c) == std::string_view::npos) {
                return std::nullopt;
            }
        }
        mode = clause[at] == '+' ? mode | (bits & who)
                                 : (clause[at] == '-' ? mode & ~(bits & who) : (mode & ~who) | (bits & who));
    }
    return mode;
}

template <class Change>
int for_tree(const Call& call, const std::string& path, bool recursive, const Change& change, int depth = 0) {
    int code = change(path);
    const auto info = call.sys.stat(path, false);
    if (recursive && depth < 200 && info && info->type == FileType::directory) {
        if (const auto entries = call.sys.list(path)) {
            for (const world::DirEntry& entry : *entries) {
                if (entry.name != "." && entry.name != "..") {
                    code = std::max(code, for_tree(call, join_path(path, entry.name), true, change, depth + 1));
                }
            }
        }
    }
    return code;
}

int run_chmod(const Call& call) {
    Words argv = call.argv;
    const bool minus = argv.size() > 1 && argv[1].size() > 1 && argv[1][0] == '-' &&
                       std::string_view("rwx").find(argv[1][1]) != std::string_view::npos;
    if (minus) {
        argv[1].insert(0, "a");
    }
    const Options options = parse_options(argv, "+R", {{"--recursive", 'R'}});
    if (!options.unknown.empty()) {
        return call.refuse(options.unknown);
    }
    if (options.rest.size() < 2) {
        return call.fail("missing operand");
    }
    int code = 0;
    for (std::size_t i = 1; i < options.rest.size(); ++i) {
        code =
            std::max(code, for_tree(call, options.rest[i], options.has('R'), [&](const std::string& path) {
                         const auto info = call.sys.stat(path, true);
                         if (!info) {
                             return call.fail((call.busybox ? path : "cannot access '" + path + "'") + ": " +
                                              errno_text(info.error()));
                         }
                         const auto mode = changed_mode(options.rest[0], info->mode, info->type == FileType::directory);
                         if (!mode) {
                             return call.fail("invalid mode: '" + options.rest[0] + "'");
                         }
                         const Status changed = call.sys.change_mode(path, *mode);
                         return changed ? 0
                                        : call.fail((call.busybox ? path : "changing permissions of '" + path + "'") +
                                                    ": " + errno_text(changed.error()));
                     }));
    }
    return code;
}

std::optional<std::uint32_t> find_group(Sys& sys, const std::string& name) {
    if (const auto number = to_number(name)) {
        return static_cast<std::uint32_t>(*number);
    }
    for (const std::string& line : split_lines(read_file(sys, "/etc/group").value_or(""))) {
        const Words fields = split(line, ':');
        if (fields.size() > 2 && fields[0] == name) {
            return static_cast<std::uint32_t>(to_number(fields[2]).value_or(0));
        }
    }
    return std::nullopt;
}

int run_chown(const Call& call) {
    const Options options = parse_options(call.argv, "Rh", {{"--recursive", 'R'}});
    if (!options.unknown.empty()) {
        return call.refuse(options.unknown);
    }
    if (options.rest.size() < 2) {
        return call.fail("missing operand");
    }
    const std::string& spec = options.rest[0];
    const std::size_t colon = spec.find(':');
    const std::string user = spec.substr(0, colon);
    const auto number = to_number(user);
    const auto found = find_user(call.sys, user);
    if (!user.empty() && !number && !found) {
        return call.fail(call.busybox ? "unknown user " + user : "invalid user: '" + spec + "'");
    }
    const auto group = colon == std::string::npos || colon + 1 == spec.size()
                           ? std::nullopt
                           : find_group(call.sys, spec.substr(colon + 1));
    if (colon != std::string::npos && colon + 1 < spec.size() && !group) {
        return call.fail("invalid group: '" + spec + "'");
    }
    int code = 0;
    for (std::size_t i = 1; i < options.rest.size(); ++i) {
        code = std::max(code, for_tree(call, options.rest[i], options.has('R'), [&](const std::string& path) {
                            const auto info = call.sys.stat(path, true);
                            const std::uint32_t uid =
                                user.empty() ? (info ? info->uid : 0)
                                             : (found ? found->first : static_cast<std::uint32_t>(number.value_or(0)));
                            const Status changed =
                                call.sys.change_owner(path, uid, group.value_or(info ? info->gid : 0));
                            return changed ? 0
                                           : call.fail((call.busybox ? path : "changing ownership of '" + path + "'") +
                                                       ": " + errno_text(changed.error()));
                        }));
    }
    return code;
}

}  // namespace

Entries file_tools() {
    return {{"mkdir", [] { return make_command("mkdir", run_mkdir); }},
            {"rm", [] { return make_command("rm", run_rm); }},
            {"rmdir", [] { return make_command("rmdir", run_rmdir); }},
            {"touch", [] { return make_command("touch", run_touch); }},
            {"cp", [] { return make_command("cp", run_cp); }},
            {"mv", [] { return make_command("mv", run_mv); }},
            {"ln", [] { return make_command("ln", run_ln); }},
            {"chmod", [] { return make_command("chmod", run_chmod); }},
            {"chown", [] { return make_command("chown", run_chown); }}};
}

}  // namespace cutaway::model::programs
