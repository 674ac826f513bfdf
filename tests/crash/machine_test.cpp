// SPDX-License-Identifier: Apache-2.0
// What a machine under --root keeps from one command to the next, and what it says when its files are not what they
// were: every bad state is one clear error, and nothing is written over.
#include <sys/stat.h>
#include <unistd.h>

#include <algorithm>
#include <array>
#include <cstdio>
#include <cstdlib>
#include <fstream>
#include <map>
#include <sstream>

#include "core/host/doctor.h"
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

TEST(KeptMachine, killed_inside_a_commit_is_what_it_was_before) {
    Terminal terminal;
    ASSERT_EQ(terminal.type("run -d --name box alpine sleep 1000").status, 0);
    const std::string journal = terminal.root() + "/journal.jsonl";
    const std::string before = read_file(journal);
    write_file(journal, before + "{\"event\":\"half a li");
    write_file(terminal.root() + "/machine.bin.new", read_file(terminal.root() + "/machine.bin").substr(0, 5000));
    write_file(terminal.root() + "/objects/" + std::string(64, '0') + ".new", "half");
    EXPECT_EQ(terminal.type("ps --format '{{.Names}}'").out, "box\n");
    EXPECT_EQ(terminal.type("exec box true").status, 0);
    EXPECT_EQ(read_file(journal).substr(0, before.size()), before);
    EXPECT_EQ(read_file(journal).find("half a li"), std::string::npos);
    EXPECT_FALSE(std::filesystem::exists(terminal.root() + "/machine.bin.new"));
}

