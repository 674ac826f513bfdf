// SPDX-License-Identifier: Apache-2.0
// The list of claims: each is taught in a lesson, by a check, a card or an explanation, or docs/lessons.md says why not.
#include <array>
#include <fstream>
#include <map>
#include <set>
#include <sstream>
#include <string>

#include <gtest/gtest.h>

#include "core/lesson/catalog.h"

namespace cutaway::lesson {
namespace {

constexpr int last_claim = 128;

// What is said of these in the source documents is wrong or dated, so a learner must see it set right.
constexpr std::array dated{2,   3,   6,   8,   9,   10,  12,  13,  14,  16,  18,  23,  24,  26,  27,  28,  29,  30, 33,
                           34,  37,  42,  43,  46,  47,  48,  49,  53,  56,  57,  58,  61,  62,  64,  65,  72,  73, 74,
                           76,  77,  78,  79,  80,  83,  84,  85,  86,  87,  88,  89,  90,  91,  93,  95,  96,  97, 98,
                           102, 103, 105, 108, 109, 110, 111, 112, 114, 115, 116, 117, 118, 119, 122, 123, 125, 127};

std::set<int> taught(const Lesson& lesson, bool cards_only = false) {
    std::set<int> out;
    for (const Step& step : lesson.steps) {
        if (!cards_only) {
            out.insert(step.explains.begin(), step.explains.end());
        }
        for (const Part& part : step.parts) {
            if (const auto* check = std::get_if<Check>(&part.block); check != nullptr && !cards_only) {
                out.insert(check->claims.begin(), check->claims.end());
            } else if (const auto* card = std::get_if<Card>(&part.block)) {
                out.insert(card->claims.begin(), card->claims.end());
            }
        }
    }
    return out;
}

std::set<int> taught(bool cards_only = false) {
    std::set<int> out;
    for (const Lesson& lesson : make_catalog(standard_texts(), "lessons/").lessons) {
        out.merge(taught(lesson, cards_only));
    }
    return out;
}

// "- 12, 13: why not" and "- 76 to 88: why not" below "## Claims that no lesson teaches yet".
std::map<int, std::string> excused() {
    std::ifstream file("docs/lessons.md");
    std::map<int, std::string> out;
    bool inside = false;
    for (std::string line; std::getline(file, line);) {
        inside = line.starts_with("## ") ? line == "## Claims that no lesson teaches yet" : inside;
        const std::size_t colon = line.find(": ");
        if (!inside || !line.starts_with("- ") || colon == std::string::npos) {
            continue;
        }
        std::istringstream numbers(line.substr(2, colon - 2));
        int last = 0;
        bool range = false;
        for (std::string word; numbers >> word;) {
            range = range || word == "to";
            if (word == "to") {
                continue;
            }
            const int number = std::stoi(word);
            for (int n = range ? last + 1 : number; n <= number; ++n) {
                out[n] = line.substr(colon + 2);
            }
            last = number;
            range = false;
        }
    }
    return out;
}

TEST(Claims, EachIsTaughtOrTheDocumentsSayWhyNot) {
    const std::set<int> in_lessons = taught();
    const std::map<int, std::string> excuses = excused();
    for (int claim = 1; claim <= last_claim; ++claim) {
        EXPECT_TRUE(in_lessons.count(claim) + excuses.count(claim) == 1)
            << "claim " << claim
            << (in_lessons.count(claim) == 1 ? " is taught, yet docs/lessons.md excuses it"
                                             : " is in no lesson and not in docs/lessons.md");
    }
    for (const auto& [claim, why] : excuses) {
        EXPECT_GT(why.size(), 10U) << "claim " << claim << " needs a reason";
    }
}

TEST(Claims, TheDocumentsListWhatEachLessonTeaches) {
    std::ifstream file("docs/lessons.md");
    std::stringstream text;
    text << file.rdbuf();
    for (const Lesson& lesson : make_catalog(standard_texts(), "lessons/").lessons) {
        std::string line = "\n- " + lesson.id + ":";
        for (const int claim : taught(lesson)) {
            line += (line.back() == ':' ? " " : ", ") + std::to_string(claim);
        }
        EXPECT_NE(text.str().find(line + "\n"), std::string::npos) << "docs/lessons.md has no line" << line;
    }
}

TEST(Claims, WhatTheSourcesSayWronglyIsSetRightOnACard) {
    const std::set<int> cards = taught(true);
    const std::map<int, std::string> excuses = excused();
    for (const int claim : dated) {
        EXPECT_TRUE(cards.count(claim) + excuses.count(claim) == 1) << "claim " << claim << " has no card";
    }
}

}  // namespace
}  // namespace cutaway::lesson
