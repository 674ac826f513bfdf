// SPDX-License-Identifier: Apache-2.0
// Moments and forks: a session and its desk as a moment that can be kept, a moment as a session again, and a machine's
// copy to go on with from where the view stands. Sentences for people come with what could not be done. One thread.
#pragma once

#include <functional>
#include <memory>
#include <string>

#include "viz/app/desk.h"
#include "viz/app/moment_file.h"
#include "viz/app/session.h"

namespace cutaway::app {

// A step's title, or a call's kind; empty: neither.
std::string name_of(const trace::Event& event);

// The tape, and of a simulated machine of one's own the machine: as it is, or before the command that is under way.
Result<MomentFile> moment_of(Session& session, Desk& desk);

struct Unpacked {
    std::unique_ptr<Session> session;
    MomentHead head;
};
// A machine in a folder of its own that goes with the session, its tape up to where the machine stands; or the recording.
Result<Unpacked> unpack(MomentFile moment, const cli::CommandLine& line, std::function<void()> wake);

struct Fork {
    std::unique_ptr<Session> session;
    std::string root;  // where it is kept; empty: it goes with the session
    std::string next;  // the command before which it stands; empty: it is as the machine is now
};
// A copy of the session's machine at the nearest place not behind `position`, with the tape up to there.
Result<Fork> fork_at(Session& session, std::uint64_t position, const cli::CommandLine& line,
                     std::function<void()> wake);

}  // namespace cutaway::app
