// SPDX-License-Identifier: Apache-2.0
// The built program in the real world, from the outside: what a person at a terminal and a second one beside it see.
#include <signal.h>
#include <spawn.h>
#include <sys/wait.h>
#include <unistd.h>

#include <array>
#include <filesystem>
#include <fstream>
#include <iterator>

#include "core/host/syscall.h"
#include "tests/host/machine.h"

namespace cutaway::host {
namespace {

using Words = std::vector<std::string>;

struct Answer {
    int status = -1;
    std::string out;  // and what was said on standard error
};

// `cutaway --world real --root FOLDER …`, with a pipe for what is typed and one for what is said.
class Running {
public:
    Running(const TempFolder& root, const Words& words) {
        Pipe typed = make_pipe().value_or(Pipe{});
        Pipe said = make_pipe().value_or(Pipe{});
        Words all{CUTAWAY_PROGRAM, "--world", "real", "--root", root.path()};
        all.insert(all.end(), words.begin(), words.end());
        std::vector<char*> argv;
        for (std::string& word : all) {
            argv.push_back(word.data());
        }
        argv.push_back(nullptr);
        posix_spawn_file_actions_t actions;
        ::posix_spawn_file_actions_init(&actions);
        ::posix_spawn_file_actions_adddup2(&actions, typed.read.get(), 0);
        ::posix_spawn_file_actions_adddup2(&actions, said.write.get(), 1);
        ::posix_spawn_file_actions_adddup2(&actions, said.write.get(), 2);
        EXPECT_EQ(::posix_spawn(&pid_, CUTAWAY_PROGRAM, &actions, nullptr, argv.data(), environ), 0);
        ::posix_spawn_file_actions_destroy(&actions);
        typed_ = std::move(typed.write);
        said_ = std::move(said.read);
    }
    Running(const Running&) = delete;
    Running& operator=(const Running&) = delete;
    ~Running() {
        kill_it();
        if (pid_ > 0) {
            ::waitpid(pid_, nullptr, 0);
        }
    }
    void type(const std::string& line) { EXPECT_TRUE(write_all(typed_.get(), line)); }
    bool says(const std::string& part) {
        return eventually(
            [&] {
                read_more();
                return text_.find(part) != std::string::npos;
            },
            10000);
    }
    void kill_it() const {
        if (pid_ > 0) {
            ::kill(pid_, SIGKILL);
        }
    }
    Answer finish() {
        typed_.reset();
        int status = 0;
        const bool ended = eventually(
            [&] {
                read_more();
                return ::waitpid(pid_, &status, WNOHANG) == pid_;
            },
            20000);
        if (!ended) {
            return {-1, text_ + "\n(it did not end)"};
        }
        pid_ = -1;
        read_more();
        return {WIFEXITED(status) ? WEXITSTATUS(status) : 128 + WTERMSIG(status), text_};
    }

private:
    void read_more() {
        std::array<char, 4096> piece{};
        while (wait_readable(said_.get(), 0).value_or(false)) {
            const std::size_t got = read_some(said_.get(), piece).value_or(0);
            if (got == 0) {
                return;
            }
            text_.append(piece.data(), got);
        }
    }
    pid_t pid_ = -1;
    Fd typed_;
    Fd said_;
    std::string text_;
};

Answer cutaway(const TempFolder& root, const Words& words) { return Running(root, words).finish(); }

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

// Nothing of it anywhere: no mount, cgroup or process, no folder of a container.
void expect_nothing_left(const TempFolder& root, const std::string& id) {
    EXPECT_TRUE(eventually([&] { return traces_of(id).empty() && traces_of(root.path()).empty(); }, 5000));
    EXPECT_EQ(traces_of(id), Words{});
    EXPECT_EQ(traces_of(root.path()), Words{});
    std::error_code error;
    EXPECT_FALSE(std::filesystem::exists(root.path("run/containers/" + id), error));
}

TEST(RealRun, TheExitStatusIsTheProgramsOrDockers) {
    CUTAWAY_NEEDS_ROOT();
    const TempFolder root;
    struct Case {
        Words words;
        int status;
        std::string says;
    };
    const Words run{"run", "--rm", "--network", "none"};
    const auto with = [&](const Words& more) {
        Words words = run;
        words.insert(words.end(), more.begin(), more.end());
        return words;
    };
    for (const Case& one : {Case{{"run", "--rm", "lab/hello"}, 0, "WARNING: no address translation here"},
                            Case{with({"lab/hello"}), 0, "hello from inside a container\n"},
                            Case{with({"lab/hello", "/hello", "exit", "42"}), 42, ""},
                            Case{with({"lab/hello", "/absent"}), 127, "no such file or directory"},
                            Case{with({"lab/hello", "/etc"}), 126, "permission denied"},
                            Case{with({"-t", "lab/hello"}), 125, "leave out -t"},
                            Case{with({"-p", "80:80", "lab/hello"}), 125, "leave out -p"},
                            Case{with({"-m", "8m", "lab/hello", "/hello", "eat"}), 137, ""},
                            Case{{"run", "--rm", "--network", "bridge", "lab/hello"}, 125, "use --network none"}}) {
        const Answer answer = cutaway(root, one.words);
        EXPECT_EQ(answer.status, one.status) << answer.out;
        EXPECT_TRUE(has(answer.out, one.says)) << answer.out;
    }
    EXPECT_EQ(containers_in(root), Words{});
    EXPECT_TRUE(eventually([&] { return traces_of(root.path()).empty(); }));
}

// The init of a start that stands at a gate: the process that sees the container's tree mounted.
std::string init_at_the_gate(const TempFolder& root) {
    std::error_code error;
    for (const auto& entry : std::filesystem::directory_iterator("/proc", error)) {
        const std::string mounts = text_of(entry.path() / "mountinfo");
        if (has(mounts, root.path()) && has(mounts, "/merged/proc ")) {
            return entry.path().filename();
        }
    }
    return {};
}

std::string link_of(const std::string& path) {
    std::error_code error;
    return std::filesystem::read_symlink(path, error).string();
}

TEST(RealRun, AtAGateASecondTerminalSeesTheHalfMadeContainerAndGivingUpLeavesNothing) {
    CUTAWAY_NEEDS_ROOT();
    const TempFolder root;
    Running running(root, {"--break", "call:pivot_root", "run", "--rm", "--network", "none", "lab/hello"});
    ASSERT_TRUE(running.says("Next: pivot_root"));
    ASSERT_EQ(containers_in(root).size(), 1U);
    const std::string id = containers_in(root).front();
    const std::string pid = init_at_the_gate(root);
    ASSERT_FALSE(pid.empty());
    const std::string proc = "/proc/" + pid;
    for (const char* space : {"mnt", "pid", "net", "ipc", "uts"}) {
        EXPECT_NE(link_of(proc + "/ns/" + space), link_of("/proc/self/ns/" + std::string(space))) << space;
    }
    EXPECT_TRUE(has(text_of(proc + "/cgroup"), "/cutaway/" + id));
    EXPECT_TRUE(has(text_of(proc + "/status"), "\nNSpid:\t" + pid + "\t1\n"));
    EXPECT_EQ(link_of(proc + "/root"), "/") << "the host's tree is still its root";
    EXPECT_TRUE(has(text_of(proc + "/mountinfo"), "/merged/dev/pts "));
    EXPECT_TRUE(has(link_of(proc + "/exe"), "memfd:cutaway-init")) << "it is not the container's program yet";
    running.type("quit\n");
    const Answer answer = running.finish();
    EXPECT_EQ(answer.status, 125) << answer.out;
    expect_nothing_left(root, id);
    EXPECT_EQ(containers_in(root), Words{});
}

TEST(RealRun, WhenTheCommandIsKilledAtAGateTheNextOneFindsATidyMachine) {
    CUTAWAY_NEEDS_ROOT();
    const TempFolder root;
    Running running(root, {"--break", "call:execve", "run", "--name", "victim", "--network", "none", "lab/hello"});
    ASSERT_TRUE(running.says("Next: execve"));
    const std::string id = containers_in(root).front();
    EXPECT_NE(traces_of(id), Words{});
    running.kill_it();
    EXPECT_TRUE(eventually([&] { return traces_of(id).empty(); }, 5000));
    EXPECT_EQ(traces_of(id), Words{});
    EXPECT_TRUE(has(cutaway(root, {"ps", "-a"}).out, "victim"));
    EXPECT_EQ(cutaway(root, {"rm", "victim"}).status, 0);
    expect_nothing_left(root, id);
}

TEST(RealRun, OneThatRunsIsReachedByLaterCommands) {
    CUTAWAY_NEEDS_ROOT();
    const TempFolder root;
    ASSERT_EQ(cutaway(root, {"run", "-d", "--name", "long", "--network", "none", "lab/hello", "/hello", "sleep", "60"})
                  .status,
              0);
    ASSERT_EQ(containers_in(root).size(), 1U);
    const std::string id = containers_in(root).front();
    EXPECT_TRUE(has(cutaway(root, {"ps"}).out, "Up "));
    const Answer probe = cutaway(root, {"exec", "long", "/hello", "probe"});
    EXPECT_EQ(probe.status, 0) << probe.out;
    EXPECT_TRUE(has(probe.out, "\"hostname\":\"" + id.substr(0, 12) + "\"")) << probe.out;
    EXPECT_FALSE(has(probe.out, "memfd:") || has(probe.out, "socket:") || has(probe.out, "pidfd")) << probe.out;
    EXPECT_EQ(cutaway(root, {"exec", "long", "/hello", "exit", "7"}).status, 7);
    EXPECT_EQ(cutaway(root, {"kill", "long"}).status, 0);
    EXPECT_TRUE(eventually([&] { return has(cutaway(root, {"ps", "-a"}).out, "Exited (137)"); }));
    EXPECT_EQ(cutaway(root, {"rm", "long"}).status, 0);
    expect_nothing_left(root, id);
}

}  // namespace
}  // namespace cutaway::host
