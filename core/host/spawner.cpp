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

namespace {

// Clear of the numbers that the new process expects: a descriptor that is already there would be overwritten.
Result<Fd> lifted(int fd, int above = 10) {
    const int high = ::fcntl(fd, F_DUPFD_CLOEXEC, above);
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
        const Fd sealed = TRY(seal_program(path_));
        fd_ = TRY(lifted(sealed.get()));
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
    }
    ~Recipe() {
        ::posix_spawn_file_actions_destroy(&actions_);
        ::posix_spawnattr_destroy(&attributes_);
    }
    Recipe(const Recipe&) = delete;
    Recipe& operator=(const Recipe&) = delete;

    void silence() {
        for (const int standard : {0, 1, 2}) {
            ::posix_spawn_file_actions_addopen(&actions_, standard, "/dev/null", O_RDWR, 0);
        }
    }
    void place(int from, int to) { ::posix_spawn_file_actions_adddup2(&actions_, from, to); }
    void leave_empty(int at) { ::posix_spawn_file_actions_addclose(&actions_, at); }

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

}  // namespace

// The first process forks the shim, says its pid and ends; it is our child and is collected here.
Result<std::int64_t> start_shim_process(const ShimStart& start, const Fd& socket) {
    Pipe pipe = TRY(make_pipe());
    const int clear = start.first + 2 + static_cast<int>(start.more.size());
    std::vector<Fd> high;
    high.push_back(TRY(lifted(socket.get(), std::max(10, clear))));
    high.push_back(TRY(lifted(pipe.write.get(), std::max(10, clear))));
    const Fd program = TRY(lifted(start.program, std::max(10, clear)));
    for (const int fd : start.more) {
        high.push_back(fd < 0 ? Fd() : TRY(lifted(fd, std::max(10, clear))));
    }
    Recipe recipe;
    if (!start.keeps_standard) {
        recipe.silence();
    }
    for (std::size_t at = 0; at < high.size(); ++at) {
        const int number = start.first + static_cast<int>(at);
        high[at].open() ? recipe.place(high[at].get(), number) : recipe.leave_empty(number);
    }
    const pid_t first = TRY(recipe.run(fd_path(program.get()), start.argv));
    pipe.write.reset();
    // The shim closes its copy at once; the pipe's other end is ours, so the end is not waited for: the first process's is.
    while (::waitpid(first, nullptr, 0) < 0 && errno == EINTR) {
    }
    std::array<char, 16> text{};
    if (!TRY(wait_readable(pipe.read.get(), 0))) {
        return fail(Errc::io, "start cutaway-init: it ended without a shim");
    }
    const std::size_t size = TRY(read_some(pipe.read.get(), text));
    return std::strtoll(std::string(text.data(), size).c_str(), nullptr, 10);
}

Result<std::unique_ptr<world::Channel>> HostSpawner::start_shim(std::string_view container) {
    const int program = TRY(program_.sealed());
    SocketPair pair = TRY(make_socket_pair());
    ShimStart how;
    how.program = program;
    how.argv = {"cutaway-init", "shim", std::string(container)};
    const std::int64_t pid = TRY(start_shim_process(how, pair.theirs));
    watched_.add({std::string(container.substr(0, container.find('/'))), pid});
    return std::unique_ptr<world::Channel>(std::make_unique<HostChannel>(std::move(pair.ours), cancel_));
}

Result<std::unique_ptr<world::Channel>> HostSpawner::connect(std::string_view container) {
    Fd socket = TRY(connect_to_shim(run_root_ + "/containers/" + std::string(container)));
    return std::unique_ptr<world::Channel>(std::make_unique<HostChannel>(std::move(socket), cancel_));
}

}  // namespace cutaway::host
