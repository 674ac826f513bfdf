// SPDX-License-Identifier: Apache-2.0
// This machine as the tests use it: a private folder, one image of one program, a plan for one container, and what
// must be the same before and after. Everything it made goes with it.
#pragma once

#include <functional>
#include <optional>
#include <string>
#include <vector>

#include <gtest/gtest.h>

#include "core/host/host_world.h"
#include "core/runtime/launch.h"

namespace cutaway::host {

// Empty: the real world can be tested here. Else the reason why not, to be said aloud.
std::string why_not_here();

#define CUTAWAY_NEEDS_ROOT()                                                     \
    if (const std::string why = ::cutaway::host::why_not_here(); !why.empty()) { \
        GTEST_SKIP() << "the real world is not tested here: " << why;            \
    }

class TempFolder {
public:
    TempFolder();
    ~TempFolder();
    TempFolder(const TempFolder&) = delete;
    TempFolder& operator=(const TempFolder&) = delete;
    [[nodiscard]] std::string path(const std::string& name = "") const;

private:
    std::string path_;
};

// Stops, calls back and counts: what a stepper would be.
class GateNarrator final : public world::Narrator {
public:
    std::function<Status(const world::Call&)> gate;
    std::vector<std::string> calls;  // kinds, in order, of the calls that other processes made
    std::vector<world::Reply> replies;

    Status begin(const world::SpanStart&) override { return {}; }
    void end(const Error*) override {}
    void note(world::Note) override {}
    Status before(const world::Remote&, const world::Call& call) override;
    void after(const Result<world::Reply>& result) override;
};

struct Ended {
    std::string out;
    std::string err;
    std::optional<runtime::Exited> exited;
};

class Lab {
public:
    Lab();
    Lab(const Lab&) = delete;
    Lab& operator=(const Lab&) = delete;

    world::World& world() { return world_; }
    HostWorld& host() { return host_; }
    GateNarrator& narrator() { return narrator_; }
    [[nodiscard]] const TempFolder& folder() const { return folder_; }
    [[nodiscard]] std::string log() const { return folder_.path("log.json"); }
    [[nodiscard]] std::string exit_record() const { return folder_.path("exit.json"); }
    [[nodiscard]] std::string merged() const { return folder_.path("merged"); }

    [[nodiscard]] runtime::Begin begin(const std::vector<std::string>& argv) const;
    Ended finish(runtime::Launched& launched);
    void take_back(const runtime::Begin& begin);  // what `rm` would: the undo of a start that went well
    const std::string container = "feedbeef00112233445566778899aabbccddeeff00112233445566778899aabb";

private:
    TempFolder folder_;
    HostWorld host_;
    GateNarrator narrator_;
    world::World world_;
};

// Mounts, cgroups and shims that carry the mark, wherever they are.
std::vector<std::string> traces_of(const std::string& mark);
bool eventually(const std::function<bool()>& holds, int milliseconds = 30000);

}  // namespace cutaway::host
