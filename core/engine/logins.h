// SPDX-License-Identifier: Apache-2.0
// `docker login` and `docker logout`, and how every other verb finds the person's logins. In docker the file belongs to
// its command line, which sends what is needed along; here both are one process.
#pragma once

#include "core/engine/engine.h"
#include "core/registry/client.h"
#include "core/registry/logins.h"

namespace cutaway::engine {

registry::LoginFile login_file(const Brought* brought);
// With the person's logins and the owner's trust.
Result<registry::Settings> settings_for(world::World& world, const Brought* brought);

// Which registry a person means: "" and "docker.io" the Hub, "https://host/v1/" the host.
std::string registry_named(std::string_view server);

struct LoginKept {
    std::string file;    // where it lies, unencrypted unless
    std::string helper;  // docker-credential-X has it
};
Result<LoginKept> log_in(Engine& engine, const std::string& registry, const registry::Credentials& credentials);
Result<registry::Credentials> known_login(Engine& engine, const std::string& registry);  // empty: none
Status log_out(Engine& engine, const std::string& registry);

}  // namespace cutaway::engine
