// SPDX-License-Identifier: Apache-2.0
// Every verb and flag of docker's command line (docker_verbs.txt), held against what Cutaway knows: done, or refused with
// a sentence that the program really prints. docs/flags.md is the table; CUTAWAY_WRITE_DOCS=1 writes it anew.
#include <algorithm>
#include <cstdlib>
#include <fstream>
#include <iterator>
#include <sstream>

#include "core/cli/verb.h"
#include "tests/cli/verbs.h"

namespace cutaway::cli {
namespace {

constexpr const char* page_path = CUTAWAY_SOURCE "/docs/flags.md";

struct DockerFlag {
    char letter = 0;
    std::string name;
    std::string type;  // empty: it takes no value
};

struct DockerVerb {
    std::vector<std::string> words;
    std::vector<DockerFlag> flags;
};

std::string read_text(const std::string& path) {
    std::ifstream file(path, std::ios::binary);
    return {std::istreambuf_iterator<char>(file), std::istreambuf_iterator<char>()};
}

// "-d/--detach", "--name=string"
DockerFlag read_flag(std::string word) {
    DockerFlag flag;
    if (word.size() > 2 && word[2] == '/') {
        flag.letter = word[1];
        word.erase(0, 3);
    }
    const std::size_t equals = word.find('=');
    flag.name = word.substr(2, equals == std::string::npos ? equals : equals - 2);
    flag.type = equals == std::string::npos ? "" : word.substr(equals + 1);
    return flag;
}

std::vector<DockerVerb> read_verbs() {
    std::ifstream file(CUTAWAY_SOURCE "/tests/cli/docker_verbs.txt");
    std::vector<DockerVerb> verbs;
    for (std::string line; std::getline(file, line);) {
        if (line.starts_with('#')) {
            continue;
        }
        std::istringstream name(line.substr(0, line.find(':')));
        std::istringstream flags(line.substr(line.find(':') + 1));
        DockerVerb verb;
        for (std::string word; name >> word;) {
            verb.words.push_back(word);
        }
        for (std::string word; flags >> word;) {
            verb.flags.push_back(read_flag(word));
        }
        verbs.push_back(std::move(verb));
    }
    return verbs;
}

std::string joined(const std::vector<std::string>& words) {
    std::string text;
    for (const std::string& word : words) {
        text += (text.empty() ? "" : " ") + word;
    }
    return text;
}

std::string first_line(const std::string& text) { return text.substr(0, text.find('\n')); }

std::string row(const std::string& verb, const std::string& flag, const std::string& what) {
    return "| `" + verb + "` | " + (flag.empty() ? "" : "`" + flag + "`") + " | " + what + " |\n";
}

std::string shown_flag(char letter, std::string_view name, const std::string& type) {
    return (letter == 0 ? std::string() : std::string("-") + letter + ", ") + "--" + std::string(name) +
           (type.empty() ? "" : " " + type);
}

constexpr const char* done = "done";

struct FlagsDoc : Verbs {
    // What the program answers to a verb that it has not.
    std::string absent_verb(const DockerVerb& verb) {
        const Answer answer = terminal.perform(verb.words);
        EXPECT_NE(answer.status, 0) << joined(verb.words);
        EXPECT_EQ(answer.err.find("unknown command"), std::string::npos) << answer.err;
        return row(joined(verb.words), "", "refused: " + first_line(answer.err));
    }

    std::string absent_flag(const DockerVerb& verb, const DockerFlag& flag) {
        std::vector<std::string> words = verb.words;
        words.push_back("--" + flag.name + (flag.type.empty() ? "" : "=1"));
        const Answer answer = terminal.perform(words);
        EXPECT_EQ(answer.status, 125) << joined(words);
        EXPECT_EQ(answer.err.find("unknown"), std::string::npos) << joined(words) << ": " << answer.err;
        return "refused: " + first_line(answer.err);
    }

    std::string rows_of(const DockerVerb& docker, const Verb& verb) {
        const std::string name = joined(docker.words);
        std::string text = row(name, "", done);
        for (const DockerFlag& flag : docker.flags) {
            const auto spec = std::find_if(verb.flags.begin(), verb.flags.end(),
                                           [&](const FlagSpec& one) { return one.name == flag.name; });
            if (spec == verb.flags.end()) {
                ADD_FAILURE() << name << " --" << flag.name << " would be called a typing mistake";
                continue;
            }
            EXPECT_EQ(spec->letter, flag.letter) << name << " --" << flag.name;
            EXPECT_EQ(spec->kind == FlagKind::boolean, flag.type.empty()) << name << " --" << flag.name;
            text += row(name, shown_flag(flag.letter, flag.name, flag.type),
                        spec->refused.empty() ? done : absent_flag(docker, flag));
        }
        for (const FlagSpec& spec : verb.flags) {
            const bool dockers = std::any_of(docker.flags.begin(), docker.flags.end(),
                                             [&](const DockerFlag& one) { return one.name == spec.name; });
            if (!dockers && spec.refused.empty()) {
                text += row(name, shown_flag(spec.letter, spec.name, spec.kind == FlagKind::boolean ? "" : "value"),
                            "done; docker 28 does not list it");
            }
        }
        return text;
    }
};

constexpr const char* heading = R"(# Every verb and flag of docker's

Docker's command line (28.2), flag by flag. *Done* means in both worlds: one engine performs a verb on the simulated
machine and on the real one, and what a real kernel or machine lacks is refused when it comes to it
([real-world.md](real-world.md)). Everything else is refused, with the sentence that stands here. The grouped forms
(`container run`, `image ls`) are the same verbs. `test_cli` compares this page with what the program does;
`CUTAWAY_WRITE_DOCS=1 test_cli` writes it anew.

| verb | flag | |
|---|---|---|
)";

TEST_F(FlagsDoc, every_flag_of_dockers_is_done_or_refused_with_a_sentence) {
    std::string page = heading;
    const std::vector<DockerVerb> verbs = read_verbs();
    EXPECT_GT(verbs.size(), 100U);
    for (const DockerVerb& docker : verbs) {
        std::size_t used = 0;
        const Verb* verb = find_verb(docker.words, used);
        page += verb == nullptr || used != docker.words.size() ? absent_verb(docker) : rows_of(docker, *verb);
    }
    if (std::getenv("CUTAWAY_WRITE_DOCS") != nullptr) {
        std::ofstream(page_path) << page;
    }
    EXPECT_TRUE(read_text(page_path) == page) << "CUTAWAY_WRITE_DOCS=1 test_cli writes docs/flags.md anew";
}

}  // namespace
}  // namespace cutaway::cli
