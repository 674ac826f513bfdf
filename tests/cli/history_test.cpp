// SPDX-License-Identifier: Apache-2.0
// A tape that begins on a machine with a history tells what was there; the machine's journal tells all of it.
#include <algorithm>
#include <filesystem>

#include "core/cli/root_stage.h"
#include "core/scene/encode.h"
#include "core/scene/evolve.h"
#include "core/scene/invariants.h"
#include "core/trace/lint.h"
#include "tests/cli/terminal.h"

namespace cutaway::cli {
namespace {

// A tape of one command on a machine that may have been used before.
struct Tape {
    trace::Header header;
    trace::Memory events;
    int status = 0;

    [[nodiscard]] scene::Picture picture() const {
        scene::Picture folded = scene::first_picture(header);
        for (const trace::Event& event : events.events) {
            scene::evolve(folded, event);
        }
        return folded;
    }
};

class History : public testing::Test {
protected:
    Tape record(const std::vector<std::string>& lines, bool tell = true) {
        Tape tape;
        auto stage = Stage::open(terminal_.line());
        EXPECT_TRUE(stage);
        tape.header = (*stage)->header();
        (*stage)->recorder().add_sink(tape.events);
        if (tell) {
            (*stage)->tell_history();
        }
        for (const std::string& line : lines) {
            MemoryConsole console;
            tape.status = (*stage)->perform(words_of(line), console);
            EXPECT_EQ(tape.status, 0) << line << console.err_text;
        }
        return tape;
    }
    static std::string seen(const scene::Picture& picture, const std::string& place) {
        const Result<std::string> text = scene::show(picture, place);
        return text ? *text : text.error().doing;
    }
    Terminal terminal_;
};

TEST_F(History, IsNotToldOnAFreshMachine) {
    const Tape tape = record({"run --rm alpine echo hello"});
    for (const trace::Event& event : tape.events.events) {
        const auto* note = std::get_if<world::Note>(&event.body);
        EXPECT_FALSE(note != nullptr && std::holds_alternative<world::StateFound>(*note));
    }
}

TEST_F(History, PutsARunningContainerIntoTheNextCommandsPicture) {
    ASSERT_EQ(terminal_.type("run -d -p 8080:80 --name web nginx").status, 0);
    const scene::Picture picture = record({"exec web cat /etc/hostname"}).picture();
    EXPECT_EQ(seen(picture, "containers[\"web\"].state"), "\"running\"");
    const auto workers = std::count_if(picture.processes->begin(), picture.processes->end(), [](const auto& entry) {
        return entry.second->command.find("worker process") != std::string::npos;
    });
    EXPECT_GE(workers, 1) << seen(picture, "/processes");
    EXPECT_NE(seen(picture, "containers[\"web\"].log").find("start worker process"), std::string::npos);
    EXPECT_FALSE(picture.mounts->empty());
    EXPECT_FALSE(picture.rules->empty());
    EXPECT_FALSE(picture.listeners->empty());
    for (const scene::Violation& violation : scene::violations(picture)) {
        ADD_FAILURE() << violation.rule << ": " << violation.detail;
    }
}

TEST_F(History, KnowsWhatAContainerWroteAndWhichNamespacesAreItsOwn) {
    ASSERT_EQ(terminal_.type("run -d --name web nginx").status, 0);
    ASSERT_EQ(terminal_.type("exec web touch /tmp/mark").status, 0);
    const scene::Picture picture = record({"exec web rm /usr/share/nginx/html/50x.html"}).picture();
    EXPECT_EQ(seen(picture, "containers[\"web\"].upper[\"/tmp/mark\"].change"), "\"added\"");
    EXPECT_EQ(seen(picture, "containers[\"web\"].upper[\"/usr/share/nginx/html/50x.html\"].change"), "\"whiteout\"");
    const scene::Container& web = *(*picture.containers->begin()).second;
    std::vector<std::string> own;
    for (const auto& [inode, space] : *picture.namespaces) {
        if (space.container == web.record.id) {
            own.push_back(space.kind);
        }
    }
    std::sort(own.begin(), own.end());
    EXPECT_EQ(own, (std::vector<std::string>{"cgroup", "ipc", "mount", "net", "pid", "uts"}))
        << "the user's is the host's";
}

TEST_F(History, OfATapeIsSoundForTheLinter) {
    ASSERT_EQ(terminal_.type("run -d --name web nginx").status, 0);
    for (const char* line : {"exec web true", "sh -c 'ps'", "stop web", "rm web"}) {
        const Tape tape = record({line});
        const auto trace = trace::Trace::open(trace::in_memory(trace::to_text(tape.header, tape.events.events)));
        ASSERT_TRUE(trace);
        for (const trace::Complaint& complaint : trace::lint(*trace)) {
            ADD_FAILURE() << line << ": line " << complaint.line << ": " << complaint.what;
        }
    }
}

// What a tape folds to at its end, command after command, is what a new tape begins with.
TEST_F(History, IsWhatOneLongTapeSays) {
    const scene::Picture lived = record({"run -d -p 8080:80 --name web nginx", "exec web touch /tmp/mark",
                                         "sh -c 'curl -s localhost:8080'", "pause web", "unpause web", "stop web",
                                         "run -d --name tick alpine sh -c 'while sleep 1; do echo tick; done'"})
                                     .picture();
    const scene::Picture told = record({"ps"}).picture();
    for (const char* place : {"/containers/web/record", "/containers/tick/record", "/images", "/layers", "/mounts",
                              "/links", "/routes", "/rules", "/networks", "/volumes"}) {
        EXPECT_EQ(seen(lived, place), seen(told, place)) << place;
    }
    EXPECT_EQ((*lived.containers->begin()).second->history.size(), (*told.containers->begin()).second->history.size());
}

TEST_F(History, CoversWhatHappenedBetweenTwoCommands) {
    ASSERT_EQ(terminal_.type("run -d --name tick alpine sh -c 'sleep 2; echo between'").status, 0);
    const Tape tape = record({"ps -a"});  // five seconds later
    const scene::Picture picture = tape.picture();
    EXPECT_NE(seen(picture, "containers[\"tick\"].log").find("between"), std::string::npos);
    const auto of = [&](const scene::Picture& one) { return (*one.containers->begin()).second->log_lines; };
    EXPECT_EQ(of(picture), 1u);
    EXPECT_EQ(of(record({"ps -a"}).picture()), 1u) << "told once, not once more by each command";
}

TEST_F(History, IsToldAnewWhenAnotherTerminalActed) {
    auto stage = Stage::open(terminal_.line());
    ASSERT_TRUE(stage);
    Tape tape;
    tape.header = (*stage)->header();
    (*stage)->recorder().add_sink(tape.events);
    (*stage)->tell_history();
    MemoryConsole console;
    ASSERT_EQ((*stage)->perform({"ps"}, console), 0);
    ASSERT_EQ(terminal_.type("run -d --name web nginx").status, 0);
    ASSERT_EQ((*stage)->perform({"ps"}, console), 0);
    EXPECT_EQ(seen(tape.picture(), "containers[\"web\"].state"), "\"running\"");
}

TEST_F(History, OfAMachineIsATraceOfItsOwn) {
    for (const char* line : {"run -d --name web nginx", "exec web true", "rm -f web"}) {
        ASSERT_EQ(terminal_.type(line).status, 0);
    }
    const auto trace = trace::Trace::open_file(terminal_.root() + "/journal.jsonl");
    ASSERT_TRUE(trace) << trace.error().doing;
    EXPECT_EQ(trace->header().world, "model");
    for (const trace::Complaint& complaint : trace::lint(*trace)) {
        ADD_FAILURE() << "line " << complaint.line << ": " << complaint.what;
    }
}

std::string text_of(const std::string& path) { return trace::read_file(path).value_or(std::string()); }

void expect_sound_page(const std::string& path) {
    const auto trace = trace::Trace::open_file(path);
    ASSERT_TRUE(trace) << trace.error().doing;
    for (const trace::Complaint& complaint : trace::lint(*trace)) {
        ADD_FAILURE() << path << " line " << complaint.line << ": " << complaint.what;
    }
}

// A long life: what a tape begins with is folded from the last page alone, and says what all of it would.
TEST_F(History, OfALongLifeGoesOnOnANewPageAndLosesNothingThatIsShown) {
    ASSERT_EQ(terminal_.type("run -d -p 8080:80 --name web nginx").status, 0);
    ASSERT_EQ(terminal_.type("exec web touch /tmp/mark").status, 0);
    const std::string second = terminal_.root() + "/journal/2.jsonl";
    ASSERT_EQ(terminal_.type("run --name talks alpine seq 9000").status, 0);
    const scene::Picture lived = record({"ps"}).picture();
    ASSERT_FALSE(std::filesystem::exists(second));
    ASSERT_EQ(terminal_.type("sh -c 'for i in $(seq 30); do true; done'").status, 0);
    ASSERT_EQ(terminal_.type("run --rm alpine seq 1000").status, 0);
    ASSERT_TRUE(std::filesystem::exists(second));
    expect_sound_page(terminal_.root() + "/journal.jsonl");

    const Tape tape = record({"ps"});
    const scene::Picture told = tape.picture();
    for (const char* place : {"/containers/web/record", "/containers/talks/record", "/images", "/layers", "/mounts",
                              "/links", "/routes", "/rules", "/networks", "/volumes"}) {
        EXPECT_EQ(seen(lived, place), seen(told, place)) << place;
    }
    EXPECT_EQ(seen(told, "containers[\"talks\"].log_lines"), "9000");
    EXPECT_EQ(seen(told, "containers[\"web\"].upper[\"/tmp/mark\"].change"), "\"added\"");
    const auto notes = std::count_if(tape.events.events.begin(), tape.events.events.end(), [](const trace::Event& one) {
        const auto* note = std::get_if<world::Note>(&one.body);
        return note != nullptr && std::holds_alternative<world::StateFound>(*note);
    });
    EXPECT_EQ(notes, 1);

    ASSERT_EQ(terminal_.type("stop web").status, 0);
    expect_sound_page(second);
    EXPECT_EQ(seen(record({"ps -a"}).picture(), "containers[\"web\"].state"), "\"exited\"");
}

TEST_F(History, GoesBackOverAPageWithTheMachineAndIntoAForkWhole) {
    ASSERT_EQ(terminal_.type("run -d --name web nginx").status, 0);
    ASSERT_EQ(terminal_.type("run --name talks alpine seq 11000").status, 0);
    const std::string second = text_of(terminal_.root() + "/journal/2.jsonl");
    ASSERT_NE(second, "");
    ASSERT_EQ(terminal_.type("model fork kept").status, 0);
    EXPECT_EQ(text_of(terminal_.root() + "/forks/kept/journal.jsonl"), text_of(terminal_.root() + "/journal.jsonl"));
    EXPECT_EQ(text_of(terminal_.root() + "/forks/kept/journal/2.jsonl").substr(0, second.size()), second);

    ASSERT_EQ(terminal_.type("model undo").out, "undone: run --name talks alpine seq 11000\n");
    const scene::Picture before = record({"ps"}).picture();
    EXPECT_EQ(seen(before, "containers[\"web\"].state"), "\"running\"");
    EXPECT_EQ(before.containers->size(), 1U);
    ASSERT_EQ(terminal_.type("run --name more alpine seq 11000").status, 0);
    const scene::Picture after = record({"ps"}).picture();
    EXPECT_EQ(after.containers->size(), 2U);
    expect_sound_page(terminal_.root() + "/journal/2.jsonl");
    EXPECT_EQ(text_of(terminal_.root() + "/journal/2.jsonl").find("talks"), std::string::npos);
}

}  // namespace
}  // namespace cutaway::cli
