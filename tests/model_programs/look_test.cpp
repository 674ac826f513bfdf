// SPDX-License-Identifier: Apache-2.0
#include <gtest/gtest.h>

#include "tests/model_programs/fake_sys.h"

namespace cutaway::model {
namespace {

TEST(Looking, says_what_the_kernels_files_say) {
    const Case cases[] = {
        {"mount", "overlay on / type overlay (rw,lowerdir=/l)\nproc on /proc type proc (rw)\n"},
        {"mount /dev/x /mnt", "", 127, "mount: mounting: not modelled\n"},
        {"nproc", "2\n"},
        {"free -m",
         "               total        used        free      shared  buff/cache   available\n"
         "Mem:            2000         500        1500           0           0        1500\n"
         "Swap:              0           0           0\n"},
        {"free --frob", "", 127, "free: option --frob: not modelled\n"},
        {"uptime", " 22:13:20 up 0 min,  load average: 0.10, 0.20, 0.30\n"},
        {"stat -c '%n %s %a %A %u %U %F' /etc/hosts /etc",
         "/etc/hosts 20 644 -rw-r--r-- 0 root regular file\n/etc 0 755 drwxr-xr-x 0 root directory\n"},
        {"stat -c %Q /etc", "", 127, "stat: format %Q: not modelled\n"},
        {"stat -c %s /none", "", 1, "stat: cannot statx '/none': No such file or directory\n"},
        {"mkdir -p /w/a; touch /w/x.txt /w/a/y.txt /w/a/z; cd /w; find . -name '*.txt'", "./a/y.txt\n./x.txt\n"},
        {"mkdir -p /w/a/b; find /w -type d -maxdepth 1", "/w\n/w/a\n"},
        {"mkdir -p /w/a; touch /w/x.txt /w/y; cd /w; find . ! -name '*.txt' -type f -print", "./y\n"},
        {"find / ! -type f", "", 127, "find: !: not modelled\n"},
        {"mkdir -p /w/a; echo one two > /w/x; echo two > /w/a/y; grep -r two /w; grep -rn one /w/x",
         "/w/a/y:two\n/w/x:one two\n/w/x:1:one two\n"},
        {"mkdir -p /w; echo one > /w/x; grep -rl one /w; grep -rc one /w; grep -rh one /w; grep -H one /w/x",
         "/w/x\n/w/x:1\none\n/w/x:one\n"},
        {"mkdir /e; grep -r x /e", "", 1},
        {"grep -R x /etc", "", 127, "grep: option -R: not modelled\n"},
        {"printf 'ab\\ncd\\nef' > /b; head -c 4 /b; echo; tail -c 4 /b; echo; tail -c -2 /b; head -c 99 /b",
         "ab\nc\nd\nef\nefab\ncd\nef"},
        {"head -c x /etc/hosts", "", 127, "head: count x: not modelled\n"},
        {"stat /etc", "", 127, "stat: without -c: not modelled\n"},
        {"find /none", "", 1, "find: ‘/none’: No such file or directory\n"},
        {"find / -exec x", "", 127, "find: -exec: not modelled\n"},
        {"apt-get install -y vim",
         "Reading package lists...\nBuilding dependency tree...\nReading state information...\n", 100,
         "E: Unable to locate package vim\n"},
        {"apt-get update", "", 127, "apt-get: update: not modelled\n"},
    };
    for (const Case& one : cases) {
        FakeMachine machine;
        machine.file("/proc/self/mounts", "overlay / overlay rw,lowerdir=/l 0 0\nproc /proc proc rw 0 0\n");
        machine.file("/proc/meminfo", "MemTotal: 2048000 kB\nMemFree: 1536000 kB\nSwapTotal: 0 kB\n");
        machine.file("/proc/loadavg", "0.10 0.20 0.30 1/5 9\n");
        const auto ended = machine.shell(one.script);
        EXPECT_EQ(ended.out, one.out) << one.script;
        EXPECT_EQ(ended.err, one.err) << one.script;
        EXPECT_EQ(ended.code, one.code) << one.script;
    }
}

}  // namespace
}  // namespace cutaway::model
