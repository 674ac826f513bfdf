// SPDX-License-Identifier: Apache-2.0
// Journal: a machine's own trace of its whole life, over all the commands that used it. Each command counts its events
// and spans from one; here they go on where the last one ended. Observations come from the machine itself, once,
// whoever watches: of those that a recorder hands over nothing is kept. The text waits until a commit appends it. Nobody
// reads a whole life to know how things stand: a page that is full is put away, and the next one begins with the Picture
// that it came to (core/scene makes it; this room knows none).
#pragma once

#include <cstdint>
#include <string>
#include <unordered_map>

#include "core/model/machine_state.h"
#include "core/trace/event.h"

namespace cutaway::model {

class Journal {
public:
    void take(const trace::Event& event, MachineState& state);
    void catch_up(MachineState& state);  // what was observed since
    // The rest goes on a new page, a trace of its own, which begins with `found`: what the pages before come to. Not on
    // an empty page.
    void turn_page(trace::Event found, MachineState& state);
    [[nodiscard]] const std::string& pending() const { return text_; }
    void clear() { text_.clear(); }

private:
    void append(trace::Event event, MachineState& state);
    std::uint32_t number(std::uint32_t span) const;

    std::string text_;
    std::unordered_map<std::uint32_t, std::uint32_t> numbers_;  // this command's open spans -> the journal's
};

}  // namespace cutaway::model
