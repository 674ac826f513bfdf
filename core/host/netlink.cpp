// SPDX-License-Identifier: Apache-2.0
#include "core/host/netlink.h"

#include <linux/netlink.h>
#include <linux/rtnetlink.h>
#include <sys/socket.h>
#include <unistd.h>

#include <array>
#include <cerrno>
#include <cstring>

#include "core/host/error.h"

namespace cutaway::host {

NetlinkMessage::NetlinkMessage(std::uint16_t type, std::uint16_t flags) {
    nlmsghdr header{};
    header.nlmsg_type = type;
    header.nlmsg_flags = static_cast<std::uint16_t>(flags | NLM_F_REQUEST | NLM_F_ACK);
    fixed(header);
}

void NetlinkMessage::align() { bytes_.resize((bytes_.size() + 3) & ~std::size_t{3}); }

void NetlinkMessage::raw(std::uint16_t attribute, std::string_view value) {
    rtattr head{};
    head.rta_type = attribute;
    head.rta_len = static_cast<std::uint16_t>(sizeof head + value.size());
    bytes_.append(reinterpret_cast<const char*>(&head), sizeof head);
    bytes_.append(value);
    align();
}

void NetlinkMessage::text(std::uint16_t attribute, std::string_view value) {
    raw(attribute, std::string(value) + '\0');
}

void NetlinkMessage::number(std::uint16_t attribute, std::uint32_t value) {
    raw(attribute, {reinterpret_cast<const char*>(&value), sizeof value});
}

std::size_t NetlinkMessage::open(std::uint16_t attribute) {
    const std::size_t nest = bytes_.size();
    raw(attribute, {});
    return nest;
}

void NetlinkMessage::close(std::size_t nest) {
    const auto size = static_cast<std::uint16_t>(bytes_.size() - nest);
    std::memcpy(bytes_.data() + nest, &size, sizeof size);
}

std::string NetlinkMessage::finish() {
    const auto size = static_cast<std::uint32_t>(bytes_.size());
    std::memcpy(bytes_.data(), &size, sizeof size);
    return bytes_;
}

Result<Netlink> Netlink::connect() {
    const int fd = ::socket(AF_NETLINK, SOCK_RAW | SOCK_CLOEXEC, NETLINK_ROUTE);
    if (fd < 0) {
        return sys_error(errno, "open a netlink socket");
    }
    return Netlink(Fd(fd));
}

int Netlink::ask(NetlinkMessage message) {
    std::string bytes = message.finish();
    const std::uint32_t sequence = ++sequence_;
    std::memcpy(bytes.data() + offsetof(nlmsghdr, nlmsg_seq), &sequence, sizeof sequence);
    if (::send(fd_.get(), bytes.data(), bytes.size(), 0) < 0) {
        return -1;
    }
    alignas(nlmsghdr) std::array<char, 8192> answer{};
    for (;;) {
        const ssize_t got = ::recv(fd_.get(), answer.data(), answer.size(), 0);
        if (got < 0 && errno == EINTR) {
            continue;
        }
        if (got < static_cast<ssize_t>(sizeof(nlmsghdr) + sizeof(nlmsgerr))) {
            errno = got < 0 ? errno : EIO;
            return -1;
        }
        nlmsghdr head{};
        nlmsgerr result{};
        std::memcpy(&head, answer.data(), sizeof head);
        std::memcpy(&result, answer.data() + sizeof head, sizeof result);
        if (head.nlmsg_seq == sequence && head.nlmsg_type == NLMSG_ERROR) {
            errno = -result.error;
            return result.error == 0 ? 0 : -1;
        }
    }
}

}  // namespace cutaway::host
