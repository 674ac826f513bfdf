// SPDX-License-Identifier: Apache-2.0
#include "core/base/json.h"

#include <array>
#include <charconv>
#include <cstring>

namespace cutaway::json {

namespace {

constexpr std::string_view hex_digits = "0123456789abcdef";

// The length of the well-formed UTF-8 sequence at `at`, or 0 (RFC 3629, no surrogates, no overlong forms).
std::size_t utf8_length(std::string_view text, std::size_t at) {
    const auto byte = [&](std::size_t i) { return i < text.size() ? static_cast<unsigned char>(text[i]) : 0U; };
    const auto tail = [&](std::size_t i) { return (byte(i) & 0xC0U) == 0x80U; };
    const unsigned first = byte(at);
    if (first < 0x80) {
        return 1;
    }
    if (first >= 0xC2 && first <= 0xDF) {
        return tail(at + 1) ? 2 : 0;
    }
    if (first >= 0xE0 && first <= 0xEF) {
        const unsigned second = byte(at + 1);
        const bool fits = !(first == 0xE0 && second < 0xA0) && !(first == 0xED && second > 0x9F);
        return fits && tail(at + 1) && tail(at + 2) ? 3 : 0;
    }
    if (first >= 0xF0 && first <= 0xF4) {
        const unsigned second = byte(at + 1);
        const bool fits = !(first == 0xF0 && second < 0x90) && !(first == 0xF4 && second > 0x8F);
        return fits && tail(at + 1) && tail(at + 2) && tail(at + 3) ? 4 : 0;
    }
    return 0;
}

void append_escape(std::string& out, unsigned code) {
    out += "\\u";
    for (int shift = 12; shift >= 0; shift -= 4) {
        out.push_back(hex_digits[(code >> static_cast<unsigned>(shift)) & 15U]);
    }
}

void append_control(std::string& out, char c) {
    switch (c) {
        case '"': out += "\\\""; break;
        case '\\': out += "\\\\"; break;
        case '\n': out += "\\n"; break;
        case '\t': out += "\\t"; break;
        case '\r': out += "\\r"; break;
        default: append_escape(out, static_cast<unsigned char>(c));
    }
}

bool plain(char c) {
    const auto u = static_cast<unsigned char>(c);
    return u >= 0x20 && u < 0x7F && c != '"' && c != '\\';
}

void append_utf8(std::string& out, std::uint32_t code) {
    const auto push = [&](std::uint32_t byte) { out.push_back(static_cast<char>(byte)); };
    if (code < 0x80) {
        push(code);
    } else if (code < 0x800) {
        push(0xC0U | (code >> 6U));
        push(0x80U | (code & 63U));
    } else if (code < 0x10000) {
        push(0xE0U | (code >> 12U));
        push(0x80U | ((code >> 6U) & 63U));
        push(0x80U | (code & 63U));
    } else {
        push(0xF0U | (code >> 18U));
        push(0x80U | ((code >> 12U) & 63U));
        push(0x80U | ((code >> 6U) & 63U));
        push(0x80U | (code & 63U));
    }
}

// Where the first quote, backslash or control character is. Eight at a time: most of what is read is text. A byte of the
// word below `n` is what borrows in the subtraction (Warren, Hacker's Delight, 6-1).
std::size_t end_of_plain(std::string_view text, std::size_t at) {
    constexpr std::uint64_t ones = 0x0101010101010101U;
    constexpr std::uint64_t tops = ones << 7U;
    for (std::uint64_t word = 0; at + sizeof word <= text.size(); at += sizeof word) {
        std::memcpy(&word, text.data() + at, sizeof word);
        const std::uint64_t quote = word ^ (ones * '"');
        const std::uint64_t slash = word ^ (ones * '\\');
        if ((((quote - ones) & ~quote) | ((slash - ones) & ~slash) | ((word - ones * 0x20U) & ~word)) & tops) {
            break;
        }
    }
    while (at < text.size() && text[at] != '"' && text[at] != '\\' && static_cast<unsigned char>(text[at]) >= 0x20) {
        ++at;
    }
    return at;
}

bool read_hex4(std::string_view text, std::size_t at, std::uint32_t& code) {
    if (at + 4 > text.size()) {
        return false;
    }
    const auto* begin = text.data() + at;
    const auto got = std::from_chars(begin, begin + 4, code, 16);
    return got.ec == std::errc{} && got.ptr == begin + 4;
}

}  // namespace

void append_string(std::string& out, std::string_view text) {
    out.push_back('"');
    std::size_t at = 0;
    while (at < text.size()) {
        const std::size_t start = at;
        while (at < text.size() && plain(text[at])) {
            ++at;
        }
        out.append(text.substr(start, at - start));
        if (at == text.size()) {
            break;
        }
        const auto byte = static_cast<unsigned char>(text[at]);
        if (byte < 0x80) {
            append_control(out, text[at]);
            ++at;
        } else if (const std::size_t length = utf8_length(text, at); length > 0) {
            out.append(text.substr(at, length));
            at += length;
        } else {
            append_escape(out, 0xDC00U + byte);
            ++at;
        }
    }
    out.push_back('"');
}

void append_int(std::string& out, std::int64_t value) {
    std::array<char, 24> text{};
    const auto end = std::to_chars(text.data(), text.data() + text.size(), value);
    out.append(text.data(), end.ptr);
}

void append_uint(std::string& out, std::uint64_t value) {
    std::array<char, 24> text{};
    const auto end = std::to_chars(text.data(), text.data() + text.size(), value);
    out.append(text.data(), end.ptr);
}

bool Reader::die() {
    ok_ = false;
    return false;
}

void Reader::space() {
    std::size_t at = at_;
    while (at < text_.size() && (text_[at] == ' ' || text_[at] == '\n' || text_[at] == '\t' || text_[at] == '\r')) {
        ++at;
    }
    at_ = at;
}

bool Reader::take(char c) {
    space();
    if (!ok_ || at_ >= text_.size() || text_[at_] != c) {
        return false;
    }
    ++at_;
    return true;
}

bool Reader::begin_object() {
    fresh_ = take('{');
    return fresh_ || die();
}

bool Reader::begin_array() {
    fresh_ = take('[');
    return fresh_ || die();
}

bool Reader::next_key(std::string_view& key) {
    if (!ok_ || take('}')) {
        fresh_ = false;
        return false;
    }
    if (!fresh_ && !take(',')) {
        return die();
    }
    fresh_ = false;
    if (!take('"')) {
        return die();
    }
    const std::size_t start = at_;
    while (at_ < text_.size() && text_[at_] != '"') {
        if (text_[at_] == '\\') {
            return die();
        }
        ++at_;
    }
    if (at_ >= text_.size()) {
        return die();
    }
    key = text_.substr(start, at_ - start);
    ++at_;
    return take(':') || die();
}

bool Reader::next_item() {
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

bool Reader::string_body(std::string* value) {
    while (at_ < text_.size()) {
        const std::size_t start = at_;
        at_ = end_of_plain(text_, at_);
        if (value != nullptr) {
            value->append(text_.substr(start, at_ - start));
        }
        if (at_ >= text_.size() || static_cast<unsigned char>(text_[at_]) < 0x20) {
            return die();
        }
        if (text_[at_++] == '"') {
            return true;
        }
        if (at_ >= text_.size()) {
            return die();
        }
        constexpr std::string_view from = "\"\\/bfnrt";
        constexpr std::string_view to = "\"\\/\b\f\n\r\t";
        const char c = text_[at_++];
        if (const auto simple = from.find(c); simple != std::string_view::npos) {
            if (value != nullptr) {
                value->push_back(to[simple]);
            }
            continue;
        }
        std::uint32_t code = 0;
        if (c != 'u' || !read_hex4(text_, at_, code)) {
            return die();
        }
        at_ += 4;
        std::uint32_t low = 0;
        const bool pair = code >= 0xD800 && code < 0xDC00 && at_ + 6 <= text_.size() && text_[at_] == '\\' &&
                          text_[at_ + 1] == 'u' && read_hex4(text_, at_ + 2, low) && low >= 0xDC00 && low < 0xE000;
        if (pair) {
            at_ += 6;
            code = 0x10000U + ((code - 0xD800U) << 10U) + (low - 0xDC00U);
        }
        if (value == nullptr) {
            continue;
        }
        if (code >= 0xDC80 && code <= 0xDCFF) {
            value->push_back(static_cast<char>(code - 0xDC00U));  // a byte that was no UTF-8
        } else {
            append_utf8(*value, code >= 0xD800 && code < 0xE000 ? 0xFFFDU : code);
        }
    }
    return die();
}

bool Reader::read_string(std::string& value) {
    value.clear();
    return take('"') ? string_body(&value) : die();
}

bool Reader::read_int(std::int64_t& value) {
    space();
    const auto got = std::from_chars(text_.data() + at_, text_.data() + text_.size(), value);
    if (!ok_ || got.ec != std::errc{}) {
        return die();
    }
    at_ = static_cast<std::size_t>(got.ptr - text_.data());
    return true;
}

bool Reader::read_uint(std::uint64_t& value) {
    space();
    const auto got = std::from_chars(text_.data() + at_, text_.data() + text_.size(), value);
    if (!ok_ || got.ec != std::errc{}) {
        return die();
    }
    at_ = static_cast<std::size_t>(got.ptr - text_.data());
    return true;
}

bool Reader::read_double(double& value) {
    space();
    const auto got = std::from_chars(text_.data() + at_, text_.data() + text_.size(), value);
    if (!ok_ || got.ec != std::errc{}) {
        return die();
    }
    at_ = static_cast<std::size_t>(got.ptr - text_.data());
    return true;
}

bool Reader::read_bool(bool& value) {
    space();
    for (const auto& [word, meaning] :
         {std::pair{std::string_view("true"), true}, {std::string_view("false"), false}}) {
        if (ok_ && text_.substr(at_, word.size()) == word) {
            at_ += word.size();
            value = meaning;
            return true;
        }
    }
    return die();
}

bool Reader::read_null() {
    space();
    if (!ok_ || text_.substr(at_, 4) != "null") {
        return false;
    }
    at_ += 4;
    return true;
}

bool Reader::skip() { return skip_at(0); }

bool Reader::skip_at(int depth) {
    space();
    if (!ok_ || at_ >= text_.size() || depth > max_depth) {
        return die();
    }
    const char c = text_[at_];
    if (c == '"') {
        ++at_;
        return string_body(nullptr);
    }
    if (c == '{' || c == '[') {
        std::string_view key;
        const bool object = c == '{';
        if (!(object ? begin_object() : begin_array())) {
            return false;
        }
        while (object ? next_key(key) : next_item()) {
            if (!skip_at(depth + 1)) {
                return false;
            }
        }
        return ok_;
    }
    bool flag = false;
    double number = 0;
    if (c == 't' || c == 'f') {
        return read_bool(flag);
    }
    return c == 'n' ? read_null() || die() : read_double(number);
}

bool Reader::raw(std::string_view& value) {
    space();
    const std::size_t start = at_;
    if (!skip()) {
        return false;
    }
    value = text_.substr(start, at_ - start);
    return true;
}

char Reader::peek() {
    space();
    return ok_ && at_ < text_.size() ? text_[at_] : '\0';
}

bool Reader::at_end() {
    space();
    return ok_ && at_ == text_.size();
}

}  // namespace cutaway::json
