// SPDX-License-Identifier: Apache-2.0
// Large traces for the figures: 50 containers taken round and round through create, run, stop and remove, in a mix
// near that of a busy day. Of 100 events some 40 are begins and ends of calls, 22 of spans, 24 observations (output,
// usage, processes, files, connections), 10 notes and 4 progress. The same seed gives the same trace on any machine.
#pragma once

#include <cstdint>
#include <string>
#include <utility>
#include <vector>

#include "core/trace/event.h"

namespace cutaway::bench {

class TraceGenerator {
public:
    explicit TraceGenerator(std::uint64_t seed = 1, std::size_t containers = 50) : random_(seed) {
        for (std::size_t i = 0; i < containers; ++i) {
            ids_.push_back(hex(64));
        }
    }

    // At least `count` events, complete rounds only.
    std::vector<trace::Event> events(std::size_t count) {
        std::vector<trace::Event> all;
        all.reserve(count + 64);
        while (all.size() < count) {
            next_round(all);
        }
        return all;
    }
    // The events of one round more, behind those that are there; they may be taken away between rounds.
    void next_round(std::vector<trace::Event>& all) {
        one_round(all, rounds_ % ids_.size(), rounds_ / ids_.size());
        ++rounds_;
    }

private:
    using Events = std::vector<trace::Event>;

    std::uint64_t next() {  // xorshift64*
        random_ ^= random_ >> 12U;
        random_ ^= random_ << 25U;
        random_ ^= random_ >> 27U;
        return random_ * 0x2545F4914F6CDD1DULL;
    }
    std::string hex(std::size_t size) {
        std::string text;
        while (text.size() < size) {
            text.push_back("0123456789abcdef"[next() >> 60U]);
        }
        return text;
    }
    trace::Event& add(Events& all, trace::EventKind kind, world::Phase phase, trace::Body body) {
        trace::Event event;
        event.seq = ++seq_;
        now_ += static_cast<std::int64_t>(next() % 100000);
        event.t_ns = now_;
        event.kind = kind;
        event.phase = phase;
        event.actor = static_cast<world::Actor>(1 + (seq_ - 1) % 5);
        event.evidence = world::Evidence::modelled;
        event.container = ids_[who_];
        event.body = std::move(body);
        all.push_back(std::move(event));
        return all.back();
    }
    std::uint32_t open(Events& all, std::uint32_t parent, world::Grain grain, world::Phase phase, std::string title) {
        world::SpanStart start{grain, phase, std::move(title), world::Actor::daemon, ids_[who_], false};
        trace::Event& event = add(all, trace::EventKind::span_begin, phase, std::move(start));
        event.span = ++spans_;
        event.parent = parent;
        return spans_;
    }
    void close(Events& all, std::uint32_t span, world::Phase phase) {
        add(all, trace::EventKind::span_end, phase, trace::SpanEnd{}).span = span;
    }
    void call(Events& all, std::uint32_t parent, world::Phase phase, world::Call what, unsigned progress = 0) {
        trace::Event& begin = add(all, trace::EventKind::call_begin, phase, std::move(what));
        const std::uint32_t span = ++spans_;
        begin.span = span;
        begin.parent = parent;
        for (unsigned i = 1; i <= progress; ++i) {
            add(all, trace::EventKind::progress, phase, trace::Progress{i * 65536U, progress * 65536U}).span = span;
        }
        trace::CallEnd end;
        end.reply.value = static_cast<std::int64_t>(next() % 1000);
        add(all, trace::EventKind::call_end, phase, std::move(end)).span = span;
    }
    void note(Events& all, std::uint32_t span, world::Phase phase, world::Note what) {
        add(all, trace::EventKind::note, phase, std::move(what)).span = span;
    }
    void see(Events& all, world::Observation what) {
        add(all, trace::EventKind::observed, world::Phase::running, std::move(what));
    }
    world::ContainerKnown record(const std::string& state, const std::string& why) {
        world::ContainerKnown known;
        known.id = ids_[who_];
        known.name = "web-" + std::to_string(who_);
        known.image = "nginx";
        known.command = "nginx -g 'daemon off;'";
        known.state = state;
        known.why = why;
        known.upper = "/var/lib/cutaway/containers/" + ids_[who_] + "/upper";
        return known;
    }

