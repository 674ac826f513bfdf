// SPDX-License-Identifier: Apache-2.0
// Two terminals on one --root: two real processes of the program, at the same time.
#include <fcntl.h>
#include <signal.h>
#include <sys/wait.h>
#include <unistd.h>

#include <chrono>
#include <fstream>
#include <set>
#include <sstream>
#include <thread>

#include "tests/cli/terminal.h"

namespace cutaway::cli {
namespace {

using namespace std::chrono_literals;

// A process of the program; it is ended with the test whatever happens.
class Program {
public:
    Program(const std::string& root, const std::string& command, std::string output) : output_(std::move(output)) {
        std::vector<std::string> words{CUTAWAY_PROGRAM, "--root", root};
        for (const std::string& word : words_of(command)) {
            words.push_back(word);
        }
        pid_ = ::fork();
        if (pid_ == 0) {
            const int file = ::open(output_.c_str(), O_WRONLY | O_CREAT | O_TRUNC, 0600);
            ::dup2(file, 1);
            ::dup2(file, 2);
            ::dup2(::open("/dev/null", O_RDONLY), 0);
            std::vector<char*> argv;
            argv.reserve(words.size() + 1);
            for (std::string& word : words) {
                argv.push_back(word.data());
            }
            argv.push_back(nullptr);
            ::execv(argv[0], argv.data());
            ::_exit(126);
        }
    }
    ~Program() {
        if (status_ < 0) {
            ::kill(pid_, SIGKILL);
            ::waitpid(pid_, nullptr, 0);
        }
    }
    Program(const Program&) = delete;
    Program& operator=(const Program&) = delete;

    // Its exit status, or -1 if it still runs after so long.
    int wait(std::chrono::milliseconds most) {
        const auto end = std::chrono::steady_clock::now() + most;
        while (status_ < 0 && std::chrono::steady_clock::now() < end) {
            int status = 0;
            if (::waitpid(pid_, &status, WNOHANG) == pid_) {
                status_ = WIFEXITED(status) ? WEXITSTATUS(status) : 128 + WTERMSIG(status);
            } else {
                std::this_thread::sleep_for(5ms);
            }
        }
        return status_;
    }
    void signal(int number) const { ::kill(pid_, number); }
    [[nodiscard]] std::string text() const {
        std::ifstream file(output_);
        std::ostringstream all;
        all << file.rdbuf();
        return all.str();
    }

private:
    std::string output_;
    pid_t pid_ = 0;
    int status_ = -1;
};

class Terminals : public testing::Test {
protected:
    Answer type(const std::string& command) {
        Program program(root.path(), command, files.path() + "/answer");
        const int status = program.wait(10s);
        return {program.text(), "", status};
    }
    bool becomes(const std::string& name, const std::string& state) {
        for (int i = 0; i < 100; ++i) {
            if (type("ps -a -f name=" + name + " --format {{.State}}").out == state + "\n") {
                return true;
            }
            std::this_thread::sleep_for(20ms);
        }
        return false;
    }
    TemporaryDirectory root;
    TemporaryDirectory files;
};

TEST_F(Terminals, a_foreground_container_is_stopped_from_the_other_one) {
    Program foreground(root.path(), "run --name web nginx", files.path() + "/foreground");
    ASSERT_TRUE(becomes("web", "running")) << foreground.text();
    const Answer stopped = type("stop web");
    EXPECT_EQ(stopped.status, 0);
    EXPECT_EQ(stopped.out, "web\n");
    EXPECT_EQ(foreground.wait(5s), 0) << foreground.text();
    EXPECT_NE(foreground.text().find("ready for start up"), std::string::npos);
    EXPECT_TRUE(becomes("web", "exited"));
}

TEST_F(Terminals, an_interrupt_in_the_foreground_reaches_the_container) {
    Program foreground(root.path(), "run --rm --name web nginx", files.path() + "/foreground");
    ASSERT_TRUE(becomes("web", "running")) << foreground.text();
    foreground.signal(SIGINT);
    EXPECT_EQ(foreground.wait(5s), 0) << foreground.text();
    EXPECT_EQ(type("ps -aq").out, "");
}

TEST_F(Terminals, a_foreground_that_is_killed_leaves_its_container_running) {
    {
        Program foreground(root.path(), "run --name web nginx", files.path() + "/foreground");
        ASSERT_TRUE(becomes("web", "running")) << foreground.text();
        foreground.signal(SIGKILL);
        EXPECT_EQ(foreground.wait(5s), 128 + SIGKILL);
    }
    EXPECT_TRUE(becomes("web", "running"));
    EXPECT_EQ(type("stop web").status, 0);
    EXPECT_EQ(type("rm web").status, 0);
}

TEST_F(Terminals, both_may_type_at_once) {
    ASSERT_EQ(type("pull -q alpine").status, 0);
    std::vector<std::unique_ptr<Program>> programs;
    for (int i = 0; i < 6; ++i) {
        const std::string name = std::to_string(i);
        programs.push_back(std::make_unique<Program>(root.path(), "run -d --name c" + name + " alpine sleep 1000",
                                                     files.path() + "/" + name));
    }
    for (const auto& program : programs) {
        EXPECT_EQ(program->wait(10s), 0) << program->text();
    }
    const std::string addresses = type("inspect -f {{.NetworkSettings.IPAddress}} c0 c1 c2 c3 c4 c5").out;
    std::set<std::string> all;
    std::istringstream lines(addresses);
    for (std::string line; std::getline(lines, line);) {
        all.insert(line);
    }
    EXPECT_EQ(all.size(), 6U) << addresses;
}

}  // namespace
}  // namespace cutaway::cli
