// SPDX-License-Identifier: Apache-2.0
#include "core/host/engine_door.h"

#include <fcntl.h>
#include <grp.h>
#include <pwd.h>
#include <sys/file.h>
#include <sys/socket.h>
#include <sys/stat.h>
#include <sys/un.h>
#include <unistd.h>

#include <algorithm>
#include <array>
#include <cerrno>
#include <charconv>
#include <cstring>

#include "core/host/error.h"
#include "core/host/syscall.h"

namespace cutaway::host {

namespace {

constexpr int most_waiting = 64;
constexpr std::size_t most_descriptors = 8;
constexpr std::size_t most_groups = 65536;  // NGROUPS_MAX

std::optional<std::uint32_t> number_of(const std::string& text) {
    std::uint32_t number = 0;
    const auto got = std::from_chars(text.data(), text.data() + text.size(), number);
    const bool whole = got.ec == std::errc{} && got.ptr == text.data() + text.size();
    return whole && number != ~std::uint32_t{0} ? std::optional<std::uint32_t>(number) : std::nullopt;
}

}  // namespace

bool may_enter(const Caller& caller, const DoorRights& rights) {
    if (caller.uid == 0 || caller.uid == rights.owner) {
        return true;
    }
    const auto is_it = [&](std::uint32_t group) { return rights.group && group == *rights.group; };
    return is_it(caller.gid) || std::any_of(caller.groups.begin(), caller.groups.end(), is_it);
}

std::int64_t own_pid() { return ::getpid(); }

Result<Caller> caller_at(const Fd& socket) {
    ucred peer{};
    socklen_t size = sizeof peer;
    if (::getsockopt(socket.get(), SOL_SOCKET, SO_PEERCRED, &peer, &size) < 0 || size != sizeof peer) {
        return sys_error(errno, "ask who is at the socket (SO_PEERCRED)");
    }
    Caller caller{peer.uid, peer.gid, peer.pid, {}};
    std::vector<gid_t> groups(64);
    size = static_cast<socklen_t>(groups.size() * sizeof(gid_t));
    int asked = ::getsockopt(socket.get(), SOL_SOCKET, SO_PEERGROUPS, groups.data(), &size);
    if (asked < 0 && errno == ERANGE && size / sizeof(gid_t) <= most_groups) {  // it says how many there are
        groups.resize(size / sizeof(gid_t));
        asked = ::getsockopt(socket.get(), SOL_SOCKET, SO_PEERGROUPS, groups.data(), &size);
    }
    if (asked == 0) {
        groups.resize(size / sizeof(gid_t));
        caller.groups.assign(groups.begin(), groups.end());
    }
    return caller;
}

Result<std::uint32_t> find_user(const std::string& user) {
    if (const auto number = number_of(user)) {
        return *number;
    }
    passwd entry{};
    passwd* found = nullptr;
    std::vector<char> text(std::size_t{64} << 10U);
    if (::getpwnam_r(user.c_str(), &entry, text.data(), text.size(), &found) != 0 || found == nullptr) {
        return fail(Errc::not_found, "there is no user \"" + user + "\" on this machine");
    }
    return found->pw_uid;
}

Result<std::uint32_t> find_group(const std::string& group) {
    if (const auto number = number_of(group)) {
        return *number;
    }
    ::group entry{};
    ::group* found = nullptr;
    std::vector<char> text(std::size_t{64} << 10U);
    if (::getgrnam_r(group.c_str(), &entry, text.data(), text.size(), &found) != 0 || found == nullptr) {
        return fail(Errc::not_found, "there is no group \"" + group + "\" on this machine");
    }
    return found->gr_gid;
}

std::string user_name(std::uint32_t uid) {
    passwd entry{};
    passwd* found = nullptr;
    std::vector<char> text(std::size_t{64} << 10U);
    if (::getpwuid_r(uid, &entry, text.data(), text.size(), &found) != 0 || found == nullptr) {
        return "uid " + std::to_string(uid);
    }
    return found->pw_name;
}

namespace {

// By way of the folder's descriptor: a socket's own path may have no more than 107 bytes (unix(7)).
Result<sockaddr_un> address_of(const Fd& folder, const std::string& name) {
    sockaddr_un address{};
    address.sun_family = AF_UNIX;
    const std::string path = fd_path(folder.get()) + "/" + name;
    if (path.size() >= sizeof address.sun_path) {
        return fail(Errc::invalid, "a socket's name may have no more than 80 bytes: " + name);
    }
    std::memcpy(address.sun_path, path.c_str(), path.size() + 1);
    return address;
}

const sockaddr* shown(const sockaddr_un& address) { return reinterpret_cast<const sockaddr*>(&address); }

Fd make_socket() { return Fd(::socket(AF_UNIX, SOCK_SEQPACKET | SOCK_CLOEXEC | SOCK_NONBLOCK, 0)); }

// Who may write to the folder may put another socket in this one's place, and get what its callers type.
Status check_folder(const Fd& folder, const std::string& path) {
    struct stat seen {};
    if (::fstat(folder.get(), &seen) < 0) {
        return sys_error(errno, "look at the folder of " + path);
    }
    const bool for_all = (seen.st_mode & S_IWOTH) != 0 && (seen.st_mode & S_ISVTX) == 0;
    if (for_all) {
        return fail(Errc::denied, "everybody may write to the folder of " + path +
                                      ": an engine's socket belongs into one that is root's alone, as /run is");
    }
    return {};
}

// What a dead engine left goes; anything else stays and is an error.
Status make_room(const Fd& folder, const std::string& name, const std::string& path) {
    struct stat seen {};
    if (::fstatat(folder.get(), name.c_str(), &seen, AT_SYMLINK_NOFOLLOW) < 0) {
        return errno == ENOENT ? Status() : Status(sys_error(errno, "look at " + path));
    }
    if (!S_ISSOCK(seen.st_mode)) {
        return fail(Errc::exists, path + " is there and is no socket: name another place");
    }
    const sockaddr_un address = TRY(address_of(folder, name));
    const Fd probe = make_socket();
    const bool answered = ::connect(probe.get(), shown(address), sizeof address) == 0;
    if (answered || errno != ECONNREFUSED) {
        return fail(Errc::exists, "somebody listens at " + path + " already");
    }
    if (::unlinkat(folder.get(), name.c_str(), 0) < 0 && errno != ENOENT) {
        return sys_error(errno, "remove the socket that an earlier engine left at " + path);
    }
    return {};
}

Status hand_over(const Fd& folder, const std::string& name, const DoorRights& rights) {
    const gid_t group = rights.group ? *rights.group : static_cast<gid_t>(-1);
    if (::fchownat(folder.get(), name.c_str(), rights.owner, group, AT_SYMLINK_NOFOLLOW) < 0) {
        return sys_error(errno, "give the socket to user id " + std::to_string(rights.owner));
    }
    if (rights.group && ::chmod((fd_path(folder.get()) + "/" + name).c_str(), 0660) < 0) {
        return sys_error(errno, "open the socket to its group");
    }
    return {};
}

// Of two engines that begin at one moment the second looks when the first listens. Anybody may hold such a lock, so it
// is waited for no longer than a start takes.
void take_turn(const Fd& folder) {
    for (int i = 0; i < 50 && ::flock(folder.get(), LOCK_EX | LOCK_NB) < 0; ++i) {
        static_cast<void>(::usleep(10'000));
    }
}

}  // namespace

Result<EngineDoor> EngineDoor::open(const std::string& path, const DoorRights& rights) {
    EngineDoor door;
    door.name_ = name_of(path);
    if (door.name_.empty()) {
        return fail(Errc::invalid, "the socket needs a path with a name, as /run/cutaway.sock");
    }
    door.folder_ = TRY(open_file(parent_of(path), O_RDONLY | O_DIRECTORY | O_CLOEXEC));
    TRY(check_folder(door.folder_, path));
    take_turn(door.folder_);
    TRY(make_room(door.folder_, door.name_, path));
    const sockaddr_un address = TRY(address_of(door.folder_, door.name_));
    door.socket_ = make_socket();
    const mode_t before = ::umask(0177);
    const bool bound = ::bind(door.socket_.get(), shown(address), sizeof address) == 0;
    const int error = errno;
    static_cast<void>(::umask(before));
    if (!bound) {
        return sys_error(error, "make the socket " + path);
    }
    const Status given = hand_over(door.folder_, door.name_, rights);
    if (!given || ::listen(door.socket_.get(), most_waiting) < 0) {
        const Error failed = given ? sys_error(errno, "listen at " + path) : given.error();
        door.close();
        return failed;
    }
    static_cast<void>(::flock(door.folder_.get(), LOCK_UN));
    return door;
}

Fd EngineDoor::let_in() { return Fd(::accept4(socket_.get(), nullptr, nullptr, SOCK_CLOEXEC)); }

void EngineDoor::close() {
    if (socket_.open()) {
        static_cast<void>(::unlinkat(folder_.get(), name_.c_str(), 0));
        socket_.reset();
    }
}

namespace {

Error why_closed(int error, const std::string& path) {
    if (error == ECONNREFUSED) {
        return fail(Errc::not_found, "nobody listens at " + path +
                                         " any more: start an engine there with sudo cutaway "
                                         "engine --socket " +
                                         path);
    }
    if (error == EACCES || error == EPERM) {
        return fail(Errc::denied, "the engine at " + path + " is not for " + user_name(::getuid()) +
                                      ": whoever starts it must say --allow-user " + user_name(::getuid()));
    }
    return sys_error(error, "reach the engine at " + path);
}

}  // namespace

Result<Fd> knock_at_engine(const std::string& path) {
    Result<Fd> folder = open_file(parent_of(path), O_PATH | O_DIRECTORY | O_CLOEXEC);
    struct stat seen {};
    if (!folder || ::fstatat(folder->get(), name_of(path).c_str(), &seen, 0) < 0) {
        return fail(Errc::not_found,
                    "there is no engine at " + path + ": start one with sudo cutaway engine --socket " + path);
    }
    const sockaddr_un address = TRY(address_of(*folder, name_of(path)));
    Fd socket(::socket(AF_UNIX, SOCK_SEQPACKET | SOCK_CLOEXEC, 0));
    if (::connect(socket.get(), shown(address), sizeof address) < 0) {
        return why_closed(errno, path);
    }
    const Caller engine = TRY(caller_at(socket));
    if (engine.uid != 0 && engine.uid != ::getuid()) {
        return fail(Errc::denied, path + " is answered by " + user_name(engine.uid) +
                                      " and not by root: it is not spoken to, since it would get this terminal");
    }
    return socket;
}

Status send_with(int socket, std::string_view message, std::span<const int> descriptors) {
    std::string bytes(message);
    iovec piece{bytes.data(), bytes.size()};
    alignas(cmsghdr) std::array<char, CMSG_SPACE(sizeof(int) * most_descriptors)> control{};
    msghdr envelope{};
    envelope.msg_iov = &piece;
    envelope.msg_iovlen = 1;
    const std::size_t size = descriptors.size_bytes();
    if (!descriptors.empty() && descriptors.size() <= most_descriptors) {
        envelope.msg_control = control.data();
        envelope.msg_controllen = CMSG_SPACE(size);
        cmsghdr* head = CMSG_FIRSTHDR(&envelope);
        head->cmsg_level = SOL_SOCKET;
        head->cmsg_type = SCM_RIGHTS;
        head->cmsg_len = CMSG_LEN(size);
        std::memcpy(CMSG_DATA(head), descriptors.data(), size);
    }
    if (::sendmsg(socket, &envelope, MSG_NOSIGNAL) < 0) {
        return errno == EMSGSIZE ? Status(fail(Errc::invalid, "the command is too long for an engine's socket"))
                                 : Status(sys_error(errno, "speak to the engine"));
    }
    return {};
}

namespace {

void keep_descriptors(msghdr& envelope, std::vector<Fd>& into) {
    for (cmsghdr* head = CMSG_FIRSTHDR(&envelope); head != nullptr; head = CMSG_NXTHDR(&envelope, head)) {
        if (head->cmsg_level != SOL_SOCKET || head->cmsg_type != SCM_RIGHTS) {
            continue;
        }
        std::vector<int> numbers((head->cmsg_len - CMSG_LEN(0)) / sizeof(int));
        std::memcpy(numbers.data(), CMSG_DATA(head), numbers.size() * sizeof(int));
        for (const int number : numbers) {
            into.emplace_back(number);
        }
    }
}

}  // namespace

Result<std::optional<Brought>> receive_with(int socket, std::size_t longest) {
    Brought brought;
    brought.message.resize(longest);
    iovec piece{brought.message.data(), brought.message.size()};
    alignas(cmsghdr) std::array<char, CMSG_SPACE(sizeof(int) * most_descriptors)> control{};
    msghdr envelope{};
    envelope.msg_iov = &piece;
    envelope.msg_iovlen = 1;
    envelope.msg_control = control.data();
    envelope.msg_controllen = control.size();
    const ssize_t got = ::recvmsg(socket, &envelope, MSG_DONTWAIT | MSG_CMSG_CLOEXEC);
    if (got < 0 && (errno == EAGAIN || errno == EINTR)) {
        return std::optional<Brought>();
    }
    if (got <= 0) {
        return fail(Errc::not_found, "receive: the other side has gone");
    }
    keep_descriptors(envelope, brought.descriptors);
    if ((envelope.msg_flags & (MSG_TRUNC | MSG_CTRUNC)) != 0) {
        return fail(Errc::invalid, "a first message is too long, or brings more than " +
                                       std::to_string(most_descriptors) + " descriptors");
    }
    brought.message.resize(static_cast<std::size_t>(got));
    return std::optional<Brought>(std::move(brought));
}

}  // namespace cutaway::host
