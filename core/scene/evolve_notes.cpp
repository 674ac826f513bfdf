// SPDX-License-Identifier: Apache-2.0
// What workers explain: images and their layers, containers and their states, plans, the pull under way.
#include <algorithm>

#include "core/scene/bounds.h"
#include "core/scene/evolve_parts.h"
#include "core/scene/found.h"

namespace cutaway::scene {

namespace {

struct Told {
    Picture& picture;
    const trace::Event& event;
};

void on_note(const Told& told, const world::ReferenceParsed& note) {
    Pull pull;
    pull.reference = cut_copy(note, told.picture.dropped);
    told.picture.pull = Cow<Pull>(std::move(pull));
}

void on_note(const Told& told, const world::PlatformChosen& note) {
    told.picture.pull.edit().platform = cut_copy(note, told.picture.dropped);
}

world::LayerProgress& edit_progress(Picture& picture, std::string_view digest) {
    auto& layers = picture.pull.edit().layers;
    const auto at =
        std::find_if(layers.begin(), layers.end(), [&](const auto& layer) { return layer.digest == clip(digest); });
    if (at != layers.end()) {
        return *at;
    }
    world::LayerProgress fresh;
    fresh.digest = kept(digest);
    push_bounded(layers, std::move(fresh), Limits::pull, picture.dropped);
    return layers.back();
}

void on_note(const Told& told, const world::ManifestRead& note) {
    Picture& picture = told.picture;
    world::ManifestRead document = cut_copy(note, picture.dropped);
    auto& documents = picture.pull.edit().documents;
    std::erase_if(documents, [&](const world::ManifestRead& old) { return old.digest == document.digest; });
    push_bounded(documents, std::move(document), Limits::history, picture.dropped);
    const std::size_t layers = std::min(note.layers.size(), Limits::pull);
    for (std::size_t at = 0; at < layers; ++at) {
        world::LayerProgress& progress = edit_progress(picture, note.layers[at].digest);
        if (progress.state.empty()) {
            progress.state = "waiting";
            progress.total = note.layers[at].size;
        }
    }
}

void on_note(const Told& told, const world::DigestChecked& note) {
    push_bounded(told.picture.pull.edit().digests, cut_copy(note, told.picture.dropped), Limits::pull,
                 told.picture.dropped);
}

void on_note(const Told& told, const world::LayerProgress& note) {
    edit_progress(told.picture, note.digest) = cut_copy(note, told.picture.dropped);
}

void share_layer(Picture& picture, const world::LayerNote& note, const std::string& image) {
    Layer& layer = picture.layers.edit()[note.diff_id].edit();
    layer.diff_id = note.diff_id;
    layer.digest = note.digest.empty() ? layer.digest : note.digest;
    layer.chain_id = note.chain_id;
    layer.size = note.size;
    layer.unpacked = note.unpacked != 0 ? note.unpacked : layer.unpacked;
    layer.files = note.files != 0 ? note.files : layer.files;
    layer.whiteouts = note.whiteouts != 0 ? note.whiteouts : layer.whiteouts;
    const auto at = std::lower_bound(layer.images.begin(), layer.images.end(), image);
    if (at == layer.images.end() || *at != image) {
        layer.images.insert(at, image);
    }
}

void unshare_layer(Picture& picture, const std::string& diff_id, const std::string& image) {
    if (!picture.layers->contains(diff_id)) {
        return;
    }
    Layer& layer = picture.layers.edit().edit(diff_id)->edit();
    std::erase(layer.images, image);
    if (layer.images.empty() && layer.path.empty()) {
        picture.layers.edit().erase(diff_id);
    }
}

void on_note(const Told& told, const world::ImageKnown& note) {
    Picture& picture = told.picture;
    world::ImageKnown record = cut_copy(note, picture.dropped);
    Image& image = picture.images.edit()[record.id].edit();
    const std::vector<world::LayerNote> before = std::exchange(image.record.layers, {});
    for (const world::LayerNote& layer : before) {
        const bool stays = std::any_of(record.layers.begin(), record.layers.end(),
                                       [&](const world::LayerNote& now) { return now.diff_id == layer.diff_id; });
        if (!stays) {
            unshare_layer(picture, layer.diff_id, record.id);
        }
    }
    for (const world::LayerNote& layer : record.layers) {
        share_layer(picture, layer, record.id);
    }
    image.record = std::move(record);
}

void on_note(const Told& told, const world::ImageForgotten& note) {
    Picture& picture = told.picture;
    if (const auto* found = picture.images->get(note.id)) {
        const Cow<Image> gone = *found;
        picture.images.edit().erase(note.id);
        for (const world::LayerNote& layer : gone->record.layers) {
            unshare_layer(picture, layer.diff_id, note.id);
        }
    }
    for (const std::string& diff_id : note.layers) {
        if (picture.layers->contains(diff_id)) {
            picture.layers.edit().erase(diff_id);
        }
    }
}

void on_note(const Told& told, const world::ContainerKnown& note) {
    Picture& picture = told.picture;
    Container& container = picture.containers.edit()[kept(note.id)].edit();
    if (container.record.state != clip(note.state)) {
        Transition change{container.record.state, kept(note.state), kept(note.why), picture.t_ns, picture.seq};
        push_bounded(container.history, std::move(change), Limits::history, picture.dropped);
    }
    container.record = cut_copy(note, picture.dropped);
    container.frozen = container.record.state == "paused";
    if (container.record.state != "running") {
        container.stop_deadline_ns = 0;
    }
}

// What its own events did not clean up (a host that was rebooted, a cut trace) goes with the record.
void drop_leftovers(Picture& picture, const std::string& id) {
    std::vector<std::int64_t> pids;
    for (const auto& [pid, process] : *picture.processes) {
        if (process->container == id) {
            pids.push_back(pid);
        }
    }
    for (const std::int64_t pid : pids) {
        end_process(picture, pid);
    }
    drop_mounts(picture, id);
    drop_links(picture, id);
    const auto ours = [&](const auto& item) { return item.container == id; };
    if (std::any_of(picture.listeners->begin(), picture.listeners->end(), ours)) {
        std::erase_if(picture.listeners.edit(), ours);
    }
    if (std::any_of(picture.rules->begin(), picture.rules->end(), ours)) {
        std::erase_if(picture.rules.edit(), ours);
    }
    std::vector<std::string> inodes;
    for (const auto& [inode, space] : *picture.namespaces) {
        if (space.container == id) {
            inodes.push_back(inode);
        }
    }
    for (const std::string& inode : inodes) {
        picture.namespaces.edit().erase(inode);
    }
    std::vector<std::string> paths;
    for (const auto& [path, cgroup] : *picture.cgroups) {
        if (cgroup->container == id) {
            paths.push_back(path);
        }
    }
    for (const std::string& path : paths) {
        remove_cgroup(picture, path);
    }
}

void on_note(const Told& told, const world::ContainerForgotten& note) {
    if (note.id.empty() || !told.picture.containers->contains(note.id)) {
        return;
    }
    drop_leftovers(told.picture, note.id);
    told.picture.containers.edit().erase(note.id);
}

void on_note(const Told& told, const world::VolumeKnown& note) {
    told.picture.volumes.edit()[kept(note.name)] = cut_copy(note, told.picture.dropped);
}

void on_note(const Told& told, const world::VolumeForgotten& note) { told.picture.volumes.edit().erase(note.name); }

void on_note(const Told& told, const world::NetworkKnown& note) {
    told.picture.networks.edit()[kept(note.id)] = cut_copy(note, told.picture.dropped);
}

void on_note(const Told& told, const world::NetworkForgotten& note) { told.picture.networks.edit().erase(note.id); }

void on_note(const Told& told, const world::PlanMade& note) {
    if (Container* container = edit_container(told.picture, note.container)) {
        container->plan = Cow<std::vector<world::PlannedNote>>(cut_copy(note.calls, told.picture.dropped));
        container->plan_done = 0;
    }
}

void on_note(const Told& told, const world::CommandTyped& note) {
    told.picture.command = cut_copy(note.argv, told.picture.dropped);
}

void on_note(const Told& told, const world::StateFound& note) {
    if (!take_found(told.picture, note)) {
        ++told.picture.dropped;
    }
}

void on_note(const Told&, const world::Decision&) {}  // the event itself says it all

}  // namespace

void fold_note(Picture& picture, const trace::Event& event, const world::Note& note) {
    const Told told{picture, event};
    std::visit([&](const auto& kind) { on_note(told, kind); }, note);
}

}  // namespace cutaway::scene
