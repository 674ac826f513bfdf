// SPDX-License-Identifier: Apache-2.0
#include "core/cli/lesson_play.h"

#include "core/cli/lesson_text.h"

namespace cutaway::cli {

namespace {

constexpr const char* help =
    "  (an empty line)   go on\n"
    "  words             the words of this step\n"
    "  show PLACE        look at the picture: show containers, show processes (docs/expressions.md)\n"
    "  notes             the presenter's notes of this step\n"
    "  reset, back       begin this step, or the one before, again on a fresh machine\n"
    "  quit              leave; the next play goes on at this step\n"
    "In a task also: any docker command or line for the host's shell, hint, solve, skip.\n";

}  // namespace

LessonPlay::LessonPlay(lesson::Player& player, LessonBench& bench, LineSource& lines, Console& console,
                       LessonPlayOptions options)
    : player_(player),
      bench_(bench),
      lines_(lines),
      console_(console),
      options_(std::move(options)),
      begun_(options_.from.empty()) {}

LessonPlay::Outcome LessonPlay::play() {
    LessonCourse course(player_, bench_, *this);
    const bool whole = course.go();
    options_.on_progress(player_.progress());
    if (whole) {
        say("\n== The end ==\n" + summary_text(player_.lesson(), player_.progress()));
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
    const std::string words = words_text(step, options_.glossary);
    say(words.empty() ? "" : words + "\n");
    for (const std::string& note : step.notes) {
        say(options_.notes ? lesson_wrapped(note, "(for the presenter) ", "  ") : "");
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
        say(card_text(*card) + "\n");
        return wait();
    }
    if (const auto* figure = std::get_if<lesson::Figure>(&part.block)) {
        say(figure_text(*figure) + "\n");
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
        say("[stopped: " + where.say + "]\n\n");
    } else {
        say("\n");
    }
    tell(player_.reveal(bench_.picture()));
}

void LessonPlay::missed(const lesson::Part& stop) {
    say(quiet() ? "" : "(The command ended before it came to: " + std::get<lesson::Stop>(stop.block).say + ".)\n");
}

void LessonPlay::ended(const lesson::Part&) {}

void LessonPlay::tell(const std::vector<lesson::Graded>& graded) {
    for (const lesson::Graded& one : graded) {
        say(lesson_wrapped(one.predict->ask, "You were asked: ", "  "));
        if (!one.verdict.right && !one.verdict.answer.empty()) {
            say(lesson_wrapped(one.verdict.answer, "Not so. It is: ", "  "));
        }
        say(lesson_wrapped(lesson::fill(one.verdict.say, bench_.picture()), one.verdict.right ? "Right. " : "", "  ") +
            "\n");
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
        say(help);
    } else if (line == "words") {
        say(words_text(player_.step(), options_.glossary));
    } else if (line == "notes") {
        for (const std::string& note : player_.step().notes) {
            say(lesson_wrapped(note, "(for the presenter) ", "  "));
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
        const std::optional<std::string> line = lines_.next("[Enter] ");
        bool handled = false;
        if (!line || !common(*line, handled)) {
            return false;
        }
        if (line->empty()) {
            return true;
        }
        if (!handled) {
            say("An empty line goes on; ? tells what else there is.\n");
        }
    }
}

bool LessonPlay::ask(const lesson::Predict& predict) {
    say(question_text(predict));
    while (true) {
        const std::optional<std::string> line = lines_.next("your answer> ");
        bool handled = false;
        if (!line || !common(*line, handled)) {
            return false;
        }
        if (line->empty() || *line == "skip") {
            say("(skipped)\n\n");
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
    say(task_text(task) + "Type the commands for it, or: hint, solve, skip.\n");
    int silent = 0;
    while (true) {
        const std::optional<std::string> line = lines_.next("task$ ");
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
            say(lesson_wrapped(player_.hint(bench_.picture()), "Hint: ", "  "));
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
        say(lesson_wrapped(task.done, "\nDone. ", "  ") + "\n");
        return true;
    }
    if (now == lesson::Attempt::spoiled) {
        say(lesson_wrapped(task.fail_say + " Type reset to begin this step again.", "Spoiled: ", "  "));
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
    say(lesson_wrapped(task.done, "\nThis is how. ", "  ") + "\n");
}

}  // namespace cutaway::cli
