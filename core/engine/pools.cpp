// SPDX-License-Identifier: Apache-2.0
#include "core/engine/pools.h"

#include <algorithm>
#include <charconv>
#include <optional>

#include "core/network/network.h"

namespace cutaway::engine {

namespace {

std::string_view next_word(std::string_view& line) {
    const std::size_t begin = std::min(line.find_first_not_of(" \t"), line.size());
    const std::size_t end = std::min(line.find_first_of(" \t", begin), line.size());
    const std::string_view word = line.substr(begin, end - begin);
    line.remove_prefix(end);
    return word;
}

// The kernel writes an address as the number that it is in memory: "000011AC" is 172.17.0.0 on a little-endian machine.
std::optional<std::uint32_t> hex_address(std::string_view word) {
    std::uint32_t raw = 0;
    const auto got = std::from_chars(word.data(), word.data() + word.size(), raw, 16);
    if (word.size() != 8 || got.ptr != word.data() + word.size()) {
        return std::nullopt;
    }
    return raw << 24U | (raw & 0xFF00U) << 8U | (raw >> 8U & 0xFF00U) | raw >> 24U;
}

}  // namespace

bool Routes::meet(std::string_view subnet) const {
    const std::optional<network::Subnet> wanted = network::parse_subnet(subnet);
    return wanted && std::any_of(list_.begin(), list_.end(), [&](const Route& route) {
               const std::uint32_t common = route.mask & wanted->mask;  // the wider of the two
               return (route.base & common) == (wanted->base & common);
           });
}

// "Iface Destination Gateway Flags RefCnt Use Metric Mask …", the first line being these words.
Routes parse_routes(std::string_view proc_net_route) {
    std::vector<Routes::Route> list;
    while (!proc_net_route.empty()) {
        const std::size_t end = std::min(proc_net_route.find('\n'), proc_net_route.size());
        std::string_view line = proc_net_route.substr(0, end);
        proc_net_route.remove_prefix(std::min(end + 1, proc_net_route.size()));
        const std::string_view link = next_word(line);
        const std::optional<std::uint32_t> base = hex_address(next_word(line));
        for (int skipped = 0; skipped < 5; ++skipped) {
            static_cast<void>(next_word(line));
        }
        const std::optional<std::uint32_t> mask = hex_address(next_word(line));
        if (base && mask && *mask != 0) {
            list.push_back({std::string(link), *base, *mask});
        }
    }
    return Routes(std::move(list));
}

Routes read_routes(world::Disk& disk) { return parse_routes(disk.read("/proc/net/route").value_or("")); }

std::vector<std::string> address_pools() {
    std::vector<std::string> pools;
    for (int second = 17; second <= 31; ++second) {
        pools.push_back("172." + std::to_string(second) + ".0.0/16");
    }
    for (int third = 0; third < 256; third += 16) {
        pools.push_back("192.168." + std::to_string(third) + ".0/20");
    }
    return pools;
}

}  // namespace cutaway::engine
