// SPDX-License-Identifier: Apache-2.0
#include "core/lesson/report.h"

#include <algorithm>
#include <map>

#include "core/base/json_codec.h"
#include "core/lesson/quiz.h"
#include "core/lesson/seal.h"

namespace cutaway::lesson {

namespace {

std::string seal_of(const LearnerReport& learner, std::string_view key) {
    std::string text = learner.name;
    for (const Progress& progress : learner.lessons) {
        text += "\n" + progress.lesson + " " + progress.seal;
    }
    return hmac_sha256(key, text);
}

SealState state_of(const LearnerReport& learner, const Progress& progress, std::string_view key) {
    const Trust trust = examined(progress, key).trust;
    if (trust == Trust::edited || (!learner.seal.empty() && learner.seal != seal_of(learner, key))) {
        return SealState::edited;
    }
    return trust == Trust::whole && !learner.seal.empty() ? SealState::whole : SealState::unsealed;
}

template <class Record>
const Record* find(const std::vector<Record>& records, const std::string& id) {
    const auto found = std::find_if(records.begin(), records.end(), [&](const Record& one) { return one.id == id; });
    return found == records.end() ? nullptr : &*found;
}

// A choice is kept as its place, counted from 0.
std::string in_words(const Predict& predict, const std::string& given) {
    for (std::size_t n = 0; n < predict.choices.size(); ++n) {
        if (given == std::to_string(n)) {
            return predict.choices[n].text;
        }
    }
    return given;
}

class LessonRows {
public:
    LessonRows(std::string learner, const Progress& progress, SealState seal, std::vector<Row>& out)
        : learner_(std::move(learner)), progress_(progress), seal_(seal), out_(out) {}

    void tell(const Lesson* lesson) {
        const std::size_t first = out_.size();
        Row& whole = add(Kind::lesson, "");
        whole.title = lesson == nullptr ? "" : lesson->title;
        whole.outcome = progress_.finished                                       ? "finished"
                        : progress_.reached.empty() && progress_.answers.empty() ? "open"  // only the test was taken
                                                                                 : "begun";
        whole.spent_ms = progress_.spent_ms;
        whole.at_ms = progress_.at_ms;
        if (lesson == nullptr) {
            tell_records();
        } else {
            tell_parts(*lesson);
        }
        tell_tests();
        for (std::size_t n = first + 1; n < out_.size(); ++n) {
            out_[n].title = out_[first].title;
            if (out_[n].kind == Kind::test) {  // beside the lesson: its points are no points of the lesson
                continue;
            }
            out_[first].points += out_[n].points;
            out_[first].of += out_[n].of;
            out_[first].attempts += out_[n].attempts;
            out_[first].hints += out_[n].hints;
            out_[first].skips += out_[n].skips;
        }
    }

private:
    Row& add(Kind kind, const std::string& id) {
        Row row;
        row.learner = learner_;
        row.lesson = progress_.lesson;
        row.kind = kind;
        row.id = id;
        row.outcome = "open";
        row.policy = progress_.policy;
        row.seal = seal_;
        out_.push_back(std::move(row));
        return out_.back();
    }

    void tell_parts(const Lesson& lesson) {
        for (const Step& step : lesson.steps) {
            for (const Part& part : step.parts) {
                if (const auto* predict = std::get_if<Predict>(&part.block)) {
                    Row& row = add(Kind::question, predict->id);
                    row.asked = predict->ask;
                    row.of = predict->points;
                    take(row, find(progress_.answers, predict->id));
                    row.given = in_words(*predict, row.given);
                } else if (const auto* task = std::get_if<Task>(&part.block)) {
                    Row& row = add(Kind::task, task->id);
                    row.asked = task->goal;
                    row.of = task->points;
                    take(row, find(progress_.tasks, task->id));
                }
            }
        }
    }

    void tell_records() {  // of a lesson that this program does not have
        for (const Answered& one : progress_.answers) {
            take(add(Kind::question, one.id), &one);
        }
        for (const TaskTaken& one : progress_.tasks) {
            take(add(Kind::task, one.id), &one);
        }
    }

    void tell_tests() {
        if (!progress_.before.empty()) {
            tell_test("before", progress_.before);
        }
        if (!progress_.after.empty()) {
            Row& row = tell_test("after", progress_.after);
            if (!progress_.before.empty()) {
                row.given = compared(score(progress_.before).points, row.points);
            }
        }
    }

