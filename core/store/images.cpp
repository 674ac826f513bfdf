// SPDX-License-Identifier: Apache-2.0
#include "core/store/images.h"

#include <algorithm>
#include <memory>

#include "core/base/hex.h"
#include "core/oci/codec.h"
#include "core/store/blobs.h"
#include "core/store/names.h"
#include "core/store/paths.h"
#include "core/store/record_file.h"
#include "core/store/time_text.h"

namespace cutaway::store {

namespace {

std::vector<std::string> names_of(const Names& names, const std::string& id) {
    std::vector<std::string> own;
    for (const auto& [name, named] : names) {
        if (named.id == id) {
            own.push_back(name);
        }
    }
    return own;
}

Error no_such_image(std::string_view what) { return fail(Errc::not_found, "No such image: " + std::string(what)); }

Result<ImageRecord> load_image_record(world::World& world, const oci::Digest& id) {
    const std::string path = image_path(world, id);
    ImageRecord record = TRY(load_record<ImageRecord>(world, path));
    if (record.id != oci::to_text(id)) {
        return damaged(path);
    }
    return record;
}

void keep_known_sources(world::World& world, ImageRecord& record, const oci::Digest& id) {
    const Result<ImageRecord> before = load_image_record(world, id);
    if (!before) {
        return;
    }
    record.pulled_as.insert(record.pulled_as.begin(), before->pulled_as.begin(), before->pulled_as.end());
    std::vector<std::string> kept;
    for (const std::string& one : record.pulled_as) {
        if (std::find(kept.begin(), kept.end(), one) == kept.end()) {
            kept.push_back(one);
        }
    }
    record.pulled_as = std::move(kept);
}

Status point_name(world::World& world, const ImageRecord& record, const oci::Reference& name) {
    Names names = TRY(load_names(world));
    NamedImage& named = names[oci::full_name({name.host, name.path, name.tag, ""})];
    const std::string before = named.id;
    named.id = record.id;
    named.manifest = {};
    named.manifest.media_type = record.media_type;
    named.manifest.digest = TRY(oci::parse_digest(record.manifest));
    named.manifest.size = static_cast<std::int64_t>(record.manifest_size);
    TRY_IN("write the names of images", save_names(world, names));
    if (!before.empty() && before != record.id) {  // whoever had the name is narrated without it
        const Result<ImageRecord> other = load_image_record(world, TRY(oci::parse_digest(before)));
        if (other) {
            world.narrator.note(to_note(Image{*other, names_of(names, before)}));
        }
    }
    return {};
}

bool was_pulled_as(const Image& image, const oci::Reference& reference) {
    const std::string wanted = oci::repository(reference) + "@" + reference.digest;
    const auto& all = image.record.pulled_as;
    return std::find(all.begin(), all.end(), wanted) != all.end();
}

bool is_id_text(std::string_view text) { return text.size() <= 64 && is_hex(text); }

Result<std::optional<Image>> find_by_id(const std::vector<Image>& all, std::string_view text) {
    const bool marked = text.substr(0, 7) == "sha256:";
    const std::string_view digits = marked ? text.substr(7) : text;
    std::optional<Image> found;
    if (!is_id_text(digits)) {
        return found;
    }
    for (const Image& image : all) {
        if (image.record.id.compare(7, digits.size(), digits) != 0) {
            continue;
        }
        if (found.has_value()) {
            return fail(Errc::invalid, "ambiguous reference: more than one image id begins with " + std::string(text));
        }
        found = image;
    }
    return found;
}

}  // namespace

std::uint64_t size_of(const ImageRecord& record) {
    std::uint64_t sum = 0;
    for (const ImageLayer& layer : record.layers) {
        sum += layer.unpacked;
    }
    return sum;
}

std::uint64_t published_size_of(const ImageRecord& record) {
    std::uint64_t sum = 0;
    for (const ImageLayer& layer : record.layers) {
        sum += layer.published_size;
    }
    return sum;
}

Status put_image(world::World& world, ImageRecord record, const std::optional<oci::Reference>& name) {
    const oci::Digest id = TRY(oci::parse_digest(record.id));
    const std::unique_ptr<world::DiskLock> lock = TRY(world.disk.lock(lock_path(world)));
    keep_known_sources(world, record, id);
    TRY_IN("write the record of image " + oci::short_text(id), save_record(world, image_path(world, id), record));
    if (name.has_value() && !name->tag.empty()) {
        TRY(point_name(world, record, *name));
    }
    world.narrator.note(to_note(Image{record, names_of(TRY(load_names(world)), record.id)}));
    return {};
}

Status tag_image(world::World& world, std::string_view source, const oci::Reference& name) {
    if (!name.digest.empty() || name.tag.empty()) {
        return fail(Errc::invalid, "refusing to create a tag with a digest reference");
    }
    const Image image = TRY(find_image(world, source));
    return put_image(world, image.record, name);
}

Result<Image> load_image(world::World& world, const oci::Digest& id) {
    Result<ImageRecord> record = load_image_record(world, id);
    if (!record) {
        return record.error().code == Errc::not_found ? no_such_image(oci::to_text(id)) : record.error();
    }
    Image image{std::move(record).value(), {}};
    image.names = names_of(TRY(load_names(world)), image.record.id);
    return image;
}

Result<Image> find_image(world::World& world, std::string_view name_or_id) {
    const std::vector<Image> all = TRY(list_images(world));
    if (name_or_id.size() == 64 || name_or_id.substr(0, 7) == "sha256:") {
        if (std::optional<Image> found = TRY(find_by_id(all, name_or_id)); found.has_value()) {
            return *std::move(found);
        }
        return no_such_image(name_or_id);
    }
    const Result<oci::Reference> reference = oci::parse_reference(name_or_id);
    if (reference) {
        const std::string full = oci::full_name({reference->host, reference->path, reference->tag, ""});
        for (const Image& image : all) {
            const bool named = std::find(image.names.begin(), image.names.end(), full) != image.names.end();
            if (reference->digest.empty() ? named : was_pulled_as(image, *reference)) {
                return image;
            }
        }
    }
    if (std::optional<Image> found = TRY(find_by_id(all, name_or_id)); found.has_value()) {
        return *std::move(found);
    }
    return reference ? no_such_image(reference->digest.empty() ? oci::familiar_name(*reference) : name_or_id)
                     : reference.error();
}

Result<oci::ImageConfig> image_config(world::World& world, const ImageRecord& record) {
    const std::string bytes = TRY(read_blob(world, TRY(oci::parse_digest(record.id))));
    return oci::parse_image_config(bytes);
}

Result<std::vector<Image>> list_images(world::World& world) {
    std::vector<Image> all;
    const Result<std::vector<world::DirEntry>> found = world.disk.list(world.machine.data_root + "/images");
    if (!found) {
        return found.error().code == Errc::not_found ? Result<std::vector<Image>>(all) : found.error();
    }
    const Names names = TRY(load_names(world));
    for (const world::DirEntry& entry : *found) {
        const std::string_view name = entry.name;
        if (name.size() != 69 || name.substr(64) != ".json") {
            continue;
        }
        const oci::Digest id = TRY(oci::parse_digest("sha256:" + std::string(name.substr(0, 64))));
        ImageRecord record = TRY(load_image_record(world, id));
        std::vector<std::string> own = names_of(names, record.id);
        all.push_back({std::move(record), std::move(own)});
    }
    const auto when = [](const Image& one) { return parse_time(one.record.created).value_or(0); };
    std::stable_sort(all.begin(), all.end(), [&](const Image& a, const Image& b) { return when(a) > when(b); });
    return all;
}

world::ImageKnown to_note(const Image& image) {
    world::ImageKnown note;
    const ImageRecord& record = image.record;
    note.id = record.id;
    note.names = image.names;
    note.digest = record.manifest;
    note.platform = record.platform;
    note.size = size_of(record);
    note.command = record.command;
    for (const ImageLayer& layer : record.layers) {
        note.layers.push_back({layer.digest, layer.diff_id, layer.chain_id, layer.size, layer.unpacked, layer.files,
                               layer.whiteouts, layer.created_by});
    }
    return note;
}

}  // namespace cutaway::store
