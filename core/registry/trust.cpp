// SPDX-License-Identifier: Apache-2.0
#include "core/registry/trust.h"

#include <algorithm>
#include <charconv>

#include <nlohmann/json.hpp>

#include "core/registry/url.h"

namespace cutaway::registry {

namespace {

struct Network {
    std::uint32_t address = 0;
    std::uint32_t mask = 0;
};

std::uint32_t to_number(const Ipv4& address) {
    std::uint32_t number = 0;
    for (const std::uint8_t part : address) {
        number = (number << 8U) | part;
    }
    return number;
}

std::optional<Network> to_network(std::string_view text) {
    const std::size_t slash = text.find('/');
    const std::optional<Ipv4> address = to_ipv4(text.substr(0, slash));
    if (slash == std::string_view::npos || !address) {
        return std::nullopt;
    }
    const std::string_view bits = text.substr(slash + 1);
    unsigned count = 0;
    const auto [end, error] = std::from_chars(bits.data(), bits.data() + bits.size(), count);
    if (error != std::errc() || end != bits.data() + bits.size() || count > 32) {
        return std::nullopt;
    }
    const std::uint32_t mask = count == 0 ? 0 : 0xFFFFFFFFU << (32 - count);
    return Network{to_number(*address) & mask, mask};
}

bool matches(std::string_view entry, std::string_view host) {
    if (entry == host) {
        return true;
    }
    const std::optional<Network> network = to_network(entry);
    const std::optional<Ipv4> address = to_ipv4(host.substr(0, host.find(':')));
    return network && address && (to_number(*address) & network->mask) == network->address;
}

}  // namespace

Result<std::vector<std::string>> insecure_registries(std::string_view daemon_json) {
    const nlohmann::json json = nlohmann::json::parse(daemon_json, nullptr, false);
    if (!json.is_object()) {
        return fail(Errc::invalid, "the file is no JSON object");
    }
    std::vector<std::string> found;
    const auto list = json.find("insecure-registries");
    if (list == json.end()) {
        return found;
    }
    for (const auto& entry : *list) {
        if (!list->is_array() || !entry.is_string()) {
            return fail(Errc::invalid, "insecure-registries is a list of names");
        }
        const auto text = entry.get<std::string>();
        const bool network = text.find('/') != std::string::npos;
        if (text.empty() || (network && !to_network(text))) {
            return fail(Errc::invalid, "insecure-registries has \"" + text.substr(0, 80) +
                                           "\", which is neither host, host:port nor an IPv4 network");
        }
        found.push_back(text);
    }
    return found;
}

bool is_insecure(const Trust& trust, std::string_view host) {
    return std::any_of(trust.insecure.begin(), trust.insecure.end(),
                       [&](const std::string& entry) { return matches(entry, host); });
}

bool is_certified(const Trust& trust, std::string_view host) {
    return std::find(trust.certified.begin(), trust.certified.end(), host) != trust.certified.end();
}

}  // namespace cutaway::registry
