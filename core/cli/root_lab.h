// SPDX-License-Identifier: Apache-2.0
// The images that Cutaway brings to the real world, answered as a registry would: lab/hello, lab/tools, lab/web and the
// lessons' own. lab/busybox is made when it is asked for, of this machine's busybox. A composition root's part.
#pragma once

#include <memory>
#include <mutex>
#include <string>

#include "core/engine/brought.h"
#include "core/world/transport.h"

namespace cutaway::cli {

// The store's workers may ask from several threads.
class LabRegistry final : public world::Transport {
public:
    LabRegistry();
    ~LabRegistry() override;
    LabRegistry(const LabRegistry&) = delete;
    LabRegistry& operator=(const LabRegistry&) = delete;

    Result<world::HttpResponse> send(const world::HttpRequest& request, world::Source* upload) override;
    [[nodiscard]] const engine::Brought& brought() const { return brought_; }

private:
    struct Parts;
    std::mutex mutex_;
    std::unique_ptr<Parts> parts_;
    engine::Brought brought_;
};

}  // namespace cutaway::cli
