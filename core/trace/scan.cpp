// SPDX-License-Identifier: Apache-2.0
#include "core/trace/scan.h"

#include <bit>

namespace cutaway::trace {

namespace {

constexpr std::uint64_t each = 0x0101010101010101ULL;
constexpr std::uint64_t high = 0x8080808080808080ULL;

// The high bit of each byte of `word` that is zero; bytes above the first such may be marked too (Hacker's Delight,
// "Find first 0-byte"), which does not matter to whoever looks for the first.
constexpr std::uint64_t zero_bytes(std::uint64_t word) { return (word - each) & ~word & high; }

constexpr bool plain(char c) { return c != '"' && c != '\\' && static_cast<unsigned char>(c) >= 0x20; }

}  // namespace

const char* Scan::plain_end() const {
    static_assert(std::endian::native == std::endian::little, "the first byte must be the lowest");
    const char* at = at_;
    while (end_ - at >= 8) {
        std::uint64_t word = 0;
        std::memcpy(&word, at, sizeof word);
        const std::uint64_t control = (word - each * 0x20) & ~word & high;
        const std::uint64_t found = zero_bytes(word ^ (each * '"')) | zero_bytes(word ^ (each * '\\')) | control;
        if (found != 0) {
            return at + std::countr_zero(found) / 8;
        }
        at += 8;
    }
    while (at != end_ && plain(*at)) {
        ++at;
    }
    return at;
}

bool Scan::word(std::string_view& value) {
    if (!take('"')) {
        return die();
    }
    const char* stop = plain_end();
    if (stop == end_ || *stop != '"') {
        return die();
    }
    value = std::string_view(at_, static_cast<std::size_t>(stop - at_));
    at_ = stop + 1;
    return true;
}

bool Scan::text(std::string& value) {
    if (!take('"')) {
        return die();
    }
    const char* stop = plain_end();
    if (stop == end_) {
        return die();
    }
    if (*stop == '"') {
        value.assign(at_, stop);
        at_ = stop + 1;
        return true;
    }
    json::Reader slow(std::string_view(at_ - 1, static_cast<std::size_t>(end_ - at_ + 1)));
    if (!slow.read_string(value)) {
        return die();
    }
    at_ += slow.position() - 1;
    return true;
}

bool Scan::next_key(std::string_view& key) {
    if (!ok_ || take('}')) {
        fresh_ = false;
        return false;
    }
    if (!fresh_ && !take(',')) {
        return die();
    }
    fresh_ = false;
    return word(key) && (take(':') || die());
}

bool Scan::next_item() {
    if (!ok_ || take(']')) {
        fresh_ = false;
        return false;
    }
    if (!fresh_ && !take(',')) {
        return die();
    }
    fresh_ = false;
    return true;
}

bool Scan::skip() {
    space();
    json::Reader slow(std::string_view(at_, static_cast<std::size_t>(end_ - at_)));
    if (!ok_ || !slow.skip()) {
        return die();
    }
    at_ += slow.position();
    return true;
}

bool Scan::flag(bool& value) {
    space();
    const std::string_view rest(at_, static_cast<std::size_t>(end_ - at_));
    value = rest.substr(0, 4) == "true";
    if (!ok_ || (!value && rest.substr(0, 5) != "false")) {
        return die();
    }
    at_ += value ? 4 : 5;
    return true;
}

}  // namespace cutaway::trace
