// SPDX-License-Identifier: Apache-2.0
// BundleSpawner: starts cutaway-init for the process of an OCI bundle. It differs from HostSpawner in what is handed on
// (the caller's standard descriptors and some more) and in the end: told to Leave, the shim ends, and the process is the
// child of whoever reaps next: conmon, containerd's shim, or this command if it called become_reaper().
#pragma once

#include "core/host/fd.h"
#include "core/host/spawner.h"

namespace cutaway::host {

struct HandedOn {
    int preserved = 0;  // this many descriptors behind 0, 1 and 2
    Fd terminal;        // a socket into which a terminal's outer end is put
    Fd door;            // a listening socket at which the process waits for its start
};

class BundleSpawner final : public world::Spawner {
public:
    BundleSpawner(ShimProgram& program, HandedOn handed, const world::Cancel& cancel)
        : program_(program), handed_(std::move(handed)), cancel_(cancel) {}
    Result<std::unique_ptr<world::Channel>> start_shim(std::string_view container) override;
    Result<std::unique_ptr<world::Channel>> connect(std::string_view container) override;  // refused
    // Until the shim has ended and its child has another parent; the socket's end comes a little before that.
    Status await_shim();

private:
    ShimProgram& program_;
    HandedOn handed_;
    const world::Cancel& cancel_;
    Fd shim_;  // its pidfd
};

}  // namespace cutaway::host
