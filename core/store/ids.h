// SPDX-License-Identifier: Apache-2.0
// Identities out of the world's entropy: the 64 digits that name containers and networks, and the made-up names that
// people can pronounce. In the model the same seed gives the same ones.
#pragma once

#include <string>
#include <string_view>

#include "core/base/result.h"
#include "core/world/world.h"

namespace cutaway::store {

std::string random_id(world::Entropy& entropy);    // 64 hex digits; the first twelve are never a plain number
std::string random_name(world::Entropy& entropy);  // "curious_noether"
std::string short_id(std::string_view id);         // "sha256:" off, then twelve digits

// What a container, volume or network may be called, with docker's sentence if it may not. One leading "/" is fine.
Status check_name(std::string_view what, std::string_view name);

}  // namespace cutaway::store
