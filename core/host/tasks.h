// SPDX-License-Identifier: Apache-2.0
// HostTasks: threads. Each task gets a World of its own (kernel, disk, transport) whose Cancel the caller's cancel and
// the first failing task both request; the narrator is the one that was handed in. Answers the first error in order.
#pragma once

#include <functional>
#include <memory>

#include "core/world/world.h"

namespace cutaway::host {

// A world for one thread, kept alive as long as the task runs.
class TaskWorld {
public:
    virtual ~TaskWorld() = default;
    virtual world::World& world() = 0;
};
using MakeTaskWorld = std::function<std::unique_ptr<TaskWorld>(world::World& caller, world::Cancel& cancel)>;

class HostTasks final : public world::Tasks {
public:
    explicit HostTasks(MakeTaskWorld make) : make_(std::move(make)) {}
    Status run(world::World& world, std::vector<world::Task> tasks, std::size_t at_once) override;

private:
    MakeTaskWorld make_;
};

}  // namespace cutaway::host
