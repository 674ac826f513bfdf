// SPDX-License-Identifier: Apache-2.0
// The verbs over recorded traces: what they print, what they step through, and files that are wrong.
#include "core/cli/replay.h"

#include <unistd.h>

#include <filesystem>
#include <fstream>
#include <string>
#include <vector>

#include <gtest/gtest.h>

#include "tests/stepper/scripted.h"

namespace cutaway::cli {
namespace {

using Words = std::vector<std::string>;

bool has(const std::string& text, const std::string& part) { return text.find(part) != std::string::npos; }

// A folder that is gone when the tests are over.
class Scratch {
public:
    Scratch() : path_(std::filesystem::path(testing::TempDir()) / ("cutaway-replay-" + std::to_string(::getpid()))) {
        std::filesystem::create_directories(path_);
    }
    ~Scratch() {
        std::error_code ignored;
        std::filesystem::remove_all(path_, ignored);
    }
    Scratch(const Scratch&) = delete;
    Scratch& operator=(const Scratch&) = delete;
    [[nodiscard]] std::string file(const std::string& name) const { return (path_ / name).string(); }

private:
    std::filesystem::path path_;
};

std::string scratch_file(const std::string& name) {
    static const Scratch scratch;
    return scratch.file(name);
}

std::string file_with(const std::string& name, const std::string& text) {
    const std::string path = scratch_file(name);
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

TEST(Replay, StopsAtTheEndForWhatComesTrueThereAndSaysSo) {
    std::vector<trace::Event> events = two_phases();
    while (!std::holds_alternative<world::Note>(events.back().body)) {
        events.pop_back();
    }
    const std::string file = file_with("ends", trace::to_text({}, events));
    const Outcome got = replayed({file}, {"break containers[\"web\"].state == \"running\"", "c", "q"});
    EXPECT_TRUE(has(got.out, "breakpoint 1: containers[\"web\"].state == \"running\"\nthe run has ended")) << got.out;
}

// Tags that are opened and not closed again, or closed and not open, in their order.
std::string unbalanced(const std::string& page) {
    std::vector<std::string> open;
    for (std::size_t at = page.find('<'); at != std::string::npos; at = page.find('<', at + 1)) {
        const std::string tag = page.substr(at + 1, page.find_first_of(" >", at) - at - 1);
        if (tag == "!DOCTYPE" || tag == "meta") {
            continue;
        }
        if (tag[0] != '/') {
            open.push_back(tag);
        } else if (open.empty() || "/" + open.back() != tag) {
            return tag + " at " + std::to_string(at);
        } else {
            open.pop_back();
        }
    }
    return open.empty() ? "" : open.back();
}

TEST(Transcript, IsAPageOfHeadingsAndListsThatSaysEverythingInWords) {
    trace::Header header;
    header.world = "model";
    header.program = "cutaway 0.1.0";
    std::vector<trace::Event> events = two_phases();
    trace::Event typed = events.front();
    typed.kind = trace::EventKind::note;
    typed.span = 0;
    typed.parent = 0;
    typed.body = world::Note(world::CommandTyped{{"run", "--name", "<b>&\"web\"", "nginx"}});
    events.insert(events.begin(), typed);
    const std::string file = file_with("page.jsonl", trace::to_text(header, events));
    const std::string to = scratch_file("page.html");
    const Outcome shown = traced({"export", file, "--html"});
    ASSERT_EQ(shown.status, 0) << shown.err;
    ASSERT_EQ(traced({"export", "--to", to, "--html", file}).status, 0);
    std::ifstream in(to, std::ios::binary);
    const std::string page((std::istreambuf_iterator<char>(in)), {});
    EXPECT_EQ(page, shown.out);
    EXPECT_EQ(unbalanced(page), "") << page;
    for (const char* part :
         {"<!DOCTYPE html>\n<html lang=\"en\">", "<title>Transcript of page.jsonl</title>", "<a href=\"#story\">",
          "on a simulated machine", "it is not your Docker", "<nav aria-label=\"Phases\">", ">overlay</a>", ">exec</a>",
          "<h3 id=\"e", "Phase overlay</h3>", "<strong>mount the overlay</strong>, by the ", "<code>mount(",
          "<summary>By hand</summary>", "What it changed:", "&lt;b&gt;&amp;", "<h2>The command <code>docker run"}) {
        EXPECT_TRUE(has(page, part)) << part << " is not in: " << page;
    }
    EXPECT_FALSE(has(page, "<b>")) << "what was typed is text";
    EXPECT_FALSE(has(page, "<script") || has(page, "src=") || has(page, "http")) << "it needs nothing else";
}

TEST(Transcript, SaysWhatFailedAndWhatHadNotEnded) {
    std::vector<trace::Event> events = two_phases();
    for (trace::Event& event : events) {
        if (auto* end = std::get_if<trace::SpanEnd>(&event.body)) {
            end->failed = true;
            end->error = "no <space> left";
            break;
        }
    }
    events.pop_back();
    const Outcome got = traced({"export", "--html", file_with("failed.jsonl", trace::to_text({}, events))});
    EXPECT_EQ(got.status, 0);
    EXPECT_EQ(unbalanced(got.out), "") << got.out;
    EXPECT_TRUE(has(got.out, "no &lt;space&gt; left")) << got.out;
    EXPECT_TRUE(has(got.out, "it had not ended where the trace ends")) << got.out;
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
    };
    for (const Case& one : cases) {
        const Outcome got = replayed(one.words);
        EXPECT_EQ(got.status, 1) << one.says;
        EXPECT_TRUE(got.err.starts_with("cutaway: ")) << got.err;
        EXPECT_TRUE(has(got.err, one.says)) << one.says << " is not in: " << got.err;
        EXPECT_TRUE(got.out.empty()) << got.out;
    }
}

struct Broken {
    std::string file;
    std::string what;    // and where
    std::string remedy;  // what to do about it
};

std::vector<Broken> broken_traces() {
    const std::string good = two_phases_text();
    const std::size_t header = good.find('\n') + 1;
    const std::size_t second = good.find('\n', header) + 1;
    const auto with = [&](const std::string& line) { return good.substr(0, second) + line + good.substr(second); };
    const auto newer = [&] { return "{\"format\":\"cutaway-trace\",\"version\":9,\"seed\":{}" + good.substr(header); };
    const std::string head = "what lies before it is sound: head -n 2 keeps it";
    const std::string other = "cutaway --trace FILE run … writes one";
    return {
        {scratch_file("missing"), "No such file or directory", "cutaway --trace FILE run … writes a trace"},
        {std::filesystem::path(scratch_file("x")).parent_path().string(), "Is a directory", "name the trace inside it"},
        {"/proc/self/mem", "Input/output error", "try a copy of it"},
        {file_with("empty", ""), "the file is empty", "record it again"},
        {file_with("header-cut", good.substr(0, header - 5)), "line 1: the trace's header is damaged or cut",
         "record it again"},
        {file_with("format-cut", good.substr(0, 20)), "line 1: this is no Cutaway trace", other},
        {file_with("version-cut", good.substr(0, 30)), "line 1: the trace's header is damaged or cut",
         "record it again"},
        {file_with("newer", newer()), "of version 9, newer than version 1", "use the program that wrote it"},
        {file_with("other-format", "{\"format\":\"har\",\"version\":1}\n"), "line 1: this is no Cutaway trace", other},
        {file_with("rubbish", "rubbish\n"), "line 1: this is no Cutaway trace", other},
        {file_with("no-header", good.substr(header)), "line 1: this is no Cutaway trace", other},
        {file_with("nul", std::string(5000, '\0')), "line 1: this is no Cutaway trace", other},
        {file_with("nul-inside", with(std::string(300, '\0') + "\n")), "line 3 of the trace: it is no JSON object",
         head},
        {file_with("garbage", with("%PDF-1.7\n")), "line 3 of the trace: it is no JSON object", head},
        {file_with("blank-line", with("\n")), "line 3 of the trace: it is no JSON object", head},
        {file_with("cut-inside", with("{\"seq\":3,\"t\":1\n")), "line 3 of the trace: it is damaged", head},
        {file_with("two-in-one", with("{\"seq\":3,\"event\":\"span_end\"}{}\n")),
         "line 3 of the trace: it is damaged or cut", head},
        {file_with("long", with(std::string(std::size_t{17} << 20U, 'x') + "\n")),
         "line 3 of the trace: it is longer than 16 MiB", head},
        {file_with("long-end", good.substr(0, second) + std::string(std::size_t{17} << 20U, 'x')),
         "line 3 of the trace: it is longer than 16 MiB", head},
    };
}

TEST(Replay, ABrokenTraceIsOneLineThatSaysWhatWhereAndWhatToDoForEveryVerb) {
    const std::string good = file_with("good", two_phases_text());
    for (const Broken& one : broken_traces()) {
        const std::vector<Outcome> outcomes{replayed({one.file}),
                                            replayed({one.file, "--json"}),
                                            traced({"lint", one.file}),
                                            traced({"diff", one.file, good}),
                                            traced({"diff", good, one.file}),
                                            traced({"export", one.file})};
        for (const Outcome& got : outcomes) {
            EXPECT_EQ(got.status, 1) << one.file;
            EXPECT_EQ(got.out, "") << one.file;
            EXPECT_TRUE(got.err.starts_with("cutaway: ")) << got.err;
            EXPECT_EQ(got.err.find('\n'), got.err.size() - 1) << got.err;
            EXPECT_TRUE(has(got.err, one.file) && has(got.err, one.what) && has(got.err, one.remedy)) << got.err;
        }
    }
}

TEST(Replay, AnUnreadableTraceIsOneLineToo) {
    if (::geteuid() == 0) {
        GTEST_SKIP() << "root reads everything";
    }
    const std::string file = file_with("unreadable", two_phases_text());
    std::filesystem::permissions(file, std::filesystem::perms::none);
    EXPECT_TRUE(has(replayed({file}).err, "Permission denied; whoever owns it can let you: chmod a+r\n"));
}

// These can be looked at up to a point: the point is told, lint calls it a fault.
TEST(Replay, ACutLineAndAnUnknownEssentialEventAreSaidAndWhatIsKnownIsShown) {
    const std::string good = two_phases_text();
    const std::string cut = file_with("cut-end", good.substr(0, good.size() - 9));
    const std::string future = file_with(
        "future", good + "{\"seq\":18,\"event\":\"call_begin\",\"span\":9,\"call\":{\"kind\":\"teleport\"}}\n");
    const std::vector<std::pair<std::string, std::string>> cases{
        {cut, "was cut off while it was written: the trace ends before it\n"},
        {future, "holds \"teleport\", which this program does not know: the trace can be looked at, not continued\n"},
    };
    for (const auto& [file, says] : cases) {
        const std::vector<std::pair<Outcome, int>> outcomes{{replayed({file, "--at", "0"}), 0},
                                                            {traced({"export", file}), 0},
                                                            {traced({"diff", file, file}), 0},
                                                            {traced({"lint", file}), 1}};
        for (const auto& [got, status] : outcomes) {
            EXPECT_EQ(got.status, status) << file << got.err;
            EXPECT_TRUE(has(got.err, "cutaway: " + file + ": ") && has(got.err, says)) << got.err;
        }
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
    const std::string to = scratch_file("story");
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
