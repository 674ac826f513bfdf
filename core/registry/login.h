// SPDX-License-Identifier: Apache-2.0
// `docker login` as far as a registry sees it: its root is asked, with a name and a password, and either opens or does
// not. Nothing is kept here; logins.h keeps.
#pragma once

#include <string_view>

#include "core/registry/client.h"

namespace cutaway::registry {

// What is worth keeping: these credentials, or the identity token that the token server gave for them. The settings'
// own credentials are not used. Errors read as docker's daemon says them.
Result<Credentials> try_login(world::World& world, const Settings& settings, std::string_view registry,
                              const Credentials& credentials);

}  // namespace cutaway::registry
