// SPDX-License-Identifier: Apache-2.0
// Which address serves a registry's name, and whom that address may send us to. docker.io is a name, not a server:
// the Hub's API answers at registry-1.docker.io, its tokens come from auth.docker.io.
// https always, except for loopback and for hosts that the settings call insecure.
#pragma once

#include <string>
#include <string_view>
#include <vector>

#include "core/oci/reference.h"
#include "core/registry/url.h"

namespace cutaway::registry {

struct Endpoint {
    std::string name;  // as references say it: "docker.io"
    Url url;           // its root; target "/"
};

Result<Endpoint> endpoint_of(std::string_view host, const std::vector<std::string>& insecure);

// "/v2/<path>/<what>/<which>" at that endpoint.
Url address_of(const Endpoint& endpoint, const oci::Reference& reference, std::string_view what,
               std::string_view which);

// Whether a server at `from` may name `to` as its token server or redirect there: never from https down to http, and
// from a public host never to a private or loopback address (that would make us a tool against our own network).
Status may_lead_to(const Url& from, const Url& to);

}  // namespace cutaway::registry
