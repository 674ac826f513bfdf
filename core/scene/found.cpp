// SPDX-License-Identifier: Apache-2.0
#include "core/scene/found.h"

#include "core/scene/found_text.h"
#include "core/scene/invariants.h"

namespace cutaway::scene {

namespace {

// The numbers of events are those of the tape that it was folded from; on this one all of it came with one event.
void restamp(Picture& picture, std::uint64_t seq) {
    const Cow<Table<std::string, Namespace>> spaces = picture.namespaces;
    for (const auto& [inode, space] : *spaces) {
        picture.namespaces.edit().edit(inode)->seq = seq;
    }
    const Cow<Table<std::string, Cow<Container>>> containers = picture.containers;
    for (const auto& [id, before] : *containers) {
        Container& container = picture.containers.edit().edit(id)->edit();
        for (Transition& change : container.history) {
            change.seq = seq;
        }
        for (const auto& [path, mark] : *before->upper) {
            container.upper.edit().edit(path)->seq = seq;
        }
    }
}

void drop_the_rest(Picture& picture) {
    picture.phase = world::Phase::none;
    picture.exchanges = {};
    picture.pull = {};
    picture.spans = {};
    picture.calls = {};
    picture.connections = {};
    picture.lookups = {};
    picture.signals = {};
    picture.troubles = {};
    picture.command.clear();
    picture.dropped = 0;
}

void shorten_log(Container& container) {
    Recent<LogLine> last;
    const std::size_t size = container.log.size();
    for (std::size_t at = size > found_log_lines ? size - found_log_lines : 0; at < size; ++at) {
        last.push(container.log[at], Limits::log_lines);
    }
    container.log = std::move(last);
}

}  // namespace

bool exists(const Picture& picture) {
    return !picture.containers->empty() || !picture.images->empty() || !picture.networks->empty() ||
           !picture.volumes->empty() || !picture.processes->empty() || !picture.links->empty();
}

world::StateFound found_note(const Picture& before) {
    Picture kept = before;
    drop_the_rest(kept);
    world::StateFound note;
    note.events = before.seq;
    for (const auto& [id, container] : *before.containers) {
        note.containers.push_back(id);
        if (container->log.size() > found_log_lines) {
            shorten_log(kept.containers.edit().edit(id)->edit());
        }
    }
    write_picture(note.picture, kept);
    return note;
}

bool take_found(Picture& picture, const world::StateFound& note) {
    Picture found;
    if (!read_picture(note.picture, found)) {
        return false;
    }
    drop_the_rest(found);
    if (!structural_violations(found).empty()) {
        return false;
    }
    restamp(found, picture.seq);
    found.seq = picture.seq;
    found.t_ns = picture.t_ns;
    found.phase = picture.phase;
    found.world = picture.world;
    found.machine = picture.machine;
    found.spans = picture.spans;
    found.calls = picture.calls;
    found.command = picture.command;
    found.dropped = picture.dropped;
    picture = std::move(found);
    return true;
}

}  // namespace cutaway::scene
