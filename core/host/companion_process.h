// SPDX-License-Identifier: Apache-2.0
// CompanionProcess: the program that works beside a container, a child of its shim: slirp4netns. It is told by descriptor 3
// where to say that it is ready, is waited for until then, and ends with this process whatever happens to it
// (PR_SET_PDEATHSIG). For the single-threaded cutaway-init alone: it forks.
#pragma once

#include "core/host/fd.h"
#include "core/host/kernel.h"

namespace cutaway::host {

class CompanionProcess final : public Companions {
public:
    CompanionProcess() = default;
    ~CompanionProcess() override;
    CompanionProcess(const CompanionProcess&) = delete;
    CompanionProcess& operator=(const CompanionProcess&) = delete;
    Result<std::int64_t> start(Ledger& ledger, const world::StartCompanion& call) override;

private:
    void end();

    Fd life_;  // a pidfd: it may have been collected, and its number be another's
};

}  // namespace cutaway::host
