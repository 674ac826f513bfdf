// SPDX-License-Identifier: Apache-2.0
// A lesson of one's own, read again while somebody writes at it: the last good version stays.
#include <filesystem>
#include <fstream>
#include <string>

#include <gtest/gtest.h>

#include "core/cli/root_lesson_own.h"

namespace cutaway::cli {
namespace {

class Own : public testing::Test {
protected:
    Own()
        : folder_(testing::TempDir() + "cutaway-own-" +
                  std::to_string(::testing::UnitTest::GetInstance()->random_seed()) + "/") {
        std::filesystem::create_directories(folder_);
    }
    ~Own() override {
        std::error_code ignored;
        std::filesystem::remove_all(folder_, ignored);
    }

    void save(const std::string& name, const std::string& text) const {
        std::ofstream(folder_ + name, std::ios::binary) << text;
    }
    [[nodiscard]] std::string path() const { return folder_ + "lesson.md"; }

    static std::string text(const std::string& title, const std::string& more = {}) {
        return "---\nid: L98\ntitle: " + title + "\nsummary: S.\ngoal: G\nminutes: 5\n---\n\n## One\n\n" +
               "```step\nid: one\ncaption: C.\n```\n\nText.\n" + more;
    }

    std::string folder_;
};

TEST_F(Own, StandsAmongTheOthersInThePlaceOfTheSameId) {
    save("lesson.md", text("Mine"));
    const std::string other = text("Theirs");
    std::string another = text("Elsewhere");
    another.replace(another.find("L98"), 3, "L97");
    const Result<OwnLesson> own =
        OwnLesson::read(path(), {{"L98-theirs/lesson.md", other}, {"L97-elsewhere/lesson.md", another}});
    ASSERT_TRUE(own.has_value()) << own.error().doing;
    EXPECT_EQ(own->id(), "L98");
    EXPECT_EQ(lesson::find_lesson(own->catalog(), "L98")->title, "Mine");
    EXPECT_EQ(own->catalog().lessons.size(), 2U);
}

TEST_F(Own, KeepsTheLastGoodVersionWhileTheFileIsBroken) {
    save("lesson.md", text("First"));
    Result<OwnLesson> own = OwnLesson::read(path(), {});
    ASSERT_TRUE(own.has_value());
    const lesson::Lesson* first = lesson::find_lesson(own->catalog(), "L98");
    EXPECT_EQ(own->refresh(), OwnLesson::News::none);
    save("lesson.md", text("Broken", "\n```quiz\n```\n"));
    EXPECT_EQ(own->refresh(), OwnLesson::News::broken);
    EXPECT_EQ(own->complaint().find(path() + ":"), 0U) << own->complaint();
    EXPECT_EQ(own->refresh(), OwnLesson::News::none) << "it is told once";
    EXPECT_EQ(lesson::find_lesson(own->catalog(), "L98")->title, "First");
    save("lesson.md", text("Second"));
    EXPECT_EQ(own->refresh(), OwnLesson::News::good);
    EXPECT_EQ(lesson::find_lesson(own->catalog(), "L98")->title, "Second");
    EXPECT_EQ(first->title, "First") << "whoever plays it still has it";
    std::filesystem::remove(path());
    EXPECT_EQ(own->refresh(), OwnLesson::News::none) << "an editor is at work";
}

TEST_F(Own, LooksAtTheDrawingsBesideItToo) {
    save("lesson.md", text("Drawn", "\n```figure\nname: cake\nalt: A cake.\n```\n"));
    Result<OwnLesson> own = OwnLesson::read(path(), {});
    ASSERT_TRUE(own.has_value()) << own.error().doing;
    save("cake.figure", "nonsense\n");
    EXPECT_EQ(own->refresh(), OwnLesson::News::broken);
    EXPECT_NE(own->complaint().find("cake.figure:1: "), std::string::npos) << own->complaint();
    const Result<OwnLesson> broken = OwnLesson::read(path(), {});
    ASSERT_FALSE(broken.has_value());
    EXPECT_NE(broken.error().doing.find("cake.figure:1: "), std::string::npos);
}

TEST_F(Own, ThatIsNotThereIsSaid) {
    const Result<OwnLesson> none = OwnLesson::read(folder_ + "none.md", {});
    ASSERT_FALSE(none.has_value());
    EXPECT_NE(none.error().doing.find("none.md"), std::string::npos) << none.error().doing;
}

}  // namespace
}  // namespace cutaway::cli
