// SPDX-License-Identifier: Apache-2.0
#include "core/dns/message.h"

#include <algorithm>
#include <charconv>

namespace cutaway::dns {

namespace {

constexpr std::size_t header_size = 12;
constexpr std::size_t longest_label = 63;
constexpr std::size_t longest_name = 255;  // with its lengths and the last zero
constexpr std::uint32_t seconds_to_live = 600;
constexpr std::uint16_t option_record = 41;
constexpr std::size_t most_room = 4096;
constexpr std::uint16_t name_of_question = 0xC000 | header_size;

constexpr unsigned flag_response = 0x8000;
constexpr unsigned flags_opcode = 0x7800;
constexpr unsigned flag_cut = 0x0200;
constexpr unsigned flag_recursion_wanted = 0x0100;
constexpr unsigned flag_recursion_offered = 0x0080;

unsigned byte_at(std::string_view bytes, std::size_t at) { return static_cast<unsigned char>(bytes[at]); }

std::uint16_t number_at(std::string_view bytes, std::size_t at) {
    return static_cast<std::uint16_t>(byte_at(bytes, at) << 8U | byte_at(bytes, at + 1));
}

void put(std::string& out, unsigned number) {
    out += static_cast<char>(number >> 8U & 0xFFU);
    out += static_cast<char>(number & 0xFFU);
}

void put_long(std::string& out, std::uint32_t number) {
    put(out, number >> 16U);
    put(out, number & 0xFFFFU);
}

Error no_query(std::string_view why) {
    return {Errc::invalid, 0, "not a question to a name server: " + std::string(why)};
}

void append_label(std::string& name, std::string_view label) {
    if (!name.empty()) {
        name += '.';
    }
    for (const char c : label) {
        const auto byte = static_cast<unsigned char>(c);
        if (byte <= 0x20 || byte >= 0x7F || c == '.' || c == '\\') {
            name += {'\\', static_cast<char>('0' + byte / 100), static_cast<char>('0' + byte / 10 % 10),
                     static_cast<char>('0' + byte % 10)};
        } else {
            name += c >= 'A' && c <= 'Z' ? static_cast<char>(c - 'A' + 'a') : c;
        }
    }
}

// From `at`, which is moved behind the name.
Status read_name(std::string_view bytes, std::size_t& at, std::string& name) {
    const std::size_t begin = at;
    while (at < bytes.size()) {
        const unsigned size = byte_at(bytes, at++);
        if (size == 0) {
            return {};
        }
        if (size > longest_label) {
            return no_query("a pointer or an unknown kind of label in the question");
        }
        if (at + size - begin >= longest_name) {
            return no_query("the name is too long");
        }
        if (at + size > bytes.size()) {
            break;
        }
        append_label(name, bytes.substr(at, size));
        at += size;
    }
    return no_query("it is cut");
}

Result<Query> read(std::string_view bytes) {
    if (bytes.size() < header_size) {
        return no_query("it is cut");
    }
    if (number_at(bytes, 4) != 1) {
        return no_query("it asks for more or less than one thing");
    }
    Query query;
    query.id = number_at(bytes, 0);
    query.recursion = (number_at(bytes, 2) & flag_recursion_wanted) != 0;
    std::size_t at = header_size;
    TRY(read_name(bytes, at, query.name));
    if (at + 4 > bytes.size()) {
        return no_query("it is cut");
    }
    query.type = number_at(bytes, at);
    query.klass = number_at(bytes, at + 2);
    query.question = bytes.substr(header_size, at + 4 - header_size);
    return query;
}

// The OPT record is the first additional one in all queries that there are; where it is not, 512 bytes do.
std::size_t room_in(std::string_view bytes, std::size_t at) {
    const bool there = number_at(bytes, 6) == 0 && number_at(bytes, 8) == 0 && number_at(bytes, 10) != 0 &&
                       at + 5 <= bytes.size() && bytes[at] == '\0' && number_at(bytes, at + 1) == option_record;
    return there ? std::clamp<std::size_t>(number_at(bytes, at + 3), plain_size, most_room) : plain_size;
}

std::string begin_answer(const Query& query, Code code, std::size_t answers, bool cut) {
    std::string out;
    put(out, query.id);
    put(out, flag_response | (query.recursion ? flag_recursion_wanted : 0U) | flag_recursion_offered |
                 (cut ? flag_cut : 0U) | static_cast<unsigned>(code));
    put(out, 1);
    put(out, static_cast<unsigned>(answers));
    put_long(out, 0);
    return out + query.question;
}

void put_record(std::string& out, std::uint16_t type, std::string_view data) {
    put(out, name_of_question);
    put(out, type);
    put(out, class_in);
    put_long(out, seconds_to_live);
    put(out, static_cast<unsigned>(data.size()));
    out += data;
}

}  // namespace

Result<Query> parse_query(std::string_view bytes) {
    Query query = TRY(read(bytes));
    const unsigned flags = number_at(bytes, 2);
    if ((flags & (flag_response | flags_opcode)) != 0) {
        return no_query("another operation than asking");
    }
    query.room = room_in(bytes, header_size + query.question.size());
    return query;
}

bool answers(std::string_view bytes, const Query& query) {
    const Result<Query> theirs = read(bytes);
    return theirs && (number_at(bytes, 2) & flag_response) != 0 && theirs->id == query.id &&
           theirs->name == query.name && theirs->type == query.type && theirs->klass == query.klass;
}

std::string complaint(std::string_view bytes, Code code) {
    if (bytes.size() < header_size || (number_at(bytes, 2) & flag_response) != 0) {
        return {};  // whoever answers answers starts a conversation that never ends
    }
    std::string out(bytes.substr(0, 2));
    put(out, flag_response | (number_at(bytes, 2) & flags_opcode) | static_cast<unsigned>(code));
    put_long(out, 0);
    put_long(out, 0);
    return out;
}

std::string answer_nothing(const Query& query, Code code) { return begin_answer(query, code, 0, false); }

std::string answer_addresses(const Query& query, const std::vector<std::uint32_t>& addresses) {
    constexpr std::size_t record_size = 16;
    const std::size_t used = header_size + query.question.size();
    const std::size_t fit = query.room < used ? 0 : (query.room - used) / record_size;
    const std::size_t count = std::min(fit, addresses.size());
    std::string out = begin_answer(query, Code::fine, count, count < addresses.size());
    for (std::size_t i = 0; i < count; ++i) {
        std::string data;
        put_long(data, addresses[i]);
        put_record(out, type_a, data);
    }
    return out;
}

std::string answer_name(const Query& query, std::string_view name) {
    std::string data;
    while (!name.empty()) {
        const std::string_view label = name.substr(0, name.find('.'));
        if (label.empty() || label.size() > longest_label || data.size() + label.size() + 2 > longest_name) {
            return answer_nothing(query, Code::server_failure);
        }
        data += static_cast<char>(label.size());
        data += label;
        name.remove_prefix(std::min(name.size(), label.size() + 1));
    }
    data += '\0';
    std::string out = begin_answer(query, Code::fine, 1, false);
    put_record(out, type_ptr, data);
    return out;
}

std::optional<std::uint32_t> parse_address(std::string_view text) {
    std::uint32_t address = 0;
    for (int part = 0; part < 4; ++part) {
        const std::string_view digits = text.substr(0, text.find('.'));
        unsigned value = 256;
        const auto got = std::from_chars(digits.data(), digits.data() + digits.size(), value);
        const bool last = digits.size() == text.size();
        if (got.ec != std::errc{} || got.ptr != digits.data() + digits.size() || digits.size() > 3 || value > 255 ||
            last != (part == 3)) {
            return std::nullopt;
        }
        address = address << 8U | value;
        text.remove_prefix(std::min(text.size(), digits.size() + 1));
    }
    return address;
}

std::optional<std::uint32_t> reversed_address(std::string_view name) {
    constexpr std::string_view tail = ".in-addr.arpa";
    if (name.size() < tail.size() || name.substr(name.size() - tail.size()) != tail) {
        return std::nullopt;
    }
    const std::optional<std::uint32_t> turned = parse_address(name.substr(0, name.size() - tail.size()));
    if (!turned) {
        return std::nullopt;
    }
    const std::uint32_t bits = *turned;
    return (bits & 0xFFU) << 24U | (bits >> 8U & 0xFFU) << 16U | (bits >> 16U & 0xFFU) << 8U | bits >> 24U;
}

std::string with_id(std::string bytes, std::uint16_t id) {
    if (bytes.size() >= 2) {
        bytes[0] = static_cast<char>(id >> 8U);
        bytes[1] = static_cast<char>(id & 0xFFU);
    }
    return bytes;
}

}  // namespace cutaway::dns
