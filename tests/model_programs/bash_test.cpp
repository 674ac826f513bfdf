// SPDX-License-Identifier: Apache-2.0
// What bash has beyond POSIX: as the original does it, or refused by its name. The small Python's words likewise.
#include <gtest/gtest.h>

#include "core/model/programs.h"
#include "tests/model_programs/fake_sys.h"

namespace cutaway::model {
namespace {

const Case bash_cases[] = {
    {"echo {a,b}{1..3} x{,y} {z} \"{a,b}\" ${HOME}{,/x}", "a1 a2 a3 b1 b2 b3 x xy {z} {a,b} /root /root/x\n"},
    {"echo {01..3} {c..a} {10..4..3} {a,{b,c}d} {,} {1..}", "01 02 03 c b a 10 7 4 a bd cd {1..}\n"},
    {"for i in {1..3}; do echo -n $i; done; mkdir -p /p/{a,b}; ls /p", "123a\nb\n"},
    {"s=hello; echo ${s:1:3} ${s:2} ${s: -3} ${s:1:-1} ${s:9}x", "ell llo llo ell x\n"},
    {"p=/a/b/a; echo ${p/a/X} ${p//a/X} ${p//\\//:} ${p/#\\/a/Z} ${p/%a/E} ${p//b}",
     "/X/b/a /X/b/X :a:b:a Z/b/a "
     "/a/b/E /a//a\n"},
    {"x=5; ((x++)); ((x > 5)) && echo $x; ((x == 0)); echo $?; ((y = x * 2)); echo $y", "6\n1\n12\n"},
    {"let n=3+4; let 'm = n * 2'; echo $n $m; let 0; echo $?", "7 14\n1\n"},
    {"i=0; while ((i < 3)); do ((i += 1)); done; if ((i % 2)); then echo odd; fi", "odd\n"},
    {"x='a b'; cat <<< \"$x c\"; read -r one two <<< 'p q r'; echo $two", "a b c\nq r\n"},
    {"function greet { echo hi $1; }; greet you; function bye() { echo bye; }; bye", "hi you\nbye\n"},
    {"[ $RANDOM -ge 0 ] && [ $RANDOM -le 32767 ] && echo drawn", "drawn\n"},
    {"a=(1 2 3)", "", 127, "bash: line 1: a=(: not modelled\n"},
    {"a[1]=x", "", 127, "bash: line 1: a[1]=x: not modelled\n"},
    {"echo before\nfor ((i=0;i<2;i++)); do echo $i; done", "before\n", 127, "bash: line 2: for ((: not modelled\n"},
    {"cat <(echo a)", "", 127, "bash: line 1: <(: not modelled\n"},
    {"echo a |& cat", "", 127, "bash: line 1: |&: not modelled\n"},
    {"ulimit -a", "", 127, "bash: line 1: ulimit -a: not modelled\n"},
    {"echo ${s^^}", "", 127, "bash: line 1: ${s^^}: not modelled\n"},
    {"(echo sub); ( (echo nested) )", "sub\nnested\n"},
    {"((echo a); (echo b))", "a\nb\n"},
};

TEST(Bash, knows_what_people_type_into_it_and_refuses_the_rest_by_name) {
    for (const Case& one : bash_cases) {
        FakeMachine machine;
        machine.reload = true;
        machine.file("/dev/urandom", "drawn by lot");
        const auto ended = machine.shell(one.script, "bash");
        EXPECT_EQ(ended.out, one.out) << one.script;
        EXPECT_EQ(ended.err, one.err) << one.script;
        EXPECT_EQ(ended.code, one.code) << one.script;
    }
}

TEST(Bash, keeps_its_own_from_the_other_shells) {
    FakeMachine machine;
    EXPECT_EQ(machine.shell("echo {1..3} {a,b} \"<$RANDOM>\"").out, "{1..3} {a,b} <>\n");
    EXPECT_EQ(machine.shell("s=hello; echo ${s:1:3} ${s/l/L}").out, "ell heLlo\n");
    EXPECT_EQ(machine.shell("s=hello; echo ${s:1:3}", "dash").err, "dash: 1: Bad substitution\n");
    EXPECT_EQ(machine.shell("cat <<< x", "dash").code, 2);
}

TEST(Unmodelled, an_images_program_that_is_not_here_says_so_and_is_no_broken_file) {
    FakeMachine machine;
    machine.file("/bin/du", "#!cutaway-program du\n", 0755);
    const auto ended = machine.shell("du -sh /; echo $?; /bin/du", "bash");
    EXPECT_EQ(ended.out, "127\n");
    EXPECT_EQ(ended.err, "du: not modelled\ndu: not modelled\n");
    EXPECT_EQ(ended.code, 127);
    EXPECT_NE(standard_programs().load("du", ""), nullptr);
}

TEST(Python, prints_what_it_knows) {
    const Case cases[] = {
        {"print(f\"{1 + 1} {'a'}\", f'{{x}}')", "2 a {x}\n"},
        {"x = 3; print(f'{x}{x * 2}')", "36\n"},
        {"print('a', 'b', sep='-', end='!'); print(1, sep='')", "a-b!1\n"},
        {"x = 2; x += 3; x *= 2; s = 'a'; s += 'b'; print(x, s)", "10 ab\n"},
        {"print(7 // 2, 7 % 3, 2 ** 10, 1 / 4, 'ab' * 2)", "3 1 1024 0.25 abab\n"},
    };
    for (const Case& one : cases) {
        FakeMachine machine;
        const auto ended = machine.run({"python", "-c", one.script});
        EXPECT_EQ(ended.out, one.out) << one.script << "\n" << ended.err;
        EXPECT_EQ(ended.code, 0) << one.script;
    }
}

// Never as the person's error.
TEST(Python, what_it_does_not_know_is_not_modelled) {
    for (const char* text : {"print([1, 2])", "x = {1: 2}", "print('abc'.upper())", "print('%d' % 1)",
                             "print('%d %s' % (1, 'x'))", "a, b = 1, 2", "print(1 if True else 2)",
                             "print(f'{1.5:.2f}')", "print(r'x')", "print(1, file=2)", "print(sum)", "print(range(3))",
                             "del x", "assert 1", "print(1 | 2)", "@x", "x = lambda: 1", "print(1 in 'a')"}) {
        FakeMachine machine;
        const auto ended = machine.run({"python", "-c", text});
        EXPECT_EQ(ended.code, 127) << text << "\n" << ended.err;
        EXPECT_TRUE(ended.err.ends_with(": not modelled\n")) << text << "\n" << ended.err;
        EXPECT_EQ(ended.out, "") << text;
    }
    FakeMachine machine;
    EXPECT_NE(machine.run({"python", "-c", "print(1"}).err.find("SyntaxError: '(' was never closed"),
              std::string::npos);
    EXPECT_NE(machine.run({"python", "-c", "print 1"}).err.find("SyntaxError"), std::string::npos);
    EXPECT_NE(machine.run({"python", "-c", "print(nope)"}).err.find("NameError: name 'nope'"), std::string::npos);
}

}  // namespace
}  // namespace cutaway::model
