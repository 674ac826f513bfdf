// SPDX-License-Identifier: Apache-2.0
#include "core/registry/url.h"

#include <algorithm>
#include <array>
#include <charconv>
#include <optional>
#include <vector>

namespace cutaway::registry {

namespace {

constexpr std::size_t max_url = 8192;
constexpr auto npos = std::string_view::npos;

bool is_digit(char c) { return c >= '0' && c <= '9'; }
bool is_letter(char c) { return (c >= 'a' && c <= 'z') || (c >= 'A' && c <= 'Z'); }
bool is_hex_digit(char c) { return is_digit(c) || (c >= 'a' && c <= 'f') || (c >= 'A' && c <= 'F'); }

std::string lower(std::string_view text) {
    std::string out(text);
    for (char& c : out) {
        c = c >= 'A' && c <= 'Z' ? static_cast<char>(c - 'A' + 'a') : c;
    }
    return out;
}

template <class Number>
std::optional<Number> to_number(std::string_view text, int base = 10) {
    Number value{};
    const auto [end, error] = std::from_chars(text.data(), text.data() + text.size(), value, base);
    const bool whole = error == std::errc() && end == text.data() + text.size() && !text.empty();
    return whole ? std::optional<Number>(value) : std::nullopt;
}

using Address6 = std::array<std::uint16_t, 8>;

// One side of "::": groups of four digits; an IPv4 tail makes two.
bool to_groups(std::string_view text, std::vector<std::uint16_t>& out) {
    while (!text.empty()) {
        const std::size_t colon = std::min(text.find(':'), text.size());
        const std::string_view group = text.substr(0, colon);
        const bool last = colon == text.size();
        if (last && group.find('.') != npos) {
            const auto tail = to_ipv4(group);
            if (!tail.has_value()) {
                return false;
            }
            out.push_back(static_cast<std::uint16_t>(((*tail)[0] << 8) | (*tail)[1]));
            out.push_back(static_cast<std::uint16_t>(((*tail)[2] << 8) | (*tail)[3]));
            return true;
        }
        const auto number = to_number<std::uint16_t>(group, 16);
        if (!number.has_value() || group.size() > 4 || (!last && colon + 1 == text.size())) {
            return false;
        }
        out.push_back(*number);
        text.remove_prefix(last ? colon : colon + 1);
    }
    return true;
}

std::optional<Address6> to_ipv6(std::string_view text) {
    const std::size_t gap = text.find("::");
    std::vector<std::uint16_t> head;
    std::vector<std::uint16_t> tail;
    if (!to_groups(text.substr(0, gap), head) || (gap != npos && !to_groups(text.substr(gap + 2), tail))) {
        return std::nullopt;
    }
    const std::size_t given = head.size() + tail.size();
    if (gap == npos ? given != 8 : given > 7) {
        return std::nullopt;
    }
    Address6 address{};
    std::copy(head.begin(), head.end(), address.begin());
    std::copy(tail.rbegin(), tail.rend(), address.rbegin());
    return address;
}

Reach reach_of_ipv4(const Ipv4& a) {
    if (a[0] == 127 || a[0] == 0) {
        return Reach::loopback;
    }
    const bool inside = a[0] == 10 || (a[0] == 172 && (a[1] & 0xF0) == 16) || (a[0] == 192 && a[1] == 168) ||
                        (a[0] == 169 && a[1] == 254) || (a[0] == 100 && (a[1] & 0xC0) == 64) || a[0] >= 224;
    return inside ? Reach::inside : Reach::outside;
}

Reach reach_of_ipv6(const Address6& a) {
    const bool upper_zero = std::all_of(a.begin(), a.begin() + 5, [](std::uint16_t group) { return group == 0; });
    const bool mapped = upper_zero && (a[5] == 0xFFFF || a[5] == 0);
    const bool translated = a[0] == 0x64 && a[1] == 0xFF9B;  // RFC 6052
    if (upper_zero && a[5] == 0 && a[6] == 0 && a[7] <= 1) {
        return Reach::loopback;  // :: and ::1
    }
    if (mapped || translated) {
        const auto high = [](std::uint16_t group) { return static_cast<std::uint8_t>(group >> 8U); };
        const auto low = [](std::uint16_t group) { return static_cast<std::uint8_t>(group & 0xFFU); };
        return reach_of_ipv4({high(a[6]), low(a[6]), high(a[7]), low(a[7])});
    }
    const bool inside = (a[0] & 0xFE00) == 0xFC00 || (a[0] & 0xFFC0) == 0xFE80 || (a[0] & 0xFF00) == 0xFF00;
    return inside ? Reach::inside : Reach::outside;
}

std::string_view without_dot(std::string_view host) {
    return !host.empty() && host.back() == '.' ? host.substr(0, host.size() - 1) : host;
}

// WHATWG URL, "ends in a number": then every resolver may take it for an address, so it must be a plain one.
bool ends_in_number(std::string_view host) {
    host = without_dot(host);
    const std::size_t dot = host.rfind('.');
    const std::string_view last = dot == npos ? host : host.substr(dot + 1);
    const bool decimal = !last.empty() && std::all_of(last.begin(), last.end(), is_digit);
    const bool hex = last.size() >= 2 && last[0] == '0' && (last[1] == 'x' || last[1] == 'X') &&
                     std::all_of(last.begin() + 2, last.end(), is_hex_digit);
    return decimal || hex;
}

bool is_host(std::string_view host) {
    if (host.size() > 2 && host.front() == '[' && host.back() == ']') {
        return to_ipv6(host.substr(1, host.size() - 2)).has_value();
    }
    const auto allowed = [](char c) { return is_letter(c) || is_digit(c) || c == '-' || c == '.' || c == '_'; };
    if (host.empty() || host.size() > 255 || host.front() == '.' || host.find("..") != npos ||
        !std::all_of(host.begin(), host.end(), allowed)) {
        return false;
    }
    return !ends_in_number(host) || to_ipv4(host).has_value();
}

bool is_printable(std::string_view text) {
    return std::all_of(text.begin(), text.end(), [](char c) { return c > ' ' && c < 0x7F && c != '\\' && c != '"'; });
}

std::uint16_t default_port(std::string_view scheme) { return scheme == "https" ? 443 : 80; }

Error malformed(std::string_view why) { return fail(Errc::invalid, "the address " + std::string(why)); }

// "." and ".." as RFC 3986 section 5.2.4 removes them, on the path alone.
std::string without_dots(std::string_view path) {
    std::vector<std::string_view> kept;
    bool directory = false;
    path.remove_prefix(std::min<std::size_t>(path.size(), 1));
    for (bool more = true; more;) {
        const std::size_t slash = path.find('/');
        const std::string_view part = path.substr(0, slash);
        more = slash != npos;
        directory = part == "." || part == "..";
        if (part == ".." && !kept.empty()) {
            kept.pop_back();
        } else if (!directory) {
            kept.push_back(part);
        }
        path.remove_prefix(more ? slash + 1 : path.size());
    }
    std::string out;
    for (const std::string_view part : kept) {
        out += "/" + std::string(part);
    }
    return directory || out.empty() ? out + "/" : out;
}

}  // namespace

Result<Url> parse_url(std::string_view text) {
    if (text.size() > max_url) {
        return malformed("is longer than 8 KiB");
    }
    if (!is_printable(text)) {
        return malformed("holds a character that no address has");
    }
    text = text.substr(0, text.find('#'));
    const std::size_t mark = text.find("://");
    Url url;
    url.scheme = lower(text.substr(0, mark == npos ? 0 : mark));
    if (url.scheme != "http" && url.scheme != "https") {
        return malformed("is neither http nor https");
    }
    text.remove_prefix(mark + 3);
    const std::size_t path = std::min(text.find_first_of("/?"), text.size());
    std::string_view authority = text.substr(0, path);
    url.target = std::string(text.substr(path));
    if (url.target.empty() || url.target.front() != '/') {
        url.target.insert(0, "/");
    }
    if (authority.find('@') != npos) {
        return malformed("names a user");
    }
    const std::size_t bracket = authority.rfind(']');
    const std::size_t colon = authority.find(':', bracket == npos ? 0 : bracket);
    url.host = lower(authority.substr(0, colon));
    if (!is_host(url.host)) {
        return malformed("has no plain host name");
    }
    const auto port =
        colon == npos ? std::optional(default_port(url.scheme)) : to_number<std::uint16_t>(authority.substr(colon + 1));
    if (!port.has_value() || *port == 0) {
        return malformed("has no valid port");
    }
    url.port = *port;
    return url;
}

std::string to_text(const Url& url) {
    const std::string port = url.port == default_port(url.scheme) ? "" : ":" + std::to_string(url.port);
    return url.scheme + "://" + url.host + port + url.target;
}

Result<Url> resolve_location(const Url& base, std::string_view location) {
    if (location.empty()) {
        return malformed("is empty");
    }
    const std::size_t end = std::min(location.find_first_of("/?#"), location.size());
    if (location.substr(0, end).find(':') != npos) {
        return parse_url(location);
    }
    if (location.substr(0, 2) == "//") {
        return parse_url(base.scheme + ":" + std::string(location));
    }
    const std::string_view base_path = std::string_view(base.target).substr(0, base.target.find('?'));
    std::string target(location);
    if (location.front() == '?') {
        target = std::string(base_path) + target;
    } else if (location.front() != '/') {
        target = std::string(base_path.substr(0, base_path.rfind('/') + 1)) + target;
    }
    target = target.substr(0, target.find('#'));
    const std::size_t query = std::min(target.find('?'), target.size());
    Url origin = base;
    origin.target = without_dots(std::string_view(target).substr(0, query)) + target.substr(query);
    return parse_url(to_text(origin));
}

std::optional<Ipv4> to_ipv4(std::string_view text) {
    Ipv4 address{};
    for (std::size_t i = 0; i < 4; ++i) {
        const std::size_t dot = i < 3 ? text.find('.') : text.size();
        if (dot == npos) {
            return std::nullopt;
        }
        const std::string_view part = text.substr(0, dot);
        const auto number = to_number<std::uint8_t>(part);
        if (!number.has_value() || (part.size() > 1 && part.front() == '0')) {
            return std::nullopt;
        }
        address[i] = *number;
        text.remove_prefix(i < 3 ? dot + 1 : dot);
    }
    return address;
}

bool same_origin(const Url& a, const Url& b) { return a.scheme == b.scheme && a.host == b.host && a.port == b.port; }

Reach reach_of(std::string_view given) {
    const std::string host = lower(without_dot(given));
    const std::string_view text = host;
    if (text.size() > 2 && text.front() == '[' && text.back() == ']') {
        const auto address = to_ipv6(text.substr(1, text.size() - 2));
        return address.has_value() ? reach_of_ipv6(*address) : Reach::inside;
    }
    if (const auto address = to_ipv4(text)) {
        return reach_of_ipv4(*address);
    }
    constexpr std::string_view local = ".localhost";
    const bool below_local = text.size() > local.size() && text.substr(text.size() - local.size()) == local;
    return text == "localhost" || below_local ? Reach::loopback : Reach::outside;
}

std::string percent_encoded(std::string_view text) {
    constexpr std::string_view digits = "0123456789ABCDEF";
    std::string out;
    for (const char c : text) {
        if (is_letter(c) || is_digit(c) || c == '-' || c == '.' || c == '_' || c == '~') {
            out.push_back(c);
        } else {
            const auto byte = static_cast<unsigned char>(c);
            out += {'%', digits[byte >> 4U], digits[byte & 0xFU]};
        }
    }
    return out;
}

}  // namespace cutaway::registry
