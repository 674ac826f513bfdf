// SPDX-License-Identifier: Apache-2.0
// A terminal for the container's program. The pair is made inside, in the container's own devpts, so that no name or
// descriptor of the host's gets in (CVE-2019-14271 and its kin); only the end that nobody inside holds comes out.
#include <fcntl.h>
#include <linux/magic.h>
#include <sys/ioctl.h>
#include <sys/mount.h>
#include <sys/stat.h>
#include <sys/vfs.h>
#include <unistd.h>

#include <cerrno>

#include "core/host/kernel_calls.h"
#include "core/host/packet_socket.h"

namespace cutaway::host {

namespace {

constexpr const char* ptmx = "/dev/pts/ptmx";

// An image cannot put a mount there, but what is opened is looked at all the same.
Result<Fd> open_pair(Ledger& ledger) {
    int fd = -1;
    TRY(ledger.must("openat", "AT_FDCWD, " + quoted(ptmx) + ", O_RDWR|O_NOCTTY|O_CLOEXEC", ptmx,
                    [&] { return fd = ::open(ptmx, O_RDWR | O_NOCTTY | O_CLOEXEC | O_NOFOLLOW); }));
    Fd pair(fd);
    struct statfs seen {};
    if (::fstatfs(pair.get(), &seen) < 0 || seen.f_type != DEVPTS_SUPER_MAGIC) {
        return fail(Errc::denied, std::string("open a terminal: ") + ptmx + " is no devpts");
    }
    int locked = 0;
    TRY(ledger.must("ioctl", std::to_string(fd) + ", TIOCSPTLCK, [0]", ptmx,
                    [&] { return ::ioctl(fd, TIOCSPTLCK, &locked); }));
    return pair;
}

// By the descriptor, not by its name: the name could lead elsewhere by now (ioctl_tty(2)).
Result<Fd> open_peer(Ledger& ledger, int pair) {
    int fd = -1;
    TRY(ledger.must("ioctl", std::to_string(pair) + ", TIOCGPTPEER, O_RDWR|O_NOCTTY|O_CLOEXEC", ptmx,
                    [&] { return fd = ::ioctl(pair, TIOCGPTPEER, O_RDWR | O_NOCTTY | O_CLOEXEC); }));
    return Fd(fd);
}

Status bind_console(Ledger& ledger, int pair) {
    unsigned number = 0;
    if (::ioctl(pair, TIOCGPTN, &number) < 0) {
        return sys_error(errno, "ioctl TIOCGPTN");
    }
    const std::string name = "/dev/pts/" + std::to_string(number);
    const Fd place(::open("/dev/console", O_CREAT | O_EXCL | O_WRONLY | O_CLOEXEC | O_NOFOLLOW, 0600));
    if (!place.open()) {
        return sys_error(errno, "make /dev/console");
    }
    return ledger.must("mount", quoted(name) + ", \"/dev/console\", NULL, MS_BIND, NULL", "/dev/console",
                       [&] { return ::mount(name.c_str(), "/dev/console", nullptr, MS_BIND, nullptr); });
}

Status become_session(Ledger& ledger, int peer) {
    TRY(ledger.must("setsid", "", "", [] { return ::setsid(); }));
    TRY(ledger.must("ioctl", std::to_string(peer) + ", TIOCSCTTY, 0", "TIOCSCTTY",
                    [&] { return ::ioctl(peer, TIOCSCTTY, 0); }));
    for (const int standard : {0, 1, 2}) {
        TRY(ledger.must("dup2", std::to_string(peer) + ", " + std::to_string(standard), std::to_string(standard),
                        [&] { return ::dup2(peer, standard); }));
    }
    return {};
}

}  // namespace

Done perform(Acting& acting, const world::OpenTerminal& call) {
    if (!acting.terminal.open()) {
        return fail(Errc::unsupported, "open a terminal: only a container's init is waited for with one");
    }
    const Fd pair = TRY(open_pair(acting.ledger));
    const Fd peer = TRY(open_peer(acting.ledger, pair.get()));
    TRY(acting.ledger.must("fchown", std::to_string(peer.get()) + ", " + std::to_string(call.uid) + ", -1", "terminal",
                           [&] { return ::fchown(peer.get(), call.uid, static_cast<gid_t>(-1)); }));
    if (call.console) {
        TRY(bind_console(acting.ledger, pair.get()));
    }
    TRY(become_session(acting.ledger, peer.get()));
    TRY(send_descriptor(acting.terminal.get(), pair.get()));
    acting.terminal.reset();
    return world::Reply{};
}

}  // namespace cutaway::host
