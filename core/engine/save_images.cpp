// SPDX-License-Identifier: Apache-2.0
#include <algorithm>
#include <array>
#include <map>

#include "core/engine/happenings.h"
#include "core/engine/image_archive.h"
#include "core/engine/speak.h"
#include "core/layer/pack.h"
#include "core/oci/archive_manifest.h"
#include "core/oci/codec.h"
#include "core/oci/media_type.h"
#include "core/store/blobs.h"

namespace cutaway::engine {

namespace {

using world::Phase;

struct Saving {
    std::map<std::string, oci::Digest> blobs;  // by name in the archive
    std::vector<oci::ArchivedImage> images;
    oci::Index index;
};

std::string blob_name(const oci::Digest& digest) { return "blobs/" + digest.algorithm + "/" + digest.hex; }

std::string tag_of(const std::string& full) { return full.substr(full.rfind(':') + 1); }

std::string familiar(const std::string& full) {
    const Result<oci::Reference> reference = oci::parse_reference(full);
    return reference ? oci::familiar_name(*reference) : full;
}

Result<std::string> add_blob(Saving& saving, const std::string& digest) {
    const oci::Digest parsed = TRY(oci::parse_digest(digest));
    std::string name = blob_name(parsed);
    saving.blobs.emplace(name, parsed);
    return name;
}

Status add_image(Saving& saving, const store::Image& image, const std::vector<std::string>& names) {
    oci::ArchivedImage archived;
    archived.config = TRY(add_blob(saving, image.record.id));
    for (const store::ImageLayer& layer : image.record.layers) {
        archived.layers.push_back(TRY(add_blob(saving, layer.digest)));
    }
    TRY(add_blob(saving, image.record.manifest));
    oci::Descriptor entry;
    entry.media_type = image.record.media_type;
    entry.digest = TRY(oci::parse_digest(image.record.manifest));
    entry.size = static_cast<std::int64_t>(image.record.manifest_size);
    for (const std::string& full : names) {
        archived.repo_tags.push_back(familiar(full));
        oci::Descriptor named = entry;
        named.annotations["io.containerd.image.name"] = full;
        named.annotations["org.opencontainers.image.ref.name"] = tag_of(full);
        saving.index.manifests.push_back(std::move(named));
    }
    if (names.empty()) {
        saving.index.manifests.push_back(entry);
    }
    saving.images.push_back(std::move(archived));
    return {};
}

// One image may be named several times, and is there once with all names that were asked for.
Result<Saving> choose(world::World& world, const std::vector<std::string>& wanted) {
    const std::vector<store::Image> all = TRY(store::list_images(world));
    std::map<std::string, std::pair<store::Image, std::vector<std::string>>> chosen;
    std::vector<std::string> order;
    const auto add = [&](const store::Image& image, const std::vector<std::string>& names) {
        auto& [kept, known] = chosen[image.record.id];
        if (kept.record.id.empty()) {
            order.push_back(image.record.id);
            kept = image;
        }
        for (const std::string& name : names) {
            if (std::find(known.begin(), known.end(), name) == known.end()) {
                known.push_back(name);
            }
        }
    };
    for (const std::string& name : wanted) {
        const Result<oci::Reference> reference = oci::parse_reference(name);
        const bool tagless =
            name.find(':', name.rfind('/') == std::string::npos ? 0 : name.rfind('/')) == std::string::npos;
        std::size_t found = 0;
        for (const store::Image& image : all) {
            std::vector<std::string> fit;
            for (const std::string& full : image.names) {
                const bool same = reference && reference->digest.empty() &&
                                  (tagless ? full.starts_with(oci::repository(*reference) + ":")
                                           : full == oci::full_name(*reference));
                if (same) {
                    fit.push_back(full);
                }
            }
            if (!fit.empty()) {
                add(image, fit);
                ++found;
            }
        }
        if (found == 0) {
            const Result<store::Image> by_id = store::find_image(world, name);
            if (!by_id) {
                return by_id.error().code == Errc::not_found
                           ? fail(Errc::not_found, tagless ? "No such image: " + name : "reference does not exist")
                           : by_id.error();
            }
            add(*by_id, {});
        }
    }
    Saving saving;
    saving.index.media_type = oci::media_type::oci_index;
    for (const std::string& id : order) {
        TRY(add_image(saving, chosen[id].first, chosen[id].second));
    }
    return saving;
}

Status write_blob(world::World& world, layer::TarTree& tar, const std::string& name, const oci::Digest& digest) {
    world::TreeEntry entry;
    entry.path = name;
    entry.info.mode = 0644;
    entry.info.size = TRY(store::blob_size(world, digest));
    TRY(tar.add(entry));
    const std::unique_ptr<world::Source> source = TRY(store::open_blob(world, digest));
    std::array<char, 65536> buffer{};
    while (const std::size_t got = TRY(source->read(buffer))) {
        if (world.cancel.requested()) {
            return fail(Errc::cancelled, "cancelled");
        }
        TRY(tar.write(std::string_view(buffer.data(), got)));
    }
    return {};
}

Status write_text(layer::TarTree& tar, const std::string& name, const std::string& text) {
    world::TreeEntry entry;
    entry.path = name;
    entry.info.mode = 0644;
    entry.info.size = text.size();
    TRY(tar.add(entry));
    return tar.write(text);
}

Status write_folder(layer::TarTree& tar, const std::string& name) {
    world::TreeEntry entry;
    entry.path = name;
    entry.info.type = world::FileType::directory;
    entry.info.mode = 0755;
    return tar.add(entry);
}

Status write_archive_of(world::World& world, const Saving& saving, const Bytes& out) {
    layer::TarTree tar(out);
    TRY(write_folder(tar, "blobs"));
    TRY(write_folder(tar, "blobs/sha256"));
    for (const auto& [name, digest] : saving.blobs) {
        TRY(write_blob(world, tar, name, digest));
    }
    TRY(write_text(tar, "index.json", oci::to_json(saving.index)));
    TRY(write_text(tar, "manifest.json", oci::to_json(saving.images)));
    TRY(write_text(tar, "oci-layout", "{\"imageLayoutVersion\":\"1.0.0\"}"));
    return tar.finish();
}

}  // namespace

Status save_images(Engine& engine, const std::vector<std::string>& names, const Bytes& out) {
    TRY(engine.reconcile());
    world::World& world = engine.world();
    std::string query;
    for (const std::string& name : names) {
        query += (query.empty() ? "?names=" : "&names=") + name;
    }
    return api(world, "GET", "/images/get" + query, 200, [&]() -> Status {
        const Saving saving = TRY(choose(world, names));
        world::Span step(world.narrator);
        TRY(step.open(step_span(Phase::layers, "", "write the blobs and their index as one tar")));
        TRY(write_archive_of(world, saving, out));
        for (const std::string& name : names) {
            happened(world, {0, "image", "save", name, {{"name", name}}});
        }
        return {};
    });
}

}  // namespace cutaway::engine
