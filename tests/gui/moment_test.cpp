// SPDX-License-Identifier: Apache-2.0
// Moments and forks, as a person keeps, hands on and opens them, without a display: what was held goes on elsewhere from
// where it was held, the past offers a copy of the machine, and what is no moment leaves everything as it is.
#include <algorithm>
#include <filesystem>
#include <fstream>

#include "tests/gui/gui_room.h"
#include "viz/app/moment_file.h"
#include "viz/root/script.h"

namespace cutaway {
namespace {

namespace fs = std::filesystem;

lesson::Catalog lessons() { return lesson::make_catalog(lesson::standard_texts(), "lessons/"); }

// What is handed on lies beside the rooms of those who come one after the other: only one surface draws at a time.
class Handed : public ::testing::Test {
protected:
    void SetUp() override {
        std::string name = (fs::temp_directory_path() / "cutaway-handed-XXXXXX").string();
        folder_ = ::mkdtemp(name.data()) == nullptr ? std::string() : name;
    }
    void TearDown() override {
        std::error_code ignored;
        fs::remove_all(folder_, ignored);
    }
    std::string file(const std::string& name) { return folder_ + "/" + name; }

private:
    std::string folder_;
};
using Moments = Handed;
using Forks = Handed;

class Visitor {
public:
    Visitor() : own_(lessons()) {
        root::ShotOptions small;
        small.width = 1280;
        small.height = 720;
        small.grain = trace::StepMode::step;
        auto made = root::Studio::create(own_.free(), small);
        if (made) {
            studio_ = std::move(*made);
        }
    }
    [[nodiscard]] bool can_draw() const { return studio_ != nullptr; }
    void does(const std::string& lines) {
        const Status done = root::play_script(*studio_, lines, [](const root::Shot& shot) -> Status {
            check_labels(shot);
            return {};
        });
        EXPECT_TRUE(done.has_value()) << (done ? "" : done.error().doing);
    }
    void opens(const std::string& path) {
        app::Intent open{app::Act::open_trace};
        open.text = path;
        room().handle(open);
        while (room().opening()) {
            (void)room().tick(0);
        }
        EXPECT_TRUE(room().settle(60'000'000'000));
    }
    app::Room& room() { return own_.room(); }
    const view::Moment& moment() { return room().desk().moment(); }
    std::string notice() { return room().desk().state().notice; }
    bool has(const std::string& name) { return scene::find_container(*moment().picture, name) != nullptr; }
    std::string next() {
        const auto* start = moment().next == nullptr ? nullptr : std::get_if<world::SpanStart>(&moment().next->body);
        return start == nullptr ? std::string() : start->title;
    }

private:
    GuiRoom own_;
    std::unique_ptr<root::Studio> studio_;
};

std::string perform(const std::string& line) { return "{\"perform\":\"" + line + "\"}\n"; }
std::string type(const std::string& text) { return "{\"type\":\"" + text + "\"}\n"; }

const std::string flagship = perform("run -d -p 8080:80 --name web nginx");
const std::string right = "{\"key\":\"right\"}\n";
const std::string run_on = "{\"key\":\"r\"}\n";

TEST_F(Moments, OfACommandThatIsHeldOpenElsewhereWhereItWasHeldAndGoOnFromThere) {
    const std::string path = file("class.moment");
    scene::Picture picture;
    std::string next;
    view::Moment kept;
    {
        Visitor teacher;
        if (!teacher.can_draw()) {
            GTEST_SKIP() << "nothing draws here";
        }
        teacher.does(perform("pull alpine") + run_on + flagship + right + right + right + right + right +
                     "{\"key\":\"[\"}\n{\"key\":\"left\"}\n{\"key\":\"ctrl+o\"}\n" + type(path) +
                     "{\"shot\":\"named\"}\n{\"press\":\"save_moment\"}\n{\"shot\":\"kept\"}\n");
        EXPECT_EQ(teacher.notice(), "Saved this moment: " + path);
        kept = teacher.moment();
        picture = *kept.picture;
        next = teacher.next();
        ASSERT_TRUE(view::behind(kept));
        teacher.does("{\"key\":\"escape\"}\n{\"key\":\"end\"}\n" + run_on);
        EXPECT_TRUE(teacher.has("web")) << "to be kept changes nothing";
    }
    Visitor pupil;
    pupil.opens(path);
    EXPECT_EQ(pupil.notice(), "");
    EXPECT_EQ(pupil.moment().head, kept.head);
    EXPECT_EQ(pupil.moment().position, kept.position);
    EXPECT_EQ(pupil.moment().marks.a, kept.marks.a);
    EXPECT_EQ(pupil.room().desk().state().side, app::Side::traces) << "as it was left";
    EXPECT_TRUE(*pupil.moment().picture == picture);
    EXPECT_EQ(pupil.next(), next);
    pupil.does("{\"shot\":\"opened\"}\n{\"key\":\"escape\"}\n{\"key\":\"end\"}\n");
    EXPECT_TRUE(pupil.moment().waiting) << "it is held, live";
    pupil.does(run_on + perform("ps") + run_on);
    EXPECT_TRUE(pupil.has("web"));
    EXPECT_NE(pupil.room().session().output().find("0.0.0.0:8080->80/tcp"), std::string::npos);
}

TEST_F(Moments, AtRestHoldTheMachineWithItsPastAndOneTape) {
    const std::string path = file("rest.moment");
    std::uint64_t before = 0;
    {
        Visitor teacher;
        if (!teacher.can_draw()) {
            GTEST_SKIP() << "nothing draws here";
        }
        teacher.does(perform("run -d --name web nginx") + run_on + perform("ps") + run_on + "{\"key\":\"ctrl+o\"}\n" +
                     type(path) + "{\"press\":\"save_moment\"}\n");
        before = teacher.moment().head;
    }
    Visitor pupil;
    pupil.opens(path);
    EXPECT_EQ(pupil.moment().head, before);
    EXPECT_TRUE(pupil.has("web"));
    EXPECT_FALSE(pupil.moment().working);
    pupil.does("{\"key\":\"escape\"}\n" + perform("rm -f web") + run_on + "{\"key\":\"home\"}\n{\"shot\":\"back\"}\n");
    EXPECT_FALSE(pupil.has("web"));
    pupil.does("{\"key\":\"end\"}\n{\"key\":\"ctrl+o\"}\n" + type(file("whole.jsonl")) +
               "{\"press\":\"save_trace\"}\n");
    EXPECT_GT(pupil.moment().head, before);
    auto whole = trace::Trace::open_file(file("whole.jsonl"));
    ASSERT_TRUE(whole.has_value()) << whole.error().doing;
    std::vector<trace::Event> events;
    std::set<std::uint32_t> begun;
    for (std::size_t n = 0; n < whole->size(); ++n) {
        const trace::Event event = whole->event(n);
        EXPECT_EQ(event.seq, n + 1);
        if (event.kind == trace::EventKind::span_begin || event.kind == trace::EventKind::call_begin) {
            EXPECT_TRUE(begun.insert(event.span).second) << "span " << event.span << " begins twice";
        }
    }
    pupil.does("{\"key\":\"escape\"}\n" + perform("model undo") + perform("model undo"));
    EXPECT_FALSE(pupil.has("web")) << "what was done before the moment can be undone, too";
    EXPECT_NE(pupil.room().session().output().find("undone: run -d --name web nginx"), std::string::npos);
}

TEST_F(Forks, GoOnFromTheCommandBoundaryBeforeTheViewAndLeaveTheMachineAlone) {
    Visitor own;
    if (!own.can_draw()) {
        GTEST_SKIP() << "nothing draws here";
    }
    own.does(perform("run -d --name web nginx") + run_on + perform("ps") + run_on + perform("rm -f web") + run_on);
    EXPECT_FALSE(own.has("web"));
    const std::uint64_t head = own.moment().head;
    own.does(
        "{\"key\":\"left\"}\n{\"key\":\"left\"}\n{\"shot\":\"past\"}\n{\"press\":\"fork_here\"}\n"
        "{\"shot\":\"forked\"}\n");
    EXPECT_NE(own.notice().find("the machine as before \"rm -f web\"."), std::string::npos) << own.notice();
    EXPECT_NE(own.notice().find("/forks/fork-1"), std::string::npos);
    EXPECT_TRUE(own.has("web"));
    EXPECT_LT(own.moment().head, head);
    own.does(perform("stop web") + run_on + perform("rm web") + run_on + perform("run --rm alpine echo other") +
             run_on);
    EXPECT_NE(own.room().session().output().find("other"), std::string::npos);
    own.does("{\"key\":\"home\"}\n{\"key\":\"right\"}\n{\"key\":\"f\"}\n");
    EXPECT_NE(own.notice().find("as before \"run -d --name web nginx\"."), std::string::npos)
        << "a fork has its machine's past, too: " << own.notice();
    EXPECT_FALSE(own.has("web"));
    own.does("{\"key\":\"ctrl+o\"}\n{\"press\":\"close_trace\"}\n{\"key\":\"escape\"}\n{\"key\":\"end\"}\n");
    EXPECT_EQ(own.moment().head, head) << "as it was left";
    own.does(perform("model undo"));
    EXPECT_TRUE(own.has("web"));
}

TEST_F(Forks, OfAHeldCommandStandBeforeItAndWhatWasUndoneIsRefused) {
    Visitor own;
    if (!own.can_draw()) {
        GTEST_SKIP() << "nothing draws here";
    }
    own.does(flagship + right + right + "{\"key\":\"left\"}\n{\"key\":\"f\"}\n");
    EXPECT_NE(own.notice().find("as before \"run -d -p 8080:80 --name web nginx\"."), std::string::npos)
        << own.notice();
    EXPECT_FALSE(own.moment().working);
    own.does("{\"key\":\"ctrl+o\"}\n{\"press\":\"close_trace\"}\n{\"key\":\"escape\"}\n{\"key\":\"end\"}\n");
    EXPECT_TRUE(own.moment().waiting) << "the machine that was forked is held as it was";
    own.does(run_on + perform("model undo") + "{\"key\":\"home\"}\n{\"key\":\"right\"}\n{\"key\":\"f\"}\n");
    EXPECT_NE(own.notice().find("is not kept: that command was undone"), std::string::npos) << own.notice();
}

TEST_F(Forks, OfARunTypedWithAnotherFlagStandSideBySideWithIt) {
    Visitor own;
    if (!own.can_draw()) {
        GTEST_SKIP() << "nothing draws here";
    }
    own.does("{\"key\":\"v\"}\n{\"shot\":\"hint\"}\n{\"key\":\"v\"}\n");
    EXPECT_NE(own.room().rivals().hint, "") << "there is nothing to compare yet";
    own.does(perform("pull nginx") + run_on + perform("run -d --name web nginx") + run_on +
             "{\"key\":\"left\"}\n{\"key\":\"f\"}\n" + perform("run -d --name web -m 64m nginx") + run_on +
             "{\"key\":\"v\"}\n{\"shot\":\"both\"}\n");
    const app::Rivals::Shown& shown = own.room().rivals();
    EXPECT_EQ(shown.hint, "");
    EXPECT_EQ(shown.left, "run -d --name web nginx");
    EXPECT_EQ(shown.right, "run -d --name web -m 64m nginx");
    const auto& rows = shown.versus.rows;
    const auto limits = std::find_if(rows.begin(), rows.end(),
                                     [](const view::VersusRow& row) { return row.title == "write the limits"; });
    ASSERT_NE(limits, rows.end());
    EXPECT_EQ(limits->verdict, view::Verdict::only_right);
    EXPECT_TRUE(std::any_of(rows.begin(), rows.end(), [](const view::VersusRow& row) {
        return row.title == "overlay" && row.verdict == view::Verdict::same;
    })) << "what has nothing to do with memory is the same";
    own.does("{\"press\":\"versus" + std::to_string(limits - rows.begin()) + "\"}\n");
    EXPECT_EQ(own.next(), "write the limits") << "a press leads there on the tape that is looked at";
}

TEST_F(Moments, OfARecordingShowItWhereItWasLookedAt) {
    const std::string trace = file("run.jsonl");
    const std::string path = file("look.moment");
    std::uint64_t position = 0;
    {
        Visitor own;
        if (!own.can_draw()) {
            GTEST_SKIP() << "nothing draws here";
        }
        own.does(perform("run --rm alpine echo hi") + run_on + "{\"key\":\"ctrl+o\"}\n" + type(trace) +
                 "{\"press\":\"save_trace\"}\n{\"shot\":\"saved\"}\n");
        own.opens(trace);
        own.does("{\"key\":\"escape\"}\n" + right + right + "{\"key\":\"f\"}\n");
        EXPECT_EQ(own.notice(), "this is a recording: there is no machine to go on with");
        position = own.moment().position;
        app::Intent save{app::Act::save_moment};
        save.text = path;
        own.room().handle(save);
    }
    Visitor other;
    other.opens(path);
    EXPECT_TRUE(other.moment().recorded) << other.notice();
    EXPECT_EQ(other.moment().position, position);
    other.does("{\"key\":\"escape\"}\n{\"shot\":\"recording\"}\n{\"press\":\"to_machine\"}\n");
    EXPECT_FALSE(other.moment().recorded);
}

TEST_F(Moments, OfALessonOpenAtTheBeginningOfItsStep) {
    const std::string path = file("lesson.moment");
    {
        Visitor own;
        if (!own.can_draw()) {
            GTEST_SKIP() << "nothing draws here";
        }
        ASSERT_TRUE(own.room().open_lesson("L07", "isolate").has_value());
        ASSERT_TRUE(own.room().settle(60'000'000'000));
        app::Intent save{app::Act::save_moment};
        save.text = path;
        own.room().handle(app::Intent{app::Act::present});
        own.room().handle(save);
        EXPECT_EQ(own.notice(), "Saved this moment: " + path);
    }
    Visitor other;
    other.opens(path);
    ASSERT_NE(other.room().lecture(), nullptr);
    EXPECT_EQ(other.room().lecture()->lesson().id, "L07");
    EXPECT_EQ(other.room().lecture()->progress().step, "isolate");
    EXPECT_TRUE(other.room().state().present);
}

TEST_F(Moments, ThatAreNoneLeaveEverythingAsItIs) {
    Visitor own;
    if (!own.can_draw()) {
        GTEST_SKIP() << "nothing draws here";
    }
    own.does(perform("run -d --name web nginx") + run_on + "{\"key\":\"ctrl+o\"}\n" + type(file("good.moment")) +
             "{\"press\":\"save_moment\"}\n");
    const Result<app::MomentFile> read = app::read_moment(file("good.moment"));
    ASSERT_TRUE(read.has_value());
    app::MomentFile no_trace = *read;
    no_trace.trace = "nonsense\n";
    app::MomentFile no_machine = *read;
    no_machine.machine["machine.bin"] = "nonsense";
    app::MomentFile no_body = *read;
    for (auto& [name, bytes] : no_body.machine) {
        bytes = name.starts_with("bodies/") ? bytes + "x" : bytes;
    }
    app::MomentFile behind = *read;
    behind.head.machine_at = ~std::uint64_t{0};
    app::MomentFile lesson;
    lesson.head.lesson = "L99";
    struct Case {
        const char* name;
        std::string bytes;
        const char* says;
    };
    const std::string whole = app::encode(*read);
    const Case cases[] = {{"cut", whole.substr(0, whole.size() / 2), "it is cut short or damaged"},
                          {"trace", app::encode(no_trace), "read its trace"},
                          {"machine", app::encode(no_machine), "no snapshot of a machine"},
                          {"body", app::encode(no_body), "does not have the digest it is named by"},
                          {"behind", app::encode(behind), "behind the end of its trace"},
                          {"lesson", app::encode(lesson), "there is no lesson \"L99\""}};
    for (const Case& one : cases) {
        const std::string path = file(std::string(one.name) + ".moment");
        std::ofstream(path, std::ios::binary) << one.bytes;
        own.opens(path);
        EXPECT_NE(own.notice().find(one.says), std::string::npos) << one.name << ": " << own.notice();
        EXPECT_EQ(own.room().trace(), "") << "nothing was opened";
        EXPECT_TRUE(own.has("web"));
    }
    app::Intent again{app::Act::save_moment};
    again.text = file("good.moment");
    own.room().handle(again);
    EXPECT_NE(own.notice().find("a file of that name already"), std::string::npos);
}

}  // namespace
}  // namespace cutaway
