// SPDX-License-Identifier: Apache-2.0
// RegistryServer: the registries of the simulated world, speaking the distribution protocol as the real ones do:
// challenge, token, manifests by tag and digest, blobs with ranges, a redirect to a store that wants no credentials,
// error bodies, uploads. Digests are true; tokens are opaque numbers of this server. Faults are given as data.
// It reads no clock (so its tokens never run out) and belongs to one thread. `content` outlives it and its answers;
// bytes that were pushed live as long as the server does.
#pragma once

#include <memory>
#include <string>
#include <string_view>
#include <vector>

#include "core/model/http_server.h"
#include "core/model/registry_content.h"
#include "core/model/registry_http.h"

namespace cutaway::model {

class RegistryServer final : public HttpServer {
public:
    RegistryServer(const RegistryContent& content, std::vector<RegistrySite> sites);

    [[nodiscard]] bool answers(std::string_view authority) const override;
    Result<world::HttpResponse> serve(const world::HttpRequest& request, world::Source* upload) override;
    [[nodiscard]] std::string save() const override;
    Status load(std::string_view bytes) override;

    [[nodiscard]] std::int64_t took_ns() const override { return took_ns_; }

    void add_fault(RegistryFault fault) { state_.faults.push_back(std::move(fault)); }
    void clear_faults() { state_.faults.clear(); }
    // From now on the tag names other bytes: how "latest" changes under a client.
    void move_tag(std::string_view repository, std::string_view tag, std::string_view digest);
    void forget_tokens() { state_.tokens.clear(); }
    [[nodiscard]] const RegistryState& state() const { return state_; }

private:
    struct Visit {  // one request, understood
        const world::HttpRequest& request;
        world::Source* upload;
        HttpTarget target;
        const RegistrySite* site = nullptr;
        std::string repository;  // in full
        std::string path;        // "library/nginx"
        std::string what;        // "manifests", "blobs", "tags"
        std::string which;       // a tag, a digest, "uploads/…"
    };

    Outgoing respond(Visit& visit);
    Outgoing token(const Visit& visit);
    std::string issue(IssuedToken token);
    Outgoing stored_blob(const Visit& visit);
    Outgoing api(Visit& visit);
    Outgoing dispatch(const Visit& visit);
    Outgoing manifest(const Visit& visit);
    Outgoing blob(const Visit& visit);
    Outgoing tags(const Visit& visit);
    Outgoing begin_upload(const Visit& visit);
    Outgoing go_on_upload(const Visit& visit);
    Outgoing put_manifest(const Visit& visit);

    [[nodiscard]] bool may(const Visit& visit, std::string_view action) const;
    [[nodiscard]] Outgoing challenge(const Visit& visit, std::string_view action) const;
    [[nodiscard]] bool has_repository(std::string_view repository) const;
    [[nodiscard]] std::optional<std::string> digest_of(std::string_view repository,
                                                       std::string_view tag_or_digest) const;
    [[nodiscard]] std::optional<std::string_view> bytes_of(std::string_view repository, std::string_view digest) const;
    RegistryFault* striking(const world::HttpRequest& request);

    const RegistryContent& content_;
    RegistryState state_;
    std::int64_t took_ns_ = 0;
};

}  // namespace cutaway::model
