// SPDX-License-Identifier: Apache-2.0
// `docker pull`: a name becomes a digest, the digest a manifest, the manifest layers, the layers directories. The
// image's record is written last, so a pull that ends early leaves no image, only blobs that the next one finds.
#include <algorithm>

#include "core/engine/engine.h"
#include "core/engine/happenings.h"
#include "core/engine/speak.h"
#include "core/layer/keep.h"
#include "core/oci/chain_id.h"
#include "core/registry/client.h"
#include "core/store/blobs.h"
#include "core/store/ids.h"
#include "core/store/images.h"

namespace cutaway::engine {

namespace {

using world::Phase;

constexpr std::size_t at_once = 3;  // docker's default
constexpr std::size_t piece = 32 * 1024;

struct Pull {
    world::World& world;
    registry::Client& client;
    Io& io;
    const Brought* brought;  // null: from a registry
    registry::Image image;
};

// The same world, but whoever asks for documents and blobs asks what came with the program.
world::World asking(world::World& world, const Brought* brought) {
    world::Transport& transport = brought == nullptr ? world.transport : *brought->transport;
    return {world.kernel, world.disk,  transport,      world.clock,  world.entropy, world.spawner,
            world.watch,  world.tasks, world.narrator, world.cancel, world.machine};
}

std::string short_digest(const oci::Digest& digest) { return store::short_id(oci::to_text(digest)); }

void tell(Pull& pull, world::World& world, const oci::Descriptor& layer, std::string state, std::uint64_t done) {
    world::LayerProgress progress;
    progress.digest = oci::to_text(layer.digest);
    progress.state = std::move(state);
    progress.done = done;
    progress.total = static_cast<std::uint64_t>(layer.size);
    pull.io.progress(progress);
    world.narrator.note(std::move(progress));
}

Status copy_blob(Pull& pull, world::World& world, const oci::Descriptor& layer) {
    world::World from = asking(world, pull.brought);
    registry::Client client = pull.client.in(from);
    const auto source = TRY(client.fetch_blob(pull.image.reference, layer, registry::BlobCheck::size_only));
    const auto writer = TRY(store::BlobWriter::begin(world, layer, "layer"));
    std::vector<char> buffer(piece);
    for (;;) {
        const std::size_t got = TRY(source->read(buffer));
        if (got == 0) {
            return writer->commit();
        }
        TRY(writer->write({buffer.data(), got}));
        tell(pull, world, layer, "downloading", writer->written());
    }
}

Status download(Pull& pull, world::World& world, const oci::Descriptor& layer) {
    const std::string id = short_digest(layer.digest);
    world::SpanStart step = step_span(Phase::layers, "", "download layer " + id);
    return world::within(world.narrator, step, [&]() -> Status {
        if (TRY(store::has_blob(world, layer.digest))) {
            tell(pull, world, layer, "present", static_cast<std::uint64_t>(layer.size));
            return {};
        }
        TRY(copy_blob(pull, world, layer));
        pull.io.say(id + ": Download complete");
        tell(pull, world, layer, "downloaded", static_cast<std::uint64_t>(layer.size));
        return {};
    });
}

std::vector<layer::LayerPlace> places_of(const registry::Image& image) {
    std::vector<layer::LayerPlace> places;
    const std::vector<oci::Digest> chains = oci::chain_ids(image.config.diff_ids);
    for (std::size_t i = 0; i < image.manifest.layers.size(); ++i) {
        layer::LayerPlace place;
        place.digest = image.manifest.layers[i].digest;
        place.diff_id = image.config.diff_ids[i];
        place.chain_id = chains[i];
        if (i > 0) {
            place.parent = chains[i - 1];
        }
        place.size = static_cast<std::uint64_t>(image.manifest.layers[i].size);
        places.push_back(place);
    }
    return places;
}

Status download_missing(Pull& pull, const std::vector<layer::LayerPlace>& places) {
    std::vector<world::Task> tasks;
    for (std::size_t i = 0; i < places.size(); ++i) {
        const oci::Descriptor& layer = pull.image.manifest.layers[i];
        if (TRY(layer::has_layer(pull.world, places[i].chain_id))) {
            pull.io.say(short_digest(layer.digest) + ": Already exists");
            tell(pull, pull.world, layer, "present", places[i].size);
            continue;
        }
        pull.io.say(short_digest(layer.digest) + ": Pulling fs layer");
        tell(pull, pull.world, layer, "waiting", 0);
        tasks.emplace_back([&pull, &layer](world::World& world) { return download(pull, world, layer); });
    }
    return pull.world.tasks.run(pull.world, std::move(tasks), at_once);
}

// Bottom first: a layer's place in the stack is named after all below it.
Status unpack(Pull& pull, const std::vector<layer::LayerPlace>& places, store::ImageRecord& record) {
    for (std::size_t i = 0; i < places.size(); ++i) {
        const oci::Descriptor& blob = pull.image.manifest.layers[i];
        const bool there = TRY(layer::has_layer(pull.world, places[i].chain_id));
        layer::LayerRecord kept;
        if (there) {
            kept = TRY(layer::load_layer(pull.world, places[i].chain_id));
        } else {
            world::SpanStart step = step_span(Phase::layers, "", "unpack layer " + short_digest(blob.digest));
            kept = TRY(world::within(pull.world.narrator, step, [&] {
                       return layer::keep_layer(pull.world, places[i], nullptr);
                   })).record;
            pull.io.say(short_digest(blob.digest) + ": Pull complete");
        }
        tell(pull, pull.world, blob, there ? "present" : "complete", places[i].size);
        store::ImageLayer layer;
        layer.digest = oci::to_text(places[i].digest);
        layer.diff_id = oci::to_text(places[i].diff_id);
        layer.chain_id = oci::to_text(places[i].chain_id);
        layer.size = places[i].size;
        layer.unpacked = kept.counts.bytes;
        layer.files = static_cast<std::uint32_t>(kept.counts.entries);
        layer.whiteouts = static_cast<std::uint32_t>(kept.counts.whiteouts);
        record.layers.push_back(layer);
    }
    return {};
}

void describe(const registry::Image& image, store::ImageRecord& record) {
    record.id = oci::to_text(oci::image_id(image.config_bytes));
    record.manifest = oci::to_text(image.descriptor.digest);
    record.media_type = image.descriptor.media_type;
    record.manifest_size = image.manifest_bytes.size();
    record.platform = oci::to_text(oci::platform_of(image.config));
    record.created = image.config.created;
    record.command = image.config.config.entrypoint;
    record.command.insert(record.command.end(), image.config.config.cmd.begin(), image.config.config.cmd.end());
}

// What the annotation says the published layers weigh; shown, never checked against anything.
void add_display(const registry::Image& image, store::ImageRecord& record) {
    std::size_t layer = 0;
    for (const oci::HistoryEntry& entry : image.config.history) {
        if (!entry.empty_layer && layer < record.layers.size()) {
            record.layers[layer++].created_by = entry.created_by;
        }
    }
    for (std::size_t i = 0; i < record.layers.size(); ++i) {
        const auto& annotations = image.manifest.layers[i].annotations;
        if (const auto size = annotations.find("cutaway.published-size"); size != annotations.end()) {
            record.layers[i].published_size = std::strtoull(size->second.c_str(), nullptr, 10);
        }
    }
}

Status keep_documents(Pull& pull) {
    oci::Descriptor config = pull.image.manifest.config;
    TRY(store::put_blob(pull.world, config, pull.image.config_bytes, ""));
    TRY(store::put_blob(pull.world, pull.image.descriptor, pull.image.manifest_bytes, ""));
    if (!pull.image.index.empty()) {
        oci::Descriptor index;
        index.digest = oci::digest_of(pull.image.index);
        index.size = static_cast<std::int64_t>(pull.image.index.size());
        TRY(store::put_blob(pull.world, index, pull.image.index, ""));
    }
    return {};
}

Status take_layers(Pull& pull) {
    return world::within(pull.world.narrator, phase_span(Phase::layers, ""), [&]() -> Status {
        const std::vector<layer::LayerPlace> places = places_of(pull.image);
        TRY(download_missing(pull, places));
        store::ImageRecord record;
        TRY(unpack(pull, places, record));
        world::Span step(pull.world.narrator);
        TRY(step.open(step_span(Phase::layers, "", "record the image under its name")));
        TRY(keep_documents(pull));
        describe(pull.image, record);
        if (pull.brought == nullptr) {
            record.pulled_as = {oci::repository(pull.image.reference) + "@" + oci::to_text(pull.image.digest)};
        }
        add_display(pull.image, record);
        return store::put_image(pull.world, record, pull.image.reference);
    });
}

bool up_to_date(world::World& world, const registry::Resolved& resolved, const std::string& name, bool brought) {
    const Result<store::Image> here = store::find_image(world, name);
    if (brought) {  // the program brings one image of a name, and it is there
        return here.has_value();
    }
    const std::string called = oci::repository(resolved.reference) + "@" + oci::to_text(resolved.digest);
    return here && std::find(here->record.pulled_as.begin(), here->record.pulled_as.end(), called) !=
                       here->record.pulled_as.end();
}

Result<registry::Resolved> resolve(Pull& pull, const std::string& name) {
    return world::within(pull.world.narrator, phase_span(Phase::resolve, ""), [&]() -> Result<registry::Resolved> {
        const oci::Reference reference = TRY(registry::read_name(pull.world.narrator, name));
        if (pull.brought != nullptr) {
            pull.world.narrator.note(world::Decision{
                {}, "resolve", "no registry is asked", "the image came with Cutaway; nothing leaves this machine"});
        }
        auto resolved = TRY(pull.client.resolve(reference));
        pull.io.say(reference.tag.empty()
                        ? oci::repository(reference)
                        : reference.tag +
                              (pull.brought == nullptr ? ": Pulling from " : ": Copying what Cutaway has of ") +
                              reference.path);
        return resolved;
    });
}

// "nginx": docker's event has the name without the tag.
std::string resolved_name(const registry::Resolved& resolved) {
    const std::string name = oci::familiar_name(resolved.reference);
    const std::size_t slash = name.rfind('/');
    return name.substr(0, name.find_first_of(":@", slash == std::string::npos ? 0 : slash));
}

const Brought* among(const Brought* brought, const std::string& name) {
    const Result<oci::Reference> reference = oci::parse_reference(name);
    return brought != nullptr && reference && brought->has(*reference) ? brought : nullptr;
}

}  // namespace

Result<PullResult> Engine::pull(const std::string& name, const std::string& platform, Io& io) {
    TRY(store::prepare(world_));
    TRY(store::remove_unfinished(world_));
    oci::Platform machine{world_.machine.os, world_.machine.architecture, world_.machine.variant, ""};
    if (!platform.empty()) {
        machine = TRY(oci::parse_platform(platform));
    }
    const Brought* brought = among(brought_, name);
    world::World from = asking(world_, brought);
    registry::Client client(from, registry::Settings{});
    Pull pull{world_, client, io, brought, {}};
    const registry::Resolved resolved = TRY(resolve(pull, name));
    PullResult result;
    result.reference = oci::full_name(resolved.reference);
    result.digest = oci::to_text(resolved.digest);
    result.newer = !(platform.empty() && up_to_date(world_, resolved, name, brought != nullptr));
    if (result.newer) {
        pull.image = TRY(world::within(world_.narrator, phase_span(Phase::manifest, ""),
                                       [&] { return client.fetch_image(resolved, machine); }));
        TRY(take_layers(pull));
        result.image_id = oci::to_text(oci::image_id(pull.image.config_bytes));
    } else {
        result.image_id = TRY(store::find_image(world_, name)).record.id;
    }
    happened(world_, {0, "image", "pull", oci::familiar_name(resolved.reference), {{"name", resolved_name(resolved)}}});
    io.say("Digest: " + result.digest);
    const std::string_view done = brought == nullptr ? "Downloaded newer image for " : "Copied image for ";
    io.say("Status: " + std::string(result.newer ? done : "Image is up to date for ") +
           oci::familiar_name(resolved.reference));
    return result;
}

}  // namespace cutaway::engine
