// SPDX-License-Identifier: Apache-2.0
// `docker cp` on the simulated machine: docker's table of what arrives where, and what must not be reached.
#include "tests/cli/verbs.h"

namespace cutaway::cli {
namespace {

struct Copy : Verbs {
    Copy() {
        given("pull -q alpine");
        given("run -d --name web alpine sleep 1000");
        given("create --name still alpine true");
        given(
            "sh -c 'mkdir -p /root/d/in; echo one > /root/one; echo two > /root/d/two; echo three > /root/d/in/three'");
    }
};

TEST_F(Copy, what_arrives_in_a_container_is_as_dockers_table_says) {
    type({
        {"cp one web:/tmp", "", ""},
        {"exec web cat /tmp/one", "one\n", ""},
        {"cp one web:/tmp/", "", ""},
        {"cp one web:/tmp/first", "", ""},
        {"cp /root/d/two web:/tmp/first", "", ""},
        {"exec web cat /tmp/first", "two\n", ""},
        {"cp one web:/tmp/nothere/", "", "no such directory\n", 1},
        {"cp one web:/nothere/x", "", daemon_says + "Could not find the file /nothere in container web\n", 1},
        {"cp d web:/tmp", "", ""},
        {"exec web cat /tmp/d/in/three", "three\n", ""},
        {"cp d web:/tmp/new", "", ""},
        {"exec web ls /tmp/new", "in\ntwo\n", ""},
        {"cp d/. web:/tmp/new2", "", ""},
        {"exec web ls /tmp/new2", "in\ntwo\n", ""},
        {"cp d/. web:/tmp/d", "", ""},
        {"exec web ls /tmp/d", "in\ntwo\n", ""},
        {"cp d web:/tmp/one", "", "cannot copy directory\n", 1},
        {"cp one web:/tmp/one/", "", "no such directory\n", 1},
        {"exec web mkdir /tmp/in", "", ""},
        {"cp one/ web:/tmp", "", "not a directory\n", 1},
        {"diff web",
         "C /tmp\nA /tmp/d\nA /tmp/d/in\nA /tmp/d/in/three\nA /tmp/d/two\nA /tmp/first\nA /tmp/in\nA /tmp/new\n"
         "A /tmp/new/in\nA /tmp/new/in/three\nA /tmp/new/two\nA /tmp/new2\nA /tmp/new2/in\nA /tmp/new2/in/three\n"
         "A /tmp/new2/two\nA /tmp/one\n",
         ""},
    });
}

TEST_F(Copy, what_comes_out_of_a_container_is_as_dockers_table_says) {
    given("exec web sh -c 'mkdir -p /x/y; echo a > /x/a; echo b > /x/y/b; chown -R 1000:1000 /x'");
    type({
        {"cp web:/x/a .", "", ""},
        {"sh -c 'cat /root/a; ls -ln /root/a'", "a\n-rw-r--r-- ~ 0 0 ~ /root/a\n", ""},
        {"cp web:/x /root/out", "", ""},
        {"sh -c 'cat /root/out/y/b'", "b\n", ""},
        {"cp web:/x /root/out", "", ""},
        {"sh -c 'cat /root/out/x/y/b'", "b\n", ""},
        {"cp web:/x/. /root/out", "", ""},
        {"cp web:/x/a /root/nothere/", "", "no such directory\n", 1},
    });
}

TEST_F(Copy, a_container_that_does_not_run_is_mounted_for_it_and_unmounted_again) {
    type({{"cp one still:/etc/one", "", ""},
          {"sh -c 'grep -c overlay /proc/mounts'", "1\n", ""},
          {"diff still", "C /etc\nA /etc/one\n", ""},
          {"cp still:/etc/one /root/back", "", ""},
          {"sh -c 'cat /root/back'", "one\n", ""},
          {"start still", "still\n", ""}});
}

TEST_F(Copy, volumes_are_in_their_places_and_read_only_ones_stay_so) {
    given("run -d --name vol -v data:/data -v fixed:/fixed:ro alpine sleep 1000");
    given("create --name twin -v data:/data alpine true");
    type({{"cp one vol:/data", "", ""},
          {"exec vol cat /data/one", "one\n", ""},
          {"cp twin:/data/one /root/again", "", ""},
          {"sh -c 'cat /root/again; ls /var/lib/cutaway/volumes/data/_data'", "one\none\n", ""},
          {"cp one vol:/fixed", "", daemon_says + "mounted volume is marked read-only\n", 1},
          {"run -d --name ro --read-only alpine sleep 1000", "~\n", ""},
          {"cp one ro:/tmp", "", daemon_says + "container rootfs is marked read-only\n", 1}});
}

TEST_F(Copy, a_link_of_the_containers_leads_nowhere_but_inside) {
    given("sh -c 'mkdir /root/secret; echo secret > /root/secret/file'");
    given(
        "exec web sh -c 'ln -s /root/secret/file /leak; ln -s ../../../root/secret /up; ln -s /tmp /short; "
        "mkdir -p /real; ln -s real /alias'");
    type({{"cp -L web:/leak /root/got", "",
           daemon_says + "Could not find the file /root/secret/file in container web\n", 1},
          {"cp web:/up/file /root/got", "", daemon_says + "Could not find the file /up/file in container web\n", 1},
          {"cp web:/leak /root/got", "", ""},
          {"sh -c 'readlink /root/got'", "/root/secret/file\n", ""},
          {"cp one web:/up/file", "", daemon_says + "Could not find the file /up in container web\n", 1},
          {"sh -c 'cat /root/secret/file'", "secret\n", ""},
          {"cp one web:/short", "", ""},
          {"exec web cat /tmp/one", "one\n", ""},
          {"cp one web:/alias/x", "", ""},
          {"exec web cat /real/x", "one\n", ""}});
}

TEST_F(Copy, a_tar_goes_through_a_pipe_both_ways) {
    const Answer tar = terminal.type("cp web:/etc/passwd -");
    ASSERT_EQ(tar.status, 0) << tar.err;
    EXPECT_EQ(tar.out.size() % 512, 0U);
    EXPECT_TRUE(tar.out.starts_with("passwd"));
    EXPECT_EQ(terminal.perform({"cp", "-", "web:/tmp"}, tar.out).status, 0);
    EXPECT_EQ(terminal.type("exec web cat /tmp/passwd").out, terminal.type("exec web cat /etc/passwd").out);
    const Answer file = terminal.perform({"cp", "-", "web:/tmp/passwd"}, tar.out);
    EXPECT_EQ(file.err, "destination \"web:/tmp/passwd\" must be a directory\n");
    EXPECT_EQ(file.status, 1);
}

TEST_F(Copy, the_client_refuses_what_makes_no_sense) {
    type({{"cp a b", "", "must specify at least one container source\n", 1},
          {"cp web:/x still:/y", "", "copying between containers is not supported\n", 1},
          {"cp /nonexist web:/x", "", "lstat /nonexist: no such file or directory\n", 1},
          {"cp web:/x /no/where/x", "", "invalid output path: directory \"/no/where\" does not exist\n", 1},
          {"cp nope:/x .", "", daemon_says + "No such container: nope\n", 1},
          {"cp one nope:/x", "", daemon_says + "No such container: nope\n", 1},
          {"cp web:/nope .", "", daemon_says + "Could not find the file /nope in container web\n", 1}});
}

}  // namespace
}  // namespace cutaway::cli
