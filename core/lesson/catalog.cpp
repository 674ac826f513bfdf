// SPDX-License-Identifier: Apache-2.0
#include "core/lesson/catalog.h"

#include <algorithm>

#include "core/lesson/grade.h"

namespace cutaway::lesson {

namespace {

constexpr std::string_view figure_end = ".figure";

class CatalogMaker {
public:
    explicit CatalogMaker(std::string where) : where_(std::move(where)) {}

    Catalog make(const std::vector<TextFile>& files) {
        for (const TextFile& file : files) {
            if (file.path == "glossary.md") {
                read_glossary(file.text, catalog_.glossary);
            } else if (const std::string locale = glossary_locale(file.path); !locale.empty()) {
                read_glossary(file.text, catalog_.glossaries[locale]);
            } else if (file.path.ends_with(figure_end)) {
                read_drawing(file);
            } else {
                read_lesson(file);
            }
        }
        for (std::vector<Lesson>* list : {&catalog_.lessons, &catalog_.translations}) {
            for (Lesson& lesson : *list) {
                hang(lesson);
            }
        }
        check_drawings();
        const auto by_id = [](const Lesson& a, const Lesson& b) { return a.id < b.id; };
        std::stable_sort(catalog_.lessons.begin(), catalog_.lessons.end(), by_id);
        for (std::size_t n = 0; n < catalog_.lessons.size(); ++n) {
            const Lesson& lesson = catalog_.lessons[n];
            if (n > 0 && catalog_.lessons[n - 1].id == lesson.id) {
                complain(lesson.file, 2, "the id " + lesson.id + " is taken by " + catalog_.lessons[n - 1].file);
            }
            check_lesson(lesson);
        }
        for (const Lesson& lesson : catalog_.translations) {
            check_words(lesson);
            check_translation(lesson);
        }
        check_glossaries();
        return std::move(catalog_);
    }

private:
    void complain(const std::string& file, int line, std::string what) {
        catalog_.mistakes.push_back({file, {line, std::move(what)}});
    }

    static std::string glossary_locale(std::string_view path) {  // "de" of "glossary.de.md"
        constexpr std::string_view begin = "glossary.";
        constexpr std::string_view end = ".md";
        const bool one = path.starts_with(begin) && path.ends_with(end) && path.size() > begin.size() + end.size();
        return std::string(one ? path.substr(begin.size(), path.size() - begin.size() - end.size()) : "");
    }

    // "**word.** What it means." to the end of the paragraph.
    static void read_glossary(std::string_view text, std::map<std::string, std::string>& glossary) {
        std::size_t at = 0;
        while ((at = text.find("**", at)) != std::string_view::npos) {
            const std::size_t end = text.find(".**", at + 2);
            if (end == std::string_view::npos) {
                return;
            }
            const std::size_t stop = std::min(text.find("\n\n", end), text.size());
            std::string meaning(text.substr(end + 3, stop - end - 3));
            std::replace(meaning.begin(), meaning.end(), '\n', ' ');
            meaning.resize(meaning.find_last_not_of(' ') + 1);
            glossary[std::string(text.substr(at + 2, end - at - 2))] =
                meaning.substr(std::min(meaning.find_first_not_of(' '), meaning.size()));
            at = stop;
        }
    }

    void check_glossaries() {
        for (const auto& [locale, glossary] : catalog_.glossaries) {
            for (const auto& [word, meaning] : glossary) {
                if (catalog_.glossary.count(word) == 0) {
                    complain(where_ + "glossary." + locale + ".md", 1,
                             "the English glossary has no \"" + word + "\"; the words themselves stay English");
                }
            }
        }
    }

    void read_lesson(const TextFile& file) {
        Loaded loaded = load_lesson(where_ + std::string(file.path), file.text);
        for (Mistake& mistake : loaded.mistakes) {
            catalog_.mistakes.push_back({loaded.lesson.file, std::move(mistake)});
        }
        check_texts(loaded.lesson);
        (loaded.lesson.locale == "en" ? catalog_.lessons : catalog_.translations).push_back(std::move(loaded.lesson));
    }

