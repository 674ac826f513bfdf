// SPDX-License-Identifier: Apache-2.0
#include "core/cli/lesson_words.h"

#include <algorithm>
#include <array>
#include <string_view>

namespace cutaway::cli {

namespace {

struct VerbOptions {
    std::string_view verb;
    std::string_view valued;  // each between spaces
    std::string_view flags;
};

constexpr std::array<VerbOptions, 10> all{{
    {"list", " ", " "},
    {"play", " --from --cut --lang --world ", " --notes --watch "},
    {"show", " --lang ", " --solutions "},
    {"handout", " --lang -o ", " --solutions "},
    {"quiz", " --lang ", " "},
    {"test", " --lang --world ", " --watch "},
    {"lint", " ", " --watch "},
    {"new", " --from -o ", " "},
    {"report", " --format -o --name --word ", " "},
    {"policy", " --attempts --hints --word ", " --no-skip --no-solve --clear "},
}};

bool names(std::string_view list, const std::string& word) { return list.find(" " + word + " ") != list.npos; }

}  // namespace

const char* const lesson_usage =
    "Usage:  cutaway lesson COMMAND\n\n"
    "  list                      The lessons, how long they take and where you are\n"
    "  play ID [--from STEP]     Play one; [--cut MINUTES] a shorter way through, [--notes] with the presenter's "
    "notes\n"
    "  show ID [--solutions]     Print one for reading\n"
    "  quiz ID                   A short test, before you begin it and again when it is finished\n"
    "  handout ID [-o FILE]      A sheet for a learner's desk, as HTML to print; [--solutions] the answer key\n"
    "  report [FILE...]          What you did, or the learners of these files: [--format csv|json|xapi] [-o FILE]\n"
    "                            [--name NAME] for your own, [--word WORD] of the class\n"
    "  policy                    What the teacher allows; [--no-skip] [--no-solve] [--attempts N] [--hints N]\n"
    "                            [--word WORD] [--clear]\n"
    "  test [ID...]              Play lessons by their own solutions and prove what they claim\n"
    "                            [--world real] with play or test: on this machine, the lessons that are for it\n"
    "  lint [FILE...]            Check lesson files, or those of this program\n"
    "  new ID [NAME]             Begin one of your own: a folder with its first text; [--from TRACE] a step for each\n"
    "                            phase of a recorded story, [-o FOLDER] where\n\n"
    "ID is as L07, 7 or docker-run-nginx, or a lesson.md of your own, with its path. [--lang de] where there is "
    "one.\n"
    "[--watch] with play, test or lint and a file of your own: again whenever it is saved.\n";

std::vector<std::string_view> lesson_verbs() {
    std::vector<std::string_view> verbs;
    verbs.reserve(all.size());
    for (const VerbOptions& one : all) {
        verbs.push_back(one.verb);
    }
    return verbs;
}

Result<LessonWords> read_lesson_words(const std::vector<std::string>& words) {
    LessonWords out;
    out.verb = words.size() > 1 ? words[1] : "";
    const auto* spec =
        std::find_if(all.begin(), all.end(), [&](const VerbOptions& one) { return one.verb == out.verb; });
    for (std::size_t n = 2; n < words.size(); ++n) {
        const std::string word = words[n] == "--locale" ? "--lang" : words[n] == "--output" ? "-o" : words[n];
        const bool option = word.starts_with("-") && word.size() > 1;
        if (!option || spec == all.end()) {
            out.names.push_back(word);
        } else if (names(spec->flags, word)) {
            out.flags.insert(word);
        } else if (!names(spec->valued, word)) {
            return fail(Errc::invalid, "lesson " + out.verb + " has no option " + words[n]);
        } else if (n + 1 == words.size()) {
            return fail(Errc::invalid, words[n] + " needs a value behind it");
        } else {
            out.values[word] = words[++n];
        }
    }
    return out;
}

}  // namespace cutaway::cli
