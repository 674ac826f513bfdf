// SPDX-License-Identifier: Apache-2.0
#include "core/cli/root_engine_house.h"

#include <algorithm>
#include <chrono>

#include "core/cli/root_work.h"
#include "core/host/terminal.h"
#include "core/trace/redact.h"
#include "core/world/by_hand.h"

namespace cutaway::cli {

namespace {

constexpr std::size_t most_visitors = 256;
constexpr std::size_t most_unread = std::size_t{32} << 20U;
constexpr std::int64_t second_ns = 1'000'000'000;
constexpr std::int64_t longest_silence_ns = 5 * second_ns;
constexpr std::int64_t longest_end_ns = 10 * second_ns;
constexpr int tick_ms = 100;
constexpr link::Peer worker_peer = link::Peer{1} << 31U;  // workers' numbers have this bit, visitors' have not
constexpr std::size_t least_descriptors = 4;              // 0, 1, 2 and where the caller stands

std::int64_t now_ns() {
    const auto now = std::chrono::steady_clock::now().time_since_epoch();
    return std::chrono::duration_cast<std::chrono::nanoseconds>(now).count();
}

std::string as_shown(std::vector<std::string> words) {
    trace::redact_argv(words);
    std::string text;
    for (const std::string& word : words) {
        text += (text.empty() ? "" : " ") + world::shell_word(word);
    }
    return text;
}

Status check_point(const std::string& text) {
    const Result<trace::Breakpoint> point = read_gate_point(text);
    return point ? Status() : Status(point.error());
}

}  // namespace

EngineHouse::EngineHouse(EngineOptions options, host::EngineDoor door)
    : options_(std::move(options)), door_(std::move(door)), hub_(check_point) {}

Result<std::unique_ptr<EngineHouse>> EngineHouse::open(EngineOptions options) {
    host::EngineDoor door = TRY(host::EngineDoor::open(options.socket, options.rights));
    return std::unique_ptr<EngineHouse>(new EngineHouse(std::move(options), std::move(door)));
}

std::string EngineHouse::greeting() const {
    return "The engine listens at " + options_.socket + " for " + host::user_name(options_.rights.owner) +
           (options_.rights.group ? " and group " + std::to_string(*options_.rights.group) : "") +
           ".\nWho speaks to it may do what root may. End it with Ctrl-C or SIGTERM; containers run on.\n";
}

bool EngineHouse::is_over() const {
    const bool all_gone = runs_.empty() && std::all_of(visitors_.begin(), visitors_.end(),
                                                       [](const auto& one) { return !one.second.socket.has_unsent(); });
    return ends_ns_ != 0 && (all_gone || now_ns() > ends_ns_);
}

void EngineHouse::run() {
    while (!is_over()) {
        wait();
        if (host::take_signal() && ends_ns_ == 0) {
            begin_end();
        }
        if (ends_ns_ == 0) {
            welcome();
        }
        hear_all();
        deliver();
        look_after();
    }
}

void EngineHouse::hear_all() {
    for (auto& [peer, visitor] : visitors_) {
        if (visitor.part == Visitor::Part::silent) {
            hear_first(peer, visitor);
        } else if (visitor.ready) {
            hear(peer, visitor);
        }
    }
    for (auto& [number, run] : runs_) {
        if (run.ready) {
            hear_worker(number, run);
        }
    }
}

void EngineHouse::wait() {
    std::vector<host::Awaited> those;
    those.push_back({door_.fd(), false, false});
    for (const auto& [peer, visitor] : visitors_) {
        those.push_back({visitor.socket.gone() ? -1 : visitor.socket.fd(), visitor.socket.has_unsent(), false});
    }
    for (auto& [number, run] : runs_) {
        those.push_back(
            {run.worker.socket().gone() ? -1 : run.worker.socket().fd(), run.worker.socket().has_unsent(), false});
        those.push_back({run.worker.life(), false, false});
    }
    host::wait_for_any(those, tick_ms);
    std::size_t at = 1;
    for (auto& [peer, visitor] : visitors_) {
        visitor.ready = those[at++].ready;
    }
    for (auto& [number, run] : runs_) {
        run.ready = those[at].ready || those[at + 1].ready;
        at += 2;
    }
}

void EngineHouse::welcome() {
    for (host::Fd guest = door_.let_in(); guest.open(); guest = door_.let_in()) {
        const Result<host::Caller> caller = host::caller_at(guest);
        Visitor& visitor = visitors_[next_peer_++];
        visitor.socket = host::PacketSocket(std::move(guest));
        visitor.since_ns = now_ns();
        if (!caller) {
            refuse(visitor, caller.error().doing);
            continue;
        }
        const std::string name = host::user_name(caller->uid);
        visitor.who = name + " (process " + std::to_string(caller->pid) + ")";
        if (!host::may_enter(*caller, options_.rights)) {
            refuse(visitor, "the engine at " + options_.socket + " is not for " + name +
                                ": whoever starts it must say --allow-user " + name);
        } else if (visitors_.size() > most_visitors) {
            refuse(visitor, "the engine has too many visitors: try again when some have gone");
        }
    }
}

void EngineHouse::refuse(Visitor& visitor, const std::string& why) {
    visitor.socket.send(link::encode(link::Refused{why}));
    dismiss(visitor);
}

void EngineHouse::dismiss(Visitor& visitor) {
    visitor.part = Visitor::Part::leaving;
    visitor.since_ns = now_ns();
}

void EngineHouse::hear_first(link::Peer peer, Visitor& visitor) {
    Result<std::optional<host::Brought>> brought = host::receive_with(visitor.socket.fd(), link::longest_message);
    if (brought && !*brought) {
        if (now_ns() - visitor.since_ns > longest_silence_ns) {
            refuse(visitor, "who comes to the engine's socket says what they want within five seconds");
        }
        return;
    }
    if (!brought) {
        return refuse(visitor, brought.error().doing);
    }
    Result<link::Message> message = link::decode((*brought)->message);
    const Status right = message ? link::check_first(*message) : Status(message.error());
    if (!right) {
        return refuse(visitor, right.error().doing);
    }
    if (auto* wanted = std::get_if<link::Perform>(&*message)) {
        return perform(peer, visitor, std::move(*wanted), std::move((*brought)->descriptors));
    }
    visitor.part = Visitor::Part::watcher;
    hub_.watcher_came(peer, visitor.who);
}

void EngineHouse::perform(link::Peer peer, Visitor& visitor, link::Perform wanted, std::vector<host::Fd> descriptors) {
    if (descriptors.size() != least_descriptors + (wanted.traced ? 1 : 0)) {
        return refuse(visitor, "a command comes with its descriptors 0, 1 and 2, its folder, and a file for its trace");
    }
    host::WorkerPlace place;
    for (std::size_t i = 0; i < 3; ++i) {
        place.stdio.push_back(std::move(descriptors[i]));
    }
    place.directory = std::move(descriptors[3]);
    place.trace = wanted.traced ? std::move(descriptors[4]) : host::Fd();
    const std::uint32_t number = next_run_++;
    WorkOrder order;
    order.points = hub_.run_began(number, visitor.who, as_shown(wanted.words));
    order.line.world = "real";
    order.line.root = options_.root;
    order.line.words = std::move(wanted.words);
    order.line.step = std::move(wanted.step);
    order.line.breaks = std::move(wanted.breaks);
    Result<host::Worker> worker = host::Worker::start(std::move(place), [&order](host::WorkerEnds ends) {
        order.socket = ends.socket;
        order.trace = ends.trace;
        return work(order);
    });
    if (!worker) {
        hub_.run_ended(number, 125);
        return refuse(visitor, worker.error().doing);
    }
    runs_.emplace(number, Run{std::move(*worker), peer, false});
    hub_.worker_is(number, number | worker_peer);
    visitor.part = Visitor::Part::caller;
    visitor.run = number;
}

// Signals of a caller, orders of a watcher; anything else from anybody is where it ends.
void EngineHouse::hear(link::Peer peer, Visitor& visitor) {
    std::string bytes;
    while (visitor.socket.receive(bytes)) {
        if (visitor.part == Visitor::Part::leaving) {
            continue;
        }
        const Result<link::Message> message = link::decode(bytes);
        if (!message) {
            part(peer, visitor);
            return refuse(visitor, message.error().doing);
        }
        const auto* signal = std::get_if<link::Signal>(&*message);
        if (visitor.part == Visitor::Part::watcher) {
            hub_.from_watcher(peer, *message);
        } else if (const auto run = runs_.find(visitor.run); signal != nullptr && run != runs_.end()) {
            run->second.worker.signal(signal->name);
        } else {
            part(peer, visitor);
            return refuse(visitor, "who asked for a command may hand signals on and nothing else");
        }
    }
}

void EngineHouse::hear_worker(std::uint32_t number, Run& run) {
    const std::optional<int> status =
        run.worker.collect();  // before the last words are read, so that they are all there
    std::string bytes;
    while (run.worker.socket().receive(bytes)) {
        if (const Result<link::Message> message = link::decode(bytes)) {
            hub_.from_worker(number, *message);
        }
    }
    if (!status) {
        return;
    }
    run.ended = true;
    hub_.run_ended(number, *status);
    if (const auto caller = visitors_.find(run.caller); caller != visitors_.end()) {
        caller->second.socket.send(link::encode(link::Finished{*status}));
        dismiss(caller->second);
    }
}

void EngineHouse::deliver() {
    for (const link::Post& post : hub_.take_posts()) {
        if ((post.to & worker_peer) != 0) {
            const auto run = runs_.find(post.to & ~worker_peer);
            if (run != runs_.end()) {
                run->second.worker.socket().send(link::encode(post.message));
            }
        } else if (const auto visitor = visitors_.find(post.to); visitor != visitors_.end()) {
            visitor->second.socket.send(link::encode(post.message));
        }
    }
}

// A visitor who goes away: a watcher takes their breakpoints along, a caller's command is told.
void EngineHouse::part(link::Peer peer, Visitor& visitor) {
    if (visitor.part == Visitor::Part::watcher) {
        hub_.watcher_left(peer);
    }
    const auto run = runs_.find(visitor.run);
    if (visitor.part == Visitor::Part::caller && run != runs_.end()) {
        run->second.caller = 0;
        run->second.worker.socket().send(link::encode(link::Leave{}));
    }
    dismiss(visitor);
}

void EngineHouse::look_after() {
    for (auto& [peer, visitor] : visitors_) {
        visitor.socket.flush();
        if (visitor.socket.unsent_bytes() > most_unread) {
            part(peer, visitor);
            visitor.socket = host::PacketSocket();  // who does not read is not told why either
        } else if (visitor.socket.gone() && visitor.part != Visitor::Part::leaving) {
            part(peer, visitor);
        }
    }
    deliver();
    std::erase_if(visitors_, [](const auto& one) {
        const Visitor& visitor = one.second;
        const bool heard = !visitor.socket.has_unsent() || now_ns() - visitor.since_ns > longest_silence_ns;
        return visitor.part == Visitor::Part::leaving && heard;
    });
    std::erase_if(runs_, [](const auto& one) { return one.second.ended; });
    for (auto& [number, run] : runs_) {
        run.worker.socket().flush();
    }
}

void EngineHouse::begin_end() {
    ends_ns_ = now_ns() + longest_end_ns;
    door_.close();
    for (auto& [number, run] : runs_) {
        run.worker.socket().send(link::encode(link::Leave{true}));
        run.caller = 0;
    }
    for (auto& [peer, visitor] : visitors_) {
        if (visitor.part != Visitor::Part::leaving) {
            refuse(visitor, "the engine at " + options_.socket + " has ended; its containers run on");
        }
    }
}

}  // namespace cutaway::cli
