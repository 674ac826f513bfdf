// SPDX-License-Identifier: Apache-2.0
#include "core/scene/invariants.h"

#include <algorithm>
#include <map>
#include <set>

#include "core/scene/bounds.h"

namespace cutaway::scene {

namespace {

class Checker {
public:
    explicit Checker(const Picture& picture) : picture_(picture) {}

    std::vector<Violation> world() {
        processes();
        namespaces();
        mounts();
        links();
        owners();
        ports();
        return std::move(found_);
    }
    std::vector<Violation> structure() {
        bounds();
        members();
        keys();
        return std::move(found_);
    }

private:
    void check(bool good, std::string_view rule, const std::string& detail) {
        if (!good) {
            found_.push_back(Violation{std::string(rule), detail});
        }
    }
    [[nodiscard]] bool known(const std::string& container) const {
        return container.empty() || picture_.containers->contains(container);
    }

    void processes() {
        std::map<std::pair<std::string, std::int64_t>, std::int64_t> inner;
        for (const auto& [pid, process] : *picture_.processes) {
            const std::string who = "process " + std::to_string(pid);
            check(pid > 0, "process-has-pid", who + " has no pid");
            check(known(process->container), "process-has-container",
                  who + " is of a container that nobody knows: " + process->container);
            if (process->inner_pid > 0 && !process->container.empty()) {
                const auto [at, fresh] = inner.emplace(std::pair(process->container, process->inner_pid), pid);
                check(fresh, "inner-pid-once", who + " shares its inner pid with " + std::to_string(at->second));
            }
        }
        for (const auto& [id, container] : *picture_.containers) {
            const bool runs = container->record.state == "running" || container->record.state == "paused";
            check(!runs || container->record.pid == 0 || picture_.processes->contains(container->record.pid),
                  "running-has-init", "container " + id + " runs without its process");
            check(container->plan_done <= container->plan->size(), "plan-within",
                  "container " + id + " did more than its plan");
        }
    }
    void namespaces() {
        for (const auto& [pid, process] : *picture_.processes) {
            for (const Pair& space : process->spaces) {
                check(picture_.namespaces->contains(space.value), "namespace-has-birth",
                      "process " + std::to_string(pid) + " is in an unknown namespace " + space.value);
            }
        }
        for (const auto& [inode, space] : *picture_.namespaces) {
            check(space.seq <= picture_.seq, "namespace-has-birth", "namespace " + inode + " is born later");
            check(known(space.container), "namespace-has-container",
                  "namespace " + inode + " is of " + space.container);
        }
    }
    void mounts() {
        std::set<std::string> paths;
        for (const auto& [diff_id, layer] : *picture_.layers) {
            paths.insert(layer->path);
        }
        const bool told = !paths.empty() && !paths.contains("");  // a tape that begins late may not say where they lie
        for (const auto& [key, mount] : *picture_.mounts) {
            check(known(mount.container), "mount-has-container", "mount " + key + " is of " + mount.container);
            check(mount.type != "overlay" || !mount.lower.empty(), "overlay-has-lower",
                  "mount " + key + " has no layer");
            for (const std::string& lower : mount.lower) {
                check(!told || paths.contains(lower), "mount-has-layers", "mount " + key + " lies over " + lower);
            }
        }
        for (const auto& [id, container] : *picture_.containers) {
            for (const std::string& layer : container->record.layers) {
                check(picture_.layers->contains(layer), "container-has-layers",
                      "container " + id + " misses layer " + layer);
            }
        }
    }
    void links() {
        for (const auto& [key, link] : *picture_.links) {
            check(known(link.container), "link-has-container", "link " + key + " is of " + link.container);
            if (!link.peer.empty()) {
                const Link* peer = picture_.links->get(owned_key(link.peer_container, link.peer));
                check(peer != nullptr && peer->peer == link.name, "veth-has-two-ends",
                      "link " + key + " has no other end");
            }
            if (!link.master.empty()) {
                check(picture_.links->contains(owned_key(link.container, link.master)), "master-exists",
                      "link " + key + " is attached to " + link.master);
            }
        }
    }
    // Within one network: an address belongs to one link; among all containers: a name to one.
    void owners() {
        std::map<std::string, std::string> named;
        for (const auto& [id, container] : *picture_.containers) {
            const auto [at, fresh] = named.emplace(container->record.name, id);
            check(fresh || container->record.name.empty(), "name-has-one-owner",
                  "container " + id + " is called " + container->record.name + " as " + at->second + " is");
        }
        std::map<std::string, std::string> held;
        for (const auto& [key, link] : *picture_.links) {
            const Link* outside = picture_.links->get(owned_key(link.peer_container, link.peer));
            if (link.container.empty() || outside == nullptr || outside->master.empty()) {
                continue;
            }
            for (const std::string& address : link.addresses) {
                const auto [at, fresh] = held.emplace(outside->master + " " + address, key);
                check(fresh, "address-has-one-owner",
                      address + " on " + outside->master + " is held by " + at->second + " and " + key);
            }
        }
    }
    void ports() {
        std::map<std::string, std::string> owners;
        for (const Rule& rule : *picture_.rules) {
            if (rule.rule.what != "publish") {
                continue;
            }
            const std::string port =
                rule.rule.protocol + " " + rule.rule.host_address + ":" + std::to_string(rule.rule.host_port);
            const auto [at, fresh] = owners.emplace(port, rule.container);
            check(fresh, "port-has-one-owner",
                  "port " + port + " is published twice, by " + at->second + " and " + rule.container);
        }
    }

