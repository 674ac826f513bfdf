// SPDX-License-Identifier: Apache-2.0
#include "tests/host/program.h"

#include <fcntl.h>
#include <net/if.h>
#include <pty.h>
#include <sched.h>
#include <signal.h>
#include <spawn.h>
#include <sys/ioctl.h>
#include <sys/wait.h>
#include <unistd.h>

#include <algorithm>
#include <array>
#include <filesystem>
#include <fstream>
#include <iterator>

#include "core/host/kernel.h"
#include "core/host/syscall.h"
#include "tests/host/real_network.h"

namespace cutaway::host {

Process::Process(Words words, Stdio stdio) {
    std::vector<char*> argv;
    for (std::string& word : words) {
        argv.push_back(word.data());
    }
    argv.push_back(nullptr);
    stdio == Stdio::terminal ? start_at_terminal(argv) : start_with_pipes(argv);
}

void Process::start_with_pipes(const std::vector<char*>& argv) {
    Pipe typed = make_pipe().value_or(Pipe{});
    Pipe said = make_pipe().value_or(Pipe{});
    posix_spawn_file_actions_t actions;
    ::posix_spawn_file_actions_init(&actions);
    ::posix_spawn_file_actions_adddup2(&actions, typed.read.get(), 0);
    ::posix_spawn_file_actions_adddup2(&actions, said.write.get(), 1);
    ::posix_spawn_file_actions_adddup2(&actions, said.write.get(), 2);
    EXPECT_EQ(::posix_spawn(&pid_, argv.front(), &actions, nullptr, argv.data(), environ), 0);
    ::posix_spawn_file_actions_destroy(&actions);
    typed_ = std::move(typed.write);
    said_ = std::move(said.read);
}

void Process::start_at_terminal(const std::vector<char*>& argv) {
    int master = -1;
    const winsize size{30, 100, 0, 0};
    pid_ = ::forkpty(&master, nullptr, nullptr, &size);
    if (pid_ == 0) {
        ::execv(argv.front(), argv.data());
        ::_exit(127);
    }
    typed_ = Fd(master);
    said_ = Fd(::fcntl(master, F_DUPFD_CLOEXEC, 0));
}

void Process::resize(unsigned columns, unsigned rows) const {
    const winsize size{static_cast<std::uint16_t>(rows), static_cast<std::uint16_t>(columns), 0, 0};
    EXPECT_EQ(::ioctl(typed_.get(), TIOCSWINSZ, &size), 0);
}

Process::~Process() {
    kill_it();
    if (pid_ > 0) {
        ::waitpid(pid_, nullptr, 0);
    }
}

void Process::type(const std::string& line) { EXPECT_TRUE(write_all(typed_.get(), line)); }

bool Process::says(const std::string& part) {
    return eventually(
        [&] {
            read_more();
            return text_.find(part) != std::string::npos;
        },
        60000);
}

void Process::kill_it() const {
    if (pid_ > 0) {
        ::kill(pid_, SIGKILL);
    }
}

Answer Process::finish() {
    typed_.reset();
    int status = 0;
    const bool ended = eventually(
        [&] {
            read_more();
            return ::waitpid(pid_, &status, WNOHANG) == pid_;
        },
        120000);
    if (!ended) {
        return {-1, text_ + "\n(it did not end)"};
    }
    pid_ = -1;
    read_more();
    return {WIFEXITED(status) ? WEXITSTATUS(status) : 128 + WTERMSIG(status), text_};
}

void Process::read_more() {
    std::array<char, 4096> piece{};
    while (wait_readable(said_.get(), 0).value_or(false)) {
        const std::size_t got = read_some(said_.get(), piece).value_or(0);
        if (got == 0) {
            return;
        }
        text_.append(piece.data(), got);
    }
}

Words real_words(const TempFolder& root, const Words& words) {
    Words all{CUTAWAY_PROGRAM, "--world", "real", "--root", root.path()};
    all.insert(all.end(), words.begin(), words.end());
    return all;
}

Answer cutaway(const TempFolder& root, const Words& words) { return Process(real_words(root, words)).finish(); }

Answer hello(const Words& words) {
    Words all{CUTAWAY_HELLO_PROGRAM};
    all.insert(all.end(), words.begin(), words.end());
    return Process(all).finish();
}

bool has(const std::string& text, const std::string& part) { return text.find(part) != std::string::npos; }

std::string text_of(const std::string& path) {
    std::ifstream file(path, std::ios::binary);
    return {std::istreambuf_iterator<char>(file), std::istreambuf_iterator<char>()};
}

Words containers_in(const TempFolder& root) {
    Words found;
    std::error_code error;
    for (const auto& entry : std::filesystem::directory_iterator(root.path("containers"), error)) {
        found.push_back(entry.path().filename());
    }
    return found;
}

void expect_nothing_left(const TempFolder& root, const std::string& id) {
    EXPECT_TRUE(eventually([&] { return traces_of(id).empty() && traces_of(root.path()).empty(); }));
    EXPECT_EQ(traces_of(id), Words{});
    EXPECT_EQ(traces_of(root.path()), Words{});
    std::error_code error;
    EXPECT_FALSE(std::filesystem::exists(root.path("run/containers/" + id), error));
}

// --- networks -------------------------------------------------------------------------------------------------------

namespace {

Fd network_of_this_thread() { return open_file("/proc/thread-self/ns/net", O_RDONLY | O_CLOEXEC).value_or(Fd()); }

void make(const world::Call& call) {
    const Result<world::Reply> made = HostKernel().perform(call);
    EXPECT_TRUE(made) << kind_of(call) << ": " << (made ? "" : made.error().doing);
}

void enter(const Fd& network) { EXPECT_EQ(::setns(network.get(), CLONE_NEWNET), 0); }

}  // namespace

OwnNetwork::OwnNetwork() : before_(network_of_this_thread()) {
    EXPECT_EQ(::unshare(CLONE_NEWNET), 0);
    make(world::RaiseLink{"lo"});
}

OwnNetwork::~OwnNetwork() { enter(before_); }

Town::Town() : here_(network_of_this_thread()) {
    EXPECT_EQ(::unshare(CLONE_NEWNET), 0);
    there_ = network_of_this_thread();
    server_ = std::make_unique<Process>(Words{CUTAWAY_HELLO_PROGRAM, "serve", "9000"});
    enter(here_);
    make(world::MakeVeth{"cable0", "cable1"});
    make(world::AddAddress{"cable0", "10.55.0.1/24"});
    make(world::RaiseLink{"cable0"});
    make(world::MoveLink{"cable1", server_->pid(), "eth0"});
    outside([] {
        make(world::RaiseLink{"lo"});
        make(world::AddAddress{"eth0", "10.55.0.2/24"});
        make(world::RaiseLink{"eth0"});
    });
    EXPECT_TRUE(server_->says("listening"));
}

void Town::outside(const std::function<void()>& what) {
    enter(there_);
    what();
    enter(here_);
}

Answer Town::fetch(const std::string& address, const std::string& port) { return hello({"fetch", address, port}); }

Answer Town::fetch_from_outside(const std::string& address, const std::string& port) {
    Answer answer;
    outside([&] { answer = hello({"fetch", address, port}); });
    return answer;
}

Words links() {
    Words names;
    if (struct if_nameindex* all = ::if_nameindex()) {
        for (const struct if_nameindex* one = all; one->if_index != 0; ++one) {
            names.emplace_back(one->if_name);
        }
        ::if_freenameindex(all);
    }
    std::sort(names.begin(), names.end());
    return names;
}

// The shim, which is named by the container, and everything in the container's cgroups.
void kill_all_of(const std::string& id) {
    std::error_code error;
    for (const auto& entry : std::filesystem::directory_iterator("/proc", error)) {
        const std::string pid = entry.path().filename();
        const bool process = pid.find_first_not_of("0123456789") == std::string::npos;
        if (process &&
            (has(text_of("/proc/" + pid + "/cmdline"), id) || has(text_of("/proc/" + pid + "/cgroup"), id))) {
            ::kill(std::stoi(pid), SIGKILL);
        }
    }
}

}  // namespace cutaway::host