    struct Drawn {
        Drawing drawing;
        bool used = false;
    };

    void read_drawing(const TextFile& file) {
        ReadFigure read = read_figure(file.text);
        for (Mistake& mistake : read.mistakes) {
            catalog_.mistakes.push_back({where_ + std::string(file.path), std::move(mistake)});
        }
        drawings_[where_ + std::string(file.path)].drawing = std::move(read.drawing);
    }

    // The drawing in the lesson's language, else the one that has none.
    void hang(Lesson& lesson) {
        const std::string folder = lesson.file.substr(0, lesson.file.rfind('/') + 1);
        for (Step& step : lesson.steps) {
            for (Part& part : step.parts) {
                if (auto* figure = std::get_if<Figure>(&part.block)) {
                    hang(lesson, folder, part.line, *figure);
                }
            }
        }
    }

    void hang(const Lesson& lesson, const std::string& folder, int line, Figure& figure) {
        auto found = drawings_.find(folder + figure.name + "." + lesson.locale + std::string(figure_end));
        if (found == drawings_.end()) {
            found = drawings_.find(folder + figure.name + std::string(figure_end));
        }
        if (found == drawings_.end()) {
            complain(lesson.file, line, "there is no " + figure.name + ".figure beside the lesson; draw one");
            return;
        }
        found->second.used = true;
        figure.drawing = found->second.drawing;
    }

    void check_drawings() {
        for (const auto& [file, drawn] : drawings_) {
            if (!drawn.used) {
                complain(file, 1, "no lesson beside it shows this figure");
            }
        }
    }

    void check_texts(const Lesson& lesson) {
        for (const Step& step : lesson.steps) {
            for (const Part& part : step.parts) {
                if (const auto* prose = std::get_if<Prose>(&part.block)) {
                    for (const Mistake& mistake : check_fills(part.line, prose->text)) {
                        catalog_.mistakes.push_back({lesson.file, mistake});
                    }
                }
            }
        }
    }

    void check_lesson(const Lesson& lesson) {
        if (!folder_of(lesson).starts_with(lesson.id + "-")) {
            complain(lesson.file, 2, "the folder's name must begin with the lesson's id, as " + lesson.id + "-…");
        }
        check_words(lesson);
        for (const std::string& need : lesson.needs) {
            if (find_lesson(catalog_, need) == nullptr) {
                complain(lesson.file, 2, "the lesson needs " + need + ", which is not there");
            } else if (reaches(need, lesson.id, 0)) {
                complain(lesson.file, 2, "the lesson needs " + need + ", which in the end needs this one");
            }
        }
    }

    bool reaches(const std::string& from, const std::string& to, int depth) {
        if (from == to || depth > 64) {
            return true;
        }
        const Lesson* lesson = find_lesson(catalog_, from);
        return lesson != nullptr && std::any_of(lesson->needs.begin(), lesson->needs.end(),
                                                [&](const auto& need) { return reaches(need, to, depth + 1); });
    }

    void check_words(const Lesson& lesson) {
        for (const Step& step : lesson.steps) {
            for (const std::string& word : step.words) {
                if (catalog_.glossary.count(word) == 0) {
                    complain(lesson.file, step.line,
                             "the glossary has no \"" + word + "\"; explain it in lessons/glossary.md");
                }
            }
        }
    }

    // Same steps, same blocks in the same order: a learner may change the language between two steps.
    void check_translation(const Lesson& lesson) {
        const Lesson* original = find_lesson(catalog_, lesson.id);
        if (original == nullptr) {
            complain(lesson.file, 2, "there is no English " + lesson.id + " to translate");
            return;
        }
        if (lesson.steps.size() != original->steps.size()) {
            complain(lesson.file, 2,
                     "the English lesson has " + std::to_string(original->steps.size()) + " steps and this one " +
                         std::to_string(lesson.steps.size()));
            return;
        }
        if (lesson.quiz != original->quiz) {
            complain(lesson.file, 2, "the quiz of a translation asks what the English one asks");
        }
        for (std::size_t n = 0; n < lesson.steps.size(); ++n) {
            check_same(lesson, lesson.steps[n], original->steps[n]);
        }
    }

