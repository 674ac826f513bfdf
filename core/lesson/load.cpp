// SPDX-License-Identifier: Apache-2.0
#include "core/lesson/load.h"

#include <algorithm>

#include "core/lesson/fields.h"
#include "core/lesson/load_blocks.h"

namespace cutaway::lesson {

namespace {

template <class List, class Value>
bool has(const List& list, const Value& value) {
    return std::find(list.begin(), list.end(), value) != list.end();
}

bool is_identifier(std::string_view text) {
    return !text.empty() && text.size() <= 40 && std::all_of(text.begin(), text.end(), [](char c) {
        return (c >= 'a' && c <= 'z') || (c >= '0' && c <= '9') || c == '-';
    });
}

bool is_lesson_id(std::string_view text) {
    return text.size() == 3 && text[0] == 'L' && text[1] >= '0' && text[1] <= '9' && text[2] >= '0' && text[2] <= '9';
}

class LessonReader {
public:
    LessonReader(const std::string& file, std::string_view text) : document_(read_document(text)) {
        loaded_.lesson.file = file;
        loaded_.mistakes = document_.mistakes;
    }

    Loaded read() {
        const bool unreadable = document_.front.empty() && document_.pieces.empty();
        if (!unreadable) {
            read_front();
            for (const Piece& piece : document_.pieces) {
                read_piece(piece);
            }
            check_whole();
        }
        std::stable_sort(loaded_.mistakes.begin(), loaded_.mistakes.end(),
                         [](const Mistake& a, const Mistake& b) { return a.line < b.line; });
        return std::move(loaded_);
    }

private:
    void complain(int line, std::string what) { loaded_.mistakes.push_back({line, std::move(what)}); }

    void read_front() {
        Fields fields("front", 1, document_.front, loaded_.mistakes);
        Lesson& lesson = loaded_.lesson;
        lesson.id = fields.text("id");
        lesson.title = fields.text("title");
        lesson.summary = fields.text("summary");
        lesson.goals = fields.texts("goal");
        lesson.minutes = fields.number("minutes", 1, 240, 0);
        lesson.worlds = fields.given("worlds") ? fields.words("worlds") : std::vector<std::string>{"model"};
        lesson.images = fields.words("images");
        lesson.needs = fields.words("needs");
        lesson.quiz = fields.words("quiz");
        quiz_line_ = fields.given("quiz") ? fields.line_of("quiz") : 0;
        lesson.locale = fields.given("locale") ? fields.text("locale") : "en";
        if (fields.given("id") && !is_lesson_id(lesson.id)) {
            complain(fields.line_of("id"), "a lesson's id is L and two digits, as L07");
        }
        for (const std::string& world : lesson.worlds) {
            if (world != "model" && world != "real") {
                complain(fields.line_of("worlds"), "there is no world \"" + world + "\"; there are model and real");
            }
        }
        for (const Field* field : fields.all("cut")) {
            read_cut(fields, *field);
        }
        for (const Field* field : fields.all("real")) {
            const std::vector<std::string> parts = fields.parts(*field, 2, "IMAGE | LAB IMAGE");
            lesson.stand_ins.push_back({parts[0], parts[1]});
        }
        if (fields.given("worlds")) {
            check_stand_ins(fields.line_of("worlds"));
        }
    }

    // On the real machine a lesson needs no registry, and so each image is one that this program brings along.
    void check_stand_ins(int line) {
        const Lesson& lesson = loaded_.lesson;
        if (!plays_in(lesson, "real")) {
            if (!lesson.stand_ins.empty()) {
                complain(line, "real says what stands in for an image, and this lesson is not for the real world");
            }
            return;
        }
        for (const std::string& image : lesson.images) {
            const bool known =
                image.starts_with("lab/") || std::any_of(lesson.stand_ins.begin(), lesson.stand_ins.end(),
                                                         [&](const StandIn& one) { return one.image == image; });
            if (!known) {
                complain(line, "in the real world nothing stands in for " + image + "; add real: " + image +
                                   " | lab/tools, or another lab image");
            }
        }
        for (const StandIn& one : lesson.stand_ins) {
            if (!one.lab.starts_with("lab/")) {
                complain(line, one.lab + " cannot stand in for " + one.image + "; only a lab image needs no registry");
            }
        }
    }

    void read_cut(Fields& fields, const Field& field) {
        const std::vector<std::string> parts = fields.parts(field, 2, "MINUTES | STEP, STEP, …");
        const std::vector<Field> one{{field.line, "minutes", parts[0]}, {field.line, "steps", parts[1]}};
        std::vector<Mistake> ignored;
        Fields cut("cut", field.line, one, ignored);
        const int minutes = cut.number("minutes", 1, 240, 0);
        if (minutes == 0) {
            complain(field.line, "a cut begins with its minutes, as 10 | resolve, create");
        }
        loaded_.lesson.cuts.push_back({minutes, cut.words("steps")});
        cut_lines_.push_back(field.line);
    }

    void read_piece(const Piece& piece) {
        if (piece.kind == Piece::Kind::heading) {
            loaded_.lesson.steps.push_back({});
            loaded_.lesson.steps.back().line = piece.line;
            loaded_.lesson.steps.back().title = piece.text;
            return;
        }
        if (loaded_.lesson.steps.empty()) {
            if (piece.kind == Piece::Kind::block) {
                complain(piece.line, "this block stands before the first step; put it below a \"## …\" heading");
            }
            return;  // prose before the first step is for those who read it on a code host
        }
        Step& step = loaded_.lesson.steps.back();
        if (piece.kind == Piece::Kind::prose) {
            step.parts.push_back({piece.line, Prose{piece.text}});
        } else if (piece.name == "step") {
            read_step(piece, step);
        } else {
            step.parts.push_back({piece.line, read_block(piece, loaded_.mistakes)});
        }
    }

