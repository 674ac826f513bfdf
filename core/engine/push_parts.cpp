// SPDX-License-Identifier: Apache-2.0
#include "core/engine/push_parts.h"

#include <algorithm>
#include <optional>

#include "core/oci/codec.h"
#include "core/oci/index.h"
#include "core/store/blobs.h"

namespace cutaway::engine {

namespace {

struct KeptIndex {
    oci::Descriptor descriptor;
    std::string bytes;
    oci::Index index;
};

std::string name_of(const store::Image& image) {
    const Result<oci::Reference> reference =
        image.names.empty() ? fail(Errc::not_found, "no name") : oci::parse_reference(image.names.front());
    return reference ? oci::familiar_name(*reference) : image.record.id;
}

// The one it was pulled by, if the store has kept it and it still names this image.
std::optional<KeptIndex> index_of(world::World& world, const store::ImageRecord& record) {
    for (const std::string& pulled : record.pulled_as) {
        const Result<oci::Digest> digest = oci::parse_digest(std::string_view(pulled).substr(pulled.find('@') + 1));
        if (!digest || !store::has_blob(world, *digest).value_or(false)) {
            continue;
        }
        Result<std::string> bytes = store::read_blob(world, *digest);
        Result<oci::Document> document = bytes ? oci::parse_manifest_or_index(*bytes, "") : bytes.error();
        auto* index = document ? std::get_if<oci::Index>(&*document) : nullptr;
        const bool ours = index != nullptr && std::any_of(index->manifests.begin(), index->manifests.end(),
                                                          [&](const oci::Descriptor& one) {
                                                              return oci::to_text(one.digest) == record.manifest;
                                                          });
        if (ours) {
            oci::Descriptor descriptor;
            descriptor.media_type = index->media_type;
            descriptor.digest = *digest;
            descriptor.size = static_cast<std::int64_t>(bytes->size());
            return KeptIndex{std::move(descriptor), std::move(*bytes), std::move(*index)};
        }
    }
    return std::nullopt;
}

Result<PushedManifest> read_manifest(world::World& world, const oci::Descriptor& descriptor) {
    PushedManifest read;
    read.descriptor = descriptor;
    read.bytes = TRY(store::read_blob(world, descriptor.digest));
    read.descriptor.size = static_cast<std::int64_t>(read.bytes.size());
    oci::Document document = TRY(oci::parse_manifest_or_index(read.bytes, descriptor.media_type));
    auto* manifest = std::get_if<oci::Manifest>(&document);
    if (manifest == nullptr) {
        return fail(Errc::unsupported, "an index within an index");
    }
    read.manifest = std::move(*manifest);
    const oci::ImageConfig config =
        TRY(oci::parse_image_config(TRY(store::read_blob(world, read.manifest.config.digest))));
    TRY(oci::check_config_matches(read.manifest, config));
    read.diff_ids = config.diff_ids;
    return read;
}

// With all its blobs, or why not.
Result<PushedManifest> whole_manifest(world::World& world, const oci::Descriptor& descriptor) {
    if (!TRY(store::has_blob(world, descriptor.digest))) {
        return fail(Errc::not_found, "manifest " + oci::short_text(descriptor.digest) + " is not here");
    }
    PushedManifest read = TRY(read_manifest(world, descriptor));
    for (const oci::Descriptor& layer : read.manifest.layers) {
        if (layer.urls.empty() && !TRY(store::has_blob(world, layer.digest))) {
            return fail(Errc::not_found, "layer " + oci::short_text(layer.digest) + " is not here");
        }
    }
    return read;
}

PushParts alone(PushedManifest manifest) {
    PushParts parts;
    parts.named = manifest.descriptor;
    parts.bytes = manifest.bytes;
    parts.manifests.push_back(std::move(manifest));
    return parts;
}

Result<PushParts> own_manifest(world::World& world, const store::Image& image) {
    oci::Descriptor descriptor;
    descriptor.media_type = image.record.media_type;
    descriptor.digest = TRY(oci::parse_digest(image.record.manifest));
    PushParts parts = alone(TRY_IN("manifest of " + name_of(image), read_manifest(world, descriptor)));
    if (parts.manifests.front().manifest.layers.size() != image.record.layers.size()) {
        return fail(Errc::invalid,
                    "the store's manifest of " + name_of(image) + " does not fit its record: cutaway fsck says more");
    }
    return parts;
}

Result<PushParts> one_platform(world::World& world, const store::Image& image, const std::optional<KeptIndex>& kept,
                               const std::string& platform) {
    const oci::Platform wanted = TRY(oci::parse_platform(platform));
    const Error absent = fail(Errc::not_found, "image with reference " + name_of(image) +
                                                   " was found but does not provide the specified platform (" +
                                                   oci::to_text(wanted) + ")");
    if (kept) {
        const Result<oci::PlatformChoice> choice = oci::choose_platform(kept->index, wanted);
        Result<PushedManifest> manifest = choice ? whole_manifest(world, choice->chosen) : absent;
        return manifest ? Result<PushParts>(alone(std::move(*manifest))) : Result<PushParts>(absent);
    }
    const Result<oci::Platform> own = oci::parse_platform(image.record.platform);
    return own && oci::match_rank(wanted, *own) ? own_manifest(world, image) : absent;
}

}  // namespace

Result<PushParts> parts_to_push(world::World& world, const store::Image& image, const std::string& platform) {
    std::optional<KeptIndex> kept = index_of(world, image.record);
    if (!platform.empty()) {
        return one_platform(world, image, kept, platform);
    }
    if (!kept) {
        return own_manifest(world, image);
    }
    PushParts parts;
    for (const oci::Descriptor& entry : kept->index.manifests) {
        Result<PushedManifest> manifest = whole_manifest(world, entry);
        if (!manifest) {
            world.narrator.note(world::Decision{{},
                                                "push",
                                                "this platform's manifest alone",
                                                "of the index that it came by, " + manifest.error().doing});
            return own_manifest(world, image);
        }
        parts.manifests.push_back(std::move(*manifest));
    }
    parts.named = kept->descriptor;
    parts.bytes = std::move(kept->bytes);
    return parts;
}

}  // namespace cutaway::engine
