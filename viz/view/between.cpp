// SPDX-License-Identifier: Apache-2.0
#include "viz/view/between.h"

namespace cutaway::view {

namespace {

constexpr std::size_t most_changes = 120;

PinRow row_of(const Moment& moment, const std::optional<std::uint64_t>& pin) {
    PinRow row;
    if (!pin) {
        return row;
    }
    row.set = true;
    row.position = *pin;
    row.words = "event " + std::to_string(*pin);
    const PhaseRun* phase = moment.story->phase_at(*pin);
    const StepRun* step = moment.story->step_at(*pin);
    row.words += phase == nullptr ? "" : ", phase " + std::string(to_name(phase->phase));
    row.words += step == nullptr ? "" : ": " + step->title;
    return row;
}

}  // namespace

Between between_of(const Moment& moment) {
    Between out;
    out.a = row_of(moment, moment.marks.a);
    out.b = row_of(moment, moment.marks.b);
    if (out.a.set && out.b.set && moment.marks.between != nullptr) {
        out.changes = change_rows(*moment.marks.between, most_changes, out.more);
    }
    return out;
}

}  // namespace cutaway::view
