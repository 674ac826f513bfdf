// SPDX-License-Identifier: Apache-2.0
#include "core/engine/new_image.h"

#include <array>

#include "core/base/sha256.h"
#include "core/engine/changes.h"
#include "core/engine/image_record.h"
#include "core/engine/speak.h"
#include "core/layer/compress.h"
#include "core/layer/decompress.h"
#include "core/layer/keep.h"
#include "core/oci/codec.h"
#include "core/oci/media_type.h"
#include "core/store/blobs.h"
#include "core/store/time_text.h"

namespace cutaway::engine {

namespace {

using world::Phase;

// What a tar without entries comes to: two blocks of zeros.
constexpr std::string_view empty_tar = "5f70bf18a086007016e948b04aed3b82103a36bea41755b6cddfaf10ace3c6ef";

Result<std::vector<store::ImageLayer>> keep_layers(world::World& world, const oci::Manifest& manifest,
                                                   const oci::ImageConfig& config) {
    std::vector<store::ImageLayer> layers;
    for (const layer::LayerPlace& place : layer_places(manifest, config)) {
        layers.push_back(layer_record(place, TRY(layer::keep_layer(world, place, nullptr)).record));
    }
    return layers;
}

}  // namespace

Result<MadeLayer> make_layer_blob(world::World& world, const std::function<Status(const layer::Bytes& out)>& write) {
    const std::unique_ptr<store::FreshBlob> blob = TRY(store::FreshBlob::begin(world));
    layer::Gzip gzip([&](std::string_view bytes) { return blob->write(bytes); });
    Sha256 sum;
    TRY(write([&](std::string_view bytes) -> Status {
        sum.add(bytes);
        return gzip.write(bytes);
    }));
    TRY(gzip.finish());
    MadeLayer made;
    made.diff_id.algorithm = "sha256";
    made.diff_id.hex = sum.finish_hex();
    made.empty = made.diff_id.hex == empty_tar;
    if (!made.empty) {
        made.blob = TRY(blob->commit());
        made.blob.media_type = oci::media_type::oci_layer_gzip;
    }
    return made;
}

Result<std::string> keep_image(world::World& world, NewImage image, const std::vector<oci::Reference>& names) {
    const oci::ImageConfig config = TRY(oci::parse_image_config(image.config_bytes));
    TRY(oci::check_config_matches(image.manifest, config));
    if (image.manifest_bytes.empty()) {
        image.manifest.config =
            oci::describe(image.manifest.media_type == oci::media_type::docker_manifest ? oci::media_type::docker_config
                                                                                        : oci::media_type::oci_config,
                          image.config_bytes);
        image.manifest_bytes = oci::to_json(image.manifest);
    }
    const oci::Descriptor document = oci::describe(image.manifest.media_type, image.manifest_bytes);
    const ImageDocuments documents{image.manifest, document, config, image.config_bytes, image.manifest_bytes.size()};
    const store::ImageRecord record = image_record(documents, TRY(keep_layers(world, image.manifest, config)));
    world::Span step(world.narrator);
    TRY(step.open(step_span(Phase::layers, "", "write config and manifest, the image's record, then its name")));
    TRY(store::put_blob(world, oci::describe(oci::media_type::oci_config, image.config_bytes), image.config_bytes, ""));
    TRY(store::put_blob(world, document, image.manifest_bytes, ""));
    TRY(store::put_image(world, record, names.empty() ? std::nullopt : std::optional<oci::Reference>(names.front())));
    for (std::size_t i = 1; i < names.size(); ++i) {
        TRY(store::tag_image(world, record.id, names[i]));
    }
    return record.id;
}

namespace {

Result<MadeLayer> layer_of(world::World& world, world::Source& tar) {
    const std::unique_ptr<world::Source> plain = TRY(layer::decompressed(tar));
    return make_layer_blob(world, [&](const layer::Bytes& out) -> Status {
        std::array<char, 65536> buffer{};
        while (const std::size_t got = TRY(plain->read(buffer))) {
            TRY(out(std::string_view(buffer.data(), got)));
        }
        return {};
    });
}

}  // namespace

Result<std::string> import_image(Engine& engine, const ImportOptions& options, world::Source& tar) {
    TRY(engine.reconcile());
    world::World& world = engine.world();
    return api(world, "POST", "/images/create?fromSrc=" + (options.source.empty() ? "-" : options.source), 200,
               [&]() -> Result<std::string> {
                   oci::ImageConfig config;
                   for (const std::string& change : options.changes) {
                       TRY(apply_change(config.config, change));
                   }
                   oci::Platform platform{world.machine.os, world.machine.architecture, world.machine.variant, ""};
                   if (!options.platform.empty()) {
                       platform = TRY(oci::parse_platform(options.platform));
                   }
                   world::SpanStart phase = phase_span(Phase::layers, "");
                   return world::within(world.narrator, phase, [&]() -> Result<std::string> {
                       const MadeLayer layer = TRY(layer_of(world, tar));
                       config.created = store::to_time_text(world.clock.wall_ns());
                       config.os = platform.os;
                       config.architecture = platform.architecture;
                       config.variant = platform.variant;
                       config.diff_ids = {layer.diff_id};
                       oci::HistoryEntry step;
                       step.created = config.created;
                       step.comment = options.message;
                       config.history = {step};
                       NewImage image;
                       image.config_bytes = oci::to_json(config);
                       image.manifest.media_type = oci::media_type::oci_manifest;
                       image.manifest.layers = {layer.blob};
                       return keep_image(
                           world, std::move(image),
                           options.name ? std::vector<oci::Reference>{*options.name} : std::vector<oci::Reference>{});
                   });
               });
}

}  // namespace cutaway::engine
