// SPDX-License-Identifier: Apache-2.0
// InitChild: a shim's child in new namespaces, its end of the message socket and the pipes of its output and input.
// For the single-threaded cutaway-init alone: the child goes on as a copy of this process.
#pragma once

#include <optional>
#include <string>

#include "core/host/kernel.h"
#include "core/host/packet_socket.h"

namespace cutaway::host {

// What the child does with its socket until it is another program; its answer is the exit status if it never is.
// `container` is the pidfd of the process whose namespaces it joins; not open: it makes its own.
using ChildMain = int (*)(PacketSocket socket, Fd container);

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
    // The next child will join this process's namespaces. Its number means something only here, so it is opened here.
    Status will_join(std::int64_t pid);
    Result<std::int64_t> clone(Ledger& ledger, const world::Clone& call) override;
    PacketSocket& socket() { return socket_; }
    std::optional<Piece> read_output();
    [[nodiscard]] bool output_ended() const { return !out_.open() && !err_.open(); }
    void write_input(std::string_view bytes);  // empty: close it
    // Collects every child that ended (a shim is a subreaper) and answers this one's end.
    std::optional<Ending> reap(std::int64_t pid);

    [[nodiscard]] int out_fd() const { return out_.get(); }
    [[nodiscard]] int err_fd() const { return err_.get(); }

private:
    [[noreturn]] void become_child(const PacketSocket& socket, const Fd& in, const Fd& out, const Fd& err);

    ChildMain child_main_;
    bool keep_stdin_;
    Fd container_;
    PacketSocket socket_;
    Fd in_;
    Fd out_;
    Fd err_;
};

}  // namespace cutaway::host
