// SPDX-License-Identifier: Apache-2.0
// What is done for a moment inside another process's network namespace: opening a name server's sockets there, and
// setting up a link of a container that runs already. The thread comes back; a socket stays in the namespace where it
// was opened.
#include <arpa/inet.h>
#include <fcntl.h>
#include <netinet/in.h>
#include <sched.h>
#include <sys/socket.h>

#include <cerrno>

#include "core/host/kernel_calls.h"

namespace cutaway::host {

namespace {

constexpr int most_callers_waiting = 16;

Result<Fd> own_network() { return open_file("/proc/thread-self/ns/net", O_RDONLY | O_CLOEXEC); }

Status enter(Ledger& ledger, int network, const std::string& what) {
    return ledger.must("setns", what + ", CLONE_NEWNET", what, [&] { return ::setns(network, CLONE_NEWNET); });
}

// Does it in there. Not to come back is the worse error.
template <class Do>
Status in_network_of(Acting& acting, std::int64_t pid, Do&& what) {
    const Fd here = TRY(own_network());
    const Fd there(TRY(open_pidfd(pid)));
    TRY(enter(acting.ledger, there.get(), "pidfd of " + std::to_string(pid)));
    Status done = what();
    TRY(enter(acting.ledger, here.get(), "the network namespace it came from"));
    return done;
}

struct Bound {
    Fd socket;
    std::uint16_t port = 0;
};

Result<Bound> bind_socket(Ledger& ledger, int type, const std::string& address) {
    sockaddr_in at{};
    at.sin_family = AF_INET;
    if (::inet_pton(AF_INET, address.c_str(), &at.sin_addr) != 1) {
        return fail(Errc::invalid, "not an IPv4 address: " + address);
    }
    Bound bound;
    const std::string name = type == SOCK_DGRAM ? "SOCK_DGRAM" : "SOCK_STREAM";
    bound.socket = Fd(static_cast<int>(ledger.call(
        "socket", "AF_INET, " + name, [&] { return ::socket(AF_INET, type | SOCK_CLOEXEC | SOCK_NONBLOCK, 0); })));
    if (!bound.socket.open()) {
        return sys_error(ledger.error(), "socket for names");
    }
    TRY(ledger.must("bind", "{AF_INET, " + address + ":0}", address,
                    [&] { return ::bind(bound.socket.get(), reinterpret_cast<const sockaddr*>(&at), sizeof at); }));
    socklen_t size = sizeof at;
    if (::getsockname(bound.socket.get(), reinterpret_cast<sockaddr*>(&at), &size) < 0) {
        return sys_error(errno, "getsockname");
    }
    bound.port = ntohs(at.sin_port);
    return bound;
}

}  // namespace

Done perform(Acting& acting, const world::OpenResolver& call) {
    if (acting.answerer == nullptr) {
        return fail(Errc::unsupported, "resolver: only a container's shim answers for its names");
    }
    NameSockets sockets;
    TRY(in_network_of(acting, call.pid, [&]() -> Status {
        Bound datagrams = TRY(bind_socket(acting.ledger, SOCK_DGRAM, call.address));
        Bound connections = TRY(bind_socket(acting.ledger, SOCK_STREAM, call.address));
        TRY(acting.ledger.must("listen", std::to_string(most_callers_waiting), call.address,
                               [&] { return ::listen(connections.socket.get(), most_callers_waiting); }));
        TRY(redirect_names(acting, {call.address, datagrams.port, connections.port}));
        sockets = {std::move(datagrams.socket), std::move(connections.socket)};
        return {};
    }));
    acting.answerer->answer_at(std::move(sockets));
    return world::Reply{};
}

Done perform(Acting& acting, const world::SetUpLink& call) {
    TRY(in_network_of(acting, call.pid, [&]() -> Status {
        if (!call.address.empty()) {
            TRY(perform(acting, world::AddAddress{call.link, call.address}));
            TRY(perform(acting, world::RaiseLink{call.link}));
        }
        if (!call.via.empty()) {
            TRY(perform(acting, world::AddRoute{"default", call.via, call.link}));
        }
        return {};
    }));
    return world::Reply{};
}

}  // namespace cutaway::host
