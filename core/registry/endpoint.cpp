// SPDX-License-Identifier: Apache-2.0
#include "core/registry/endpoint.h"

#include <algorithm>

namespace cutaway::registry {

Result<Endpoint> endpoint_of(std::string_view host, const std::vector<std::string>& insecure) {
    Endpoint endpoint;
    endpoint.name = std::string(host);
    const std::string server = host == "docker.io" ? "registry-1.docker.io" : std::string(host);
    endpoint.url = TRY_IN("registry " + server, parse_url("https://" + server + "/"));
    const bool named = std::find(insecure.begin(), insecure.end(), host) != insecure.end();
    if (named || reach_of(endpoint.url.host) == Reach::loopback) {
        endpoint.url = TRY_IN("registry " + server, parse_url("http://" + server + "/"));
    }
    return endpoint;
}

Url address_of(const Endpoint& endpoint, const oci::Reference& reference, std::string_view what,
               std::string_view which) {
    Url url = endpoint.url;
    url.target = "/v2/" + reference.path + "/" + std::string(what) + "/" + std::string(which);
    return url;
}

Status may_lead_to(const Url& from, const Url& to) {
    if (from.scheme == "https" && to.scheme == "http") {
        return fail(Errc::denied, from.host + " leads from https to plain http at " + to.host);
    }
    if (reach_of(from.host) == Reach::outside && reach_of(to.host) != Reach::outside) {
        return fail(Errc::denied, from.host + " leads to " + to.host + ", an address inside your own network");
    }
    return {};
}

}  // namespace cutaway::registry
