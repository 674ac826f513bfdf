// SPDX-License-Identifier: Apache-2.0
// Redirections (POSIX.1-2017, 2.7). The shell moves its own descriptors and puts them back: children inherit them.
#include "core/model/programs/shell.h"
#include "core/model/programs/text.h"

namespace cutaway::model::programs {

namespace {

constexpr int first_kept = 10;            // as dash: copies live out of a script's way
constexpr std::size_t most_here = 60000;  // a pipe holds a here-document

}  // namespace

bool Shell::expand_target(Expander& expander, const Redirect& redirect, std::string& target) {
    const bool here = redirect.kind == RedirectKind::here;
    if (here && redirect.quoted) {
        target = redirect.word;
        return true;
    }
    if (here ? expander.here(redirect.word, target) : expander.single(redirect.word, target)) {
        target += redirect.kind == RedirectKind::here_string ? "\n" : "";
        return true;
    }
    if (expander.needed) {
        (void)push_collect(expander.needs, true);
        return false;
    }
    return expansion_failed(expander.error);
}

Result<int> Shell::open_target(const Redirect& redirect, const std::string& target) {
    OpenFlags flags;
    switch (redirect.kind) {
        case RedirectKind::in: break;
        case RedirectKind::read_write:
            flags.write = true;
            flags.create = true;
            break;
        default:
            flags.read = false;
            flags.write = true;
            flags.create = true;
            flags.append =
                redirect.kind == RedirectKind::append || (redirect.kind == RedirectKind::both && redirect.quoted);
            flags.truncate = !flags.append;
            break;
    }
    return sys_->open(target, flags, 0666);
}

void Shell::keep_copy(int fd) {
    for (const auto& [was, copy] : top().redirected) {
        if (was == fd) {
            return;
        }
    }
    int copy = -1;
    if (state_.open.contains(fd)) {
        int as = first_kept;
        while (state_.kept.contains(as) || state_.open.contains(as)) {
            ++as;
        }
        Result<int> made = sys_->duplicate(fd, as);
        if (made) {
            copy = *made;
            state_.kept.insert(copy);
        }
    }
    top().redirected.emplace_back(fd, copy);
}

void Shell::put_back(Frame& frame) {
    for (auto saved = frame.redirected.rbegin(); saved != frame.redirected.rend(); ++saved) {
        const auto [fd, copy] = *saved;
        if (copy >= 0) {
            (void)sys_->duplicate(copy, fd);
            (void)sys_->close(copy);
            state_.kept.erase(copy);
            state_.open.insert(fd);
        } else {
            (void)sys_->close(fd);
            state_.open.erase(fd);
        }
    }
    frame.redirected.clear();
}

bool Shell::place(int opened, int fd) {
    if (opened != fd) {
        Result<int> moved = sys_->duplicate(opened, fd);
        (void)sys_->close(opened);
        if (!moved) {
            complain(std::to_string(fd) + ": " + errno_text(moved.error()));
            return false;
        }
    }
    state_.open.insert(fd);
    return true;
}

bool Shell::redirect_one(const Redirect& redirect, const std::string& target, bool keep) {
    if (keep) {
        keep_copy(redirect.fd);
    }
    if (redirect.kind == RedirectKind::here || redirect.kind == RedirectKind::here_string) {
        Result<std::pair<int, int>> ends = sys_->pipe();
        if (!ends || target.size() > most_here) {
            complain("here-document of this size: not modelled");
            return false;
        }
        (void)sys_->write(ends->second, target);
        (void)sys_->close(ends->second);
        return place(ends->first, redirect.fd);
    }
    if (redirect.kind == RedirectKind::dup_in || redirect.kind == RedirectKind::dup_out) {
        if (target == "-") {
            (void)sys_->close(redirect.fd);
            state_.open.erase(redirect.fd);
            return true;
        }
        const auto from = to_number(target);
        Result<int> made = from ? sys_->duplicate(static_cast<int>(*from), redirect.fd)
                                : Result<int>(fail(Errc::invalid, "not a number"));
        if (!made) {
            complain(target + ": " + (from ? "Bad file descriptor" : "ambiguous redirect: not modelled"));
            return false;
        }
        state_.open.insert(redirect.fd);
        return true;
    }
    Result<int> opened = open_target(redirect, target);
    if (!opened) {
        const std::string why = errno_text(opened.error());
        const bool reads = redirect.kind == RedirectKind::in;
        const bool short_text = why == "No such file or directory";
        const std::string tail = short_text ? (reads ? "No such file" : "Directory nonexistent") : why;
        switch (state_.flavour) {
            case Flavour::bash: complain(target + ": " + why); break;
            case Flavour::dash: complain((reads ? "cannot open " : "cannot create ") + target + ": " + tail); break;
            case Flavour::ash:
                complain((reads ? "can't open " : "can't create ") + target + ": " +
                         (short_text ? (reads ? "no such file" : "nonexistent directory") : why));
                break;
        }
        return false;
    }
    if (!place(*opened, redirect.fd)) {
        return false;
    }
    if (redirect.kind == RedirectKind::both) {
        if (keep) {
            keep_copy(2);
        }
        (void)sys_->duplicate(redirect.fd, 2);
        state_.open.insert(2);
    }
    return true;
}

// Applies all of a command's redirections; on failure the command ends with 1 (2 in dash). False: the turn is over.
bool Shell::redirect(const Node& node, bool keep) {
    Expander expander(*sys_, state_, top().redirect_results);
    Words targets(node.redirects.size());
    for (std::size_t i = 0; i < targets.size(); ++i) {
        if (!expand_target(expander, node.redirects[i], targets[i])) {
            return false;
        }
    }
    for (std::size_t i = 0; i < targets.size(); ++i) {
        if (redirect_one(node.redirects[i], targets[i], keep)) {
            continue;
        }
        if (keep) {
            finish(state_.flavour == Flavour::dash ? 2 : 1);
        } else {
            leave(2);
        }
        return false;
    }
    return true;
}

}  // namespace cutaway::model::programs
