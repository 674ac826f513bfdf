// SPDX-License-Identifier: Apache-2.0
// Preferences: what the window remembers from one start to the next: how it looks, and the breakpoints. A value and its
// JSON; where it is kept is the room's business.
#pragma once

#include "viz/app/desk.h"

namespace cutaway::app {

struct Preferences {
    std::string format = "cutaway-preferences";
    std::uint32_t version = 1;
    int profile = 0;
    std::int64_t zoom_percent = 100;
    std::int64_t speed_percent = 100;
    trace::StepMode grain = trace::StepMode::step;
    std::vector<KeptPoint> points;
    std::vector<std::string> recent;  // traces; the newest first
    friend bool operator==(const Preferences&, const Preferences&) = default;
};
CUTAWAY_FIELDS(Preferences, format, version, profile, zoom_percent, speed_percent, grain, points, recent)

std::string to_json(const Preferences& preferences);
Result<Preferences> preferences_from(std::string_view json);  // values out of their range are put back into it

Preferences preferences_of(const Desk& desk);
void prefer(Desk& desk, const Preferences& preferences);

}  // namespace cutaway::app
