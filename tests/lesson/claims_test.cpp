// SPDX-License-Identifier: Apache-2.0
// The list of claims: each is taught in a lesson, by a check, a card or an explanation, or docs/lessons.md says why not.
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

std::set<int> taught() {
    std::set<int> out;
    const Catalog catalog = make_catalog(standard_texts(), "lessons/");
    for (const Lesson& lesson : catalog.lessons) {
        for (const Step& step : lesson.steps) {
            out.insert(step.explains.begin(), step.explains.end());
            for (const Part& part : step.parts) {
                if (const auto* check = std::get_if<Check>(&part.block)) {
                    out.insert(check->claims.begin(), check->claims.end());
                } else if (const auto* card = std::get_if<Card>(&part.block)) {
                    out.insert(card->claims.begin(), card->claims.end());
                }
            }
        }
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

}  // namespace
}  // namespace cutaway::lesson
