// SPDX-License-Identifier: Apache-2.0
// Which registries the simulated world has. Their names and accounts are in docs/registry.md for everybody to read.
#include "core/model/registry_content.h"

namespace cutaway::model {

RegistrySite docker_hub() {
    RegistrySite hub;
    hub.name = "docker.io";
    hub.authority = "registry-1.docker.io";
    hub.login = RegistryLogin::bearer;
    hub.token_authority = "auth.docker.io";
    hub.service = "registry.docker.io";
    hub.blob_authority = "production.cloudflare.docker.com";
    hub.rate_limit = 100;
    return hub;
}

RegistrySite private_registry(std::string authority, std::string account, std::string password) {
    RegistrySite site;
    site.name = authority;
    site.authority = std::move(authority);
    site.login = RegistryLogin::basic;
    site.anonymous_pull = false;
    site.accounts.push_back({std::move(account), std::move(password)});
    return site;
}

std::vector<RegistrySite> standard_sites() {
    RegistrySite hub = docker_hub();
    hub.accounts.push_back({"learner", "look-inside"});
    return {hub, private_registry("registry.example.com", "learner", "look-inside")};
}

}  // namespace cutaway::model
