// SPDX-License-Identifier: Apache-2.0
// What programs read of their system: small files whole, users, the search path.
#include "core/model/programs/text.h"

namespace cutaway::model::programs {

std::optional<std::string> read_file(Sys& sys, std::string_view path) {
    Result<int> fd = sys.open(path, OpenFlags{}, 0);
    if (!fd) {
        return std::nullopt;
    }
    std::string all;
    for (;;) {
        Result<std::string> piece = sys.read(*fd, 65536);
        if (!piece || piece->empty()) {
            const bool good = piece.has_value();
            (void)sys.close(*fd);
            return good ? std::optional<std::string>(std::move(all)) : std::nullopt;
        }
        all += *piece;
    }
}

Status write_file(Sys& sys, std::string_view path, std::string_view bytes, bool append) {
    OpenFlags flags;
    flags.read = false;
    flags.write = true;
    flags.create = true;
    flags.truncate = !append;
    flags.append = append;
    const int fd = TRY(sys.open(path, flags, 0666));
    while (!bytes.empty()) {
        Result<std::size_t> wrote = sys.write(fd, bytes);
        if (!wrote) {
            (void)sys.close(fd);
            return wrote.error();
        }
        bytes.remove_prefix(*wrote);
    }
    return sys.close(fd);
}

namespace {

// The line of a passwd-like file whose field `column` is `value`.
std::vector<std::string> find_line(Sys& sys, std::string_view file, std::size_t column, std::string_view value) {
    const std::string text = read_file(sys, file).value_or("");
    for (const std::string& line : split_lines(text)) {
        std::vector<std::string> fields = split(line, ':');
        if (fields.size() > 2 && fields[column] == value) {
            return fields;
        }
    }
    return {};
}

}  // namespace

std::string user_name(Sys& sys, std::uint32_t uid) {
    const auto fields = find_line(sys, "/etc/passwd", 2, std::to_string(uid));
    return fields.empty() ? std::to_string(uid) : fields[0];
}

std::string group_name(Sys& sys, std::uint32_t gid) {
    const auto fields = find_line(sys, "/etc/group", 2, std::to_string(gid));
    return fields.empty() ? std::to_string(gid) : fields[0];
}

std::optional<std::pair<std::uint32_t, std::uint32_t>> find_user(Sys& sys, std::string_view name) {
    const auto fields = find_line(sys, "/etc/passwd", 0, name);
    if (fields.size() < 4) {
        return std::nullopt;
    }
    const auto uid = to_number(fields[2]);
    const auto gid = to_number(fields[3]);
    if (!uid || !gid) {
        return std::nullopt;
    }
    return std::pair(static_cast<std::uint32_t>(*uid), static_cast<std::uint32_t>(*gid));
}

std::optional<std::string> find_in_path(Sys& sys, std::string_view path, std::string_view name) {
    for (const std::string& directory : split(path, ':')) {
        const std::string file = directory.empty() ? std::string(name) : join_path(directory, name);
        const auto info = sys.stat(file, true);
        if (info && info->type == world::FileType::regular && (info->mode & 0111U) != 0) {
            return file;
        }
    }
    return std::nullopt;
}

std::string environment(Sys& sys, std::string_view name) {
    for (const std::string& pair : sys.env()) {
        if (pair.size() > name.size() && pair[name.size()] == '=' && pair.starts_with(name)) {
            return pair.substr(name.size() + 1);
        }
    }
    return {};
}

}  // namespace cutaway::model::programs
