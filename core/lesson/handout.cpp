// SPDX-License-Identifier: Apache-2.0
#include "core/lesson/handout.h"

#include <algorithm>
#include <array>

#include "core/lesson/figure_svg.h"
#include "core/lesson/grade.h"
#include "core/lesson/html.h"

namespace cutaway::lesson {

namespace {

constexpr std::string_view style = R"(
@page { size: A4; margin: 16mm 17mm 18mm; }
* { box-sizing: border-box; }
body { font: 11pt/1.45 "Noto Sans", "DejaVu Sans", Arial, sans-serif; color: #111; background: #fff;
  max-width: 176mm; margin: 8mm auto; }
header { border-bottom: 2pt solid #111; margin-bottom: 6mm; }
h1 { font-size: 19pt; line-height: 1.2; margin: 1mm 0 3mm; }
h2 { font-size: 14pt; margin: 8mm 0 3mm; border-bottom: 0.6pt solid #777; break-after: avoid; }
h3 { font-size: 11pt; margin: 0 0 1.5mm; break-after: avoid; }
p { margin: 0 0 2mm; orphans: 3; widows: 3; }
ul, ol { margin: 0 0 2mm; padding-left: 7mm; }
code, pre { font: 9.5pt/1.4 "DejaVu Sans Mono", monospace; }
pre { white-space: pre-wrap; overflow-wrap: anywhere; border-left: 2pt solid #777; padding-left: 3mm; margin: 2mm 0; }
.kind { font-size: 9pt; letter-spacing: 0.05em; text-transform: uppercase; margin: 0; }
.who { display: flex; gap: 6mm; } .who span { flex: 1; border-bottom: 0.6pt solid #111; height: 7mm; }
.block { border: 0.8pt solid #555; border-radius: 1.5mm; padding: 3mm 4mm; margin: 3mm 0; break-inside: avoid; }
.task { border-width: 1.6pt; } .card { border-style: dashed; }
.points { float: right; font-size: 9pt; }
.choices { list-style: none; padding-left: 0; } .choices li { margin: 1mm 0; padding-left: 13mm; text-indent: -13mm; }
.choices li p { text-indent: 0; margin: 0; }
.tick { display: inline-block; width: 4mm; height: 4mm; border: 0.8pt solid #111; margin-right: 2mm; text-indent: 0;
  vertical-align: -0.6mm; text-align: center; line-height: 3.6mm; }
.line { border-bottom: 0.6pt solid #111; height: 8mm; margin: 0 0 1mm; }
.blank { display: inline-block; min-width: 25mm; border-bottom: 0.6pt solid #111; }
.right { font-weight: bold; } .note { font-style: italic; }
.words dt { font-weight: bold; float: left; margin-right: 2mm; } .words dd { margin: 0 0 1mm; }
.page { break-before: page; }
figure { margin: 4mm 0; break-inside: avoid; } figcaption { font-size: 9.5pt; } svg { max-width: 100%; height: auto; }
@media screen { body { padding: 0 5mm; } }
)";

struct Labels {
    std::string_view locale;
    std::string_view sheet;
    std::string_view key;
    std::string_view name;
    std::string_view date;
    std::string_view minutes;
    std::string_view goals;
    std::string_view play;
    std::string_view words;
    std::string_view predict;
    std::string_view task;
    std::string_view points;
    std::string_view why;
    std::string_view number;
    std::string_view commands;
    std::string_view often;
    std::string_view today;
    std::string_view own_words;
    std::string_view right;
    std::string_view otherwise;
    std::string_view accepts;
    std::string_view order;
    std::string_view solve;
    std::string_view hints;
    std::string_view spoiled;
    std::string_view notes;
    std::string_view surprised;
    std::string_view presenter;
    std::string_view figures;
    std::string_view figures_note;
};

constexpr std::array<Labels, 2> all_labels{{
    {
        .locale = "en",
        .sheet = "Learner's sheet",
        .key = "Answer key",
        .name = "Name",
        .date = "Date",
        .minutes = "minutes",
        .goals = "What you can do afterwards",
        .play = "Play it with",
        .words = "Words you will meet",
        .predict = "Predict",
        .task = "Task",
        .points = "Points",
        .why = "Why do you think so?",
        .number = "Number them, first things first.",
        .commands = "Your commands",
        .often = "Often said",
        .today = "Today",
        .own_words = "True today, in your own words",
        .right = "Right",
        .otherwise = "Anything else",
        .accepts = "Also right",
        .order = "The right order",
        .solve = "Solved by",
        .hints = "Hint",
        .spoiled = "Spoiled if",
        .notes = "Notes",
        .surprised = "What surprised you? What would you still like to know?",
        .presenter = "For the presenter",
        .figures = "Figures",
        .figures_note = "Look at these when your predictions are written down.",
    },
    {
        .locale = "de",
        .sheet = "Arbeitsblatt",
        .key = "Lösungsblatt",
        .name = "Name",
        .date = "Datum",
        .minutes = "Minuten",
        .goals = "Was du danach kannst",
        .play = "Gespielt wird es mit",
        .words = "Wörter, die dir begegnen",
        .predict = "Was meinst du?",
        .task = "Aufgabe",
        .points = "Punkte",
        .why = "Warum meinst du das?",
        .number = "Nummeriere sie, das Erste zuerst.",
        .commands = "Deine Kommandos",
        .often = "Oft gesagt",
        .today = "Heute",
        .own_words = "Heute gilt, in deinen eigenen Worten",
        .right = "Richtig",
        .otherwise = "Alles andere",
        .accepts = "Auch richtig",
        .order = "Die richtige Reihenfolge",
        .solve = "So geht es",
        .hints = "Hinweis",
        .spoiled = "Verdorben, wenn",
        .notes = "Notizen",
        .surprised = "Was hat dich überrascht? Was möchtest du noch wissen?",
        .presenter = "Für den Vortrag",
        .figures = "Bilder",
        .figures_note = "Sieh sie dir an, wenn deine Antworten dastehen.",
    },
}};

const Labels& labels_in(std::string_view locale) {
    const auto* found = std::find_if(all_labels.begin(), all_labels.end(),
                                     [&](const Labels& labels) { return labels.locale == locale; });
    return found == all_labels.end() ? all_labels.front() : *found;
}

class Writer {
public:
    Writer(const Lesson& lesson, const std::map<std::string, std::string>& glossary, const Key* key)
        : lesson_(lesson), glossary_(glossary), key_(key), labels_(labels_in(lesson.locale)) {}

    std::string write() {
        head();
        for (const Step& step : lesson_.steps) {
            write(step);
        }
        figures();
        if (key_ == nullptr) {
            put("<section class=\"block\">\n<h3>" + text(labels_.notes) + "</h3>\n<p>" + text(labels_.surprised) +
                "</p>\n" + lines(5) + "</section>\n");
        }
        put("</body>\n</html>\n");
        return std::move(out_);
    }

private:
    void put(std::string_view html) { out_ += html; }
    static std::string text(std::string_view plain) { return html_escaped(plain); }
    static std::string paragraph(std::string_view words, std::string_view what = {}) {
        const std::string opened = what.empty() ? "" : " class=\"" + std::string(what) + "\"";
        return words.empty() ? "" : "<p" + opened + ">" + html_line(words) + "</p>\n";
    }
    static std::string lines(int count) {
        std::string out;
        for (int n = 0; n < count; ++n) {
            out += "<div class=\"line\"></div>\n";
        }
        return out;
    }
    static std::string typed(const std::vector<std::string>& commands) {
        std::string out = "<pre>";
        for (const std::string& command : commands) {
            out += "$ " + html_escaped(command) + "\n";
        }
        return out + "</pre>\n";
    }
    std::string labelled(std::string_view label, std::string_view words) const {
        return words.empty() ? "" : "<p><strong>" + text(label) + ":</strong> " + html_line(words) + "</p>\n";
    }

    void head() {
        const std::string kind = text(key_ == nullptr ? labels_.sheet : labels_.key);
        const std::string title = text(lesson_.id + "  " + lesson_.title);
        put("<!DOCTYPE html>\n<html lang=\"" + text(lesson_.locale) + "\">\n<head>\n<meta charset=\"utf-8\"/>\n");
        // Nothing is loaded and nothing is run, whatever a lesson says.
        put("<meta http-equiv=\"Content-Security-Policy\" content=\"default-src 'none'; style-src "
            "'unsafe-inline'\"/>\n");
        put("<title>" + title + ": " + kind + "</title>\n<style>" + std::string(style) + "</style>\n</head>\n<body>\n");
        put("<header>\n<p class=\"kind\">Cutaway: " + kind + "</p>\n<h1>" + title + "</h1>\n");
        if (key_ == nullptr) {
            put("<p class=\"who\">" + text(labels_.name) + " <span></span> " + text(labels_.date) +
                " <span></span></p>\n");
        }
        put(paragraph(lesson_.summary));
        put("<p>" + std::to_string(lesson_.minutes) + " " + text(labels_.minutes) + ". " + text(labels_.play) +
            " <code>cutaway lesson play " + text(lesson_.id) + "</code></p>\n");
        if (!lesson_.goals.empty()) {
            put("<h3>" + text(labels_.goals) + "</h3>\n<ul class=\"choices\">\n");
            for (const std::string& goal : lesson_.goals) {
                put("<li><span class=\"tick\"></span>" + html_line(goal) + "</li>\n");
            }
            put("</ul>\n");
        }
        put("</header>\n");
    }

    void write(const Step& step) {
        put("<section>\n<h2>" + std::to_string(++number_) + ". " + text(step.title) + "</h2>\n");
        if (key_ != nullptr) {
            put(paragraph(step.caption));
            for (const std::string& note : step.notes) {
                put("<p class=\"note\">" + text(labels_.presenter) + ": " + html_line(note) + "</p>\n");
            }
        } else {
            words(step);
        }
        for (const Part& part : step.parts) {
            write(part.block);
        }
        put("</section>\n");
    }

    // On a page of their own, because they often show what is asked.
    void figures() {
        std::string all;
        for (const Step& step : lesson_.steps) {
            for (const Part& part : step.parts) {
                const auto* figure = std::get_if<Figure>(&part.block);
                if (figure != nullptr && figure->drawing.width > 0) {
                    all += "<figure>\n" + figure_svg(figure->drawing, figure->alt) + "<figcaption>" + text(step.title) +
                           "</figcaption>\n</figure>\n";
                }
            }
        }
        if (!all.empty()) {
            put("<section class=\"page\">\n<h2>" + text(labels_.figures) + "</h2>\n<p>" +
                text(key_ == nullptr ? labels_.figures_note : "") + "</p>\n" + all + "</section>\n");
        }
    }

    void words(const Step& step) {
        std::string list;
        for (const std::string& word : step.words) {
            if (const auto found = glossary_.find(word); found != glossary_.end()) {
                list += "<dt>" + text(word) + "</dt><dd>" + html_line(found->second) + "</dd>\n";
            }
        }
        if (!list.empty()) {
            put("<h3>" + text(labels_.words) + "</h3>\n<dl class=\"words\">\n" + list + "</dl>\n");
        }
    }

    void write(const Block& block) {
        if (const auto* run = std::get_if<Run>(&block)) {
            put(typed(run->commands));
        } else if (const auto* predict = std::get_if<Predict>(&block)) {
            write(*predict);
        } else if (const auto* task = std::get_if<Task>(&block)) {
            write(*task);
        } else if (const auto* card = std::get_if<Card>(&block)) {
            put("<div class=\"block card\">\n" + labelled(labels_.often, card->often));
            put("<p><strong>" + text(key_ == nullptr ? labels_.own_words : labels_.today) + ":</strong>" +
                (key_ == nullptr ? "</p>\n" + lines(2) : " " + html_line(card->today) + "</p>\n") + "</div>\n");
        }
    }

    void begin(std::string_view what, std::string_view label, int number, std::uint32_t points) {
        put("<div class=\"block " + std::string(what) + "\">\n<span class=\"points\">" + text(labels_.points) +
            (key_ == nullptr ? ": ____ / " : ": ") + std::to_string(points) + "</span>\n<h3>" + text(label) + " " +
            std::to_string(number) + "</h3>\n");
    }

    void write(const Predict& predict) {
        begin("question", labels_.predict, ++questions_, predict.points);
        put(paragraph(predict.ask));
        const KeyAnswer* answer = nullptr;
        if (key_ != nullptr) {
            const auto found = key_->answers.find(predict.id);
            answer = found == key_->answers.end() ? nullptr : &found->second;
        }
        if (predict.type == Ask::choice) {
            choices(predict, answer);
        } else if (predict.type == Ask::order) {
            order(predict);
        } else if (key_ == nullptr) {
            put(lines(1));
        }
        if (key_ == nullptr) {
            put("<p>" + text(labels_.why) + "</p>\n" + lines(1));
        } else if (predict.type == Ask::number || predict.type == Ask::text) {
            written(predict, answer);
        }
        put("</div>\n");
    }

    void choices(const Predict& predict, const KeyAnswer* answer) {
        put("<ul class=\"choices\">\n");
        for (std::size_t n = 0; n < predict.choices.size(); ++n) {
            const Choice& choice = predict.choices[n];
            const bool right = answer != nullptr && choice.text == answer->answer;
            put("<li><span class=\"tick\">" + std::string(right ? "&#10003;" : "") + "</span>" +
                static_cast<char>('a' + static_cast<char>(n)) + ") " + (right ? "<span class=\"right\">" : "") +
                html_line(choice.text) + (right ? "</span>" : ""));
            if (key_ != nullptr) {
                put(paragraph((right ? std::string(labels_.right) + ". " : "") + said(answer, n, choice.say)));
            }
            put("</li>\n");
        }
        put("</ul>\n");
    }

    static std::string said(const KeyAnswer* answer, std::size_t n, const std::string& otherwise) {
        return answer != nullptr && n < answer->says.size() ? answer->says[n] : otherwise;
    }

    void order(const Predict& predict) {
        put("<p>" + text(key_ == nullptr ? labels_.number : labels_.order) + "</p>\n");
        put(key_ == nullptr ? "<ul class=\"choices\">\n" : "<ol>\n");
        const std::vector<std::size_t> places = shuffled(predict);
        for (std::size_t n = 0; n < predict.items.size(); ++n) {
            const Item& item = predict.items[key_ == nullptr ? places[n] : n];
            put((key_ == nullptr ? "<li><span class=\"tick\"></span>" : "<li>") + html_line(item.text) + "</li>\n");
        }
        put(key_ == nullptr ? "</ul>\n" : "</ol>\n");
        if (key_ != nullptr) {
            put(paragraph(predict.right) + paragraph(predict.otherwise));
        }
    }

    void written(const Predict& predict, const KeyAnswer* answer) {
        put("<p class=\"right\">" + text(labels_.right) + ": " + text(answer == nullptr ? "…" : answer->answer) +
            "</p>\n" + paragraph(answer == nullptr ? predict.right : answer->praise));
        std::string forms;
        for (const std::string& form : predict.accept) {
            forms += (forms.empty() ? "" : ", ") + form;
        }
        put(labelled(labels_.accepts, forms));
        for (std::size_t n = 0; n < predict.wrongs.size(); ++n) {
            put(labelled(predict.wrongs[n].value, said(answer, n, predict.wrongs[n].say)));
        }
        put(labelled(labels_.otherwise, predict.otherwise));
    }

    void write(const Task& task) {
        begin("task", labels_.task, ++tasks_, task.points);
        put(paragraph(task.goal));
        if (key_ == nullptr) {
            put("<p>" + text(labels_.commands) + ":</p>\n" + lines(3) + "</div>\n");
            return;
        }
        const auto solved = key_->solved.find(task.id);
        put("<p><strong>" + text(labels_.solve) + ":</strong></p>\n" +
            typed(solved == key_->solved.end() ? task.solve : solved->second) + paragraph(task.done));
        for (const Hint& hint : task.hints) {
            put(labelled(labels_.hints, hint.text));
        }
        put(labelled(labels_.spoiled, task.fail_say) + "</div>\n");
    }

    const Lesson& lesson_;
    const std::map<std::string, std::string>& glossary_;
    const Key* key_;
    const Labels& labels_;
    std::string out_;
    int number_ = 0;
    int questions_ = 0;
    int tasks_ = 0;
};

}  // namespace

std::string handout(const Lesson& lesson, const std::map<std::string, std::string>& glossary, const Key* key) {
    return Writer(lesson, glossary, key).write();
}

}  // namespace cutaway::lesson
