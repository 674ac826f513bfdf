// SPDX-License-Identifier: Apache-2.0
// HostWatch: what /proc shows of the shims started here and of everything below them: processes come, change and go.
// It performs nothing and believes nothing that it did not read. A process that comes and goes between two looks is
// not seen; an exit's code is known only where the kernel still tells it, else it is -1. Any thread, one at a time.
#pragma once

#include <map>
#include <mutex>

#include "core/host/fd.h"
#include "core/host/spawner.h"
#include "core/world/world.h"

namespace cutaway::host {

class HostWatch final : public world::Watch {
public:
    HostWatch(ShimList& shims, const world::Cancel& cancel) : shims_(shims), cancel_(cancel) {}
    Result<std::vector<world::Observed>> next(std::int64_t timeout_ns) override;

private:
    struct Known {
        world::ProcessStarted seen;
        Fd pidfd;
        std::uint64_t round = 0;
        bool shim = false;
        bool zombie = false;
    };
    void look(std::vector<world::Observed>& out);
    void look_at(const ShimSeen& shim, std::int64_t pid, std::vector<world::Observed>& out);
    void gone(std::vector<world::Observed>& out);

    ShimList& shims_;
    const world::Cancel& cancel_;
    std::mutex mutex_;
    std::uint64_t round_ = 0;
    std::map<std::int64_t, Known> known_;
};

}  // namespace cutaway::host
