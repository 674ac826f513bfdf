// SPDX-License-Identifier: Apache-2.0
// kill -9 at any point of a command: whoever comes next finds what was promised, every verb works, and nothing that
// was half made is left. A child process performs the command and is gone at its n-th question to the gate, either with
// the machine as it stood there already kept (as the stepper does while a person looks) or with nothing kept.
#include <sys/wait.h>
#include <unistd.h>

#include <filesystem>

#include "tests/cli/terminal.h"

namespace cutaway::cli {
namespace {

enum class Kept { no, yes };

class Killer final : public trace::Gate {
public:
    Killer(Stage& stage, int at, Kept kept) : stage_(stage), at_(at), kept_(kept) {}
    Status before(const trace::Event&) override {
        if (asked_++ == at_) {
            if (kept_ == Kept::yes) {
                stage_.park();
            }
            ::_exit(9);
        }
        return {};
    }

private:
    Stage& stage_;
    int at_;
    Kept kept_;
    int asked_ = 0;
};

// True: the command was killed there; false: it came to its end before.
bool kill_at(const std::string& root, const std::string& command, int at, Kept kept) {
    const pid_t child = ::fork();
    if (child == 0) {
        Terminal terminal(root);
        Result<std::unique_ptr<Stage>> stage = Stage::open(terminal.line());
        if (!stage) {
            ::_exit(2);
        }
        Killer killer(**stage, at, kept);
        (*stage)->recorder().set_gate(&killer);
        MemoryConsole console;
        ::_exit((*stage)->perform(words_of(command), console) == 0 ? 0 : 1);
    }
    int status = 0;
    ::waitpid(child, &status, 0);
    EXPECT_TRUE(WIFEXITED(status) && (WEXITSTATUS(status) == 9 || WEXITSTATUS(status) == 0)) << command << " " << at;
    return WIFEXITED(status) && WEXITSTATUS(status) == 9;
}

// What a command leaves on the host; two machines are compared by it.
// The folder of a container that was killed before its record was written, or after it was removed, may stay: nothing
// refers to it, so it is not counted here.
std::string leftovers(Terminal& terminal) {
    const Answer answer =
        terminal.perform({"sh", "-c", "grep overlay /proc/mounts; ls /sys/fs/cgroup/cutaway; ps -ef | grep -c shim"});
    return answer.out;
}

struct Scene {
    std::string name;
    std::vector<std::string> before;
    std::string command;
    std::vector<std::string> promised;  // image names and containers that must be there, whatever happened
};

class Crash : public testing::TestWithParam<Scene> {};

void copy(const std::string& from, const std::string& to) {
    std::filesystem::copy(from, to,
                          std::filesystem::copy_options::recursive | std::filesystem::copy_options::overwrite_existing);
}

void expect_whole(const std::string& root, const std::vector<std::string>& promised, const std::string& clean,
                  const std::string& where) {
    Terminal terminal(root);
    const auto ok = [&](const std::string& command) {
        const Answer answer = terminal.type(command);
        EXPECT_EQ(answer.status, 0) << where << ": " << command << ": " << answer.err;
        return answer.out;
    };
    const std::string seen =
        ok("ps -a --format '{{.Names}} {{.State}}'") + ok("images --format '{{.Repository}}:{{.Tag}}'");
    for (const std::string& one : promised) {
        EXPECT_NE(seen.find(one), std::string::npos) << where << ": lost " << one << " of\n" << seen;
    }
    ok("rm -f web");
    ok("run -d -p 8080:80 --name web nginx");
    EXPECT_NE(ok("sh -c 'curl -s localhost:8080'").find("nginx"), std::string::npos) << where;
    ok("exec web true");
    ok("stop web");
    ok("rm web");
    EXPECT_EQ(leftovers(terminal), clean) << where;
}

TEST_P(Crash, leaves_a_machine_on_which_everything_works) {
    const Scene& scene = GetParam();
    Terminal base;
    std::string clean;
    {
        Terminal other;
        for (const char* command : {"run -d -p 8080:80 --name web nginx", "stop web", "rm web"}) {
            ASSERT_EQ(other.type(command).status, 0);
        }
        clean = leftovers(other);
    }
    for (const std::string& command : scene.before) {
        ASSERT_EQ(base.type(command).status, 0) << command;
    }
    for (const Kept kept : {Kept::yes, Kept::no}) {
        const int stride = kept == Kept::yes ? 5 : 40;
        for (int at = 0;; at += stride) {
            const TemporaryDirectory directory;
            copy(base.root(), directory.path());
            const bool killed = kill_at(directory.path(), scene.command, at, kept);
            expect_whole(directory.path(), scene.promised, clean,
                         scene.command + " killed at " + std::to_string(at) + (kept == Kept::yes ? ", kept" : ""));
            if (!killed || HasFailure()) {
                break;
            }
        }
    }
}

const Scene scenes[] = {
    {"run", {"pull -q nginx"}, "run -d -p 8080:80 --name web nginx", {"nginx:latest"}},
    {"stop", {"run -d -p 8080:80 --name web nginx"}, "stop web", {"nginx:latest", "web "}},
    {"rm", {"run -d --name web nginx"}, "rm -f web", {"nginx:latest"}},
    {"pull", {"pull -q alpine"}, "pull nginx", {"alpine:latest"}},
};

INSTANTIATE_TEST_SUITE_P(Verbs, Crash, testing::ValuesIn(scenes), [](const auto& scene) { return scene.param.name; });

}  // namespace
}  // namespace cutaway::cli
