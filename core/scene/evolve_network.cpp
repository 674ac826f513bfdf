// SPDX-License-Identifier: Apache-2.0
// Links, addresses, routes and translation rules. A link's name is its own only within a network namespace
// (network_namespaces(7)), so every name is looked up where the call acted first.
#include <algorithm>
#include <array>

#include "core/scene/bounds.h"
#include "core/scene/evolve_parts.h"

namespace cutaway::scene {

namespace {

// Where a call on that link applies: inside for the runtime, else outside, then the container it is made for.
Link* edit_link(const Done& done, std::string_view name) {
    const std::array<std::string_view, 3> places{inside(done.open), std::string_view(), done.open.container};
    for (const std::string_view place : places) {
        const std::string key = owned_key(place, name);
        if (done.picture.links->contains(key)) {
            return done.picture.links.edit().edit(key);
        }
    }
    return nullptr;
}

void drop_routes(Picture& picture, std::string_view container, std::string_view link, bool all) {
    const auto gone = [&](const Route& route) { return route.container == container && (all || route.link == link); };
    if (std::any_of(picture.routes->begin(), picture.routes->end(), gone)) {
        std::erase_if(picture.routes.edit(), gone);
    }
}

void detach_from(Picture& picture, std::string_view bridge) {
    std::vector<std::string> keys;
    for (const auto& [key, link] : *picture.links) {
        if (link.master == bridge && link.container.empty()) {
            keys.push_back(key);
        }
    }
    for (const std::string& key : keys) {
        picture.links.edit().edit(key)->master.clear();
    }
}

void remove_link(Picture& picture, const std::string& key) {
    const Link* found = picture.links->get(key);
    if (found == nullptr) {
        return;
    }
    const Link gone = *found;
    picture.links.edit().erase(key);
    drop_routes(picture, gone.container, gone.name, false);
    if (gone.type == "bridge") {
        detach_from(picture, gone.name);
    }
    if (!gone.peer.empty()) {  // veth(4): when either end goes, so does the other
        const std::string other = owned_key(gone.peer_container, gone.peer);
        const Link* peer = picture.links->get(other);
        if (peer != nullptr && peer->peer == gone.name && peer->peer_container == gone.container) {
            picture.links.edit().erase(other);
            drop_routes(picture, gone.peer_container, gone.peer, false);
        }
    }
}

Link& make_link(const Done& done, std::string_view name, std::string_view type) {
    const std::string_view container = inside(done.open);
    const std::string key = owned_key(container, name);
    remove_link(done.picture, key);
    Link& link = done.picture.links.edit()[key];
    link.name = kept(name);
    link.type = kept(type);
    link.container = kept(container);
    return link;
}

}  // namespace

void drop_links(Picture& picture, std::string_view container) {
    const std::string prefix = owned_key(container, "");
    std::vector<std::string> keys;
    for (auto at = picture.links->lower_bound(prefix);
         at != picture.links->end() && at->first.compare(0, prefix.size(), prefix) == 0; ++at) {
        keys.push_back(at->first);
    }
    for (const std::string& key : keys) {
        remove_link(picture, key);
    }
    drop_routes(picture, container, {}, true);
}

void on_done(const Done& done, const world::MakeBridge& call) {
    if (!done.picture.links->contains(owned_key(inside(done.open), call.name))) {
        make_link(done, call.name, "bridge");
    }
}

void on_done(const Done& done, const world::MakeVeth& call) {
    if (call.name == call.peer) {
        return;
    }
    Link& near = make_link(done, call.name, "veth");
    near.peer = kept(call.peer);
    near.peer_container = near.container;
    Link& far = make_link(done, call.peer, "veth");
    far.peer = kept(call.name);
    far.peer_container = far.container;
}

// Addresses, master and up do not travel; the other end learns the new name and place.
void on_done(const Done& done, const world::MoveLink& call) {
    Picture& picture = done.picture;
    Link* found = edit_link(done, call.link);
    if (found == nullptr) {
        return;
    }
    std::string container = done.open.container;
    if (const auto* process = picture.processes->get(call.pid)) {
        container = (*process)->container;
    }
    Link link = *found;
    const std::string old_key = owned_key(link.container, link.name);
    const std::string other = owned_key(link.peer_container, link.peer);
    drop_routes(picture, link.container, link.name, false);
    picture.links.edit().erase(old_key);
    link.container = kept(container);
    link.name = kept(call.as.empty() ? call.link : call.as);
    link.master.clear();
    link.addresses.clear();
    link.up = false;
    if (!link.peer.empty() && other != old_key && picture.links->contains(other)) {
        Link& peer = *picture.links.edit().edit(other);
        peer.peer = link.name;
        peer.peer_container = link.container;
    }
    const std::string key = owned_key(link.container, link.name);
    remove_link(picture, key);
    picture.links.edit()[key] = std::move(link);
}

void on_done(const Done& done, const world::AttachLink& call) {
    if (Link* link = edit_link(done, call.link)) {
        link->master = kept(call.bridge);
    }
}

void on_done(const Done& done, const world::RaiseLink& call) {
    if (call.link == "lo" && edit_link(done, "lo") == nullptr) {  // every network namespace is born with one, down
        Link lo;
        lo.name = "lo";
        lo.type = "loopback";
        lo.container = done.open.container;
        lo.addresses = {"127.0.0.1/8"};
        lo.up = true;
        done.picture.links.edit()[owned_key(lo.container, "lo")] = std::move(lo);
        return;
    }
    if (Link* link = edit_link(done, call.link)) {
        link->up = true;
    }
}

void on_done(const Done& done, const world::AddAddress& call) {
    Link* link = edit_link(done, call.link);
    if (link == nullptr) {
        return;
    }
    const std::string address = kept(call.address);
    if (std::find(link->addresses.begin(), link->addresses.end(), address) == link->addresses.end()) {
        push_bounded(link->addresses, address, Limits::pending, done.picture.dropped);
    }
}

// By the engine, for a container that runs: its end of the cable has moved inside already.
void on_done(const Done& done, const world::SetUpLink& call) {
    const std::string key = owned_key(done.open.container, call.link);
    if (!done.picture.links->contains(key)) {
        return;
    }
    Link& link = *done.picture.links.edit().edit(key);
    const std::string address = kept(call.address);
    if (!address.empty()) {
        link.up = true;
        if (std::find(link.addresses.begin(), link.addresses.end(), address) == link.addresses.end()) {
            push_bounded(link.addresses, address, Limits::pending, done.picture.dropped);
        }
    }
    Route route{link.container, "default", kept(call.via), kept(call.link)};
    if (!call.via.empty() &&
        std::find(done.picture.routes->begin(), done.picture.routes->end(), route) == done.picture.routes->end()) {
        push_bounded(done.picture.routes.edit(), std::move(route), Limits::list, done.picture.dropped);
    }
}

void on_done(const Done& done, const world::AddRoute& call) {
    const Link* link = call.link.empty() ? nullptr : edit_link(done, call.link);
    Route route{link == nullptr ? done.open.container : link->container, kept(call.to), kept(call.via),
                kept(call.link)};
    const auto& routes = *done.picture.routes;
    if (std::find(routes.begin(), routes.end(), route) == routes.end()) {
        push_bounded(done.picture.routes.edit(), std::move(route), Limits::list, done.picture.dropped);
    }
}

void on_done(const Done& done, const world::RemoveLink& call) {
    if (const Link* link = edit_link(done, call.link)) {
        const std::string key = owned_key(link->container, link->name);
        remove_link(done.picture, key);
    }
}

void on_done(const Done& done, const world::AddNat& call) {
    Rule rule{kept(call.container), cut_copy(call.rule, done.picture.dropped)};
    const auto& rules = *done.picture.rules;
    if (std::find(rules.begin(), rules.end(), rule) == rules.end()) {
        push_bounded(done.picture.rules.edit(), std::move(rule), Limits::list, done.picture.dropped);
    }
}

void on_done(const Done& done, const world::RemoveNat& call) {
    const Rule rule{kept(call.container), cut_copy(call.rule, done.picture.dropped)};
    if (std::find(done.picture.rules->begin(), done.picture.rules->end(), rule) != done.picture.rules->end()) {
        std::erase(done.picture.rules.edit(), rule);
    }
}

}  // namespace cutaway::scene
