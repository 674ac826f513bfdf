// SPDX-License-Identifier: Apache-2.0
#include "core/oci/archive_manifest.h"

#include "core/base/json.h"
#include "core/oci/codec.h"

namespace cutaway::oci {

namespace {

// Go writes an empty list as null.
bool read_list(json::Reader& in, std::vector<std::string>& list) {
    if (in.peek() == 'n') {
        return in.read_null();
    }
    if (!in.begin_array()) {
        return false;
    }
    while (in.next_item()) {
        list.emplace_back();
        if (!in.read_string(list.back())) {
            return false;
        }
    }
    return in.ok();
}

bool read_image(json::Reader& in, ArchivedImage& image) {
    std::string_view key;
    if (!in.begin_object()) {
        return false;
    }
    while (in.next_key(key)) {
        const bool good = key == "Config"     ? in.read_string(image.config)
                          : key == "RepoTags" ? read_list(in, image.repo_tags)
                          : key == "Layers"   ? read_list(in, image.layers)
                                              : in.skip();
        if (!good) {
            return false;
        }
    }
    return in.ok();
}

void append_list(std::string& out, const std::vector<std::string>& list) {
    out += "[";
    for (const std::string& one : list) {
        out += out.back() == '[' ? "" : ",";
        json::append_string(out, one);
    }
    out += "]";
}

}  // namespace

Result<std::vector<ArchivedImage>> parse_archive_manifest(std::string_view bytes) {
    std::vector<ArchivedImage> images;
    json::Reader in(bytes);
    bool good = bytes.size() <= max_document_bytes && in.begin_array();
    while (good && in.next_item()) {
        images.emplace_back();
        good = read_image(in, images.back()) && !images.back().config.empty();
    }
    if (!good || !in.ok() || !in.at_end()) {
        return fail(Errc::invalid, "manifest.json of the archive is not what docker writes");
    }
    return images;
}

std::string to_json(const std::vector<ArchivedImage>& images) {
    std::string out = "[";
    for (const ArchivedImage& image : images) {
        out += out.size() > 1 ? ",{\"Config\":" : "{\"Config\":";
        json::append_string(out, image.config);
        out += ",\"RepoTags\":";
        append_list(out, image.repo_tags);
        out += ",\"Layers\":";
        append_list(out, image.layers);
        out += "}";
    }
    return out + "]\n";
}

}  // namespace cutaway::oci
