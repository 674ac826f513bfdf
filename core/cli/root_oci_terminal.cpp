// SPDX-License-Identifier: Apache-2.0
#include "core/cli/root_oci_terminal.h"

#include "core/host/bundle_process.h"
#include "core/host/bundle_terminal.h"
#include "core/host/packet_socket.h"
#include "core/host/terminal.h"

namespace cutaway::cli {

Status OciTerminal::must_be_sent(const OciCall& call) {
    must_be_sent_ = true;
    if (call.given.has("console-socket")) {
        console_ = TRY_IN("--console-socket", host::connect_stream(call.given.text("console-socket")));
    }
    return {};
}

Result<host::Fd> OciTerminal::open(const OciCall& call) {
    if (must_be_sent_ && !console_.open()) {
        return fail(Errc::invalid,
                    "the process wants a terminal: --console-socket must say who takes its other end, since this "
                    "command does not stay");
    }
    if (!must_be_sent_ && call.given.has("console-socket")) {
        return fail(Errc::invalid,
                    "--console-socket is for a process that is left alone: this command holds its "
                    "terminal itself");
    }
    host::SocketPair pair = TRY(host::make_socket_pair());
    ours_ = std::move(pair.ours);
    return std::move(pair.theirs);
}

Status OciTerminal::take(const oci::SpecProcess& process) {
    if (!ours_.open()) {
        return {};
    }
    outer_ = host::receive_descriptor(ours_.get());
    ours_.reset();
    if (!outer_.open()) {
        return fail(Errc::internal, "the terminal's outer end did not come");
    }
    if (process.console_size) {
        host::set_window_size(outer_.get(), {process.console_size->height, process.console_size->width});
    } else if (const auto size = console_.open() ? std::nullopt : host::window_size(0)) {
        host::set_window_size(outer_.get(), *size);
    }
    if (console_.open()) {
        TRY(host::send_descriptor(console_.get(), outer_.get()));
        outer_.reset();
    }
    return {};
}

int OciTerminal::follow(std::int64_t pid) {
    host::catch_signals();
    if (!outer_.open()) {
        return follow_child(pid);
    }
    const host::ExitFacts ended = host::hold_terminal(std::move(outer_), pid);
    return ended.code < 0 ? 1 : ended.code;
}

}  // namespace cutaway::cli
