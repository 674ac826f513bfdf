// SPDX-License-Identifier: Apache-2.0
#include "core/oci/media_type.h"

namespace cutaway::oci {

namespace {

constexpr std::string_view oci_nondistributable = "application/vnd.oci.image.layer.nondistributable.v1.tar";
constexpr std::string_view docker_foreign_gzip = "application/vnd.docker.image.rootfs.foreign.diff.tar.gzip";
constexpr std::string_view docker_foreign_tar = "application/vnd.docker.image.rootfs.foreign.diff.tar";

// What follows `stem`, "?" if the text does not begin so.
std::string_view behind(std::string_view text, std::string_view stem) {
    return text.substr(0, stem.size()) == stem ? text.substr(stem.size()) : std::string_view("?");
}

}  // namespace

bool is_manifest_type(std::string_view type) {
    return type == media_type::oci_manifest || type == media_type::docker_manifest;
}

bool is_index_type(std::string_view type) { return type == media_type::oci_index || type == media_type::docker_list; }

bool is_config_type(std::string_view type) {
    return type == media_type::oci_config || type == media_type::docker_config;
}

bool is_layer_type(std::string_view type) { return compression_of(type) != Compression::unknown; }

Compression compression_of(std::string_view layer_type) {
    if (layer_type == media_type::docker_layer_tar || layer_type == docker_foreign_tar) {
        return Compression::none;
    }
    if (layer_type == media_type::docker_layer_gzip || layer_type == docker_foreign_gzip) {
        return Compression::gzip;
    }
    if (layer_type == media_type::docker_layer_zstd) {
        return Compression::zstd;
    }
    for (const std::string_view stem : {media_type::oci_layer_tar, oci_nondistributable}) {
        const std::string_view suffix = behind(layer_type, stem);
        if (suffix.empty()) {
            return Compression::none;
        }
        if (suffix == "+gzip") {
            return Compression::gzip;
        }
        if (suffix == "+zstd") {
            return Compression::zstd;
        }
    }
    return Compression::unknown;
}

std::string without_parameters(std::string_view content_type) {
    std::string type;
    for (const char c : content_type.substr(0, content_type.find(';'))) {
        if (c == ' ' || c == '\t') {
            continue;
        }
        type.push_back(c >= 'A' && c <= 'Z' ? static_cast<char>(c - 'A' + 'a') : c);
    }
    return type;
}

}  // namespace cutaway::oci
