// SPDX-License-Identifier: Apache-2.0
// Seals, policies and reports: what an edit shows, what a class's files come to, and what other programs read of it.
#include <string>
#include <vector>

#include <gtest/gtest.h>
#include <nlohmann/json.hpp>

#include "core/lesson/load.h"
#include "core/lesson/policy.h"
#include "core/lesson/report_export.h"
#include "core/lesson/seal.h"

namespace cutaway::lesson {
namespace {

Progress done_well() {
    Progress progress;
    progress.lesson = "L99";
    progress.step = "one";
    progress.reached = "one";
    progress.answers.push_back({"q", "0", true, 2, 2, 1, 4500, 1'700'000'000'000});
    progress.tasks.push_back({"t", "shown", 3, 2, 0, 1, 60'000, 1'700'000'060'000});
    progress.spent_ms = 64'500;
    progress.at_ms = 1'700'000'060'000;
    return progress;
}

TEST(Seal, IsTheHmacOfRfc4231) {
    EXPECT_EQ(hmac_sha256("Jefe", "what do ya want for nothing?"),
              "5bdcc146bf60754e6a042426089575c75a003f089d2739839dec58b964ec3843");
    EXPECT_EQ(hmac_sha256(std::string(131, '\xaa'), "Test Using Larger Than Block-Size Key - Hash Key First"),
              "60e431591ee0b67f0d8a26aacbf5b77f8e0bc6213728c5140546040f0ee37f54");
}

TEST(Seal, ShowsEveryFieldThatAnEditorChanged) {
    const std::string whole = to_json(sealed(done_well(), "word"));
    EXPECT_EQ(examined(*progress_from(whole), "word").trust, Trust::whole);
    struct Edit {
        const char* from;
        const char* to;
    };
    for (const Edit& edit : std::vector<Edit>{{"\"how\":\"shown\"", "\"how\":\"done\""},
                                              {"\"hints\":2", "\"hints\":0"},
                                              {"\"given\":\"0\"", "\"given\":\"1\""},
                                              {"\"points\":2", "\"points\":9"},
                                              {"\"spent_ms\":64500", "\"spent_ms\":1"},
                                              {"\"skips\":1,", ""},
                                              {"\"lesson\":\"L99\"", "\"lesson\":\"L98\""}}) {
        std::string text = whole;
        const std::size_t at = text.find(edit.from);
        ASSERT_NE(at, std::string::npos) << edit.from;
        text.replace(at, std::string_view(edit.from).size(), edit.to);
        EXPECT_EQ(examined(*progress_from(text), "word").trust, Trust::edited) << edit.to;
    }
    EXPECT_EQ(examined(*progress_from(whole), "another word").trust, Trust::edited);
    EXPECT_EQ(examined(done_well(), "word").trust, Trust::unsealed);
}

TEST(Seal, IsNotMendedByPlayingOn) {
    Progress edited = sealed(done_well(), "word");
    edited.tasks[0].how = "done";
    const Progress again = sealed(examined(edited, "word"), "word");  // as it is kept the next time
    EXPECT_EQ(examined(*progress_from(to_json(again)), "word").trust, Trust::edited);
    Progress bare = sealed(done_well(), "word");
    bare.seal.clear();
    const Progress kept = sealed(examined(bare, "word"), "word");
    EXPECT_EQ(examined(*progress_from(to_json(kept)), "word").trust, Trust::unsealed);
}

TEST(Policy, IsKeptAsJsonAndSaidInWords) {
    struct Case {
        const char* json;
        const char* words;
    };
    for (const Case& one :
         std::vector<Case>{{"{}", ""},
                           {R"({"skip":false})", "no skipping"},
                           {R"({"attempts":1,"hints":0})", "1 attempt a task, no hints a task"},
                           {R"({"solve":false,"hints":3,"word":"x"})", "no solutions shown, 3 hints a task"}}) {
        const Result<Policy> policy = policy_from(one.json);
        ASSERT_TRUE(policy.has_value()) << one.json;
        EXPECT_EQ(in_words(*policy), one.words);
        EXPECT_EQ(*policy_from(to_json(*policy)), *policy);
    }
    for (const char* bad : {"", "no", "[]", R"({"skip":3})", R"({"attempts":0})", R"({"format":"x"})",
                            R"({"version":2})", R"({"attempts":-1})", "{}{}"}) {
        EXPECT_FALSE(policy_from(bad).has_value()) << bad;
    }
}

TEST(Policy, LookingAroundIsNoAttempt) {
    for (const char* looks :
         {"docker ps -a", "docker inspect web", "cutaway logs web", "docker images", "docker network ls",
          "docker container ls -a", "docker volume inspect data", "docker system df"}) {
        EXPECT_TRUE(only_looks(looks)) << looks;
    }
    for (const char* tries : {"docker run nginx", "docker psx", "docker network create net", "curl http://localhost",
                              "docker ps | xargs docker rm", "docker rm $(docker ps -aq)", "docker system prune",
                              "docker", "docker network", "dockerps", "", "docker exec web ps"}) {
        EXPECT_FALSE(only_looks(tries)) << tries;
    }
}

const std::vector<Lesson>& lessons() {
    static const std::vector<Lesson> all{load_lesson("lessons/L99-x/lesson.md", R"(---
id: L99
title: Of reports
summary: Short.
minutes: 5
---

## One

```step
id: one
caption: One.
```

```predict
id: q
ask: Is it so?
now: true
answer: 1
points: 2
choice: 1 | Yes, "always" | a
choice: 2 | No | b
choice: 3 | Sometimes | c
```

```task
id: t
goal: Do it.
verify: count(containers) > 0
hint: Do.
solve: docker run nginx
```

```predict
id: late
ask: And this?
now: true
type: number
answer: 1
right: Well.
otherwise: No.
wrong: 5 | Not five.
wrong: 6 | Not six.
```
)")
                                             .lesson};
    return all;
}

Report report_by(const std::string& name, const Progress& progress) {
    Report report;
    report.learners.push_back(report_of(name, {sealed(progress, "word")}, "word"));
    return report;
}

TEST(Report, TellsEachLessonQuestionAndTaskAlsoWhatIsStillOpen) {
    const std::vector<Row> rows = rows_of(report_by("Anna", done_well()), lessons(), "word");
    ASSERT_EQ(rows.size(), 4U);
    EXPECT_EQ(rows[0].kind, Kind::lesson);
    EXPECT_EQ(rows[0].outcome, "begun");
    EXPECT_EQ(rows[0].points, 2U);
    EXPECT_EQ(rows[0].of, 4U);
    EXPECT_EQ(rows[0].hints, 2U);
    EXPECT_EQ(rows[0].skips, 1U);
    EXPECT_EQ(rows[1].outcome, "right");
    EXPECT_EQ(rows[1].given, "Yes, \"always\"");
    EXPECT_EQ(rows[1].spent_ms, 4500U);
    EXPECT_EQ(rows[2].outcome, "shown");
    EXPECT_EQ(rows[2].attempts, 3U);
    EXPECT_EQ(rows[3].outcome, "open");
    EXPECT_EQ(rows[3].of, 1U);
    for (const Row& row : rows) {
        EXPECT_EQ(row.seal, SealState::whole);
    }
}

TEST(Report, OfAClassMergesAndTheLastWorkCounts) {
    Progress later = done_well();
    later.finished = true;
    later.at_ms += 1000;
    Report all;
    for (const Report& one : {report_by("Zoe", done_well()), report_by("Anna", later), report_by("Anna", done_well()),
                              report_by("Zoe", done_well())}) {
        const Result<Report> read = report_from(to_json(one, rows_of(one, lessons(), "word")), "unused");
        ASSERT_TRUE(read.has_value()) << read.error().doing;
        EXPECT_EQ(*read, one);
        merge(all, *read);
    }
    EXPECT_EQ(all.learners.size(), 3U);
    const Result<Report> merged = report_from(to_json(all, rows_of(all, lessons(), "word")), "unused");
    ASSERT_TRUE(merged.has_value());
    const std::vector<Row> rows = rows_of(*merged, lessons(), "word");
    ASSERT_EQ(rows.size(), 8U);
    EXPECT_EQ(rows[0].learner, "Anna");
    EXPECT_EQ(rows[0].outcome, "finished");
    EXPECT_EQ(rows[4].learner, "Zoe");
    EXPECT_EQ(rows[4].outcome, "begun");
    EXPECT_EQ(rows[0].seal, SealState::whole);
}

TEST(Report, ShowsWhatWasEditedAlsoTheName) {
    Report renamed = report_by("Anna", done_well());
    renamed.learners[0].name = "Otto";
    EXPECT_EQ(rows_of(renamed, lessons(), "word")[0].seal, SealState::edited);
    Report better = report_by("Anna", done_well());
    better.learners[0].lessons[0].tasks[0].points = 1;
    EXPECT_EQ(rows_of(better, lessons(), "word")[0].seal, SealState::edited);
    EXPECT_EQ(rows_of(report_by("Anna", done_well()), lessons(), "other")[0].seal, SealState::edited);
    const Result<Report> raw = report_from(to_json(sealed(done_well(), "word")), "Anna");
    ASSERT_TRUE(raw.has_value());
    EXPECT_EQ(rows_of(*raw, lessons(), "word")[0].seal, SealState::unsealed) << "nobody vouches for the name";
}

TEST(Report, SetsTheTestsBeforeAndAfterBesideTheLesson) {
    Progress tested = done_well();
    tested.before = {{"q", "1", false, 0, 2, 0, 3000, 5}, {"late", "", false, 0, 1, 1, 1000, 9}};
    tested.after = {{"q", "0", true, 2, 2, 0, 2000, 20}, {"late", "1", true, 1, 1, 0, 500, 21}};
    const std::vector<Row> rows = rows_of(report_by("Anna", tested), lessons(), "word");
    ASSERT_EQ(rows.size(), 6U);
    EXPECT_EQ(rows[0].points, 2U) << "a test's points are not the lesson's";
    EXPECT_EQ(rows[0].of, 4U);
    EXPECT_EQ(rows[0].skips, 1U);
    const Row& before = rows[4];
    EXPECT_EQ(to_name(before.kind), "test");
    EXPECT_EQ(before.id, "before");
    EXPECT_EQ(before.title, "Of reports");
    EXPECT_EQ(before.points, 0U);
    EXPECT_EQ(before.of, 3U);
    EXPECT_EQ(before.skips, 1U);
    EXPECT_EQ(before.spent_ms, 4000U);
    EXPECT_EQ(before.at_ms, 9);
    EXPECT_EQ(rows[5].id, "after");
    EXPECT_EQ(rows[5].given, "3 more than before");
    std::swap(tested.before, tested.after);
    EXPECT_EQ(rows_of(report_by("Anna", tested), lessons(), "word")[5].given, "3 fewer than before");
    tested.before = tested.after;
    EXPECT_EQ(rows_of(report_by("Anna", tested), lessons(), "word")[5].given, "as before");
    tested.before.clear();
    EXPECT_EQ(rows_of(report_by("Anna", tested), lessons(), "word")[4].given, "");
}

TEST(Report, OfATestIsAnAssessmentOfItsOwn) {
    Progress tested = done_well();
    tested.before = {{"q", "0", true, 2, 2, 0, 3000, 5}};
    const nlohmann::json all = nlohmann::json::parse(to_xapi(rows_of(report_by("Anna", tested), lessons(), "word")));
    const nlohmann::json& test = all.back();
    EXPECT_EQ(test["object"]["id"], "https://cutaway.invalid/lessons/L99/before");
    EXPECT_EQ(test["object"]["definition"]["type"], "http://adlnet.gov/expapi/activities/assessment");
    EXPECT_EQ(test["verb"]["id"], "http://adlnet.gov/expapi/verbs/completed");
    EXPECT_EQ(test["result"]["score"]["raw"], 2);
    EXPECT_FALSE(test["result"].contains("success"));
}

TEST(Report, RefusesWhatIsNone) {
    for (const char* bad : {"", "{}", "[]", "{\"learners\":[]}", "{\"learners\":3}", "{\"lesson\":\"\"}",
                            "{\"format\":\"x\",\"learners\":[{\"name\":\"a\"}]}",
                            "{\"version\":2,\"learners\":[{\"name\":\"a\"}]}", "\xff\xfe"}) {
        EXPECT_FALSE(report_from(bad, "x").has_value()) << bad;
    }
}

TEST(Csv, QuotesAndDisarmsItsCells) {
    Row row;
    row.learner = "=HYPERLINK(\"x\")";
    row.lesson = "L99";
    row.title = "a, b";
    row.given = "two\nlines";
    row.spent_ms = 1002;
    const std::string csv = to_csv({row});
    EXPECT_NE(csv.find("\r\n\"'=HYPERLINK(\"\"x\"\")\",L99,\"a, b\",lesson,"), std::string::npos) << csv;
    EXPECT_NE(csv.find(",1.002,,\"two\nlines\",,whole\r\n"), std::string::npos) << csv;
    for (const char* formula : {"+1", "-1", "@x", "\tx"}) {
        row.learner = formula;
        EXPECT_NE(to_csv({row}).find("'" + std::string(formula)), std::string::npos) << formula;
    }
}

TEST(Xapi, IsAnArrayOfStatementsWithTheSameIdsEachTime) {
    std::vector<Row> rows = rows_of(report_by("An\"na </script>", done_well()), lessons(), "word");
    const std::string text = to_xapi(rows);
    EXPECT_EQ(text, to_xapi(rows));
    const nlohmann::json statements = nlohmann::json::parse(text);
    ASSERT_EQ(statements.size(), 3U) << "what is open is no statement";
    EXPECT_EQ(statements[0]["verb"]["id"], "http://adlnet.gov/expapi/verbs/attempted");
    EXPECT_EQ(statements[1]["verb"]["id"], "http://adlnet.gov/expapi/verbs/answered");
    EXPECT_EQ(statements[1]["actor"]["account"]["name"], "An\"na </script>");
    EXPECT_EQ(statements[1]["object"]["id"], "https://cutaway.invalid/lessons/L99/q");
    EXPECT_EQ(statements[1]["result"]["duration"], "PT4.500S");
    EXPECT_EQ(statements[1]["result"]["success"], true);
    EXPECT_EQ(statements[1]["result"]["score"]["scaled"], 1.0);
    EXPECT_EQ(statements[1]["timestamp"], "2023-11-14T22:13:20.000Z");
    EXPECT_EQ(statements[2]["result"]["success"], false);
    EXPECT_EQ(statements[2]["result"]["extensions"]["https://cutaway.invalid/extensions/hints"], 2);
    EXPECT_EQ(std::string(statements[0]["id"]).size(), 36U);
    EXPECT_NE(statements[0]["id"], statements[1]["id"]);
    rows[0].outcome = "finished";
    EXPECT_EQ(nlohmann::json::parse(to_xapi(rows))[0]["verb"]["display"]["en"], "completed");
}

TEST(ReportJson, IsReadByProgramsThatKnowNoDefaults) {
    const Report report = report_by("Anna", done_well());
    const nlohmann::json json = nlohmann::json::parse(to_json(report, rows_of(report, lessons(), "word")));
    ASSERT_EQ(json["rows"].size(), 4U);
    for (const nlohmann::json& row : json["rows"]) {
        for (const char* field : {"learner", "lesson", "kind", "points", "of", "attempts", "hints", "skips", "seal"}) {
            EXPECT_TRUE(row.contains(field)) << field;
        }
    }
}

}  // namespace
}  // namespace cutaway::lesson