    void bounds() {
        const auto within = [&](std::string_view what, std::size_t size, std::size_t limit) {
            check(size <= limit, "within-limits", std::string(what) + " holds " + std::to_string(size));
        };
        within("spans", picture_.spans->size(), Limits::open);
        within("calls", picture_.calls->size(), Limits::open);
        within("exchanges", picture_.exchanges->size(), Limits::exchanges);
        within("connections", picture_.connections->size(), Limits::lookups);
        within("lookups", picture_.lookups->size(), Limits::lookups);
        within("signals", picture_.signals->size(), Limits::lookups);
        within("troubles", picture_.troubles->size(), Limits::troubles);
        within("listeners", picture_.listeners->size(), Limits::list);
        within("routes", picture_.routes->size(), Limits::list);
        within("rules", picture_.rules->size(), Limits::list);
        within("digests", picture_.pull->digests.size(), Limits::pull);
        within("pull layers", picture_.pull->layers.size(), Limits::pull);
        for (const auto& [id, container] : *picture_.containers) {
            within("a log", container->log.size(), Limits::log_lines);
            within("a history", container->history.size(), Limits::history);
        }
        for (const auto& [path, cgroup] : *picture_.cgroups) {
            within("a cgroup's usage", cgroup->usage.size(), Limits::usage);
        }
        for (const Exchange& exchange : *picture_.exchanges) {
            within("a body", exchange.body.size(), Limits::body);
        }
    }
    void members() {
        for (const auto& [pid, process] : *picture_.processes) {
            const auto* cgroup = process->cgroup.empty() ? nullptr : picture_.cgroups->get(process->cgroup);
            if (cgroup != nullptr) {
                check(std::binary_search((*cgroup)->members.begin(), (*cgroup)->members.end(), pid),
                      "cgroup-knows-member",
                      "process " + std::to_string(pid) + " is not among the members of " + process->cgroup);
            }
        }
        for (const auto& [path, cgroup] : *picture_.cgroups) {
            check(std::is_sorted(cgroup->members.begin(), cgroup->members.end()), "members-sorted", path);
        }
    }
    void keys() {
        for (const auto& [pid, process] : *picture_.processes) {
            check(process->pid == pid, "key-agrees", "process " + std::to_string(pid));
        }
        for (const auto& [key, link] : *picture_.links) {
            check(key == owned_key(link.container, link.name), "key-agrees", "link " + key);
        }
        for (const auto& [key, mount] : *picture_.mounts) {
            check(key == owned_key(mount.container, mount.target), "key-agrees", "mount " + key);
        }
        for (const auto& [path, cgroup] : *picture_.cgroups) {
            check(cgroup->path == path, "key-agrees", "cgroup " + path);
        }
    }

    const Picture& picture_;
    std::vector<Violation> found_;
};

}  // namespace

std::vector<Violation> violations(const Picture& picture) { return Checker(picture).world(); }

std::vector<Violation> structural_violations(const Picture& picture) { return Checker(picture).structure(); }

}  // namespace cutaway::scene
