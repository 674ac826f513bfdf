// SPDX-License-Identifier: Apache-2.0
// `docker pull`: a name becomes a digest, the digest a manifest, the manifest layers, the layers directories. The
// image's record is written last, so a pull that ends early leaves no image, only blobs that the next one finds.
#include <algorithm>
#include <chrono>
#include <condition_variable>
#include <mutex>

#include "core/engine/engine.h"
#include "core/engine/happenings.h"
#include "core/engine/image_record.h"
#include "core/engine/logins.h"
#include "core/engine/speak.h"
#include "core/layer/keep.h"
#include "core/oci/codec.h"
#include "core/oci/index.h"
#include "core/oci/media_type.h"
#include "core/registry/client.h"
#include "core/store/blobs.h"
#include "core/store/ids.h"
#include "core/store/images.h"

namespace cutaway::engine {

namespace {

using world::Phase;

constexpr std::size_t at_once = 3;  // docker's default
constexpr std::size_t piece = 32 * 1024;

// Which layers' blobs are here. The layers of one image are taken by several tasks.
class Arrivals {
public:
    explicit Arrivals(std::size_t count) : here_(count, false) {}
    void arrived(std::size_t layer) {
        const std::lock_guard<std::mutex> lock(mutex_);
        here_[layer] = true;
        changed_.notify_all();
    }
    bool is_here(std::size_t layer) {
        const std::lock_guard<std::mutex> lock(mutex_);
        return here_[layer];
    }
    // Whoever waits here began after all that it may wait for: tasks begin in order, and no download waits.
    Status wait_for(std::size_t layer, const world::Cancel& cancel) {
        std::unique_lock<std::mutex> lock(mutex_);
        while (!here_[layer] && !cancel.requested()) {
            changed_.wait_for(lock, std::chrono::milliseconds(20));
        }
        return here_[layer] ? Status() : Status(fail(Errc::cancelled, "the layer's blob did not come"));
    }

private:
    std::mutex mutex_;
    std::condition_variable changed_;
    std::vector<bool> here_;
};

struct Pull {
    world::World& world;
    registry::Client& client;
    Io& io;
    const Brought* brought;  // null: from a registry
    registry::Image image;
};

struct Layers {
    explicit Layers(std::vector<layer::LayerPlace> given)
        : places(std::move(given)), arrivals(places.size()), kept(places.size()), fresh(places.size(), false) {}
    // The lowest layer that comes in the same blob: the one that brings it.
    [[nodiscard]] std::size_t bringer(std::size_t layer) const {
        const auto same = [&](const layer::LayerPlace& other) { return other.digest == places[layer].digest; };
        return static_cast<std::size_t>(std::find_if(places.begin(), places.end(), same) - places.begin());
    }
    std::vector<layer::LayerPlace> places;  // bottom first
    Arrivals arrivals;
    std::vector<layer::LayerRecord> kept;  // each written by the one task that unpacks it
    std::vector<bool> fresh;               // it was not in the store; set before any task runs
};

// The same world, but whoever asks for documents and blobs asks what came with the program.
world::World asking(world::World& world, const Brought* brought) {
    world::Transport& transport = brought == nullptr ? world.transport : *brought->transport;
    return {world.kernel, world.disk,  transport,      world.clock,  world.entropy, world.spawner,
            world.watch,  world.tasks, world.narrator, world.cancel, world.machine};
}

std::string short_digest(const oci::Digest& digest) { return store::short_id(oci::to_text(digest)); }

void tell(world::World& world, const oci::Descriptor& layer, std::string state, std::uint64_t done) {
    world::LayerProgress progress;
    progress.digest = oci::to_text(layer.digest);
    progress.state = std::move(state);
    progress.done = done;
    progress.total = static_cast<std::uint64_t>(layer.size);
    world.narrator.note(std::move(progress));
}

Status copy_blob(Pull& pull, world::World& world, const oci::Descriptor& layer) {
    world::World from = asking(world, pull.brought);
    registry::Client client = pull.client.in(from);
    const auto source = TRY(client.fetch_blob(pull.image.reference, layer, registry::BlobCheck::size_only));
    const auto writer = TRY(store::BlobWriter::begin(world, layer, "layer"));
    const std::string id = short_digest(layer.digest);
    const auto size = static_cast<std::uint64_t>(layer.size);
    std::vector<char> buffer(piece);
    for (;;) {
        const std::size_t got = TRY(source->read(buffer));
        if (got == 0) {
            return writer->commit();
        }
        TRY(writer->write({buffer.data(), got}));
        tell(world, layer, "downloading", writer->written());
        pull.io.progress({id, "Downloading", writer->written(), size});
    }
}

Status download(Pull& pull, world::World& world, const oci::Descriptor& layer) {
    const std::string id = short_digest(layer.digest);
    world::SpanStart step = step_span(Phase::layers, "", "download layer " + id);
    return world::within(world.narrator, step, [&]() -> Status {
        if (TRY(store::has_blob(world, layer.digest))) {
            tell(world, layer, "present", static_cast<std::uint64_t>(layer.size));
            return {};
        }
        TRY(copy_blob(pull, world, layer));
        pull.io.layer(id, "Download complete");
        tell(world, layer, "downloaded", static_cast<std::uint64_t>(layer.size));
        return {};
    });
}

// A blob on its way to the unpacker, with the bar that shows it.
class ShownSource final : public world::Source {
public:
    ShownSource(Io& io, world::Source& inner, LayerBar bar) : io_(io), inner_(inner), bar_(std::move(bar)) {}
    Result<std::size_t> read(std::span<char> into) override {
        const std::size_t got = TRY(inner_.read(into));
        bar_.done += got;
        io_.progress(bar_);
        return got;
    }

private:
    Io& io_;
    world::Source& inner_;
    LayerBar bar_;
};

Status unpack(Pull& pull, world::World& world, Layers& layers, std::size_t at) {
    const oci::Descriptor& blob = pull.image.manifest.layers[at];
    TRY(layers.arrivals.wait_for(layers.bringer(at), world.cancel));
    const std::string id = short_digest(blob.digest);
    return world::within(world.narrator, step_span(Phase::layers, "", "unpack layer " + id), [&]() -> Status {
        const std::unique_ptr<world::Source> packed = TRY(store::open_blob(world, blob.digest));
        ShownSource shown(pull.io, *packed, {id, "Extracting", 0, static_cast<std::uint64_t>(blob.size)});
        layers.kept[at] = TRY(layer::keep_layer(world, layers.places[at], &shown)).record;
        pull.io.layer(id, "Pull complete");
        tell(world, blob, "complete", layers.places[at].size);
        return {};
    });
}

// What the store has of it already; the rest is waited for.
Status look_for_layers(Pull& pull, Layers& layers) {
    for (std::size_t i = 0; i < layers.places.size(); ++i) {
        const oci::Descriptor& layer = pull.image.manifest.layers[i];
        layers.fresh[i] = !TRY(layer::has_layer(pull.world, layers.places[i].chain_id));
        // Its files may have come in another blob; then this one is fetched all the same, to be pushed and saved as it is.
        if (!layers.fresh[i] && TRY(store::has_blob(pull.world, layer.digest))) {
            layers.arrivals.arrived(i);
            pull.io.layer(short_digest(layer.digest), "Already exists");
            tell(pull.world, layer, "present", layers.places[i].size);
            continue;
        }
        pull.io.layer(short_digest(layer.digest), "Pulling fs layer");
        tell(pull.world, layer, "waiting", 0);
    }
    return {};
}

// All downloads begin before anything is unpacked, and each layer is unpacked as soon as its blob is here: layers are
// in overlay form, so that none needs the one below it. Equal blobs come once.
Status take_missing(Pull& pull, Layers& layers) {
    std::vector<world::Task> tasks;
    for (std::size_t i = 0; i < layers.places.size(); ++i) {
        const oci::Descriptor& layer = pull.image.manifest.layers[i];
        if (layers.bringer(i) != i || layers.arrivals.is_here(i)) {
            continue;
        }
        tasks.emplace_back([&pull, &layers, &layer, i](world::World& world) -> Status {
            TRY(download(pull, world, layer));
            layers.arrivals.arrived(i);
            return {};
        });
    }
    for (std::size_t i = 0; i < layers.places.size(); ++i) {
        if (layers.fresh[i]) {
            tasks.emplace_back([&pull, &layers, i](world::World& world) { return unpack(pull, world, layers, i); });
        }
    }
    return pull.world.tasks.run(pull.world, std::move(tasks), at_once);
}

Result<std::vector<store::ImageLayer>> records_of(Pull& pull, Layers& layers) {
    std::vector<store::ImageLayer> records;
    for (std::size_t i = 0; i < layers.places.size(); ++i) {
        if (!layers.fresh[i]) {
            layers.kept[i] = TRY(layer::load_layer(pull.world, layers.places[i].chain_id));
            tell(pull.world, pull.image.manifest.layers[i], "present", layers.places[i].size);
        }
        records.push_back(layer_record(layers.places[i], layers.kept[i]));
    }
    return records;
}

Status keep_documents(Pull& pull) {
    oci::Descriptor config = pull.image.manifest.config;
    TRY(store::put_blob(pull.world, config, pull.image.config_bytes, ""));
    TRY(store::put_blob(pull.world, pull.image.descriptor, pull.image.manifest_bytes, ""));
    if (!pull.image.index.empty()) {
        TRY(store::put_blob(pull.world, oci::describe("", pull.image.index), pull.image.index, ""));
    }
    return {};
}

Status take_layers(Pull& pull) {
    return world::within(pull.world.narrator, phase_span(Phase::layers, ""), [&]() -> Status {
        Layers layers(layer_places(pull.image.manifest, pull.image.config));
        TRY(look_for_layers(pull, layers));
        TRY(take_missing(pull, layers));
        std::vector<store::ImageLayer> records = TRY(records_of(pull, layers));
        world::Span step(pull.world.narrator);
        TRY(step.open(step_span(Phase::layers, "", "record the image under its name")));
        TRY(keep_documents(pull));
        const registry::Image& image = pull.image;
        store::ImageRecord record = image_record(
            {image.manifest, image.descriptor, image.config, image.config_bytes, image.manifest_bytes.size()},
            std::move(records));
        if (pull.brought == nullptr) {
            record.pulled_as = {oci::repository(pull.image.reference) + "@" + oci::to_text(pull.image.digest)};
        }
        return store::put_image(pull.world, record, pull.image.reference);
    });
}

// Whether nothing of it was lost since it was recorded.
bool is_whole(world::World& world, const store::ImageRecord& record) {
    const auto has_blob = [&world](const std::string& text) {
        const Result<oci::Digest> digest = oci::parse_digest(text);
        return digest && store::has_blob(world, *digest).value_or(false);
    };
    return has_blob(record.manifest) && has_blob(record.id) &&
           std::all_of(record.layers.begin(), record.layers.end(), [&](const store::ImageLayer& layer) {
               const Result<oci::Digest> chain = oci::parse_digest(layer.chain_id);
               return chain && has_blob(layer.digest) && layer::has_layer(world, *chain).value_or(false);
           });
}

// One name stands for many platforms: what is here under it may be another than the one that is wanted now.
bool is_for(world::World& world, const store::ImageRecord& record, const oci::Digest& named,
            const oci::Platform& wanted) {
    if (oci::to_text(named) == record.manifest) {
        return true;  // no index, no choice
    }
    const Result<std::string> bytes = store::read_blob(world, named);
    const Result<oci::Document> document = bytes ? oci::parse_manifest_or_index(*bytes, "") : bytes.error();
    const auto* index = document ? std::get_if<oci::Index>(&*document) : nullptr;
    const Result<oci::PlatformChoice> choice =
        index == nullptr ? fail(Errc::not_found, "no index") : oci::choose_platform(*index, wanted);
    if (choice && !oci::is_index_type(choice->chosen.media_type)) {
        return oci::to_text(choice->chosen.digest) == record.manifest;
    }
    const Result<oci::Platform> own = oci::parse_platform(record.platform);
    return own && *own == oci::normalised(wanted);
}

bool suits(const store::ImageRecord& record, const oci::Platform& wanted) {
    const Result<oci::Platform> own = oci::parse_platform(record.platform);
    return own && oci::match_rank(wanted, *own);
}

struct Wanted {
    oci::Platform platform;
    bool asked = false;  // for this one, not for what this machine is
};

bool up_to_date(Pull& pull, const registry::Resolved& resolved, const std::string& name, const Wanted& wanted) {
    world::World& world = pull.world;
    const Result<store::Image> here = store::find_image(world, name);
    if (!here || !is_whole(world, here->record)) {
        return false;
    }
    if (pull.brought != nullptr) {  // the program brings one image of a name, and it is there
        return true;
    }
    if (!is_for(world, here->record, resolved.digest, wanted.platform) ||
        (wanted.asked && !suits(here->record, wanted.platform))) {
        return false;
    }
    const std::string called = oci::repository(resolved.reference) + "@" + oci::to_text(resolved.digest);
    return std::find(here->record.pulled_as.begin(), here->record.pulled_as.end(), called) !=
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

// An index was chosen from; a name that stands for one manifest has no choice, and is not what was asked for.
Status check_platform(const registry::Image& image, const Wanted& wanted) {
    const oci::Platform own = oci::platform_of(image.config);
    if (!wanted.asked || !image.index.empty() || oci::match_rank(wanted.platform, own)) {
        return {};
    }
    return fail(Errc::not_found, "image with reference " + oci::familiar_name(image.reference) +
                                     " was found but its platform (" + oci::to_text(own) +
                                     ") does not match the specified platform (" + oci::to_text(wanted.platform) + ")");
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
    Wanted wanted{{world_.machine.os, world_.machine.architecture, world_.machine.variant, ""}, !platform.empty()};
    if (wanted.asked) {
        wanted.platform = TRY(oci::parse_platform(platform));
    }
    const Brought* brought = among(brought_, name);
    world::World from = asking(world_, brought);
    registry::Client client(from, TRY(settings_for(world_, brought_)));
    Pull pull{world_, client, io, brought, {}};
    const registry::Resolved resolved = TRY(resolve(pull, name));
    PullResult result;
    result.reference = oci::full_name(resolved.reference);
    result.digest = oci::to_text(resolved.digest);
    result.newer = !up_to_date(pull, resolved, name, wanted);
    if (result.newer) {
        pull.image = TRY(world::within(world_.narrator, phase_span(Phase::manifest, ""),
                                       [&] { return client.fetch_image(resolved, wanted.platform); }));
        TRY(check_platform(pull.image, wanted));
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
