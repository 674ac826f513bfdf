// SPDX-License-Identifier: Apache-2.0
// What Tab offers: from the tables, and from what there is; and a shell that really asks.
#include "core/cli/completion.h"

#include <algorithm>
#include <array>
#include <cstdio>
#include <filesystem>
#include <map>
#include <memory>

#include <gtest/gtest.h>

#include "core/cli/verb.h"

namespace cutaway::cli {
namespace {

class TestNames final : public Names {
public:
    std::vector<std::string> of(NameKind kind) override {
        const std::map<NameKind, std::vector<std::string>> all{
            {NameKind::container, {"web", "db", "old"}},
            {NameKind::running, {"web", "db"}},
            {NameKind::stopped, {"old"}},
            {NameKind::paused, {}},
            {NameKind::image, {"nginx:latest"}},
            {NameKind::network, {"app-net"}},
            {NameKind::volume, {"data"}},
            {NameKind::lesson, {"L01", "L07"}},
        };
        ++asked;
        return all.at(kind);
    }
    int asked = 0;
};

std::string offered(const std::vector<std::string>& words) {
    TestNames names;
    const Completion found = complete(words, names);
    std::string text;
    for (const std::string& word : found.words) {
        text += (text.empty() ? "" : " ") + word;
    }
    return text + (found.files ? " :files" : "");
}

TEST(Completion, offers_what_may_stand_where_the_person_types) {
    struct Case {
        std::vector<std::string> typed;
        std::string offered;
    };
    const std::vector<Case> cases{
        {{"rest"}, "restart"},
        {{"vol"}, "volume"},
        {{"volume", ""}, "create inspect ls prune rm"},
        {{"container", "re"}, "rename restart"},
        {{"stop", ""}, "db web"},
        {{"start", ""}, "old"},
        {{"unpause", ""}, ""},
        {{"rm", "-f", "web", ""}, "db old web"},
        {{"container", "rm", "o"}, "old"},
        {{"exec", "-it", ""}, "db web"},
        {{"exec", "web", ""}, ""},
        {{"exec", "-u", ""}, ""},
        {{"exec", "-u", "root", "w"}, "web"},
        {{"run", "ngi"}, "nginx:latest"},
        {{"run", "--rm", "-it", "--name", "x", ""}, "nginx:latest"},
        {{"run", "nginx", ""}, ""},
        {{"run", "--network", ""}, "app-net bridge host none"},
        {{"run", "-v", "d"}, "data :files"},
        {{"run", "--rea"}, "--read-only --realtime"},
        {{"cp", ""}, "db old web :files"},
        {{"load", "-i", ""}, " :files"},
        {{"network", "inspect", ""}, "app-net"},
        {{"rename", "old", ""}, ""},
        {{"tag", ""}, "nginx:latest"},
        {{"--world", ""}, "model real"},
        {{"--root", ""}, " :files"},
        {{"--root", "x", "rm", "we"}, "web"},
        {{"lesson", "pl"}, "play"},
        {{"lesson", "play", ""}, "L01 L07"},
        {{"model", ""}, "fault fork history reset undo"},
        {{"completion", "z"}, "zsh"},
        {{"nonsense", ""}, ""},
        {{}, ""},
    };
    for (const Case& one : cases) {
        std::string typed;
        for (const std::string& word : one.typed) {
            typed += " [" + word + "]";
        }
        EXPECT_EQ(offered(one.typed), one.offered) << typed;
    }
}

TEST(Completion, names_are_asked_for_only_where_one_may_stand) {
    TestNames names;
    complete({"run", "--re"}, names);
    complete({"ru"}, names);
    complete({"ps", ""}, names);
    EXPECT_EQ(names.asked, 0);
}

TEST(Completion, every_verb_and_every_flag_that_is_not_refused_is_offered) {
    for (const Verb* verb : all_verbs()) {
        const std::string name(verb->name);
        const std::size_t space = name.find(' ');
        const std::string last = space == std::string::npos ? name : name.substr(space + 1);
        std::vector<std::string> words{name.substr(0, space)};
        if (space != std::string::npos) {
            words.push_back(last);
        }
        EXPECT_NE((" " + offered(words) + " ").find(" " + last + " "), std::string::npos) << name;
        words.emplace_back("--");
        const std::string flags = " " + offered(words) + " ";
        for (const FlagSpec& flag : verb->flags) {
            const bool is_offered = flags.find(" --" + std::string(flag.name) + " ") != std::string::npos;
            EXPECT_EQ(is_offered, flag.refused.empty()) << name << " --" << flag.name;
        }
    }
}

std::string output_of(const std::string& command) {
    const std::unique_ptr<FILE, int (*)(FILE*)> pipe(::popen(command.c_str(), "r"), ::pclose);
    std::array<char, 4096> bytes{};
    std::string text;
    while (pipe != nullptr && std::fgets(bytes.data(), bytes.size(), pipe.get()) != nullptr) {
        text += bytes.data();
    }
    return text;
}

class Shell : public ::testing::Test {
protected:
    void SetUp() override {
        root_ = ::testing::TempDir() + "completion-" + std::to_string(std::hash<std::string>()(CUTAWAY_SOURCE)) + "-" +
                ::testing::UnitTest::GetInstance()->current_test_info()->name();
        std::filesystem::remove_all(root_);
        setenv("CUTAWAY_ROOT", root_.c_str(), 1);
        output_of(std::string(CUTAWAY_PROGRAM) + " volume create shop-data");
    }
    void TearDown() override { std::filesystem::remove_all(root_); }
    std::string root_;
};

TEST_F(Shell, bash_asks_and_is_answered) {
    const std::string program = CUTAWAY_PROGRAM;
    const std::string ask = "bash -c 'source <(" + program + " completion bash); COMP_WORDS=(" + program +
                            " volume rm sh); COMP_CWORD=3; _cutaway; echo ${COMPREPLY[@]}'";
    EXPECT_EQ(output_of(ask), "shop-data\n");
}

TEST_F(Shell, asking_leaves_the_machine_as_it_was) {
    const std::string sum = "sha256sum < " + root_ + "/machine.bin";
    const std::string before = output_of(sum);
    EXPECT_EQ(output_of(std::string(CUTAWAY_PROGRAM) + " __complete volume rm ''"), "shop-data\n");
    EXPECT_EQ(output_of(sum), before);
}

TEST_F(Shell, other_shells_read_their_scripts) {
    for (const std::string shell : {"zsh", "fish"}) {
        if (output_of("command -v " + shell).empty()) {
            std::puts(("not tried: there is no " + shell + " here").c_str());
            continue;
        }
        const std::string script = "'" + std::string(CUTAWAY_PROGRAM) + "' completion " + shell;
        EXPECT_EQ(output_of(script + " | " + shell + " -n 2>&1"), "") << shell;
    }
    EXPECT_NE(output_of(std::string(CUTAWAY_PROGRAM) + " completion tcsh 2>&1").find("bash|zsh|fish"),
              std::string::npos);
}

}  // namespace
}  // namespace cutaway::cli
