// SPDX-License-Identifier: Apache-2.0
// EngineHouse: the loop behind an engine's socket. One thread, which forks a worker for each command and never waits for
// any visitor: what one does not read is kept for it up to a bound, then it is told off and let go.
#pragma once

#include <cstdint>
#include <map>
#include <memory>
#include <string>
#include <vector>

#include "core/host/engine_door.h"
#include "core/host/worker.h"
#include "core/link/hub.h"

namespace cutaway::cli {

struct EngineOptions {
    std::string socket;
    std::string root;
    host::DoorRights rights;
};

class EngineHouse {
public:
    static Result<std::unique_ptr<EngineHouse>> open(EngineOptions options);
    [[nodiscard]] std::string greeting() const;
    void run();  // until a signal asks it to end

private:
    struct Visitor {
        host::PacketSocket socket;
        std::string who;
        std::int64_t since_ns = 0;  // that it plays its part
        enum class Part { silent, caller, watcher, leaving } part = Part::silent;
        std::uint32_t run = 0;
        bool ready = true;
    };
    struct Run {
        host::Worker worker;
        link::Peer caller = 0;  // 0: has gone
        bool ended = false;
        bool ready = true;
    };
    EngineHouse(EngineOptions options, host::EngineDoor door);

    void wait();
    void hear_all();
    void welcome();
    void hear_first(link::Peer peer, Visitor& visitor);
    void perform(link::Peer peer, Visitor& visitor, link::Perform wanted, std::vector<host::Fd> descriptors);
    void hear(link::Peer peer, Visitor& visitor);
    void hear_worker(std::uint32_t number, Run& run);
    void part(link::Peer peer, Visitor& visitor);
    void look_after();
    void deliver();
    void refuse(Visitor& visitor, const std::string& why);
    static void dismiss(Visitor& visitor);
    void begin_end();
    [[nodiscard]] bool is_over() const;

    EngineOptions options_;
    host::EngineDoor door_;
    link::Hub hub_;
    std::map<link::Peer, Visitor> visitors_;
    std::map<std::uint32_t, Run> runs_;
    link::Peer next_peer_ = 1;
    std::uint32_t next_run_ = 1;
    std::int64_t ends_ns_ = 0;  // when it is over at the latest; 0: it goes on
};

}  // namespace cutaway::cli
