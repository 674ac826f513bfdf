// SPDX-License-Identifier: Apache-2.0
#include "core/cli/root_lesson.h"

#include <algorithm>
#include <chrono>
#include <functional>
#include <optional>
#include <thread>

#include "core/cli/lesson_key.h"
#include "core/cli/lesson_play.h"
#include "core/cli/lesson_quiz.h"
#include "core/cli/lesson_text.h"
#include "core/cli/lesson_trial.h"
#include "core/cli/lesson_words.h"
#include "core/cli/root_console.h"
#include "core/cli/root_lesson_machine.h"
#include "core/cli/root_lesson_new.h"
#include "core/cli/root_lesson_own.h"
#include "core/cli/root_lesson_report.h"
#include "core/cli/root_shelf.h"
#include "core/host/syscall.h"
#include "core/host/terminal.h"

namespace cutaway::cli {

namespace {

class LessonVerb {
public:
    LessonVerb(const CommandLine& line, LessonWords words) : line_(line), words_(std::move(words)) {
        line_.world = words_.value("--world", line_.world);
    }

    int perform() {
        files_ = lesson::standard_texts();
        if (words_.has("--watch") && (words_.names.size() != 1 || words_.names[0].find('/') == std::string::npos)) {
            return complain(
                "--watch looks at one lesson file of your own, named with its path, as ./my-lesson/lesson.md");
        }
        if (words_.verb == "lint") {
            return words_.has("--watch") ? watch([this] { return lint(); }) : lint();
        }
        if (words_.verb == "new") {
            return new_lesson(words_);
        }
        if (words_.verb == "report" || words_.verb == "policy") {
            return words_.verb == "report" ? report_lessons(line_, words_) : lesson_policy(line_, words_);
        }
        const std::string own =
            !words_.names.empty() && words_.names[0].find('/') != std::string::npos ? words_.names[0] : "";
        if (!own.empty()) {
            return words_.has("--watch") && words_.verb == "test" ? watch([&] { return with_own(own); })
                                                                  : with_own(own);
        }
        catalog_ = lesson::make_catalog(files_, "lessons/");
        return dispatch();
    }

private:
    // Does it again whenever the file, or a drawing beside it, is saved, until it is interrupted; the last status counts.
    int watch(const std::function<int()>& act) {
        const std::string path = words_.names[0];
        host::catch_signals();
        OwnLesson::Texts seen;
        int status = 1;
        while (!console_.signal()) {
            Result<OwnLesson::Texts> now = OwnLesson::look(path);  // an editor that saves may take it away for a moment
            if (!now && seen.empty()) {
                return complain(now.error().doing);
            }
            if (now && *now != seen) {
                words_.names[0] = path;
                seen = std::move(*now);
                status = act();
                console_.out(status == 0 ? path + ": good\n" : "");
            }
            std::this_thread::sleep_for(std::chrono::milliseconds(250));
        }
        return status;
    }

    int complain(const std::string& text) {
        console_.err("cutaway: " + text + "\n");
        return 1;
    }

    int dispatch() {
        if (words_.verb == "list") {
            return list();
        }
        if (words_.verb == "test") {
            return test();
        }
        if (words_.verb != "play" && words_.verb != "show" && words_.verb != "handout" && words_.verb != "quiz") {
            console_.err(lesson_usage);
            return words_.verb.empty() ? 0 : 1;
        }
        if (words_.names.size() != 1) {
            return complain("lesson " + words_.verb + " takes the id of one lesson, as L07; see cutaway lesson list");
        }
        const lesson::Lesson* found = find(words_.names[0]);
        if (found == nullptr) {
            return complain("there is no lesson \"" + words_.names[0] + "\"" +
                            (words_.locale() == "en" ? "" : " in " + words_.locale()) + "; see cutaway lesson list");
        }
        if (words_.verb == "show") {
            console_.out(lesson_document(*found, catalog_, words_.has("--solutions")));
            return 0;
        }
        return words_.verb == "handout" ? handout(*found) : words_.verb == "quiz" ? quiz(*found) : play(*found);
    }

    const lesson::Lesson* find(const std::string& name) const {
        return lesson::find_lesson(catalog_, name, words_.locale());
    }

    int handout(const lesson::Lesson& what) {
        const std::map<std::string, std::string> glossary = lesson::glossary_of(catalog_, what.locale);
        if (!words_.has("--solutions")) {
            return put_lesson_text(words_, lesson::handout(what, glossary, nullptr));
        }
        prepare_key(what);
        Result<std::unique_ptr<LessonBench>> bench = fresh_bench(line_, what, "-key");
        if (!bench) {
            return complain(bench.error().doing);
        }
        const lesson::Key key = lesson_key(what, **bench);
        bench->reset();
        drop_bench(line_, what, "-key");
        return put_lesson_text(words_, lesson::handout(what, glossary, &key));
    }

    // Answers are looked up on the simulated machine where the lesson has one: it is there at once, for everybody.
    void prepare_key(const lesson::Lesson& what) {
        line_.world = lesson::plays_in(what, "model") ? "model" : "real";
        line_.clock = line_.clock.empty() ? "advance:1s" : line_.clock;
    }

