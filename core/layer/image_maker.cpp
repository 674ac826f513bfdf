// SPDX-License-Identifier: Apache-2.0
#include "core/layer/image_maker.h"

#include <algorithm>

#include "core/layer/compress.h"
#include "core/layer/tar_writer.h"
#include "core/oci/codec.h"
#include "core/oci/media_type.h"
#include "core/store/time_text.h"

namespace cutaway::layer {

namespace {

using Directories = std::map<std::string, world::FileInfo>;  // of the layers below and this one

// Docker's layers name the directories on the way, with what they had below.
void add_with_parents(const RecipeEntry& entry, Directories& known, std::vector<RecipeEntry>& all) {
    const std::string& path = entry.entry.path;
    const auto has = [&](const std::string& wanted) {
        return std::any_of(all.begin(), all.end(), [&](const RecipeEntry& one) { return one.entry.path == wanted; });
    };
    for (std::size_t slash = path.find('/'); slash != std::string::npos; slash = path.find('/', slash + 1)) {
        const std::string parent = path.substr(0, slash);
        if (has(parent)) {
            continue;
        }
        RecipeEntry made;
        made.entry.path = parent;
        made.entry.info.mode = 0755;
        if (const auto before = known.find(parent); before != known.end()) {
            made.entry.info = before->second;
        }
        made.entry.info.type = world::FileType::directory;
        known[parent] = made.entry.info;
        all.push_back(std::move(made));
    }
    if (entry.entry.info.type == world::FileType::directory) {
        known[path] = entry.entry.info;
    }
    all.push_back(entry);
}

Result<std::string> tar_of(const RecipeStep& step, std::int64_t mtime_ns, Directories& known) {
    std::vector<RecipeEntry> entries;
    for (const RecipeEntry& entry : *step.entries) {
        add_with_parents(entry, known, entries);
    }
    const auto by_path = [](const RecipeEntry& a, const RecipeEntry& b) { return a.entry.path < b.entry.path; };
    std::stable_sort(entries.begin(), entries.end(), by_path);
    std::string tar;
    TarWriter writer(tar);
    for (RecipeEntry& entry : entries) {
        entry.entry.info.mtime_ns = mtime_ns;
        TRY_IN("step \"" + step.by + "\"", writer.add(entry.entry, entry.bytes));
    }
    writer.finish();
    return tar;
}

}  // namespace

ImageMaker::ImageMaker(std::map<std::string, std::string> recipes, ReadAsset read)
    : recipes_(std::move(recipes)), read_(std::move(read)) {}

Result<ImageRecipe> ImageMaker::whole_recipe(const std::string& name, const oci::Platform& platform) const {
    const auto text = recipes_.find(name);
    if (text == recipes_.end()) {
        return fail(Errc::not_found, "there is no recipe " + name);
    }
    ImageRecipe recipe = TRY_IN("recipe " + name, parse_recipe(text->second, platform, read_));
    for (RecipeStep& step : recipe.steps) {
        step.created = recipe.created;
    }
    if (!recipe.base.empty() && recipe.base != name) {
        ImageRecipe base = TRY(whole_recipe(recipe.base, platform));
        base.steps.insert(base.steps.end(), recipe.steps.begin(), recipe.steps.end());
        recipe.steps = std::move(base.steps);
    }
    return recipe;
}

Result<ImageMaker::Built> ImageMaker::build(const ImageRecipe& recipe, const oci::Platform& platform,
                                            Repository& into) const {
    Built built;
    Directories known;
    built.config.created = recipe.created;
    built.config.architecture = platform.architecture;
    built.config.variant = platform.variant;
    built.config.os = platform.os;
    built.config.config = recipe.config;
    for (const RecipeStep& step : recipe.steps) {
        const std::optional<std::int64_t> created = store::parse_time(step.created);
        if (!created.has_value()) {
            return fail(Errc::invalid, recipe.repository + " was not made at \"" + step.created + "\"");
        }
        oci::HistoryEntry line;
        line.created = step.created;
        line.created_by = step.by;
        line.empty_layer = !step.entries.has_value();
        built.config.history.push_back(std::move(line));
        if (!step.entries.has_value()) {
            continue;
        }
        const std::string tar = TRY(tar_of(step, *created, known));
        std::string blob = TRY(gzip(tar));
        oci::Descriptor layer = oci::describe(oci::media_type::oci_layer_gzip, blob);
        layer.annotations[oci::published_size_key] = std::to_string(step.published);
        built.published += step.published;
        built.config.diff_ids.push_back(oci::digest_of(tar));
        into.blobs[oci::to_text(layer.digest)] = std::move(blob);
        built.layers.push_back(std::move(layer));
    }
    return built;
}

Result<oci::Descriptor> ImageMaker::manifest(const ImageRecipe& recipe, const oci::Platform& platform,
                                             Repository& into) const {
    Built built = TRY(build(recipe, platform, into));
    const std::string config = oci::to_json(built.config);
    oci::Manifest manifest;
    manifest.media_type = oci::media_type::oci_manifest;
    manifest.config = oci::describe(oci::media_type::oci_config, config);
    manifest.layers = std::move(built.layers);
    manifest.annotations[oci::published_size_key] = std::to_string(built.published);
    const std::string bytes = oci::to_json(manifest);
    into.blobs[oci::to_text(manifest.config.digest)] = config;
    oci::Descriptor entry = oci::describe(oci::media_type::oci_manifest, bytes);
    entry.platform = platform;
    into.blobs[oci::to_text(entry.digest)] = bytes;
    return entry;
}

Status ImageMaker::make(const std::string& name) {
    const oci::Platform any = TRY(oci::parse_platform("linux/amd64"));
    const ImageRecipe outline = TRY(whole_recipe(name, any));
    if (outline.repository.empty()) {
        return {};
    }
    Repository& into = repositories_[outline.repository];
    oci::Index index;
    index.media_type = oci::media_type::oci_index;
    for (const oci::Platform& platform : outline.platforms) {
        const ImageRecipe recipe = TRY(whole_recipe(name, platform));
        index.manifests.push_back(TRY_IN(name, manifest(recipe, platform, into)));
    }
    const std::string bytes = oci::to_json(index);
    const std::string digest = oci::to_text(oci::digest_of(bytes));
    into.blobs[digest] = bytes;
    for (const std::string& tag : outline.tags) {
        if (!into.tags.emplace(tag, digest).second) {
            return fail(Errc::conflict, outline.repository + ":" + tag + " has two recipes");
        }
    }
    return {};
}

std::string ImageMaker::pack() const {
    std::string head = "cutaway images 1\n";
    std::string bytes;
    std::map<std::string, std::string> places;  // digest → "OFFSET SIZE"
    for (const auto& [name, repository] : repositories_) {
        head += "repository " + name + "\n";
        for (const auto& [tag, digest] : repository.tags) {
            head += "tag " + tag + " " + digest + "\n";
        }
        for (const auto& [digest, blob] : repository.blobs) {
            std::string& place = places[digest];
            if (place.empty()) {
                place = std::to_string(bytes.size()) + " " + std::to_string(blob.size());
                bytes += blob;
            }
            head += "blob " + digest + " " + place + "\n";
        }
    }
    return head + "\n" + bytes;
}

}  // namespace cutaway::layer
