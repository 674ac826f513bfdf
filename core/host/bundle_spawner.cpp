// SPDX-License-Identifier: Apache-2.0
#include "core/host/bundle_spawner.h"

#include "core/host/channel.h"
#include "core/host/packet_socket.h"
#include "core/host/syscall.h"

namespace cutaway::host {

Result<std::unique_ptr<world::Channel>> BundleSpawner::start_shim(std::string_view) {
    SocketPair pair = TRY(make_socket_pair());
    ShimStart how;
    how.program = TRY(program_.sealed());
    how.argv = {"cutaway-init", "bundle", std::to_string(handed_.preserved)};
    how.keeps_standard = true;
    how.first = 3 + handed_.preserved;
    how.more = {handed_.terminal.get(), handed_.door.get()};
    const std::int64_t pid = TRY(start_shim_process(how, pair.theirs));
    shim_ = Fd(TRY(open_pidfd(pid)));  // it waits for its Begin, so it is there
    handed_.terminal.reset();
    handed_.door.reset();
    return std::unique_ptr<world::Channel>(std::make_unique<HostChannel>(std::move(pair.ours), cancel_));
}

Result<std::unique_ptr<world::Channel>> BundleSpawner::connect(std::string_view) {
    return fail(Errc::unsupported, "a bundle's shim has ended when its process runs");
}

Status BundleSpawner::await_shim() {
    TRY(wait_readable(shim_.get(), -1));
    return {};
}

}  // namespace cutaway::host
