# SPDX-License-Identifier: Apache-2.0
# Lessons in the terminal. lesson_text knows no world; what stands on a stage belongs to cli_stage.
set(CLI_LESSON_SOURCES lesson_labels.cpp lesson_text.cpp lesson_words.cpp)
set(CLI_LESSON_STAGE_SOURCES lesson_bench.cpp lesson_course.cpp lesson_key.cpp lesson_play.cpp lesson_quiz.cpp lesson_solved.cpp lesson_trial.cpp lesson_tutor.cpp)
