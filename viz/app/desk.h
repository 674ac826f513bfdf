// SPDX-License-Identifier: Apache-2.0
// Desk: where a person sits: the view, which moves freely, apart from the head, where the engine is; the grain of a
// step, playing and its speed, what is open, what was typed. It turns intents into what the session does and the session
// into a Moment. Stepping back moves the view alone. One thread; time comes in by tick().
#pragma once

#include <optional>
#include <string>
#include <vector>

#include "viz/app/intent.h"
#include "viz/app/points.h"
#include "viz/app/search.h"
#include "viz/app/session.h"

namespace cutaway::app {

// What stands in the column beside the drawing.
enum class Side { inspector, points, search, pins, traces, runs, versus };
CUTAWAY_ENUM(Side, inspector, points, search, pins, traces, runs, versus)

struct UiState {
    trace::StepMode grain = trace::StepMode::step;
    bool playing = false;
    float speed = 1;
    float zoom = 1;
    int profile = 0;  // of theme::Profile
    std::optional<view::Part> open;
    bool help = false;
    Side side = Side::inspector;
    std::vector<std::string> typed;  // newest last
    std::string chosen;              // the container that the drawing is to be about; empty: whichever acts
    bool at_terminal = false;        // the keyboard is a container's
    std::string notice;              // a sentence with what to do next; empty: none
};

class Desk {
public:
    explicit Desk(Session& session);

    void handle(const Intent& intent);
    void adopt(const UiState& other);  // size, theme, grain and speed of another desk
    bool tick(double seconds);         // polls the session, plays; whether anything changed
    // Whether there is something to do by itself; a command that runs wakes its owner when something came of it.
    [[nodiscard]] bool moving() const { return state_.playing || looking(); }
    [[nodiscard]] bool arriving() const { return wished_.has_value(); }  // where it looks to is still being read

    [[nodiscard]] const UiState& state() const { return state_; }
    void remember(const std::string& line);  // among what was typed
    void follow() { move_to(head()); }       // as go_live, but what is said stays
    void say(const std::string& notice) { state_.notice = notice; }
    [[nodiscard]] const Session& session() const { return session_; }
    [[nodiscard]] const Points& points() const { return points_; }
    [[nodiscard]] const Search& search() const { return search_; }
    void adopt(const std::vector<KeptPoint>& points);
    const view::Moment& moment();  // good until the next handle() or tick()

private:
    struct Detour {  // a step begun between two stops: the way back leads to where it began
        trace::StepMode mode;
        std::uint64_t from;
        std::uint64_t to;
        bool forward;
    };
    void hold_on(bool goes);
    void next(trace::StepMode mode);
    void back(trace::StepMode mode);
    void perform(const std::string& line);
    void hear(const std::string& line);
    bool terminal(const Intent& intent);
    void choose(const std::string& container);
    void play();
    void run_on();
    struct Seek {  // what is gone to as soon as it is known
        bool forward = true;
        bool found = false;  // by the search; else a breakpoint
    };
    void begin_seek(Seek what);
    void seek();
    void arrive(Seek what, std::optional<std::uint64_t> where);
    bool look_around();
    [[nodiscard]] bool looking() const {
        return session_.tape().folded() < session_.tape().size() || points_.looked() < head() ||
               (search_.asked() && search_.looked() < head());
    }
    void stopped_at(std::uint64_t position);
    void set_point(const std::string& text);
    bool mark(const Intent& intent);
    void tell_points();
    void pin(std::optional<std::uint64_t>& which);
    void look(const Intent& intent);
    void move_to(std::uint64_t position);
    void arrive_there();
    [[nodiscard]] std::uint64_t head() const { return session_.story().size(); }
    void refresh();
    void find_calls();
    void foresee();

    Session& session_;
    UiState state_;
    std::uint64_t view_ = 0;
    std::optional<std::uint64_t> wished_;  // to be looked at as soon as the tape is read that far
    std::optional<Detour> detour_;
    double since_step_ = 0;
    Points points_;
    Search search_;
    std::optional<std::uint64_t> pin_a_;
    std::optional<std::uint64_t> pin_b_;
    std::vector<scene::Change> between_;
    std::optional<Seek> seeking_;
    bool attached_ = false;  // a container's terminal was, at the last look
    bool stale_ = true;
    view::Moment moment_;
    scene::Picture picture_;
    scene::Picture before_;
    std::vector<scene::Change> changes_;
    std::optional<trace::Event> next_;
    std::optional<trace::Event> call_;
    std::optional<trace::Event> last_call_;
    std::optional<trace::Event> last_reply_;
};

}  // namespace cutaway::app
