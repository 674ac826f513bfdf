// SPDX-License-Identifier: Apache-2.0
// Images that no registry gave: made from a container (commit), from a tar (import) or read out of an archive (load). Their
// layers go the way of a pull's: a blob by its digest, unpacked and verified under its chain id; then config and
// manifest; the record next, and the name last.
#pragma once

#include <optional>
#include <string>
#include <vector>

#include "core/engine/engine.h"
#include "core/layer/pack.h"
#include "core/oci/descriptor.h"
#include "core/oci/manifest.h"
#include "core/oci/reference.h"

namespace cutaway::engine {

struct MadeLayer {
    oci::Descriptor blob;  // packed
    oci::Digest diff_id;
    bool empty = false;  // nothing in it: no layer is made of it
};

// A tar, whose bytes `write` gives, becomes a blob of the store, packed by gzip.
Result<MadeLayer> make_layer_blob(world::World& world, const std::function<Status(const layer::Bytes& out)>& write);

struct NewImage {
    std::string config_bytes;    // their digest is the image's id
    oci::Manifest manifest;      // layers bottom first; its config is filled in here
    std::string manifest_bytes;  // empty: made from the manifest
};

// The blobs of its layers are there. Answers the id.
Result<std::string> keep_image(world::World& world, NewImage image, const std::vector<oci::Reference>& names);

struct CommitOptions {
    std::string container;
    std::optional<oci::Reference> name;
    std::string author;
    std::string comment;
    std::vector<std::string> changes;
    bool pause = true;
};
Result<std::string> commit(Engine& engine, const CommitOptions& options);  // the id

struct ImportOptions {
    std::string source;  // for the history: "" is standard input
    std::optional<oci::Reference> name;
    std::string message;
    std::vector<std::string> changes;
    std::string platform;
};
Result<std::string> import_image(Engine& engine, const ImportOptions& options, world::Source& tar);

}  // namespace cutaway::engine
