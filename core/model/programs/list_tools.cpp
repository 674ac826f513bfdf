// SPDX-License-Identifier: Apache-2.0
#include <algorithm>

#include "core/model/programs/commands.h"
#include "core/model/programs/options.h"
#include "core/model/programs/text.h"

namespace cutaway::model::programs {

namespace {

using world::FileInfo;
using world::FileType;

struct Listed {
    std::string name;
    FileInfo info;
};

std::string ls_time(Sys& sys, std::int64_t mtime_ns) {
    constexpr std::int64_t half_year = std::int64_t{182} * 86400 * 1'000'000'000;
    const bool recent = sys.wall_ns() - mtime_ns < half_year && mtime_ns <= sys.wall_ns();
    return format_date(recent ? "%b %e %H:%M" : "%b %e  %Y", mtime_ns);
}

void ls_long(const Call& call, const Options& options, const std::vector<Listed>& items) {
    std::vector<Words> rows;
    std::vector<std::size_t> widths(5, 0);
    for (const Listed& item : items) {
        const bool device = item.info.type == FileType::character || item.info.type == FileType::block;
        const std::string size = device ? std::to_string(item.info.major) + ", " + std::to_string(item.info.minor)
                                 : options.has('h') ? human_size(item.info.size)
                                                    : std::to_string(item.info.size);
        rows.push_back({item.info.type == FileType::directory ? "2" : "1",
                        options.has('n') ? std::to_string(item.info.uid) : user_name(call.sys, item.info.uid),
                        options.has('n') ? std::to_string(item.info.gid) : group_name(call.sys, item.info.gid), size});
        for (std::size_t i = 0; i < rows.back().size(); ++i) {
            widths[i] = std::max(widths[i], rows.back()[i].size());
        }
    }
    const std::size_t least = call.busybox ? 8 : 0;
    for (std::size_t i = 0; i < items.size(); ++i) {
        const Words& row = rows[i];
        const std::string target = items[i].info.type == FileType::symlink ? " -> " + items[i].info.link : "";
        const std::string links = call.busybox ? right(row[0], 5) : right(row[0], widths[0]);
        call.out(mode_text(items[i].info) + " " + links + " " + left(row[1], std::max(widths[1], least)) + " " +
                 left(row[2], std::max(widths[2], least)) + " " +
                 right(row[3], std::max(widths[3], call.busybox ? 9 : least)) + " " +
                 ls_time(call.sys, items[i].info.mtime_ns) + " " + items[i].name + target + "\n");
    }
}

std::string decorated(const Options& options, const Listed& item) {
    if (!options.has('F') && !options.has('p')) {
        return item.name;
    }
    return item.name + (item.info.type == FileType::directory                     ? "/"
                        : options.has('F') && item.info.type == FileType::symlink ? "@"
                        : options.has('F') && (item.info.mode & 0111U) != 0       ? "*"
                                                                                  : "");
}

void ls_columns(const Call& call, const Options& options, const std::vector<Listed>& items) {
    std::size_t widest = 0;
    for (const Listed& item : items) {
        widest = std::max(widest, decorated(options, item).size());
    }
    const std::size_t columns = std::max<std::size_t>(80 / (widest + 2), 1);
    const std::size_t rows = (items.size() + columns - 1) / columns;
    for (std::size_t row = 0; row < rows; ++row) {
        std::string text;
        for (std::size_t i = row; i < items.size(); i += rows) {
            const std::string name = decorated(options, items[i]);
            text += i + rows < items.size() ? left(name, widest + 2) : name;
        }
        call.out(text + "\n");
    }
}

void ls_print(const Call& call, const Options& options, std::vector<Listed> items) {
    const auto by_time = [](const Listed& a, const Listed& b) { return a.info.mtime_ns > b.info.mtime_ns; };
    const auto by_size = [](const Listed& a, const Listed& b) { return a.info.size > b.info.size; };
    std::sort(items.begin(), items.end(), [](const Listed& a, const Listed& b) { return a.name < b.name; });
    if (options.has('t')) {
        std::stable_sort(items.begin(), items.end(), by_time);
    } else if (options.has('S')) {
        std::stable_sort(items.begin(), items.end(), by_size);
    }
    if (options.has('r')) {
        std::reverse(items.begin(), items.end());
    }
    if (options.has('l') || options.has('n')) {
        ls_long(call, options, items);
    } else if (call.sys.is_terminal(1) && !options.has('1')) {
        ls_columns(call, options, items);
    } else {
        for (const Listed& item : items) {
            call.out(decorated(options, item) + "\n");
        }
    }
}

int ls_directory(const Call& call, const Options& options, const std::string& path) {
    const auto entries = call.sys.list(path);
    if (!entries) {
        return call.fail((call.busybox ? "can't open '" + path + "'" : "cannot open directory '" + path + "'") + ": " +
                             errno_text(entries.error()),
                         call.busybox ? 1 : 2);
    }
    std::vector<Listed> items;
    Words names;
    if (options.has('a')) {
        names = {".", ".."};
    }
    for (const world::DirEntry& entry : *entries) {
        if (!entry.name.starts_with(".") || options.has('a') || options.has('A')) {
            names.push_back(entry.name);
        }
    }
    for (const std::string& name : names) {
        const auto info = call.sys.stat(join_path(path, name), false);
        if (info) {
            items.push_back({name, *info});
        }
    }
    if (options.has('l')) {
        std::uint64_t blocks = 0;
        for (const Listed& item : items) {
            blocks += (item.info.size + 4095) / 4096 * 4;
        }
        call.out("total " + (options.has('h') ? human_size(blocks * 1024) : std::to_string(blocks)) + "\n");
    }
    ls_print(call, options, std::move(items));
    return 0;
}

int run_ls(const Call& call) {
    const Options options =
        parse_options(call.argv, "la1hdAnFprtSi", {{"--all", 'a'}, {"--human-readable", 'h'}, {"--color", 'p'}});
    if (!options.unknown.empty() || options.has('i')) {
        return call.refuse(options.has('i') ? "option -i" : options.unknown);
    }
    Words operands = options.rest;
    if (operands.empty()) {
        operands.emplace_back(".");
    }
    int code = 0;
    std::vector<Listed> files;
    Words directories;
    for (const std::string& path : operands) {
        const auto info = call.sys.stat(path, !options.has('l') && !options.has('d'));
        if (!info) {
            code = call.fail((call.busybox ? path : "cannot access '" + path + "'") + ": " + errno_text(info.error()),
                             call.busybox ? 1 : 2);
        } else if (info->type == FileType::directory && !options.has('d')) {
            directories.push_back(path);
        } else {
            files.push_back({path, *info});
        }
    }
    const bool some_files = !files.empty();
    ls_print(call, options, std::move(files));
    for (std::size_t i = 0; i < directories.size(); ++i) {
        if (operands.size() > 1) {
            call.out((some_files || i > 0 ? "\n" : "") + directories[i] + ":\n");
        }
        const int listed = ls_directory(call, options, directories[i]);
        code = listed != 0 ? listed : code;
    }
    return code;
}

}  // namespace

Entries list_tools() {
    return {{"ls", [] { return make_command("ls", run_ls); }}};
}

}  // namespace cutaway::model::programs
