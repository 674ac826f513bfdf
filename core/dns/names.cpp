// SPDX-License-Identifier: Apache-2.0
#include "core/dns/names.h"

#include <algorithm>

#include "core/dns/message.h"

namespace cutaway::dns {

namespace {

std::vector<std::string_view> words_of(std::string_view line) {
    std::vector<std::string_view> words;
    while (!line.empty()) {
        const std::size_t end = std::min(line.find(' '), line.size());
        if (end > 0) {
            words.push_back(line.substr(0, end));
        }
        line.remove_prefix(std::min(end + 1, line.size()));
    }
    return words;
}

// Names are compared as RFC 4343 has it: letters without their case.
bool same(std::string_view a, std::string_view b) {
    const auto low = [](char c) { return c >= 'A' && c <= 'Z' ? static_cast<char>(c - 'A' + 'a') : c; };
    return a.size() == b.size() &&
           std::equal(a.begin(), a.end(), b.begin(), [&](char x, char y) { return low(x) == low(y); });
}

bool knows(const Names& network, std::string_view asker) {
    return std::any_of(network.members.begin(), network.members.end(),
                       [&](const Named& one) { return one.container == asker; });
}

// "db.net" on the network "net" is "db".
std::string_view local_part(const Names& network, std::string_view name) {
    const std::size_t tail = network.network.size();
    const bool named = tail > 0 && name.size() > tail + 1 && name[name.size() - tail - 1] == '.' &&
                       same(name.substr(name.size() - tail), network.network);
    return named ? name.substr(0, name.size() - tail - 1) : std::string_view();
}

void collect(const Names& network, std::string_view name, std::vector<std::uint32_t>& found) {
    for (const Named& one : network.members) {
        const bool called =
            std::any_of(one.names.begin(), one.names.end(), [&](const std::string& own) { return same(own, name); });
        if (called && std::find(found.begin(), found.end(), one.address) == found.end()) {
            found.push_back(one.address);
        }
    }
}

}  // namespace

Names parse_names(std::string_view text, const Lives& lives) {
    Names names;
    while (!text.empty()) {
        const std::size_t end = std::min(text.find('\n'), text.size());
        const std::vector<std::string_view> words = words_of(text.substr(0, end));
        text.remove_prefix(std::min(end + 1, text.size()));
        if (words.size() == 2 && words[0] == "network") {
            names.network = words[1];
            continue;
        }
        const std::optional<std::uint32_t> address = words.size() > 2 ? parse_address(words[1]) : std::nullopt;
        if (!address || !lives(std::string(words[0]))) {
            continue;
        }
        Named one{std::string(words[0]), *address, {}};
        one.names.assign(words.begin() + 2, words.end());
        names.members.push_back(std::move(one));
    }
    return names;
}

std::vector<std::uint32_t> addresses_of(const std::vector<Names>& networks, std::string_view asker,
                                        std::string_view name) {
    std::vector<std::uint32_t> found;
    for (const Names& network : networks) {
        if (!knows(network, asker)) {
            continue;
        }
        collect(network, name, found);
        if (const std::string_view local = local_part(network, name); !local.empty()) {
            collect(network, local, found);
        }
    }
    return found;
}

std::optional<std::string> name_of(const std::vector<Names>& networks, std::string_view asker, std::uint32_t address) {
    for (const Names& network : networks) {
        for (const Named& one : network.members) {
            if (one.address == address && !one.names.empty() && knows(network, asker)) {
                return network.network.empty() ? one.names.front() : one.names.front() + "." + network.network;
            }
        }
    }
    return std::nullopt;
}

}  // namespace cutaway::dns
