// SPDX-License-Identifier: Apache-2.0
// Hub: what runs behind an engine's socket and who watches it: a state machine between the commands' workers and the
// watchers. It holds each run's trace so far, so that who comes late sees it from its beginning; breakpoints, which are
// everybody's and go with whoever set them; and who resumed what. A run that stands goes on when nobody watches any more.
// It knows no socket: messages come in, posts go out. One thread at a time.
#pragma once

#include <cstdint>
#include <functional>
#include <map>
#include <string>
#include <vector>

#include "core/link/protocol.h"

namespace cutaway::link {

using Peer = std::uint32_t;  // a watcher's or a worker's number, given by whoever holds the sockets

struct Post {
    Peer to = 0;
    Message message;
};

class Hub {
public:
    // `check` says whether a breakpoint's text can be read.
    explicit Hub(std::function<Status(const std::string&)> check) : check_(std::move(check)) {}

    // Answers the breakpoints that it begins with.
    std::vector<Order> run_began(std::uint32_t run, const std::string& who, const std::string& command);
    void worker_is(std::uint32_t run, Peer worker);
    void from_worker(std::uint32_t run, const Message& message);
    void run_ended(std::uint32_t run, std::int32_t status);

    void watcher_came(Peer peer, const std::string& who);
    void from_watcher(Peer peer, const Message& message);
    void watcher_left(Peer peer);

    std::vector<Post> take_posts();

private:
    struct Run {
        std::string who;
        std::string command;
        Peer worker = 0;
        std::string text;
        bool cut = false;
        bool stands = false;
        std::string next;
    };
    struct Point {
        std::string text;
        Peer owner = 0;
    };
    void to_all(const Message& message);
    void to_workers(std::uint32_t run, const Order& order);
    void keep(Run& run, std::uint32_t number, const Text& text);
    void tell(Peer peer, std::uint32_t number, const Run& run);
    void add(Peer peer, Order order);
    void remove(Peer peer, const Order& order);
    void drive(Peer peer, Order order);

    std::function<Status(const std::string&)> check_;
    std::map<std::uint32_t, Run> runs_;
    std::map<Peer, std::string> watchers_;
    std::map<std::uint32_t, Point> points_;
    std::uint32_t next_point_ = 1;
    std::vector<Post> posts_;
};

}  // namespace cutaway::link
