// SPDX-License-Identifier: Apache-2.0
// Notes: decisions and records that a worker explains and no call shows by itself: which platform and why, which
// digest was expected and which computed, what the engine now knows of an image or a container. They change nothing
// in a world; they are how the Picture learns domain facts.
#pragma once

#include <cstdint>
#include <string>
#include <string_view>
#include <variant>
#include <vector>

#include "core/world/call.h"

namespace cutaway::world {

struct ReferenceParsed {
    static constexpr std::string_view kind = "reference";
    std::string given;  // "nginx"
    std::string host;   // "docker.io"
    std::string path;   // "library/nginx"
    std::string tag;    // "latest"
    std::string digest;
    std::vector<std::string> defaulted;  // which of host, library, tag the reader filled in
    friend bool operator==(const ReferenceParsed&, const ReferenceParsed&) = default;
};
CUTAWAY_FIELDS(ReferenceParsed, given, host, path, tag, digest, defaulted)

struct PlatformChosen {
    static constexpr std::string_view kind = "platform";
    std::string wanted;
    std::string chosen;
    std::string digest;
    std::string why;
    std::vector<Pair> considered;  // platform → verdict
    friend bool operator==(const PlatformChosen&, const PlatformChosen&) = default;
};
CUTAWAY_FIELDS(PlatformChosen, wanted, chosen, digest, why, considered)

struct BlobNote {
    std::string digest;
    std::uint64_t size = 0;
    std::string media_type;
    friend bool operator==(const BlobNote&, const BlobNote&) = default;
};
CUTAWAY_FIELDS(BlobNote, digest, size, media_type)

struct ManifestRead {  // an index's entries, or a manifest's config and layers
    static constexpr std::string_view kind = "manifest";
    std::string reference;
    std::string digest;
    std::string media_type;
    BlobNote config;
    std::vector<BlobNote> layers;
    std::vector<Pair> platforms;  // of an index: platform → digest
    friend bool operator==(const ManifestRead&, const ManifestRead&) = default;
};
CUTAWAY_FIELDS(ManifestRead, reference, digest, media_type, config, layers, platforms)

struct DigestChecked {
    static constexpr std::string_view kind = "digest";
    std::string what;  // "manifest", "config", "layer", "diff_id"
    std::string expected;
    std::string computed;
    bool match = false;
    friend bool operator==(const DigestChecked&, const DigestChecked&) = default;
};
CUTAWAY_FIELDS(DigestChecked, what, expected, computed, match)

struct LayerProgress {  // for bars and the layer cake; state as docker's pull prints it
    static constexpr std::string_view kind = "layer";
    std::string digest;
    std::string state;  // "waiting", "present", "downloading", "downloaded", "unpacking", "complete"
    std::uint64_t done = 0;
    std::uint64_t total = 0;
    friend bool operator==(const LayerProgress&, const LayerProgress&) = default;
};
CUTAWAY_FIELDS(LayerProgress, digest, state, done, total)

struct LayerNote {         // one layer of an image as the store knows it
    std::string digest;    // compressed
    std::string diff_id;   // the tar
    std::string chain_id;  // its place in the stack
    std::uint64_t size = 0;
    std::uint64_t unpacked = 0;
    std::uint32_t files = 0;
    std::uint32_t whiteouts = 0;
    std::string created_by;
    friend bool operator==(const LayerNote&, const LayerNote&) = default;
};
CUTAWAY_FIELDS(LayerNote, digest, diff_id, chain_id, size, unpacked, files, whiteouts, created_by)

struct ImageKnown {  // the store has it, under these names; names empty: dangling
    static constexpr std::string_view kind = "image";
    std::string id;
    std::vector<std::string> names;
    std::string digest;
    std::string platform;
    std::uint64_t size = 0;
    std::vector<LayerNote> layers;  // bottom first
    std::vector<std::string> command;
    friend bool operator==(const ImageKnown&, const ImageKnown&) = default;
};
CUTAWAY_FIELDS(ImageKnown, id, names, digest, platform, size, layers, command)

struct ImageForgotten {
    static constexpr std::string_view kind = "image_removed";
    std::string id;
    std::vector<std::string> layers;  // diff ids that went with it
    friend bool operator==(const ImageForgotten&, const ImageForgotten&) = default;
};
CUTAWAY_FIELDS(ImageForgotten, id, layers)

struct PortNote {
    std::string host_address;
    std::uint16_t host_port = 0;
    std::uint16_t port = 0;
    std::string protocol = "tcp";
    friend bool operator==(const PortNote&, const PortNote&) = default;
};
CUTAWAY_FIELDS(PortNote, host_address, host_port, port, protocol)

struct MountNote {  // a bind or volume of a container
    std::string type;
    std::string source;
    std::string target;
    bool read_only = false;
    friend bool operator==(const MountNote&, const MountNote&) = default;
};
CUTAWAY_FIELDS(MountNote, type, source, target, read_only)

struct ContainerKnown {  // its record was written: the whole of it, each time
    static constexpr std::string_view kind = "container";
    std::string id;
    std::string name;
    std::string image;  // as the user named it
    std::string image_id;
    std::string command;
    std::string hostname;
    std::string state;  // created, running, paused, restarting, exited, removing, dead
    std::string why;    // the verb or event that brought it there
    std::int64_t pid = 0;
    std::int32_t exit_code = 0;
    bool oom_killed = false;
    std::string error;
    std::string address;
    std::string network;
    std::string stop_signal;
    std::string restart;
    std::uint64_t memory_limit = 0;
    std::uint64_t nano_cpus = 0;
    std::int64_t pids_limit = 0;
    bool auto_remove = false;
    std::vector<PortNote> ports;
    std::vector<MountNote> mounts;
    std::vector<std::string> layers;  // diff ids, bottom first
    std::string upper;
    std::string work;
    std::string merged;
    std::string log;
    std::string cgroup;
    friend bool operator==(const ContainerKnown&, const ContainerKnown&) = default;
};
CUTAWAY_FIELDS(ContainerKnown, id, name, image, image_id, command, hostname, state, why, pid, exit_code, oom_killed,
               error, address, network, stop_signal, restart, memory_limit, nano_cpus, pids_limit, auto_remove, ports,
               mounts, layers, upper, work, merged, log, cgroup)

struct ContainerForgotten {
    static constexpr std::string_view kind = "container_removed";
    std::string id;
    friend bool operator==(const ContainerForgotten&, const ContainerForgotten&) = default;
};
CUTAWAY_FIELDS(ContainerForgotten, id)

struct VolumeKnown {
    static constexpr std::string_view kind = "volume";
    std::string name;
    std::string path;
    bool anonymous = false;
    friend bool operator==(const VolumeKnown&, const VolumeKnown&) = default;
};
CUTAWAY_FIELDS(VolumeKnown, name, path, anonymous)

struct VolumeForgotten {
    static constexpr std::string_view kind = "volume_removed";
    std::string name;
    friend bool operator==(const VolumeForgotten&, const VolumeForgotten&) = default;
};
CUTAWAY_FIELDS(VolumeForgotten, name)

struct NetworkKnown {
    static constexpr std::string_view kind = "network";
    std::string id;
    std::string name;
    std::string driver;
    std::string subnet;
    std::string gateway;
    std::string bridge;
    friend bool operator==(const NetworkKnown&, const NetworkKnown&) = default;
};
CUTAWAY_FIELDS(NetworkKnown, id, name, driver, subnet, gateway, bridge)

struct NetworkForgotten {
    static constexpr std::string_view kind = "network_removed";
    std::string id;
    friend bool operator==(const NetworkForgotten&, const NetworkForgotten&) = default;
};
CUTAWAY_FIELDS(NetworkForgotten, id)

struct PlannedNote {
    std::string where;  // "engine", "shim", "init"
    Phase phase = Phase::none;
    std::string step;
    std::string why;
    Call call;
    friend bool operator==(const PlannedNote&, const PlannedNote&) = default;
};
CUTAWAY_FIELDS(PlannedNote, where, phase, step, why, call)

struct PlanMade {  // what is about to happen, before any of it does
    static constexpr std::string_view kind = "plan";
    std::string container;
    std::vector<PlannedNote> calls;
    friend bool operator==(const PlanMade&, const PlanMade&) = default;
};
CUTAWAY_FIELDS(PlanMade, container, calls)

struct Decision {  // anything else worth a sentence: what was decided and why
    static constexpr std::string_view kind = "decision";
    std::string container;
    std::string about;
    std::string choice;
    std::string why;
    friend bool operator==(const Decision&, const Decision&) = default;
};
CUTAWAY_FIELDS(Decision, container, about, choice, why)

struct CommandTyped {  // what the person asked for; arguments with secrets are blotted out
    static constexpr std::string_view kind = "command";
    std::vector<std::string> argv;
    friend bool operator==(const CommandTyped&, const CommandTyped&) = default;
};
CUTAWAY_FIELDS(CommandTyped, argv)

struct StateFound {  // what there was when the tape began, of earlier commands, so that what follows can be understood
    static constexpr std::string_view kind = "found";
    std::vector<std::string> containers;  // full ids
    std::uint64_t events = 0;             // of the machine's journal, summed up here
    std::string picture;                  // JSON, core/scene/found.h
    friend bool operator==(const StateFound&, const StateFound&) = default;
};
CUTAWAY_FIELDS(StateFound, containers, events, picture)

CUTAWAY_SUM(Note, ReferenceParsed, PlatformChosen, ManifestRead, DigestChecked, LayerProgress, ImageKnown,
            ImageForgotten, ContainerKnown, ContainerForgotten, VolumeKnown, VolumeForgotten, NetworkKnown,
            NetworkForgotten, PlanMade, Decision, CommandTyped, StateFound)

}  // namespace cutaway::world
