// SPDX-License-Identifier: Apache-2.0
#include "core/cli/lesson_play.h"

#include "core/cli/lesson_text.h"

namespace cutaway::cli {

using lesson::Awaits;
using lesson::Says;
using lesson::Telling;

LessonPlay::LessonPlay(lesson::Player& player, LessonBench& bench, LineSource& lines, Console& console,
                       LessonPlayOptions options)
    : player_(player),
      bench_(bench),
      lines_(lines),
      console_(console),
      options_(std::move(options)),
      labels_(labels_of(player.lesson().locale)) {}

LessonPlay::Outcome LessonPlay::play() {
    LessonTutorOptions how;
    how.from = options_.from;
    how.only = options_.only;
    how.on_progress = options_.on_progress;
    how.policy = options_.policy;
    how.now_ms = options_.now_ms;
    LessonTutor tutor(player_, bench_, *this, std::move(how));
    const Outcome outcome = tutor.play();
    again_from_ = tutor.from();
    return outcome;
}

std::optional<std::string> LessonPlay::listen(Awaits awaits) {
    const std::string_view prompt = awaits == Awaits::answer ? labels_.answer
                                    : awaits == Awaits::work ? labels_.work
                                                             : labels_.enter;
    std::optional<std::string> line = lines_.next(std::string(prompt));
    if (line && line->empty() && options_.news && !player_.over()) {
        if (std::optional<std::string> instead = options_.news(player_.step().id)) {
            return instead;
        }
    }
    return line;
}

void LessonPlay::tell(const Telling& telling) {
    switch (telling.says) {
        case Says::head: head(*telling.step); break;
        case Says::prose: say(lesson_paragraphs(telling.text) + "\n"); break;
        case Says::card: say(card_text({{}, telling.text, telling.more}, labels_) + "\n"); break;
        case Says::figure: say(figure_text({telling.more, telling.text, {}}, labels_) + "\n"); break;
        case Says::question: say(question_text(*telling.predict, labels_)); break;
        case Says::task: say(task_text(*telling.task, labels_) + std::string(labels_.how_to_work) + "\n"); break;
        case Says::graded: graded(telling); break;
        case Says::words: say(words_text(*telling.step, options_.glossary, labels_)); break;
        case Says::notes: notes(*telling.step); break;
        case Says::value: say(telling.text + "\n"); break;
        case Says::help: say(std::string(labels_.help)); break;
        default: tell_event(telling); break;
    }
}

void LessonPlay::tell_event(const Telling& telling) {
    switch (telling.says) {
        case Says::typed: say("$ " + telling.text + "\n"); break;
        case Says::stopped: say("[" + std::string(labels_.stopped) + ": " + telling.text + "]\n\n"); break;
        case Says::ended: say("\n"); break;
        case Says::missed: say("(" + std::string(labels_.missed) + ": " + telling.text + ".)\n"); break;
        case Says::turn: say(telling.text.empty() ? "" : "\n"); break;
        case Says::over:
            say("\n== " + std::string(labels_.the_end) + " ==\n" + summary_text(player_.lesson(), player_.progress()));
            break;
        default: tell_attempt(telling); break;
    }
}

void LessonPlay::tell_attempt(const Telling& telling) {
    switch (telling.says) {
        case Says::skipped: say(std::string(labels_.skipped) + "\n\n"); break;
        case Says::hint: say(lesson_wrapped(telling.text, std::string(labels_.hint), "  ")); break;
        case Says::done: say(lesson_wrapped(telling.text, "\n" + std::string(labels_.done), "  ") + "\n"); break;
        case Says::shown:
            say(lesson_wrapped(telling.text, "\n" + std::string(labels_.this_is_how), "  ") + "\n");
            break;
        case Says::spoiled:
            say(lesson_wrapped(telling.text + " " + std::string(labels_.reset), std::string(labels_.spoiled), "  "));
            break;
        case Says::problem:
            say(telling.text.empty() ? std::string(labels_.empty_line) + "\n" : telling.text + ".\n");
            break;
        default: break;
    }
}

void LessonPlay::head(const lesson::Step& step) {
    say("\n" + step_head(player_.lesson(), step, player_.step_number()));
    const std::string words = words_text(step, options_.glossary, labels_);
    say(words.empty() ? "" : words + "\n");
    if (options_.notes) {
        notes(step);
    }
}

void LessonPlay::notes(const lesson::Step& step) {
    for (const std::string& note : step.notes) {
        say(lesson_wrapped(note, std::string(labels_.presenter), "  "));
    }
}

void LessonPlay::graded(const Telling& telling) {
    say(lesson_wrapped(telling.predict->ask, std::string(labels_.asked), "  "));
    if (!telling.right && !telling.more.empty()) {
        say(lesson_wrapped(telling.more, std::string(labels_.not_so), "  "));
    }
    say(lesson_wrapped(telling.text, std::string(telling.right ? labels_.right : ""), "  ") + "\n");
}

}  // namespace cutaway::cli
