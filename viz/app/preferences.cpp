// SPDX-License-Identifier: Apache-2.0
#include "viz/app/preferences.h"

#include <algorithm>
#include <cmath>

#include "core/base/json_codec.h"

namespace cutaway::app {

namespace {

std::int64_t percent(float part) { return std::lround(part * 100); }
float part(std::int64_t percents) { return static_cast<float>(percents) / 100; }

}  // namespace

std::string to_json(const Preferences& preferences) {
    std::string out;
    json::write(out, preferences);
    return out;
}

Result<Preferences> preferences_from(std::string_view json) {
    Preferences out;
    json::Reader reader(json);
    if (!json::read(reader, out) || !reader.at_end() || out.format != Preferences().format) {
        return fail(Errc::invalid, "the file of preferences is none of the window's");
    }
    out.profile = std::clamp(out.profile, 0, 3);
    out.zoom_percent = std::clamp<std::int64_t>(out.zoom_percent, 60, 250);
    out.speed_percent = std::clamp<std::int64_t>(out.speed_percent, 25, 400);
    out.grain = out.grain == trace::StepMode::run ? trace::StepMode::step : out.grain;
    return out;
}

Preferences preferences_of(const Desk& desk) {
    const UiState& state = desk.state();
    Preferences out;
    out.profile = state.profile;
    out.zoom_percent = percent(state.zoom);
    out.speed_percent = percent(state.speed);
    out.grain = state.grain;
    out.points = desk.points().kept();
    return out;
}

void prefer(Desk& desk, const Preferences& preferences) {
    UiState state;
    state.profile = preferences.profile;
    state.zoom = part(preferences.zoom_percent);
    state.speed = part(preferences.speed_percent);
    state.grain = preferences.grain;
    desk.adopt(state);
    desk.adopt(preferences.points);
}

}  // namespace cutaway::app