TEST(DamagedMachine, is_refused_with_one_clear_error_and_left_as_it_is) {
    struct Case {
        std::string name;
        void (*damage)(const std::string& file);
        std::string error;
    };
    const Case cases[] = {
        {"cut", [](const std::string& file) { write_file(file, read_file(file).substr(0, 300)); }, "machine.bin"},
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

std::map<std::string, std::string> files_below(const std::string& root) {
    std::map<std::string, std::string> all;
    for (const auto& entry : std::filesystem::recursive_directory_iterator(root)) {
        if (entry.is_regular_file() && entry.path().filename() != "lock") {
            all[std::filesystem::relative(entry.path(), root).string()] = read_file(entry.path().string());
        }
    }
    return all;
}

// One line that says what, where and what to do; nothing on standard output; no file changed.
void expect_refused(const std::string& root, const std::string& file, const std::string& where) {
    const auto before = files_below(root);
    Terminal terminal(root);
    const Answer answer = terminal.type("ps -a");
    EXPECT_NE(answer.status, 0) << where;
    EXPECT_EQ(answer.out, "") << where;
    EXPECT_NE(answer.err.find(root + "/" + file), std::string::npos) << where << ": " << answer.err;
    EXPECT_NE(answer.err.find("move it away"), std::string::npos) << where << ": " << answer.err;
    EXPECT_EQ(files_below(root), before) << where;
}

TEST(DamagedMachine, whose_files_are_cut_anywhere_is_refused_by_the_files_name) {
    Terminal whole;
    ASSERT_EQ(whole.type("run -d --name box alpine sleep 1000").status, 0);
    std::vector<std::string> names{"machine.bin", "journal.jsonl"};
    for (const auto& [name, bytes] : files_below(whole.root())) {
        if (name.starts_with("objects/") && names.size() < 3) {
            names.push_back(name);
        }
    }
    ASSERT_EQ(names.size(), 3U);
    for (const std::string& name : names) {
        const std::string bytes = read_file(whole.root() + "/" + name);
        for (const std::size_t size :
             {std::size_t{0}, std::size_t{1}, std::size_t{20}, std::size_t{80}, bytes.size() / 2, bytes.size() - 1}) {
            const TemporaryDirectory directory;
            std::filesystem::copy(
                whole.root(), directory.path(),
                std::filesystem::copy_options::recursive | std::filesystem::copy_options::overwrite_existing);
            write_file(directory.path() + "/" + name, bytes.substr(0, size));
            if (name.starts_with("objects/")) {  // read when they are needed, and told then
                const auto before = files_below(directory.path());
                Terminal terminal(directory.path());
                for (const char* command : {"exec box cat /bin/sh", "run --rm alpine cat /etc/passwd"}) {
                    const Answer answer = terminal.type(command);
                    EXPECT_TRUE(answer.status == 0 || answer.err.find(name) != std::string::npos)
                        << name << " " << command << ": " << answer.err;
                }
                EXPECT_EQ(read_file(directory.path() + "/" + name), bytes.substr(0, size));
                continue;
            }
            expect_refused(directory.path(), name, name + " cut to " + std::to_string(size));
        }
    }
}

TEST(DamagedMachine, whose_body_is_damaged_is_refused_by_the_files_name) {
    Terminal whole;
    ASSERT_EQ(whole.type("run -d --name box alpine sleep 1000").status, 0);
    const std::string snapshot = read_file(whole.root() + "/machine.bin");
    const std::string body = snapshot.substr(snapshot.find("bodies/"), std::string("bodies/").size() + 64);
    const std::string bytes = read_file(whole.root() + "/" + body);
    ASSERT_GT(bytes.size(), 1000U);
    std::string flipped = bytes;
    flipped[flipped.size() / 2] = static_cast<char>(flipped[flipped.size() / 2] ^ 1);
    for (const std::string& instead : {flipped, bytes.substr(0, bytes.size() - 1), bytes + "x", std::string()}) {
        const TemporaryDirectory directory;
        std::filesystem::copy(
            whole.root(), directory.path(),
            std::filesystem::copy_options::recursive | std::filesystem::copy_options::overwrite_existing);
        write_file(directory.path() + "/" + body, instead);
        expect_refused(directory.path(), body, std::to_string(instead.size()) + " bytes");
        std::filesystem::remove(directory.path() + "/" + body);
        expect_refused(directory.path(), body, "missing");
    }
}

TEST(DamagedMachine, that_cannot_be_opened_at_all_is_told_with_the_path) {
    const TemporaryDirectory directory;
    const std::string file = directory.path() + "/root";
    write_file(file, "mine");
    Terminal on_a_file(file);
    const Answer answer = on_a_file.type("ps");
    EXPECT_NE(answer.status, 0);
    EXPECT_NE(answer.err.find(file), std::string::npos) << answer.err;
    EXPECT_NE(answer.err.find("--root takes a folder of your own"), std::string::npos) << answer.err;
    EXPECT_EQ(read_file(file), "mine");
    Terminal below_a_file(file + "/deeper");
    const Answer deeper = below_a_file.type("ps");
    EXPECT_NE(deeper.err.find(file), std::string::npos) << deeper.err;

    const std::string closed = directory.path() + "/closed";
    ASSERT_TRUE(std::filesystem::create_directory(closed));
    std::string command = std::string(CUTAWAY_PROGRAM) + " --world model --root " + closed + " ps 2>&1";
    if (::geteuid() == 0) {
        command = "setpriv --reuid 65534 --regid 65534 --clear-groups " + command;
        if (std::system("setpriv --reuid 65534 --regid 65534 --clear-groups test -x " CUTAWAY_PROGRAM) != 0) {
            GTEST_SKIP() << "nobody but root may start the program here";
        }
    } else {
        std::filesystem::permissions(closed, std::filesystem::perms::none);
    }
    std::string said;
    std::FILE* pipe = ::popen(command.c_str(), "r");
    ASSERT_NE(pipe, nullptr);
    std::array<char, 512> piece{};
    while (std::fgets(piece.data(), static_cast<int>(piece.size()), pipe) != nullptr) {
        said += piece.data();
    }
    const int status = ::pclose(pipe);
    std::filesystem::permissions(closed, std::filesystem::perms::owner_all);
    EXPECT_EQ(WEXITSTATUS(status), 1) << said;
    EXPECT_NE(said.find(directory.path()), std::string::npos) << said;
    EXPECT_NE(said.find("ermission denied"), std::string::npos) << said;
    EXPECT_EQ(std::count(said.begin(), said.end(), '\n'), 1) << said;
}

// A record inside the machine that somebody broke: told by its path, the others' files untouched.
TEST(DamagedMachine, with_a_broken_record_says_which_and_keeps_the_rest) {
    struct Case {
        std::string file;  // below the store; what is written over it
        std::string text;
        std::string command;
        std::string error;
    };
    const std::string root = "/var/lib/cutaway/";
    Terminal whole;
    ASSERT_EQ(whole.type("run -d --name box -v data:/d alpine sleep 1000").status, 0);
    const auto one_of = [&](const std::string& folder) {
        const std::string names = whole.type("sh -c 'ls " + root + folder + "'").out;
        return folder + "/" + names.substr(0, names.find('\n'));
    };
    const Case cases[] = {
        {one_of("containers") + "/config.json", "{", "ps -a", "put a copy of it back"},
        {one_of("containers") + "/config.json", "", "ps", "put a copy of it back"},
        {one_of("containers") + "/config.json", R"({"version":9})", "ps", "newer Cutaway"},
        {one_of("images"), "{", "images", "put a copy of it back"},
        {one_of("images"), R"({"version":9})", "images", "newer Cutaway"},
        {"index.json", "{", "images", ""},
        {"volumes/data/volume.json", "{", "volume ls", "put a copy of it back"},
        {"volumes/data/volume.json", R"({"version":9})", "volume ls", "newer Cutaway"},
    };
    for (const Case& c : cases) {
        const TemporaryDirectory directory;
        std::filesystem::copy(
            whole.root(), directory.path(),
            std::filesystem::copy_options::recursive | std::filesystem::copy_options::overwrite_existing);
        Terminal terminal(directory.path());
        const std::string path = root + c.file;
        ASSERT_EQ(terminal.perform({"sh", "-c", "echo '" + c.text + "' > " + path}).status, 0) << c.file;
        const Answer answer = terminal.type(c.command);
        EXPECT_EQ(answer.status, 1) << c.file << answer.out;
        EXPECT_EQ(answer.out, "") << c.file;
        EXPECT_NE(answer.err.find(path), std::string::npos) << c.file << ": " << answer.err;
        EXPECT_NE(answer.err.find(c.error), std::string::npos) << c.file << ": " << answer.err;
        EXPECT_EQ(std::count(answer.err.begin(), answer.err.end(), '\n'), 1) << c.file << ": " << answer.err;
        const Answer run = terminal.type("run --rm alpine true");
        EXPECT_TRUE(run.status == 0 || run.status == 125) << c.file << ": " << run.status << run.err;
        EXPECT_EQ(terminal.type("sh -c 'cat " + path + "'").out, c.text + "\n") << c.file;
    }
}

TEST(DamagedStore, of_the_real_world_is_refused_by_the_records_path) {
    if (const Status able = host::may_act(); !able) {
        GTEST_SKIP() << able.error().doing;
    }
    const TemporaryDirectory directory;
    const std::string folder = directory.path() + "/containers/" + std::string(64, 'a');
    const std::pair<const char*, const char*> cases[] = {{"{", "put a copy of it back"},
                                                         {R"({"version":9})", "newer Cutaway"}};
    for (const auto& [text, error] : cases) {
        std::filesystem::create_directories(folder);
        write_file(folder + "/config.json", text);
        Terminal terminal(directory.path());
        terminal.line().world = "real";
        terminal.line().clock = "";
        const Answer answer = terminal.type("ps -a");
        EXPECT_EQ(answer.status, 1) << answer.err;
        EXPECT_EQ(answer.out, "");
        EXPECT_NE(answer.err.find(folder + "/config.json"), std::string::npos) << answer.err;
        EXPECT_NE(answer.err.find(error), std::string::npos) << answer.err;
        EXPECT_EQ(read_file(folder + "/config.json"), text);
        std::filesystem::rename(folder, directory.path() + "/aside");  // the remedy that is named
        EXPECT_EQ(terminal.type("ps -aq").status, 0);
        std::filesystem::remove_all(directory.path() + "/aside");
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
