// SPDX-License-Identifier: Apache-2.0
// Address translation by nf_tables, over nfnetlink. Everything lies in one table of our own, "ip cutaway", so foreign
// rules are never touched; it goes with its last rule. What belongs to a call is found again by the comment of its
// rules. Two engines may be at it at once: a batch counts only for the generation of rules that was looked at.
#include <arpa/inet.h>
#include <linux/netfilter.h>
#include <linux/netfilter/nf_tables.h>
#include <linux/netfilter/nfnetlink.h>
#include <linux/netlink.h>
#include <netinet/in.h>
#include <sys/socket.h>

#include <algorithm>
#include <array>
#include <charconv>
#include <cstring>

#include "core/host/kernel_calls.h"
#include "core/host/netlink.h"
#include "core/host/nft_rule.h"

namespace cutaway::host {

namespace {

constexpr int most_tries = 100;
constexpr std::uint16_t name_port = 53;

struct Chain {
    const char* name;
    const char* type;
    std::uint32_t hook;
    std::int32_t priority;
};

// guard: before connections are tracked; forward: what may pass between links.
constexpr auto chains = std::to_array<Chain>({
    {"prerouting", "nat", NF_INET_PRE_ROUTING, -100},
    {"output", "nat", NF_INET_LOCAL_OUT, -100},
    {"postrouting", "nat", NF_INET_POST_ROUTING, 100},
    {"forward", "filter", NF_INET_FORWARD, 0},
    {"guard", "filter", NF_INET_PRE_ROUTING, -300},
});

// --- what is there --------------------------------------------------------------------------------------------------

struct Listed {
    std::string chain;
    std::string comment;
    std::string handle;  // eight bytes as the kernel sends them
};

struct Rules {
    std::uint32_t generation = 0;
    std::vector<Listed> list;
};

std::string_view without_zero(std::string_view text) { return text.substr(0, text.find('\0')); }

Listed listed(std::string_view answer) {
    Listed rule;
    each_attribute(answer.substr(std::min(answer.size(), sizeof(nfgenmsg))),
                   [&](unsigned type, std::string_view value) {
                       if (type == NFTA_RULE_CHAIN) {
                           rule.chain = without_zero(value);
                       } else if (type == NFTA_RULE_HANDLE) {
                           rule.handle = value;
                       } else if (type == NFTA_RULE_USERDATA && value.size() > 2 && value[0] == '\0') {
                           rule.comment = without_zero(value.substr(2));
                       }
                   });
    return rule;
}

Result<Rules> look(Netlink& netlink) {
    Rules rules;
    rules.generation = TRY(nft_generation(netlink));
    const int read = netlink.list(nft_message(NFT_MSG_GETRULE, NLM_F_DUMP, NFTA_RULE_TABLE),
                                  [&](std::string_view answer) { rules.list.push_back(listed(answer)); });
    if (read < 0 && errno != ENOENT) {
        return sys_error(errno, "read the rules of the table cutaway");
    }
    return rules;
}

// --- what is changed ------------------------------------------------------------------------------------------------

struct Batch {
    std::vector<NetlinkMessage> messages;
    std::string text;  // for the ledger

