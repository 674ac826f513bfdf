// SPDX-License-Identifier: Apache-2.0
// Who is called what on a network of the user's: one file a network below the run root, a line a container
// ("ID ADDRESS NAME…"), which whoever answers at 127.0.0.11 reads. Written anew whenever an address is given out; whether
// a container still lives is for the reader to see. The default bridge has none: there names do not resolve.
#pragma once

#include <string>
#include <string_view>

#include "core/base/result.h"
#include "core/store/container_record.h"
#include "core/store/networks.h"
#include "core/world/world.h"

namespace cutaway::engine {

inline constexpr std::string_view embedded_dns = "127.0.0.11";

std::string names_path(const world::World& world, std::string_view network_id);
Status write_names(world::World& world, const store::NetworkRecord& network);

// A container's /etc/resolv.conf, given the host's.
std::string resolver_text(const store::ContainerRecord& record, const std::string& of_host);

}  // namespace cutaway::engine
