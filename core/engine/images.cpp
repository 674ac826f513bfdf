// SPDX-License-Identifier: Apache-2.0
// Images, networks and volumes as the verbs see them; pulling is in pull.cpp.
#include "core/engine/engine.h"
#include "core/engine/happenings.h"
#include "core/engine/networking.h"
#include "core/engine/speak.h"
#include "core/store/blobs.h"

namespace cutaway::engine {

Result<std::vector<store::Image>> Engine::images() {
    TRY(store::prepare(world_));
    return store::list_images(world_);
}

Result<store::Image> Engine::image(const std::string& name) {
    TRY(store::prepare(world_));
    return store::find_image(world_, name);
}

Result<oci::ImageConfig> Engine::image_config(const std::string& name) {
    const store::Image image = TRY(store::find_image(world_, name));
    return store::image_config(world_, image.record);
}

Status Engine::tag(const std::string& source, const std::string& target) {
    TRY(store::prepare(world_));
    const oci::Reference name = TRY(oci::parse_reference(target));
    if (!name.digest.empty()) {
        return fail(Errc::invalid, "refusing to create a tag with a digest reference");
    }
    return api(world_, "POST", "/images/" + source + "/tag", 201, [&]() -> Status {
        TRY(store::tag_image(world_, source, name));
        const store::Image image = TRY(store::find_image(world_, oci::full_name(name)));
        happened(world_, {0, "image", "tag", image.record.id, {{"name", oci::familiar_name(name)}}});
        return {};
    });
}

Result<store::ImageRemoval> Engine::remove_image(const std::string& name, store::Force force) {
    TRY(reconcile());
    return api(world_, "DELETE", "/images/" + name, 200, [&] {
        return world::within(
            world_.narrator, phase_span(world::Phase::remove, ""), [&]() -> Result<store::ImageRemoval> {
                world::Span step(world_.narrator);
                TRY(step.open(step_span(world::Phase::remove, "", "take away the name, then what nobody else needs")));
                const store::ImageRemoval removal = TRY(store::remove_image(world_, name, force));
                tell_removal(world_, removal);
                return removal;
            });
    });
}

Result<std::vector<store::NetworkRecord>> Engine::networks() {
    TRY(reconcile());
    return store::list_networks(world_);
}

Result<std::vector<store::VolumeRecord>> Engine::volumes() {
    TRY(reconcile());
    return store::list_volumes(world_);
}

}  // namespace cutaway::engine
