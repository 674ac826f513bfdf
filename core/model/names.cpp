// SPDX-License-Identifier: Apache-2.0
// From a name to an address, as a process sees it: its /etc/hosts, then the engine's name server where its
// /etc/resolv.conf names that one.
#include "core/dns/names.h"

#include <algorithm>

#include "core/model/network.h"
#include "core/model/processes.h"

namespace cutaway::model {
namespace {

std::vector<std::string> words_of(std::string_view line) {
    std::vector<std::string> words;
    for (std::size_t at = 0; at < line.size();) {
        const std::size_t stop = std::min(line.find_first_of(" \t", at), line.size());
        if (stop > at) {
            words.emplace_back(line.substr(at, stop - at));
        }
        at = stop + 1;
    }
    return words;
}

std::string hosts_answer(std::string_view text, const std::string& name) {
    while (!text.empty()) {
        const std::size_t end = std::min(text.find('\n'), text.size());
        const std::string_view line = text.substr(0, end);
        text.remove_prefix(std::min(end + 1, text.size()));
        const std::vector<std::string> words = words_of(line.substr(0, line.find('#')));
        if (words.size() > 1 && parse_address(words.front()) &&
            std::find(words.begin() + 1, words.end(), name) != words.end()) {
            return words.front();
        }
    }
    return {};
}

// The engine's name server at 127.0.0.11: it answers for the networks that the asker is plugged into.
std::string embedded_answer(Machine& machine, const std::string& asker, const std::string& name) {
    const View view = host_view(machine);
    const std::string folder = machine.state.profile.run_root + "/networks";
    const Result<Spot> spot = walk(machine, view, folder, true);
    if (!spot) {
        return {};
    }
    const Result<std::vector<world::DirEntry>> files = node_list(machine, node_of(machine, view, *spot));
    if (!files) {
        return {};
    }
    const dns::Lives lives = [&](const std::string& id) {
        return std::any_of(machine.state.processes.begin(), machine.state.processes.end(),
                           [&](const auto& one) { return one.second.container == id; });
    };
    std::vector<dns::Names> networks;
    for (const world::DirEntry& file : *files) {
        const std::string text = file_text(machine, view, join_path(folder, file.name)).value_or("");
        networks.push_back(dns::parse_names(text, lives));
    }
    const std::vector<std::uint32_t> found = dns::addresses_of(networks, asker, name);
    return found.empty() ? std::string() : address_text(found.front());
}

bool is_resolver(const NatEntry& entry) { return entry.rule.what == "resolver"; }

// Whether somebody answers at that address in the namespace, and for which container: a network may be shared.
std::optional<std::string> asker_at(const Machine& machine, SpaceId net, std::string_view address) {
    const std::vector<NatEntry>& rules = machine.state.net_spaces.at(net).nat;
    const auto found = std::find_if(rules.begin(), rules.end(), [&](const NatEntry& entry) {
        return is_resolver(entry) && entry.rule.host_address == address;
    });
    return found == rules.end() ? std::nullopt : std::optional<std::string>(found->container);
}

}  // namespace

Status open_resolver(Machine& machine, SpaceId net, const std::string& container, const std::string& address) {
    std::vector<NatEntry>& rules = machine.state.net_spaces.at(net).nat;
    std::erase_if(rules, is_resolver);
    NatEntry entry;
    entry.container = container;
    entry.rule.what = "resolver";
    entry.rule.host_address = address;
    rules.push_back(entry);
    return {};
}

Result<std::string> resolve_name(Machine& machine, Pid pid, const std::string& name) {
    if (parse_address(name).has_value()) {
        return name;
    }
    const Process& process = machine.state.processes.at(pid);
    const Result<std::string> hosts = file_text(machine, view_of(process), "/etc/hosts");
    std::string answer = hosts ? hosts_answer(*hosts, name) : std::string();
    std::string_view by = "/etc/hosts";
    const std::string servers = file_text(machine, view_of(process), "/etc/resolv.conf").value_or("");
    if (answer.empty() && servers.find("nameserver 127.0.0.11") != std::string::npos) {
        by = "127.0.0.11";
        if (const std::optional<std::string> asker = asker_at(machine, process.spaces.net, by)) {
            answer = embedded_answer(machine, *asker, name);
        }
    }
    see(machine, world::Actor::kernel, world::NameLookup{process.container, name, answer, std::string(by)});
    if (answer.empty()) {
        return fail(Errc::not_found, "resolve " + name + ": name or service not known");
    }
    return answer;
}

}  // namespace cutaway::model
