// SPDX-License-Identifier: Apache-2.0
// Catalog: all lessons and the glossary, loaded from texts, and the mistakes that only show when they are together.
// Pure: the texts come from the program itself (standard_texts) or from whoever read a directory of them.
#pragma once

#include <map>
#include <string>
#include <string_view>
#include <vector>

#include "core/lesson/load.h"

namespace cutaway::lesson {

struct TextFile {
    std::string_view path;  // "L07-docker-run-nginx/lesson.md", "glossary.md", "glossary.de.md"
    std::string_view text;
};

struct FileMistake {
    std::string file;
    Mistake mistake;
};

struct Catalog {
    std::vector<Lesson> lessons;  // by id; English
    std::vector<Lesson> translations;
    std::map<std::string, std::string> glossary;                           // word → what it means
    std::map<std::string, std::map<std::string, std::string>> glossaries;  // the same in other languages, by locale
    std::vector<FileMistake> mistakes;
};

// `where` stands in front of the paths in mistakes: "lessons/".
Catalog make_catalog(const std::vector<TextFile>& files, const std::string& where);

// "L07", "l7", "7" or the folder's name behind the id, "docker-run-nginx"; null: there is none.
const Lesson* find_lesson(const Catalog& catalog, std::string_view name, std::string_view locale = "en");

// Of another language where it has the word, else of the English glossary; the words themselves stay English.
std::map<std::string, std::string> glossary_of(const Catalog& catalog, const std::string& locale);

std::string folder_of(const Lesson& lesson);  // "L07-docker-run-nginx"

// The lessons that the build put into the program; target lesson_texts.
const std::vector<TextFile>& standard_texts();

}  // namespace cutaway::lesson
