// SPDX-License-Identifier: Apache-2.0
// Figures: what their text says is placed without overlaps, what cannot be read is told with its line, and the drawing
// becomes well-formed SVG whatever the words in it are.
#include "core/lesson/figure.h"

#include <algorithm>
#include <string>
#include <vector>

#include <gtest/gtest.h>

#include "core/lesson/catalog.h"
#include "core/lesson/figure_svg.h"
#include "core/lesson/handout.h"
#include "tests/lesson/markup.h"

namespace cutaway::lesson {
namespace {

const Shape& words(const Drawing& drawing, const std::string& text) {
    const auto found = std::find_if(drawing.shapes.begin(), drawing.shapes.end(),
                                    [&](const Shape& shape) { return shape.text == text; });
    EXPECT_NE(found, drawing.shapes.end()) << text;
    static const Shape none;
    return found == drawing.shapes.end() ? none : *found;
}

Drawing clean(const std::string& text) {
    const ReadFigure read = read_figure(text);
    for (const Mistake& mistake : read.mistakes) {
        ADD_FAILURE() << to_text("figure", mistake);
    }
    return read.drawing;
}

TEST(Figure, ARowLiesBesideAColumnBelowAndAStackWithoutGaps) {
    const Drawing row = clean("row\n  box: one\n  box: two\n");
    EXPECT_LT(words(row, "one").place.x, words(row, "two").place.x);
    EXPECT_EQ(words(row, "one").place.y, words(row, "two").place.y);
    const Drawing column = clean("column\n  box: one\n  box: longer\n");
    EXPECT_LT(words(column, "one").place.y, words(column, "longer").place.y);
    const Drawing stack = clean("stack\n  box: one\n  box: longer\n");
    ASSERT_EQ(stack.shapes.size(), 4U);
    EXPECT_EQ(stack.shapes[0].place.w, stack.shapes[2].place.w);
    EXPECT_EQ(stack.shapes[0].place.y + stack.shapes[0].place.h, stack.shapes[2].place.y);
    EXPECT_LT(stack.height, column.height);
}

TEST(Figure, AnArrowLeadsFromEdgeToEdgeAndMakesRoomForItsWords) {
    const Drawing drawing = clean("row far\n  box a: one\n  box b: two\narrow a b dashed: goes\n");
    const auto line = std::find_if(drawing.shapes.begin(), drawing.shapes.end(),
                                   [](const Shape& shape) { return shape.kind == Shape::Kind::line; });
    ASSERT_NE(line, drawing.shapes.end());
    EXPECT_TRUE(line->arrow && line->dashed);
    EXPECT_EQ(line->place.x, drawing.shapes[0].place.x + drawing.shapes[0].place.w);
    EXPECT_EQ(line->place.x + line->place.w, drawing.shapes[2].place.x);
    EXPECT_LE(words(drawing, "goes").place.y + words(drawing, "goes").place.h, line->place.y);
    const Drawing slanted =
        clean("row far\n  box a: one\n  column loose\n    box b: two\n    box c: three\narrow a b: goes\n");
    EXPECT_EQ(std::count_if(slanted.shapes.begin(), slanted.shapes.end(),
                            [](const Shape& shape) { return shape.kind == Shape::Kind::line; }),
              2)
        << "its own words interrupt it";
}

TEST(Figure, EverythingLiesWithinTheDrawing) {
    for (const TextFile& file : standard_texts()) {
        if (!file.path.ends_with(".figure")) {
            continue;
        }
        const Drawing drawing = clean(std::string(file.text));
        EXPECT_LE(drawing.width, widest_figure) << file.path;
        EXPECT_LE(drawing.height, 400) << file.path;
        for (const Shape& shape : drawing.shapes) {
            const Place& p = shape.place;
            EXPECT_GE(std::min(p.x, p.x + p.w), 0) << file.path << " " << shape.text;
            EXPECT_GE(std::min(p.y, p.y + p.h), 0) << file.path << " " << shape.text;
            EXPECT_LE(std::max(p.x, p.x + p.w), drawing.width) << file.path << " " << shape.text;
            EXPECT_LE(std::max(p.y, p.y + p.h), drawing.height) << file.path << " " << shape.text;
        }
        EXPECT_EQ(markup_problem(figure_svg(drawing, "alt")), "") << file.path;
    }
}

TEST(Figure, EachMistakeIsToldWithItsLine) {
    struct Case {
        const char* text;
        int line;
        const char* what;
    };
    for (const Case& one : std::vector<Case>{
             {"", 1, "the figure is empty"},
             {"bax: a\n", 1, "did you mean box"},
             {"row\n  box\n", 2, "needs words"},
             {"box: a\n  box: b\n", 2, "nothing above holds this"},
             {"row\n    box: a\n", 2, "nothing above holds this"},
             {"row\n box: a\n", 2, "two spaces each"},
             {"box a: a\narrow a b: x\n", 2, "named b"},
             {"row\n  box a: a\n  box a: b\n", 3, "is taken"},
             {"box a: a\narrow a: x\n", 2, "FROM TO"},
             {"box a blue: a\n", 1, "no \"blue\""},
             {"box a: a\nbox b: b\nline a b blue: x\n", 3, "knows no \"blue\""},
             {"row\n  box: aaaaaaaaaaaaaaaaaaaaaaaaaa\n  box: bbbbbbbbbbbbbbbbbbbbbbbbbbbbb\n  box: c\n", 1,
              "can be read"},
             {"column tight\n  box a: one\n  box m: between\n  box b: two\nline a b\n", 1, "runs through \"between\""},
             {"row tight\n  box a: one\n  box b: two\narrow a b: many words\n", 1, "lie on each other"},
         }) {
        const ReadFigure read = read_figure(one.text);
        const bool told = std::any_of(read.mistakes.begin(), read.mistakes.end(), [&](const Mistake& mistake) {
            return mistake.line == one.line && mistake.what.find(one.what) != std::string::npos;
        });
        EXPECT_TRUE(told) << one.text << (read.mistakes.empty() ? "" : read.mistakes[0].what);
    }
}

TEST(Figure, HostileTextsAreBounded) {
    std::string many = "column\n";
    std::string deep;
    for (int n = 0; n < 5000; ++n) {
        many += "  box: x\n";
        deep += std::string(static_cast<std::size_t>(n) * 2, ' ') + "row\n";
    }
    EXPECT_FALSE(read_figure(many).mistakes.empty());
    EXPECT_FALSE(read_figure(deep).mistakes.empty());
    for (const std::string& odd : {std::string("\xff\xfe"), std::string(100'000, 'x'), std::string(":::\n: \n  \n"),
                                   std::string("box: </text><script>\"&'\n")}) {
        const ReadFigure read = read_figure(odd);
        EXPECT_EQ(markup_problem(figure_svg(read.drawing, "</title><script>")), "");
        EXPECT_EQ(elements_of(figure_svg(read.drawing, "</title><script>")).count("script"), 0U);
    }
}

TEST(Catalog, HangsEachDrawingIntoItsLesson) {
    const std::string lesson =
        "---\nid: L20\ntitle: t\nsummary: s\nminutes: 5\nLOCALE---\n\n## One\n\n```step\nid: one\n"
        "caption: c\n```\n\n```figure\nname: NAME\nalt: What it shows.\n```\n";
    const auto with = [&](const std::string& locale, const std::string& name) {
        std::string out = lesson;
        out.replace(out.find("LOCALE"), 6, locale);
        return out.replace(out.find("NAME"), 4, name);
    };
    const std::string english = with("", "boxes");
    const std::string german = with("locale: de\n", "boxes");
    const std::string missing = with("", "baxes");
    const auto drawing_of = [](const Lesson& one) {
        return std::get<Figure>(one.steps.at(0).parts.at(0).block).drawing;
    };
    const Catalog whole = make_catalog({{"L20-a/lesson.md", english},
                                        {"L20-a/lesson.de.md", german},
                                        {"L20-a/boxes.figure", "box: one\n"},
                                        {"L20-a/boxes.de.figure", "box: eins\n"}},
                                       "");
    for (const FileMistake& one : whole.mistakes) {
        ADD_FAILURE() << to_text(one.file, one.mistake);
    }
    EXPECT_EQ(drawing_of(whole.lessons.at(0)).shapes.at(1).text, "one");
    EXPECT_EQ(drawing_of(whole.translations.at(0)).shapes.at(1).text, "eins");
    EXPECT_NE(handout(whole.lessons[0], {}, nullptr).find("aria-label=\"What it shows.\""), std::string::npos);
    const Catalog bare = make_catalog({{"L20-a/lesson.md", missing}, {"L20-a/boxes.figure", "bix: one\n"}}, "");
    std::string told;
    for (const FileMistake& one : bare.mistakes) {
        told += to_text(one.file, one.mistake) + "\n";
    }
    for (const char* what :
         {"there is no baxes.figure", "no lesson beside it shows", "boxes.figure:1: there is no \"bix\""}) {
        EXPECT_NE(told.find(what), std::string::npos) << told;
    }
}

}  // namespace
}  // namespace cutaway::lesson
