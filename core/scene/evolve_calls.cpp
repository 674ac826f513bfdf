// SPDX-License-Identifier: Apache-2.0
// What a call that went well changes in the Picture: processes, identity, cgroups, layers. Kinds that change nothing
// that anyone looks at fall to the last overload.
#include <algorithm>
#include <charconv>

#include "core/scene/bounds.h"
#include "core/scene/evolve_parts.h"

namespace cutaway::scene {

namespace {

std::string_view detail(const world::Reply& reply, std::string_view name) {
    for (const Pair& pair : reply.details) {
        if (pair.name == name) {
            return pair.value;
        }
    }
    return {};
}

template <class T>
bool parse(std::string_view text, T& value) {
    while (!text.empty() && (text.back() == '\n' || text.back() == ' ')) {
        text.remove_suffix(1);
    }
    const auto [end, code] = std::from_chars(text.data(), text.data() + text.size(), value);
    return code == std::errc{} && end == text.data() + text.size();
}

std::int64_t init_of(const Picture& picture, std::string_view container) {
    const auto* found = picture.containers->get(container);
    return found == nullptr ? 0 : (*found)->record.pid != 0 ? (*found)->record.pid : (*found)->init;
}

Sandbox* edit_sandbox(const Done& done) {
    Container* container = edit_container(done.picture, done.open.container);
    return container == nullptr ? nullptr : &container->sandbox.edit();
}

// The host's namespaces are met through processes; one that a call made is the container's.
void claim_space(const Done& done, std::string_view inode) {
    Namespace* space = done.picture.namespaces.edit().edit(clip(inode));
    if (space != nullptr && space->container.empty()) {
        space->container = kept(done.open.container);
    }
}

void join_spaces(const Done& done, std::int64_t pid, const std::vector<world::Space>& spaces) {
    Process* process = edit_process(done.picture, pid);
    if (process == nullptr) {
        return;
    }
    for (const world::Space space : spaces) {
        const std::string_view inode = detail(done.reply, to_name(space));
        if (!inode.empty()) {
            join_space(done.picture, *process, to_name(space), inode);
            claim_space(done, inode);
        }
    }
}

// A container's own processes see other pid numbers than the host's, so their clones are left to ProcessStarted.
void on_done(const Done& done, const world::Clone& call) {
    if (done.reply.value <= 0 || done.open.actor == world::Actor::container) {
        return;
    }
    if (!done.picture.processes->contains(done.reply.value)) {
        start_process(done.picture, done.reply.value, done.open.container, 0).command = kept(call.what);
    }
    if (!call.spaces.empty()) {
        if (Container* container = edit_container(done.picture, done.open.container)) {
            container->init = done.reply.value;
        }
    }
    join_spaces(done, done.reply.value, call.spaces);
}

void on_done(const Done& done, const world::Unshare& call) {
    join_spaces(done, init_of(done.picture, done.open.container), call.spaces);
}

void on_done(const Done& done, const world::SendSignal& call) {
    if (done.open.actor == world::Actor::container) {
        return;  // a pid in the container's own numbering
    }
    if (Process* process = edit_process(done.picture, call.pid)) {
        push_bounded(process->pending, kept(call.signal), Limits::pending, done.picture.dropped);
    }
}

void on_done(const Done& done, const world::ChangeDir& call) {
    if (Sandbox* sandbox = edit_sandbox(done)) {
        sandbox->directory = kept(call.path);
    }
}

void on_done(const Done& done, const world::SetHostname& call) {
    if (Sandbox* sandbox = edit_sandbox(done)) {
        sandbox->hostname = kept(call.name);
    }
}

void on_done(const Done& done, const world::SetUser& call) {
    if (Sandbox* sandbox = edit_sandbox(done)) {
        sandbox->uid = call.uid;
        sandbox->gid = call.gid;
        sandbox->groups = cut_copy(call.groups, done.picture.dropped);
    }
}

void on_done(const Done& done, const world::SetCapabilities& call) {
    if (Sandbox* sandbox = edit_sandbox(done)) {
        sandbox->capabilities = cut_copy(call.keep, done.picture.dropped);
        sandbox->capabilities_set = true;
    }
}

void on_done(const Done& done, const world::NoNewPrivileges&) {
    if (Sandbox* sandbox = edit_sandbox(done)) {
        sandbox->no_new_privileges = true;
    }
}

void on_done(const Done& done, const world::LoadSeccomp& call) {
    if (Sandbox* sandbox = edit_sandbox(done)) {
        sandbox->seccomp = kept(call.profile);
    }
}

Layer& edit_layer(Picture& picture, std::string_view diff_id) {
    Layer& layer = picture.layers.edit()[kept(diff_id)].edit();
    layer.diff_id = kept(diff_id);
    return layer;
}

void on_done(const Done& done, const world::UnpackLayer& call) {
    Layer& layer = edit_layer(done.picture, call.diff_id);
    layer.digest = kept(call.digest);
    layer.path = kept(call.into);
    parse(detail(done.reply, "files"), layer.files);
    parse(detail(done.reply, "whiteouts"), layer.whiteouts);
    if (!parse(detail(done.reply, "bytes"), layer.unpacked) && done.reply.bytes > 0) {
        layer.unpacked = done.reply.bytes;
    }
}

// A layer is unpacked beside its place and renamed into it when whole.
void on_done(const Done& done, const world::RenamePath& call) {
    std::string diff_id;
    for (const auto& [id, layer] : *done.picture.layers) {
        if (!layer->path.empty() && layer->path == call.from) {
            diff_id = id;
            break;
        }
    }
    if (!diff_id.empty()) {
        edit_layer(done.picture, diff_id).path = kept(call.to);
    }
}

void on_done(const Done& done, const world::MakeCgroup& call) {
    edit_cgroup(done.picture, call.path, done.open.container);
}

void on_done(const Done& done, const world::WriteCgroup& call) {
    std::int64_t number = 0;
    if (call.file == "cgroup.procs" || call.file == "tasks") {
        if (parse(call.value, number)) {
            join_cgroup(done.picture, number, call.path, done.open.container);
        }
        return;
    }
    if (call.file == "cgroup.freeze" && parse(call.value, number)) {
        freeze(done.picture, call.path, done.open.container, number != 0);
    } else if (call.file == "freezer.state") {  // version 1: FROZEN or THAWED
        freeze(done.picture, call.path, done.open.container, call.value.compare(0, 6, "FROZEN") == 0);
    }
    edit_cgroup(done.picture, call.path, done.open.container).files[kept(call.file)] = kept(call.value);
}

void on_done(const Done& done, const world::RemoveCgroup& call) { remove_cgroup(done.picture, call.path); }

void on_done(const Done& done, const world::WriteSysctl& call) {
    done.picture.sysctls.edit()[owned_key(inside(done.open), call.key)] = kept(call.value);
}

void on_done(const Done& done, const world::Execute& call) {
    const std::int64_t pid = init_of(done.picture, done.open.container);
    Process* process = edit_process(done.picture, pid);
    // Only the container's init executes through a call; an exec'd process is told apart by ProcessChanged.
    if (process == nullptr || done.open.phase != world::Phase::exec || process->command != "init") {
        return;
    }
    std::string command = call.argv.empty() ? call.path : std::string();
    for (const std::string& word : call.argv) {
        command += command.empty() ? word : ' ' + word;
        if (command.size() > Limits::text) {
            break;
        }
    }
    process->command = kept(command);
}

template <class Other>
void on_done(const Done&, const Other&) {}

}  // namespace

void fold_done(const Done& done, const world::Call& call) {
    std::visit([&](const auto& kind) { on_done(done, kind); }, call);
}

}  // namespace cutaway::scene
