// SPDX-License-Identifier: Apache-2.0
// Journal: a machine's own trace of its whole life, over all the commands that used it. Each command counts its events
// and spans from one; here they go on where the last one ended. Observations come from the machine itself, once,
// whoever watches: of those that a recorder hands over nothing is kept. The text waits until a commit appends it.
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
    [[nodiscard]] const std::string& pending() const { return text_; }
    void clear() { text_.clear(); }

private:
    void append(trace::Event event, MachineState& state);
    std::uint32_t number(std::uint32_t span) const;

    std::string text_;
    std::unordered_map<std::uint32_t, std::uint32_t> numbers_;  // this command's open spans -> the journal's
};

}  // namespace cutaway::model
