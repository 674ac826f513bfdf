// SPDX-License-Identifier: Apache-2.0
// Containers on disk: one directory and one JSON file each. Every write of a record is durable and is narrated whole,
// so that whoever follows the notes knows what the disk knows. Error texts are docker's where docker has one.
#pragma once

#include <string>
#include <string_view>
#include <vector>

#include "core/base/result.h"
#include "core/store/container_record.h"
#include "core/world/note.h"
#include "core/world/world.h"

namespace cutaway::store {

// Makes the container's directories, fills in the record's paths and, where they are empty, its id, name and time of
// creation; then writes it. Errc::conflict with docker's sentence if the name is taken.
Result<ContainerRecord> create_container(world::World& world, ContainerRecord record);

Status save_container(world::World& world, const ContainerRecord& record);  // Errc::not_found once it was removed
Status rename_container(world::World& world, ContainerRecord& record, std::string_view name);

// The record goes first, so that a crash leaves rubbish and never half a container. Unmounting is not done here.
Status remove_container(world::World& world, const ContainerRecord& record);

Result<ContainerRecord> load_container(world::World& world, std::string_view id);  // the full id
// A full id, a name or the beginning of an id, in docker's order; "No such container: x".
Result<ContainerRecord> find_container(world::World& world, std::string_view name_or_id);
Result<std::vector<ContainerRecord>> list_containers(world::World& world);  // newest first
Result<std::vector<ContainerClaim>> list_claims(world::World& world);  // of every container; cheaper than all of it

world::ContainerKnown to_note(const ContainerRecord& record);

}  // namespace cutaway::store
