// SPDX-License-Identifier: Apache-2.0
// Desk: where a person sits: the view, which moves freely, apart from the head, where the engine is; the grain of a
// step, playing and its speed, what is open, what was typed. It turns intents into what the session does and the session
// into a Moment. Stepping back moves the view alone. One thread; time comes in by tick().
#pragma once

#include <optional>
#include <string>
#include <vector>

#include "viz/app/intent.h"
#include "viz/app/session.h"

namespace cutaway::app {

struct UiState {
    trace::StepMode grain = trace::StepMode::step;
    bool playing = false;
    float speed = 1;
    float zoom = 1;
    int profile = 0;  // of theme::Profile
    std::optional<view::Part> open;
    bool help = false;
    std::vector<std::string> typed;  // newest last
    std::string notice;              // a sentence with what to do next; empty: none
};

class Desk {
public:
    explicit Desk(Session& session);

    void handle(const Intent& intent);
    void adopt(const UiState& other);  // size, theme, grain and speed of another desk
    bool tick(double seconds);         // polls the session, plays; whether anything changed
    [[nodiscard]] bool moving() const { return state_.playing || session_.working(); }

    [[nodiscard]] const UiState& state() const { return state_; }
    void remember(const std::string& line);  // among what was typed
    void follow() { move_to(head()); }       // as go_live, but what is said stays
    void say(const std::string& notice) { state_.notice = notice; }
    [[nodiscard]] const Session& session() const { return session_; }
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
    void play();
    void look(const Intent& intent);
    void move_to(std::uint64_t position) {
        view_ = position;
        stale_ = true;
    }
    [[nodiscard]] std::uint64_t head() const { return session_.story().size(); }
    void refresh();
    void find_calls();
    void foresee();

    Session& session_;
    UiState state_;
    std::uint64_t view_ = 0;
    std::optional<Detour> detour_;
    double since_step_ = 0;
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
