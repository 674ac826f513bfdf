// SPDX-License-Identifier: Apache-2.0
// The media types this engine speaks: the image spec's and the older docker ones of the same shape.
// It refuses guesses: an unknown type is unknown, never "probably a tar".
#pragma once

#include <string>
#include <string_view>

#include "core/base/enum.h"

namespace cutaway::oci::media_type {

inline constexpr std::string_view oci_manifest = "application/vnd.oci.image.manifest.v1+json";
inline constexpr std::string_view oci_index = "application/vnd.oci.image.index.v1+json";
inline constexpr std::string_view oci_config = "application/vnd.oci.image.config.v1+json";
inline constexpr std::string_view oci_layer_tar = "application/vnd.oci.image.layer.v1.tar";
inline constexpr std::string_view oci_layer_gzip = "application/vnd.oci.image.layer.v1.tar+gzip";
inline constexpr std::string_view oci_layer_zstd = "application/vnd.oci.image.layer.v1.tar+zstd";
inline constexpr std::string_view oci_empty = "application/vnd.oci.empty.v1+json";
inline constexpr std::string_view docker_manifest = "application/vnd.docker.distribution.manifest.v2+json";
inline constexpr std::string_view docker_list = "application/vnd.docker.distribution.manifest.list.v2+json";
inline constexpr std::string_view docker_config = "application/vnd.docker.container.image.v1+json";
inline constexpr std::string_view docker_layer_tar = "application/vnd.docker.image.rootfs.diff.tar";
inline constexpr std::string_view docker_layer_gzip = "application/vnd.docker.image.rootfs.diff.tar.gzip";
inline constexpr std::string_view docker_layer_zstd = "application/vnd.docker.image.rootfs.diff.tar.zstd";
inline constexpr std::string_view docker_schema1 = "application/vnd.docker.distribution.manifest.v1+json";
inline constexpr std::string_view docker_schema1_signed = "application/vnd.docker.distribution.manifest.v1+prettyjws";

}  // namespace cutaway::oci::media_type

namespace cutaway::oci {

enum class Compression { none, gzip, zstd, unknown };
CUTAWAY_ENUM(Compression, none, gzip, zstd, unknown)

bool is_manifest_type(std::string_view type);
bool is_index_type(std::string_view type);
bool is_config_type(std::string_view type);
bool is_layer_type(std::string_view type);
Compression compression_of(std::string_view layer_type);  // also of the nondistributable types; unknown if no layer

// "application/json; charset=utf-8" to "application/json": parameters off, lower case, no blanks around.
std::string without_parameters(std::string_view content_type);

}  // namespace cutaway::oci
