// SPDX-License-Identifier: Apache-2.0
#include "core/host/nft_rule.h"

#include <arpa/inet.h>
#include <linux/netfilter.h>
#include <linux/netfilter/nf_conntrack_common.h>
#include <linux/netfilter/nf_tables.h>
#include <linux/netfilter/nfnetlink.h>
#include <linux/rtnetlink.h>
#include <net/if.h>
#include <netinet/in.h>

#include <algorithm>
#include <array>
#include <cerrno>
#include <charconv>
#include <cstring>
#include <optional>

#include "core/host/error.h"

namespace cutaway::host {

namespace {

constexpr std::uint32_t source_offset = 12;  // of an IPv4 header
constexpr std::uint32_t destination_offset = 16;
constexpr std::uint32_t port_offset = 2;  // the destination's, of TCP, UDP and SCTP alike

template <class T>
std::string_view bytes_of(const T& value) {
    return {reinterpret_cast<const char*>(&value), sizeof value};
}

void big(NetlinkMessage& message, unsigned attribute, std::uint32_t value) {
    message.number(static_cast<std::uint16_t>(attribute), htonl(value));
}

std::size_t nest(NetlinkMessage& message, unsigned attribute) {
    return message.open(static_cast<std::uint16_t>(attribute | NLA_F_NESTED));
}

struct Network {
    in_addr base{};
    unsigned prefix = 32;
};

std::optional<Network> parse(std::string_view text) {
    Network network;
    const std::size_t slash = text.find('/');
    if (slash != std::string_view::npos) {
        const char* const end = text.data() + text.size();
        const auto got = std::from_chars(text.data() + slash + 1, end, network.prefix);
        if (got.ptr != end || network.prefix > 32) {
            return std::nullopt;
        }
    }
    if (::inet_pton(AF_INET, std::string(text.substr(0, slash)).c_str(), &network.base) != 1) {
        return std::nullopt;
    }
    return network;
}

std::uint8_t protocol_number(const std::string& name) {
    return name == "udp" ? IPPROTO_UDP : name == "sctp" ? IPPROTO_SCTP : IPPROTO_TCP;
}

// nft(8)'s own form of a comment: type, length, text with its zero.
std::string comment_data(const std::string& comment) {
    std::string data{'\0', static_cast<char>(comment.size() + 1)};
    return data + comment + '\0';
}

}  // namespace

// One NFTA_LIST_ELEM around a name and its data; closed when it goes.
class NftRule::Expression {
public:
    Expression(NetlinkMessage& message, std::string_view name)
        : message_(message), element_(nest(message, NFTA_LIST_ELEM)) {
        message.text(NFTA_EXPR_NAME, name);
        data_ = nest(message, NFTA_EXPR_DATA);
    }
    ~Expression() {
        message_.close(data_);
        message_.close(element_);
    }
    Expression(const Expression&) = delete;
    Expression& operator=(const Expression&) = delete;
    Expression& number(unsigned attribute, std::uint32_t value) {
        big(message_, attribute, value);
        return *this;
    }
    Expression& value(unsigned attribute, std::string_view bytes) {
        const std::size_t open = nest(message_, attribute);
        message_.raw(NFTA_DATA_VALUE, bytes);
        message_.close(open);
        return *this;
    }
    Expression& verdict(std::int32_t code) {
        const std::size_t data = nest(message_, NFTA_IMMEDIATE_DATA);
        const std::size_t inner = nest(message_, NFTA_DATA_VERDICT);
        big(message_, NFTA_VERDICT_CODE, static_cast<std::uint32_t>(code));
        message_.close(inner);
        message_.close(data);
        return *this;
    }

private:
    NetlinkMessage& message_;
    std::size_t element_;
    std::size_t data_ = 0;
};

NftRule::NftRule(std::string chain) : chain_(std::move(chain)), expressions_(NetlinkMessage::attributes()) {}

void NftRule::say(const std::string& words) { text_ += (text_.empty() ? "" : " ") + words; }

void NftRule::compare(std::string_view bytes, Is is) {
    Expression(expressions_, "cmp")
        .number(NFTA_CMP_SREG, NFT_REG_1)
        .number(NFTA_CMP_OP, is == Is::same ? NFT_CMP_EQ : NFT_CMP_NEQ)
        .value(NFTA_CMP_DATA, bytes);
}

void NftRule::link_name(std::uint32_t key, const std::string& name, Is is) {
    std::array<char, IFNAMSIZ> padded{};
    good_ = good_ && !name.empty() && name.size() < padded.size();
    name.copy(padded.data(), padded.size() - 1);
    Expression(expressions_, "meta").number(NFTA_META_KEY, key).number(NFTA_META_DREG, NFT_REG_1);
    compare({padded.data(), padded.size()}, is);
}

NftRule& NftRule::comes_in(const std::string& link, Is is) {
    say("iifname " + std::string(is == Is::same ? "" : "!= ") + '"' + link + '"');
    link_name(NFT_META_IIFNAME, link, is);
    return *this;
}

NftRule& NftRule::goes_out(const std::string& link, Is is) {
    say("oifname " + std::string(is == Is::same ? "" : "!= ") + '"' + link + '"');
    link_name(NFT_META_OIFNAME, link, is);
    return *this;
}

// Of the first register, those bits.
void NftRule::keep_bits(std::uint32_t mask) {
    const std::uint32_t nothing = 0;
    Expression(expressions_, "bitwise")
        .number(NFTA_BITWISE_SREG, NFT_REG_1)
        .number(NFTA_BITWISE_DREG, NFT_REG_1)
        .number(NFTA_BITWISE_LEN, sizeof mask)
        .value(NFTA_BITWISE_MASK, bytes_of(mask))
        .value(NFTA_BITWISE_XOR, bytes_of(nothing));
}

void NftRule::network_of(std::uint32_t offset, std::string_view net) {
    const std::optional<Network> network = parse(net);
    good_ = good_ && network.has_value();
    if (!good_) {
        return;
    }
    const std::uint32_t mask = htonl(network->prefix == 0 ? 0 : 0xFFFFFFFFU << (32 - network->prefix));
    Expression(expressions_, "payload")
        .number(NFTA_PAYLOAD_DREG, NFT_REG_1)
        .number(NFTA_PAYLOAD_BASE, NFT_PAYLOAD_NETWORK_HEADER)
        .number(NFTA_PAYLOAD_OFFSET, offset)
        .number(NFTA_PAYLOAD_LEN, sizeof mask);
    keep_bits(mask);
    const std::uint32_t wanted = network->base.s_addr & mask;
    compare(bytes_of(wanted), Is::same);
}

NftRule& NftRule::from(std::string_view net) {
    say("ip saddr " + std::string(net));
    network_of(source_offset, net);
    return *this;
}

NftRule& NftRule::to(std::string_view net) {
    say("ip daddr " + std::string(net));
    network_of(destination_offset, net);
    return *this;
}

NftRule& NftRule::to_this_machine() {
    say("fib daddr type local");
    Expression(expressions_, "fib")
        .number(NFTA_FIB_DREG, NFT_REG_1)
        .number(NFTA_FIB_RESULT, NFT_FIB_RESULT_ADDRTYPE)
        .number(NFTA_FIB_FLAGS, NFTA_FIB_F_DADDR);
    const std::uint32_t local = RTN_LOCAL;
    compare(bytes_of(local), Is::same);
    return *this;
}

NftRule& NftRule::port(const std::string& protocol, std::uint16_t number) {
    say(protocol + " dport " + std::to_string(number));
    Expression(expressions_, "meta").number(NFTA_META_KEY, NFT_META_L4PROTO).number(NFTA_META_DREG, NFT_REG_1);
    const std::uint8_t which = protocol_number(protocol);
    compare(bytes_of(which), Is::same);
    const std::uint16_t wanted = htons(number);
    Expression(expressions_, "payload")
        .number(NFTA_PAYLOAD_DREG, NFT_REG_1)
        .number(NFTA_PAYLOAD_BASE, NFT_PAYLOAD_TRANSPORT_HEADER)
        .number(NFTA_PAYLOAD_OFFSET, port_offset)
        .number(NFTA_PAYLOAD_LEN, sizeof wanted);
    compare(bytes_of(wanted), Is::same);
    return *this;
}

void NftRule::bits_of_connection(std::uint32_t key, std::uint32_t mask) {
    const std::uint32_t nothing = 0;
    Expression(expressions_, "ct").number(NFTA_CT_KEY, key).number(NFTA_CT_DREG, NFT_REG_1);
    keep_bits(mask);
    compare(bytes_of(nothing), Is::other);
}

NftRule& NftRule::known() {
    say("ct state established,related");
    bits_of_connection(NFT_CT_STATE, NF_CT_STATE_BIT(IP_CT_ESTABLISHED) | NF_CT_STATE_BIT(IP_CT_RELATED));
    return *this;
}

NftRule& NftRule::translated() {
    say("ct status dnat");
    bits_of_connection(NFT_CT_STATUS, IPS_DST_NAT);
    return *this;
}

void NftRule::immediate(std::uint32_t where, std::string_view bytes) {
    Expression(expressions_, "immediate").number(NFTA_IMMEDIATE_DREG, where).value(NFTA_IMMEDIATE_DATA, bytes);
}

NftRule& NftRule::send_to(const std::string& address, std::uint16_t port) {
    say("dnat to " + address + ":" + std::to_string(port));
    const std::optional<Network> target = parse(address);
    good_ = good_ && target.has_value();
    if (!good_) {
        return *this;
    }
    const std::uint16_t number = htons(port);
    immediate(NFT_REG_1, bytes_of(target->base));
    immediate(NFT_REG_2, bytes_of(number));
    Expression(expressions_, "nat")
        .number(NFTA_NAT_TYPE, NFT_NAT_DNAT)
        .number(NFTA_NAT_FAMILY, NFPROTO_IPV4)
        .number(NFTA_NAT_REG_ADDR_MIN, NFT_REG_1)
        .number(NFTA_NAT_REG_PROTO_MIN, NFT_REG_2);
    return *this;
}

NftRule& NftRule::masquerade() {
    say("masquerade");
    const Expression whole(expressions_, "masq");
    return *this;
}

void NftRule::verdict(std::int32_t code) {
    Expression(expressions_, "immediate").number(NFTA_IMMEDIATE_DREG, NFT_REG_VERDICT).verdict(code);
}

NftRule& NftRule::accept() {
    say("accept");
    verdict(NF_ACCEPT);
    return *this;
}

NftRule& NftRule::drop() {
    say("drop");
    verdict(NF_DROP);
    return *this;
}

NetlinkMessage NftRule::message(const std::string& comment) const {
    NetlinkMessage message = nft_message(NFT_MSG_NEWRULE, NLM_F_CREATE | NLM_F_APPEND, NFTA_RULE_TABLE);
    message.text(NFTA_RULE_CHAIN, chain_);
    message.raw(NFTA_RULE_EXPRESSIONS | NLA_F_NESTED, expressions_.view());
    message.raw(NFTA_RULE_USERDATA, comment_data(comment));
    return message;
}

NetlinkMessage nft_message(std::uint16_t type, std::uint16_t flags, std::uint16_t table_attribute) {
    NetlinkMessage message(static_cast<std::uint16_t>(NFNL_SUBSYS_NFTABLES << 8U | type), flags);
    nfgenmsg family{};
    family.nfgen_family = NFPROTO_IPV4;
    message.fixed(family);
    message.text(table_attribute, nft_table);
    return message;
}

Result<std::uint32_t> nft_generation(Netlink& netlink) {
    NetlinkMessage question(static_cast<std::uint16_t>(NFNL_SUBSYS_NFTABLES << 8U | NFT_MSG_GETGEN), 0);
    question.fixed(nfgenmsg{});
    std::uint32_t generation = 0;
    const int got = netlink.list(std::move(question), [&](std::string_view answer) {
        each_attribute(answer.substr(std::min(answer.size(), sizeof(nfgenmsg))),
                       [&](unsigned type, std::string_view value) {
                           if (type == NFTA_GEN_ID && value.size() == sizeof generation) {
                               std::memcpy(&generation, value.data(), sizeof generation);
                               generation = ntohl(generation);
                           }
                       });
    });
    if (got < 0) {
        return sys_error(errno, "ask nf_tables for its generation");
    }
    return generation;
}

Status find_nf_tables() {
    Netlink netlink = TRY(Netlink::connect(Netlink::Family::netfilter));
    TRY(nft_generation(netlink));
    return {};
}

}  // namespace cutaway::host
