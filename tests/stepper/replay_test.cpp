// SPDX-License-Identifier: Apache-2.0
// The verbs over recorded traces: what they print, what they step through, and files that are wrong.
#include "core/cli/replay.h"

#include <fstream>
#include <string>
#include <vector>

#include <gtest/gtest.h>

#include "tests/stepper/scripted.h"

namespace cutaway::cli {
namespace {

using Words = std::vector<std::string>;

bool has(const std::string& text, const std::string& part) { return text.find(part) != std::string::npos; }

std::string file_with(const std::string& name, const std::string& text) {
    const std::string path = testing::TempDir() + "cutaway_replay_" + name;
    std::ofstream(path, std::ios::binary) << text;
    return path;
}

std::string two_phases_text() {
    trace::Header header;
    header.world = "model";
    return trace::to_text(header, two_phases());
}

struct Outcome {
    int status = 0;
    std::string out;
    std::string err;
};

Outcome replayed(Words words, std::vector<std::string> typed = {}) {
    MemoryConsole console;
    ScriptedLines lines(std::move(typed));
    words.insert(words.begin(), "replay");
    const int status = replay(words, lines, console);
    return {status, console.out_text, console.err_text};
}

Outcome traced(Words words) {
    MemoryConsole console;
    words.insert(words.begin(), "trace");
    const int status = trace_verb(words, console);
    return {status, console.out_text, console.err_text};
}

TEST(Replay, LooksAtAPlaceByNumberOrPhase) {
    const std::string file = file_with("good", two_phases_text());
    struct Case {
        Words words;
        std::string says;
    };
    const std::vector<Case> cases{
        {{file, "--at", "0"}, "next: run nginx"},
        {{file, "--at=0", "--show", "containers"}, "{}"},
        {{file, "--phase", "overlay", "--show", "containers[\"web\"].state"}, "created"},
        {{"--phase=exec", "--show=containers[\"web\"].state", file}, "running"},
        {{file, "--show", "count"}, ""},
        {{file, "--at", "3", "--json"}, "\"containers\""},
    };
    for (const Case& one : cases) {
        const Outcome got = replayed(one.words);
        if (one.says.empty()) {
            EXPECT_NE(got.status, 0);
            EXPECT_FALSE(got.err.empty());
            continue;
        }
        EXPECT_EQ(got.status, 0) << got.err;
        EXPECT_TRUE(has(got.out, one.says)) << one.says << " is not in: " << got.out;
    }
}

TEST(Replay, StepsThroughAFileAndBack) {
    const std::string file = file_with("steps", two_phases_text());
    const Outcome got = replayed(
        {file}, {"next", "show mounts", "until exec", "show containers[\"web\"].state", "bp", "where", "quit", "next"});
    EXPECT_EQ(got.status, 0);
    EXPECT_TRUE(has(got.out, "Next: step mount the overlay")) << got.out;
    EXPECT_TRUE(has(got.out, "running")) << got.out;
    EXPECT_TRUE(has(got.out, "Next: phase join the layers")) << got.out;
}

TEST(Replay, AnythingWrongIsOneClearError) {
    const std::string good = two_phases_text();
    const std::string file = file_with("good", good);
    struct Case {
        Words words;
        std::string says;
    };
    const std::vector<Case> cases{
        {{}, "needs a trace file"},
        {{file + ".missing"}, "No such file or directory"},
        {{file, "other"}, "does not know what to do with \"other\""},
        {{file, "--at"}, "does not know what to do with \"--at\""},
        {{file, "--at", "-1"}, "--at takes a number from 0 to"},
        {{file, "--at", "99999999999999999999"}, "--at takes a number from 0 to"},
        {{file, "--at", "1", "--phase", "exec"}, "give one"},
        {{file, "--phase", "nowhere"}, "there is no phase \"nowhere\""},
        {{file, "--phase", "stop"}, "the trace has no phase stop"},
        {{file_with("empty", "")}, "open "},
        {{file_with("rubbish", "rubbish\n")}, "open "},
        {{file_with("newer", "{\"cutaway_trace\":99}\n")}, "open "},
    };
    for (const Case& one : cases) {
        const Outcome got = replayed(one.words);
        EXPECT_EQ(got.status, 1) << one.says;
        EXPECT_TRUE(got.err.starts_with("cutaway: ")) << got.err;
        EXPECT_TRUE(has(got.err, one.says)) << one.says << " is not in: " << got.err;
        EXPECT_TRUE(got.out.empty()) << got.out;
    }
}

TEST(Replay, ATraceCutAnywhereIsShownToThere) {
    const std::string good = two_phases_text();
    const std::size_t header = good.find('\n') + 1;
    for (std::size_t end = header; end < good.size(); end += 97) {
        const Outcome got = replayed({file_with("cut", good.substr(0, end)), "--show", "containers"});
        EXPECT_EQ(got.status, 0) << end << ": " << got.err;
    }
}

TEST(TraceVerb, LintsComparesAndExports) {
    const std::string file = file_with("good", two_phases_text());
    std::vector<trace::Event> shorter = two_phases();
    shorter.erase(shorter.begin() + 4, shorter.begin() + 6);
    const std::string other = file_with("other", trace::to_text({}, shorter));
    EXPECT_EQ(traced({"lint", file}).status, 0);
    EXPECT_TRUE(has(traced({"lint", file}).out, "nothing to complain of"));
    EXPECT_EQ(traced({"diff", file, file}).out, "the same story\n");
    const Outcome differs = traced({"diff", file, other});
    EXPECT_EQ(differs.status, 1);
    EXPECT_FALSE(differs.out.empty());
    const Outcome exported = traced({"export", file});
    EXPECT_TRUE(has(exported.out, "mount(type: overlay")) << exported.out;
    const std::string to = testing::TempDir() + "cutaway_replay_story";
    EXPECT_EQ(traced({"export", file, "--to", to}).status, 0);
    std::ifstream written(to);
    EXPECT_EQ(std::string(std::istreambuf_iterator<char>(written), {}), exported.out);
}

TEST(TraceVerb, SaysHowItIsUsed) {
    for (const Words& words : {Words{}, {"lint"}, {"diff", "one"}, {"fly", "x"}, {"export", "a", "b"}}) {
        const Outcome got = traced(words);
        EXPECT_EQ(got.status, 1);
        EXPECT_TRUE(got.err.starts_with("Usage:  cutaway trace lint")) << got.err;
    }
    EXPECT_TRUE(has(traced({"lint", "/nowhere/x"}).err, "cutaway: "));
}

}  // namespace
}  // namespace cutaway::cli
