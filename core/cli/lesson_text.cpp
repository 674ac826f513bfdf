// SPDX-License-Identifier: Apache-2.0
#include "core/cli/lesson_text.h"

#include <algorithm>
#include <cstdio>

namespace cutaway::cli {

namespace {

constexpr std::size_t width = 78;

std::size_t columns(std::string_view text) {
    return static_cast<std::size_t>(std::count_if(
        text.begin(), text.end(), [](char c) { return (static_cast<unsigned char>(c) & 0xC0U) != 0x80U; }));
}

std::string without_marks(std::string_view text) {
    std::string out;
    for (std::size_t at = 0; at < text.size(); ++at) {
        if (text.substr(at, 2) == "**") {
            ++at;
        } else {
            out += text[at];
        }
    }
    return out;
}

// Where a paragraph's own mark ends: "- ", "1. "; 0: it has none.
std::size_t mark_length(std::string_view line) {
    if (line.starts_with("- ")) {
        return 2;
    }
    const std::size_t dot = line.find(". ");
    const bool number = dot != std::string_view::npos && dot > 0 && dot < 3 &&
                        line.substr(0, dot).find_first_not_of("0123456789") == std::string_view::npos;
    return number ? dot + 2 : 0;
}

std::string lettered(const lesson::Predict& predict) {
    std::string out;
    for (std::size_t n = 0; n < predict.choices.size(); ++n) {
        const std::string letter(1, static_cast<char>('a' + static_cast<char>(n)));
        out += lesson_wrapped(predict.choices[n].text, "  " + letter + ") ", "     ");
    }
    const std::vector<std::size_t> shown = lesson::shuffled(predict);
    for (std::size_t n = 0; n < shown.size(); ++n) {
        out += lesson_wrapped(predict.items[shown[n]].text, "  " + std::to_string(n + 1) + ") ", "     ");
    }
    return out;
}

std::string run_text(const lesson::Run& run) {
    std::string out;
    for (const std::string& command : run.commands) {
        out += "    $ " + command + "\n";
    }
    return out;
}

std::string solution_text(const lesson::Predict& predict) {
    std::string out;
    if (predict.answer) {
        out += lesson_wrapped("is graded by: " + predict.answer->text(), "  ", "      ");
    }
    for (const lesson::Choice& choice : predict.choices) {
        out += lesson_wrapped(choice.value + ": " + choice.say, "  - ", "    ");
    }
    for (const lesson::Wrong& wrong : predict.wrongs) {
        out += lesson_wrapped(wrong.value + ": " + wrong.say, "  - ", "    ");
    }
    return out + (predict.right.empty() ? "" : lesson_wrapped(predict.right, "  right: ", "    "));
}

std::string solution_text(const lesson::Task& task) {
    std::string out = task.verify ? lesson_wrapped("is done when: " + task.verify->text(), "  ", "      ") : "";
    for (const std::string& command : task.solve) {
        out += "  solved by: " + command + "\n";
    }
    return out;
}

std::string part_text(const lesson::Block& block, const LessonLabels& labels, bool solutions) {
    return std::visit(
        Overloaded{
            [](const lesson::Prose& prose) { return lesson_paragraphs(prose.text); },
            [](const lesson::Run& run) { return run_text(run); },
            [&](const lesson::Stop& stop) { return "  [" + std::string(labels.stop) + ": " + stop.say + "]\n"; },
            [&](const lesson::Finish&) { return "  [" + std::string(labels.goes_on) + "]\n"; },
            [&](const lesson::Predict& predict) {
                return question_text(predict, labels) + (solutions ? solution_text(predict) : "");
            },
            [&](const lesson::Task& task) { return task_text(task, labels) + (solutions ? solution_text(task) : ""); },
            [&](const lesson::Check& check) {
                return solutions
                           ? lesson_wrapped(check.text + ": " + check.holds->text(), "  [proved: ", "   ") + "  ]\n"
                           : std::string();
            },
            [&](const lesson::Card& card) { return card_text(card, labels); },
            [&](const lesson::Figure& figure) { return figure_text(figure, labels); },
        },
        block);
}

std::string padded(std::string text, std::size_t to) {
    text.resize(std::max(text.size(), text.size() + (columns(text) < to ? to - columns(text) : 0)), ' ');
    return text;
}

}  // namespace

std::string lesson_wrapped(std::string_view text, const std::string& first, const std::string& others) {
    const std::string plain = without_marks(text);
    std::string out;
    std::string line = first;
    bool empty = true;
    for (std::size_t at = 0; at < plain.size();) {
        at = std::min(plain.find_first_not_of(" \n", at), plain.size());
        const std::size_t end = std::min(plain.find_first_of(" \n", at), plain.size());
        const std::string word = plain.substr(at, end - at);
        at = end;
        if (word.empty()) {
            break;
        }
        if (!empty && columns(line) + 1 + columns(word) > width) {
            out += line + "\n";
            line = others;
            empty = true;
        }
        line += (empty ? "" : " ") + word;
        empty = false;
    }
    return out + line + "\n";
}

std::string lesson_paragraphs(std::string_view markdown) {
    std::string out;
    std::string paragraph;
    std::size_t mark = 0;
    bool quoted = false;
    const auto flush = [&] {
        if (!paragraph.empty()) {
            out += lesson_wrapped(std::string_view(paragraph).substr(mark), paragraph.substr(0, mark),
                                  std::string(mark, ' '));
        }
        paragraph.clear();
    };
    for (std::size_t at = 0; at < markdown.size();) {
        const std::size_t end = std::min(markdown.find('\n', at), markdown.size());
        const std::string_view line = markdown.substr(at, end - at);
        at = end + 1;
        if (line.starts_with("```")) {
            flush();
            quoted = !quoted;
        } else if (quoted || line.starts_with("|")) {
            flush();
            out += "    " + std::string(line) + "\n";
        } else if (line.empty()) {
            flush();
            out += "\n";
        } else if (const std::size_t length = mark_length(line); length > 0 || paragraph.empty()) {
            flush();
            paragraph = line;
            mark = length;
        } else {
            paragraph += " " + std::string(line.substr(std::min(line.find_first_not_of(' '), line.size())));
        }
    }
    flush();
    return out;
}

std::string step_head(const lesson::Lesson& lesson, const lesson::Step& step, std::size_t number) {
    const LessonLabels& labels = labels_of(lesson.locale);
    return "== " + std::string(labels.step) + " " + std::to_string(number) + " " + std::string(labels.of) + " " +
           std::to_string(lesson.steps.size()) + ": " + step.title + " ==\n";
}

std::string words_text(const lesson::Step& step, const std::map<std::string, std::string>& glossary,
                       const LessonLabels& labels) {
    std::string out;
    for (const std::string& word : step.words) {
        if (const auto found = glossary.find(word); found != glossary.end()) {
            out += lesson_wrapped(found->second, "  " + word + ": ", "    ");
        }
    }
    return out.empty() ? out : std::string(labels.words) + "\n" + out;
}

std::string question_text(const lesson::Predict& predict, const LessonLabels& labels) {
    return lesson_wrapped(predict.ask, std::string(labels.predict), "") + lettered(predict);
}

std::string task_text(const lesson::Task& task, const LessonLabels& labels) {
    return lesson_wrapped(task.goal, std::string(labels.task), "");
}

std::string card_text(const lesson::Card& card, const LessonLabels& labels) {
    return lesson_wrapped(card.often, std::string(labels.often), "  ") +
           lesson_wrapped(card.today, std::string(labels.today), "  ");
}

std::string figure_text(const lesson::Figure& figure, const LessonLabels& labels) {
    return lesson_wrapped(figure.alt, std::string(labels.picture) + " (" + figure.name + "): ", "  ");
}

std::string summary_text(const lesson::Lesson& lesson, const lesson::Progress& progress) {
    const LessonLabels& labels = labels_of(lesson.locale);
    const lesson::Score score = lesson::score(progress);
    std::string out = lesson.id + " " + lesson.title + ": " + std::to_string(score.points) + " " +
                      std::string(labels.of) + " " + std::to_string(score.of) + " " + std::string(labels.points) +
                      ".\n";
    for (const lesson::Step& step : lesson.steps) {
        for (const lesson::Part& part : step.parts) {
            const auto* predict = std::get_if<lesson::Predict>(&part.block);
            const auto missed = [&](const lesson::Answered& one) { return one.id == predict->id && !one.right; };
            if (predict != nullptr && std::any_of(progress.answers.begin(), progress.answers.end(), missed)) {
                out += lesson_wrapped(predict->ask + " (in \"" + step.title + "\")", std::string(labels.look_again),
                                      "    ");
            }
        }
    }
    for (const lesson::TaskTaken& task : progress.tasks) {
        out += task.how == "done" || task.how.empty() ? "" : "  task " + task.id + ": " + task.how + "\n";
    }
    return out;
}

namespace {

std::string worlds_of(const lesson::Lesson& lesson) {
    std::string out;
    for (const std::string& world : lesson.worlds) {
        out += (out.empty() ? "" : ", ") + world;
    }
    return out;
}

}  // namespace

std::string lesson_list(const lesson::Catalog& catalog, const std::map<std::string, lesson::Progress>& progress) {
    std::string out = "ID    MINUTES   WORLDS        STATE         TITLE\n";
    for (const lesson::Lesson& lesson : catalog.lessons) {
        const auto found = progress.find(lesson.id);
        const std::string state = found == progress.end()      ? "-"
                                  : found->second.finished     ? "finished"
                                  : found->second.step.empty() ? "-"
                                                               : "at " + found->second.step;
        out += lesson.id + "   " + padded(std::to_string(lesson.minutes), 10) + padded(worlds_of(lesson), 14) +
               padded(state, 14) + lesson.title + "\n";
    }
    return out;
}

std::string lesson_document(const lesson::Lesson& lesson, const lesson::Catalog& catalog, bool solutions) {
    std::string out = lesson.id + ": " + lesson.title + "\n" + lesson_wrapped(lesson.summary, "", "") + "\n";
    for (const std::string& goal : lesson.goals) {
        out += lesson_wrapped(goal, "- ", "  ");
    }
    const std::map<std::string, std::string> glossary = lesson::glossary_of(catalog, lesson.locale);
    const LessonLabels& labels = labels_of(lesson.locale);
    std::size_t number = 0;
    for (const lesson::Step& step : lesson.steps) {
        out += "\n" + step_head(lesson, step, ++number) + words_text(step, glossary, labels);
        for (const lesson::Part& part : step.parts) {
            const std::string text = part_text(part.block, labels, solutions);
            out += text.empty() ? "" : "\n" + text;
        }
    }
    return out;
}

}  // namespace cutaway::cli
