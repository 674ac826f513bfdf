// SPDX-License-Identifier: Apache-2.0
#include <gtest/gtest.h>

#include "tests/model_programs/fake_sys.h"

namespace cutaway::model {
namespace {

const Case cases[] = {
    {"echo hello world", "hello world\n"},
    {"echo 'a  b' \"c $HOME\" d\\ e", "a  b c /root d e\n"},
    {"x=1; y=$x$x; echo ${y}2 ${z:-none} ${x:+set} ${#y}", "112 none set 2\n"},
    {"f=/a/b.tar.gz; echo ${f##*/} ${f#*/} ${f%.*} ${f%%.*}", "b.tar.gz a/b.tar.gz /a/b.tar /a/b\n"},
    {"echo a b c | tr a-z A-Z | cat", "A B C\n"},
    {"echo $(echo one; echo two) `echo three`", "one two three\n"},
    {"echo \"$(printf 'a\\n\\nb\\n\\n')\"", "a\n\nb\n"},
    {"echo $((1 + 2 * 3)) $((7 / 2)) $((2 ** 3)) $((1 < 2 && 0))", "7 3 8 0\n"},
    {"i=0; while [ $i -lt 3 ]; do echo $i; i=$((i + 1)); done", "0\n1\n2\n"},
    {"until false; do echo once; break; done", "once\n"},
    {"for x in a 'b c' d; do [ \"$x\" = d ] && continue; echo $x; done", "a\nb c\n"},
    {"for i in 1 2; do for j in 1 2; do [ $j = 2 ] && continue 2; echo $i$j; done; done", "11\n21\n"},
    {"case abc in x) echo no;; a*|z) echo yes;; *) echo other;; esac", "yes\n"},
    {"if false; then echo a; elif true; then echo b; else echo c; fi", "b\n"},
    {"f() { local v=in; echo $1 $v; return 3; }; v=out; f arg; echo $? $v", "arg in\n3 out\n"},
    {"true && echo a || echo b; false && echo c || echo d; ! true; echo $?", "a\nd\n1\n"},
    {"(cd /tmp; x=2; pwd); pwd; echo ${x:-unset}", "/tmp\n/\nunset\n"},
    {"{ echo a; echo b; } | wc -l", "2\n"},
    {"cat <<EOF\nx $HOME \"q\" $(echo s)\nEOF\ncat <<'EOF'\n$HOME\nEOF", "x /root \"q\" s\n$HOME\n"},
    {"echo out > /tmp/f; echo more >> /tmp/f; cat < /tmp/f; wc -c < /tmp/f", "out\nmore\n9\n"},
    {"ls /nofile 2>/dev/null || echo missing", "missing\n"},
    {"echo err >&2; echo both 2>&1", "both\n", 0, "err\n"},
    {"echo hid &> /tmp/b; cat /tmp/b", "hid\n"},
    {"set -- a 'b c' d; echo $# $2; shift; echo \"$@\" $*; for p in \"$@\"; do echo $p; done",
     "3 b c\nb c d b c d\nb c\nd\n"},
    {"set -e; false; echo never", "", 1},
    {"set -e; if false; then :; fi; false || true; echo here", "here\n"},
    {"set -u; echo $nope", "", 2, "sh: nope: parameter not set\n"},
    {"echo ${nope:?wanted}", "", 2, "sh: nope: wanted\n"},
    {"nosuch", "", 127, "sh: nosuch: not found\n"},
    {"/etc/passwd", "", 126, "sh: /etc/passwd: Permission denied\n"},
    {"exit 7", "", 7},
    {"trap 'echo bye' EXIT; echo hi; exit 4", "hi\nbye\n", 4},
    {"sleep 0.5 & p=$!; wait $p; echo $?", "0\n"},
    {"sleep 5 & kill $!; wait $!; echo $?", "143\n"},
    {"trap 'echo got' TERM; kill -TERM $$; echo after", "got\nafter\n"},
    {"touch /tmp/a1 /tmp/a2 /tmp/b1; cd /tmp; echo a* *.none [b]1", "a1 a2 *.none b1\n"},
    {"exec > /tmp/log; echo x; exec 1>&2; cat /tmp/log", "", 0, "x\n"},
    {"exec echo replaced; echo never", "replaced\n"},
    {"echo 'A=5; B=$A$1' > /tmp/inc; . /tmp/inc; echo $A $B; eval 'echo $A'", "5 5\n5\n"},
    {"X=1 printenv X; echo ${X:-gone}", "1\ngone\n"},
    {"printf 'a b\\nc d\\n' | while read x y; do echo $y-$x; done", "b-a\nd-c\n"},
    {"printf '%s=%d %5.2s|%-4s|%03d\\n' a 5 xyz l 7 b 6 abc m 8", "a=5    xy|l   |007\nb=6    ab|m   |008\n"},
    {"command -v cat; command -v nosuch; echo $?", "/bin/cat\n127\n"},
    {"test -f /etc/passwd -a -d /etc && [ ! -e /no ] && echo ok", "ok\n"},
    {"while getopts ab:c o -a -b v -c; do echo $o $OPTARG; done", "a\nb v\nc\n"},
    {"set -x; echo hi", "hi\n", 0, "+ echo hi\n"},
    {"echo \"${a:-\"x y\"}\"; echo ${b:=dflt}; echo $b", "x y\ndflt\ndflt\n"},
    {"yes | head -n 2", "y\ny\n"},
    {"if", "", 2, "sh: syntax error: unexpected end of file\n"},
    {"echo ok; )", "", 2, "sh: syntax error: unexpected \")\"\n"},
    {"[[ a = a ]]", "", 127, "sh: [[: not modelled\n"},
    {"set -o vi", "", 127, "sh: set: option vi: not modelled\n"},
};

TEST(Shell, does_what_its_grammar_says) {
    for (const Case& one : cases) {
        FakeMachine machine;
        const auto ended = machine.shell(one.script);
        EXPECT_EQ(ended.out, one.out) << one.script;
        EXPECT_EQ(ended.err, one.err) << one.script;
        EXPECT_EQ(ended.code, one.code) << one.script;
    }
}

TEST(Shell, gives_the_same_when_every_program_is_reloaded_between_steps) {
    for (const Case& one : cases) {
        FakeMachine machine;
        machine.reload = true;
        const auto ended = machine.shell(one.script);
        EXPECT_EQ(ended.out, one.out) << one.script;
        EXPECT_EQ(ended.err, one.err) << one.script;
        EXPECT_EQ(ended.code, one.code) << one.script;
    }
}

TEST(Shell, prints_errors_as_its_flavour_does) {
    FakeMachine machine;
    EXPECT_EQ(machine.shell("foo", "dash").err, "dash: 1: foo: not found\n");
    EXPECT_EQ(machine.shell("foo", "bash").err, "bash: line 1: foo: command not found\n");
    EXPECT_EQ(machine.shell("cd /no", "dash").err, "dash: 1: cd: can't cd to /no\n");
    EXPECT_EQ(machine.shell("cat < /no", "bash").err, "bash: line 1: /no: No such file or directory\n");
    machine.file("/x.sh", "#!/bin/sh\n\nfoo\n", 0755);
    EXPECT_EQ(machine.run({"/x.sh"}).err, "/x.sh: line 3: foo: not found\n");
}

TEST(Shell, interrupts_wait_for_a_trap_and_finishes_a_foreground_child_first) {
    FakeMachine machine;
    const Pid pid = machine.start({"sh", "-c", "trap 'echo caught; exit 3' TERM; sleep 100 & wait; echo never"});
    machine.settle();
    machine.kill(pid, 15);
    machine.settle();
    EXPECT_EQ(machine.out(), "caught\n");
    EXPECT_EQ(machine.code(pid), 3);
    FakeMachine other;
    const Pid second = other.start({"sh", "-c", "trap 'echo caught' TERM; sleep 10; echo $?"});
    other.settle();
    other.kill(second, 15);
    other.settle();
    EXPECT_EQ(other.out(), "");
    other.settle(11'000'000'000);
    EXPECT_EQ(other.out(), "caught\n0\n");
}

TEST(Shell, prompts_on_a_terminal) {
    FakeMachine machine;
    const Pid pid = machine.start({"sh"}, "cd /tmp\nif true\nthen echo yes; fi\nnosuch\nexit 5\n", true);
    machine.settle();
    EXPECT_EQ(machine.out(), "yes\n");
    EXPECT_EQ(machine.err(), "/ # /tmp # > /tmp # sh: nosuch: not found\n/tmp # ");
    EXPECT_EQ(machine.code(pid), 5);
    FakeMachine bash;
    bash.start({"bash"}, "exit\n", true);
    bash.settle();
    EXPECT_EQ(bash.err(), "root@box:/# exit\n");
}

TEST(Shell, reads_no_further_than_its_commands_from_a_pipe) {
    FakeMachine machine;
    EXPECT_EQ(machine.run({"sh"}, "read x\nvalue\necho got $x\n").out, "got value\n");
}

TEST(Shell, becomes_its_only_command) {
    FakeMachine machine;
    const Pid pid = machine.start({"sh", "-c", "sleep 100"});
    machine.settle();
    EXPECT_EQ(machine.processes[pid].title, "sleep");
}

}  // namespace
}  // namespace cutaway::model
