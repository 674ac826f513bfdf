// SPDX-License-Identifier: Apache-2.0
// `docker rmi`: which names go, whether the image goes with the last of them, and what of it nobody else needs. The
// order of the checks is that of moby's daemon/images/image_delete.go, since people meet its refusals every day.
#include <algorithm>
#include <memory>
#include <set>

#include "core/oci/codec.h"
#include "core/store/blobs.h"
#include "core/store/containers.h"
#include "core/store/ids.h"
#include "core/store/images.h"
#include "core/store/names.h"
#include "core/store/needed.h"
#include "core/store/paths.h"

namespace cutaway::store {

namespace {

struct Users {  // containers of the image
    const ContainerRecord* any = nullptr;
    const ContainerRecord* running = nullptr;
};

Users users_of(const std::vector<ContainerRecord>& containers, const std::string& id) {
    Users users;
    for (const ContainerRecord& one : containers) {
        if (one.image_id != id) {
            continue;
        }
        const ContainerState status = one.state.status;
        users.any = &one;
        if (status == ContainerState::running || status == ContainerState::paused ||
            status == ContainerState::restarting) {
            users.running = &one;
        }
    }
    return users;
}

Error cannot_delete(const std::string& id, std::string_view remedy, const std::string& why) {
    return fail(Errc::conflict,
                "conflict: unable to delete " + short_id(id) + " (" + std::string(remedy) + ") - " + why);
}

Status check_unused(const std::string& id, const Users& users, Force force) {
    if (users.running != nullptr) {
        return cannot_delete(id, "cannot be forced",
                             "image is being used by running container " + short_id(users.running->id));
    }
    if (users.any != nullptr && force == Force::no) {
        return cannot_delete(id, "must be forced",
                             "image is being used by stopped container " + short_id(users.any->id));
    }
    return {};
}

std::string repository_of(const std::string& name) {
    const std::size_t at = name.find('@');
    return at == std::string::npos ? name.substr(0, name.rfind(':')) : name.substr(0, at);
}

bool is_one_repository(const Image& image) {
    std::set<std::string> repositories;
    for (const std::string& name : image.names) {
        repositories.insert(repository_of(name));
    }
    return image.names.size() <= 1 && repositories.size() <= 1;
}

std::string familiar(const std::string& full) {
    const Result<oci::Reference> reference = oci::parse_reference(full);
    return reference ? oci::familiar_name(*reference) : full;
}

Status remove_blob(world::World& world, const std::set<std::string>& live, const std::string& digest) {
    if (live.count(digest) != 0) {
        return {};
    }
    return world.disk.remove(blob_path(world, TRY(oci::parse_digest(digest))));
}

// A layer loses its name before its files: killed in between, none is left that looks whole and is not.
Status remove_layer(world::World& world, const std::string& chain_id) {
    const oci::Digest chain = TRY(oci::parse_digest(chain_id));
    const std::string going = layers_dir(world) + "/" + std::string(unfinished) + "gone-" + chain.hex;
    TRY(world.disk.remove(going));  // of one that was killed here before
    const Status moved = world.disk.rename(layer_dir(world, chain), going);
    if (!moved) {
        return moved.error().code == Errc::not_found ? Status() : moved;
    }
    return world.disk.remove(going);
}

// The record first: from then on the image is gone, and a crash leaves only what nobody refers to.
Status delete_image(world::World& world, const ImageRecord& record, ImageRemoval& removal) {
    const oci::Digest id = TRY(oci::parse_digest(record.id));
    TRY_IN("remove the record of image " + oci::short_text(id), world.disk.remove(image_path(world, id)));
    const std::set<std::string> live = needed_digests(TRY(list_images(world)), TRY(list_containers(world)));
    removal.deleted.push_back(record.id);
    world::ImageForgotten note{record.id, {}};
    for (auto layer = record.layers.rbegin(); layer != record.layers.rend(); ++layer) {
        if (live.count(layer->chain_id) == 0) {
            TRY(remove_layer(world, layer->chain_id));
            removal.deleted.push_back(layer->chain_id);
            note.layers.push_back(layer->diff_id);
        }
        TRY(remove_blob(world, live, layer->digest));
    }
    TRY(remove_blob(world, live, record.manifest));
    TRY(remove_blob(world, live, record.id));
    for (const std::string& pulled : record.pulled_as) {
        TRY(remove_blob(world, live, pulled.substr(pulled.find('@') + 1)));
    }
    world.narrator.note(std::move(note));
    return {};
}

Status untag(world::World& world, const Image& image, const std::vector<std::string>& gone, ImageRemoval& removal) {
    Names names = TRY(load_names(world));
    for (const std::string& name : gone) {
        names.erase(name);
        removal.untagged.push_back(familiar(name));
    }
    TRY_IN("write the names of images", save_names(world, names));
    if (gone.size() < image.names.size()) {
        Image left = image;
        const auto is_gone = [&](const std::string& name) {
            return std::find(gone.begin(), gone.end(), name) != gone.end();
        };
        left.names.erase(std::remove_if(left.names.begin(), left.names.end(), is_gone), left.names.end());
        world.narrator.note(to_note(left));
    }
    return {};
}

void untag_digests(const Image& image, ImageRemoval& removal) {
    for (const std::string& pulled : image.record.pulled_as) {
        removal.untagged.push_back(familiar(pulled));
    }
}

bool is_id_of(const Image& image, std::string_view text) {
    const std::string_view id = image.record.id;
    return !text.empty() && (id.substr(0, text.size()) == text || id.substr(7, text.size()) == text);
}

Result<ImageRemoval> remove_by_name(world::World& world, const Image& image, const oci::Reference& name, Force force) {
    ImageRemoval removal;
    const std::vector<ContainerRecord> containers = TRY(list_containers(world));
    const Users all = users_of(containers, image.record.id);
    if (force == Force::no && image.names.size() <= 1 && all.any != nullptr) {
        return fail(Errc::conflict, "conflict: unable to remove repository reference \"" + oci::familiar_name(name) +
                                        "\" (must force) - container " + short_id(all.any->id) +
                                        " is using its referenced image " + short_id(image.record.id));
    }
    std::vector<std::string> gone;
    if (name.digest.empty()) {
        gone.push_back(oci::full_name({name.host, name.path, name.tag, ""}));
    }
    const bool last = image.names.size() <= gone.size();
    if (last && all.running != nullptr) {  // forced: the name goes, the image stays
        TRY(untag(world, image, gone, removal));
        world.narrator.note(to_note(Image{image.record, {}}));
        return removal;
    }
    TRY(untag(world, image, gone, removal));
    if (last) {
        untag_digests(image, removal);
        TRY(delete_image(world, image.record, removal));
    }
    return removal;
}

}  // namespace

std::set<std::string> needed_digests(const std::vector<Image>& images, const std::vector<ContainerRecord>& containers) {
    std::set<std::string> live;
    for (const Image& image : images) {
        live.insert({image.record.id, image.record.manifest});
        for (const std::string& pulled : image.record.pulled_as) {
            live.insert(pulled.substr(pulled.find('@') + 1));
        }
        for (const ImageLayer& layer : image.record.layers) {
            live.insert({layer.digest, layer.chain_id});
        }
    }
    for (const ContainerRecord& container : containers) {
        live.insert(container.chain_ids.begin(), container.chain_ids.end());
    }
    return live;
}

Result<ImageRemoval> remove_image(world::World& world, std::string_view name_or_id, Force force) {
    const std::unique_ptr<world::DiskLock> lock = TRY(world.disk.lock(lock_path(world)));
    const Image image = TRY(find_image(world, name_or_id));
    if (!is_id_of(image, name_or_id)) {
        return remove_by_name(world, image, TRY(oci::parse_reference(name_or_id)), force);
    }
    const std::vector<ContainerRecord> containers = TRY(list_containers(world));
    if (force == Force::no && !is_one_repository(image)) {
        return cannot_delete(image.record.id, "must be forced", "image is referenced in multiple repositories");
    }
    TRY(check_unused(image.record.id, users_of(containers, image.record.id), force));
    ImageRemoval removal;
    TRY(untag(world, image, image.names, removal));
    untag_digests(image, removal);
    TRY(delete_image(world, image.record, removal));
    return removal;
}

}  // namespace cutaway::store
