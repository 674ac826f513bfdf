// SPDX-License-Identifier: Apache-2.0
#include "core/host/packet_socket.h"

#include <sys/socket.h>
#include <unistd.h>

#include <array>
#include <cerrno>

#include "core/host/error.h"

namespace cutaway::host {

namespace {

constexpr int buffer_bytes = 4 << 20;
constexpr std::size_t longest_message = std::size_t{16} << 20U;

void widen(int fd) {
    // Beyond the machine's limit where we may (CAP_NET_ADMIN), else up to it.
    if (::setsockopt(fd, SOL_SOCKET, SO_SNDBUFFORCE, &buffer_bytes, sizeof buffer_bytes) < 0) {
        static_cast<void>(::setsockopt(fd, SOL_SOCKET, SO_SNDBUF, &buffer_bytes, sizeof buffer_bytes));
    }
}

}  // namespace

Result<SocketPair> make_socket_pair() {
    std::array<int, 2> ends{};
    if (::socketpair(AF_UNIX, SOCK_SEQPACKET | SOCK_CLOEXEC, 0, ends.data()) < 0) {
        return sys_error(errno, "socketpair");
    }
    widen(ends[0]);
    widen(ends[1]);
    return SocketPair{Fd(ends[0]), Fd(ends[1])};
}

namespace {

// An end that closes with words of ours unread has us told so (ECONNRESET, once) before its own last words.
ssize_t receive_even_so(int fd, char* into, std::size_t size, int flags) {
    const ssize_t got = ::recv(fd, into, size, flags);
    return got < 0 && errno == ECONNRESET ? ::recv(fd, into, size, flags) : got;
}

}  // namespace

Result<bool> receive_packet(int fd, std::string& message) {
    // Its length first: with MSG_TRUNC the answer is the whole message's, whatever the buffer holds (recv(2)).
    char probe = 0;
    const ssize_t size = receive_even_so(fd, &probe, sizeof probe, MSG_PEEK | MSG_TRUNC | MSG_DONTWAIT);
    if (size < 0 && (errno == EAGAIN || errno == EINTR)) {
        return false;
    }
    if (size <= 0) {
        return fail(Errc::not_found, "receive: the other side has gone");
    }
    if (static_cast<std::size_t>(size) > longest_message) {
        return fail(Errc::invalid, "receive: a message of " + std::to_string(size) + " bytes");
    }
    message.resize(static_cast<std::size_t>(size));
    const ssize_t got = receive_even_so(fd, message.data(), message.size(), MSG_DONTWAIT);
    if (got != size) {
        return fail(Errc::io, "receive: a message changed on its way");
    }
    return true;
}

void PacketSocket::send(std::string_view message) {
    if (gone_ || message.empty()) {
        return;
    }
    unsent_.emplace_back(message);
    unsent_bytes_ += message.size();
    flush();
}

void PacketSocket::flush() {
    while (!unsent_.empty() && !gone_) {
        const std::string& next = unsent_.front();
        const ssize_t put = ::send(fd_.get(), next.data(), next.size(), MSG_NOSIGNAL | MSG_DONTWAIT);
        if (put < 0 && (errno == EAGAIN || errno == EINTR || errno == ENOBUFS)) {
            return;
        }
        gone_ = put < 0;
        unsent_bytes_ -= next.size();
        unsent_.pop_front();
    }
    if (gone_) {
        unsent_.clear();
        unsent_bytes_ = 0;
    }
}

bool PacketSocket::receive(std::string& message) {
    if (!fd_.open()) {
        return false;
    }
    const Result<bool> got = receive_packet(fd_.get(), message);
    gone_ = gone_ || !got;
    return got && *got;
}

bool PacketSocket::closed() {
    if (!fd_.open()) {
        return true;
    }
    char probe = 0;
    const ssize_t size = receive_even_so(fd_.get(), &probe, sizeof probe, MSG_PEEK | MSG_DONTWAIT);
    return size == 0 || (size < 0 && errno != EAGAIN && errno != EINTR);
}

}  // namespace cutaway::host
