// SPDX-License-Identifier: Apache-2.0
// What this machine's owner says about single registries: which are trusted although nobody can prove who they are,
// and which have certificates of their own. Values and their codec; reading the files is the root's, proving the
// Transport's. A registry that is named nowhere gets https with a verified certificate, or nothing.
#pragma once

#include <string>
#include <string_view>
#include <vector>

#include "core/base/result.h"

namespace cutaway::registry {

struct Trust {
    std::vector<std::string> insecure;   // "host", "host:port" or a network, "10.0.0.0/8"
    std::vector<std::string> certified;  // registries with a folder of certificates: TLS, on loopback too
};

// "insecure-registries" of docker's daemon.json. What else the file says is not looked at.
Result<std::vector<std::string>> insecure_registries(std::string_view daemon_json);

// `host` as references say it, with its port. A network counts for addresses only: no name is looked up for it.
bool is_insecure(const Trust& trust, std::string_view host);
bool is_certified(const Trust& trust, std::string_view host);

}  // namespace cutaway::registry
