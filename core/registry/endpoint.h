// SPDX-License-Identifier: Apache-2.0
// Which address serves a registry's name, and whom that address may send us to. docker.io is a name, not a server:
// the Hub's API answers at registry-1.docker.io, its tokens come from auth.docker.io.
// https always, except for loopback and for hosts that their owner calls insecure (trust.h).
#pragma once

#include <string>
#include <string_view>

#include "core/oci/reference.h"
#include "core/registry/exchange.h"
#include "core/registry/trust.h"
#include "core/registry/url.h"

namespace cutaway::registry {

struct Endpoint {
    std::string name;     // as references say it: "docker.io"
    Url url;              // its root; target "/"
    bool either = false;  // https as it is called, but plain http will do
};

Result<Endpoint> endpoint_of(std::string_view host, const Trust& trust);

// Of an insecure registry: the one of the two that answers, https first, as docker tries them.
Result<Endpoint> reach(world::World& world, Endpoint endpoint, const RetryPolicy& policy);

// "/v2/<path>/<what>/<which>" at that endpoint.
Url address_of(const Endpoint& endpoint, const oci::Reference& reference, std::string_view what,
               std::string_view which);

// Whether a server at `from` may name `to` as its token server or redirect there: never from https down to http, and
// from a public host never to a private or loopback address (that would make us a tool against our own network).
Status may_lead_to(const Url& from, const Url& to);

}  // namespace cutaway::registry
