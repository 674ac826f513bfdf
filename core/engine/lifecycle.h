// SPDX-License-Identifier: Apache-2.0
// The passes that verbs are made of: bring a created container up, follow it, put it away after its end. Each keeps the
// record true at every point where the process could die.
#pragma once

#include <cstdint>
#include <functional>
#include <string>
#include <vector>

#include "core/engine/engine.h"
#include "core/engine/start_plan.h"
#include "core/runtime/launch.h"
#include "core/store/container_record.h"
#include "core/world/world.h"

namespace cutaway::engine {

// Container paths below the run root, which need to survive process death only.
std::string exit_record_path(const world::World& world, const std::string& id);
std::string undo_path(const world::World& world, const std::string& id);

// The directories of the image's layers, bottom first.
Result<std::vector<std::string>> layer_trees(const world::World& world, const store::ContainerRecord& record);
// Volumes are made, filled from the image where they are new, and their places written into the record, unsaved.
Status prepare_mounts(world::World& world, store::ContainerRecord& record, const std::vector<std::string>& lower);

enum class Attach { no, yes };

// From created or exited to running; all or nothing. The record is updated. Errors read as docker's.
Result<runtime::Launched> bring_up(world::World& world, store::ContainerRecord& record, Attach attach,
                                   const Brought* brought = nullptr);

// What of the person's reaches the container: what is typed, and signals; where these are not passed on they stay with
// whoever runs the engine, as docker exec's do with its client.
using PassOn = std::function<Status(const std::string& signal)>;
struct Attachment {
    bool keep_stdin = false;
    PassOn pass_on;
    bool terminal = false;
    std::string detach_keys;  // "ctrl-x,x"; empty: docker's ctrl-p,ctrl-q
};
// Copies what comes over the channel until the process has ended; answers its exit status. Nothing: the person typed the
// keys that let go of it, and it goes on by itself.
Result<std::optional<runtime::Exited>> follow(world::World& world, world::Channel& channel, Io& io,
                                              const Attachment& attachment);
// What a verb answers that followed a container to its end, or let go of it. The container is put away.
Result<std::int32_t> end_of(world::World& world, const store::ContainerRecord& record,
                            const std::optional<runtime::Exited>& exited);
// The API's kill, as docker run's client sends it for each signal that it gets.
PassOn signals_to(world::World& world, const store::ContainerRecord& record);

// Takes in that a container has ended: whoever claims it first undoes what its start had made, writes how it ended,
// and removes it if it was run with --rm. Later callers find it done.
Status put_away(world::World& world, const std::string& id, const runtime::ExitRecord& exit, std::string why);
// Waits until the shim has written how it ended; of an orphan that nobody saw it.
Result<runtime::ExitRecord> await_exit_record(world::World& world, const std::string& id);

// Removes the record, the writable layer and what else belongs to a container that does not run.
Status discard(world::World& world, const store::ContainerRecord& record, bool volumes);

// All of the container's processes stand still, or go on; the record says so.
Status set_frozen(world::World& world, store::ContainerRecord& record, bool frozen);

// Undoes the calls kept for this container, newest first, and forgets them.
Status release(world::World& world, const std::string& id, world::Phase phase);

// Gives back what a container left that has no record any more: its mounts, cgroups, links and rules.
Status sweep(world::World& world, const std::vector<store::ContainerRecord>& known);

// Who a user text ("", "1000", "nginx", "nginx:www", "0:0") is, by the container's own /etc/passwd and /etc/group.
Result<User> find_user(world::World& world, const store::ContainerRecord& record, const std::string& text);

// Errors of a start or an exec in docker's words, from the call that failed.
Error start_error(const store::ContainerRecord& record, Error error);
Error exec_error(const std::string& program, Error error);

// 125, 126 or 127, from an error's text as the docker CLI does it.
std::int32_t run_status(const Error& error);

}  // namespace cutaway::engine
