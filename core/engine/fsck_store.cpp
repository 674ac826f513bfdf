// SPDX-License-Identifier: Apache-2.0
// Blobs, layers, names and images: what fsck makes of each.
#include <algorithm>
#include <array>
#include <memory>
#include <optional>

#include "core/base/hex.h"
#include "core/base/sha256.h"
#include "core/engine/fsck_parts.h"
#include "core/engine/image_record.h"
#include "core/engine/restarting.h"
#include "core/layer/keep.h"
#include "core/layer/verify.h"
#include "core/oci/codec.h"
#include "core/store/blobs.h"
#include "core/store/containers.h"
#include "core/store/names.h"
#include "core/store/needed.h"
#include "core/store/paths.h"
#include "core/store/record_file.h"

namespace cutaway::engine {

namespace {

Result<std::vector<world::DirEntry>> entries_of(Examination& all, const std::string& folder) {
    Result<std::vector<world::DirEntry>> found = all.world.disk.list(folder);
    if (!found && found.error().code == Errc::not_found) {
        return std::vector<world::DirEntry>{};
    }
    return found;
}

std::optional<oci::Digest> digest_named(std::string_view hex) {
    return hex.size() == 64 && is_hex(hex) ? std::optional<oci::Digest>(oci::Digest{"sha256", std::string(hex)})
                                           : std::nullopt;
}

bool is_unfinished(const world::DirEntry& entry) { return entry.name.starts_with(store::unfinished); }

Result<std::string> computed(Examination& all, const oci::Digest& digest) {
    const std::unique_ptr<world::Source> source = TRY(store::open_blob(all.world, digest));
    std::array<char, 65536> piece{};
    Sha256 sum;
    while (const std::size_t got = TRY(source->read(piece))) {
        TRY(all.given_up());
        sum.add(std::string_view(piece.data(), got));
        all.report.bytes += got;
    }
    return sum.finish_hex();
}

}  // namespace

Status examine_blobs(Examination& all) {
    const std::string folder = all.world.machine.data_root + "/blobs/sha256";
    for (const world::DirEntry& entry : TRY(entries_of(all, folder))) {
        const std::string path = folder + "/" + entry.name;
        const std::optional<oci::Digest> digest = digest_named(entry.name);
        if (!digest) {
            if (is_unfinished(entry)) {
                all.clear_away("blobs/sha256/" + entry.name + " is a blob that nobody finished", path);
            }
            continue;
        }
        ++all.report.blobs;
        const Result<std::string> sum = computed(all, *digest);
        if (!sum && sum.error().code == Errc::cancelled) {
            return sum.error();
        }
        if (sum && *sum == digest->hex) {
            all.sound_blobs.insert(oci::to_text(*digest));
            continue;
        }
        const std::string why = sum ? "holds bytes of another digest, sha256:" + *sum : sum.error().doing;
        all.mend("blob " + oci::to_text(*digest) + " " + why, "removed", [&] { return all.world.disk.remove(path); });
    }
    return {};
}

// --- layers ----------------------------------------------------------------------------------------------------------

namespace {

// A whiteout is a device, an opaque directory a directory; whoever unpacked without the right to make the first left
// something else, which the kernel knows all the same, so of whiteouts only their being there is asked.
Status compare(world::TreeReader& tree, const layer::IndexEntry& entry) {
    const world::FileInfo info = TRY_IN(entry.path, tree.stat(entry.path));
    if (entry.whiteout || entry.hardlink) {
        return {};
    }
    const bool sized = entry.type == world::FileType::regular;
    const bool same = info.type == entry.type && (!sized || info.size == entry.size) &&
                      (entry.type != world::FileType::symlink || info.link == entry.link);
    return same ? Status() : fail(Errc::invalid, entry.path + " is not what was unpacked");
}

// The first names, and how many more.
Error to_error(const std::vector<layer::Damage>& damage) {
    constexpr std::size_t most = 3;
    std::string text;
    for (std::size_t i = 0; i < std::min(most, damage.size()); ++i) {
        text += (i == 0 ? "" : ", ") + damage[i].path + " " + damage[i].what;
    }
    if (damage.size() > most) {
        text += ", and " + std::to_string(damage.size() - most) + " more";
    }
    return fail(Errc::invalid, text);
}

Status check_bytes(Examination& all, const layer::LayerRecord& record, world::TreeReader& tree) {
    const std::unique_ptr<world::Source> blob = TRY(store::open_blob(all.world, TRY(oci::parse_digest(record.digest))));
    const std::vector<layer::Damage> damage =
        TRY(layer::compare_with_blob(all.world, tree, *blob, TRY(oci::parse_digest(record.diff_id))));
    ++all.report.compared;
    return damage.empty() ? Status() : Status(to_error(damage));
}

Status check_layer(Examination& all, const oci::Digest& chain) {
    const layer::LayerRecord record = TRY(layer::load_layer(all.world, chain));
    if (record.chain_id != oci::to_text(chain)) {
        return fail(Errc::invalid, "its record is of another layer");
    }
    const layer::LayerIndex index = TRY(layer::load_layer_index(all.world, chain));
    if (index.diff_id != record.diff_id) {
        return fail(Errc::invalid, "its list of files is of another layer");
    }
    const std::unique_ptr<world::TreeReader> tree = TRY(all.world.disk.reader(store::layer_tree(all.world, chain)));
    for (const layer::IndexEntry& entry : index.entries) {
        TRY(all.given_up());
        TRY(compare(*tree, entry));
    }
    return all.options.deep && all.sound_blobs.contains(record.digest) ? check_bytes(all, record, *tree) : Status();
}

void note_busy_layers(Examination& all) {
    const auto entries = all.world.disk.list(all.world.machine.data_root + "/containers");
    for (const world::DirEntry& entry : entries ? *entries : std::vector<world::DirEntry>{}) {
        const Result<store::ContainerRecord> record = store::load_container(all.world, entry.name);
        if (record && is_tended(*record)) {
            all.busy_layers.insert(record->chain_ids.begin(), record->chain_ids.end());
        }
    }
}

}  // namespace

Status examine_layers(Examination& all) {
    note_busy_layers(all);
    const std::string folder = store::layers_dir(all.world);
    for (const world::DirEntry& entry : TRY(entries_of(all, folder))) {
        const std::optional<oci::Digest> chain = digest_named(entry.name);
        if (!chain) {
            if (is_unfinished(entry)) {
                all.clear_away("layers/" + entry.name + " is a layer that nobody finished", folder + "/" + entry.name);
            }
            continue;
        }
        ++all.report.layers;
        Status sound = check_layer(all, *chain);
        if (sound) {
            all.sound_layers.insert(oci::to_text(*chain));
            continue;
        }
        if (sound.error().code == Errc::cancelled) {
            return sound;
        }
        const std::string what = "layer " + oci::to_text(*chain) + ": " + sound.error().doing;
        if (all.busy_layers.contains(oci::to_text(*chain))) {
            all.lost(what, "a container runs on it: stop that and look again");
            continue;
        }
        all.mend(what, "removed", [&] { return all.world.disk.remove(folder + "/" + entry.name); });
    }
    return {};
}

// --- names and images ------------------------------------------------------------------------------------------------

Status examine_names(Examination& all) {
    const Result<store::Names> names = store::load_names(all.world);
    if (names || names.error().code != Errc::invalid) {
        return names ? Status() : Status(names.error());
    }
    const std::string path = store::index_path(all.world);
    all.mend("index.json, the names of images, cannot be read",
             "set aside as index.json.damaged; the images are there by their ids, for tag to name again",
             [&] { return all.world.disk.rename(path, path + ".damaged"); });
    return {};
}

namespace {

// The image once more from its blobs: its layers where they are missing, then its record.
Status restore(Examination& all, const oci::Descriptor& manifest_blob, const store::ImageRecord& known) {
    const std::string bytes = TRY(store::read_blob(all.world, manifest_blob.digest));
    const oci::Document document = TRY(oci::parse_manifest_or_index(bytes, manifest_blob.media_type));
    const auto* manifest = std::get_if<oci::Manifest>(&document);
    if (manifest == nullptr) {
        return fail(Errc::invalid, "its manifest is none");
    }
    const std::string config_bytes = TRY(store::read_blob(all.world, manifest->config.digest));
    const oci::ImageConfig config = TRY(oci::parse_image_config(config_bytes));
    TRY(oci::check_config_matches(*manifest, config));
    std::vector<store::ImageLayer> layers;
    for (const layer::LayerPlace& place : layer_places(*manifest, config)) {
        const layer::KeptLayer kept = TRY(layer::keep_layer(all.world, place, nullptr));
        all.sound_layers.insert(oci::to_text(place.chain_id));
        layers.push_back(layer_record(place, kept.record));
    }
    store::ImageRecord record =
        image_record({*manifest, manifest_blob, config, config_bytes, bytes.size()}, std::move(layers));
    record.pulled_as = known.pulled_as;
    return store::put_image(all.world, std::move(record), std::nullopt);
}

std::string shown_name(const store::Names& names, const std::string& id) {
    for (const auto& [name, named] : names) {
        if (named.id == id) {
            const Result<oci::Reference> reference = oci::parse_reference(name);
            return reference ? oci::familiar_name(*reference) : name;
        }
    }
    return "";
}

void examine_image(Examination& all, const store::ImageRecord& record, const std::string& name) {
    const std::string image = "image " + (name.empty() ? record.id : name);
    std::string missing;
    std::vector<std::string> blobs{record.manifest, record.id};
    bool whole = true;
    for (const store::ImageLayer& layer : record.layers) {
        blobs.push_back(layer.digest);
        whole = whole && all.sound_layers.contains(layer.chain_id);
    }
    for (const std::string& blob : blobs) {
        missing = all.sound_blobs.contains(blob) ? missing : blob;
    }
    if (whole && missing.empty()) {
        return;
    }
    if (missing.empty()) {
        oci::Descriptor manifest;
        manifest.media_type = record.media_type;
        const Result<oci::Digest> digest = oci::parse_digest(record.manifest);
        manifest.digest = digest ? *digest : oci::Digest{};
        all.mend(image + " lacks a layer's files", "unpacked again from its blobs",
                 [&] { return restore(all, manifest, record); });
        return;
    }
    const std::string advice =
        name.empty() ? "it has no name: load it again, or rmi " + record.id
                     : "pull " + name + " again" + (whole ? "; until then it runs, but cannot be pushed or saved" : "");
    all.lost(image + " lacks blob " + missing, advice);
}

void examine_damaged(Examination& all, const oci::Digest& id, const store::Names& names, const std::string& why) {
    const std::string text = oci::to_text(id);
    const auto named = std::find_if(names.begin(), names.end(), [&](const auto& one) { return one.second.id == text; });
    const std::string what = "image " + text + ": " + why;
    if (named != names.end() && all.sound_blobs.contains(oci::to_text(named->second.manifest.digest))) {
        all.mend(what, "written again from its blobs", [&] { return restore(all, named->second.manifest, {}); });
        return;
    }
    all.mend(what, "removed: nothing here says what it was", [&]() -> Status {
        TRY(all.world.disk.remove(store::image_path(all.world, id)));
        store::Names left = TRY(store::load_names(all.world));
        std::erase_if(left, [&](const auto& one) { return one.second.id == text; });
        return store::save_names(all.world, left);
    });
}

}  // namespace

Status examine_images(Examination& all) {
    const Result<store::Names> read = store::load_names(all.world);
    const store::Names names = read ? *read : store::Names{};
    std::set<std::string> ids;
    for (const world::DirEntry& entry : TRY(entries_of(all, all.world.machine.data_root + "/images"))) {
        const std::optional<oci::Digest> id = digest_named(std::string_view(entry.name).substr(0, 64));
        if (!id || entry.name.size() != 69 || !entry.name.ends_with(".json")) {
            continue;
        }
        ++all.report.images;
        ids.insert(oci::to_text(*id));
        const Result<store::ImageRecord> record =
            store::load_record<store::ImageRecord>(all.world, store::image_path(all.world, *id));
        if (record && record->id == oci::to_text(*id)) {
            examine_image(all, *record, shown_name(names, record->id));
        } else if (record || record.error().code == Errc::invalid) {
            examine_damaged(all, *id, names, "its record cannot be read");
        } else {
            all.lost(record.error().doing, "left as it is");
        }
    }
    for (const auto& [name, named] : names) {
        const Result<oci::Digest> id = oci::parse_digest(named.id);
        if (id && ids.insert(named.id).second) {
            examine_damaged(all, *id, names, "the name " + name + " stands for it, but there is no record");
        }
    }
    return {};
}

// --- what nobody needs -----------------------------------------------------------------------------------------------

Status examine_unneeded(Examination& all) {
    const std::unique_ptr<world::DiskLock> lock = TRY(all.world.disk.lock(store::lock_path(all.world)));
    const Result<std::vector<store::Image>> images = store::list_images(all.world);
    const Result<std::vector<store::ContainerRecord>> containers = store::list_containers(all.world);
    if (!images || !containers) {
        return {};  // a record that cannot be read may need anything: nothing is taken before it is mended
    }
    const std::set<std::string> needed = store::needed_digests(*images, *containers);
    const auto look = [&](const std::string& folder, const std::string& kind) -> Status {
        for (const world::DirEntry& entry : TRY(entries_of(all, folder))) {
            const std::optional<oci::Digest> digest = digest_named(entry.name);
            if (digest && !needed.contains(oci::to_text(*digest))) {
                all.clear_away(kind + " " + oci::to_text(*digest) + " is needed by no image and no container",
                               folder + "/" + entry.name);
            }
        }
        return {};
    };
    TRY(look(all.world.machine.data_root + "/blobs/sha256", "blob"));
    return look(store::layers_dir(all.world), "layer");
}

}  // namespace cutaway::engine
