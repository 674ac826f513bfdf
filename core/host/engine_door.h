// SPDX-License-Identifier: Apache-2.0
// EngineDoor: the socket of an engine that works for others: a file that its owner alone may open (0600), or a group
// too (0660). Who comes is asked of the kernel (SO_PEERCRED, SO_PEERGROUPS), never of themselves. A file that a dead
// engine left is replaced; one that a living engine answers, or that is no socket, is not. One thread; nothing waits.
#pragma once

#include <cstdint>
#include <optional>
#include <span>
#include <string>
#include <string_view>
#include <vector>

#include "core/base/result.h"
#include "core/host/fd.h"

namespace cutaway::host {

// The process at a socket's other end, as it was when it came.
struct Caller {
    std::uint32_t uid = 0;
    std::uint32_t gid = 0;
    std::int64_t pid = 0;
    std::vector<std::uint32_t> groups;
};

struct DoorRights {
    std::uint32_t owner = 0;
    std::optional<std::uint32_t> group;
};

// Root, the owner, and whoever is of the group.
bool may_enter(const Caller& caller, const DoorRights& rights);

Result<Caller> caller_at(const Fd& socket);
std::int64_t own_pid();  // as the other end sees it

// By name or number.
Result<std::uint32_t> find_user(const std::string& user);
Result<std::uint32_t> find_group(const std::string& group);
std::string user_name(std::uint32_t uid);  // "ada", else "uid 1234"

class EngineDoor {
public:
    static Result<EngineDoor> open(const std::string& path, const DoorRights& rights);
    EngineDoor(EngineDoor&&) noexcept = default;
    EngineDoor& operator=(EngineDoor&&) = delete;
    EngineDoor(const EngineDoor&) = delete;
    EngineDoor& operator=(const EngineDoor&) = delete;
    ~EngineDoor() = default;
    Fd let_in();   // not open: nobody is there
    void close();  // and the file goes
    [[nodiscard]] int fd() const { return socket_.get(); }

private:
    EngineDoor() = default;
    Fd folder_;
    std::string name_;
    Fd socket_;
};

// At an engine's door: Errc::not_found if nobody listens there, Errc::denied if this user may not. Only root's engine or
// one of this user's own is spoken to: it will get this process's terminal.
Result<Fd> knock_at_engine(const std::string& path);

// A message with descriptors; and the first of a visitor, which may bring so many. Neither waits for the other side.
Status send_with(int socket, std::string_view message, std::span<const int> descriptors);
struct Brought {
    std::string message;
    std::vector<Fd> descriptors;
};
Result<std::optional<Brought>> receive_with(int socket, std::size_t longest);

}  // namespace cutaway::host
