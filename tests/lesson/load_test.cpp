// SPDX-License-Identifier: Apache-2.0
// The lesson format: what is read, and one clear sentence with its line for every mistake.
#include "core/lesson/load.h"

#include <algorithm>
#include <fstream>
#include <string>
#include <vector>

#include <gtest/gtest.h>
#include <nlohmann/json.hpp>

#include "core/lesson/catalog.h"
#include "core/lesson/fields.h"

namespace cutaway::lesson {
namespace {

const std::string front = "---\nid: L07\ntitle: T\nsummary: S\nminutes: 5\n---\n";  // six lines
const std::string head = front + "## One\n```step\nid: one\ncaption: c\n```\n";     // eleven
const std::string choices = "choice: 1 | a | x\nchoice: 2 | b | y\nchoice: 3 | c | z\n";

std::string block(const std::string& name, const std::string& fields) {
    return head + "```" + name + "\n" + fields + "```\n";
}

std::string errors(const Loaded& loaded) {
    std::string out;
    for (const Mistake& mistake : loaded.mistakes) {
        out += to_text("f", mistake) + "\n";
    }
    return out;
}

TEST(Lesson, AWholeLessonIsRead) {
    const Loaded loaded = load_lesson(
        "lessons/L07-x/lesson.md",
        front +
            "# Title\n\nFor readers only.\n\n## One\n\n```step\nid: one\nwords: image, layer\ncaption: c\n"
            "note: first\nnote: second\nexplains: 1, 2\n```\n\nSome *text*.\n\n```console\n$ docker "
            "ps\n```\n\nMore.\n\n"
            "```run\ndo: docker run\n  nginx\n```\n```stop\nphase: layers\nsay: before\n```\n```finish\n```\n");
    EXPECT_EQ(errors(loaded), "");
    ASSERT_EQ(loaded.lesson.steps.size(), 1U);
    const Step& step = loaded.lesson.steps[0];
    EXPECT_EQ(step.title, "One");
    EXPECT_EQ(step.words, (std::vector<std::string>{"image", "layer"}));
    EXPECT_EQ(step.notes, (std::vector<std::string>{"first", "second"}));
    EXPECT_EQ(step.explains, (std::vector<int>{1, 2}));
    ASSERT_EQ(step.parts.size(), 4U);
    EXPECT_EQ(std::get<Prose>(step.parts[0].block).text, "Some *text*.\n\n```console\n$ docker ps\n```\n\nMore.");
    EXPECT_EQ(std::get<lesson::Run>(step.parts[1].block).commands, std::vector<std::string>{"docker run nginx"});
    EXPECT_EQ(std::get<Stop>(step.parts[2].block).where.phase, world::Phase::layers);
    EXPECT_TRUE(std::holds_alternative<Finish>(step.parts[3].block));
}

struct Case {
    std::string text;
    std::string error;  // the first one begins with this
};

void expect_errors(const std::vector<Case>& cases) {
    for (const Case& one : cases) {
        const std::string found = errors(load_lesson("f", one.text));
        EXPECT_TRUE(found.starts_with(one.error)) << one.text << "\ngave: " << found << "wanted: " << one.error;
    }
}

TEST(Lesson, AMistakeInTheDocumentIsToldWithItsLine) {
    expect_errors({
        {"", "f:1: a lesson begins with ---"},
        {"---\nid: L07\n", "f:1: the front matter that begins here has no closing ---"},
        {"---\n\xff\n---\n", "f:2: a byte here is no UTF-8 text"},
        {"---\nid: \xed\xa0\x80\n---\n", "f:2: a byte here is no UTF-8 text"},
        {"---\r\n", "f:1: a byte here is no UTF-8 text"},
        {std::string(300 * 1024, 'x'), "f:1: the lesson has more than 256 KiB"},
        {front, "f:1: the lesson has no steps"},
        {"---\n  x\nid: L07\ntitle: T\nsummary: S\nminutes: 5\n---\n", "f:1: the lesson has no steps"},
        {"---\nid L07\n---\n", "f:2: expected \"key: value\""},
        {front + "```run\ndo: x\n```\n", "f:1: the lesson has no steps"},
        {head + "```predcit\nid: x\n```\n", "f:12: there is no block called \"predcit\""},
        {head + "```run\ndo: x\n", "f:12: the block that begins here has no closing ```"},
        {head + "```run\nwhat\n```\n", "f:12: a run needs a command"},
        {front + "## One\n\ntext\n", "f:7: this heading has no step block below it"},
        {head + "## Two\n```step\nid: one\ncaption: c\n```\n", "f:12: the id \"one\" is taken"},
        {head + "text\n```step\nid: two\ncaption: c\n```\n", "f:13: a step's block stands once"},
    });
}

TEST(Lesson, OneForTheRealWorldNeedsNoRegistryAndNoHostsShell) {
    const std::string plain = front.substr(0, front.size() - 4);  // six lines less the closing one
    const std::string rest = "---\n## One\n```step\nid: one\ncaption: c\n```\n";
    expect_errors({
        {plain + "worlds: mars\n" + rest, "f:6: there is no world \"mars\"; there are model and real"},
        {plain + "worlds: model, real\nimages: nginx, lab/web\n" + rest,
         "f:6: in the real world nothing stands in for nginx"},
        {plain + "worlds: real\nimages: nginx\nreal: nginx | httpd\n" + rest, "f:6: httpd cannot stand in for nginx"},
        {plain + "worlds: model\nreal: nginx | lab/web\n" + rest, "f:6: real says what stands in for an image"},
        {plain + "worlds: real\n" + rest + "```run\ndo: curl localhost\n```\n",
         "f:13: a lesson for the real world has only docker commands, not \"curl localhost\""},
    });
    EXPECT_EQ(
        errors(load_lesson("f", plain + "worlds: real\nimages: nginx, lab/tools\nreal: nginx | lab/web\n" + rest)), "");
}

TEST(Lesson, AMistakeInABlockIsToldWithItsLine) {
    expect_errors({
        {block("run", "do: x\ndoo: y\n"), "f:14: a run has no field called \"doo\"; did you mean do"},
        {block("run", "do:\n"), "f:13: do is empty"},
        {block("check", "claims: 1\nworld: moon\nholds: true\nfails: before\ntext: t\n"),
         "f:14: there is no world \"moon\""},
        {block("run", "do: x\nexits: no\n"), "f:14: exits must be a number from 0 to 255, not \"no\""},
        {block("stop", "say: s\nphase: layers\n"), "f:12: nothing runs here that could stop"},
        {block("stop", "phase: layrs\nsay: s\n"), "f:12: nothing runs here that could stop"},
        {block("finish", ""), "f:12: nothing is stopped here"},
        {block("predict", "id: a\nask: q\nanswer: 1\nchoice: 1 | x | y\n"), "f:12: a choice needs three choices"},
        {block("predict", "id: a\nask: q\nanswer: 1 +\n" + choices), "f:15: \"1 +\" is no expression: at "},
        {block("predict", "id: a\nask: q\nanswer: contaners\n" + choices), "f:15: \"contaners\" is no expression"},
        {block("predict", "id: a\nask: q\n" + choices), "f:12: the predict has no answer"},
        {block("predict", "id: a\nask: q\nanswer: 1\ntype: chioce\n" + choices), "f:16: there is no type \"chioce\""},
        {block("predict", "id: a\nask: q\nanswer: 1\nchoice: 1 | a\n" + choices), "f:16: write this choice as"},
        {block("predict", "id: a\nask: q\ntype: number\nanswer: 1\n"), "f:12: a number or a text needs"},
        {block("predict", "id: a\nask: q\ntype: order\nitem: 1 | a\n"), "f:12: an order needs three to nine items"},
        {block("predict", "id: a\nask: q\nanswer: 1\nnow: yes\n" + choices), "f:16: now must be true or false"},
        {block("task", "id: a\ngoal: g\nverify: true\nhint: h\n"), "f:12: a task needs solve"},
        {block("task", "id: a\ngoal: g\nverify: true\nsolve: s\n"), "f:12: a task needs a hint"},
        {block("check", "claims: 1\nholds: true\nfails: sometimes\ntext: t\n"), "f:15: say on which other story"},
        {block("check", "claims: 129\nholds: true\nfails: before\ntext: t\n"), "f:13: there is no claim \"129\""},
        {block("card", "claims: 1\noften: o\n"), "f:12: the card has no today; add one"},
        {block("figure", "name: n\nname: m\nalt: a\n"), "f:14: name stands here for the second time"},
    });
}

TEST(Lesson, AStoppedRunMustBeFinishedBeforeAnythingElseRuns) {
    const std::string run = "```run\ndo: docker ps\n```\n";
    const std::string stop = "```stop\nphase: layers\nsay: s\n```\n";
    const std::string task = "```task\nid: t\ngoal: g\nverify: true\nhint: h\nsolve: s\n```\n";
    expect_errors({
        {head + run + stop, "f:12: this run is stopped and never finished"},
        {head + run + stop + run, "f:19: a run cannot begin while the run of line 12 is stopped"},
        {head + run + stop + task, "f:19: a task cannot begin while the run of line 12 is stopped"},
        {head + run + "```stop\nphase: layers\nwhen: true\nsay: s\n```\n```finish\n```\n",
         "f:15: a stop needs either phase, step or call, or a condition"},
        {head + run + "```stop\ncall: mout\nsay: s\n```\n```finish\n```\n",
         "f:16: there is no call \"mout\"; did you mean mount"},
        {head + run + "```stop\nphase: none\nsay: s\n```\n```finish\n```\n", "f:16: there is no phase \"none\""},
    });
    EXPECT_EQ(errors(load_lesson("f", head + run + stop + "```finish\n```\n" + task)), "");
}

TEST(Catalog, MistakesAmongSeveralFilesAreFound) {
    const auto lesson = [](const std::string& id, const std::string& more) {
        return "---\nid: " + id + "\ntitle: T\nsummary: S\nminutes: 5\n" + more +
               "---\n## One\n```step\nid: one\nwords: image\ncaption: c\n```\n```run\ndo: docker ps\n```\n";
    };
    const std::string one = lesson("L01", "needs: L02\n");
    const std::string two = lesson("L02", "needs: L01\n");
    const std::string three = lesson("L03", "needs: L09\n");
    std::string german = lesson("L01", "locale: de\n");
    german.replace(german.find("docker ps"), 9, "docker rm");
    const Catalog catalog = make_catalog({{"L01-a/lesson.md", one},
                                          {"L02-b/lesson.md", two},
                                          {"L99-c/lesson.md", three},
                                          {"L01-a/lesson.de.md", german}},
                                         "");
    std::string found;
    for (const FileMistake& mistake : catalog.mistakes) {
        found += to_text(mistake.file, mistake.mistake) + "\n";
    }
    for (const char* wanted :
         {"L01-a/lesson.md:2: the lesson needs L02, which in the end needs this one",
          "L99-c/lesson.md:2: the lesson needs L09, which is not there",
          "L99-c/lesson.md:2: the folder's name must begin", "L01-a/lesson.md:8: the glossary has no \"image\"",
          "L01-a/lesson.de.md:14: this block is not the English lesson's at line 14"}) {
        EXPECT_NE(found.find(wanted), std::string::npos) << wanted << "\nin:\n" << found;
    }
}

TEST(Catalog, ALessonIsFoundByWhatPeopleCallIt) {
    const std::string text = front + "## One\n```step\nid: one\ncaption: c\n```\n";
    const Catalog catalog = make_catalog({{"L07-docker-run-nginx/lesson.md", text}}, "lessons/");
    EXPECT_TRUE(catalog.mistakes.empty());
    for (const char* name : {"L07", "l07", "L7", "7", "07", "docker-run-nginx", "L07-docker-run-nginx"}) {
        EXPECT_NE(find_lesson(catalog, name), nullptr) << name;
    }
    EXPECT_EQ(find_lesson(catalog, "8"), nullptr);
    EXPECT_EQ(find_lesson(catalog, "L07", "de"), nullptr);
}

TEST(Catalog, AGlossaryInAnotherLanguageLeavesItsGapsToTheEnglishOne) {
    const Catalog catalog = make_catalog({{"glossary.md", "**image.** Files.\n\n**layer.** A package.\n"},
                                          {"glossary.de.md", "**image.** Dateien.\n\n**schicht.** Ein Paket.\n"}},
                                         "lessons/");
    ASSERT_EQ(catalog.mistakes.size(), 1U);
    EXPECT_EQ(catalog.mistakes[0].file, "lessons/glossary.de.md");
    EXPECT_NE(catalog.mistakes[0].mistake.what.find("\"schicht\""), std::string::npos);
    EXPECT_EQ(glossary_of(catalog, "de").at("image"), "Dateien.");
    EXPECT_EQ(glossary_of(catalog, "de").at("layer"), "A package.");
    EXPECT_EQ(glossary_of(catalog, "it").at("image"), "Files.");
    EXPECT_EQ(glossary_of(catalog, "en").at("image"), "Files.");
}

TEST(Schema, NamesTheKeysThatTheLoaderKnows) {
    std::ifstream file("assets/schemas/lesson-1.json");
    const nlohmann::json schema = nlohmann::json::parse(file, nullptr, false);
    ASSERT_TRUE(schema.is_object());
    std::size_t keys = 0;
    for (const auto& [block, shape] : schema["$defs"].items()) {
        keys += shape["properties"].size();
    }
    EXPECT_EQ(keys, key_table().size());
    for (const KeySpec& spec : key_table()) {
        const nlohmann::json& shape = schema["$defs"][std::string(spec.block)];
        ASSERT_TRUE(shape["properties"].contains(std::string(spec.key))) << spec.block << " " << spec.key;
        const bool list = shape["properties"][std::string(spec.key)]["type"] == "array";
        EXPECT_EQ(list, spec.often == Often::any) << spec.block << " " << spec.key;
        const nlohmann::json& required = shape["required"];
        EXPECT_EQ(std::find(required.begin(), required.end(), spec.key) != required.end(), spec.often == Often::once)
            << spec.block << " " << spec.key;
    }
}

TEST(Lesson, EveryPrefixOfALessonIsReadWithoutHarm) {
    const std::string whole = block("predict", "id: a\nask: {{q}}\nanswer: 1\n" + choices);
    for (std::size_t length = 0; length <= whole.size(); ++length) {
        static_cast<void>(load_lesson("f", whole.substr(0, length)));
    }
}

}  // namespace
}  // namespace cutaway::lesson
