// SPDX-License-Identifier: Apache-2.0
#include "core/host/spawner.h"

#include <fcntl.h>
#include <signal.h>
#include <spawn.h>
#include <sys/wait.h>
#include <unistd.h>

#include <algorithm>
#include <array>
#include <cerrno>
#include <cstdlib>

#include "core/host/channel.h"
#include "core/host/error.h"
#include "core/host/packet_socket.h"
#include "core/host/sealed_program.h"
#include "core/host/shim_door.h"
#include "core/host/shim_process.h"
#include "core/host/syscall.h"

namespace cutaway::host {

void ShimList::add(ShimSeen shim) {
    const std::lock_guard<std::mutex> lock(mutex_);
    shims_.push_back(std::move(shim));
}

void ShimList::remove(std::int64_t pid) {
    const std::lock_guard<std::mutex> lock(mutex_);
    shims_.erase(std::remove_if(shims_.begin(), shims_.end(), [pid](const ShimSeen& shim) { return shim.pid == pid; }),
                 shims_.end());
}

std::vector<ShimSeen> ShimList::all() const {
    const std::lock_guard<std::mutex> lock(mutex_);
    return shims_;
}

namespace {

// Clear of the numbers that the new process expects: a descriptor that is already there would be overwritten.
Result<Fd> lifted(const Fd& fd) {
    const int high = ::fcntl(fd.get(), F_DUPFD_CLOEXEC, 10);
    if (high < 0) {
        return sys_error(errno, "duplicate a descriptor");
    }
    return Fd(high);
}

}  // namespace

Result<int> ShimProgram::sealed() {
    const std::lock_guard<std::mutex> lock(mutex_);
    if (!fd_.open()) {
        if (path_.empty()) {
            path_ = TRY(find_program("cutaway-init", "CUTAWAY_INIT"));
        }
        fd_ = TRY(lifted(TRY(seal_program(path_))));
    }
    return fd_.get();
}

namespace {

// Everything the new process needs is decided before it exists: nothing allocates or locks between vfork and exec.
class Recipe {
public:
    Recipe() {
        ::posix_spawn_file_actions_init(&actions_);
        ::posix_spawnattr_init(&attributes_);
        sigset_t all;
        sigset_t none;
        ::sigfillset(&all);
        ::sigemptyset(&none);
        ::posix_spawnattr_setsigdefault(&attributes_, &all);
        ::posix_spawnattr_setsigmask(&attributes_, &none);
        ::posix_spawnattr_setflags(&attributes_, POSIX_SPAWN_SETSIGDEF | POSIX_SPAWN_SETSIGMASK);
        for (const int standard : {0, 1, 2}) {
            ::posix_spawn_file_actions_addopen(&actions_, standard, "/dev/null", O_RDWR, 0);
        }
    }
    ~Recipe() {
        ::posix_spawn_file_actions_destroy(&actions_);
        ::posix_spawnattr_destroy(&attributes_);
    }
    Recipe(const Recipe&) = delete;
    Recipe& operator=(const Recipe&) = delete;

    void place(int from, int to) { ::posix_spawn_file_actions_adddup2(&actions_, from, to); }

    Result<pid_t> run(const std::string& path, const std::vector<std::string>& argv) const {
        std::vector<char*> pointers;
        pointers.reserve(argv.size() + 1);
        for (const std::string& text : argv) {
            pointers.push_back(const_cast<char*>(text.c_str()));  // posix_spawn(3) promises not to write there
        }
        pointers.push_back(nullptr);
        std::array<char*, 1> environment{nullptr};
        pid_t pid = 0;
        const int error =
            ::posix_spawn(&pid, path.c_str(), &actions_, &attributes_, pointers.data(), environment.data());
        if (error != 0) {
            return sys_error(error, "start cutaway-init");
        }
        return pid;
    }

private:
    posix_spawn_file_actions_t actions_{};
    posix_spawnattr_t attributes_{};
};

// The first process forks the shim, says its pid and ends; it is our child and is collected here.
Result<std::int64_t> start(const Fd& socket, int program, std::string_view container) {
    Pipe pipe = TRY(make_pipe());
    const Fd high_socket = TRY(lifted(socket));
    const Fd high_pipe = TRY(lifted(pipe.write));
    Recipe recipe;
    recipe.place(high_socket.get(), shim_socket_fd);
    recipe.place(high_pipe.get(), shim_pid_fd);
    const pid_t first = TRY(recipe.run(fd_path(program), {"cutaway-init", "shim", std::string(container)}));
    pipe.write.reset();
    // The shim closes its copy at once; high_pipe is ours, so the end is not waited for: the first process's is.
    while (::waitpid(first, nullptr, 0) < 0 && errno == EINTR) {
    }
    std::array<char, 16> text{};
    if (!TRY(wait_readable(pipe.read.get(), 0))) {
        return fail(Errc::io, "start cutaway-init: it ended without a shim");
    }
    const std::size_t size = TRY(read_some(pipe.read.get(), text));
    return std::strtoll(std::string(text.data(), size).c_str(), nullptr, 10);
}

}  // namespace

Result<std::unique_ptr<world::Channel>> HostSpawner::start_shim(std::string_view container) {
    const int program = TRY(program_.sealed());
    SocketPair pair = TRY(make_socket_pair());
    const std::int64_t pid = TRY(start(pair.theirs, program, container));
    list_.add({std::string(container), pid});
    return std::unique_ptr<world::Channel>(std::make_unique<HostChannel>(std::move(pair.ours), cancel_));
}

Result<std::unique_ptr<world::Channel>> HostSpawner::connect(std::string_view container) {
    Fd socket = TRY(connect_to_shim(run_root_ + "/containers/" + std::string(container)));
    return std::unique_ptr<world::Channel>(std::make_unique<HostChannel>(std::move(socket), cancel_));
}

}  // namespace cutaway::host
