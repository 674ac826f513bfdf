// SPDX-License-Identifier: Apache-2.0
#include "core/cli/lesson_play.h"

#include "core/cli/lesson_text.h"

namespace cutaway::cli {

LessonPlay::LessonPlay(lesson::Player& player, LessonBench& bench, LineSource& lines, Console& console,
                       LessonPlayOptions options)
    : player_(player),
      bench_(bench),
      lines_(lines),
      console_(console),
      options_(std::move(options)),
      labels_(labels_of(player.lesson().locale)),
      begun_(options_.from.empty()) {}

LessonPlay::Outcome LessonPlay::play() {
    LessonCourse course(player_, bench_, *this);
    const bool whole = course.go();
    options_.on_progress(player_.progress());
    if (whole) {
        say("\n== " + std::string(labels_.the_end) + " ==\n" + summary_text(player_.lesson(), player_.progress()));
        return Outcome::finished;
    }
    return again_from_.empty() ? Outcome::left : Outcome::again;
}

bool LessonPlay::quiet() {
    if (player_.over()) {
        return !begun_;
    }
    begun_ = begun_ || player_.step().id == options_.from;
    return !begun_ || (!options_.only.empty() && options_.only.count(player_.step().id) == 0);
}

Console& LessonPlay::console() {
    silence_ = {};
    return quiet() ? static_cast<Console&>(silence_) : console_;
}

void LessonPlay::say(const std::string& text) { console_.out(text); }

void LessonPlay::head() {
    if (quiet() || player_.over() || told_ == player_.step().id) {
        return;
    }
    const lesson::Step& step = player_.step();
    told_ = step.id;
    say("\n" + step_head(player_.lesson(), step, player_.step_number()));
    const std::string words = words_text(step, options_.glossary, labels_);
    say(words.empty() ? "" : words + "\n");
    for (const std::string& note : step.notes) {
        say(options_.notes ? lesson_wrapped(note, std::string(labels_.presenter), "  ") : "");
    }
    options_.on_progress(player_.progress());
}

bool LessonPlay::meet(const lesson::Part& part) {
    if (quiet()) {
        if (const auto* task = std::get_if<lesson::Task>(&part.block)) {
            for (const std::string& command : task->solve) {
                bench_.perform(lesson::fill(command, bench_.picture()), console());
            }
        }
        return true;
    }
    head();
    if (const auto* prose = std::get_if<lesson::Prose>(&part.block)) {
        say(lesson_paragraphs(lesson::fill(prose->text, bench_.picture())) + "\n");
        return wait();
    }
    if (const auto* card = std::get_if<lesson::Card>(&part.block)) {
        say(card_text(*card, labels_) + "\n");
        return wait();
    }
    if (const auto* figure = std::get_if<lesson::Figure>(&part.block)) {
        say(figure_text(*figure, labels_) + "\n");
    } else if (const auto* predict = std::get_if<lesson::Predict>(&part.block)) {
        return ask(*predict);
    } else if (const auto* task = std::get_if<lesson::Task>(&part.block)) {
        return work(*task);
    }
    return true;
}

void LessonPlay::typed(const std::string& line) {
    head();
    say(quiet() ? "" : "$ " + line + "\n");
}

void LessonPlay::arrived(const lesson::Part* stop) {
    if (quiet()) {
        return;
    }
    if (stop != nullptr) {
        const auto& where = std::get<lesson::Stop>(stop->block);
        say("[" + std::string(labels_.stopped) + ": " + where.say + "]\n\n");
    } else {
        say("\n");
    }
    tell(player_.reveal(bench_.picture()));
}

void LessonPlay::missed(const lesson::Part& stop) {
    const std::string& where = std::get<lesson::Stop>(stop.block).say;
    say(quiet() ? "" : "(" + std::string(labels_.missed) + ": " + where + ".)\n");
}

void LessonPlay::ended(const lesson::Part&) {}

void LessonPlay::tell(const std::vector<lesson::Graded>& graded) {
    for (const lesson::Graded& one : graded) {
        say(lesson_wrapped(one.predict->ask, std::string(labels_.asked), "  "));
        if (!one.verdict.right && !one.verdict.answer.empty()) {
            say(lesson_wrapped(one.verdict.answer, std::string(labels_.not_so), "  "));
        }
        const std::string right(one.verdict.right ? labels_.right : "");
        say(lesson_wrapped(lesson::fill(one.verdict.say, bench_.picture()), right, "  ") + "\n");
    }
}

// What may be typed anywhere. False: the lesson is left.
bool LessonPlay::common(const std::string& line, bool& handled) {
    handled = true;
    if (line == "quit" || line == "q") {
        return false;
    }
    if (line == "reset" || line == "back") {
        again_from_ = line == "reset" ? player_.step().id : step_before();
        return false;
    }
    if (line == "?" || line == "help") {
        say(std::string(labels_.help));
    } else if (line == "words") {
        say(words_text(player_.step(), options_.glossary, labels_));
    } else if (line == "notes") {
        for (const std::string& note : player_.step().notes) {
            say(lesson_wrapped(note, std::string(labels_.presenter), "  "));
        }
    } else if (line.starts_with("show ")) {
        const auto place = scene::parse_expression(std::string_view(line).substr(5));
        const auto value = place ? scene::evaluate(*place, bench_.picture()) : Result<scene::Value>(place.error());
        say(value ? scene::to_json(*value, scene::Layout::indented) + "\n" : value.error().doing + "\n");
    } else {
        handled = false;
    }
    return true;
}

std::string LessonPlay::step_before() const {
    const std::size_t number = player_.step_number();
    return player_.lesson().steps[number > 1 ? number - 2 : 0].id;
}

bool LessonPlay::wait() {
    while (true) {
        const std::optional<std::string> line = lines_.next(std::string(labels_.enter));
        bool handled = false;
        if (!line || !common(*line, handled)) {
            return false;
        }
        if (line->empty()) {
            return true;
        }
        if (!handled) {
            say(std::string(labels_.empty_line) + "\n");
        }
    }
}

bool LessonPlay::ask(const lesson::Predict& predict) {
    say(question_text(predict, labels_));
    while (true) {
        const std::optional<std::string> line = lines_.next(std::string(labels_.answer));
        bool handled = false;
        if (!line || !common(*line, handled)) {
            return false;
        }
        if (line->empty() || *line == "skip") {
            say(std::string(labels_.skipped) + "\n\n");
            return true;
        }
        if (handled) {
            continue;
        }
        if (const Status read = player_.answer(*line); !read) {
            say(read.error().doing + ".\n");
            continue;
        }
        say("\n");
        if (predict.now) {
            tell(player_.reveal(bench_.picture()));
        }
        return true;
    }
}

bool LessonPlay::work(const lesson::Task& task) {
    say(task_text(task, labels_) + std::string(labels_.how_to_work) + "\n");
    int silent = 0;
    while (true) {
        const std::optional<std::string> line = lines_.next(std::string(labels_.work));
        bool handled = false;
        if (!line || !common(*line, handled)) {
            return false;
        }
        silent = line->empty() ? silent + 1 : 0;
        if (*line == "solve" || *line == "skip" || silent == 3) {  // who only presses Enter is shown how
            solve(task, *line == "skip" ? "skipped" : "shown");
            return true;
        }
        if (handled) {
            continue;
        }
        if (*line == "hint" || line->empty()) {
            say(lesson_wrapped(player_.hint(bench_.picture()), std::string(labels_.hint), "  "));
        } else if (attempt(task, *line)) {
            return true;
        }
    }
}

bool LessonPlay::attempt(const lesson::Task& task, const std::string& line) {
    bench_.perform(line, console_);
    player_.attempted();
    const lesson::Attempt now = player_.look(bench_.picture());
    if (now == lesson::Attempt::done) {
        player_.settle("done");
        say(lesson_wrapped(task.done, "\n" + std::string(labels_.done), "  ") + "\n");
        return true;
    }
    if (now == lesson::Attempt::spoiled) {
        say(lesson_wrapped(task.fail_say + " " + std::string(labels_.reset), std::string(labels_.spoiled), "  "));
    }
    return false;
}

void LessonPlay::solve(const lesson::Task& task, const std::string& how) {
    for (const std::string& written : task.solve) {
        const std::string command = lesson::fill(written, bench_.picture());
        say("$ " + command + "\n");
        bench_.perform(command, console_);
    }
    player_.settle(how);
    say(lesson_wrapped(task.done, "\n" + std::string(labels_.this_is_how), "  ") + "\n");
}

}  // namespace cutaway::cli
