// SPDX-License-Identifier: Apache-2.0
// OciTerminal: the way of a terminal's outer end out of the container: to a socket that the caller named, or to this
// process, which then passes on what is typed and printed. Without a terminal all of it does nothing.
#pragma once

#include "core/cli/root_oci_parts.h"

namespace cutaway::cli {

class OciTerminal {
public:
    // Nobody will be here to hold it: a terminal needs --console-socket then.
    Status must_be_sent(const OciCall& call);
    // The end to hand on to the container's init.
    Result<host::Fd> open(const OciCall& call);
    // What the init put in: given its size, and sent on if it is to be.
    Status take(const oci::SpecProcess& process);
    // Until `pid`, a child of this process, has ended; its exit status.
    int follow(std::int64_t pid);

private:
    bool must_be_sent_ = false;
    host::Fd ours_;     // the init's is the other end
    host::Fd console_;  // the caller's socket
    host::Fd outer_;    // the terminal itself, if it is ours to hold
};

}  // namespace cutaway::cli
