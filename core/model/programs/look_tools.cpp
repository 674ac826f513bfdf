// SPDX-License-Identifier: Apache-2.0
// Programs that look: at mounts, files, memory, time. All of it comes from the kernel's files and from stat(2).
#include <algorithm>
#include <array>

#include "core/model/programs/commands.h"
#include "core/model/programs/options.h"
#include "core/model/programs/pattern.h"
#include "core/model/programs/text.h"

namespace cutaway::model::programs {

namespace {

using world::FileInfo;
using world::FileType;

// --- mount: without arguments, the list ---

int run_mount(const Call& call) {
    if (call.argv.size() > 1) {
        return call.refuse("mounting");
    }
    for (const std::string& line : split_lines(read_file(call.sys, "/proc/self/mounts").value_or(""))) {
        const Words fields = split_blank(line);
        if (fields.size() > 3) {
            call.out(fields[0] + " on " + fields[1] + " type " + fields[2] + " (" + fields[3] + ")\n");
        }
    }
    return 0;
}

// --- nproc, uptime, free ---

int run_nproc(const Call& call) {
    if (call.argv.size() > 1) {
        return call.refuse(call.argv[1]);
    }
    call.out(std::to_string(call.sys.machine().cpus) + "\n");
    return 0;
}

std::string up_time(std::int64_t seconds) {
    const std::int64_t days = seconds / 86400;
    const std::int64_t hours = seconds / 3600 % 24;
    const std::int64_t minutes = seconds / 60 % 60;
    const std::string since = days == 0 ? "" : std::to_string(days) + (days == 1 ? " day, " : " days, ");
    return since +
           (hours == 0 ? std::to_string(minutes) + " min" : right(std::to_string(hours), 2) + ":" + zeros(minutes, 2));
}

int run_uptime(const Call& call) {
    if (call.argv.size() > 1) {
        return call.refuse(call.argv[1]);
    }
    const Words load = split_blank(read_file(call.sys, "/proc/loadavg").value_or("0.00 0.00 0.00"));
    call.out(" " + format_date("%H:%M:%S", call.sys.wall_ns()) + " up " + up_time(call.sys.now_ns() / 1'000'000'000) +
             ",  load average: " + load[0] + ", " + load[1] + ", " + load[2] + "\n");
    return 0;
}

std::int64_t memory_line(const Words& lines, std::string_view name) {
    for (const std::string& line : lines) {
        const Words fields = split_blank(line);
        if (fields.size() > 1 && fields[0] == std::string(name) + ":") {
            return to_number(fields[1]).value_or(0);
        }
    }
    return 0;
}

int run_free(const Call& call) {
    const Options options = parse_options(call.argv, "bkmg");
    if (!options.unknown.empty() || !options.rest.empty()) {
        return call.refuse(options.unknown.empty() ? options.rest[0] : options.unknown);
    }
    const std::int64_t unit = options.has('g') ? 1 << 20 : (options.has('m') ? 1 << 10 : 1);
    const auto shown = [&](std::int64_t kib) {
        return right(std::to_string(options.has('b') ? kib * 1024 : kib / unit), 12);
    };
    const Words lines = split_lines(read_file(call.sys, "/proc/meminfo").value_or(""));
    const std::int64_t total = memory_line(lines, "MemTotal");
    const std::int64_t unused = memory_line(lines, "MemFree");
    const std::int64_t cached = memory_line(lines, "Cached") + memory_line(lines, "Buffers");
    const std::int64_t swap = memory_line(lines, "SwapTotal");
    call.out("               total        used        free      shared  buff/cache   available\n");
    call.out("Mem:    " + shown(total) + shown(total - unused - cached) + shown(unused) + shown(0) + shown(cached) +
             shown(std::max(memory_line(lines, "MemAvailable"), unused)) + "\n");
    call.out("Swap:   " + shown(swap) + shown(0) + shown(swap) + "\n");
    return 0;
}

// --- stat ---

std::string_view kind_of(FileType type) {
    switch (type) {
        case FileType::directory: return "directory";
        case FileType::symlink: return "symbolic link";
        case FileType::character: return "character special file";
        case FileType::block: return "block special file";
        case FileType::fifo: return "fifo";
        case FileType::socket: return "socket";
        case FileType::regular: break;
    }
    return "regular file";
}

std::string octal(std::uint32_t mode) {
    std::string text;
    for (std::uint32_t rest = mode & 07777U; rest != 0 || text.empty(); rest >>= 3U) {
        text.insert(text.begin(), static_cast<char>('0' + (rest & 7U)));
    }
    return text;
}

// One letter of -c; nothing: it is not of the grammar.
std::optional<std::string> stat_field(const Call& call, char letter, const std::string& path, const FileInfo& info) {
    switch (letter) {
        case 'n': return path;
        case 's': return std::to_string(info.size);
        case 'a': return octal(info.mode);
        case 'A': return mode_text(info);
        case 'u': return std::to_string(info.uid);
        case 'g': return std::to_string(info.gid);
        case 'U': return user_name(call.sys, info.uid);
        case 'G': return group_name(call.sys, info.gid);
        case 'F':
            return info.type == FileType::regular && info.size == 0 ? "regular empty file"
                                                                    : std::string(kind_of(info.type));
        case 'Y': return std::to_string(info.mtime_ns / 1'000'000'000);
        case 'y':
            return format_date("%Y-%m-%d %H:%M:%S", info.mtime_ns) + "." + zeros(info.mtime_ns % 1'000'000'000, 9) +
                   " +0000";
        case '%': return "%";
        default: return std::nullopt;
    }
}

int run_stat(const Call& call) {
    const Options options = parse_options(call.argv, "c:L", {{"--format", 'c'}, {"--dereference", 'L'}});
    if (!options.unknown.empty()) {
        return call.refuse(options.unknown);
    }
    if (!options.has('c') && !options.rest.empty()) {
        return call.refuse("without -c");
    }
    const std::string format = options.value('c');
    int code = 0;
    for (const std::string& path : options.rest) {
        const auto info = call.sys.stat(path, options.has('L'));
        if (!info) {
            const std::string why = errno_text(info.error());
            code =
                call.fail(call.busybox ? "can't stat '" + path + "': " + why : "cannot statx '" + path + "': " + why);
            continue;
        }
        std::string line;
        for (std::size_t i = 0; i < format.size(); ++i) {
            if (format[i] != '%' || i + 1 == format.size()) {
                line.push_back(format[i]);
                continue;
            }
            const auto field = stat_field(call, format[++i], path, *info);
            if (!field) {
                return call.refuse(std::string("format %") + format[i]);
            }
            line += *field;
        }
        call.out(line + "\n");
    }
    return options.rest.empty() ? call.fail("missing operand") : code;
}

// --- find ---

struct Wanted {
    std::string name;
    std::string unlike;  // ! -name
    char type = 0;
    std::int64_t deepest = 1000;
};

bool is_wanted(const Wanted& wanted, const std::string& path, FileType type) {
    const bool right_type = wanted.type == 0 || (wanted.type == 'f' && type == FileType::regular) ||
                            (wanted.type == 'd' && type == FileType::directory) ||
                            (wanted.type == 'l' && type == FileType::symlink);
    return right_type && (wanted.name.empty() || glob_match(wanted.name, base_name(path))) &&
           (wanted.unlike.empty() || !glob_match(wanted.unlike, base_name(path)));
}

int find_below(const Call& call, const Wanted& wanted, const std::string& path, std::int64_t depth) {
    const auto info = call.sys.stat(path, false);
    if (!info) {
        return call.fail(call.busybox ? path + ": " + errno_text(info.error())
                                      : "‘" + path + "’: " + errno_text(info.error()));
    }
    if (is_wanted(wanted, path, info->type)) {
        call.out(path + "\n");
    }
    if (info->type != FileType::directory || depth >= wanted.deepest) {
        return 0;
    }
    const auto entries = call.sys.list(path);
    if (!entries) {
        return call.fail((call.busybox ? path : "‘" + path + "’") + ": " + errno_text(entries.error()));
    }
    int code = 0;
    for (const world::DirEntry& entry : *entries) {
        const int below = find_below(call, wanted, path == "/" ? "/" + entry.name : path + "/" + entry.name, depth + 1);
        code = below != 0 ? below : code;
    }
    return code;
}

int run_find(const Call& call) {
    Words places;
    Wanted wanted;
    for (std::size_t i = 1; i < call.argv.size(); ++i) {
        const std::string& word = call.argv[i];
        const std::string next = i + 1 < call.argv.size() ? call.argv[i + 1] : "";
        if (!word.starts_with("-") && word != "!") {
            places.push_back(word);
            continue;
        }
        if (word == "-print") {
            continue;
        }
        ++i;
        if (word == "-name") {
            wanted.name = next;
        } else if ((word == "!" || word == "-not") && next == "-name" && i + 1 < call.argv.size()) {
            wanted.unlike = call.argv[++i];
        } else if (word == "-type" && (next == "f" || next == "d" || next == "l")) {
            wanted.type = next[0];
        } else if (word == "-maxdepth" && to_number(next)) {
            wanted.deepest = *to_number(next);
        } else {
            return call.refuse(word);
        }
    }
    int code = 0;
    for (const std::string& place : places.empty() ? Words{"."} : places) {
        const int below = find_below(call, wanted, place, 0);
        code = below != 0 ? below : code;
    }
    return code;
}

// --- apt-get: what it says where there are no package lists; there is no mirror to ask ---

int run_apt_get(const Call& call) {
    Words rest;
    for (std::size_t i = 1; i < call.argv.size(); ++i) {
        if (!call.argv[i].starts_with("-")) {
            rest.push_back(call.argv[i]);
        }
    }
    const auto lists = call.sys.list("/var/lib/apt/lists");
    if (rest.size() < 2 || rest[0] != "install" || (lists && !lists->empty())) {
        return call.refuse(rest.empty() ? "no command" : rest[0]);
    }
    if (call.sys.uid() != 0) {
        call.err(
            "E: Could not open lock file /var/lib/dpkg/lock-frontend - open (13: Permission denied)\n"
            "E: Unable to acquire the dpkg frontend lock (/var/lib/dpkg/lock-frontend), are you root?\n");
        return 100;
    }
    call.out("Reading package lists...\nBuilding dependency tree...\nReading state information...\n");
    for (std::size_t i = 1; i < rest.size(); ++i) {
        call.err("E: Unable to locate package " + rest[i] + "\n");
    }
    return 100;
}

}  // namespace

Entries look_tools() {
    return {{"mount", [] { return make_command("mount", run_mount); }},
            {"nproc", [] { return make_command("nproc", run_nproc); }},
            {"uptime", [] { return make_command("uptime", run_uptime); }},
            {"free", [] { return make_command("free", run_free); }},
            {"stat", [] { return make_command("stat", run_stat); }},
            {"find", [] { return make_command("find", run_find); }},
            {"apt-get", [] { return make_command("apt-get", run_apt_get); }}};
}

}  // namespace cutaway::model::programs
