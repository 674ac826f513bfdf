// SPDX-License-Identifier: Apache-2.0
#include "core/engine/push.h"

#include <algorithm>
#include <optional>

#include "core/engine/happenings.h"
#include "core/engine/logins.h"
#include "core/engine/push_parts.h"
#include "core/engine/speak.h"
#include "core/registry/push.h"
#include "core/store/blobs.h"
#include "core/store/ids.h"

namespace cutaway::engine {

namespace {

using world::Phase;

constexpr std::size_t at_once = 5;  // docker's default

struct Push {
    Engine& engine;
    registry::Client client;
    Io& io;
    oci::Reference target;  // with its tag
    store::Image image;
    std::vector<store::Image> all;  // of the store: what else the registry may know
    std::string platform;           // the only one to push; empty: all that there are
    PushParts parts;
};

// One line and bar a layer; docker calls it by its diff id.
struct Layer {
    const oci::Descriptor* blob = nullptr;
    std::string id;
};

void tell(Push& push, world::World& world, const Layer& layer, std::string state, std::uint64_t done) {
    world::LayerProgress progress;
    progress.digest = oci::to_text(layer.blob->digest);
    progress.state = std::move(state);
    progress.done = done;
    progress.total = static_cast<std::uint64_t>(layer.blob->size);
    if (progress.state == "pushing") {
        push.io.progress({layer.id, "Pushing", done, progress.total});
    }
    world.narrator.note(std::move(progress));
}

// Where at that registry the blob may lie already: in a repository that an image with it came from or went to.
std::vector<std::string> known_in(const Push& push, const std::string& digest) {
    const std::string host = push.target.host + "/";
    for (const store::Image& image : push.all) {
        const auto& layers = image.record.layers;
        if (std::none_of(layers.begin(), layers.end(), [&](const auto& one) { return one.digest == digest; })) {
            continue;
        }
        for (const std::string& name : image.record.pulled_as) {
            const std::string repository = name.substr(0, name.find('@'));
            if (repository.starts_with(host) && repository != oci::repository(push.target)) {
                return {repository.substr(host.size())};
            }
        }
    }
    return {};
}

registry::BlobToPush blob_of(const Push& push, world::World& world, const oci::Descriptor& descriptor,
                             std::string what) {
    registry::BlobToPush blob{descriptor, std::move(what), known_in(push, oci::to_text(descriptor.digest)), {}};
    blob.open = [&world, digest = descriptor.digest]() -> Result<std::unique_ptr<world::Source>> {
        if (!TRY(store::has_blob(world, digest))) {
            return fail(Errc::not_found, "the store has the files of layer " + oci::short_text(digest) +
                                             " but not the blob that they came in, so it cannot be sent: another "
                                             "image brought the same files packed otherwise");
        }
        return store::open_blob(world, digest);
    };
    return blob;
}

Status push_layer(Push& push, world::World& world, const Layer& layer) {
    return world::within(world.narrator, step_span(Phase::layers, "", "push layer " + layer.id), [&]() -> Status {
        const auto told = [&](std::uint64_t done) { tell(push, world, layer, "pushing", done); };
        const registry::BlobPushed pushed = TRY(
            registry::push_blob(push.client.in(world), push.target, blob_of(push, world, *layer.blob, "layer"), told));
        const auto size = static_cast<std::uint64_t>(layer.blob->size);
        const bool there = pushed.how == registry::HowPushed::present;
        tell(push, world, layer, there ? "present" : "complete", size);
        push.io.layer(layer.id, there                                        ? "Layer already exists"
                                : pushed.how == registry::HowPushed::mounted ? "Mounted from " + pushed.from
                                                                             : "Pushed");
        return {};
    });
}

// Topmost first, as docker lists them; equal blobs once.
std::vector<Layer> layers_of(const PushParts& parts) {
    std::vector<Layer> layers;
    for (const PushedManifest& part : parts.manifests) {
        const auto& blobs = part.manifest.layers;
        for (std::size_t i = blobs.size(); i-- > 0;) {
            const bool twice = std::any_of(layers.begin(), layers.end(),
                                           [&](const Layer& one) { return one.blob->digest == blobs[i].digest; });
            if (!twice) {
                layers.push_back({&blobs[i], store::short_id(oci::to_text(part.diff_ids[i]))});
            }
        }
    }
    return layers;
}

Status push_layers(Push& push) {
    std::vector<world::Task> tasks;
    const std::vector<Layer> layers = layers_of(push.parts);
    for (const Layer& layer : layers) {
        push.io.layer(layer.id, "Preparing");
    }
    for (std::size_t i = at_once; i < layers.size(); ++i) {
        push.io.layer(layers[i].id, "Waiting");
    }
    for (const Layer& layer : layers) {
        if (!layer.blob->urls.empty()) {  // its maker does not allow that others give it out
            push.io.layer(layer.id, "Skipped foreign layer");
            continue;
        }
        tell(push, push.engine.world(), layer, "waiting", 0);
        tasks.emplace_back([&push, layer](world::World& world) { return push_layer(push, world, layer); });
    }
    return push.engine.world().tasks.run(push.engine.world(), std::move(tasks), at_once);
}

Status push_config(Push& push, const PushedManifest& part) {
    world::World& world = push.engine.world();
    return world::within(world.narrator, step_span(Phase::manifest, "", "push the image config"), [&]() -> Status {
        auto config = blob_of(push, world, part.manifest.config, "config");
        config.mount_from.clear();
        TRY(registry::push_blob(push.client, push.target, config, {}));
        return {};
    });
}

Status push_document(Push& push, const std::string& title, const oci::Reference& target,
                     const oci::Descriptor& descriptor, const std::string& bytes) {
    return world::within(push.engine.world().narrator, step_span(Phase::manifest, "", title),
                         [&] { return registry::push_manifest(push.client, target, descriptor, bytes); });
}

// What a document names is there before it.
Status push_documents(Push& push) {
    oci::Reference unnamed = push.target;
    unnamed.tag.clear();
    for (const PushedManifest& part : push.parts.manifests) {
        TRY(push_config(push, part));
        if (push.parts.is_index()) {
            const std::string platform =
                part.descriptor.platform ? oci::to_text(*part.descriptor.platform) : "a platform";
            TRY(push_document(push, "push the manifest for " + platform, unnamed, part.descriptor, part.bytes));
        }
    }
    const std::string what = push.parts.is_index() ? "index" : "manifest";
    return push_document(push, "push the " + what + ": from now on " + push.target.tag + " names it", push.target,
                         push.parts.named, push.parts.bytes);
}

Result<Pushed> push_tag(Push& push) {
    world::World& world = push.engine.world();
    push.parts = TRY(parts_to_push(world, push.image, push.platform));
    TRY(world::within(world.narrator, phase_span(Phase::layers, ""), [&] { return push_layers(push); }));
    TRY(world::within(world.narrator, phase_span(Phase::manifest, ""), [&] { return push_documents(push); }));
    const Pushed pushed{push.target.tag, oci::to_text(push.parts.named.digest), push.parts.bytes.size()};
    store::ImageRecord known = push.image.record;
    known.pulled_as = {oci::repository(push.target) + "@" + pushed.digest};
    TRY(store::put_image(world, std::move(known), std::nullopt));
    const std::string name = oci::familiar_name(push.target);
    happened(world, {0, "image", "push", name, {{"name", name.substr(0, name.rfind(':'))}}});
    push.io.say(pushed.tag + ": digest: " + pushed.digest + " size: " + std::to_string(pushed.size));
    return pushed;
}

std::string familiar_repository(oci::Reference reference) {
    reference.tag.clear();
    reference.digest.clear();
    return oci::familiar_name(reference);
}

// The tags to push: docker's own three ways of saying that there is nothing.
Result<std::vector<std::string>> tags_of(const std::vector<store::Image>& all, const oci::Reference& target,
                                         Tags wanted) {
    const std::string prefix = oci::repository(target) + ":";
    std::vector<std::string> tags;
    for (const store::Image& image : all) {
        for (const std::string& name : image.names) {
            if (name.starts_with(prefix)) {
                tags.push_back(name.substr(prefix.size()));
            }
        }
    }
    if (tags.empty()) {
        return fail(Errc::not_found, "An image does not exist locally with the tag: " + familiar_repository(target));
    }
    if (!target.digest.empty()) {
        return fail(Errc::invalid, "cannot push a digest reference");
    }
    std::sort(tags.begin(), tags.end());
    if (wanted == Tags::all) {
        return tags;
    }
    if (std::find(tags.begin(), tags.end(), target.tag) == tags.end()) {
        return fail(Errc::not_found, "tag does not exist: " + oci::familiar_name(target));
    }
    return std::vector<std::string>{target.tag};
}

Result<std::vector<Pushed>> push_tags(Push& push, Tags wanted) {
    push.io.say("The push refers to repository [" + oci::repository(push.target) + "]");
    push.all = TRY(store::list_images(push.engine.world()));
    std::vector<Pushed> pushed;
    for (const std::string& tag : TRY(tags_of(push.all, push.target, wanted))) {
        push.target.tag = tag;
        push.image = TRY(store::find_image(push.engine.world(), oci::full_name(push.target)));
        pushed.push_back(TRY(push_tag(push)));
    }
    return pushed;
}

}  // namespace

Result<std::vector<Pushed>> push_image(Engine& engine, const std::string& name, const PushOptions& options, Io& io) {
    world::World& world = engine.world();
    TRY(store::prepare(world));
    Push push{
        engine, registry::Client(world, TRY(settings_for(world, engine.brought()))), io, {}, {}, {}, options.platform,
        {}};
    push.target = TRY(world::within(world.narrator, phase_span(Phase::resolve, ""),
                                    [&] { return registry::read_name(world.narrator, name); }));
    const std::string path = "/images/" + familiar_repository(push.target) + "/push";
    return api(world, "POST", path + (options.tags == Tags::one ? "?tag=" + push.target.tag : ""), 200,
               [&] { return push_tags(push, options.tags); });
}

}  // namespace cutaway::engine
