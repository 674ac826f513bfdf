// SPDX-License-Identifier: Apache-2.0
// Links, addresses and routes by rtnetlink(7). One socket a call: the calls of an init are made in its own network
// namespace, and a socket stays in the one where it was opened.
#include <arpa/inet.h>
#include <linux/if_link.h>
#include <linux/rtnetlink.h>
#include <linux/veth.h>
#include <net/if.h>

#include <cerrno>
#include <charconv>

#include "core/host/kernel_calls.h"
#include "core/host/netlink.h"

namespace cutaway::host {

namespace {

constexpr std::uint16_t make_new = NLM_F_CREATE | NLM_F_EXCL;

Result<int> index_of(const std::string& link) {
    const unsigned index = ::if_nametoindex(link.c_str());
    if (index == 0) {
        return sys_error(errno, "find the link " + link);
    }
    return static_cast<int>(index);
}

Status check_name(const std::string& link) {
    const bool good = !link.empty() && link.size() < IFNAMSIZ && link.find_first_of("/ :") == std::string::npos;
    return good ? Status{} : Status(fail(Errc::invalid, "not a name for a link: " + link));
}

Status ask(Acting& acting, std::string arguments, const std::string& about, NetlinkMessage message) {
    Netlink netlink = TRY(Netlink::connect());
    return acting.ledger.must("sendto", "NETLINK_ROUTE, " + std::move(arguments), about,
                              [&] { return netlink.ask(std::move(message)); });
}

// The start of a change to a link that is there.
Result<NetlinkMessage> change_of(const std::string& link, unsigned flags) {
    ifinfomsg info{};
    info.ifi_index = TRY(index_of(link));
    info.ifi_flags = flags;
    info.ifi_change = flags;
    NetlinkMessage message(RTM_NEWLINK, 0);
    message.fixed(info);
    return message;
}

struct Address {
    in_addr bits{};
    std::uint8_t prefix = 0;
};

Result<Address> parse_address(const std::string& text) {
    const std::size_t slash = text.find('/');
    Address address;
    const char* const end = text.data() + text.size();
    const bool number = slash != std::string::npos &&
                        std::from_chars(text.data() + slash + 1, end, address.prefix).ptr == end &&
                        address.prefix <= 32;
    if (!number || ::inet_pton(AF_INET, text.substr(0, slash).c_str(), &address.bits) != 1) {
        return fail(Errc::invalid, "not an address with its prefix: " + text);
    }
    return address;
}

std::string_view bytes_of(const in_addr& address) { return {reinterpret_cast<const char*>(&address), sizeof address}; }

}  // namespace

Done perform(Acting& acting, const world::MakeBridge& call) {
    TRY(check_name(call.name));
    NetlinkMessage message(RTM_NEWLINK, make_new);
    message.fixed(ifinfomsg{});
    message.text(IFLA_IFNAME, call.name);
    const std::size_t info = message.open(IFLA_LINKINFO);
    message.text(IFLA_INFO_KIND, "bridge");
    message.close(info);
    const Status made = ask(acting, "RTM_NEWLINK bridge " + quoted(call.name), call.name, std::move(message));
    if (!made && made.error().sys_errno != EEXIST) {
        return made.error();
    }
    return world::Reply{};
}

Done perform(Acting& acting, const world::MakeVeth& call) {
    TRY(check_name(call.name));
    TRY(check_name(call.peer));
    NetlinkMessage message(RTM_NEWLINK, make_new);
    message.fixed(ifinfomsg{});
    message.text(IFLA_IFNAME, call.name);
    const std::size_t info = message.open(IFLA_LINKINFO);
    message.text(IFLA_INFO_KIND, "veth");
    const std::size_t data = message.open(IFLA_INFO_DATA);
    const std::size_t peer = message.open(VETH_INFO_PEER);
    message.fixed(ifinfomsg{});
    message.text(IFLA_IFNAME, call.peer);
    message.close(peer);
    message.close(data);
    message.close(info);
    TRY(ask(acting, "RTM_NEWLINK veth " + quoted(call.name) + " peer " + quoted(call.peer), call.name,
            std::move(message)));
    return world::Reply{};
}

Done perform(Acting& acting, const world::MoveLink& call) {
    TRY(check_name(call.as));
    NetlinkMessage message = TRY(change_of(call.link, 0));
    message.number(IFLA_NET_NS_PID, static_cast<std::uint32_t>(call.pid));
    message.text(IFLA_IFNAME, call.as);
    TRY(ask(acting,
            "RTM_NEWLINK " + quoted(call.link) + " IFLA_NET_NS_PID=" + std::to_string(call.pid) +
                " IFLA_IFNAME=" + quoted(call.as),
            call.link, std::move(message)));
    return world::Reply{};
}

Done perform(Acting& acting, const world::AttachLink& call) {
    NetlinkMessage message = TRY(change_of(call.link, 0));
    message.number(IFLA_MASTER, static_cast<std::uint32_t>(TRY(index_of(call.bridge))));
    TRY(ask(acting, "RTM_NEWLINK " + quoted(call.link) + " IFLA_MASTER=" + quoted(call.bridge), call.link,
            std::move(message)));
    // A container that asks for its own published port: where br_netfilter(4) translates on the bridge, the frame goes
    // back by the port that it came from, which a bridge refuses without this.
    ifinfomsg port{};
    port.ifi_family = AF_BRIDGE;
    port.ifi_index = TRY(index_of(call.link));
    NetlinkMessage hairpin(RTM_SETLINK, 0);
    hairpin.fixed(port);
    const std::size_t info = hairpin.open(IFLA_PROTINFO | NLA_F_NESTED);
    hairpin.raw(IFLA_BRPORT_MODE, std::string_view("\1", 1));
    hairpin.close(info);
    TRY(ask(acting, "RTM_SETLINK " + quoted(call.link) + " IFLA_BRPORT_MODE=1", call.link, std::move(hairpin)));
    return world::Reply{};
}

Done perform(Acting& acting, const world::RaiseLink& call) {
    NetlinkMessage message = TRY(change_of(call.link, IFF_UP));
    TRY(ask(acting, "RTM_NEWLINK " + quoted(call.link) + " IFF_UP", call.link, std::move(message)));
    return world::Reply{};
}

Done perform(Acting& acting, const world::AddAddress& call) {
    const Address address = TRY(parse_address(call.address));
    ifaddrmsg info{};
    info.ifa_family = AF_INET;
    info.ifa_prefixlen = address.prefix;
    info.ifa_index = static_cast<unsigned>(TRY(index_of(call.link)));
    NetlinkMessage message(RTM_NEWADDR, make_new);
    message.fixed(info);
    message.raw(IFA_LOCAL, bytes_of(address.bits));
    message.raw(IFA_ADDRESS, bytes_of(address.bits));
    if (address.prefix < 31) {
        in_addr broadcast = address.bits;
        broadcast.s_addr |= htonl(0xFFFFFFFFU >> address.prefix);
        message.raw(IFA_BROADCAST, bytes_of(broadcast));
    }
    const Status made =
        ask(acting, "RTM_NEWADDR " + call.address + " dev " + quoted(call.link), call.link, std::move(message));
    if (!made && made.error().sys_errno != EEXIST) {
        return made.error();
    }
    return world::Reply{};
}

Done perform(Acting& acting, const world::AddRoute& call) {
    rtmsg info{};
    info.rtm_family = AF_INET;
    info.rtm_table = RT_TABLE_MAIN;
    info.rtm_protocol = RTPROT_BOOT;
    info.rtm_scope = call.via.empty() ? RT_SCOPE_LINK : RT_SCOPE_UNIVERSE;
    info.rtm_type = RTN_UNICAST;
    const Address to = call.to == "default" ? Address{} : TRY(parse_address(call.to));
    info.rtm_dst_len = to.prefix;
    NetlinkMessage message(RTM_NEWROUTE, make_new);
    message.fixed(info);
    if (to.prefix != 0) {
        message.raw(RTA_DST, bytes_of(to.bits));
    }
    if (!call.via.empty()) {
        const Address via = TRY(parse_address(call.via + "/32"));
        message.raw(RTA_GATEWAY, bytes_of(via.bits));
    }
    message.number(RTA_OIF, static_cast<std::uint32_t>(TRY(index_of(call.link))));
    TRY(ask(acting, "RTM_NEWROUTE " + call.to + " via " + call.via + " dev " + quoted(call.link), call.to,
            std::move(message)));
    return world::Reply{};
}

Done perform(Acting& acting, const world::RemoveLink& call) {
    ifinfomsg info{};
    info.ifi_index = TRY(index_of(call.link));
    NetlinkMessage message(RTM_DELLINK, 0);
    message.fixed(info);
    TRY(ask(acting, "RTM_DELLINK " + quoted(call.link), call.link, std::move(message)));
    return world::Reply{};
}

}  // namespace cutaway::host
