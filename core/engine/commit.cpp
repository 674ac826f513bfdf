// SPDX-License-Identifier: Apache-2.0
// `docker commit`: what the container's upper directory holds becomes one more layer on its image.
#include <set>

#include "core/engine/changes.h"
#include "core/engine/happenings.h"
#include "core/engine/lifecycle.h"
#include "core/engine/new_image.h"
#include "core/engine/observe.h"
#include "core/engine/speak.h"
#include "core/oci/codec.h"
#include "core/oci/media_type.h"
#include "core/store/blobs.h"
#include "core/store/containers.h"
#include "core/store/time_text.h"

namespace cutaway::engine {

namespace {

using store::ContainerRecord;
using world::Phase;

// The container stands still until this goes, so that no file changes while it is read.
class Pause {
public:
    Pause(world::World& world, ContainerRecord& record) : world_(world), record_(record) {}
    Pause(const Pause&) = delete;
    Pause& operator=(const Pause&) = delete;
    ~Pause() { static_cast<void>(end()); }
    Status begin() {
        TRY(set_frozen(world_, record_, true));
        held_ = true;
        return {};
    }
    Status end() {
        if (!held_) {
            return {};
        }
        held_ = false;
        return set_frozen(world_, record_, false);
    }

private:
    world::World& world_;
    ContainerRecord& record_;
    bool held_ = false;
};

// Exactly what `diff` lists: what the start itself made is no change of the container's.
Result<MadeLayer> pack_upper(world::World& world, const ContainerRecord& record) {
    std::set<std::string> changed;
    for (const Change& change : TRY(changes_of(world, record))) {
        changed.insert(change.path);
    }
    world::SpanStart step =
        step_span(Phase::layers, record.id, "pack the writable layer: its tar's digest is the diff id");
    return world::within(world.narrator, step, [&] {
        return make_layer_blob(world, [&](const layer::Bytes& out) -> Status {
            const std::unique_ptr<world::TreeReader> upper = TRY(world.disk.reader(record.upper));
            layer::TarTree tar(out);
            const auto dress = [&](world::TreeEntry& entry) -> Result<bool> {
                return changed.contains("/" + entry.path);
            };
            TRY(layer::pack({*upper, tar, world.cancel, layer::TreeForm::upper, dress}, "", ""));
            return tar.finish();
        });
    });
}

// What an image of it would run: what the container runs, with the person's changes.
Result<oci::RunDefaults> run_defaults(const ContainerRecord& record, const oci::ImageConfig& base,
                                      const std::vector<std::string>& changes) {
    oci::RunDefaults run = base.config;
    run.user = record.config.user;
    run.exposed_ports = record.config.exposed_ports;
    run.env = record.config.env;
    run.entrypoint = record.config.entrypoint;
    run.cmd = record.config.cmd;
    run.volumes = record.config.volumes;
    run.working_dir = record.config.working_dir;
    run.labels.clear();
    for (const world::Pair& label : record.config.labels) {
        run.labels[label.name] = label.value;
    }
    run.stop_signal = record.config.stop_signal;
    for (const std::string& change : changes) {
        TRY(apply_change(run, change));
    }
    return run;
}

Result<oci::Manifest> manifest_of(world::World& world, const std::string& digest, const std::string& type) {
    const std::string bytes = TRY(store::read_blob(world, TRY(oci::parse_digest(digest))));
    oci::Document document = TRY(oci::parse_manifest_or_index(bytes, type));
    if (!std::holds_alternative<oci::Manifest>(document)) {
        return fail(Errc::internal, "the image's manifest is an index");
    }
    return std::get<oci::Manifest>(std::move(document));
}

std::string joined(const std::vector<std::string>& words) {
    std::string text;
    for (const std::string& word : words) {
        text += (text.empty() ? "" : " ") + word;
    }
    return text;
}

Result<std::string> make_image(world::World& world, const ContainerRecord& record, const CommitOptions& options) {
    const store::Image base = TRY(store::load_image(world, TRY(oci::parse_digest(record.image_id))));
    oci::ImageConfig config = TRY(store::image_config(world, base.record));
    config.config = TRY(run_defaults(record, config, options.changes));
    NewImage image;
    image.manifest = TRY(manifest_of(world, base.record.manifest, base.record.media_type));
    image.manifest.annotations.clear();
    MadeLayer layer = TRY(pack_upper(world, record));
    oci::HistoryEntry step;
    step.created = store::to_time_text(world.clock.wall_ns());
    step.created_by = joined(record.config.cmd);
    step.author = options.author;
    step.comment = options.comment;
    step.empty_layer = layer.empty;
    config.created = step.created;
    config.author = options.author;
    config.history.push_back(std::move(step));
    if (!layer.empty) {
        if (image.manifest.media_type == oci::media_type::docker_manifest) {
            layer.blob.media_type = oci::media_type::docker_layer_gzip;
        }
        config.diff_ids.push_back(layer.diff_id);
        image.manifest.layers.push_back(layer.blob);
    }
    image.config_bytes = oci::to_json(config);
    return keep_image(world, std::move(image),
                      options.name ? std::vector<oci::Reference>{*options.name} : std::vector<oci::Reference>{});
}

}  // namespace

Result<std::string> commit(Engine& engine, const CommitOptions& options) {
    TRY(engine.reconcile());
    world::World& world = engine.world();
    return api(world, "POST", "/commit?container=" + options.container, 201, [&]() -> Result<std::string> {
        ContainerRecord record = TRY(store::find_container(world, options.container));
        Pause pause(world, record);
        if (options.pause && record.state.status == store::ContainerState::running) {
            TRY(pause.begin());
        }
        Result<std::string> id = world::within(world.narrator, phase_span(Phase::layers, record.id),
                                               [&] { return make_image(world, record, options); });
        const Status going = pause.end();
        if (id) {
            happened(world, record, "commit",
                     {{"comment", options.comment},
                      {"imageID", *id},
                      {"imageRef", options.name ? oci::full_name(*options.name) : ""}});
        }
        return id && !going ? Result<std::string>(going.error()) : id;
    });
}

}  // namespace cutaway::engine
