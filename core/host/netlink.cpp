// SPDX-License-Identifier: Apache-2.0
#include "core/host/netlink.h"

#include <arpa/inet.h>
#include <linux/netfilter/nfnetlink.h>
#include <linux/netlink.h>
#include <linux/rtnetlink.h>
#include <sys/socket.h>
#include <unistd.h>

#include <algorithm>
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

void each_attribute(std::string_view bytes, const std::function<void(unsigned, std::string_view)>& each) {
    while (bytes.size() >= sizeof(nlattr)) {
        nlattr head{};
        std::memcpy(&head, bytes.data(), sizeof head);
        if (head.nla_len < sizeof head || head.nla_len > bytes.size()) {
            return;
        }
        each(head.nla_type & NLA_TYPE_MASK, bytes.substr(sizeof head, head.nla_len - sizeof head));
        bytes.remove_prefix(std::min<std::size_t>(bytes.size(), NLA_ALIGN(head.nla_len)));
    }
}

Result<Netlink> Netlink::connect(Family family) {
    const int protocol = family == Family::route ? NETLINK_ROUTE : NETLINK_NETFILTER;
    const int fd = ::socket(AF_NETLINK, SOCK_RAW | SOCK_CLOEXEC, protocol);
    if (fd < 0) {
        return sys_error(errno, "open a netlink socket");
    }
    return Netlink(Fd(fd));
}

namespace {

std::string numbered(NetlinkMessage message, std::uint32_t sequence) {
    std::string bytes = message.finish();
    std::memcpy(bytes.data() + offsetof(nlmsghdr, nlmsg_seq), &sequence, sizeof sequence);
    return bytes;
}

// The messages of what one recv(2) gave: header, and what follows it.
void each_message(std::string_view answers, const std::function<void(const nlmsghdr&, std::string_view)>& each) {
    while (answers.size() >= sizeof(nlmsghdr)) {
        nlmsghdr head{};
        std::memcpy(&head, answers.data(), sizeof head);
        if (head.nlmsg_len < sizeof head || head.nlmsg_len > answers.size()) {
            return;
        }
        each(head, answers.substr(sizeof head, head.nlmsg_len - sizeof head));
        answers.remove_prefix(std::min<std::size_t>(answers.size(), NLMSG_ALIGN(head.nlmsg_len)));
    }
}

int error_of(std::string_view answer) {
    nlmsgerr result{};
    if (answer.size() < sizeof result) {
        return EIO;
    }
    std::memcpy(&result, answer.data(), sizeof result);
    return -result.error;
}

NetlinkMessage batch_mark(std::uint16_t type, std::uint32_t generation) {
    NetlinkMessage message(type, 0);
    nfgenmsg whole{};
    whole.res_id = htons(NFNL_SUBSYS_NFTABLES);
    message.fixed(whole);
    if (type == NFNL_MSG_BATCH_BEGIN) {
        message.number(NFNL_BATCH_GENID, htonl(generation));
    }
    return message;
}

}  // namespace

int Netlink::receive(std::string& answers) {
    answers.resize(std::size_t{1} << 16U);
    ssize_t got = -1;
    do {
        got = ::recv(fd_.get(), answers.data(), answers.size(), 0);
    } while (got < 0 && errno == EINTR);
    answers.resize(got < 0 ? 0 : static_cast<std::size_t>(got));
    return got < 0 ? -1 : 0;
}

int Netlink::ask(NetlinkMessage message) {
    return list(std::move(message), [](std::string_view) {});
}

// Every message asks for an answer, but not the two marks around them; a mark's number in an error is the whole batch
// refused.
int Netlink::ask_all(std::vector<NetlinkMessage> messages, std::uint32_t generation) {
    const std::uint32_t first = ++sequence_;
    std::string bytes = numbered(batch_mark(NFNL_MSG_BATCH_BEGIN, generation), first);
    for (NetlinkMessage& message : messages) {
        bytes += numbered(std::move(message), ++sequence_);
    }
    const std::uint32_t last = sequence_;
    bytes += numbered(batch_mark(NFNL_MSG_BATCH_END, generation), ++sequence_);
    if (::send(fd_.get(), bytes.data(), bytes.size(), 0) < 0) {
        return -1;
    }
    int error = 0;
    bool over = false;
    for (std::string answers; !over;) {
        if (receive(answers) < 0) {
            return -1;
        }
        each_message(answers, [&](const nlmsghdr& head, std::string_view rest) {
            if (head.nlmsg_type != NLMSG_ERROR || head.nlmsg_seq < first) {
                return;
            }
            const int one = error_of(rest);
            error = error == 0 ? one : error;
            over = over || head.nlmsg_seq >= last || (head.nlmsg_seq == first && one != 0);
        });
    }
    errno = error;
    return error == 0 ? 0 : -1;
}

int Netlink::list(NetlinkMessage question, const std::function<void(std::string_view)>& each) {
    const std::uint32_t sequence = ++sequence_;
    const std::string bytes = numbered(std::move(question), sequence);
    if (::send(fd_.get(), bytes.data(), bytes.size(), 0) < 0) {
        return -1;
    }
    int error = -1;
    for (std::string answers; error < 0;) {
        if (receive(answers) < 0) {
            return -1;
        }
        each_message(answers, [&](const nlmsghdr& head, std::string_view rest) {
            if (head.nlmsg_seq != sequence) {
                return;
            }
            if (head.nlmsg_type == NLMSG_ERROR) {
                error = error_of(rest);
            } else if (head.nlmsg_type == NLMSG_DONE) {
                error = 0;
            } else {
                each(rest);
            }
        });
    }
    errno = error;
    return error == 0 ? 0 : -1;
}

}  // namespace cutaway::host
