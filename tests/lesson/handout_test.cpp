// SPDX-License-Identifier: Apache-2.0
// What a lesson looks like on paper: nothing that gives an answer away on the learner's sheet, everything on the key,
// and no byte of a lesson that a browser would take for a command.
#include "core/lesson/handout.h"

#include <string>
#include <vector>

#include <gtest/gtest.h>

#include "core/lesson/html.h"
#include "core/lesson/load.h"
#include "tests/lesson/markup.h"

namespace cutaway::lesson {
namespace {

TEST(Html, LeavesNoByteOfTheTextThatABrowserObeys) {
    struct Case {
        const char* text;
        const char* html;
    };
    for (const Case& one : std::vector<Case>{
             {"a < b && c > d", "a &lt; b &amp;&amp; c &gt; d"},
             {"<script>alert(1)</script>", "&lt;script&gt;alert(1)&lt;/script&gt;"},
             {"say \"it's\"", "say &quot;it&#39;s&quot;"},
             {"**<b>** and `<i>`", "<strong>&lt;b&gt;</strong> and <code>&lt;i&gt;</code>"},
             {"**open, `too", "**open, `too"},
             {"`**not strong**`", "<code>**not strong**</code>"},
             {"&lt;", "&amp;lt;"},
             {"[a](javascript:alert(1))", "[a](javascript:alert(1))"},
             {"bell \x07 and \x1b[31m", "bell \xEF\xBF\xBD and \xEF\xBF\xBD[31m"},
             {"now {{ count(images) }} of them", "now <span class=\"blank\"></span> of them"},
             {"grüße", "grüße"},
         }) {
        EXPECT_EQ(html_line(one.text), one.html) << one.text;
    }
}

TEST(Html, KnowsParagraphsListsAndLinesAsTheyAre) {
    EXPECT_EQ(html_of("one\ntwo\n\nthree"), "<p>one two</p>\n<p>three</p>\n");
    EXPECT_EQ(html_of("- a\n  more\n- b\n"), "<ul><li>a more</li>\n<li>b</li>\n</ul>\n");
    EXPECT_EQ(html_of("1. a\n2. b\nx"), "<ol><li>a</li>\n<li>b x</li>\n</ol>\n");
    EXPECT_EQ(html_of("```console\n$ a <b>\n\n**c**\n```\nend"), "<pre>$ a &lt;b&gt;\n\n**c**\n</pre>\n<p>end</p>\n");
    EXPECT_EQ(html_of(""), "");
}

constexpr const char* hostile = R"(---
id: L99
title: </title><script>alert("title")</script>
summary: <img src=x onerror=alert(1)>
goal: "><svg onload=alert(2)>
minutes: 5
---

## <b>Bold</b> step

```step
id: one
words: image
caption: <iframe src="http://example.com">
note: </style><style>body{display:none}</style>
```

```predict
id: q
ask: Is it <blink>so</blink>?
answer: 1
now: true
choice: 1 | <input value="right"> | FEEDBACK-RIGHT <br>
choice: 2 | two' onclick='x | FEEDBACK-WRONG
choice: 3 | three | FEEDBACK-THIRD
```

```predict
id: n
type: number
ask: How many?
answer: 4711
now: true
right: FEEDBACK-PRAISE
otherwise: FEEDBACK-ELSE
wrong: 5 | FEEDBACK-FIVE
wrong: 6 | FEEDBACK-SIX
```

```task
id: t
goal: Do <u>it</u>.
verify: count(containers) > 0
hint: HINT-TEXT
solve: docker run "<nginx>"
done: DONE-TEXT
```

```card
claims: 1
often: OFTEN
today: TODAY <script src="//example.com/x.js"></script>
```
)";

Lesson hostile_lesson() {
    const Loaded loaded = load_lesson("lessons/L99-x/lesson.md", hostile);
    for (const Mistake& mistake : loaded.mistakes) {
        ADD_FAILURE() << to_text("hostile", mistake);
    }
    return loaded.lesson;
}

Key key_of() {
    Key key;
    key.answers["q"] = {"<input value=\"right\">", {"FEEDBACK-RIGHT", "FEEDBACK-WRONG", "FEEDBACK-THIRD"}, ""};
    key.answers["n"] = {"4711", {"FEEDBACK-FIVE", "FEEDBACK-SIX"}, "FEEDBACK-PRAISE"};
    key.solved["t"] = {"docker run '<nginx>' # filled"};
    return key;
}

TEST(Handout, HasNoElementThatTheLessonsTextBroughtAlong) {
    const Lesson lesson = hostile_lesson();
    const std::map<std::string, std::string> glossary{{"image", "<object data=x></object>"}};
    const Key key = key_of();
    for (const Key* one : {static_cast<const Key*>(nullptr), &key}) {
        const std::string html = handout(lesson, glossary, one);
        EXPECT_EQ(markup_problem(html), "") << html;
        for (const char* element : {"script", "img", "svg", "iframe", "blink", "input", "object", "u", "b", "a"}) {
            EXPECT_EQ(elements_of(html).count(element), 0U) << element;
        }
        EXPECT_EQ(html.find("onerror=alert(1)>"), std::string::npos);
        EXPECT_NE(html.find("default-src 'none'"), std::string::npos);
    }
}

TEST(Handout, ForTheLearnerKeepsEveryAnswerBack) {
    const Lesson lesson = hostile_lesson();
    const std::string sheet = handout(lesson, {}, nullptr);
    for (const char* secret : {"FEEDBACK", "4711", "HINT-TEXT", "docker run", "DONE-TEXT", "TODAY", "&#10003;"}) {
        EXPECT_EQ(sheet.find(secret), std::string::npos) << secret;
    }
    for (const char* asked : {"How many?", "three", "OFTEN", "class=\"line\"", "Name", "@page"}) {
        EXPECT_NE(sheet.find(asked), std::string::npos) << asked;
    }
}

TEST(Handout, ForTheTeacherGivesTheAnswersTheFeedbackAndTheCommands) {
    const Lesson lesson = hostile_lesson();
    const Key key = key_of();
    const std::string html = handout(lesson, {}, &key);
    for (const char* said :
         {"FEEDBACK-RIGHT", "FEEDBACK-WRONG", "FEEDBACK-THIRD", "4711", "FEEDBACK-PRAISE", "FEEDBACK-FIVE",
          "FEEDBACK-SIX", "FEEDBACK-ELSE", "HINT-TEXT", "# filled", "DONE-TEXT", "TODAY"}) {
        EXPECT_NE(html.find(said), std::string::npos) << said;
    }
    EXPECT_NE(html.find("&#10003;</span>a) <span class=\"right\">&lt;input"), std::string::npos);
    EXPECT_EQ(html.find("class=\"line\""), std::string::npos);
}

}  // namespace
}  // namespace cutaway::lesson