    int quiz(const lesson::Lesson& what) {
        Result<lesson::Progress> progress = kept_progress(line_, what.id);
        const Result<lesson::QuizTurn> turn =
            progress ? lesson::quiz_turn(what, *progress) : Result<lesson::QuizTurn>(progress.error());
        if (!turn) {
            return complain(turn.error().doing);
        }
        TypedLines lines;
        const std::optional<QuizTaken> taken = ask_quiz(what, *turn, lines, console_, &wall_clock_ms);
        if (!taken) {
            return complain("the test was left; nothing of it is kept");
        }
        prepare_key(what);
        Result<std::unique_ptr<LessonBench>> bench = fresh_bench(line_, what, "-key");
        if (!bench) {
            return complain(bench.error().doing);
        }
        const QuizGraded graded = grade_quiz(what, *taken, **bench, wall_clock_ms());
        bench->reset();
        drop_bench(line_, what, "-key");
        progress->lesson = what.id;
        (*turn == lesson::QuizTurn::before ? progress->before : progress->after) = graded.answers;
        if (const Status kept = keep_progress(line_, what.id, *progress); !kept) {
            return complain("the test is not kept: " + kept.error().doing);
        }
        console_.out(quiz_told(what, *progress, graded));
        return 0;
    }

    // A lesson file of one's own is played instead of the one with the same id.
    int with_own(const std::string& path) {
        Result<OwnLesson> own = OwnLesson::read(path, files_);
        if (!own) {
            return complain(own.error().doing);
        }
        own_ = std::move(*own);
        catalog_ = own_->catalog();
        words_.names[0] = own_->id();
        return dispatch();
    }

    static std::vector<lesson::Mistake> mistakes_in(const std::string& path, const std::string& text) {
        return path.ends_with(".figure") ? lesson::read_figure(text).mistakes
                                         : lesson::load_lesson(path, text).mistakes;
    }

    int lint() {
        std::vector<lesson::FileMistake> mistakes;
        for (const std::string& path : words_.names) {
            const Result<std::string> text = host::read_file(path);
            if (!text) {
                return complain(text.error().doing);
            }
            for (const lesson::Mistake& mistake : mistakes_in(path, *text)) {
                mistakes.push_back({path, mistake});
            }
        }
        if (words_.names.empty()) {
            mistakes = lesson::make_catalog(files_, "lessons/").mistakes;
        }
        for (const lesson::FileMistake& one : mistakes) {
            console_.err(lesson::to_text(one.file, one.mistake) + "\n");
        }
        return mistakes.empty() ? 0 : 1;
    }

    int list() {
        console_.out(lesson_list(catalog_, kept_progresses(line_, catalog_)));
        return 0;
    }

    Result<LessonPlayOptions> options(const lesson::Lesson& what) {
        LessonPlayOptions options;
        options.notes = words_.has("--notes");
        options.glossary = lesson::glossary_of(catalog_, what.locale);
        if (!words_.value("--from").empty() && lesson::find_step(what, words_.value("--from")) == nullptr) {
            return fail(Errc::not_found,
                        what.id + " has no step \"" + words_.value("--from") + "\"; it has " + steps_of(what));
        }
        for (const lesson::Cut& cut : what.cuts) {
            if (!words_.value("--cut").empty() && std::to_string(cut.minutes) == words_.value("--cut")) {
                options.only.insert(cut.steps.begin(), cut.steps.end());
            }
        }
        if (!words_.value("--cut").empty() && options.only.empty()) {
            return fail(Errc::not_found, what.id + " has no cut of " + words_.value("--cut") + " minutes");
        }
        options.policy = TRY(kept_policy(line_));
        options.now_ms = &wall_clock_ms;
        options.on_progress = [this, id = what.id](const lesson::Progress& progress) { keep(id, progress); };
        return options;
    }

    static std::string steps_of(const lesson::Lesson& what) {
        std::string out;
        for (const lesson::Step& step : what.steps) {
            out += (out.empty() ? "" : ", ") + step.id;
        }
        return out;
    }

    // A lesson is not stopped because a note of it cannot be kept; it is said once, at the end.
    void keep(const std::string& id, const lesson::Progress& progress) {
        const Status kept = keep_progress(line_, id, progress);
        unkept_ = kept ? "" : kept.error().doing;
    }

    int play(const lesson::Lesson& what) {
        Result<LessonPlayOptions> how = options(what);
        Result<lesson::Progress> kept = kept_progress(line_, what.id);
        if (!how || !kept) {
            return complain(how ? kept.error().doing : how.error().doing);
        }
        if (const Status fits = for_this_world(line_, what); !fits) {
            return complain(fits.error().doing);
        }
        host::catch_signals();
        lesson::Progress progress = std::move(*kept);
        how->from = words_.value("--from").empty() && !progress.finished ? progress.step : words_.value("--from");
        if (lesson::find_step(what, how->from) == nullptr) {
            how->from.clear();
        }
        greet(what, how->from, lesson::in_words(how->policy));
        TypedLines lines;
        const lesson::Lesson* now = &what;
        if (words_.has("--watch")) {
            how->news = [&](const std::string& step) { return news(step, now); };
        }
        while (true) {
            Result<std::unique_ptr<LessonBench>> bench = fresh_bench(line_, *now);
            if (!bench) {
                return complain(bench.error().doing);
            }
            lesson::Player player(*now, std::move(progress));
            LessonPlay play(player, **bench, lines, console_, *how);
            const LessonPlay::Outcome outcome = play.play();
            if (outcome != LessonPlay::Outcome::again) {
                bench->reset();
                clear_up(*now);
                return unkept_.empty() ? 0 : complain("your progress is not kept: " + unkept_);
            }
            progress = player.progress();
            how->from = play.from();
        }
    }

