// SPDX-License-Identifier: Apache-2.0
#include "core/host/shim_door.h"

#include <fcntl.h>
#include <sys/socket.h>
#include <sys/stat.h>
#include <sys/un.h>
#include <unistd.h>

#include <algorithm>
#include <cerrno>
#include <cstring>

#include "core/host/error.h"
#include "core/host/syscall.h"

namespace cutaway::host {

namespace {

constexpr const char* door_name = "attach.sock";
constexpr int most_waiting = 8;

// By way of the folder's descriptor: a socket's own path may have no more than 107 bytes (unix(7)).
sockaddr_un address_in(const Fd& folder) {
    sockaddr_un address{};
    address.sun_family = AF_UNIX;
    const std::string path = fd_path(folder.get()) + "/" + door_name;
    std::memcpy(address.sun_path, path.c_str(), std::min(path.size() + 1, sizeof address.sun_path - 1));
    return address;
}

Fd make_socket() { return Fd(::socket(AF_UNIX, SOCK_SEQPACKET | SOCK_CLOEXEC | SOCK_NONBLOCK, 0)); }

const sockaddr* shown(const sockaddr_un& address) { return reinterpret_cast<const sockaddr*>(&address); }

Result<Fd> listen_in(const Fd& folder) {
    static_cast<void>(::unlinkat(folder.get(), door_name, 0));  // of a shim that was killed
    const sockaddr_un address = address_in(folder);
    Fd socket = make_socket();
    const mode_t before = ::umask(0077);
    const bool bound = ::bind(socket.get(), shown(address), sizeof address) == 0;
    const int error = errno;
    static_cast<void>(::umask(before));
    if (!bound) {
        return sys_error(error, std::string("make the socket ") + door_name);
    }
    if (::listen(socket.get(), most_waiting) < 0) {
        return sys_error(errno, std::string("listen at ") + door_name);
    }
    return socket;
}

}  // namespace

Result<Fd> make_door(const std::string& folder) {
    const Fd there = TRY(open_file(folder, O_PATH | O_DIRECTORY | O_CLOEXEC));
    return listen_in(there);
}

Result<Fd> connect_to_shim(const std::string& folder) {
    const Result<Fd> there = open_file(folder, O_PATH | O_DIRECTORY | O_CLOEXEC);
    if (!there) {
        return there.error();
    }
    const sockaddr_un address = address_in(*there);
    Fd socket = make_socket();
    if (::connect(socket.get(), shown(address), sizeof address) < 0) {
        const bool gone = errno == ENOENT || errno == ECONNREFUSED;
        return gone ? fail(Errc::not_found, "reach the container's shim: it has gone")
                    : Result<Fd>(sys_error(errno, "reach the container's shim"));
    }
    return socket;
}

ShimDoor::ShimDoor(Fd socket) {
    int listens = 0;
    socklen_t size = sizeof listens;
    if (!socket.open() || ::getsockopt(socket.get(), SOL_SOCKET, SO_ACCEPTCONN, &listens, &size) < 0) {
        return;
    }
    if (listens != 0) {
        door_ = std::move(socket);
    } else {
        guests_.emplace_back(std::move(socket));
    }
}

ShimDoor::~ShimDoor() {
    if (folder_.open() && door_.open()) {
        static_cast<void>(::unlinkat(folder_.get(), door_name, 0));
    }
}

void ShimDoor::open(const std::string& folder) {
    Result<Fd> there = open_file(folder, O_PATH | O_DIRECTORY | O_CLOEXEC);
    if (!there) {
        return;
    }
    folder_ = std::move(*there);
    door_ = listen_in(folder_).value_or(Fd());
}

bool ShimDoor::let_in() {
    guests_.erase(
        std::remove_if(guests_.begin(), guests_.end(), [](const PacketSocket& guest) { return guest.gone(); }),
        guests_.end());
    bool came = false;
    while (door_.open()) {
        Fd guest(::accept4(door_.get(), nullptr, nullptr, SOCK_CLOEXEC));
        if (!guest.open()) {
            break;
        }
        guests_.emplace_back(std::move(guest));
        came = true;
    }
    return came;
}

void ShimDoor::send(std::string_view message) {
    for (PacketSocket& guest : guests_) {
        guest.send(message);
    }
}

bool ShimDoor::receive(std::string& message) {
    return std::any_of(guests_.begin(), guests_.end(), [&](PacketSocket& guest) { return guest.receive(message); });
}

std::size_t ShimDoor::unsent_bytes() const {
    std::size_t most = 0;
    for (const PacketSocket& guest : guests_) {
        most = std::max(most, guest.gone() ? 0 : guest.unsent_bytes());
    }
    return most;
}

}  // namespace cutaway::host
