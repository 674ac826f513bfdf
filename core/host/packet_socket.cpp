// SPDX-License-Identifier: Apache-2.0
#include "core/host/packet_socket.h"

#include <sys/socket.h>
#include <unistd.h>

#include <array>
#include <cerrno>
#include <cstring>

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

namespace {

// A message of one byte with room for one descriptor.
class Envelope {
public:
    Envelope() {
        message_.msg_iov = &piece_;
        message_.msg_iovlen = 1;
        message_.msg_control = control_.data();
        message_.msg_controllen = control_.size();
    }
    Envelope(const Envelope&) = delete;
    Envelope& operator=(const Envelope&) = delete;
    ~Envelope() = default;
    msghdr* message() { return &message_; }
    cmsghdr* head() { return CMSG_FIRSTHDR(&message_); }

private:
    char byte_ = 0;
    iovec piece_{&byte_, 1};
    alignas(cmsghdr) std::array<char, CMSG_SPACE(sizeof(int))> control_{};
    msghdr message_{};
};

}  // namespace

Status send_descriptor(int socket, int fd) {
    Envelope envelope;
    cmsghdr* head = envelope.head();
    head->cmsg_level = SOL_SOCKET;
    head->cmsg_type = SCM_RIGHTS;
    head->cmsg_len = CMSG_LEN(sizeof fd);
    std::memcpy(CMSG_DATA(head), &fd, sizeof fd);
    if (::sendmsg(socket, envelope.message(), MSG_NOSIGNAL) < 0) {
        return sys_error(errno, "hand out a descriptor");
    }
    return {};
}

Fd receive_descriptor(int socket) {
    Envelope envelope;
    if (::recvmsg(socket, envelope.message(), MSG_DONTWAIT | MSG_CMSG_CLOEXEC) < 0) {
        return {};
    }
    int fd = -1;
    const cmsghdr* head = envelope.head();
    if (head != nullptr && head->cmsg_type == SCM_RIGHTS && head->cmsg_len == CMSG_LEN(sizeof fd)) {
        std::memcpy(&fd, CMSG_DATA(head), sizeof fd);
    }
    return Fd(fd);
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