    void one_round(Events& all, std::size_t who, std::size_t lap) {
        who_ = who;
        const std::string id = ids_[who];
        const std::string merged = "/run/cutaway/" + id + "/merged";
        const std::string cgroup = "/sys/fs/cgroup/cutaway/" + id;
        const auto pid = static_cast<std::int64_t>(1000 + lap * ids_.size() + who);
        const std::uint32_t run = open(all, 0, world::Grain::command, world::Phase::none, "run nginx");
        note(all, run, world::Phase::create, record("created", "create"));
        const std::uint32_t layers = open(all, run, world::Grain::phase, world::Phase::layers, "fetch the layers");
        const std::uint32_t layer = open(all, layers, world::Grain::step, world::Phase::layers, "layer 1/1");
        call(all, layer, world::Phase::layers,
             world::HttpRequest{"GET", "http://r/v2/x/blobs/sha256:" + hex(64), {}, ""}, 3);
        note(all, layer, world::Phase::layers, world::LayerProgress{"sha256:" + hex(64), "complete", 196608, 196608});
        close(all, layer, world::Phase::layers);
        close(all, layers, world::Phase::layers);
        start(all, run, merged, cgroup, pid);
        live(all, cgroup, pid);
        stop(all, run, merged, cgroup, pid);
        close(all, run, world::Phase::none);
    }
    void start(Events& all, std::uint32_t run, const std::string& merged, const std::string& cgroup, std::int64_t pid) {
        using world::Phase;
        const std::uint32_t overlay = open(all, run, world::Grain::phase, Phase::overlay, "overlay");
        call(all, overlay, Phase::overlay, world::MakeDir{merged, 0755});
        call(all, overlay, Phase::overlay,
             world::Mount{"overlay", "overlay", merged, {}, "lowerdir=/l1:/l2,upperdir=/u,workdir=/w"});
        close(all, overlay, Phase::overlay);
        const std::uint32_t made = open(all, run, world::Grain::phase, Phase::cgroup, "cgroup");
        call(all, made, Phase::cgroup, world::MakeCgroup{cgroup});
        call(all, made, Phase::cgroup, world::WriteCgroup{cgroup, "memory.max", "67108864"});
        close(all, made, Phase::cgroup);
        call(all, run, Phase::namespaces, world::Clone{{world::Space::mount, world::Space::pid}, "init"});
        see(all, world::ProcessStarted{ids_[who_], pid, 1, 1, "init", 0, {}});
        call(all, run, Phase::exec, world::Execute{"/usr/sbin/nginx", {"nginx", "-g", "daemon off;"}, {"PATH=/bin"}});
        see(all, world::ProcessChanged{ids_[who_], pid, "nginx", 0});
        note(all, run, Phase::running, record("running", "start"));
    }
    void live(Events& all, const std::string& cgroup, std::int64_t pid) {
        const std::string& id = ids_[who_];
        see(all, world::SocketListening{id, pid, "tcp", "0.0.0.0", 80});
        see(all, world::ConnectionSeen{"host", "127.0.0.1:8080", "172.17.0.2:80", id, "connected"});
        see(all, world::OutputLine{id, world::Stream::out, "172.17.0.1 - - \"GET / HTTP/1.1\" 200 615"});
        see(all, world::OutputLine{id, world::Stream::err, "[notice] worker process started"});
        see(all, world::UsageSampled{id, cgroup, 3000000 + next() % 1000000, next() % 1000000000, 3, 0});
        see(all, world::FileChanged{id, "/var/log/nginx/" + std::to_string(next() % 100), "added", "upper", 120});
    }
    void stop(Events& all, std::uint32_t run, const std::string& merged, const std::string& cgroup, std::int64_t pid) {
        using world::Phase;
        const std::string& id = ids_[who_];
        call(all, run, Phase::stop, world::SendSignal{pid, "SIGTERM"});
        see(all, world::SignalSeen{id, pid, "SIGTERM", "handled"});
        see(all, world::ProcessExited{id, pid, 0, "", true});
        see(all, world::ProcessReaped{id, pid});
        note(all, run, Phase::stop, record("exited", "stop"));
        call(all, run, Phase::remove, world::Unmount{merged});
        call(all, run, Phase::remove, world::RemoveCgroup{cgroup});
        note(all, run, Phase::remove, world::ContainerForgotten{id});
    }

    std::uint64_t random_;
    std::uint64_t seq_ = 0;
    std::size_t rounds_ = 0;
    std::int64_t now_ = 0;
    std::uint32_t spans_ = 0;
    std::size_t who_ = 0;
    std::vector<std::string> ids_;
};

}  // namespace cutaway::bench
