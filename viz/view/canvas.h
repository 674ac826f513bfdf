// SPDX-License-Identifier: Apache-2.0
// Canvas: the view models of the parts of the drawing, each made from a Moment alone. What is planned and not made yet
// is there too, marked as such: nothing pops up. No part knows how it is drawn.
#pragma once

#include "viz/view/moment.h"

namespace cutaway::view {

enum class Made { planned, made, gone };
CUTAWAY_ENUM(Made, planned, made, gone)

struct Talk {             // one exchange as an arrow between two actors
    std::string asks;     // "HEAD /v2/library/nginx/manifests/latest"
    std::string answers;  // "401 Unauthorized"; empty: not yet
    std::string host;
    bool present = false;  // it is under way, or happens next
    bool failed = false;
};

struct Exchange {
    Talk api;       // client and daemon
    Talk registry;  // daemon and registry
    bool client_acts = false;
    bool daemon_acts = false;
    std::string acting;                // the actor of what happens next
    std::vector<std::string> digests;  // "index 8b8cfb949eaa", "manifest 47d2d1feddcb", "config 8eb9b7cf292e"
    std::string reference;             // "docker.io/library/nginx:latest"
    std::size_t checked = 0;           // digests computed that match
    std::size_t wrong = 0;
};

struct LayerRow {
    std::string digest;
    std::string state;  // as docker's pull prints it, or "unpacked"
    std::string made_by;
    std::uint64_t size = 0;
    float part = 0;  // 0 to 1
    bool ready = false;
    bool shared = false;  // by more than one image
};

struct Layers {
    std::string image;
    std::vector<LayerRow> rows;  // topmost first, as a cake stands
    std::string total;
    std::string summary;
};

struct FileRow {
    std::string path;
    std::string change;
};

struct Overlay {
    Made state = Made::planned;
    std::size_t lower = 0;
    std::vector<std::string> lower_ids;  // topmost first
    std::vector<FileRow> upper;
    std::size_t upper_files = 0;
    std::string merged;  // where the one tree is seen
    bool pivoted = false;
    std::vector<std::string> mounts;  // inside: "/proc proc", …
    std::size_t mount_count = 0;
};

struct SpaceRow {
    std::string kind;
    std::string host;
    std::string container;  // empty: not made yet
    std::string means;      // "its own process numbers"
    bool own = false;
};

struct Spaces {
    std::vector<SpaceRow> rows;
    std::string hostname;
    std::size_t own = 0;
};

struct ProcessRow {
    std::int64_t pid = 0;
    std::int64_t inner_pid = 0;  // 0: it has none
    std::size_t depth = 0;
    std::string command;
    std::string note;  // "PID 1 inside", "zombie", a signal in flight
    bool inside = false;
};

struct Processes {
    std::vector<ProcessRow> rows;
    std::size_t inside = 0;
};

struct CgroupFile {
    std::string name;
    std::string value;
};

struct CgroupView {
    Made state = Made::planned;
    std::string path;
    std::vector<CgroupFile> files;  // limits, as written; "max" where nothing was
    std::string memory;             // "2.4 MB of no limit"
    float memory_part = -1;         // negative: no limit
    std::string processes;
    std::vector<float> history;  // memory, 0 to 1
    bool frozen = false;
    std::uint32_t oom_kills = 0;
};

struct Network {
    Made bridge = Made::planned;
    std::string bridge_name;
    std::string bridge_address;
    Made cable = Made::planned;
    std::string host_end;
    std::string inner_end;
    std::string inner_address;
    bool inner_up = false;
    bool moved = false;  // the inner end is inside
    std::string route;
    std::vector<std::string> rules;  // "0.0.0.0:8080 → 172.17.0.2:80"
    bool masquerade = false;
    std::string listening;  // "tcp 80 by 1002"
    std::string packet;     // the last packet's way
    bool packet_ok = false;
};

struct LifeState {
    std::string name;
    bool now = false;
    bool was = false;
};

struct Lifecycle {
    std::string title;              // "web · 38c28a9a576c"
    std::vector<LifeState> states;  // created, running, paused, exited, removed
    std::string why;
    std::string address;
};

Exchange exchange_of(const Moment& moment);
Layers layers_of(const Moment& moment);
Overlay overlay_of(const Moment& moment);
Spaces spaces_of(const Moment& moment);
Processes processes_of(const Moment& moment);
CgroupView cgroup_of(const Moment& moment);
Network network_of(const Moment& moment);
Lifecycle lifecycle_of(const Moment& moment);

}  // namespace cutaway::view
