// SPDX-License-Identifier: Apache-2.0
// The parts of an examination (fsck.h), for that room's files alone: what all of them report to, and each of them.
#pragma once

#include <functional>
#include <set>
#include <string>

#include "core/engine/fsck.h"

namespace cutaway::engine {

struct Examination {
    Engine& engine;
    world::World& world;
    FsckOptions options;
    FsckReport report;
    std::set<std::string> sound_blobs;   // digests
    std::set<std::string> sound_layers;  // chain ids
    std::set<std::string> busy_layers;   // under a container that runs: not to be touched

    // What is wrong, and what makes it good: done, unless this is only a look. A repair that fails is told so.
    void mend(std::string what, std::string deed, const std::function<Status()>& repair);
    void lost(std::string what, std::string advice);  // nothing here makes that good
    // Rubbish at this path: taken away, unless somebody may still be making it.
    void clear_away(std::string what, const std::string& path);
    [[nodiscard]] Status given_up() const;  // an error once the person gave up
};

// In this order: each builds on what the one before found sound.
Status examine_blobs(Examination& all);
Status examine_layers(Examination& all);
Status examine_names(Examination& all);
Status examine_images(Examination& all);
Status examine_unneeded(Examination& all);
Status examine_containers(Examination& all);
Status examine_leftovers(Examination& all);  // mounts, cgroups, links; records of the dead

}  // namespace cutaway::engine