    void add(NetlinkMessage message, const std::string& words) {
        messages.push_back(std::move(message));
        text += (text.empty() ? "" : ", ") + words;
    }
    void make_table(std::string_view only = {}) {
        add(nft_message(NFT_MSG_NEWTABLE, NLM_F_CREATE, NFTA_TABLE_NAME), "NFT_MSG_NEWTABLE ip cutaway");
        for (const Chain& chain : chains) {
            if (!only.empty() && only != chain.name) {
                continue;
            }
            NetlinkMessage message = nft_message(NFT_MSG_NEWCHAIN, NLM_F_CREATE, NFTA_CHAIN_TABLE);
            message.text(NFTA_CHAIN_NAME, chain.name);
            const std::size_t hook = message.open(NFTA_CHAIN_HOOK | NLA_F_NESTED);
            message.number(NFTA_HOOK_HOOKNUM, htonl(chain.hook));
            message.number(NFTA_HOOK_PRIORITY, htonl(static_cast<std::uint32_t>(chain.priority)));
            message.close(hook);
            message.text(NFTA_CHAIN_TYPE, chain.type);
            add(std::move(message), std::string("NFT_MSG_NEWCHAIN ") + chain.name);
        }
    }
    void append(const NftRule& rule, const std::string& comment) {
        add(rule.message(comment), "NFT_MSG_NEWRULE " + rule.chain() + " " + rule.text());
    }
    void remove(const Listed& rule) {
        NetlinkMessage message = nft_message(NFT_MSG_DELRULE, 0, NFTA_RULE_TABLE);
        message.text(NFTA_RULE_CHAIN, rule.chain);
        message.raw(NFTA_RULE_HANDLE, rule.handle);
        std::uint64_t number = 0;
        for (const char byte : rule.handle) {
            number = number << 8U | static_cast<unsigned char>(byte);
        }
        add(std::move(message), "NFT_MSG_DELRULE " + rule.chain + " handle " + std::to_string(number));
    }
    void remove_table() { add(nft_message(NFT_MSG_DELTABLE, 0, NFTA_TABLE_NAME), "NFT_MSG_DELTABLE ip cutaway"); }
};

// Looks, decides, and does it; again, where the rules changed in between.
template <class Decide>
Status change(Acting& acting, const std::string& about, Decide&& decide) {
    Netlink netlink = TRY(Netlink::connect(Netlink::Family::netfilter));
    for (int tries = 0; tries < most_tries; ++tries) {
        Rules rules = TRY(look(netlink));
        Batch batch;
        TRY(decide(rules, batch));
        if (batch.messages.empty()) {
            return {};
        }
        const auto done = acting.ledger.call("sendto", "NETLINK_NETFILTER, [" + batch.text + "]", [&] {
            return netlink.ask_all(std::move(batch.messages), rules.generation);
        });
        if (done == 0) {
            return {};
        }
        if (acting.ledger.error() != ERESTART) {
            return sys_error(acting.ledger.error(), about);
        }
    }
    return fail(Errc::timeout, about + ": others kept changing the rules");
}

bool starts_with(std::string_view text, std::string_view start) { return text.substr(0, start.size()) == start; }

// --- a network ------------------------------------------------------------------------------------------------------

std::string network_comment(const world::NatRule& rule) { return "network " + rule.bridge + " " + rule.subnet; }

// From outside in go answers and what a published port let through; so networks cannot reach each other either. What
// came by a published port from the same subnet must go back by the host, or the caller would not know the answer.
std::vector<NftRule> network_rules(const world::NatRule& rule) {
    const auto in = [&](const char* chain) { return NftRule(chain); };
    return {in("guard").comes_in(rule.bridge, Is::same).to("127.0.0.0/8").drop(),
            in("forward").goes_out(rule.bridge, Is::same).known().accept(),
            in("forward").goes_out(rule.bridge, Is::same).translated().accept(),
            in("forward").comes_in(rule.bridge, Is::other).goes_out(rule.bridge, Is::same).drop(),
            in("postrouting").from(rule.subnet).goes_out(rule.bridge, Is::other).masquerade(),
            in("postrouting").from(rule.subnet).goes_out(rule.bridge, Is::same).translated().masquerade(),
            in("postrouting").from("127.0.0.0/8").goes_out(rule.bridge, Is::same).masquerade()};
}

Status check(const std::vector<NftRule>& rules) {
    for (const NftRule& rule : rules) {
        if (!rule.good()) {
            return fail(Errc::invalid, "not a rule for IPv4: " + rule.text());
        }
    }
    return {};
}

Done add_network(Acting& acting, const world::NatRule& rule) {
    const std::string comment = network_comment(rule);
    const std::vector<NftRule> wanted = network_rules(rule);
    TRY(check(wanted));
    // A connection from 127.0.0.1 is sent to a container by the output chain; without this the kernel would not let
    // such an address out of the loopback. The guard keeps containers from using the same way in.
    world::WriteSysctl localnet{"net.ipv4.conf." + rule.bridge + ".route_localnet", "1"};
    static_cast<void>(perform(acting, localnet));
    TRY(change(acting, "add rules for " + rule.subnet, [&](const Rules& rules, Batch& batch) -> Status {
        const bool there = std::any_of(rules.list.begin(), rules.list.end(),
                                       [&](const Listed& one) { return one.comment == comment; });
        if (there) {
            return {};
        }
        batch.make_table();
        for (const NftRule& one : wanted) {
            batch.append(one, comment);
        }
        return {};
    }));
    return world::Reply{};
}

// --- a published port -----------------------------------------------------------------------------------------------

bool is_any(std::string_view address) { return address.empty() || address == "0.0.0.0"; }

std::string host_side(const world::NatRule& rule) {
    return rule.protocol + " " + (is_any(rule.host_address) ? "0.0.0.0" : rule.host_address) + ":" +
           std::to_string(rule.host_port);
}

std::string publish_comment(const world::NatRule& rule) {
    return "publish " + host_side(rule) + " to " + rule.address + ":" + std::to_string(rule.port) + " for ";
}

// "publish tcp 0.0.0.0:8080 to …": whether it takes this rule's port.
bool takes(std::string_view comment, const world::NatRule& rule) {
    const std::string start = "publish " + rule.protocol + " ";
    if (!starts_with(comment, start)) {
        return false;
    }
    const std::string_view rest = comment.substr(start.size());
    const std::string_view host = rest.substr(0, rest.find(' '));
    const std::size_t colon = host.rfind(':');
    if (colon == std::string_view::npos || host.substr(colon + 1) != std::to_string(rule.host_port)) {
        return false;
    }
    const std::string_view address = host.substr(0, colon);
    return is_any(address) || is_any(rule.host_address) || address == rule.host_address;
}

Error taken(const world::NatRule& rule) { return sys_error(EADDRINUSE, "publish " + host_side(rule)); }

// A process of the host that listens there has it: bind(2) tells, and what it takes is let go at once.
Status try_port(Acting& acting, const world::NatRule& rule) {
    if (rule.protocol == "sctp") {
        return {};
    }
    const int type = rule.protocol == "udp" ? SOCK_DGRAM : SOCK_STREAM;
    const Fd socket(::socket(AF_INET, type | SOCK_CLOEXEC, 0));
    const int on = 1;
    if (type == SOCK_STREAM) {  // connections that are over do not count
        ::setsockopt(socket.get(), SOL_SOCKET, SO_REUSEADDR, &on, sizeof on);
    }
    sockaddr_in address{};
    address.sin_family = AF_INET;
    address.sin_port = htons(rule.host_port);
    const std::string shown = is_any(rule.host_address) ? "0.0.0.0" : rule.host_address;
    if (::inet_pton(AF_INET, shown.c_str(), &address.sin_addr) != 1) {
        return fail(Errc::invalid, "not an IPv4 address to publish on: " + rule.host_address);
    }
    return acting.ledger.must(
        "bind", "{AF_INET, " + shown + ":" + std::to_string(rule.host_port) + "}", "publish " + host_side(rule),
        [&] { return ::bind(socket.get(), reinterpret_cast<const sockaddr*>(&address), sizeof address); });
}

Done add_port(Acting& acting, const world::AddNat& call) {
    const world::NatRule& rule = call.rule;
    std::vector<NftRule> wanted;
    for (const char* chain : {"prerouting", "output"}) {
        NftRule one(chain);
        if (!is_any(rule.host_address)) {
            one.to(rule.host_address);
        }
        wanted.push_back(one.to_this_machine().port(rule.protocol, rule.host_port).send_to(rule.address, rule.port));
    }
    TRY(check(wanted));
    TRY(try_port(acting, rule));
    TRY(change(acting, "publish " + host_side(rule), [&](const Rules& rules, Batch& batch) -> Status {
        for (const Listed& one : rules.list) {
            if (takes(one.comment, rule)) {
                return taken(rule);
            }
        }
        batch.make_table();
        for (const NftRule& one : wanted) {
            batch.append(one, publish_comment(rule) + call.container.substr(0, 12));
        }
        return {};
    }));
    return world::Reply{};
}

}  // namespace

// Sent on to a port that nobody minds, so that a program inside may have 53 itself (a name server of the user's own).
Status redirect_names(Acting& acting, const NamePlace& place) {
    const std::string comment = "names";
    const std::vector<NftRule> wanted{
        NftRule("output").to(place.address).port("udp", name_port).send_to(place.address, place.datagrams),
        NftRule("output").to(place.address).port("tcp", name_port).send_to(place.address, place.connections)};
    TRY(check(wanted));
    return change(acting, "redirect names", [&](const Rules& rules, Batch& batch) -> Status {
        batch.make_table("output");
        for (const Listed& one : rules.list) {
            if (one.comment == comment) {
                batch.remove(one);
            }
        }
        for (const NftRule& one : wanted) {
            batch.append(one, comment);
        }
        return {};
    });
}

Done perform(Acting& acting, const world::AddNat& call) {
    return call.rule.what == "masquerade" ? add_network(acting, call.rule) : add_port(acting, call);
}

Done perform(Acting& acting, const world::RemoveNat& call) {
    const bool network = call.rule.what == "masquerade";
    const std::string comment = network ? network_comment(call.rule) : publish_comment(call.rule);
    TRY(change(acting, "remove the rules of " + comment, [&](const Rules& rules, Batch& batch) -> Status {
        std::size_t gone = 0;
        for (const Listed& one : rules.list) {
            if (network ? one.comment == comment : starts_with(one.comment, comment)) {
                batch.remove(one);
                ++gone;
            }
        }
        if (gone == 0) {
            return sys_error(ENOENT, "find the rules of " + comment);
        }
        if (gone == rules.list.size()) {
            batch.remove_table();
        }
        return {};
    }));
    return world::Reply{};
}

}  // namespace cutaway::host
