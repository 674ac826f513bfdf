// SPDX-License-Identifier: Apache-2.0
#include "viz/view/timeline.h"

#include <algorithm>

namespace cutaway::view {

namespace {

float part_of_whole(std::uint64_t position, std::uint64_t size) {
    return size == 0 ? 0.0F : static_cast<float>(static_cast<double>(position) / static_cast<double>(size));
}

// One tick a pixel at most: from stop to stop by binary search, so that the cost is the width's.
std::vector<float> ticks_of(const std::vector<std::uint64_t>& stops, std::uint64_t size, int pixels) {
    std::vector<float> out;
    for (auto at = stops.begin(); at != stops.end() && pixels > 0;) {
        out.push_back(part_of_whole(*at, size));
        const std::uint64_t beyond = *at + std::max<std::uint64_t>(size / static_cast<std::uint64_t>(pixels), 1);
        at = std::lower_bound(at + 1, stops.end(), beyond);
    }
    return out;
}

std::string replay_text(const Moment& moment) {
    if (!behind(moment)) {
        return {};
    }
    const std::size_t steps = moment.story->between(trace::StepMode::step, moment.position, moment.head);
    const std::string unit = steps == 1 ? " step" : " steps";
    const std::string far =
        steps == 0 ? std::to_string(moment.head - moment.position) + " events" : std::to_string(steps) + unit;
    return moment.recorded ? "RECORDED: " + far + " to the end" : "REPLAY: " + far + " behind live";
}

}  // namespace

Timeline timeline_of(const Moment& moment, int pixels) {
    Timeline out;
    out.size = moment.head;
    float last = -1;
    const float pixel = 1.0F / static_cast<float>(std::max(pixels, 1));
    for (const PhaseRun& run : moment.story->phases()) {
        const float from = part_of_whole(run.begin, out.size);
        const float to = part_of_whole(std::min(run.end, out.size), out.size);
        if (to - last < pixel) {
            continue;
        }
        last = to;
        out.bands.push_back({from, to, run.phase, std::string(to_name(run.phase)), run.failed});
    }
    out.ticks = ticks_of(moment.story->stops(trace::StepMode::step), out.size, pixels / 3);
    for (const Typed& typed : moment.story->commands()) {
        if (out.flags.size() < 64) {
            out.flags.push_back({part_of_whole(typed.position, out.size), typed.text, typed.position});
        }
    }
    for (const std::vector<std::uint64_t>* stops : moment.marks.stops) {
        const std::vector<float> ticks = ticks_of(*stops, out.size, pixels / 6);
        out.stops.insert(out.stops.end(), ticks.begin(), ticks.end());
    }
    if (moment.marks.a) {
        out.a = part_of_whole(*moment.marks.a, out.size);
    }
    if (moment.marks.b) {
        out.b = part_of_whole(*moment.marks.b, out.size);
    }
    if (moment.marks.found != nullptr) {
        out.found = ticks_of(*moment.marks.found, out.size, pixels / 2);
    }
    out.view = part_of_whole(moment.position, out.size);
    out.where = "event " + std::to_string(moment.position) + " of " + std::to_string(out.size);
    out.behind = replay_text(moment);
    return out;
}

std::uint64_t position_at(const Moment& moment, float part) {
    const double wide = std::clamp(static_cast<double>(part), 0.0, 1.0) * static_cast<double>(moment.head);
    return std::min(static_cast<std::uint64_t>(wide + 0.5), moment.head);
}

}  // namespace cutaway::view
