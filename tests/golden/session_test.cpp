// SPDX-License-Identifier: Apache-2.0
// Sessions: what a person types on a simulated machine and what comes back, line for line, as the files of
// tests/golden/sessions have it. Such a file is prose with sessions in it: a line "$ COMMAND" begins one (a backslash at
// its end goes on), "< TEXT" below it is what is typed into the command, and what comes is expected up to the next "$ "
// or a line "---". A ~ stands for anything within a line, a line "…" for any lines. "[exit N]" is the status. "claims: 1
// 2" in the prose names what the session proves. CUTAWAY_BLESS=1 writes what came where it is not what was expected.
#include <algorithm>
#include <cstdlib>
#include <filesystem>
#include <fstream>
#include <sstream>

#include "tests/cli/terminal.h"
#include "tests/golden/session_file.h"

namespace cutaway::golden {
namespace {

namespace fs = std::filesystem;

// A person's terminal: keys that were typed beforehand, and then the end.
class TypedConsole final : public cli::MemoryConsole {
public:
    explicit TypedConsole(std::string keys) : keys_(std::move(keys)) {}
    [[nodiscard]] bool types() const override { return true; }
    std::string all_input() override { return std::exchange(keys_, {}); }
    std::optional<std::string> input() override {
        if (ended_) {
            return std::nullopt;
        }
        ended_ = keys_.empty();
        return std::exchange(keys_, {});
    }

private:
    std::string keys_;
    bool ended_ = false;
};

// One machine, one command behind the other.
class Machine {
public:
    explicit Machine(const std::string& clock) {
        line_.world = "model";
        line_.root = directory_.path();
        line_.clock = clock;
        auto stage = cli::Stage::open(line_);
        EXPECT_TRUE(stage) << stage.error().doing;
        stage_ = std::move(*stage);
    }

    std::string perform(const Command& command) {
        TypedConsole console(command.input);
        const int status = stage_->perform(words_of(substituted(command.line)), console);
        std::string text = console.out_text + console.err_text;
        if (!text.empty() && text.back() != '\n') {
            text += "\n";
        }
        return text + (status == 0 ? "" : "[exit " + std::to_string(status) + "]\n");
    }

private:
    // "$(…)" is what a person's shell does before docker is called.
    std::string substituted(std::string line) {
        for (std::size_t from = line.find("$("); from != std::string::npos; from = line.find("$(", from + 1)) {
            const std::size_t end = line.find(')', from);
            if (!line.starts_with("docker ") && !line.substr(from).starts_with("$(docker ")) {
                continue;
            }
            TypedConsole console("");
            (void)stage_->perform(words_of(line.substr(from + 2, end - from - 2)), console);
            std::string said = console.out_text;
            std::replace(said.begin(), said.end(), '\n', ' ');
            said.erase(said.find_last_not_of(' ') + 1);
            line.replace(from, end + 1 - from, said);
        }
        return line;
    }

    cli::TemporaryDirectory directory_;
    cli::CommandLine line_;
    std::unique_ptr<cli::Stage> stage_;
};

std::vector<fs::path> session_files() {
    std::vector<fs::path> files;
    for (const auto& entry : fs::directory_iterator("tests/golden/sessions")) {
        files.push_back(entry.path());
    }
    std::sort(files.begin(), files.end());
    return files;
}

class Session : public testing::TestWithParam<fs::path> {};

TEST_P(Session, comes_out_as_it_is_written) {
    SessionFile file = read_session(GetParam().string());
    ASSERT_FALSE(file.commands.empty());
    Machine machine(file.clock);
    bool changed = false;
    for (Command& command : file.commands) {
        const std::string came = machine.perform(command);
        if (matches(came, command.expected)) {
            continue;
        }
        changed = true;
        if (std::getenv("CUTAWAY_BLESS") != nullptr) {
            command.expected = without_numbers(came);
        } else {
            ADD_FAILURE() << GetParam().string() << ":" << command.number << ": $ " << command.line << "\n"
                          << came << "--- expected:\n"
                          << command.expected;
        }
    }
    if (changed && std::getenv("CUTAWAY_BLESS") != nullptr) {
        std::ofstream(GetParam()) << write_session(file);
    }
}

INSTANTIATE_TEST_SUITE_P(Golden, Session, testing::ValuesIn(session_files()),
                         [](const auto& test) { return test.param.stem().string(); });

TEST(SessionFile, is_read_and_written_as_it_stands) {
    const std::string text =
        "# A title\nclaims: 3 17\nclock: frozen\n\n$ docker run \\\n  -d nginx\n< typed\n~ out\n\n[exit "
        "1]\n---\nprose\n$ ls\n";
    const SessionFile file = parse_session(text);
    ASSERT_EQ(file.commands.size(), 2U);
    EXPECT_EQ(file.commands[0].line, "docker run -d nginx");
    EXPECT_EQ(file.commands[0].input, "typed\n");
    EXPECT_EQ(file.commands[0].expected, "~ out\n\n[exit 1]\n");
    EXPECT_EQ(file.commands[1].expected, "");
    EXPECT_EQ(file.claims, (std::set<int>{3, 17}));
    EXPECT_EQ(file.clock, "frozen");
    EXPECT_EQ(write_session(file), text);
}

TEST(SessionFile, holds_what_came_against_what_was_expected) {
    const std::pair<const char*, const char*> same[] = {{"", ""},
                                                        {"a\n", "a\n"},
                                                        {"abc\n", "a~c\n"},
                                                        {"a\nb\nc\n", "a\n…\n"},
                                                        {"a\nb\nc\n", "…\nc\n"},
                                                        {"x\n", "~\n"},
                                                        {"a b c b d\n", "a ~ b d\n"}};
    for (const auto& [came, expected] : same) {
        EXPECT_TRUE(matches(came, expected)) << came << expected;
    }
    const std::pair<const char*, const char*> other[] = {{"a\n", ""},        {"", "a\n"},          {"abd\n", "a~c\n"},
                                                         {"a\nb\n", "a~\n"}, {"a\nb\n", "…\nc\n"}, {"ab\n", "a\n"}};
    for (const auto& [came, expected] : other) {
        EXPECT_FALSE(matches(came, expected)) << came << expected;
    }
}

}  // namespace
}  // namespace cutaway::golden
