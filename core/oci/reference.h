// SPDX-License-Identifier: Apache-2.0
// What users call images: "nginx", "ghcr.io/owner/app:1.2", "busybox@sha256:…". The grammar, the defaults and the
// error texts are those of docker (distribution/reference, normalize.go), which users have met before.
// It refuses 64-digit image ids (the store looks those up) and, unlike docker, hosts that no DNS name could be.
#pragma once

#include <cstddef>
#include <string>
#include <string_view>
#include <vector>

#include "core/base/enum.h"
#include "core/base/fields.h"
#include "core/base/result.h"

namespace cutaway::oci {

struct Reference {
    std::string host;    // "docker.io", "localhost:5000"; always set
    std::string path;    // "library/nginx"; always set
    std::string tag;     // "latest" by default, but "" if only a digest was given
    std::string digest;  // "sha256:…", validated; "" if none

    friend bool operator==(const Reference&, const Reference&) = default;
};
CUTAWAY_FIELDS(Reference, host, path, tag, digest)

Result<Reference> parse_reference(std::string_view text);

std::string familiar_name(const Reference& reference);  // the shortest that means the same: "nginx:latest"
std::string full_name(const Reference& reference);      // "docker.io/library/nginx:latest"
std::string repository(const Reference& reference);     // "docker.io/library/nginx"

// For the registry: the digest if there is one, else the tag.
std::string_view tag_or_digest(const Reference& reference);

enum class ReferenceRole { host, space, name, tag, digest };  // space: "library/", what stands before the last name
CUTAWAY_ENUM(ReferenceRole, host, space, name, tag, digest)

struct ReferencePart {
    ReferenceRole role = ReferenceRole::host;
    std::string text;       // the part's meaning, e.g. "docker.io"
    bool given = false;     // false: a default filled in
    std::size_t start = 0;  // where it stands in what was given; 0, 0 if it does not
    std::size_t size = 0;
    std::string why;  // one sentence

    friend bool operator==(const ReferencePart&, const ReferencePart&) = default;
};
CUTAWAY_FIELDS(ReferencePart, role, text, given, start, size, why)

// A name taken apart, for showing: every part in reading order, with what was given and what was understood.
struct ReferenceParts {
    std::string given;
    Reference reference;
    std::vector<ReferencePart> parts;

    friend bool operator==(const ReferenceParts&, const ReferenceParts&) = default;
};
CUTAWAY_FIELDS(ReferenceParts, given, reference, parts)

Result<ReferenceParts> dissect_reference(std::string_view text);

}  // namespace cutaway::oci
