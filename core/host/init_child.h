// SPDX-License-Identifier: Apache-2.0
// InitChild: a shim's child in new namespaces, its end of the message socket and the pipes of its output and input.
// For the single-threaded cutaway-init alone: the child goes on as a copy of this process.
#pragma once

#include <cstdint>
#include <optional>
#include <string>

#include "core/host/kernel.h"
#include "core/host/packet_socket.h"

namespace cutaway::host {

struct ChildEnds {
    PacketSocket shim;
    Fd container;  // pidfd of the process whose namespaces it joins; not open: it makes its own
    Fd terminal;   // where to hand out a terminal's outer end, if one was asked for
    Fd door;       // a listening socket: who comes there says Proceed once the shim has gone
};
// A bundle's process keeps the standard descriptors of whoever asked for it, and some more.
struct Inherited {
    int first = 3;  // the first descriptor that is not the bundle's
    Fd terminal;
    Fd door;
};
// What the child does until it is another program; its answer is the exit status if it never is.
using ChildMain = int (*)(ChildEnds ends);

struct Piece {
    bool error_stream = false;
    std::string bytes;
};

struct Ending {
    int code = 0;  // 128 + n for a signal
    int signal = 0;
};

class InitChild final : public Cloner {
public:
    InitChild(ChildMain child_main, bool keep_stdin) : child_main_(child_main), keep_stdin_(keep_stdin) {}

    void keep_stdin(bool keep) { keep_stdin_ = keep; }
    void inherit(Inherited inherited) { inherited_ = std::move(inherited); }
    void with_terminal(bool terminal) { terminal_ = terminal; }
    // The next child will join this process's namespaces. Its number means something only here, so it is opened here.
    Status will_join(std::int64_t pid);
    Result<std::int64_t> clone(Ledger& ledger, const world::Clone& call) override;
    PacketSocket& socket() { return socket_; }
    [[nodiscard]] unsigned births() const { return births_; }  // how often it was made; each time it has another socket
    std::optional<Piece> read_output();
    [[nodiscard]] bool output_ended() const { return !out_.open() && !err_.open() && !outer_.open(); }
    void write_input(std::string_view bytes);  // empty: close it, behind what is still unwritten
    [[nodiscard]] std::size_t unwritten_bytes() const { return unwritten_.size(); }
    void resize(std::uint16_t rows, std::uint16_t columns);
    // Collects every child that ended (a shim is a subreaper) and answers this one's end.
    std::optional<Ending> reap(std::int64_t pid);

    [[nodiscard]] int out_fd() const { return out_.get(); }
    [[nodiscard]] int err_fd() const { return err_.get(); }
    [[nodiscard]] int in_fd() const { return in_.get(); }
    [[nodiscard]] int terminal_fd() const { return outer_.get(); }

private:
    struct Ends;
    Status open_ends(Ends& ends, SocketPair& outer) const;
    [[noreturn]] void become_child(const Ends& ends);
    void pass_input();     // what the container did not take yet
    void take_terminal();  // if its outer end was handed out by now

    ChildMain child_main_;
    bool keep_stdin_;
    bool terminal_ = false;
    bool input_ended_ = false;
    unsigned births_ = 0;
    std::uint16_t rows_ = 0;
    std::uint16_t columns_ = 0;
    std::string unwritten_;
    Fd container_;
    PacketSocket socket_;
    Fd in_;
    Fd out_;
    Fd err_;
    std::optional<Inherited> inherited_;
    Fd outer_;  // a terminal's outer end comes out of it
};

}  // namespace cutaway::host
