// SPDX-License-Identifier: Apache-2.0
// kill -9 at any point of a command: whoever comes next finds what was promised, every verb works, and nothing that
// was half made is left. A child process performs the command and is gone at its n-th question to the gate, either with
// the machine as it stood there already kept (as the stepper does while a person looks) or with nothing kept.
#include <sys/wait.h>
#include <unistd.h>

#include <algorithm>
#include <filesystem>

#include "tests/cli/terminal.h"

namespace cutaway::cli {
namespace {

enum class Kept { no, yes };

class Killer final : public trace::Gate {
public:
    Killer(Stage& stage, int at, Kept kept) : stage_(stage), at_(at), kept_(kept) {}
    Status before(const trace::Event& next) override {
        passing(next);
        return {};
    }
    void passing(const trace::Event&) override {
        if (asked_++ == at_) {
            if (kept_ == Kept::yes) {
                stage_.park();
            }
            ::_exit(9);
        }
    }

private:
    Stage& stage_;
    int at_;
    Kept kept_;
    int asked_ = 0;
};

// Performs a command in a process of its own, so that whoever held the machine is gone afterwards; its exit status.
template <class MakeGate>
int in_a_process(const std::string& root, const std::string& command, MakeGate&& make_gate) {
    const pid_t child = ::fork();
    if (child == 0) {
        Terminal terminal(root);
        Result<std::unique_ptr<Stage>> stage = Stage::open(terminal.line());
        if (!stage) {
            ::_exit(2);
        }
        auto gate = make_gate(**stage);
        (*stage)->recorder().set_gate(&gate);
        MemoryConsole console;
        ::_exit((*stage)->perform(words_of(command), console) == 0 ? 0 : 1);
    }
    int status = 0;
    ::waitpid(child, &status, 0);
    return WIFEXITED(status) ? WEXITSTATUS(status) : -1;
}

// True: the command was killed there; false: it came to its end before.
bool kill_at(const std::string& root, const std::string& command, int at, Kept kept) {
    const int status = in_a_process(root, command, [&](Stage& stage) { return Killer(stage, at, kept); });
    EXPECT_TRUE(status == 9 || status == 0) << command << " " << at;
    return status == 9;
}

// What a command leaves on the host; two machines are compared by it.
std::string leftovers(Terminal& terminal) {
    const Answer answer = terminal.perform(
        {"sh", "-c",
         "grep overlay /proc/mounts; ls /sys/fs/cgroup/cutaway | grep -v '[.]'; ps -ef | grep -c shim; "
         "ls /var/lib/cutaway/containers; ls /run/cutaway/containers"});
    return answer.out;
}

struct Scene {
    std::string name;
    std::vector<std::string> before;
    std::string command;
    std::vector<std::string> promised;  // image names and containers that must be there, whatever happened
};

class Crash : public testing::TestWithParam<Scene> {};

// A directory's state at one moment. Snapshots and objects are only ever replaced whole, so a second name for them
// keeps what they were; the journal is appended to and cut, so it is copied.
void freeze(const std::string& from, const std::string& to) {
    namespace fs = std::filesystem;
    fs::create_directories(to);
    for (const fs::directory_entry& entry : fs::recursive_directory_iterator(from)) {
        const fs::path there = fs::path(to) / fs::relative(entry.path(), from);
        if (entry.is_directory()) {
            fs::create_directories(there);
        } else if (entry.path().filename() == "journal.jsonl") {
            fs::copy_file(entry.path(), there);
        } else if (entry.path().filename() != "lock") {
            fs::create_hard_link(entry.path(), there);
        }
    }
}

// Keeps the machine's directory as it stands at every question to the gate: `into`/0, `into`/1, …
class Camera final : public trace::Gate {
public:
    Camera(Stage& stage, std::string root, std::string into)
        : stage_(stage), root_(std::move(root)), into_(std::move(into)) {}
    Status before(const trace::Event& next) override {
        passing(next);
        return {};
    }
    void passing(const trace::Event&) override {
        stage_.park();
        freeze(root_, into_ + "/" + std::to_string(taken_++));
        stage_.unpark();
    }

private:
    Stage& stage_;
    std::string root_;
    std::string into_;
    int taken_ = 0;
};

// To the command's end.
void film(const std::string& root, const std::string& into, const std::string& command) {
    EXPECT_EQ(in_a_process(root, command, [&](Stage& stage) { return Camera(stage, root, into); }), 0) << command;
}

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
        const int stride = kept == Kept::yes ? 16 : 80;
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

// Every single question to the gate, with fewer looks at each: nothing half done can be seen, what is there can be
// removed, and the next container leaves the disk as clean as on a machine where nobody was killed.
//
// A kill -9 in the model's process can leave on the real disk the last commit whole (machine.bin is replaced by rename),
// a journal that is longer than that commit says (cut at the next opening), objects that no snapshot names yet, and one
// "….new" of the file that was being written. A command commits where it parks and at its end, and never in between: so
// the directories photographed here, with the process behind them dead, are all the kept states that a kill can leave
// of this command, whichever instruction it hits. KeptMachine.killed_inside_a_commit has the other remains.
std::string tidied(Terminal& terminal, const std::string& image, const std::string& where) {
    const auto ok = [&](const std::string& command) {
        const Answer answer = terminal.type(command);
        EXPECT_EQ(answer.status, 0) << where << ": " << command << ": " << answer.err;
        return answer.out;
    };
    if (const std::string id = ok("ps -aq"); !id.empty()) {
        ok("rm -f " + id.substr(0, id.size() - 1));
    }
    ok("create --name next " + image);
    ok("rm next");
    return leftovers(terminal);
}

void expect_clean(const std::string& root, const Scene& scene, const std::string& clean, const std::string& where) {
    Terminal terminal(root);
    const Answer listed = terminal.type("ps -a --format '{{.Names}} {{.State}}'");
    const Answer images = terminal.type("images --format '{{.Repository}}:{{.Tag}}'");
    EXPECT_EQ(listed.status + images.status, 0) << where << ": " << listed.err << images.err;
    EXPECT_EQ(listed.out.find("removing"), std::string::npos) << where << "\n" << listed.out;
    EXPECT_LE(std::count(listed.out.begin(), listed.out.end(), '\n'), 1) << where << "\n" << listed.out;
    for (const std::string& one : scene.promised) {
        EXPECT_NE(images.out.find(one), std::string::npos) << where << ": lost " << one;
    }
    EXPECT_EQ(tidied(terminal, scene.promised.front(), where), clean) << where;
}

class EveryEvent : public testing::TestWithParam<Scene> {};

TEST_P(EveryEvent, leaves_nothing_half_done) {
    const Scene& scene = GetParam();
    Terminal base;
    for (const std::string& command : scene.before) {
        ASSERT_EQ(base.type(command).status, 0) << command;
    }
    const TemporaryDirectory unharmed;
    copy(base.root(), unharmed.path());
    Terminal other(unharmed.path());
    ASSERT_EQ(other.type(scene.command).status, 0);
    const std::string clean = tidied(other, scene.promised.front(), scene.command);
    const TemporaryDirectory album;
    film(base.root(), album.path(), scene.command);
    int at = 0;
    for (; std::filesystem::exists(album.path() + "/" + std::to_string(at)) && !HasFailure(); ++at) {
        const std::string root = album.path() + "/" + std::to_string(at);
        expect_clean(root, scene, clean, scene.command + " killed at " + std::to_string(at));
        std::filesystem::remove_all(root);
    }
    EXPECT_GT(at, 10);
}

const Scene each[] = {
    {"run_rm", {"pull -q alpine"}, "run --rm alpine echo hello", {"alpine:latest"}},
    {"run_d", {"pull -q nginx"}, "run -d --name web nginx", {"nginx:latest"}},
    {"rm", {"run -d --name web nginx"}, "rm -f web", {"nginx:latest"}},
};

INSTANTIATE_TEST_SUITE_P(Stories, EveryEvent, testing::ValuesIn(each),
                         [](const auto& scene) { return scene.param.name; });

// Of what changes the store: wherever it was killed, fsck finds only what it can put right by itself, nothing at the
// second look, and the same command then comes to its end.
class EveryEventOfTheStore : public testing::TestWithParam<Scene> {};

TEST_P(EveryEventOfTheStore, leaves_what_fsck_puts_right) {
    const Scene& scene = GetParam();
    Terminal base;
    for (const std::string& command : scene.before) {
        ASSERT_EQ(base.type(command).status, 0) << command;
    }
    const TemporaryDirectory album;
    film(base.root(), album.path(), scene.command);
    int at = 0;
    bool found = false;
    for (; std::filesystem::exists(album.path() + "/" + std::to_string(at)) && !HasFailure(); ++at) {
        const std::string root = album.path() + "/" + std::to_string(at);
        const std::string where = scene.command + " killed at " + std::to_string(at);
        Terminal terminal(root);
        const Answer first = terminal.type("fsck --force");
        EXPECT_LE(first.status, 1) << where << "\n" << first.out << first.err;
        found = found || first.status == 1;
        const Answer second = terminal.type("fsck --force");
        EXPECT_EQ(second.status, 0) << where << "\n" << second.out << second.err;
        const Answer again = terminal.type(scene.command);
        const bool done_before = again.err.find("No such image") != std::string::npos;
        EXPECT_TRUE(again.status == 0 || done_before) << where << "\n" << again.err;
        EXPECT_EQ(terminal.type("fsck --force").status, 0) << where << ", then done";
        std::filesystem::remove_all(root);
    }
    EXPECT_GT(at, 10);
    EXPECT_TRUE(found) << "somewhere on the way there was something to put right";
}

const Scene of_the_store[] = {
    {"pull", {"pull -q alpine"}, "pull nginx", {}},
    {"rmi", {"pull -q nginx"}, "rmi nginx", {}},
    {"commit", {"run --name box alpine touch /new"}, "commit box mine", {}},
    {"load", {"pull -q nginx", "save -o /root/nginx.tar nginx", "rmi nginx"}, "load -i /root/nginx.tar", {}},
    {"prune", {"pull -q nginx", "run --name box alpine touch /new", "commit box mine"}, "image prune -a -f", {}},
};

INSTANTIATE_TEST_SUITE_P(Stories, EveryEventOfTheStore, testing::ValuesIn(of_the_store),
                         [](const auto& scene) { return scene.param.name; });

const Scene scenes[] = {
    {"run", {"pull -q nginx"}, "run -d -p 8080:80 --name web nginx", {"nginx:latest"}},
    {"stop", {"run -d -p 8080:80 --name web nginx"}, "stop web", {"nginx:latest", "web "}},
    {"rm", {"run -d --name web nginx"}, "rm -f web", {"nginx:latest"}},
    {"pull", {"pull -q alpine"}, "pull nginx", {"alpine:latest"}},
};

INSTANTIATE_TEST_SUITE_P(Verbs, Crash, testing::ValuesIn(scenes), [](const auto& scene) { return scene.param.name; });

}  // namespace
}  // namespace cutaway::cli
