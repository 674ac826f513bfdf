// SPDX-License-Identifier: Apache-2.0
#include "core/cli/root_lesson_report.h"

#include <charconv>
#include <cstdlib>

#include "core/cli/root_console.h"
#include "core/cli/root_shelf.h"
#include "core/host/save_file.h"
#include "core/host/syscall.h"
#include "core/lesson/report_export.h"

namespace cutaway::cli {

namespace {

int complain(const std::string& text) {
    ProcessConsole().err("cutaway: " + text + "\n");
    return 1;
}

std::string own_name() {
    for (const char* variable : {"LOGNAME", "USER"}) {
        if (const char* name = std::getenv(variable); name != nullptr && *name != 0) {
            return name;
        }
    }
    return "learner";
}

// "Anna" of "class/Anna.json".
std::string name_of_file(const std::string& path) {
    const std::string name = host::name_of(path);
    return name.substr(0, name.rfind('.'));
}

Result<lesson::Report> own_report(const CommandLine& line, const LessonWords& words, const std::string& word) {
    const lesson::Catalog catalog = lesson::make_catalog(lesson::standard_texts(), "lessons/");
    std::vector<lesson::Progress> lessons;
    for (const lesson::Lesson& one : catalog.lessons) {
        lesson::Progress progress = TRY(kept_progress(line, one.id));
        if (!progress.lesson.empty()) {
            lessons.push_back(std::move(progress));
        }
    }
    lesson::Report report;
    report.learners.push_back(lesson::report_of(words.value("--name", own_name()), std::move(lessons), word));
    return report;
}

Result<lesson::Report> read_reports(const LessonWords& words) {
    lesson::Report all;
    for (const std::string& path : words.names) {
        const std::string text = TRY(host::read_file(path));
        Result<lesson::Report> one = lesson::report_from(text, words.value("--name", name_of_file(path)));
        if (!one) {
            return fail(one.error().code, path + ": " + one.error().doing);
        }
        lesson::merge(all, *one);
    }
    return all;
}

Result<std::string> report_text(const CommandLine& line, const LessonWords& words) {
    const lesson::Policy policy = TRY(kept_policy(line));
    const std::string word = words.value("--word", policy.word);
    const lesson::Report report = TRY(words.names.empty() ? own_report(line, words, word) : read_reports(words));
    const lesson::Catalog catalog = lesson::make_catalog(lesson::standard_texts(), "lessons/");
    const std::vector<lesson::Row> rows = lesson::rows_of(report, catalog.lessons, word);
    const std::string format = words.value("--format", "csv");
    if (format == "csv") {
        return lesson::to_csv(rows);
    }
    if (format == "json") {
        return lesson::to_json(report, rows);
    }
    if (format == "xapi") {
        return lesson::to_xapi(rows);
    }
    return fail(Errc::invalid, "a report is written as csv, json or xapi, not as \"" + format + "\"");
}

Result<std::uint32_t> read_count(const std::string& option, const std::string& text, std::uint32_t least) {
    std::uint32_t value = 0;
    const auto [end, error] = std::from_chars(text.data(), text.data() + text.size(), value);
    if (error != std::errc() || end != text.data() + text.size() || value < least || value > 1000) {
        return fail(Errc::invalid, option + " takes a number from " + std::to_string(least) + " to 1000");
    }
    return value;
}

Result<lesson::Policy> asked_policy(const LessonWords& words, lesson::Policy policy) {
    if (words.has("--clear")) {
        policy = lesson::Policy();
    }
    policy.skip = policy.skip && !words.has("--no-skip");
    policy.solve = policy.solve && !words.has("--no-solve");
    if (words.values.count("--attempts") != 0) {
        policy.attempts = TRY(read_count("--attempts", words.value("--attempts"), 1));
    }
    if (words.values.count("--hints") != 0) {
        policy.hints = TRY(read_count("--hints", words.value("--hints"), 0));
    }
    policy.word = words.value("--word", policy.word);
    return policy;
}

// What is kept was sealed with the word that there was; it gets the new one, and what was edited stays edited.
Status change_policy(const CommandLine& line, const lesson::Policy& policy) {
    const char* named = std::getenv("CUTAWAY_LESSON_POLICY");
    if (named != nullptr && *named != 0) {
        return fail(Errc::denied, "CUTAWAY_LESSON_POLICY names the file that holds the policy; change it there");
    }
    const lesson::Catalog catalog = lesson::make_catalog(lesson::standard_texts(), "lessons/");
    const std::map<std::string, lesson::Progress> kept = kept_progresses(line, catalog);
    TRY(keep_policy(line, policy));
    for (const auto& [id, progress] : kept) {
        if (!progress.lesson.empty()) {
            TRY(keep_progress(line, id, progress));
        }
    }
    return {};
}

}  // namespace

int put_lesson_text(const LessonWords& words, const std::string& text) {
    const std::string path = words.value("-o");
    if (path.empty() || path == "-") {
        ProcessConsole().out(text);
        return 0;
    }
    const Status saved = host::save_file(path, text, host::Sync::no);
    return saved ? 0 : complain(saved.error().doing);
}

int report_lessons(const CommandLine& line, const LessonWords& words) {
    const Result<std::string> text = report_text(line, words);
    return text ? put_lesson_text(words, *text) : complain(text.error().doing);
}

int lesson_policy(const CommandLine& line, const LessonWords& words) {
    if (!words.names.empty()) {
        return complain("lesson policy takes options only; see cutaway lesson");
    }
    const Result<lesson::Policy> now = kept_policy(line);
    if (!now && !words.has("--clear")) {
        return complain(now.error().doing);
    }
    const Result<lesson::Policy> asked = asked_policy(words, now ? *now : lesson::Policy());
    if (!asked) {
        return complain(asked.error().doing);
    }
    if (!words.flags.empty() || !words.values.empty()) {
        if (const Status changed = change_policy(line, *asked); !changed) {
            return complain(changed.error().doing);
        }
    }
    const std::string rules = lesson::in_words(*asked);
    ProcessConsole().out((rules.empty() ? "everything is allowed" : rules) +
                         (asked->word.empty() ? "" : "; seals have a word") + "\n");
    return 0;
}

}  // namespace cutaway::cli
