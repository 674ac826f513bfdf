// SPDX-License-Identifier: Apache-2.0
// From an error in the window to its cause in the trace, to the lesson that is about it, and back to before the command.
#include "viz/view/mishap.h"

#include "tests/gui/gui_room.h"
#include "viz/root/script.h"

namespace cutaway {
namespace {

lesson::Catalog catalog() { return lesson::make_catalog(lesson::standard_texts(), "lessons/"); }

class MishapTest : public ::testing::Test {
public:
    void SetUp() override {
        root::ShotOptions small;
        small.width = 1280;
        small.height = 720;
        small.grain = trace::StepMode::step;
        auto made = root::Studio::create(own.free(), small);
        if (!made) {
            GTEST_SKIP() << made.error().doing;
        }
        studio = std::move(*made);
    }
    void does(const std::string& lines) {
        const Status done = root::play_script(*studio, lines, [](const root::Shot& shot) -> Status {
            check_labels(shot);
            return {};
        });
        EXPECT_TRUE(done.has_value()) << (done ? "" : done.error().doing);
    }
    const view::Moment& moment() { return own.room().desk().moment(); }
    bool has(const std::string& container) { return scene::find_container(*moment().picture, container) != nullptr; }

    GuiRoom own{catalog()};
    std::unique_ptr<root::Studio> studio;
};

const std::string first = R"({"perform":"run -d -p 8080:80 --name web nginx"}
{"key":"r"}
)";
const std::string second = R"({"perform":"run -d -p 8080:80 --name second nginx"}
{"key":"r"}
)";

TEST_F(MishapTest, LeadsToItsCauseAndBackToBeforeTheCommand) {
    does(first + R"({"shot":"good"})");
    EXPECT_FALSE(moment().mishap) << moment().mishap->error;
    does(second + R"({"shot":"wrong"})");
    ASSERT_TRUE(moment().mishap.has_value());
    const view::Mishap mishap = *moment().mishap;
    EXPECT_NE(mishap.error.find("8080"), std::string::npos) << mishap.error;
    EXPECT_TRUE(has("second"));
    does(R"({"press":"to_cause"}
{"shot":"cause"})");
    EXPECT_TRUE(view::behind(moment()));
    ASSERT_NE(moment().next, nullptr);
    const auto* call = std::get_if<world::Call>(&moment().next->body);
    ASSERT_NE(call, nullptr) << "the call that failed happens next";
    EXPECT_EQ(kind_of(*call), mishap.what);
    EXPECT_EQ(moment().next->phase, world::Phase::network);
    does(R"({"key":"end"}
{"press":"undo"}
{"shot":"undone"})");
    EXPECT_FALSE(has("second")) << "as before the command";
    EXPECT_TRUE(has("web"));
    EXPECT_FALSE(moment().mishap);
    EXPECT_FALSE(moment().working);
}

TEST_F(MishapTest, LeadsToTheLessonThatIsAboutIt) {
    does(first + second + R"({"press":"to_lesson"}
)");
    ASSERT_NE(own.room().lecture(), nullptr);
    EXPECT_EQ(own.room().lecture()->lesson().id, "L13");
}

TEST_F(MishapTest, AStepThatFailedWithoutACallIsItsOwnCauseAndWhatIsLivedWithIsNone) {
    does(R"({"perform":"run --rm nosuch"}
{"key":"r"}
)");
    ASSERT_TRUE(moment().mishap.has_value());
    EXPECT_NE(moment().mishap->error.find("pull access denied"), std::string::npos) << moment().mishap->error;
    EXPECT_EQ(moment().mishap->lesson, "L03");
    does(R"({"perform":"run --rm alpine echo well"}
{"key":"r"}
)");
    EXPECT_FALSE(moment().mishap) << "the command before is over";
    does(R"({"perform":"rm nosuch"}
)");
    EXPECT_FALSE(moment().mishap) << "what was refused at once is no event";
}

TEST(Mishap, HasALessonForEachPhase) {
    const lesson::Catalog lessons = catalog();
    for (std::size_t n = 0; n < count_of<world::Phase>(); ++n) {
        const auto phase = static_cast<world::Phase>(n);
        EXPECT_NE(lesson::find_lesson(lessons, view::lesson_about(phase)), nullptr) << to_name(phase);
    }
}

TEST(Mishap, OfATapeWhoseNumbersLieIsNone) {
    scene::Picture picture;
    picture.troubles.edit() = {{0, "mount", "no"}, {7, "mount", "no"}, {999999, "mount", "no"}};
    const auto other = [](std::uint64_t) {
        trace::Event event;
        event.seq = 12345;
        return event;
    };
    EXPECT_FALSE(view::mishap_of(picture, 0, 100, other));
}

}  // namespace
}  // namespace cutaway
