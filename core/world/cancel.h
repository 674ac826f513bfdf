// SPDX-License-Identifier: Apache-2.0
// Cancel: somebody wants the work to end. Any thread may request it; gates and blocking calls look at it and answer
// Errc::cancelled. Clean-up runs with a Cancel of its own that nobody requests.
#pragma once

#include <atomic>

namespace cutaway::world {

class Cancel {
public:
    void request() { requested_.store(true, std::memory_order_release); }
    void reset() { requested_.store(false, std::memory_order_release); }
    [[nodiscard]] bool requested() const { return requested_.load(std::memory_order_acquire); }

private:
    std::atomic<bool> requested_{false};
};

}  // namespace cutaway::world
