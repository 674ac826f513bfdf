// SPDX-License-Identifier: Apache-2.0
// The machine's clocks and its random bytes. Sleeping looks at its Cancel twenty times a second.
#pragma once

#include "core/world/world.h"

namespace cutaway::host {

class HostClock final : public world::Clock {
public:
    explicit HostClock(const world::Cancel& cancel) : cancel_(cancel) {}
    std::int64_t now_ns() override;
    std::int64_t wall_ns() override;
    Status sleep(std::int64_t ns) override;

private:
    const world::Cancel& cancel_;
};

class HostEntropy final : public world::Entropy {
public:
    void fill(std::span<std::uint8_t> bytes) override;  // getrandom(2)
};

}  // namespace cutaway::host