    static std::string compared(std::uint32_t before, std::uint32_t after) {
        return after == before  ? "as before"
               : after > before ? std::to_string(after - before) + " more than before"
                                : std::to_string(before - after) + " fewer than before";
    }

    Row& tell_test(const std::string& id, const std::vector<Answered>& answers) {
        Row& row = add(Kind::test, id);
        const Score sum = score(answers);
        row.outcome = "taken";
        row.points = sum.points;
        row.of = sum.of;
        row.attempts = 1;
        for (const Answered& one : answers) {
            row.asked += (row.asked.empty() ? "" : ", ") + one.id;
            row.skips += one.skips;
            row.spent_ms += one.spent_ms;
            row.at_ms = std::max(row.at_ms, one.at_ms);
        }
        return row;
    }

    static void take(Row& row, const Answered* answer) {
        if (answer == nullptr) {
            return;
        }
        row.outcome = answer->given.empty() ? "skipped" : answer->right ? "right" : "wrong";
        row.given = answer->given;
        row.points = answer->points;
        row.of = answer->of;
        row.attempts = answer->given.empty() ? 0 : 1;
        row.skips = answer->skips;
        row.spent_ms = answer->spent_ms;
        row.at_ms = answer->at_ms;
    }

    static void take(Row& row, const TaskTaken* task) {
        if (task == nullptr) {
            return;
        }
        row.outcome = task->how.empty() ? "tried" : task->how;
        row.points = task->points;
        row.of = task->of;
        row.attempts = task->attempts;
        row.hints = task->hints;
        row.skips = task->how == "skipped" ? 1 : 0;
        row.spent_ms = task->spent_ms;
        row.at_ms = task->at_ms;
    }

    std::string learner_;
    const Progress& progress_;
    SealState seal_;
    std::vector<Row>& out_;
};

struct Found {
    const Progress* progress;
    SealState seal;
};

}  // namespace

LearnerReport report_of(std::string name, std::vector<Progress> lessons, std::string_view key) {
    LearnerReport out{std::move(name), std::move(lessons), ""};
    out.seal = seal_of(out, key);
    return out;
}

std::string to_json(const Report& report) {
    std::string out;
    json::write(out, report);
    return out;
}

Result<Report> report_from(std::string_view json, const std::string& name) {
    Report report;
    json::Reader reader(json);
    if (!json::read(reader, report) || !reader.at_end() || report.learners.empty()) {
        Result<Progress> progress = progress_from(json);
        if (!progress || progress->lesson.empty()) {
            return fail(Errc::invalid, "this is neither a report nor a progress file of Cutaway");
        }
        report = Report();
        report.learners.push_back({name, {std::move(*progress)}, ""});
        return report;
    }
    if (report.format != Report().format) {
        return fail(Errc::invalid, "this file has the format \"" + report.format + "\"");
    }
    if (report.version > 1) {
        return fail(Errc::unsupported, "this report was written by a newer Cutaway");
    }
    return report;
}

void merge(Report& into, const Report& other) {
    for (const LearnerReport& learner : other.learners) {
        if (std::find(into.learners.begin(), into.learners.end(), learner) == into.learners.end()) {
            into.learners.push_back(learner);
        }
    }
}

std::vector<Row> rows_of(const Report& report, const std::vector<Lesson>& lessons, std::string_view key) {
    std::map<std::pair<std::string, std::string>, Found> found;  // by learner and lesson
    for (const LearnerReport& learner : report.learners) {
        for (const Progress& progress : learner.lessons) {
            const Found one{&progress, state_of(learner, progress, key)};
            const auto [place, fresh] = found.try_emplace({learner.name, progress.lesson}, one);
            if (!fresh && place->second.progress->at_ms < progress.at_ms) {
                place->second = one;
            }
        }
    }
    std::vector<Row> out;
    for (const auto& [who, one] : found) {
        const std::string& id = who.second;
        const auto lesson =
            std::find_if(lessons.begin(), lessons.end(), [&](const Lesson& known) { return known.id == id; });
        LessonRows(who.first, *one.progress, one.seal, out).tell(lesson == lessons.end() ? nullptr : &*lesson);
    }
    return out;
}

}  // namespace cutaway::lesson
