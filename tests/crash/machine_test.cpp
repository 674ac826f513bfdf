// SPDX-License-Identifier: Apache-2.0
// What a machine under --root keeps from one command to the next, and what it says when its files are not what they
// were: every bad state is one clear error, and nothing is written over.
#include <sys/stat.h>
#include <unistd.h>

#include <fstream>
#include <sstream>

#include "core/trace/line.h"
#include "tests/cli/terminal.h"

namespace cutaway::cli {
namespace {

std::string read_file(const std::string& path) {
    std::ifstream file(path, std::ios::binary);
    std::ostringstream text;
    text << file.rdbuf();
    return text.str();
}

void write_file(const std::string& path, const std::string& bytes) {
    std::ofstream(path, std::ios::binary | std::ios::trunc) << bytes;
}

TEST(KeptMachine, files_environments_and_timers_survive_to_the_next_command) {
    Terminal terminal;
    ASSERT_EQ(terminal.type("run -d --name box -e PASSWORD=sesame alpine sleep 1000").status, 0);
    ASSERT_EQ(terminal.perform({"exec", "box", "sh", "-c", "echo kept > /tmp/file"}).status, 0);
    EXPECT_EQ(terminal.type("exec box cat /tmp/file").out, "kept\n");
    EXPECT_EQ(terminal.perform({"exec", "box", "sh", "-c", "echo $PASSWORD"}).out, "sesame\n");
    ASSERT_EQ(terminal.perform({"run", "-d", "--name", "timer", "alpine", "sh", "-c", "sleep 3; echo rang"}).status, 0);
    const Answer late = terminal.type("logs timer");  // five seconds later
    EXPECT_EQ(late.out, "rang\n");
    EXPECT_EQ(terminal.type("ps -a -f name=timer --format '{{.State}}'").out, "exited\n");
}

TEST(KeptMachine, time_between_commands_advances_its_clock_by_what_was_said) {
    Terminal terminal;
    const auto seconds = [&] { return std::stoll(terminal.type("sh -c 'date +%s'").out); };
    const long long first = seconds();
    EXPECT_EQ(seconds() - first, 5);
    terminal.line().clock = "advance:1h";
    EXPECT_NEAR(static_cast<double>(seconds() - first), 3605.0 + 5, 6);
    terminal.line().clock = "frozen";
    const long long frozen = seconds();
    EXPECT_LE(seconds() - frozen, 1);
}

TEST(KeptMachine, its_files_are_for_their_owner_alone) {
    Terminal terminal;
    ASSERT_EQ(terminal.type("run -d --name box -e PASSWORD=sesame alpine sleep 1000").status, 0);
    for (const char* name : {"machine.bin", "journal.jsonl"}) {
        struct stat info {};
        ASSERT_EQ(::stat((terminal.root() + "/" + name).c_str(), &info), 0) << name;
        EXPECT_EQ(info.st_mode & 0777U, 0600U) << name;
    }
}

TEST(DamagedMachine, is_refused_with_one_clear_error_and_left_as_it_is) {
    struct Case {
        std::string name;
        void (*damage)(const std::string& file);
        std::string error;
    };
    const Case cases[] = {
        {"cut", [](const std::string& file) { write_file(file, read_file(file).substr(0, 1000)); }, "machine.bin"},
        {"empty", [](const std::string& file) { write_file(file, ""); }, "machine.bin"},
        {"flipped",
         [](const std::string& file) {
             std::string bytes = read_file(file);
             bytes[bytes.size() / 2] = static_cast<char>(bytes[bytes.size() / 2] ^ 1);
             write_file(file, bytes);
         },
         "machine.bin"},
        {"newer",
         [](const std::string& file) {
             std::string bytes = read_file(file);
             const std::size_t digit = bytes.find_first_of("0123456789");
             bytes.insert(digit, "9");
             write_file(file, bytes);
         },
         "machine.bin"},
        {"missing", [](const std::string& file) { ::unlink(file.c_str()); }, "is missing though its journal is there"},
        {"a directory",
         [](const std::string& file) {
             ::unlink(file.c_str());
             ::mkdir(file.c_str(), 0700);
         },
         "machine.bin"},
    };
    Terminal whole;
    ASSERT_EQ(whole.type("pull -q alpine").status, 0);
    for (const Case& c : cases) {
        const TemporaryDirectory directory;
        std::filesystem::copy(
            whole.root(), directory.path(),
            std::filesystem::copy_options::recursive | std::filesystem::copy_options::overwrite_existing);
        const std::string file = directory.path() + "/machine.bin";
        c.damage(file);
        const std::string before = read_file(file);
        Terminal terminal(directory.path());
        const Answer answer = terminal.type("ps -a");
        EXPECT_NE(answer.status, 0) << c.name;
        EXPECT_EQ(answer.out, "") << c.name;
        EXPECT_NE(answer.err.find(c.error), std::string::npos) << c.name << ": " << answer.err;
        EXPECT_EQ(answer.err.find('\n'), std::string::npos) << answer.err;
        EXPECT_EQ(read_file(file), before) << c.name;
    }
}

TEST(Secrets, that_are_planted_in_a_command_are_in_no_exported_trace) {
    Terminal terminal;
    ASSERT_EQ(terminal.type("pull -q alpine").status, 0);
    struct Everything final : trace::Sink {
        void take(const trace::Event& event) override { trace::append_line(text, event); }
        std::string text;
    };
    Everything sink;
    Result<std::unique_ptr<Stage>> stage = Stage::open(terminal.line());
    ASSERT_TRUE(stage);
    (*stage)->recorder().add_sink(sink);
    const std::string canary = "canary-5f1e";
    const std::vector<std::vector<std::string>> commands{
        {"run", "-d", "--name", "box", "-e", "PASSWORD=" + canary, "-e", "DB_URL=http://u:" + canary + "@db/", "alpine",
         "sleep", "1000"},
        {"exec", "-e", "TOKEN=" + canary, "box", "true"},
        {"run", "--rm", "-e", "API_KEY=" + canary, "alpine", "true"},
        {"create", "--name", "later", "-e", "MYSQL_ROOT_PASSWORD=" + canary, "alpine", "true"},
        {"start", "later"},
        {"run", "--rm", "alpine", "true", "--password=" + canary},
        {"run", "--rm", "alpine", "true", "--password", canary},
        {"pull", "http://u:" + canary + "@example.com/x"},
    };
    for (const std::vector<std::string>& words : commands) {
        MemoryConsole console;
        (*stage)->perform(words, console);
    }
    std::size_t at = sink.text.find(canary);
    EXPECT_EQ(at, std::string::npos) << sink.text.substr(at < 400 ? 0 : at - 400, 500);
    EXPECT_GT(sink.text.size(), 10000U);
}

}  // namespace
}  // namespace cutaway::cli
