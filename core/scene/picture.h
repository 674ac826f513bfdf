// SPDX-License-Identifier: Apache-2.0
// Picture: everything a learner can look at, folded from events. Copies share structure (core/base/cow.h): a snapshot
// costs a few pointers. Every list that hostile events could grow is bounded by the limits below; what falls out is
// counted. Nothing here knows how to draw, and nothing here decides: evolve.h fills it in.
#pragma once

#include <cstdint>
#include <optional>
#include <string>
#include <string_view>
#include <vector>

#include "core/base/cow.h"
#include "core/scene/recent.h"
#include "core/scene/table.h"
#include "core/trace/event.h"

namespace cutaway::scene {

using world::Pair;

struct Transition {
    std::string from;
    std::string to;
    std::string why;
    std::int64_t t_ns = 0;
    std::uint64_t seq = 0;
    friend bool operator==(const Transition&, const Transition&) = default;
};
CUTAWAY_FIELDS(Transition, from, to, why, t_ns, seq)

struct LogLine {
    std::int64_t t_ns = 0;
    world::Stream stream = world::Stream::out;
    std::string text;
    friend bool operator==(const LogLine&, const LogLine&) = default;
};
CUTAWAY_FIELDS(LogLine, t_ns, stream, text)

// A name in a container's upper directory; names of the layers below come from the layer index by diff id.
struct FileMark {
    std::string change;  // "added", "copied_up", "modified", "whiteout", "opaque"
    std::uint64_t size = 0;
    std::uint64_t seq = 0;
    friend bool operator==(const FileMark&, const FileMark&) = default;
};
CUTAWAY_FIELDS(FileMark, change, size, seq)

// What the container's init was made into by its own calls; an exec'd process goes through the same ones.
struct Sandbox {
    std::string hostname;
    std::string directory;
    std::uint32_t uid = 0;
    std::uint32_t gid = 0;
    std::vector<std::uint32_t> groups;
    std::vector<std::string> capabilities;
    bool capabilities_set = false;
    bool no_new_privileges = false;
    std::string seccomp;
    friend bool operator==(const Sandbox&, const Sandbox&) = default;
};
CUTAWAY_FIELDS(Sandbox, hostname, directory, uid, gid, groups, capabilities, capabilities_set, no_new_privileges,
               seccomp)

struct Container {
    world::ContainerKnown record;     // as last written by the engine
    std::vector<Transition> history;  // bounded
    Recent<LogLine> log;              // the last lines
    std::uint64_t log_lines = 0;      // all that ever were
    Cow<Table<std::string, FileMark>> upper;
    Cow<std::vector<world::PlannedNote>> plan;
    std::uint32_t plan_done = 0;  // planned calls performed
    std::int64_t init = 0;        // the process that its namespaces were made for, before the record names it
    bool frozen = false;
    std::int64_t stop_deadline_ns = 0;  // while a stop waits: when SIGKILL follows
    Cow<Sandbox> sandbox;
    friend bool operator==(const Container&, const Container&) = default;
};
CUTAWAY_FIELDS(Container, record, history, log, log_lines, upper, plan, plan_done, init, frozen, stop_deadline_ns,
               sandbox)

struct Image {
    world::ImageKnown record;
    friend bool operator==(const Image&, const Image&) = default;
};
CUTAWAY_FIELDS(Image, record)

struct Layer {  // by diff id: which images share it, and its way here
    std::string diff_id;
    std::string digest;
    std::string chain_id;
    std::uint64_t size = 0;
    std::uint64_t unpacked = 0;
    std::uint32_t files = 0;
    std::uint32_t whiteouts = 0;
    std::string path;  // where it is unpacked
    std::vector<std::string> images;
    friend bool operator==(const Layer&, const Layer&) = default;
};
CUTAWAY_FIELDS(Layer, diff_id, digest, chain_id, size, unpacked, files, whiteouts, path, images)

struct Process {
    std::int64_t pid = 0;
    std::int64_t parent = 0;
    std::int64_t inner_pid = 0;
    std::string container;
    std::string command;
    std::uint32_t uid = 0;
    std::string state = "running";     // running, zombie
    std::vector<Pair> spaces;          // namespace kind → inode number
    std::vector<std::string> pending;  // signals in flight
    std::string cgroup;
    std::uint32_t children = 0;  // whose parent it is
    friend bool operator==(const Process&, const Process&) = default;
};
CUTAWAY_FIELDS(Process, pid, parent, inner_pid, container, command, uid, state, spaces, pending, cgroup, children)

struct Namespace {  // members are found through the processes; this is its birth, and it ends with the last of them
    std::string kind;
    std::string inode;
    std::string container;
    std::uint64_t seq = 0;
    std::uint32_t members = 0;
    friend bool operator==(const Namespace&, const Namespace&) = default;
};
CUTAWAY_FIELDS(Namespace, kind, inode, container, seq, members)

struct MountPoint {
    std::string container;  // whose mount namespace; empty: the host's
    std::string target;
    std::string type;
    std::string source;
    std::vector<std::string> options;
    std::string data;
    std::vector<std::string> lower;  // of an overlay, topmost first
    std::string upper;
    std::string work;
    friend bool operator==(const MountPoint&, const MountPoint&) = default;
};
CUTAWAY_FIELDS(MountPoint, container, target, type, source, options, data, lower, upper, work)

struct UsagePoint {
    std::int64_t t_ns = 0;
    std::uint64_t memory = 0;
    std::uint64_t cpu_ns = 0;
    std::uint32_t processes = 0;
    std::uint64_t throttled = 0;
    friend bool operator==(const UsagePoint&, const UsagePoint&) = default;
};
CUTAWAY_FIELDS(UsagePoint, t_ns, memory, cpu_ns, processes, throttled)

struct Cgroup {
    std::string path;
    std::string container;
    Table<std::string, std::string> files;  // what was written
    std::vector<std::int64_t> members;
    std::vector<UsagePoint> usage;  // the last points
    bool frozen = false;
    std::uint32_t oom_kills = 0;
    friend bool operator==(const Cgroup&, const Cgroup&) = default;
};
CUTAWAY_FIELDS(Cgroup, path, container, files, members, usage, frozen, oom_kills)

struct Link {
    std::string name;
    std::string type;            // "bridge", "veth", "loopback"
    std::string container;       // whose network namespace; empty: the host's
    std::string peer;            // a veth's other end
    std::string peer_container;  // whose network namespace that end is in
    std::string master;
    std::vector<std::string> addresses;
    bool up = false;
    friend bool operator==(const Link&, const Link&) = default;
};
CUTAWAY_FIELDS(Link, name, type, container, peer, peer_container, master, addresses, up)

struct Route {
    std::string container;
    std::string to;
    std::string via;
    std::string link;
    friend bool operator==(const Route&, const Route&) = default;
};
CUTAWAY_FIELDS(Route, container, to, via, link)

struct Rule {
    std::string container;
    world::NatRule rule;
    friend bool operator==(const Rule&, const Rule&) = default;
};
CUTAWAY_FIELDS(Rule, container, rule)

struct Listener {
    std::string container;
    std::int64_t pid = 0;
    std::string protocol;
    std::string address;
    std::uint16_t port = 0;
    friend bool operator==(const Listener&, const Listener&) = default;
};
CUTAWAY_FIELDS(Listener, container, pid, protocol, address, port)

struct Exchange {  // with a registry, or the client's with the daemon
    std::uint32_t span = 0;
    world::Actor actor = world::Actor::daemon;
    bool api = false;
    world::HttpRequest request;  // of an api request: method, url, body
    bool done = false;
    std::int64_t status = 0;
    std::vector<Pair> headers;
    std::string body;  // JSON, cut to the limit
    std::uint64_t bytes = 0;
    std::uint64_t total = 0;
    std::string error;
    friend bool operator==(const Exchange&, const Exchange&) = default;
};
CUTAWAY_FIELDS(Exchange, span, actor, api, request, done, status, headers, body, bytes, total, error)

struct Pull {  // what is known of the image under way: the digest tree and the bars
    world::ReferenceParsed reference;
    std::vector<world::ManifestRead> documents;  // index first, then the manifest
    std::optional<world::PlatformChosen> platform;
    std::vector<world::DigestChecked> digests;
    std::vector<world::LayerProgress> layers;  // in the manifest's order
    friend bool operator==(const Pull&, const Pull&) = default;
};
CUTAWAY_FIELDS(Pull, reference, documents, platform, digests, layers)

struct OpenSpan {
    std::uint32_t span = 0;
    std::uint32_t parent = 0;
    world::SpanStart start;
    friend bool operator==(const OpenSpan&, const OpenSpan&) = default;
};
CUTAWAY_FIELDS(OpenSpan, span, parent, start)

struct OpenCall {
    std::uint32_t span = 0;
    std::uint32_t parent = 0;
    world::Actor actor = world::Actor::daemon;
    world::Phase phase = world::Phase::none;
    std::string container;
    world::Call call;
    friend bool operator==(const OpenCall&, const OpenCall&) = default;
};
CUTAWAY_FIELDS(OpenCall, span, parent, actor, phase, container, call)

struct Trouble {  // the last errors, for "why" and the lessons
    std::uint64_t seq = 0;
    std::string what;  // the call's kind or the span's title
    std::string error;
    friend bool operator==(const Trouble&, const Trouble&) = default;
};
CUTAWAY_FIELDS(Trouble, seq, what, error)

// Bounds on what hostile or endless traces can make a Picture hold; past them the oldest goes and `dropped` counts.
struct Limits {
    static constexpr std::size_t log_lines = 1000;
    static constexpr std::size_t history = 64;
    static constexpr std::size_t usage = 256;
    static constexpr std::size_t exchanges = 128;
    static constexpr std::size_t body = 64 * 1024;
    static constexpr std::size_t text = 16 * 1024;  // any one text
    static constexpr std::size_t troubles = 32;
    static constexpr std::size_t lookups = 64;  // and connections, and signals
    static constexpr std::size_t list = 4096;   // listeners, routes, rules; items of any one list in an event
    static constexpr std::size_t open = 1024;   // spans, calls
    static constexpr std::size_t pull = 256;    // documents, digests, layers of a pull
    static constexpr std::size_t pending = 64;  // signals in flight to one process
};

struct Picture {
    std::uint64_t seq = 0;  // of the last event folded in
    std::int64_t t_ns = 0;
    world::Phase phase = world::Phase::none;
    world::MachineProfile machine;
    std::string world;                                   // "model" or "real"
    Cow<Table<std::string, Cow<Image>>> images;          // by id
    Cow<Table<std::string, Cow<Layer>>> layers;          // by diff id
    Cow<Table<std::string, Cow<Container>>> containers;  // by full id
    Cow<Table<std::int64_t, Cow<Process>>> processes;    // by the host's pid
    Cow<Table<std::string, Namespace>> namespaces;       // by inode
    Cow<Table<std::string, MountPoint>> mounts;          // by "container:target"
    Cow<Table<std::string, Cow<Cgroup>>> cgroups;        // by path
    Cow<Table<std::string, Link>> links;                 // by "container:name"
    Cow<std::vector<Route>> routes;
    Cow<std::vector<Rule>> rules;
    Cow<std::vector<Listener>> listeners;
    Cow<Table<std::string, world::VolumeKnown>> volumes;    // by name
    Cow<Table<std::string, world::NetworkKnown>> networks;  // by id
    Cow<List<Exchange>> exchanges;                          // the last ones
    Cow<Pull> pull;
    Cow<std::vector<OpenSpan>> spans;                     // open now, outermost first
    Cow<std::vector<OpenCall>> calls;                     // begun and not ended
    Cow<std::vector<world::ConnectionSeen>> connections;  // the last ones
    Cow<std::vector<world::NameLookup>> lookups;          // the last ones
    Cow<std::vector<world::SignalSeen>> signals;          // the last ones, with what became of them
    Cow<Table<std::string, std::string>> sysctls;         // by "container:key"
    Cow<std::vector<Trouble>> troubles;
    std::vector<std::string> command;  // what was typed last
    std::uint64_t dropped = 0;         // things that a limit pushed out
    friend bool operator==(const Picture&, const Picture&) = default;
};
CUTAWAY_FIELDS(Picture, seq, t_ns, phase, machine, world, images, layers, containers, processes, namespaces, mounts,
               cgroups, links, routes, rules, listeners, volumes, networks, exchanges, pull, spans, calls, connections,
               lookups, signals, sysctls, troubles, command, dropped)

}  // namespace cutaway::scene