    // A simulated machine stays as it was left; of a real one nothing does.
    void clear_up(const lesson::Lesson& what, const std::string& purpose = "") {
        if (line_.world == "real") {
            drop_bench(line_, what, purpose);
        }
    }

    // Before each line of an author's: whether the file was saved. A good one begins the step again, a broken one is told.
    std::optional<std::string> news(const std::string& step, const lesson::Lesson*& now) {
        const OwnLesson::News news = own_->refresh();
        if (news == OwnLesson::News::broken) {
            console_.err("cutaway: " + own_->complaint() +
                         "\ncutaway: playing on with the last version that was good\n");
        }
        const lesson::Lesson* fresh =
            news == OwnLesson::News::good ? lesson::find_lesson(own_->catalog(), own_->id(), words_.locale()) : nullptr;
        if (fresh == nullptr) {
            return std::nullopt;
        }
        now = fresh;
        console_.err("cutaway: the lesson was saved; its new version begins here\n");
        return "step " + step;
    }

    void greet(const lesson::Lesson& what, const std::string& from, const std::string& rules) {
        const LessonLabels& labels = labels_of(what.locale);
        console_.out(
            what.id + ": " + what.title + " (" + std::to_string(what.minutes) + " " + std::string(labels.minutes) +
            ")\n" + lesson_wrapped(what.summary, "", "") +
            lesson_wrapped(std::string(line_.world == "real" ? labels.real_greeting : labels.greeting), "", ""));
        for (const lesson::StandIn& one : line_.world == "real" ? what.stand_ins : std::vector<lesson::StandIn>()) {
            std::string said(labels.stand_in);
            said.replace(said.find("{}"), 2, one.image);
            console_.out(said.replace(said.find("{}"), 2, one.lab) + "\n");
        }
        if (!rules.empty()) {
            console_.out(std::string(labels.rules) + rules + ".\n");
        }
        if (!from.empty()) {
            std::string line(labels.going_on);
            console_.out(line.replace(line.find("{}"), 2, from) + "\n");
        }
    }

    int test() {
        std::size_t wrong = 0;
        for (const lesson::FileMistake& one : catalog_.mistakes) {
            console_.err(lesson::to_text(one.file, one.mistake) + "\n");
            ++wrong;
        }
        for (const lesson::Lesson& what : words_.locale() == "en" ? catalog_.lessons : catalog_.translations) {
            const bool wanted =
                (words_.names.empty() && what.locale == words_.locale() && lesson::plays_in(what, line_.world)) ||
                std::any_of(words_.names.begin(), words_.names.end(),
                            [&](const std::string& name) { return find(name) == &what; });
            wrong += wanted ? test(what) : 0;
        }
        return wrong == 0 ? 0 : 1;
    }

    std::size_t test(const lesson::Lesson& what) {
        line_.clock = line_.clock.empty() ? "advance:1s" : line_.clock;
        Result<std::unique_ptr<LessonBench>> bench = fresh_bench(line_, what, "-test");
        if (!bench) {
            complain(bench.error().doing);
            return 1;
        }
        const LessonTrial trial = try_lesson(what, **bench);
        for (const lesson::Mistake& mistake : trial.mistakes) {
            console_.err(lesson::to_text(what.file, mistake) + "\n");
        }
        console_.out(what.id + (trial.mistakes.empty() ? " ok: " : " wrong: ") + std::to_string(trial.stops) +
                     " stops, " + std::to_string(trial.checks) + " checks, " + std::to_string(trial.predictions) +
                     " predictions, " + std::to_string(trial.tasks) + " tasks\n");
        bench->reset();
        clear_up(what, "-test");
        return trial.mistakes.size();
    }

    CommandLine line_;
    LessonWords words_;
    ProcessConsole console_;
    std::vector<lesson::TextFile> files_;
    std::optional<OwnLesson> own_;  // catalog_ looks at its texts
    lesson::Catalog catalog_;
    std::string unkept_;
};

}  // namespace

std::optional<int> run_lesson(const CommandLine& line) {
    if (line.words.empty() || line.words[0] != "lesson") {
        return std::nullopt;
    }
    ProcessConsole console;
    Result<LessonWords> words = read_lesson_words(line.words);
    if (!words) {
        console.err("cutaway: " + words.error().doing + "\n");
        return 1;
    }
    return LessonVerb(line, std::move(*words)).perform();
}

}  // namespace cutaway::cli
