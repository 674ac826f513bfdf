// SPDX-License-Identifier: Apache-2.0
// awk, xargs and the package tools: tables, and for awk's arithmetic and fields a generator that computes what it asks.
#include <random>

#include <gtest/gtest.h>

#include "tests/model_programs/fake_sys.h"

namespace cutaway::model {
namespace {

void check(const Case& one) {
    FakeMachine machine;
    machine.file("/f", "alice 30 nyc\nbob 25 paris\n\ncarol 35 nyc\n");
    machine.file("/p", "root:x:0\nnode:x:1000\n");
    const auto ended = machine.shell(one.script);
    EXPECT_EQ(ended.out, one.out) << one.script;
    EXPECT_EQ(ended.err, one.err) << one.script;
    EXPECT_EQ(ended.code, one.code) << one.script;
}

TEST(Awk, prints_fields_by_patterns) {
    const Case cases[] = {
        {"awk '{print $1}' /f", "alice\nbob\n\ncarol\n"},
        {"awk 'NF' /f", "alice 30 nyc\nbob 25 paris\ncarol 35 nyc\n"},
        {"awk '/nyc/' /f", "alice 30 nyc\ncarol 35 nyc\n"},
        {"awk '!/nyc/ && NF {print NR, $NF}' /f", "2 paris\n"},
        {"awk '$2 > 26 {print $1}' /f", "alice\ncarol\n"},
        {"awk -F: '{print $1 \"=\" $3}' /p", "root=0\nnode=1000\n"},
        {"awk -F ':x:' '$2>=1000 {print $1}' /p", "node\n"},
        {"awk '{s += $2} END {print s, NR}' /f", "90 4\n"},
        {"awk 'NF {n[$3]++} END {for (k in n) print k, n[k]}' /f", "nyc 2\nparis 1\n"},
        {"awk 'BEGIN {print 1/4, 2^10, 7%3, -3, !0, 1e6, 0.1+0.2}'", "0.25 1024 1 -3 1 1000000 0.3\n"},
        {"awk 'BEGIN {printf \"%-5s|%5.2f|%03d|%c|%x%%\\n\", \"ab\", 3.14159, 7, \"xyz\", 255}'",
         "ab   | 3.14|007|x|ff%\n"},
        {"awk 'BEGIN {print length(\"abc\"), substr(\"hello\", 2, 3), index(\"hello\", \"ll\"), toupper(\"ab\")}'",
         "3 ell 3 AB\n"},
        {"awk 'BEGIN {n = split(\"a:b:c\", p, \":\"); print n, p[3], p[1]}'", "3 c a\n"},
        {"echo 'a b a' | awk '{gsub(/a/, \"[&]\"); print; print $1}'", "[a] b [a]\n[a]\n"},
        {"echo 'a b a' | awk '{n = sub(\"a\", \"x\", $3); print n, $0, NF}'", "1 a b x 3\n"},
        {"echo 'a b c' | awk '{$2 = \"\"; print; $5 = \"e\"; print; print NF}'", "a  c\na  c  e\n5\n"},
        {"awk 'BEGIN {i = 3; while (i-- > 0) s = s i; print s; for (j = 0; j < 3; j++) print j}'", "210\n0\n1\n2\n"},
        {"awk 'NR == 2 {exit 4} {print $1}' /f", "alice\n", 4},
        {"awk 'NR % 2 {next} {print $1} END {print \"end\"}' /f", "bob\ncarol\nend\n"},
        {"awk -v who=bob '$1 == who {print ($2 < 30) ? \"young\" : \"old\"}' /f", "young\n"},
        {"awk 'BEGIN {if (\"10\" < \"9\") print \"text\"; if (10 < 9) print \"no\"; else print \"number\"}'",
         "text\nnumber\n"},
        {"echo '10 9' | awk '{print ($1 < $2), ($1 \"\" < $2 \"\")}'", "0 1\n"},
        {"awk 'BEGIN {a[\"x\"]; if (\"x\" in a) print \"in\"; delete a[\"x\"]; print length(a)}'", "in\n0\n"},
        {"awk 'BEGIN {OFS = \"-\"; print 1, 2; print match(\"foobar\", /o+/), RSTART, RLENGTH}'", "1-2\n2-2-2\n"},
        {"awk 'BEGIN {if (a[1] == 0 && a[1] == \"\") print length(a)}'", "1\n"},
        {"awk '{print' /f", "", 2, "awk: cmd. line: unexpected end of program\n"},
        {"awk 'BEGIN {getline; print}'", "", 127, "awk: getline: not modelled\n"},
        {"awk '{print > \"/x\"}' /f", "", 127, "awk: print >: not modelled\n"},
        {"awk 'function f() {}'", "", 127, "awk: function: not modelled\n"},
        {"awk '/a/,/b/' /f", "", 127, "awk: a range of lines: not modelled\n"},
        {"awk 'BEGIN {while (1) x++}'", "", 127, "awk: a loop of more than a million rounds: not modelled\n"},
        {"awk 'BEGIN {print 1/0}'", "", 2, "awk: division by zero\n"},
        {"awk '{print}' /none", "", 1, "awk: /none: No such file or directory\n"},
    };
    for (const Case& one : cases) {
        check(one);
    }
}

TEST(Awk, computes_what_a_generator_computes) {
    std::mt19937 random(20261122);
    const auto roll = [&](int most) { return static_cast<int>(random() % static_cast<unsigned>(most)) + 1; };
    for (int round = 0; round < 60; ++round) {
        FakeMachine machine;
        std::string input;
        long sum = 0;
        long longest = 0;
        const int lines = roll(12);
        for (int i = 0; i < lines; ++i) {
            const int fields = roll(5);
            for (int j = 0; j < fields; ++j) {
                const int value = roll(1000) - 500;
                input += (j == 0 ? "" : std::string(static_cast<std::size_t>(roll(3)), ' ')) + std::to_string(value);
                sum += j == fields - 1 ? value : 0;
            }
            longest = std::max<long>(longest, fields);
            input += "\n";
        }
        const auto ended = machine.run({"awk", "{s += $NF; if (NF > m) m = NF} END {print s, m, NR}"}, input);
        EXPECT_EQ(ended.out, std::to_string(sum) + " " + std::to_string(longest) + " " + std::to_string(lines) + "\n")
            << input;
        const int a = roll(99);
        const int b = roll(99);
        const int c = roll(9);
        const std::string expression = std::to_string(a) + "-" + std::to_string(b) + "*" + std::to_string(c) + "+(" +
                                       std::to_string(b) + "-" + std::to_string(a) + ")*2";
        EXPECT_EQ(machine.run({"awk", "BEGIN {print " + expression + "}"}).out,
                  std::to_string(a - b * c + (b - a) * 2) + "\n")
            << expression;
    }
}

TEST(Xargs, makes_commands_of_words) {
    const Case cases[] = {
        {"printf 'a b\\nc\\n' | xargs", "a b c\n"},
        {"printf 'a b c' | xargs -n 2 echo x", "x a b\nx c\n"},
        {"printf 'a b\\nc\\n' | xargs -I {} echo '<{}>'", "<a b>\n<c>\n"},
        {"printf 'a\\0b c\\0' | xargs -0 -n1 echo", "a\nb c\n"},
        {"printf '\"a b\" c\\\\ d' | xargs -n1 echo", "a b\nc d\n"},
        {"printf '' | xargs echo none", "none\n"},
        {"printf '' | xargs -r echo none", ""},
        {"echo a | xargs -t echo", "a\n", 0, "echo a\n"},
        {"echo /none | xargs cat", "", 123, "cat: /none: No such file or directory\n"},
        {"echo a | xargs nosuch", "", 127, "xargs: nosuch: No such file or directory\n"},
        {"echo a | xargs -P 2 echo", "", 127, "xargs: option -P: not modelled\n"},
        {"echo a | xargs -n 0 echo", "", 127, "xargs: -n 0: not modelled\n"},
    };
    for (const Case& one : cases) {
        check(one);
    }
}

TEST(PackageTools, say_that_no_mirror_answers) {
    FakeMachine machine;
    machine.file("/etc/apk/arch", "x86_64\n");
    machine.file("/etc/apk/repositories", "http://mirror.example/main\n");
    machine.file("/etc/apk/world", "busybox\n");
    const std::string asked =
        "fetch http://mirror.example/main/x86_64/APKINDEX.tar.gz\nWARNING: fetching http://mirror.example/main: "
        "temporary "
        "error (try again later)\n";
    auto ended = machine.shell("apk add --no-cache vim");
    EXPECT_EQ(ended.code, 1);
    EXPECT_EQ(ended.err, asked +
                             "ERROR: unable to select packages:\n  vim (no such package):\n    required by: "
                             "world[vim]\n");
    EXPECT_EQ(machine.shell("apk add busybox").code, 127);
    EXPECT_EQ(machine.shell("apk info").code, 127);
    ended = machine.shell("pip install flask");
    EXPECT_EQ(ended.code, 1);
    EXPECT_EQ(ended.err,
              "ERROR: Could not find a version that satisfies the requirement flask (from versions: none)\nERROR: No "
              "matching distribution found for flask\n");
    EXPECT_EQ(machine.shell("pip freeze").err, "pip: freeze: not modelled\n");
}

}  // namespace
}  // namespace cutaway::model
