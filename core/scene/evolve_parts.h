// SPDX-License-Identifier: Apache-2.0
// The parts of evolve, by concern. Private to this room: callers use evolve.h.
#pragma once

#include <cstdint>
#include <string_view>

#include "core/scene/picture.h"

namespace cutaway::scene {

// A call that went well: what it was, who made it, what it answered.
struct Done {
    Picture& picture;
    const trace::Event& event;
    const OpenCall& open;
    const world::Reply& reply;
};

void fold_done(const Done& done, const world::Call& call);
void fold_note(Picture& picture, const trace::Event& event, const world::Note& note);
void fold_observation(Picture& picture, const trace::Event& event, const world::Observation& what);

// The mount and network namespaces that a call acted in: the runtime and the container's own processes act inside,
// the daemon and the shim outside.
inline std::string_view inside(const OpenCall& open) {
    const bool in = open.actor == world::Actor::runtime || open.actor == world::Actor::container;
    return in ? std::string_view(open.container) : std::string_view();
}

// Containers and processes for writing; null if unknown.
Container* edit_container(Picture& picture, std::string_view id);
Process* edit_process(Picture& picture, std::int64_t pid);
Cgroup& edit_cgroup(Picture& picture, std::string_view path, std::string_view container);  // made if unknown

// evolve_processes.cpp
Process& start_process(Picture& picture, std::int64_t pid, std::string_view container, std::int64_t parent);
void join_space(Picture& picture, Process& process, std::string_view kind, std::string_view inode);
void join_cgroup(Picture& picture, std::int64_t pid, std::string_view path, std::string_view container);
void remove_cgroup(Picture& picture, std::string_view path);
void end_process(Picture& picture, std::int64_t pid);
void freeze(Picture& picture, std::string_view path, std::string_view container, bool frozen);

// evolve_mounts.cpp
void drop_mounts(Picture& picture, std::string_view container);
void on_done(const Done& done, const world::Mount& call);
void on_done(const Done& done, const world::Unmount& call);
void on_done(const Done& done, const world::PivotRoot& call);

// evolve_network.cpp
void drop_links(Picture& picture, std::string_view container);
void on_done(const Done& done, const world::MakeBridge& call);
void on_done(const Done& done, const world::MakeVeth& call);
void on_done(const Done& done, const world::MoveLink& call);
void on_done(const Done& done, const world::AttachLink& call);
void on_done(const Done& done, const world::RaiseLink& call);
void on_done(const Done& done, const world::AddAddress& call);
void on_done(const Done& done, const world::AddRoute& call);
void on_done(const Done& done, const world::SetUpLink& call);
void on_done(const Done& done, const world::RemoveLink& call);
void on_done(const Done& done, const world::AddNat& call);
void on_done(const Done& done, const world::RemoveNat& call);

// planned.cpp: advances a container's plan if this call is the next of it.
void perform_planned(Picture& picture, std::string_view container, const world::Call& call);

}  // namespace cutaway::scene