    void read_step(const Piece& piece, Step& step) {
        if (!step.id.empty() || !step.parts.empty()) {
            complain(piece.line, "a step's block stands once, directly below its heading");
        }
        Fields fields("step", piece.line, piece.fields, loaded_.mistakes);
        step.id = fields.text("id");
        step.words = fields.words("words");
        step.lights = fields.words("lights");
        step.notes = fields.texts("note");
        step.caption = fields.text("caption");
        step.explains = fields.claims("explains");
        if (fields.given("id") && !is_identifier(step.id)) {
            complain(fields.line_of("id"), "an id is small letters, digits and hyphens, at most 40");
        }
        for (const std::string& light : step.lights) {
            fields.parse(fields.line_of("lights"), light);
        }
    }

    void check_whole() {
        const Lesson& lesson = loaded_.lesson;
        if (lesson.steps.empty()) {
            complain(1, "the lesson has no steps; a step begins with a \"## …\" heading");
        }
        std::vector<std::string> ids;
        for (const Step& step : lesson.steps) {
            if (step.id.empty()) {
                complain(step.line, "this heading has no step block below it; add one with id and caption");
            }
            take_id(step.line, step.id, ids);
        }
        std::vector<std::string> asked;
        for (const Step& step : lesson.steps) {
            check_parts(step, asked);
        }
        if (open_run_ != 0) {
            complain(open_run_, "this run is stopped and never finished; add a finish block");
        }
        check_quiz(lesson);
        for (std::size_t n = 0; n < lesson.cuts.size(); ++n) {
            for (const std::string& id : lesson.cuts[n].steps) {
                if (find_step(lesson, id) == nullptr) {
                    complain(cut_lines_[n], "this cut names the step \"" + id + "\", which is not there");
                }
            }
        }
    }

    // What is asked outside of the lesson cannot be filled in from its machine.
    void check_quiz(const Lesson& lesson) {
        std::vector<const Predict*> asked;
        for (const Step& step : lesson.steps) {
            for (const Part& part : step.parts) {
                if (const auto* predict = std::get_if<Predict>(&part.block)) {
                    asked.push_back(predict);
                }
            }
        }
        for (const std::string& id : lesson.quiz) {
            const auto found =
                std::find_if(asked.begin(), asked.end(), [&](const Predict* one) { return one->id == id; });
            if (found == asked.end()) {
                complain(quiz_line_, "the quiz names the question \"" + id + "\", which is not there");
            } else if ((*found)->ask.find("{{") != std::string::npos) {
                complain(quiz_line_, "the question \"" + id + "\" says {{ … }}, so it cannot be asked in the quiz");
            }
        }
        if (quiz_line_ != 0 && (lesson.quiz.size() < 2 || lesson.quiz.size() > 10)) {
            complain(quiz_line_, "a quiz has two to ten questions");
        }
    }

    void take_id(int line, const std::string& id, std::vector<std::string>& ids) {
        if (!id.empty() && has(ids, id)) {
            complain(line, "the id \"" + id + "\" is taken; ids are unique within a lesson");
        }
        ids.push_back(id);
    }

    void check_parts(const Step& step, std::vector<std::string>& asked) {
        for (const Part& part : step.parts) {
            if (const auto* predict = std::get_if<Predict>(&part.block)) {
                take_id(part.line, predict->id, asked);
            } else if (const auto* task = std::get_if<Task>(&part.block)) {
                take_id(part.line, task->id, asked);
                check_quiet(part.line, "a task");
                check_lines(part.line, task->solve);
            } else {
                check_flow(part);
            }
        }
    }

    void check_quiet(int line, const std::string& what) {
        if (open_run_ != 0) {
            complain(line, what + " cannot begin while the run of line " + std::to_string(open_run_) +
                               " is stopped; add a finish block before it");
            open_run_ = 0;
        }
    }

    // The simulated host's shell is not there; a line of a lesson shall not be one for the shell of this machine.
    void check_lines(int line, const std::vector<std::string>& commands) {
        for (const std::string& command : commands) {
            if (plays_in(loaded_.lesson, "real") && !command.starts_with("docker ")) {
                complain(line, "a lesson for the real world has only docker commands, not \"" + command + "\"");
            }
        }
    }

    void check_flow(const Part& part) {
        if (const auto* run = std::get_if<Run>(&part.block)) {
            check_quiet(part.line, "a run");
            check_lines(part.line, run->commands);
            run_ = part.line;
        } else if (std::holds_alternative<Stop>(part.block)) {
            if (run_ == 0) {
                complain(part.line, "nothing runs here that could stop; put a run block before it");
            }
            open_run_ = run_;
        } else if (std::holds_alternative<Finish>(part.block)) {
            if (open_run_ == 0) {
                complain(part.line, "nothing is stopped here that could be finished");
            }
            run_ = 0;
            open_run_ = 0;
        }
    }

    Document document_;
    Loaded loaded_;
    std::vector<int> cut_lines_;
    int quiz_line_ = 0;
    int run_ = 0;       // the line of a run that a stop may still belong to
    int open_run_ = 0;  // of one that is stopped
};

}  // namespace

bool plays_in(const Lesson& lesson, std::string_view world) {
    return std::find(lesson.worlds.begin(), lesson.worlds.end(), world) != lesson.worlds.end();
}

const Step* find_step(const Lesson& lesson, std::string_view id) {
    const auto found =
        std::find_if(lesson.steps.begin(), lesson.steps.end(), [&](const Step& step) { return step.id == id; });
    return found == lesson.steps.end() ? nullptr : &*found;
}

Loaded load_lesson(const std::string& file, std::string_view text) { return LessonReader(file, text).read(); }

}  // namespace cutaway::lesson
