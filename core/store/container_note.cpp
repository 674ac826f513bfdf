// SPDX-License-Identifier: Apache-2.0
// What the Picture learns of a container: the record without what only inspect needs.
#include "core/store/containers.h"

namespace cutaway::store {

namespace {

std::string command_of(const ContainerRecord& record) {
    std::string text = record.path;
    for (const std::string& argument : record.args) {
        text += (text.empty() ? "" : " ") + argument;
    }
    return text;
}

std::vector<world::PortNote> ports_of(const ContainerRecord& record) {
    std::vector<world::PortNote> ports;
    for (const PortBinding& port : record.published.empty() ? record.host.ports : record.published) {
        world::PortNote note;
        note.host_address = port.host_address;
        note.host_port = port.host_port;
        note.port = port.port;
        note.protocol = port.protocol;
        ports.push_back(std::move(note));
    }
    return ports;
}

std::vector<world::MountNote> mounts_of(const ContainerRecord& record) {
    std::vector<world::MountNote> mounts;
    for (const MountPoint& mount : record.mounts) {
        mounts.push_back(
            {mount.type, mount.type == "volume" ? mount.name : mount.source, mount.target, mount.read_only});
    }
    return mounts;
}

void add_limits(world::ContainerKnown& note, const ContainerRecord& record) {
    note.stop_signal = record.config.stop_signal.empty() ? "SIGTERM" : record.config.stop_signal;
    note.restart = record.host.restart.name;
    note.memory_limit = record.host.memory;
    note.nano_cpus = record.host.nano_cpus;
    note.pids_limit = record.host.pids_limit;
    note.auto_remove = record.host.auto_remove;
}

}  // namespace

world::ContainerKnown to_note(const ContainerRecord& record) {
    world::ContainerKnown note;
    note.id = record.id;
    note.name = record.name;
    note.image = record.image;
    note.image_id = record.image_id;
    note.command = command_of(record);
    note.hostname = record.config.hostname;
    note.state = to_name(record.state.status);
    note.why = record.state.why;
    note.pid = record.state.pid;
    note.exit_code = record.state.exit_code;
    note.oom_killed = record.state.oom_killed;
    note.error = record.state.error;
    note.network = record.host.network_mode;
    if (!record.endpoints.empty()) {
        note.address = record.endpoints.front().address;
        note.network = record.endpoints.front().network;
    }
    add_limits(note, record);
    note.ports = ports_of(record);
    note.mounts = mounts_of(record);
    note.layers = record.diff_ids;
    note.upper = record.upper;
    note.work = record.work;
    note.merged = record.merged;
    note.log = record.log;
    note.cgroup = record.cgroup;
    return note;
}

}  // namespace cutaway::store
