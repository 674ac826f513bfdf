// SPDX-License-Identifier: Apache-2.0
// Who is called what on a network of the user's: one file a network below the run root, "network NAME" and a line a
// container ("ID ADDRESS NAME…"), which whoever answers at 127.0.0.11 reads (core/dns/names.h). Written anew whenever an
// address is given out or back; whether a container still lives is for the reader to see. The default bridge has none: there names do not resolve.
#pragma once

#include <string>
#include <string_view>

#include "core/base/result.h"
#include "core/store/container_record.h"
#include "core/store/networks.h"
#include "core/world/world.h"

namespace cutaway::engine {

inline constexpr std::string_view embedded_dns = "127.0.0.11";

// Whether names resolve on any network that the container is plugged into.
bool has_names(const store::ContainerRecord& record);

std::string names_path(const world::World& world, std::string_view network_id);
Status write_names(world::World& world, const store::NetworkRecord& network);

// Of every network that this container was on.
Status write_names_of(world::World& world, const store::ContainerRecord& record);

// A container's /etc/hosts.
std::string hosts_text(const store::ContainerRecord& record);
// A container's /etc/resolv.conf, given the host's.
std::string resolver_text(const store::ContainerRecord& record, const std::string& of_host);

}  // namespace cutaway::engine
