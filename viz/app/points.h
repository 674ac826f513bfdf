// SPDX-License-Identifier: Apache-2.0
// Points: a person's breakpoints on one tape: on or off, and where on it each stops. Looking for that goes on in slices
// of time, so that a long tape never holds up a frame. What they mean is parse_point's; a live command stops at them
// through the session. Positions are as on the tape: the stop is before event n. One thread.
#pragma once

#include <cstdint>
#include <optional>
#include <string>
#include <vector>

#include "core/cli/stepper_points.h"
#include "core/cli/stepper_tape.h"

namespace cutaway::app {

struct KeptPoint {  // as preferences keep it
    std::string text;
    bool on = true;
    friend bool operator==(const KeptPoint&, const KeptPoint&) = default;
};
CUTAWAY_FIELDS(KeptPoint, text, on)

class Points {
public:
    struct Row {
        cli::StopPoint what;
        bool on = true;
        std::vector<std::uint64_t> marks;  // ascending, as far as was looked
        std::uint64_t looked = 0;          // events that were looked at
    };

    Status add(const std::string& text, bool on = true);  // Errc::invalid with a sentence; once more turns it on
    void remove(std::size_t row);
    void turn(std::size_t row);  // on or off
    void adopt(const std::vector<KeptPoint>& kept);
    [[nodiscard]] std::vector<KeptPoint> kept() const;

    [[nodiscard]] const std::vector<Row>& rows() const { return rows_; }
    [[nodiscard]] std::vector<cli::StopPoint> active() const;

    // Goes on looking for at most that long; whether something was looked at.
    bool look(const cli::Tape& tape, std::int64_t budget_ns);
    [[nodiscard]] std::uint64_t looked() const;  // up to there every one that is on was looked for

    // Whether the row is one that stops at this position; `next` is what happens there, known or awaited.
    [[nodiscard]] bool stops_at(std::size_t row, const cli::Tape& tape, std::uint64_t position,
                                const trace::Event* next) const;

    // The nearest stop beyond `from`, among those found so far.
    [[nodiscard]] std::optional<std::uint64_t> after(std::uint64_t from) const;
    [[nodiscard]] std::optional<std::uint64_t> before(std::uint64_t from) const;

private:
    struct Look {  // of the row at the same place
        scene::Picture picture;
        bool begun = false;
        bool held = false;
    };
    void look_at(std::size_t row, const cli::Tape& tape, const trace::Event& event);
    void begin(std::size_t row, const cli::Tape& tape);

    std::vector<Row> rows_;
    std::vector<Look> looks_;
};

}  // namespace cutaway::app
