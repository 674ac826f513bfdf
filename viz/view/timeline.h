// SPDX-License-Identifier: Apache-2.0
// Timeline: the whole trace on a line of pixels: phases as bands, steps as ticks, commands as flags, view and head.
// Drawn by pixels, never by events: a million events cost what the width costs.
#pragma once

#include "viz/view/moment.h"

namespace cutaway::view {

struct Band {
    float from = 0;
    float to = 0;  // parts of the whole: 0 to 1
    world::Phase phase = world::Phase::none;
    std::string name;
    bool failed = false;
};

struct Flag {
    float at = 0;
    std::string text;
    std::uint64_t position = 0;
};

struct Timeline {
    std::vector<Band> bands;
    std::vector<float> ticks;
    std::vector<Flag> flags;
    std::vector<float> stops;  // of breakpoints
    std::vector<float> found;  // by a search
    std::optional<float> a;    // pins
    std::optional<float> b;
    float view = 0;
    std::uint64_t size = 0;
    std::string where;   // "event 335 of 531"
    std::string behind;  // "REPLAY: 12 steps behind live"; empty at the head
};

Timeline timeline_of(const Moment& moment, int pixels);
std::uint64_t position_at(const Moment& moment, float part);

}  // namespace cutaway::view
