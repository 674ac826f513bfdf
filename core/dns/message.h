// SPDX-License-Identifier: Apache-2.0
// One question of RFC 1035 read from bytes that a stranger sent, and the answers to it as bytes. Nothing here recurses,
// follows a pointer in a question or keeps anything; what is no plain question is refused. No sockets, no policy.
#pragma once

#include <cstdint>
#include <optional>
#include <string>
#include <string_view>
#include <vector>

#include "core/base/result.h"

namespace cutaway::dns {

inline constexpr std::uint16_t type_a = 1;
inline constexpr std::uint16_t type_ptr = 12;
inline constexpr std::uint16_t type_aaaa = 28;
inline constexpr std::uint16_t class_in = 1;
inline constexpr std::size_t plain_size = 512;  // of an answer over UDP, where the asker promised no more

enum class Code : std::uint8_t {
    fine = 0,
    format_error = 1,
    server_failure = 2,
    no_such_name = 3,
    not_done = 4,
    refused = 5
};

struct Query {
    std::uint16_t id = 0;
    bool recursion = false;  // the asker wants it
    std::string name;        // lower case, without the last dot; what is odd in a label is written \DDD
    std::uint16_t type = 0;
    std::uint16_t klass = 0;
    std::string question;           // its bytes, as they came: answers repeat them
    std::size_t room = plain_size;  // what the asker takes over UDP (RFC 6891)
};

// Exactly one question of an ordinary query, without compression. Errc::invalid: no such thing.
Result<Query> parse_query(std::string_view bytes);
// The same of an answer's header and question: whether it answers this query. What follows is not looked at.
bool answers(std::string_view bytes, const Query& query);

// What a query's sender may be told whose bytes could not be read: its number and the code; empty if not even that.
std::string complaint(std::string_view bytes, Code code);

std::string answer_nothing(const Query& query, Code code);
// As many as there is room for; the rest is what the flag "cut" stands for.
std::string answer_addresses(const Query& query, const std::vector<std::uint32_t>& addresses);
std::string answer_name(const Query& query, std::string_view name);

// "4.3.2.1.in-addr.arpa" to 1.2.3.4.
std::optional<std::uint32_t> reversed_address(std::string_view name);
std::optional<std::uint32_t> parse_address(std::string_view text);  // "1.2.3.4"

// The same bytes under another number; unchanged if they are too few.
std::string with_id(std::string bytes, std::uint16_t id);

}  // namespace cutaway::dns
