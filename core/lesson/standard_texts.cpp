// SPDX-License-Identifier: Apache-2.0
#include "core/lesson/catalog.h"

// The files themselves, among the program's read-only data; core/lesson/texts.cmake lists them.
#define CUTAWAY_LESSON_TEXT(number, name, file)                   \
    asm(".pushsection .rodata.cutaway_lessons, \"a\"\n"           \
        ".hidden cutaway_lesson_" #number                         \
        "_begin\n"                                                \
        ".hidden cutaway_lesson_" #number                         \
        "_end\n"                                                  \
        ".globl cutaway_lesson_" #number                          \
        "_begin\n"                                                \
        ".globl cutaway_lesson_" #number                          \
        "_end\n"                                                  \
        "cutaway_lesson_" #number                                 \
        "_begin:\n"                                               \
        ".incbin \"" file                                         \
        "\"\n"                                                    \
        "cutaway_lesson_" #number                                 \
        "_end:\n"                                                 \
        ".byte 0\n"                                               \
        ".popsection\n");                                         \
    extern "C" {                                                  \
    extern const char cutaway_lesson_##number##_begin; /*NOLINT*/ \
    extern const char cutaway_lesson_##number##_end;   /*NOLINT*/ \
    }
#include CUTAWAY_LESSON_TEXTS  // one line a file
#undef CUTAWAY_LESSON_TEXT

namespace cutaway::lesson {

const std::vector<TextFile>& standard_texts() {
#define CUTAWAY_LESSON_TEXT(number, name, file)          \
    TextFile{name, std::string_view(                     \
                       &cutaway_lesson_##number##_begin, \
                       static_cast<std::size_t>(&cutaway_lesson_##number##_end - &cutaway_lesson_##number##_begin))},
    static const std::vector<TextFile> texts{
#include CUTAWAY_LESSON_TEXTS
    };
    return texts;
}

}  // namespace cutaway::lesson
