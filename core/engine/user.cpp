// SPDX-License-Identifier: Apache-2.0
// Users by the container's own files. Strict on purpose: CVE-2026-30892 was a lenient parser, CVE-2024-40635 a number
// that wrapped to root, CVE-2022-36109 a primary group that was missing from the supplementary ones.
#include <charconv>
#include <optional>

#include "core/engine/lifecycle.h"
#include "core/engine/rootless.h"
#include "core/store/paths.h"

namespace cutaway::engine {

namespace {

constexpr std::uint32_t highest_id = 2147483647;  // docker refuses more: signed 32-bit somewhere below

std::vector<std::string_view> split(std::string_view text, char at) {
    std::vector<std::string_view> parts;
    for (;;) {
        const std::size_t end = text.find(at);
        parts.push_back(text.substr(0, end));
        if (end == std::string_view::npos) {
            return parts;
        }
        text.remove_prefix(end + 1);
    }
}

std::optional<std::uint32_t> to_id(std::string_view text) {
    std::uint32_t value = 0;
    const auto got = std::from_chars(text.data(), text.data() + text.size(), value);
    if (text.empty() || got.ec != std::errc{} || got.ptr != text.data() + text.size() || value > highest_id) {
        return std::nullopt;
    }
    return value;
}

bool is_number(std::string_view text) {
    return !text.empty() && text.find_first_not_of("0123456789") == std::string_view::npos;
}

// The topmost version of a file. A symbolic link on the way is not followed: what an image names must not choose
// which of the host's files we read.
std::string read_inside(world::World& world, const store::ContainerRecord& record, const std::string& path) {
    std::vector<std::string> trees{record.upper};
    for (auto chain = record.chain_ids.rbegin(); chain != record.chain_ids.rend(); ++chain) {
        if (const auto digest = oci::parse_digest(*chain)) {
            trees.push_back(store::layer_tree(world, *digest));
        }
    }
    for (const std::string& tree : trees) {
        const auto directory = world.disk.stat(tree + "/etc");
        const auto file = world.disk.stat(tree + path);
        const bool plain = directory && directory->type == world::FileType::directory && file &&
                           file->type == world::FileType::regular && file->size < (std::uint64_t{1} << 20U);
        if (plain) {
            return world.disk.read(tree + path).value_or("");
        }
    }
    return {};
}

struct Accounts {
    std::string passwd;
    std::string group;
};

Status by_user(const Accounts& accounts, std::string_view text, User& user) {
    for (const std::string_view line : split(accounts.passwd, '\n')) {
        const std::vector<std::string_view> fields = split(line, ':');
        if (fields.size() < 7) {
            continue;
        }
        const auto uid = to_id(fields[2]);
        const auto gid = to_id(fields[3]);
        if (uid && gid && (fields[0] == text || (is_number(text) && to_id(text) == uid))) {
            user.uid = *uid;
            user.gid = *gid;
            user.home = fields[5].empty() ? "/" : std::string(fields[5]);
            for (const std::string_view entry : split(accounts.group, '\n')) {
                const std::vector<std::string_view> group = split(entry, ':');
                if (group.size() < 4) {
                    continue;
                }
                for (const std::string_view member : split(group[3], ',')) {
                    if (const auto id = to_id(group[2]); id && member == fields[0]) {
                        user.groups.push_back(*id);
                    }
                }
            }
            return {};
        }
    }
    const auto number = to_id(text);
    if (!number) {
        return fail(Errc::invalid, is_number(text) ? "uids and gids must be in range 0-2147483647"
                                                   : "unable to find user " + std::string(text) +
                                                         ": no matching entries in passwd file");
    }
    user.uid = *number;
    return {};
}

Status by_group(const Accounts& accounts, std::string_view text, User& user) {
    user.groups.clear();
    for (const std::string_view line : split(accounts.group, '\n')) {
        const std::vector<std::string_view> fields = split(line, ':');
        if (fields.size() >= 3 && fields[0] == text && to_id(fields[2])) {
            user.gid = *to_id(fields[2]);
            return {};
        }
    }
    const auto number = to_id(text);
    if (!number) {
        return fail(Errc::invalid, is_number(text) ? "uids and gids must be in range 0-2147483647"
                                                   : "unable to find group " + std::string(text) +
                                                         ": no matching entries in group file");
    }
    user.gid = *number;
    return {};
}

}  // namespace

Result<User> find_user(world::World& world, const store::ContainerRecord& record, const std::string& text) {
    const Accounts accounts{read_inside(world, record, "/etc/passwd"), read_inside(world, record, "/etc/group")};
    User user;
    const std::size_t colon = text.find(':');
    const std::string name = text.substr(0, colon);
    TRY(by_user(accounts, name.empty() ? "0" : name, user));
    if (colon != std::string::npos) {
        TRY(by_group(accounts, std::string_view(text).substr(colon + 1), user));
    }
    user.groups.insert(user.groups.begin(), user.gid);
    TRY(check_ids(world.machine, user));
    if (is_rootless(world.machine)) {  // one that is nobody inside cannot be given
        std::erase_if(user.groups, [&](std::uint32_t group) { return !holds(world.machine.gids, group); });
    }
    return user;
}

}  // namespace cutaway::engine
