// SPDX-License-Identifier: Apache-2.0
// manifest.json of docker's image archives (`docker save`): which config, which names and which layers, as names of files
// in the same archive. It comes from a stranger: names are not yet names of images, files may not be there.
#pragma once

#include <string>
#include <string_view>
#include <vector>

#include "core/base/result.h"

namespace cutaway::oci {

struct ArchivedImage {
    std::string config;                  // "blobs/sha256/…", or "….json" of older archives
    std::vector<std::string> repo_tags;  // "nginx:latest"
    std::vector<std::string> layers;     // bottom first
    friend bool operator==(const ArchivedImage&, const ArchivedImage&) = default;
};

Result<std::vector<ArchivedImage>> parse_archive_manifest(std::string_view bytes);
std::string to_json(const std::vector<ArchivedImage>& images);

}  // namespace cutaway::oci
