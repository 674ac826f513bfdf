// SPDX-License-Identifier: Apache-2.0
// What happens by itself: processes, signals, output, sockets, files, usage.
#include <algorithm>

#include "core/scene/bounds.h"
#include "core/scene/evolve_parts.h"

namespace cutaway::scene {

namespace {

struct Seen {
    Picture& picture;
    const trace::Event& event;
};

void on_seen(const Seen& seen, const world::ProcessStarted& what) {
    start_process(seen.picture, what.pid, what.container, what.parent);
    Process* process = edit_process(seen.picture, what.pid);
    process->inner_pid = what.inner_pid;
    process->command = kept(what.command);
    process->uid = what.uid;
    const std::size_t spaces = std::min(what.spaces.size(), Limits::pending);
    for (std::size_t at = 0; at < spaces; ++at) {
        join_space(seen.picture, *process, what.spaces[at].name, what.spaces[at].value);
    }
}

void on_seen(const Seen& seen, const world::ProcessChanged& what) {
    if (Process* process = edit_process(seen.picture, what.pid)) {
        process->command = kept(what.command);
        process->uid = what.uid;
    }
}

void on_seen(const Seen& seen, const world::ProcessExited& what) {
    if (!what.zombie) {
        end_process(seen.picture, what.pid);
        return;
    }
    Process* process = edit_process(seen.picture, what.pid);
    if (process == nullptr) {
        return;
    }
    process->state = "zombie";
    process->pending.clear();
    const auto listens = [&](const Listener& listener) { return listener.pid == what.pid; };
    if (std::any_of(seen.picture.listeners->begin(), seen.picture.listeners->end(), listens)) {
        std::erase_if(seen.picture.listeners.edit(), listens);
    }
}

void on_seen(const Seen& seen, const world::ProcessReaped& what) { end_process(seen.picture, what.pid); }

void on_seen(const Seen& seen, const world::SignalSeen& what) {
    Picture& picture = seen.picture;
    push_bounded(picture.signals.edit(), cut_copy(what, picture.dropped), Limits::lookups, picture.dropped);
    Process* process = edit_process(picture, what.pid);
    if (process == nullptr) {
        return;
    }
    auto& pending = process->pending;
    const auto at = std::find(pending.begin(), pending.end(), clip(what.signal));
    if (what.outcome != "pending") {
        if (at != pending.end()) {
            pending.erase(at);
        }
    } else if (at == pending.end()) {
        push_bounded(pending, kept(what.signal), Limits::pending, picture.dropped);
    }
}

void on_seen(const Seen& seen, const world::OutputLine& what) {
    if (Container* container = edit_container(seen.picture, what.container)) {
        LogLine line{seen.event.t_ns, what.stream, kept(what.text)};
        seen.picture.dropped += container->log.push(std::move(line), Limits::log_lines);
        ++container->log_lines;
    }
}

void on_seen(const Seen& seen, const world::SocketListening& what) {
    Listener listener{kept(what.container), what.pid, kept(what.protocol), kept(what.address), what.port};
    const auto& listeners = *seen.picture.listeners;
    if (std::find(listeners.begin(), listeners.end(), listener) == listeners.end()) {
        push_bounded(seen.picture.listeners.edit(), std::move(listener), Limits::list, seen.picture.dropped);
    }
}

void on_seen(const Seen& seen, const world::SocketClosed& what) {
    const auto closed = [&](const Listener& listener) {
        return listener.port == what.port && listener.container == what.container && listener.protocol == what.protocol;
    };
    if (std::any_of(seen.picture.listeners->begin(), seen.picture.listeners->end(), closed)) {
        std::erase_if(seen.picture.listeners.edit(), closed);
    }
}

void on_seen(const Seen& seen, const world::ConnectionSeen& what) {
    push_bounded(seen.picture.connections.edit(), cut_copy(what, seen.picture.dropped), Limits::lookups,
                 seen.picture.dropped);
}

void on_seen(const Seen& seen, const world::NameLookup& what) {
    push_bounded(seen.picture.lookups.edit(), cut_copy(what, seen.picture.dropped), Limits::lookups,
                 seen.picture.dropped);
}

// Names beneath a directory that is gone or hidden are gone from the upper directory too.
void drop_beneath(Table<std::string, FileMark>& upper, const std::string& path) {
    const std::string prefix = path + "/";
    for (;;) {
        const auto at = upper.lower_bound(prefix);
        if (at == upper.end() || at->first.compare(0, prefix.size(), prefix) != 0) {
            return;
        }
        upper.erase(std::string(at->first));
    }
}

void on_seen(const Seen& seen, const world::FileChanged& what) {
    if (!what.where.empty() && what.where != "upper") {
        return;  // a volume's file: no layer shows through it
    }
    Container* container = edit_container(seen.picture, what.container);
    if (container == nullptr) {
        return;
    }
    const std::string path = kept(what.path);
    auto& upper = container->upper.edit();
    if (what.change == "removed" || what.change == "whiteout" || what.change == "opaque") {
        drop_beneath(upper, path);
    }
    if (what.change == "removed") {
        upper.erase(path);
        return;
    }
    FileMark& mark = upper[path];
    const bool ours = mark.change == "added" || mark.change == "copied_up";
    if (what.change != "modified" || !ours) {
        mark.change = kept(what.change);
    }
    mark.size = what.size;
    mark.seq = seen.picture.seq;
}

void on_seen(const Seen& seen, const world::UsageSampled& what) {
    Cgroup& cgroup = edit_cgroup(seen.picture, what.cgroup, what.container);
    UsagePoint point{seen.event.t_ns, what.memory, what.cpu_ns, what.processes, what.throttled};
    push_bounded(cgroup.usage, point, Limits::usage, seen.picture.dropped);
}

void on_seen(const Seen& seen, const world::OutOfMemory& what) {
    ++edit_cgroup(seen.picture, what.cgroup, what.container).oom_kills;
}

void on_seen(const Seen& seen, const world::FrozenSeen& what) {
    freeze(seen.picture, what.cgroup, what.container, what.frozen);
}

void on_seen(const Seen&, const world::TimePassed&) {}  // the event's own time says it

}  // namespace

void fold_observation(Picture& picture, const trace::Event& event, const world::Observation& what) {
    const Seen seen{picture, event};
    std::visit([&](const auto& kind) { on_seen(seen, kind); }, what);
}

}  // namespace cutaway::scene
