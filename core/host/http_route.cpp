// SPDX-License-Identifier: Apache-2.0
#include "core/host/http_route.h"

#include <arpa/inet.h>

#include <algorithm>
#include <array>
#include <charconv>
#include <cstdlib>
#include <optional>

namespace cutaway::host {

namespace {

using Bytes = std::array<unsigned char, 16>;

struct Address {
    Bytes bytes{};
    unsigned bits = 0;  // 32 or 128
};

std::optional<Address> to_address(const std::string& text) {
    Address address;
    if (::inet_pton(AF_INET, text.c_str(), address.bytes.data()) == 1) {
        address.bits = 32;
        return address;
    }
    if (::inet_pton(AF_INET6, text.c_str(), address.bytes.data()) == 1) {
        address.bits = 128;
        return address;
    }
    return std::nullopt;
}

struct Server {
    std::string host;  // lower case, an IPv6 address without its brackets
    std::string port;
    std::optional<Address> address;
};

std::string lower(std::string_view text) {
    std::string out(text);
    std::transform(out.begin(), out.end(), out.begin(),
                   [](char c) { return c >= 'A' && c <= 'Z' ? static_cast<char>(c - 'A' + 'a') : c; });
    return out;
}

// "name", "name:80", "[::1]:80", "::1"
Server to_server(std::string_view authority, std::string_view port) {
    Server server{{}, std::string(port), {}};
    const std::size_t colon = authority.rfind(':');
    const bool bracketed = authority.starts_with('[');
    const std::size_t bracket = bracketed ? authority.find(']') : std::string_view::npos;
    const bool one_colon = colon != std::string_view::npos && authority.find(':') == colon;
    if (bracketed && bracket != std::string_view::npos) {
        server.host = lower(authority.substr(1, bracket - 1));
        server.port = colon > bracket ? std::string(authority.substr(colon + 1)) : server.port;
    } else if (one_colon) {
        server.host = lower(authority.substr(0, colon));
        server.port = std::string(authority.substr(colon + 1));
    } else {
        server.host = lower(authority);
    }
    server.address = to_address(server.host);
    return server;
}

bool is_this_machine(const Server& server) {
    if (server.address && server.address->bits == 32) {
        return server.address->bytes[0] == 127;
    }
    return server.host == "localhost" || server.host == "::1";
}

bool in_network(const Server& server, const std::string& text) {
    const std::size_t slash = text.find('/');
    const std::optional<Address> network = to_address(text.substr(0, slash));
    unsigned bits = 0;
    const auto [end, error] = std::from_chars(text.data() + slash + 1, text.data() + text.size(), bits);
    if (!network || !server.address || error != std::errc() || end != text.data() + text.size() ||
        network->bits != server.address->bits || bits > network->bits) {
        return false;
    }
    for (unsigned i = 0; i < bits; ++i) {
        const unsigned mask = 0x80U >> (i % 8);
        if ((network->bytes.at(i / 8) & mask) != (server.address->bytes.at(i / 8) & mask)) {
            return false;
        }
    }
    return true;
}

// One entry of NO_PROXY: "*", an address, a network, "example.org" (and below), ".example.org" (below only), ":port".
bool spares(std::string_view entry, const Server& server) {
    if (entry == "*") {
        return true;
    }
    if (entry.find('/') != std::string_view::npos) {
        return in_network(server, std::string(entry));
    }
    Server named = to_server(entry, "");
    if (!named.port.empty() && named.port != server.port) {
        return false;
    }
    if (named.host.starts_with("*.")) {
        named.host.erase(0, 1);
    }
    if (named.host.empty()) {
        return false;
    }
    if (named.address || server.address) {
        return named.host == server.host;
    }
    const std::string below = named.host.starts_with('.') ? named.host : "." + named.host;
    return server.host == named.host || server.host.ends_with(below);
}

bool spared(std::string_view list, const Server& server) {
    while (!list.empty()) {
        const std::size_t comma = std::min(list.find(','), list.size());
        std::string_view entry = list.substr(0, comma);
        list.remove_prefix(std::min(comma + 1, list.size()));
        const std::size_t begin = std::min(entry.find_first_not_of(" \t"), entry.size());
        entry = entry.substr(begin, entry.find_last_not_of(" \t") + 1 - begin);
        if (!entry.empty() && spares(entry, server)) {
            return true;
        }
    }
    return false;
}

std::string either(const Environment& environment, const char* upper, const char* lower_case) {
    const std::string first = environment(upper);
    return first.empty() ? environment(lower_case) : first;
}

}  // namespace

std::string authority_of(std::string_view url) {
    const std::size_t scheme = url.find("://");
    url.remove_prefix(scheme == std::string_view::npos ? 0 : scheme + 3);
    return std::string(url.substr(0, url.find_first_of("/?#")));
}

std::string proxy_for(std::string_view url, const Environment& environment) {
    const bool tls = url.starts_with("https:");
    const Server server = to_server(authority_of(url), tls ? "443" : "80");
    std::string proxy =
        tls ? either(environment, "HTTPS_PROXY", "https_proxy")
            : either(environment, environment("REQUEST_METHOD").empty() ? "HTTP_PROXY" : "http_proxy", "http_proxy");
    if (proxy.empty() || is_this_machine(server) || spared(either(environment, "NO_PROXY", "no_proxy"), server)) {
        return {};
    }
    return proxy.find("://") == std::string::npos ? "http://" + proxy : proxy;
}

std::string without_password(std::string_view proxy) {
    const std::size_t scheme = proxy.find("://");
    const std::size_t begin = scheme == std::string_view::npos ? 0 : scheme + 3;
    const std::string authority = authority_of(proxy);
    const std::size_t at = authority.rfind('@');
    return std::string(proxy.substr(0, begin)) + authority.substr(at == std::string::npos ? 0 : at + 1);
}

Result<HttpRoute> route_to(std::string_view url, const HttpWays& ways) {
    HttpRoute route;
    route.patience_ms = ways.patience_ms;
    if (ways.tls && url.starts_with("https:")) {
        route.tls = TRY(ways.tls(authority_of(url)));
    }
    route.proxy = proxy_for(url, [](const char* name) {
        const char* value = std::getenv(name);
        return std::string(value == nullptr ? "" : value);
    });
    return route;
}

}  // namespace cutaway::host
