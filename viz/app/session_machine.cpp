// SPDX-License-Identifier: Apache-2.0
// The session's machine as files: as it is now, or as it was before one of the commands on its tape.
#include <algorithm>

#include "viz/app/session.h"
#include "viz/view/fork.h"

namespace cutaway::app {

std::vector<cli::Boundary> Session::boundaries() const {
    std::vector<cli::Boundary> all = boundaries_;
    std::vector<cli::Boundary> own = worker_ == nullptr ? std::vector<cli::Boundary>() : worker_->boundaries();
    for (cli::Boundary& one : own) {
        one.begin += events_before_;
        all.push_back(std::move(one));
    }
    return all;
}

// A machine is kept before every command that changes it, so before one that only looked it was as before the next. In
// the middle of a command there is none to go on with: what the engine is about is no part of it.
Result<Session::Copy> Session::machine_at(std::uint64_t position) {
    if (root_.empty()) {
        return fail(Errc::unsupported, is_recorded() ? "this is a recording: there is no machine to go on with"
                                                     : "only a simulated machine of one's own can be copied");
    }
    if (!is_resting()) {
        return fail(Errc::conflict, "a command is running: stop it first (Space)");
    }
    rest();
    const std::vector<view::Typed>& typed = story_.commands();
    std::vector<cli::Boundary> all = boundaries();
    all.resize(typed.size());
    const std::size_t first = view::boundary_at(story_, position, working_);
    Copy copy{TRY(cli::machine_files(root_)), tape_->size(), {}, {}};
    if (first < typed.size()) {
        copy.position = std::min(all[first].begin, typed[first].position);
        copy.next = typed[first].text;
    }
    for (std::size_t n = first; n < all.size(); ++n) {
        if (all[n].generation != 0) {
            copy.files = TRY(cli::machine_before(std::move(copy.files), all[n]));
            break;
        }
    }
    all.resize(first);
    copy.boundaries = std::move(all);
    return copy;
}

}  // namespace cutaway::app
