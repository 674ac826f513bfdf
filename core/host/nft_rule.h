// SPDX-License-Identifier: Apache-2.0
// NftRule: one nf_tables(4) rule, written twice at once: as the kernel's expressions and as the line that nft(8) would
// print for it. It knows the few words that translation and isolation need, and nothing of when they apply.
#pragma once

#include <cstdint>
#include <string>
#include <string_view>

#include "core/host/netlink.h"

namespace cutaway::host {

enum class Is { same, other };

class NftRule {
public:
    explicit NftRule(std::string chain);

    NftRule& comes_in(const std::string& link, Is is);  // iifname
    NftRule& goes_out(const std::string& link, Is is);  // oifname
    NftRule& from(std::string_view net);                // "a.b.c.d/n"; one that is none matches nothing
    NftRule& to(std::string_view net);
    NftRule& to_this_machine();  // fib daddr type local
    NftRule& port(const std::string& protocol, std::uint16_t number);
    NftRule& known();                                                  // of a conversation that was let through before
    NftRule& translated();                                             // of one whose destination a rule has changed
    NftRule& send_to(const std::string& address, std::uint16_t port);  // dnat
    NftRule& masquerade();
    NftRule& accept();
    NftRule& drop();

    [[nodiscard]] const std::string& chain() const { return chain_; }
    [[nodiscard]] const std::string& text() const { return text_; }
    [[nodiscard]] bool good() const { return good_; }
    // The message that appends it to its chain; the comment is what it is found by later.
    [[nodiscard]] NetlinkMessage message(const std::string& comment) const;

private:
    class Expression;
    void say(const std::string& words);
    void compare(std::string_view bytes, Is is);
    void link_name(std::uint32_t key, const std::string& name, Is is);
    void keep_bits(std::uint32_t mask);
    void network_of(std::uint32_t offset, std::string_view net);
    void bits_of_connection(std::uint32_t key, std::uint32_t mask);
    void immediate(std::uint32_t where, std::string_view bytes);
    void verdict(std::int32_t code);

    std::string chain_;
    std::string text_;
    NetlinkMessage expressions_;
    bool good_ = true;
};

// A message for the table "ip cutaway": type, flags, and the table's name in its own attribute.
NetlinkMessage nft_message(std::uint16_t type, std::uint16_t flags, std::uint16_t table_attribute);
inline constexpr std::string_view nft_table = "cutaway";

// The number of the rules' present state, which the kernel raises with every change.
Result<std::uint32_t> nft_generation(Netlink& netlink);
Status find_nf_tables();  // EPERM for whoever may not ask

}  // namespace cutaway::host
