// SPDX-License-Identifier: Apache-2.0
// Lecture: a lesson being played in the window: its session, the desk at which its machine is looked at, its pages and
// which of them is read. Going back to a page moves the view to where that page was told; nothing is undone. To begin a
// step again is a new lecture, which is its owner's to make. One thread; the lesson and the glossary outlive it.
#pragma once

#include <map>
#include <memory>
#include <optional>
#include <string>

#include "viz/app/desk.h"
#include "viz/app/lesson_worker.h"
#include "viz/view/lesson_card.h"

namespace cutaway::app {

using Glossary = std::map<std::string, std::string>;

class Lecture {
public:
    Lecture(std::unique_ptr<cli::LessonBench> bench, const LessonStart& start, Glossary glossary);
    Lecture(const Lecture&) = delete;
    Lecture& operator=(const Lecture&) = delete;

    Desk& desk() { return desk_; }
    Session& session() { return *session_; }
    [[nodiscard]] const lesson::Lesson& lesson() const { return lesson_; }
    [[nodiscard]] const lesson::Progress& progress() const { return news_.progress; }
    [[nodiscard]] lesson::Awaits awaits() const { return news_.awaits; }

    void handle(const Intent& intent);
    bool tick(double seconds);
    bool settle(std::int64_t timeout_ns);  // until it waits for its learner

    [[nodiscard]] view::LessonCard card() const;
    [[nodiscard]] std::vector<view::Part> lit() const;
    [[nodiscard]] std::size_t page() const { return page_; }

    // Asked for by a word: the step to begin again from; to leave.
    [[nodiscard]] const std::optional<std::string>& again() const { return again_; }
    [[nodiscard]] bool left() const { return left_; }

private:
    void take_news();
    void page_on();
    void page_back();
    void show_page(std::size_t page);
    void pick(std::size_t place);
    void submit();
    void say(const std::string& line);
    [[nodiscard]] bool at_last() const { return page_ >= pages_.last(); }

    const lesson::Lesson& lesson_;
    Glossary glossary_;
    LessonWorker* worker_;  // the session's
    std::unique_ptr<Session> session_;
    Desk desk_;
    view::LessonPages pages_;
    std::size_t page_ = 0;
    std::vector<std::size_t> picks_;
    LessonNews news_;
    std::optional<std::string> again_;
    bool left_ = false;
};

}  // namespace cutaway::app
