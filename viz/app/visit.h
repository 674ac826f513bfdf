// SPDX-License-Identifier: Apache-2.0
// Visit: the window at an engine that others use, too: the runs that were typed in other terminals, and which of them
// is looked at. A new run is followed unless somebody is busy with another; what was seen stays when a run is over or
// the engine goes away. Breakpoints are the engine's, so all desks share them. One thread.
#pragma once

#include <deque>
#include <map>
#include <memory>
#include <string>
#include <vector>

#include "core/link/wire.h"
#include "viz/app/watched_run.h"

namespace cutaway::app {

struct RunRow {
    std::uint32_t run = 0;
    std::string who;
    std::string command;
    std::string state;
    bool stands = false;
    bool over = false;
    bool shown = false;
};

struct OthersPoint {  // a breakpoint that somebody set there
    std::string text;
    std::string who;
};

class Visit {
public:
    explicit Visit(std::unique_ptr<link::Wire> wire);
    ~Visit();
    Visit(const Visit&) = delete;
    Visit& operator=(const Visit&) = delete;

    Desk& desk();
    Session& session();
    bool tick(double seconds);
    void show(std::uint32_t run);
    [[nodiscard]] std::vector<RunRow> rows() const;  // the newest first
    [[nodiscard]] std::vector<OthersPoint> others() const;
    [[nodiscard]] std::string whose() const { return wire_->whose(); }
    [[nodiscard]] std::string gone() const { return wire_->gone(); }

private:
    bool hear();
    void hear_one(const link::Message& message);
    void began(const link::Began& began);
    void follow();
    void forget();
    void want(const std::vector<cli::StopPoint>& points);
    void set(std::uint32_t number, const link::PointSet& point);
    [[nodiscard]] WatchedRun* find(std::uint32_t run);
    [[nodiscard]] WatchedRun* shown();
    [[nodiscard]] bool is_busy();

    std::unique_ptr<link::Wire> wire_;
    std::unique_ptr<Session> nobody_;
    std::unique_ptr<Desk> nobodys_desk_;
    std::deque<std::unique_ptr<WatchedRun>> runs_;  // in the order in which they came
    std::uint32_t shown_ = 0;
    std::uint32_t announced_ = 0;
    std::uint32_t fresh_ = 0;  // is to be looked at as soon as it can be
    std::vector<std::string> wanted_;
    std::map<std::uint32_t, OthersPoint> points_;  // of everybody, by the engine's numbers
    bool told_gone_ = false;
};

}  // namespace cutaway::app
