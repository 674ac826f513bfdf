// SPDX-License-Identifier: Apache-2.0
#include "core/link/hub.h"

#include <utility>

namespace cutaway::link {

namespace {

constexpr std::size_t longest_kept = std::size_t{8} << 20U;  // of one run's trace
constexpr std::size_t most_points = 256;

}  // namespace

void Hub::to_all(const Message& message) {
    for (const auto& [peer, who] : watchers_) {
        posts_.push_back({peer, message});
    }
}

void Hub::to_workers(std::uint32_t run, const Order& order) {
    for (const auto& [number, one] : runs_) {
        if ((run == 0 || run == number) && one.worker != 0) {
            posts_.push_back({one.worker, order});
        }
    }
}

std::vector<Post> Hub::take_posts() { return std::exchange(posts_, {}); }

std::vector<Order> Hub::run_began(std::uint32_t run, const std::string& who, const std::string& command) {
    Run& made = runs_[run];
    made.who = who;
    made.command = command;
    to_all(Began{run, who, command, false});
    std::vector<Order> standing;
    for (const auto& [number, point] : points_) {
        standing.push_back({run, OrderKind::add, point.text, number, watchers_[point.owner]});
    }
    return standing;
}

void Hub::worker_is(std::uint32_t run, Peer worker) {
    if (const auto found = runs_.find(run); found != runs_.end()) {
        found->second.worker = worker;
    }
}

void Hub::keep(Run& run, std::uint32_t number, const Text& text) {
    if (run.text.size() + text.bytes.size() > longest_kept) {
        run.cut = true;
    }
    if (run.cut) {
        run.text.clear();
        run.text.shrink_to_fit();
    } else {
        run.text += text.bytes;
    }
    to_all(Text{number, text.bytes});
}

// A worker is ours, but what it says still only counts as what it may say.
void Hub::from_worker(std::uint32_t run, const Message& message) {
    const auto found = runs_.find(run);
    if (found == runs_.end()) {
        return;
    }
    Run& one = found->second;
    if (const auto* text = std::get_if<Text>(&message)) {
        keep(one, run, *text);
    } else if (const auto* stood = std::get_if<Stood>(&message)) {
        one.stands = true;
        one.next = stood->next;
        to_all(Stood{run, stood->next});
        if (watchers_.empty() && !stood->next.empty()) {  // whoever could let it go on left meanwhile
            to_workers(run, {run, OrderKind::go, "", 0, "the engine, since nobody watches"});
        }
    } else if (const auto* went = std::get_if<WentOn>(&message)) {
        one.stands = false;
        one.next.clear();
        to_all(WentOn{run, went->who, went->how});
    }
}

void Hub::run_ended(std::uint32_t run, std::int32_t status) {
    if (runs_.erase(run) > 0) {
        to_all(Over{run, status});
    }
}

void Hub::tell(Peer peer, std::uint32_t number, const Run& run) {
    posts_.push_back({peer, Began{number, run.who, run.command, run.cut}});
    for (std::size_t at = 0; at < run.text.size(); at += longest_text) {
        posts_.push_back({peer, Text{number, run.text.substr(at, longest_text)}});
    }
    if (run.stands) {
        posts_.push_back({peer, Stood{number, run.next}});
    }
}

void Hub::watcher_came(Peer peer, const std::string& who) {
    watchers_[peer] = who;
    for (const auto& [number, point] : points_) {
        posts_.push_back({peer, PointSet{number, point.text, watchers_[point.owner]}});
    }
    for (const auto& [number, run] : runs_) {
        tell(peer, number, run);
    }
}

void Hub::watcher_left(Peer peer) {
    const auto found = watchers_.find(peer);
    if (found == watchers_.end()) {
        return;
    }
    const std::string who = found->second;
    watchers_.erase(found);
    for (auto point = points_.begin(); point != points_.end();) {
        if (point->second.owner != peer) {
            ++point;
            continue;
        }
        to_workers(0, {0, OrderKind::remove, "", point->first, who});
        to_all(PointGone{point->first, who});
        point = points_.erase(point);
    }
    if (watchers_.empty()) {
        to_workers(0, {0, OrderKind::go, "", 0, "the engine, since nobody watches"});
    }
}

void Hub::from_watcher(Peer peer, const Message& message) {
    const auto* order = std::get_if<Order>(&message);
    if (order == nullptr || watchers_.count(peer) == 0) {
        posts_.push_back({peer, Answer{"who watches may give orders and nothing else"}});
        return;
    }
    Order given = *order;
    given.who = watchers_[peer];
    if (given.what == OrderKind::add) {
        add(peer, std::move(given));
    } else if (given.what == OrderKind::remove) {
        remove(peer, given);
    } else {
        drive(peer, std::move(given));
    }
}

void Hub::add(Peer peer, Order order) {
    const Status readable = points_.size() < most_points
                                ? check_(order.text)
                                : Status(fail(Errc::invalid, "there are too many breakpoints at this engine"));
    if (!readable) {
        posts_.push_back({peer, Answer{readable.error().doing}});
        return;
    }
    order.run = 0;
    order.point = next_point_++;
    points_[order.point] = {order.text, peer};
    to_workers(0, order);
    to_all(PointSet{order.point, order.text, order.who});
}

void Hub::remove(Peer peer, const Order& order) {
    if (points_.erase(order.point) == 0) {
        posts_.push_back({peer, Answer{"there is no breakpoint " + std::to_string(order.point)}});
        return;
    }
    to_workers(0, order);
    to_all(PointGone{order.point, order.who});
}

void Hub::drive(Peer peer, Order order) {
    const auto found = runs_.find(order.run);
    if (order.run != 0 && found == runs_.end()) {
        posts_.push_back({peer, Answer{"there is no run " + std::to_string(order.run)}});
        return;
    }
    const bool by_itself = found != runs_.end() && found->second.stands && found->second.next.empty();
    if (by_itself && order.what != OrderKind::cancel) {
        posts_.push_back({peer, Answer{"run " + std::to_string(order.run) + " is stepped at its own terminal"}});
        return;
    }
    order.text.clear();
    to_workers(order.run, order);
}

}  // namespace cutaway::link
