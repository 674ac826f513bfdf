// SPDX-License-Identifier: Apache-2.0
// WatchedRun: one command that somebody typed elsewhere, as an engine tells of it: its trace comes as text, and becomes
// a session with a desk of its own as soon as the trace's first line is there. What is asked of it goes out as orders.
// What it tells in words is in the session's transcript. One thread.
#pragma once

#include <cstdint>
#include <functional>
#include <memory>
#include <optional>
#include <string>

#include "core/link/protocol.h"
#include "viz/app/desk.h"

namespace cutaway::app {

using GiveOrder = std::function<void(const link::Order&)>;
using TellPoints = std::function<void(const std::vector<cli::StopPoint>&)>;

class WatchedRun {
public:
    WatchedRun(const link::Began& began, GiveOrder order, TellPoints points);
    ~WatchedRun();
    WatchedRun(const WatchedRun&) = delete;
    WatchedRun& operator=(const WatchedRun&) = delete;

    void take(const link::Message& message);  // Text, Stood, WentOn or Over of this run
    void lost(const std::string& why);        // nothing more will come of it

    [[nodiscard]] const link::Began& began() const { return began_; }
    [[nodiscard]] bool is_over() const { return over_; }
    [[nodiscard]] bool stands() const { return stands_; }
    [[nodiscard]] std::string state() const;  // "runs", "stands", "ended: 0"
    // Null until its trace has begun.
    [[nodiscard]] Session* session() { return session_.get(); }
    [[nodiscard]] Desk* desk() { return desk_.get(); }

private:
    class Feed;
    void begin(const trace::Header& header);
    void add(const std::string& bytes);
    void add_line(std::string_view line);
    void stood(const link::Stood& stood);
    void say(const std::string& line);

    link::Began began_;
    GiveOrder order_;
    TellPoints points_;
    std::string rest_;    // of a line that is not whole yet
    std::string unsaid_;  // until there is a session
    bool stands_ = false;
    bool over_ = false;
    std::int32_t status_ = 0;
    Feed* feed_ = nullptr;  // the session's
    std::unique_ptr<Session> session_;
    std::unique_ptr<Desk> desk_;
};

// Nobody's run: what a window shows before there is one.
std::unique_ptr<Session> nobodys_session(TellPoints points);

}  // namespace cutaway::app
