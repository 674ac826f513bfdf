// SPDX-License-Identifier: Apache-2.0
// Between: what differs between the two moments that a person pinned, as the inspector tells what a step changed.
#pragma once

#include "viz/view/inspector.h"

namespace cutaway::view {

struct PinRow {
    bool set = false;
    std::uint64_t position = 0;
    std::string words;  // "event 312, phase overlay: join the layers"
};

struct Between {
    PinRow a;
    PinRow b;
    std::vector<ChangeRow> changes;  // from A to B, whichever is earlier
    std::size_t more = 0;
};

Between between_of(const Moment& moment);

}  // namespace cutaway::view
