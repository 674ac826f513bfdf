// SPDX-License-Identifier: Apache-2.0
// The messages at an engine's socket, and between the engine and the process that performs one command. One message is
// one SOCK_SEQPACKET datagram of core/base/binary.h bytes; the first of a visitor carries the protocol's number, so that
// another build is refused with a sentence. Decoding never trusts a byte: too long, cut or unknown is Errc::invalid.
//
//   command line                  engine                        worker (a process a command)       watchers
//     |  Perform{words} + stdio ---->|                                 |                              |
//     |                              |  forks ------------------------>|  stdio is the caller's       |
//     |                              |<---- Text, Stood, WentOn -------|                              |
//     |                              |-------------------------------------- Began, Text, Stood ----->|
//     |  Signal{SIGINT} ------------>|  kill ------------------------->|                              |
//     |                              |<------------------------------------ Order{step, go, add} -----|
//     |                              |---- Order ---------------------->|                             |
//     |                              |---- WentOn{who}, PointSet{who}: to all ----------------------->|
//     |<-- Finished{status} ---------|  the worker has ended           |                              |
//     |                              |-------------------------------------- Over{run, status} ------>|
#pragma once

#include <cstdint>
#include <optional>
#include <string>
#include <string_view>
#include <variant>
#include <vector>

#include "core/base/enum.h"
#include "core/base/fields.h"
#include "core/base/result.h"

namespace cutaway::link {

inline constexpr std::uint32_t protocol_number = 1;
inline constexpr std::size_t longest_message = std::size_t{1} << 20U;
inline constexpr std::size_t longest_text = std::size_t{32} << 10U;  // of a piece of a trace

// Of a visitor. With Perform come descriptors: 0, 1, 2, the folder where the caller stands, and the trace's file.
struct Perform {
    static constexpr std::string_view kind = "perform";
    std::uint32_t protocol = protocol_number;
    std::vector<std::string> words;
    std::optional<std::string> step;  // --step
    std::vector<std::string> breaks;
    bool traced = false;
};
CUTAWAY_FIELDS(Perform, protocol, words, step, breaks, traced)

struct Watch {
    static constexpr std::string_view kind = "watch";
    std::uint32_t protocol = protocol_number;
};
CUTAWAY_FIELDS(Watch, protocol)

struct Signal {  // it reached the command line; the worker's from now on
    static constexpr std::string_view kind = "signal";
    std::string name;
};
CUTAWAY_FIELDS(Signal, name)

enum class OrderKind { phase, step, call, go, pause, cancel, add, remove };
CUTAWAY_ENUM(OrderKind, phase, step, call, go, pause, cancel, add, remove)

struct Order {  // a watcher's; the engine writes into it who gave it
    static constexpr std::string_view kind = "order";
    std::uint32_t run = 0;  // 0: all there are; of add and remove always
    OrderKind what = OrderKind::go;
    std::string text;         // of add: the breakpoint as typed
    std::uint32_t point = 0;  // of remove; and of add on its way to a worker
    std::string who;
};
CUTAWAY_FIELDS(Order, run, what, text, point, who)

// To a visitor.
struct Refused {  // the last word
    static constexpr std::string_view kind = "refused";
    std::string why;
};
CUTAWAY_FIELDS(Refused, why)

struct Finished {  // the last word
    static constexpr std::string_view kind = "finished";
    std::int32_t status = 0;
};
CUTAWAY_FIELDS(Finished, status)

struct Began {
    static constexpr std::string_view kind = "began";
    std::uint32_t run = 0;
    std::string who;
    std::string command;  // as it may be shown
    bool cut = false;     // the beginning of its trace is not kept any more
};
CUTAWAY_FIELDS(Began, run, who, command, cut)

struct Text {  // the next bytes of a run's trace, which is a trace file's text
    static constexpr std::string_view kind = "text";
    std::uint32_t run = 0;
    std::string bytes;
};
CUTAWAY_FIELDS(Text, run, bytes)

struct Stood {
    static constexpr std::string_view kind = "stood";
    std::uint32_t run = 0;
    std::string next;  // the event that happens next, as a trace's line; empty: stopped by its own terminal
};
CUTAWAY_FIELDS(Stood, run, next)

struct WentOn {
    static constexpr std::string_view kind = "went_on";
    std::uint32_t run = 0;
    std::string who;  // empty: its own terminal
    OrderKind how = OrderKind::go;
};
CUTAWAY_FIELDS(WentOn, run, who, how)

struct PointSet {
    static constexpr std::string_view kind = "point_set";
    std::uint32_t point = 0;
    std::string text;
    std::string who;
};
CUTAWAY_FIELDS(PointSet, point, text, who)

struct PointGone {
    static constexpr std::string_view kind = "point_gone";
    std::uint32_t point = 0;
    std::string who;
};
CUTAWAY_FIELDS(PointGone, point, who)

struct Over {
    static constexpr std::string_view kind = "over";
    std::uint32_t run = 0;
    std::int32_t status = 0;
};
CUTAWAY_FIELDS(Over, run, status)

struct Answer {  // to one watcher: an order that cannot be followed
    static constexpr std::string_view kind = "answer";
    std::string text;
};
CUTAWAY_FIELDS(Answer, text)

struct Leave {  // to a worker: its caller has gone, or the engine ends
    static constexpr std::string_view kind = "leave";
    bool engine_ends = false;
};
CUTAWAY_FIELDS(Leave, engine_ends)

using Message = std::variant<Perform, Watch, Signal, Order, Refused, Finished, Began, Text, Stood, WentOn, PointSet,
                             PointGone, Over, Answer, Leave>;

std::string encode(const Message& message);
Result<Message> decode(std::string_view bytes);
// What a visitor may begin with: Perform or Watch of this protocol, with words. One sentence else.
Status check_first(const Message& message);

}  // namespace cutaway::link
