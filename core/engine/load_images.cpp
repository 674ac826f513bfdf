// SPDX-License-Identifier: Apache-2.0
// `docker load`. An archive is read once, front to back: its files go into the store as blobs, each summed on the way,
// and only when the last has come is it known which of them are whose. What no image needed is taken away again.
#include <algorithm>
#include <array>
#include <map>
#include <set>

#include "core/engine/happenings.h"
#include "core/engine/image_archive.h"
#include "core/engine/new_image.h"
#include "core/engine/speak.h"
#include "core/layer/decompress.h"
#include "core/layer/layer_tree.h"
#include "core/oci/archive_manifest.h"
#include "core/oci/codec.h"
#include "core/oci/media_type.h"
#include "core/store/blobs.h"
#include "core/store/paths.h"

namespace cutaway::engine {

namespace {

using world::Phase;

constexpr std::size_t most_files = 100'000;

struct Spooled {
    std::map<std::string, oci::Descriptor> files;  // by name in the archive
};

Error invalid_archive(const std::string& why) { return fail(Errc::invalid, "invalid archive: " + why); }

// "blobs/sha256/<hex>" says what it must be.
bool keeps_promise(const std::string& name, const oci::Digest& digest) {
    constexpr std::string_view folder = "blobs/sha256/";
    return !name.starts_with(folder) || name.substr(folder.size()) == digest.hex;
}

Result<oci::Descriptor> spool_file(world::World& world, layer::TarReader& tar) {
    const std::unique_ptr<store::FreshBlob> blob = TRY(store::FreshBlob::begin(world));
    std::uint64_t at = 0;
    while (std::optional<layer::TarPiece> piece = TRY(tar.read())) {
        if (piece->offset != at) {
            return invalid_archive("it has a sparse file");
        }
        at += piece->bytes.size();
        TRY(blob->write(piece->bytes));
    }
    return blob->commit();
}

// Older archives name one layer several times, by symbolic links.
std::string linked(const world::TreeEntry& entry) {
    if (!entry.hardlink.empty()) {
        return layer::clean_name(entry.hardlink).value_or("");
    }
    const std::size_t slash = entry.path.rfind('/');
    const std::string above = slash == std::string::npos ? "" : entry.path.substr(0, slash + 1);
    return layer::clean_name(above + entry.info.link).value_or("");
}

Result<Spooled> spool(world::World& world, world::Source& archive) {
    const std::unique_ptr<world::Source> plain = TRY(layer::decompressed(archive));
    const std::unique_ptr<layer::TarReader> tar = TRY(layer::TarReader::open(*plain));
    Spooled spooled;
    std::vector<std::pair<std::string, std::string>> links;
    while (std::optional<world::TreeEntry> entry = TRY(tar->next())) {
        if (world.cancel.requested()) {
            return fail(Errc::cancelled, "cancelled");
        }
        entry->path = TRY(layer::clean_name(entry->path));
        if (spooled.files.size() + links.size() > most_files) {
            return invalid_archive("it has too many files");
        }
        if (entry->info.type == world::FileType::symlink || !entry->hardlink.empty()) {
            links.emplace_back(entry->path, linked(*entry));
        } else if (entry->info.type == world::FileType::regular) {
            const oci::Descriptor blob = TRY(spool_file(world, *tar));
            if (!keeps_promise(entry->path, blob.digest)) {
                return invalid_archive(entry->path + " has the digest " + oci::to_text(blob.digest));
            }
            spooled.files[entry->path] = blob;
        }
    }
    for (const auto& [name, target] : links) {
        if (const auto there = spooled.files.find(target); there != spooled.files.end()) {
            spooled.files[name] = there->second;
        }
    }
    return spooled;
}

struct Loading {
    world::World& world;
    const Spooled& spooled;
    std::vector<LoadedImage> loaded;
};

Result<oci::Descriptor> file_of(const Loading& in, const std::string& name) {
    const auto found = in.spooled.files.find(layer::clean_name(name).value_or(""));
    if (found == in.spooled.files.end()) {
        return invalid_archive("there is no " + name);
    }
    return found->second;
}

Result<std::string> text_of(const Loading& in, const oci::Descriptor& file) {
    if (file.size > static_cast<std::int64_t>(oci::max_document_bytes)) {
        return invalid_archive("a document of it has more than 4 MiB");
    }
    return store::read_blob(in.world, file.digest);
}

Status keep(Loading& in, NewImage image, const std::vector<oci::Reference>& names) {
    LoadedImage loaded;
    loaded.id = TRY(keep_image(in.world, std::move(image), names));
    for (const oci::Reference& name : names) {
        loaded.names.push_back(oci::familiar_name(name));
    }
    happened(in.world,
             {0, "image", "load", loaded.id, {{"name", loaded.names.empty() ? loaded.id : loaded.names.front()}}});
    in.loaded.push_back(std::move(loaded));
    return {};
}

// --- docker's own form: manifest.json ---------------------------------------------------------------------------------

// The blob's first bytes say how it is packed, not the archive.
Result<std::string> layer_type(world::World& world, const oci::Digest& digest) {
    const std::unique_ptr<world::Source> source = TRY(store::open_blob(world, digest));
    std::array<char, 4> first{};
    const std::size_t got = TRY(source->read(first));
    switch (layer::compression_by_magic(std::string_view(first.data(), got))) {
        case oci::Compression::gzip: return std::string(oci::media_type::oci_layer_gzip);
        case oci::Compression::zstd: return std::string(oci::media_type::oci_layer_zstd);
        default: return std::string(oci::media_type::oci_layer_tar);
    }
}

// The manifest that the layout beside it has for this config, so that the digest stays what the registry knows.
Result<std::optional<std::string>> same_manifest(const Loading& in, const oci::Digest& config) {
    const auto index = in.spooled.files.find("index.json");
    if (index == in.spooled.files.end()) {
        return std::optional<std::string>();
    }
    const oci::Document document =
        TRY(oci::parse_manifest_or_index(TRY(text_of(in, index->second)), oci::media_type::oci_index));
    for (const oci::Descriptor& entry : std::get<oci::Index>(document).manifests) {
        const auto file = in.spooled.files.find("blobs/" + entry.digest.algorithm + "/" + entry.digest.hex);
        if (file == in.spooled.files.end() || !oci::is_manifest_type(entry.media_type)) {
            continue;
        }
        std::string bytes = TRY(text_of(in, file->second));
        const oci::Document found = TRY(oci::parse_manifest_or_index(bytes, entry.media_type));
        if (std::get<oci::Manifest>(found).config.digest == config) {
            return std::optional<std::string>(std::move(bytes));
        }
    }
    return std::optional<std::string>();
}

Status load_archived(Loading& in, const oci::ArchivedImage& archived) {
    NewImage image;
    const oci::Descriptor config = TRY(file_of(in, archived.config));
    image.config_bytes = TRY(text_of(in, config));
    if (std::optional<std::string> manifest = TRY(same_manifest(in, config.digest))) {
        const oci::Document document = TRY(oci::parse_manifest_or_index(*manifest, ""));
        image.manifest = std::get<oci::Manifest>(document);
        image.manifest_bytes = std::move(*manifest);
    } else {
        image.manifest.media_type = oci::media_type::oci_manifest;
        for (const std::string& name : archived.layers) {
            oci::Descriptor layer = TRY(file_of(in, name));
            layer.media_type = TRY(layer_type(in.world, layer.digest));
            image.manifest.layers.push_back(std::move(layer));
        }
    }
    std::vector<oci::Reference> names;
    for (const std::string& tag : archived.repo_tags) {
        names.push_back(TRY(oci::parse_reference(tag)));
    }
    return keep(in, std::move(image), names);
}

// --- an OCI image layout: index.json ----------------------------------------------------------------------------------

std::optional<oci::Reference> name_of(const oci::Descriptor& entry) {
    for (const char* key : {"io.containerd.image.name", "org.opencontainers.image.ref.name"}) {
        const auto found = entry.annotations.find(key);
        const bool whole = found != entry.annotations.end() && found->second.find(':') != std::string::npos;
        if (const auto name = whole ? oci::parse_reference(found->second) : fail(Errc::invalid, "")) {
            return *name;
        }
    }
    return std::nullopt;
}

Result<std::string> blob_text(const Loading& in, const oci::Digest& digest) {
    return text_of(in, TRY(file_of(in, "blobs/" + digest.algorithm + "/" + digest.hex)));
}

Status load_layout(Loading& in, const std::string& index_bytes) {
    const oci::Document document = TRY(oci::parse_manifest_or_index(index_bytes, oci::media_type::oci_index));
    const oci::Platform machine{in.world.machine.os, in.world.machine.architecture, in.world.machine.variant, ""};
    for (const oci::Descriptor& entry : std::get<oci::Index>(document).manifests) {
        oci::Descriptor chosen = entry;
        std::string bytes = TRY(blob_text(in, chosen.digest));
        oci::Document inner = TRY(oci::parse_manifest_or_index(bytes, chosen.media_type));
        for (int depth = 0; depth < 4 && std::holds_alternative<oci::Index>(inner); ++depth) {
            chosen = TRY(oci::choose_platform(std::get<oci::Index>(inner), machine)).chosen;
            bytes = TRY(blob_text(in, chosen.digest));
            inner = TRY(oci::parse_manifest_or_index(bytes, chosen.media_type));
        }
        if (!std::holds_alternative<oci::Manifest>(inner)) {
            return invalid_archive("its indexes are nested too deep");
        }
        NewImage image;
        image.manifest = std::get<oci::Manifest>(inner);
        image.config_bytes = TRY(blob_text(in, image.manifest.config.digest));
        image.manifest_bytes = std::move(bytes);
        const std::optional<oci::Reference> name = name_of(entry);
        TRY(keep(in, std::move(image), name ? std::vector<oci::Reference>{*name} : std::vector<oci::Reference>{}));
    }
    return {};
}

Status load_all(Loading& in) {
    if (in.spooled.files.contains("manifest.json")) {
        const std::string text = TRY(text_of(in, TRY(file_of(in, "manifest.json"))));
        for (const oci::ArchivedImage& archived : TRY(oci::parse_archive_manifest(text))) {
            TRY(load_archived(in, archived));
        }
        return {};
    }
    if (in.spooled.files.contains("index.json")) {
        return load_layout(in, TRY(text_of(in, TRY(file_of(in, "index.json")))));
    }
    return invalid_archive("does not contain a manifest.json");
}

// What the archive brought and no image refers to.
Status take_away(world::World& world, const Spooled& spooled) {
    std::set<std::string> needed;
    for (const store::Image& image : TRY(store::list_images(world))) {
        needed.insert({image.record.id, image.record.manifest});
        for (const store::ImageLayer& layer : image.record.layers) {
            needed.insert(layer.digest);
        }
        for (const std::string& pulled : image.record.pulled_as) {
            needed.insert(pulled.substr(pulled.find('@') + 1));
        }
    }
    for (const auto& [name, file] : spooled.files) {
        if (!needed.contains(oci::to_text(file.digest))) {
            TRY(world.disk.remove(store::blob_path(world, file.digest)));
        }
    }
    return {};
}

}  // namespace

Result<std::vector<LoadedImage>> load_images(Engine& engine, world::Source& archive) {
    TRY(engine.reconcile());
    world::World& world = engine.world();
    return api(world, "POST", "/images/load", 200, [&]() -> Result<std::vector<LoadedImage>> {
        const auto work = [&]() -> Result<std::vector<LoadedImage>> {
            const Spooled spooled = TRY(world::within(
                world.narrator,
                step_span(Phase::layers, "", "read the archive's files into the store, each by its digest"),
                [&] { return spool(world, archive); }));
            Loading loading{world, spooled, {}};
            const Status loaded = load_all(loading);
            TRY(take_away(world, spooled));
            TRY(loaded);
            return std::move(loading.loaded);
        };
        return world::within(world.narrator, phase_span(Phase::layers, ""), work);
    });
}

}  // namespace cutaway::engine
