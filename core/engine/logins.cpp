// SPDX-License-Identifier: Apache-2.0
#include "core/engine/logins.h"

#include "core/engine/speak.h"
#include "core/registry/login.h"

namespace cutaway::engine {

registry::LoginFile login_file(const Brought* brought) {
    registry::LoginFile file{"/root/.docker/config.json", {}};
    if (brought != nullptr && !brought->docker_config.empty()) {
        file = {brought->docker_config, brought->run_helper};
    }
    return file;
}

Result<registry::Settings> settings_for(world::World& world, const Brought* brought) {
    registry::Settings settings;
    settings.credentials = [&world, file = login_file(brought)](std::string_view registry) {
        return registry::find_login(world, file, registry);
    };
    if (brought != nullptr && brought->trust) {
        settings.trust = TRY(brought->trust());
    }
    return settings;
}

std::string registry_named(std::string_view server) {
    const std::size_t scheme = server.find("://");
    server.remove_prefix(scheme == std::string_view::npos ? 0 : scheme + 3);
    const std::string host(server.substr(0, server.find('/')));
    const bool hub = host.empty() || host == "index.docker.io" || host == "registry-1.docker.io";
    return hub ? "docker.io" : host;
}

Result<LoginKept> log_in(Engine& engine, const std::string& registry, const registry::Credentials& credentials) {
    world::World& world = engine.world();
    const registry::Settings settings = TRY(settings_for(world, engine.brought()));
    const registry::Credentials kept = TRY(api(world, "POST", "/auth", 200, [&] {
        return world::within(world.narrator, phase_span(world::Phase::resolve, ""), [&] {
            return world::within(world.narrator, step_span(world::Phase::resolve, "", "show the registry who asks"),
                                 [&] { return registry::try_login(world, settings, registry, credentials); });
        });
    }));
    const registry::LoginFile file = login_file(engine.brought());
    const Result<std::string> helper = registry::keep_login(world, file, registry, kept);
    if (!helper) {
        return in_context("Error saving credentials", helper.error());
    }
    return LoginKept{file.path, *helper};
}

Result<registry::Credentials> known_login(Engine& engine, const std::string& registry) {
    return registry::find_login(engine.world(), login_file(engine.brought()), registry);
}

Status log_out(Engine& engine, const std::string& registry) {
    TRY(registry::forget_login(engine.world(), login_file(engine.brought()), registry));
    return {};
}

}  // namespace cutaway::engine
