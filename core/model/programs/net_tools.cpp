// SPDX-License-Identifier: Apache-2.0
// ip: what links, addresses and routes there are; and ping.
#include "core/model/programs/net_tools.h"

#include <algorithm>
#include <cerrno>

#include "core/model/net_sys.h"
#include "core/model/programs/options.h"
#include "core/model/programs/text.h"

namespace cutaway::model::programs {

namespace {

NetSys* net_of(Sys& sys) { return dynamic_cast<NetSys*>(&sys); }

// --- ip ---

std::string flags_of(const LinkView& link) {
    const std::string kind = link.kind == "loopback" ? "LOOPBACK" : "BROADCAST,MULTICAST";
    return "<" + kind + (link.up ? ",UP,LOWER_UP>" : ">");
}

std::string shown_name(const LinkView& link) {
    return link.name + (link.peer == 0 ? "" : "@if" + std::to_string(link.peer));
}

std::string state_of(const LinkView& link) { return link.kind == "loopback" ? "UNKNOWN" : link.up ? "UP" : "DOWN"; }

void print_link(const Call& call, const LinkView& link) {
    const bool loop = link.kind == "loopback";
    call.out(std::to_string(link.index) + ": " + shown_name(link) + ": " + flags_of(link) + " mtu " +
             (loop ? "65536" : "1500") + " qdisc noqueue" + (link.bridge.empty() ? "" : " master " + link.bridge) +
             " state " + state_of(link) + (call.busybox ? " " : " group default ") + (loop ? "qlen 1000\n" : "\n"));
    call.out(
        std::string("    link/") +
        (loop ? "loopback 00:00:00:00:00:00 brd 00:00:00:00:00:00" : "ether " + link.mac + " brd ff:ff:ff:ff:ff:ff") +
        "\n");
}

// "172.17.0.2/16" → "172.17.255.255"
std::string broadcast_of(const std::string& address) {
    const Words parts = split(address.substr(0, address.find('/')), '.');
    const std::int64_t bits = to_number(address.substr(address.find('/') + 1)).value_or(32);
    std::string text;
    for (std::size_t i = 0; i < parts.size(); ++i) {
        const auto covered =
            std::min<std::int64_t>(8, std::max<std::int64_t>(0, bits - static_cast<std::int64_t>(i) * 8));
        const std::int64_t part = to_number(parts[i]).value_or(0) | (0xff >> covered);
        text += (i == 0 ? "" : ".") + std::to_string(part);
    }
    return text;
}

void print_addresses(const Call& call, const LinkView& link) {
    const bool loop = link.kind == "loopback";
    for (const std::string& address : link.addresses) {
        call.out("    inet " + address + (loop ? " scope host " : " brd " + broadcast_of(address) + " scope global ") +
                 link.name + "\n       valid_lft forever preferred_lft forever\n");
    }
}

void print_brief(const Call& call, const LinkView& link, bool addresses) {
    std::string line = left(shown_name(link), 17) + left(state_of(link), 15);
    if (addresses) {
        for (const std::string& address : link.addresses) {
            line += address + " ";
        }
    } else {
        line += (link.kind == "loopback" ? "00:00:00:00:00:00" : link.mac) + " " + flags_of(link) + " ";
    }
    call.out(line + "\n");
}

int print_routes(const Call& call, NetSys& net) {
    for (const RouteView& route : net.routes()) {
        call.out(route.to + (route.via.empty() ? "" : " via " + route.via) + " dev " + route.link +
                 (route.source.empty() ? "" : (call.busybox ? " scope link  src " : " proto kernel scope link src ")) +
                 route.source + " \n");
    }
    return 0;
}

bool abbreviates(std::string_view word, std::string_view whole) { return !word.empty() && whole.starts_with(word); }

int run_ip(const Call& call) {
    NetSys* net = net_of(call.sys);
    bool brief = false;
    Words words;
    for (std::size_t i = 1; i < call.argv.size(); ++i) {
        const std::string& word = call.argv[i];
        if (word == "-br" || word == "-brief") {
            brief = true;
        } else if (word.starts_with("-") && word != "-4") {
            return call.refuse("option " + word);
        } else if (!word.starts_with("-")) {
            words.push_back(word);
        }
    }
    const std::string what = words.empty() ? "" : words[0];
    std::size_t at = 1;
    at += at < words.size() && (abbreviates(words[at], "show") || abbreviates(words[at], "list")) ? 1 : 0;
    at += at + 1 < words.size() && words[at] == "dev" ? 1 : 0;
    const std::string wanted = at < words.size() ? words[at] : "";
    const bool addresses = abbreviates(what, "address");
    const bool links = abbreviates(what, "link");
    const bool routes = abbreviates(what, "route");
    if (net == nullptr || (!addresses && !links && !routes) || at + 1 < words.size() || (routes && !wanted.empty())) {
        return call.refuse(words.empty() ? "no object" : words.back());
    }
    if (routes) {
        return print_routes(call, *net);
    }
    bool found = wanted.empty();
    for (const LinkView& link : net->links()) {
        if (!wanted.empty() && link.name != wanted) {
            continue;
        }
        found = true;
        if (brief) {
            print_brief(call, link, addresses);
            continue;
        }
        print_link(call, link);
        if (addresses) {
            print_addresses(call, link);
        }
    }
    if (!found) {
        call.err(call.busybox ? "ip: can't find device '" + wanted + "'\n"
                              : "Device \"" + wanted + "\" does not exist.\n");
    }
    return found ? 0 : 1;
}

// --- ping ---

struct PingState {
    bool begun = false;
    bool busybox = false;
    bool over = false;
    std::int64_t sent = 0;
    std::int64_t received = 0;
    std::int64_t began_ns = 0;
    std::int64_t next_ns = 0;
    std::int64_t slowest_ns = 0;
    std::int64_t total_ns = 0;
    int code = 0;
    std::string name;
    std::string address;
    Output output;
};
CUTAWAY_FIELDS(PingState, begun, busybox, over, sent, received, began_ns, next_ns, slowest_ns, total_ns, code, name,
               address, output)

constexpr std::int64_t second = 1'000'000'000;

std::string millis(std::int64_t ns) { return std::to_string(ns / 1'000'000) + "." + zeros(ns / 1000 % 1000, 3); }

Options ping_options(const Words& argv) { return parse_options(argv, "c:i:W:w:q4"); }

void give_up(PingState& state, const std::string& text, int code) {
    state.output.err("ping: " + text + "\n");
    state.code = code;
    state.over = true;
}

void begin_ping(Sys& sys, PingState& state) {
    state.begun = true;
    const Options options = ping_options(sys.argv());
    NetSys* net = net_of(sys);
    if (!options.unknown.empty() || options.rest.size() != 1 || net == nullptr) {
        const std::string what = options.rest.empty() ? "no address" : options.rest.back();
        give_up(state, (options.unknown.empty() ? what : options.unknown) + ": not modelled", 127);
        return;
    }
    state.name = options.rest[0];
    const auto address = sys.resolve(state.name);
    if (!address) {
        give_up(state, state.busybox ? "bad address '" + state.name + "'" : state.name + ": Name or service not known",
                state.busybox ? 1 : 2);
        return;
    }
    state.address = *address;
    if (const Status way = net->echo(state.address); !way && errno_of(way.error()) == ENETUNREACH) {
        give_up(state, std::string(state.busybox ? "sendto: " : "connect: ") + "Network is unreachable",
                state.busybox ? 1 : 2);
        return;
    }
    state.output.out("PING " + state.name + " (" + state.address + ")" +
                     (state.busybox ? ": 56 data bytes\n" : " 56(84) bytes of data.\n"));
    state.began_ns = sys.now_ns();
    state.next_ns = state.began_ns;
    (void)sys.on_signal(2, Disposition::handle);
}

void send_echo(Sys& sys, PingState& state, bool quiet) {
    const std::int64_t before = sys.now_ns();
    ++state.sent;
    const Status answered = net_of(sys)->echo(state.address);
    const std::int64_t took = sys.now_ns() - before;
    const std::string number = std::to_string(state.busybox ? state.sent - 1 : state.sent);
    if (answered) {
        ++state.received;
        state.total_ns += took;
        state.slowest_ns = std::max(state.slowest_ns, took);
        state.output.out(quiet ? ""
                               : "64 bytes from " + state.address + (state.busybox ? ": seq=" : ": icmp_seq=") +
                                     number + " ttl=64 time=" + millis(took) + " ms\n");
    } else if (errno_of(answered.error()) == EHOSTUNREACH && !state.busybox && !quiet) {
        state.output.out("From " + state.address + " icmp_seq=" + number + " Destination Host Unreachable\n");
    }
}

void end_ping(Sys& sys, PingState& state) {
    const std::int64_t lost = state.sent == 0 ? 0 : (state.sent - state.received) * 100 / state.sent;
    state.output.out(
        "\n--- " + state.name + " ping statistics ---\n" + std::to_string(state.sent) + " packets transmitted, " +
        std::to_string(state.received) + (state.busybox ? " packets received, " : " received, ") +
        std::to_string(lost) + "% packet loss" +
        (state.busybox ? "\n" : ", time " + std::to_string((sys.now_ns() - state.began_ns) / 1'000'000) + "ms\n"));
    if (state.received > 0) {
        const std::string mean = millis(state.total_ns / state.received);
        state.output.out((state.busybox ? "round-trip min/avg/max = " : "rtt min/avg/max/mdev = ") + mean + "/" + mean +
                         "/" + millis(state.slowest_ns) + (state.busybox ? " ms\n" : "/0.000 ms\n"));
    }
    state.code = state.received > 0 ? 0 : 1;
    state.over = true;
}

// One echo a second. After the last one that nobody answered it waits a little longer.
Step step_ping(Sys& sys, PingState& state) {
    if (!state.begun) {
        begin_ping(sys, state);
    }
    const Options options = ping_options(sys.argv());
    const std::int64_t count = to_number(options.value('c', "0")).value_or(0);
    const std::int64_t limit = to_number(options.value('w', "0")).value_or(0);
    const std::int64_t patience = to_number(options.value('W', "10")).value_or(10);
    while (!state.over && sys.now_ns() >= state.next_ns) {
        const bool enough =
            (count > 0 && state.sent >= count) || (limit > 0 && sys.now_ns() - state.began_ns >= limit * second);
        if (enough) {
            end_ping(sys, state);
            break;
        }
        const std::int64_t before = state.received;
        send_echo(sys, state, options.has('q'));
        const bool last = count > 0 && state.sent >= count;
        const std::int64_t gap = to_duration(options.value('i', "1")).value_or(second);
        state.next_ns = sys.now_ns() + (!last ? gap : state.received > before ? 0 : patience * second);
    }
    if (!state.over && sys.take_signal()) {
        end_ping(sys, state);
    }
    switch (flush(sys, state.output)) {
        case Flush::blocked: return wait_to_flush(state.output);
        case Flush::broken: return Step::exited(1);
        case Flush::done: break;
    }
    return state.over ? Step::exited(state.code) : Step::wait_until(state.next_ns);
}

class Ping final : public SavedProgram {
public:
    [[nodiscard]] std::string_view name() const override { return "ping"; }
    Step step(Sys& sys) override { return step_ping(sys, state_); }
    void save(std::string& out) const override { binary::put(out, state_); }
    bool restore(std::string_view saved) override { return binary::decode(saved, state_); }
    void as_busybox() override { state_.busybox = true; }

private:
    PingState state_;
};

}  // namespace

Entries net_tools() {
    return {{"ip", [] { return make_command("ip", run_ip); }},
            {"ping", []() -> Made { return std::make_unique<Ping>(); }}};
}

}  // namespace cutaway::model::programs
