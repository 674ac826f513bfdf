// SPDX-License-Identifier: Apache-2.0
// A lesson as plain text: what the terminal player prints, `lesson list` and `lesson show`. Lines are at most 78 wide,
// nothing is said by colour or place alone, so that a screen reader reads it in order. Pure.
#pragma once

#include <map>
#include <string>
#include <string_view>

#include "core/cli/lesson_labels.h"
#include "core/lesson/catalog.h"
#include "core/lesson/grade.h"
#include "core/lesson/progress.h"

namespace cutaway::cli {

// Paragraphs wrapped, lists and quoted blocks kept, emphasis marks taken away.
std::string lesson_paragraphs(std::string_view markdown);
std::string lesson_wrapped(std::string_view text, const std::string& first, const std::string& others);

std::string step_head(const lesson::Lesson& lesson, const lesson::Step& step, std::size_t number);
std::string words_text(const lesson::Step& step, const std::map<std::string, std::string>& glossary,
                       const LessonLabels& labels);
std::string question_text(const lesson::Predict& predict, const LessonLabels& labels);
std::string task_text(const lesson::Task& task, const LessonLabels& labels);
std::string card_text(const lesson::Card& card, const LessonLabels& labels);
std::string figure_text(const lesson::Figure& figure, const LessonLabels& labels);
std::string summary_text(const lesson::Lesson& lesson, const lesson::Progress& progress);

std::string lesson_list(const lesson::Catalog& catalog, const std::map<std::string, lesson::Progress>& progress);
// The whole lesson for reading. Answers, solutions and what the tests prove are in it only if asked for.
std::string lesson_document(const lesson::Lesson& lesson, const lesson::Catalog& catalog, bool solutions);

}  // namespace cutaway::cli
