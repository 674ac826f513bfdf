// SPDX-License-Identifier: Apache-2.0
// The distribution protocol's client. Its pulling side is here: a tag becomes a digest, the digest a manifest for one
// platform, the manifest's parts become streams, and everything that comes back was checked against the digest that
// named it. push.h gives bytes the other way, by the same questions.
// It keeps nothing on disk and unpacks nothing; the store and `layer` do. Nothing of a reference reaches an address
// unless core/oci accepted it. `world` outlives the client and every blob it hands out. One thread a client: a task of
// its own takes client.in(its_world), which shares the tokens.
#pragma once

#include <map>
#include <memory>
#include <mutex>
#include <optional>
#include <string>
#include <string_view>
#include <vector>

#include "core/oci/codec.h"
#include "core/oci/index.h"
#include "core/oci/manifest.h"
#include "core/oci/reference.h"
#include "core/registry/auth.h"
#include "core/registry/endpoint.h"
#include "core/registry/exchange.h"
#include "core/world/world.h"

namespace cutaway::registry {

struct Settings {
    CredentialsFor credentials;  // empty: anonymous
    Trust trust;                 // in single registries
    RetryPolicy retry;
    std::uint64_t upload_piece = std::uint64_t{16} << 20U;  // a bigger blob goes up in pieces of that size
};

// What a name stands for at this moment.
struct Resolved {
    oci::Reference reference;
    oci::Digest digest;
    std::string media_type;  // "" if the name itself was a digest and nobody was asked
    std::string bytes;       // the document, if answering took fetching it; else empty
};

struct Image {
    oci::Reference reference;
    oci::Digest digest;          // what the name stood for: an index's or the manifest's (docker: RepoDigest)
    std::string index;           // the outermost index's bytes; empty if there is none
    oci::Descriptor descriptor;  // of the manifest
    std::string manifest_bytes;
    oci::Manifest manifest;
    std::string config_bytes;  // their digest is the image id
    oci::ImageConfig config;
};

// Reads a name as docker does and narrates what was given and what was filled in.
Result<oci::Reference> read_name(world::Narrator& narrator, std::string_view given);

enum class BlobCheck { digest, size_only };  // size_only: the caller hashes the bytes anyway, as the store does

class Client {
public:
    Client(world::World& world, Settings settings);
    [[nodiscard]] Client in(world::World& world) const;

    // Phase resolve: one HEAD (a GET where the registry cannot answer that), nothing at all for a digest.
    Result<Resolved> resolve(const oci::Reference& reference);

    // Phase manifest: index → platform → manifest → config.
    Result<Image> fetch_image(const Resolved& resolved, const oci::Platform& machine);

    // Phase layers. The stream ends after exactly the descriptor's size with a checked digest, or with an error; it
    // resumes by Range where a connection is lost.
    Result<std::unique_ptr<world::Source>> fetch_blob(const oci::Reference& reference,
                                                      const oci::Descriptor& descriptor,
                                                      BlobCheck check = BlobCheck::digest);

    // A question to the reference's registry with whatever login it takes; any status may come back. It is asked at
    // "/v2/<path>/<what>/<which>", or where the registry said. For blobs here and for pushing.
    struct Inquiry {
        std::string method = "GET";
        std::string what;   // "manifests" or "blobs"
        std::string which;  // a tag or a digest
        std::vector<world::Pair> headers;
        std::size_t whole = 0;
        std::string scope;      // what the token is to be good for; empty: to pull
        std::optional<Url> at;  // a Location; on another origin our credentials stay here
        std::string body;
        OpenBody open_body;  // or one that is streamed
        bool once = false;   // no further tries: asking the same again would not do
    };
    Result<Answer> ask(const oci::Reference& reference, const Inquiry& inquiry);
    [[nodiscard]] Result<Url> server_of(const oci::Reference& reference) const;

    [[nodiscard]] world::World& world() const { return *world_; }
    [[nodiscard]] const RetryPolicy& retry() const { return shared_->settings.retry; }
    [[nodiscard]] std::uint64_t upload_piece() const { return shared_->settings.upload_piece; }

private:
    struct Shared {  // by the clients of one pull
        explicit Shared(Settings given) : settings(std::move(given)), auth(settings.credentials) {}
        Settings settings;
        Auth auth;
        std::mutex guard;
        std::map<std::string, Endpoint> reached;  // by name: asked once
    };
    struct Fetched {
        oci::Document document;
        std::string bytes;
        std::string media_type;
    };

    Client(world::World& world, std::shared_ptr<Shared> shared) : world_(&world), shared_(std::move(shared)) {}
    [[nodiscard]] Result<Endpoint> endpoint(const std::string& host) const;
    Result<std::string> login(const std::string& scope, const Endpoint& endpoint, Answer& refused);
    Result<Resolved> ask_for_tag(const oci::Reference& reference);
    Result<Resolved> get_tag(const oci::Reference& reference);
    Result<Fetched> fetch_document(const oci::Reference& reference, const oci::Descriptor& named);
    Result<Fetched> first_document(const Resolved& resolved, const oci::Descriptor& named);
    Result<Image> finish_image(Image image, Fetched fetched);
    Result<oci::Descriptor> choose(const oci::Reference& reference, const oci::Index& index,
                                   const oci::Platform& machine);
    Result<std::string> fetch_config(const oci::Reference& reference, const oci::Descriptor& descriptor);

    world::World* world_;
    std::shared_ptr<Shared> shared_;
};

// The refusal in docker's words.
Error refused(Answer& answer, const oci::Reference& reference);

}  // namespace cutaway::registry
