// SPDX-License-Identifier: Apache-2.0
// From a name to an address, as a process sees it: its /etc/hosts, then the engine's name server where its
// /etc/resolv.conf names that one.
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

struct Named {
    std::string address;
    bool asker = false;  // the network is the asker's own
};

// One network's file of names: a line a container, "ID ADDRESS NAME…". Who has ended is not answered for.
Named answer_on(const Machine& machine, std::string_view text, const std::string& asker, const std::string& name) {
    Named found;
    for (std::size_t at = 0; at < text.size();) {
        const std::size_t end = std::min(text.find('\n', at), text.size());
        const std::vector<std::string> words = words_of(text.substr(at, end - at));
        at = end + 1;
        if (words.size() < 3) {
            continue;
        }
        found.asker = found.asker || words[0] == asker;
        const bool lives = std::any_of(machine.state.processes.begin(), machine.state.processes.end(),
                                       [&](const auto& one) { return one.second.container == words[0]; });
        if (lives && std::find(words.begin() + 2, words.end(), name) != words.end()) {
            found.address = words[1];
        }
    }
    return found;
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
    for (const world::DirEntry& file : *files) {
        const std::string text = file_text(machine, view, join_path(folder, file.name)).value_or("");
        const Named found = answer_on(machine, text, asker, name);
        if (found.asker && !found.address.empty()) {
            return found.address;
        }
    }
    return {};
}

}  // namespace

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
        answer = embedded_answer(machine, process.container, name);
        by = "127.0.0.11";
    }
    see(machine, world::Actor::kernel, world::NameLookup{process.container, name, answer, std::string(by)});
    if (answer.empty()) {
        return fail(Errc::not_found, "resolve " + name + ": name or service not known");
    }
    return answer;
}

}  // namespace cutaway::model
