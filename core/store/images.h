// SPDX-License-Identifier: Apache-2.0
// Images: a record each (images/<id>.json) and names for them (index.json, which makes the data root an OCI image
// layout that other tools open). An image is there once its record is; names come last. Removal goes the other way
// round and takes only what nobody else needs. Error texts are docker's.
#pragma once

#include <cstdint>
#include <optional>
#include <string>
#include <string_view>
#include <vector>

#include "core/base/fields.h"
#include "core/base/result.h"
#include "core/oci/image_config.h"
#include "core/oci/reference.h"
#include "core/world/note.h"
#include "core/world/world.h"

namespace cutaway::store {

struct ImageLayer {
    std::string digest;    // of the blob
    std::string diff_id;   // of the tar
    std::string chain_id;  // its place in the store
    std::uint64_t size = 0;
    std::uint64_t unpacked = 0;
    std::uint32_t files = 0;
    std::uint32_t whiteouts = 0;
    std::string created_by;
    std::uint64_t published_size = 0;  // of a model image: what the real layer weighs; display only
    friend bool operator==(const ImageLayer&, const ImageLayer&) = default;
};
CUTAWAY_FIELDS(ImageLayer, digest, diff_id, chain_id, size, unpacked, files, whiteouts, created_by, published_size)

struct ImageRecord {
    std::uint32_t version = 0;
    std::string id;          // the config's digest
    std::string manifest;    // the digest of this platform's manifest
    std::string media_type;  // of that
    std::uint64_t manifest_size = 0;
    std::string platform;
    std::string created;
    std::vector<std::string> pulled_as;  // "docker.io/library/nginx@sha256:…", what a registry called it
    std::vector<ImageLayer> layers;      // bottom first
    std::vector<std::string> command;    // entrypoint and cmd
    friend bool operator==(const ImageRecord&, const ImageRecord&) = default;
};
CUTAWAY_FIELDS(ImageRecord, version, id, manifest, media_type, manifest_size, platform, created, pulled_as, layers,
               command)

struct Image {
    ImageRecord record;
    std::vector<std::string> names;  // "docker.io/library/nginx:latest", sorted
    friend bool operator==(const Image&, const Image&) = default;
};

std::uint64_t size_of(const ImageRecord& record);            // unpacked, as `docker images` counts
std::uint64_t published_size_of(const ImageRecord& record);  // of a model image, else 0

// Writes the record, then moves the name to it. A reference by digest only adds to pulled_as and names nothing.
// What was said before in pulled_as is kept. The image that loses the name stays, perhaps without any.
Status put_image(world::World& world, ImageRecord record, const std::optional<oci::Reference>& name);
Status tag_image(world::World& world, std::string_view source, const oci::Reference& name);

Result<Image> load_image(world::World& world, const oci::Digest& id);
// By name, "name@sha256:…", id or the beginning of one. "No such image: x".
Result<Image> find_image(world::World& world, std::string_view name_or_id);
Result<oci::ImageConfig> image_config(world::World& world, const ImageRecord& record);
Result<std::vector<Image>> list_images(world::World& world);  // newest first, then by id

struct ImageRemoval {
    std::vector<std::string> untagged;  // as docker prints them: "nginx:latest", "nginx@sha256:…"
    std::vector<std::string> deleted;   // the id, then the chain ids that went with it, topmost first
};
enum class Force { no, yes };
Result<ImageRemoval> remove_image(world::World& world, std::string_view name_or_id, Force force);

world::ImageKnown to_note(const Image& image);

}  // namespace cutaway::store
