// SPDX-License-Identifier: Apache-2.0
#include "core/oci/index.h"

#include "core/oci/media_type.h"

namespace cutaway::oci {

namespace {

constexpr std::size_t no_platform_rank = 1000;  // docker takes an entry that says nothing, but only for want of better

struct Judgement {
    std::optional<std::size_t> rank;
    std::string reason;
};

bool is_attestation(const Descriptor& entry) {
    const auto type = entry.annotations.find("vnd.docker.reference.type");
    const bool marked = type != entry.annotations.end() && type->second == "attestation-manifest";
    return marked || (entry.platform.has_value() && is_unknown(*entry.platform));
}

Judgement judge(const Descriptor& entry, const Platform& machine) {
    if (!is_manifest_type(entry.media_type) && !is_index_type(entry.media_type)) {
        return {std::nullopt, "neither a manifest nor an index, but " + entry.media_type};
    }
    if (is_attestation(entry)) {
        return {std::nullopt, "an attestation about another entry, nothing to run"};
    }
    if (!entry.platform.has_value()) {
        return {no_platform_rank, "names no platform, taken only if nothing else fits"};
    }
    const std::optional<std::size_t> rank = match_rank(machine, *entry.platform);
    if (!rank.has_value()) {
        return {rank, "for " + to_text(*entry.platform) + ", which " + to_text(machine) + " cannot run"};
    }
    return {rank,
            *rank == 0 ? "matches " + to_text(machine) : to_text(machine) + " still runs " + to_text(*entry.platform)};
}

// docker names the machine in full here: its linux/arm64 is linux/arm64/v8.
std::string full_text(const Platform& machine) {
    const bool bare_arm64 = machine.architecture == "arm64" && machine.variant.empty();
    return to_text(machine) + (bare_arm64 ? "/v8" : "");
}

}  // namespace

Result<PlatformChoice> choose_platform(const Index& index, const Platform& machine_as_given) {
    const Platform machine = normalised(machine_as_given);
    std::vector<Judgement> judged;
    std::optional<std::size_t> best;
    for (const Descriptor& entry : index.manifests) {
        judged.push_back(judge(entry, machine));
        const std::optional<std::size_t>& rank = judged.back().rank;
        if (rank.has_value() && (!best.has_value() || *rank < *judged[*best].rank)) {
            best = judged.size() - 1;
        }
    }
    if (!best.has_value()) {
        return fail(Errc::not_found,
                    "no matching manifest for " + full_text(machine) + " in the manifest list entries");
    }
    PlatformChoice choice;
    choice.chosen = index.manifests[*best];
    choice.why = judged[*best].reason;
    for (std::size_t i = 0; i < judged.size(); ++i) {
        const Descriptor& entry = index.manifests[i];
        const std::string suffix =
            judged[i].rank.has_value() && i != *best ? ", but another fits better or is first" : "";
        choice.considered.push_back({entry.platform.has_value() ? to_text(*entry.platform) : std::string(),
                                     entry.digest,
                                     (i == *best ? "chosen: " : "skipped: ") + judged[i].reason + suffix});
    }
    return choice;
}

}  // namespace cutaway::oci
