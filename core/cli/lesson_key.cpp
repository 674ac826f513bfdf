// SPDX-License-Identifier: Apache-2.0
#include "core/cli/lesson_key.h"

#include "core/cli/lesson_course.h"

namespace cutaway::cli {

namespace {

class KeyMaker final : public LessonVisitor {
public:
    KeyMaker(LessonBench& bench, lesson::Key& key) : bench_(bench), key_(key) {}

    bool meet(const lesson::Part& part) override {
        if (const auto* task = std::get_if<lesson::Task>(&part.block)) {
            for (const std::string& written : task->solve) {
                const std::string command = lesson::fill(written, bench_.picture());
                key_.solved[task->id].push_back(command);
                bench_.perform(command, console_);
            }
        } else if (const auto* predict = std::get_if<lesson::Predict>(&part.block)) {
            asked_.push_back(predict);
            if (predict->now) {
                (void)arrived(nullptr);
            }
        }
        return true;
    }

    bool arrived(const lesson::Part*) override {
        for (const lesson::Predict* predict : asked_) {
            answer(*predict);
        }
        asked_.clear();
        return true;
    }

    void typed(const std::string&) override {}
    void missed(const lesson::Part&) override {}
    void ended(const lesson::Part&) override { console_ = {}; }
    Console& console() override { return console_; }

private:
    void answer(const lesson::Predict& predict) {
        const scene::Picture& picture = bench_.picture();
        lesson::KeyAnswer out;
        if (const Result<lesson::Verdict> verdict = lesson::grade(predict, "", picture)) {
            out.answer = verdict->answer;
        }
        for (const lesson::Choice& choice : predict.choices) {
            out.says.push_back(lesson::fill(choice.say, picture));
        }
        for (const lesson::Wrong& wrong : predict.wrongs) {
            out.says.push_back(lesson::fill(wrong.say, picture));
        }
        out.praise = lesson::fill(predict.right, picture);
        key_.answers[predict.id] = std::move(out);
    }

    LessonBench& bench_;
    lesson::Key& key_;
    MemoryConsole console_;
    std::vector<const lesson::Predict*> asked_;
};

}  // namespace

lesson::Key lesson_key(const lesson::Lesson& lesson, LessonBench& bench) {
    lesson::Key key;
    KeyMaker maker(bench, key);
    lesson::Player player(lesson);
    LessonCourse course(player, bench, maker);
    course.go();
    return key;
}

}  // namespace cutaway::cli