    static std::vector<const Part*> blocks_of(const Step& step) {
        std::vector<const Part*> out;
        for (const Part& part : step.parts) {
            if (!std::holds_alternative<Prose>(part.block)) {
                out.push_back(&part);
            }
        }
        return out;
    }

    static std::string text_of(const std::optional<scene::Expression>& expression) {
        return expression ? expression->text() : "";
    }

    static bool same(const Block& a, const Block& b) {
        if (a.index() != b.index()) {
            return false;
        }
        if (const auto* run = std::get_if<Run>(&a)) {
            return run->commands == std::get<Run>(b).commands;
        }
        if (const auto* predict = std::get_if<Predict>(&a)) {
            const auto& other = std::get<Predict>(b);
            return predict->id == other.id && predict->choices.size() == other.choices.size() &&
                   text_of(predict->answer) == text_of(other.answer);
        }
        if (const auto* task = std::get_if<Task>(&a)) {
            const auto& other = std::get<Task>(b);
            return task->id == other.id && task->solve == other.solve && text_of(task->verify) == text_of(other.verify);
        }
        if (const auto* check = std::get_if<Check>(&a)) {
            const auto& other = std::get<Check>(b);
            return check->claims == other.claims && text_of(check->holds) == text_of(other.holds);
        }
        if (const auto* card = std::get_if<Card>(&a)) {
            return card->claims == std::get<Card>(b).claims;
        }
        return true;
    }

    void check_same(const Lesson& lesson, const Step& step, const Step& original) {
        if (step.id != original.id) {
            complain(lesson.file, step.line, "the English lesson calls this step \"" + original.id + "\"");
            return;
        }
        const std::vector<const Part*> mine = blocks_of(step);
        const std::vector<const Part*> theirs = blocks_of(original);
        for (std::size_t n = 0; n < std::min(mine.size(), theirs.size()); ++n) {
            if (!same(mine[n]->block, theirs[n]->block)) {
                complain(lesson.file, mine[n]->line,
                         "this block is not the English lesson's at line " + std::to_string(theirs[n]->line));
                return;
            }
        }
        if (mine.size() != theirs.size()) {
            complain(lesson.file, step.line, "the English step has another number of blocks");
        }
    }

    std::string where_;
    Catalog catalog_;
    std::map<std::string, Drawn> drawings_;  // by file
};

}  // namespace

Catalog make_catalog(const std::vector<TextFile>& files, const std::string& where) {
    return CatalogMaker(where).make(files);
}

std::map<std::string, std::string> glossary_of(const Catalog& catalog, const std::string& locale) {
    std::map<std::string, std::string> out = catalog.glossary;
    if (const auto found = catalog.glossaries.find(locale); found != catalog.glossaries.end()) {
        for (const auto& [word, meaning] : found->second) {
            out[word] = meaning;
        }
    }
    return out;
}

std::string folder_of(const Lesson& lesson) {
    const std::size_t end = lesson.file.rfind('/');
    const std::size_t begin =
        end == std::string::npos || end == 0 ? std::string::npos : lesson.file.rfind('/', end - 1);
    return end == std::string::npos ? "" : lesson.file.substr(begin + 1, end - begin - 1);
}

const Lesson* find_lesson(const Catalog& catalog, std::string_view name, std::string_view locale) {
    std::string digits(name.starts_with("L") || name.starts_with("l") ? name.substr(1) : name);
    digits.insert(0, digits.size() == 1 ? "0" : "");
    const auto& list = locale == "en" ? catalog.lessons : catalog.translations;
    const auto found = std::find_if(list.begin(), list.end(), [&](const Lesson& lesson) {
        const std::string folder = folder_of(lesson);
        const bool named = lesson.id == "L" + digits || folder == name || folder == lesson.id + "-" + std::string(name);
        return named && lesson.locale == locale;
    });
    return found == list.end() ? nullptr : &*found;
}

}  // namespace cutaway::lesson
