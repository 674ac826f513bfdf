// SPDX-License-Identifier: Apache-2.0
// An image index (docker: manifest list): one name for the same image on many platforms; and choosing among them.
// The choice explains itself, entry by entry, because "why this digest?" is the question a learner asks.
#pragma once

#include <optional>
#include <string>
#include <vector>

#include "core/base/fields.h"
#include "core/base/result.h"
#include "core/oci/descriptor.h"

namespace cutaway::oci {

struct Index {
    static constexpr std::string_view kind = "index";
    int schema = 2;
    std::string media_type;
    std::string artifact_type;
    std::vector<Descriptor> manifests;
    std::optional<Descriptor> subject;
    Annotations annotations;

    friend bool operator==(const Index&, const Index&) = default;
};
CUTAWAY_FIELDS(Index, schema, media_type, artifact_type, manifests, subject, annotations)

struct ConsideredEntry {
    std::string platform;  // as text; "" if the entry names none
    Digest digest;
    std::string verdict;  // a sentence: "chosen: …", "skipped: …"

    friend bool operator==(const ConsideredEntry&, const ConsideredEntry&) = default;
};
CUTAWAY_FIELDS(ConsideredEntry, platform, digest, verdict)

struct PlatformChoice {
    Descriptor chosen;  // its media type may be an index again: fetch that and choose once more
    std::string why;
    std::vector<ConsideredEntry> considered;  // in the index's order

    friend bool operator==(const PlatformChoice&, const PlatformChoice&) = default;
};
CUTAWAY_FIELDS(PlatformChoice, chosen, why, considered)

// The best match wins, among equals the first. Errc::not_found carries docker's own sentence.
Result<PlatformChoice> choose_platform(const Index& index, const Platform& machine);

}  // namespace cutaway::oci
