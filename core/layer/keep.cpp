// SPDX-License-Identifier: Apache-2.0
#include "core/layer/keep.h"

#include <memory>

#include "core/store/blobs.h"
#include "core/store/ids.h"
#include "core/store/paths.h"
#include "core/store/record_file.h"
#include "core/store/time_text.h"

namespace cutaway::layer {

namespace {

std::string record_path(const std::string& folder) { return folder + "/layer.json"; }

// Not synced one by one: the end of the tree makes all of its file system durable, before any of it has a name
// (docs/decisions/0009).
Status write_beside(world::World& world, const std::string& folder, const LayerRecord& record,
                    const LayerIndex& index) {
    TRY(world.disk.save(folder + "/index.jsonl", to_text(index), world::Durability::runtime));
    return store::save_record(world, record_path(folder), record, world::Durability::runtime);
}

LayerRecord to_record(const world::World& world, const LayerPlace& place, const Unpacked& unpacked) {
    LayerRecord record;
    record.chain_id = oci::to_text(place.chain_id);
    record.parent = oci::to_text(place.parent);
    record.diff_id = oci::to_text(unpacked.diff_id);
    record.digest = oci::to_text(unpacked.digest);
    record.created = store::to_time_text(world.clock.wall_ns());
    record.counts = unpacked.counts;
    return record;
}

// Into place, unless somebody else was faster; then theirs is as good.
Status move_into_place(world::World& world, const std::string& made, const oci::Digest& chain_id) {
    const Status moved = world.disk.rename(made, store::layer_dir(world, chain_id));
    if (moved) {
        return {};
    }
    if (TRY(has_layer(world, chain_id))) {
        return world.disk.remove(made);
    }
    return moved.error();
}

Result<LayerRecord> make_layer(world::World& world, const LayerPlace& place, world::Source& blob,
                               const UnpackLimits& limits) {
    const std::string made =
        store::layers_dir(world) + "/" + std::string(store::unfinished) + store::random_id(world.entropy).substr(0, 16);
    UnpackJob job;
    job.digest = place.digest;
    job.diff_id = place.diff_id;
    job.size = place.size;
    job.into = made + "/fs";
    job.shown = store::layer_tree(world, place.chain_id);
    job.limits = limits;
    LayerRecord record;
    const Result<Unpacked> unpacked = unpack_layer(world, job, blob, [&](const Unpacked& done) {
        record = to_record(world, place, done);
        return write_beside(world, made, record, done.index);
    });
    const Status kept = unpacked ? move_into_place(world, made, place.chain_id) : Status(unpacked.error());
    if (kept) {
        return record;
    }
    static_cast<void>(world.disk.remove(made).has_value());  // the first error is the one to tell
    return unpacked ? in_context("keep layer " + oci::short_text(place.digest), kept.error()) : kept.error();
}

}  // namespace

Result<KeptLayer> keep_layer(world::World& world, const LayerPlace& place, world::Source* blob,
                             const UnpackLimits& limits) {
    KeptLayer kept;
    if (TRY(has_layer(world, place.chain_id))) {
        kept.shared = true;
        kept.record = TRY(load_layer(world, place.chain_id));
        world.narrator.note(world::LayerProgress{oci::to_text(place.digest), "present", place.size, place.size});
        return kept;
    }
    std::unique_ptr<world::Source> own;
    if (blob == nullptr) {
        own = TRY(store::open_blob(world, place.digest));
        blob = own.get();
    }
    kept.record = TRY(make_layer(world, place, *blob, limits));
    return kept;
}

Result<bool> has_layer(world::World& world, const oci::Digest& chain_id) {
    const Result<world::FileInfo> there = world.disk.stat(record_path(store::layer_dir(world, chain_id)));
    if (!there && there.error().code != Errc::not_found) {
        return there.error();
    }
    return there.has_value();
}

Result<LayerRecord> load_layer(world::World& world, const oci::Digest& chain_id) {
    return store::load_record<LayerRecord>(world, record_path(store::layer_dir(world, chain_id)));
}

Result<LayerIndex> load_layer_index(world::World& world, const oci::Digest& chain_id) {
    const std::string path = store::layer_index(world, chain_id);
    const std::string text = TRY_IN("read the layer's index", world.disk.read(path));
    return TRY_IN(path, parse_layer_index(text));
}

}  // namespace cutaway::layer
