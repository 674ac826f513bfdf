// SPDX-License-Identifier: Apache-2.0
#include "core/registry/endpoint.h"

namespace cutaway::registry {

Result<Endpoint> endpoint_of(std::string_view host, const Trust& trust) {
    Endpoint endpoint;
    endpoint.name = std::string(host);
    const std::string server = host == "docker.io" ? "registry-1.docker.io" : std::string(host);
    endpoint.url = TRY_IN("registry " + server, parse_url("https://" + server + "/"));
    endpoint.either = is_insecure(trust, host);
    // Nobody stands between this machine and itself.
    if (!endpoint.either && !is_certified(trust, host) && reach_of(endpoint.url.host) == Reach::loopback) {
        endpoint.url = TRY_IN("registry " + server, parse_url("http://" + server + "/"));
    }
    return endpoint;
}

Result<Endpoint> reach(world::World& world, Endpoint endpoint, const RetryPolicy& policy) {
    if (!endpoint.either) {
        return endpoint;
    }
    const auto ask = [&]() -> Result<Endpoint> {
        Question question;
        question.url = endpoint.url;
        question.url.target = "/v2/";
        question.whole = std::size_t{1} << 16U;
        RetryPolicy once = policy;
        once.attempts = 1;
        const Result<Answer> answer = exchange(world, question, once);
        if (!answer && (answer.error().code == Errc::cancelled || answer.error().code == Errc::denied)) {
            return answer.error();
        }
        if (!answer) {
            world.narrator.note(world::Decision{
                {}, "registry", "plain http", "it is called insecure here, and over TLS it gave no answer"});
            const std::string root = to_text(endpoint.url);
            endpoint.url = TRY(parse_url("http" + root.substr(root.find(':'))));
        }
        endpoint.either = false;
        return endpoint;
    };
    return world::within(world.narrator,
                         {world::Grain::step,
                          world::Phase::none,
                          "try TLS with a registry that is called insecure",
                          world::Actor::daemon,
                          {},
                          false},
                         ask);
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
