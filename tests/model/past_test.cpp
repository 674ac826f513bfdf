// SPDX-License-Identifier: Apache-2.0
// Undo and fork: the machine goes back to before a command, and nothing that an earlier state needs is ever lost.
#include <fstream>

#include "tests/model/typed.h"

namespace cutaway::cli {
namespace {

class Past : public Typed {
protected:
    std::size_t files_in(const std::string& folder) {
        std::size_t count = 0;
        std::error_code none;
        for (const auto& entry : std::filesystem::directory_iterator(root() / folder, none)) {
            count += entry.is_regular_file() ? 1U : 0U;
        }
        return count;
    }
};

TEST_F(Past, undo_goes_back_to_before_the_last_command_that_changed_something) {
    EXPECT_EQ(type({"run", "-d", "--name", "web", "nginx"}).code, 0);
    EXPECT_EQ(type({"rm", "-f", "web"}).code, 0);
    EXPECT_EQ(type({"ps", "-a", "--format", "{{.Names}}"}).out, "");
    const Answer undone = type({"model", "undo"});
    EXPECT_EQ(undone.out, "undone: rm -f web\n");
    EXPECT_EQ(undone.code, 0) << undone.err;
    EXPECT_EQ(type({"ps", "--format", "{{.Names}} {{.State}}"}).out, "web running\n");
    EXPECT_EQ(type({"exec", "web", "cat", "/usr/share/nginx/html/index.html"}).out.substr(0, 15), "<!DOCTYPE html>");
    EXPECT_EQ(type({"model", "undo", "2"}).out,
              "undone: exec web cat /usr/share/nginx/html/index.html\n"
              "undone: run -d --name web nginx\n");
    EXPECT_EQ(type({"images", "-q"}).out, "");
    EXPECT_EQ(type({"run", "--rm", "alpine", "echo", "hello"}).out, "hello\n");
}

TEST_F(Past, a_machine_undone_to_its_beginning_has_nothing_left_to_undo) {
    EXPECT_EQ(type({"pull", "alpine"}).code, 0);
    EXPECT_EQ(type({"model", "undo"}).code, 0);
    const Answer none = type({"model", "undo"});
    EXPECT_EQ(none.code, 1);
    EXPECT_EQ(none.err, "cutaway: there is nothing to undo: no command that is kept has changed this machine\n");
}

TEST_F(Past, more_than_is_kept_is_refused_whole) {
    EXPECT_EQ(type({"volume", "create", "data"}).code, 0);
    EXPECT_NE(type({"model", "undo", "2"}).err.find("only 1 commands can be undone"), std::string::npos);
    EXPECT_EQ(type({"volume", "ls", "-q"}).out, "data\n");
    EXPECT_NE(type({"model", "undo", "nought"}).err.find("not \"nought\""), std::string::npos);
}

TEST_F(Past, contents_that_only_an_earlier_state_names_stay_until_it_is_forgotten) {
    EXPECT_EQ(type({"sh", "-c", "seq 9000 > /root/long"}).code, 0);
    EXPECT_EQ(files_in("objects"), 1U);
    EXPECT_EQ(type({"sh", "-c", "rm /root/long"}).code, 0);
    EXPECT_EQ(files_in("objects"), 1U);
    EXPECT_EQ(type({"model", "undo"}).code, 0);
    EXPECT_EQ(type({"sh", "-c", "tail -n 1 /root/long; rm /root/long"}).out, "9000\n");
    for (int i = 0; i < 51; ++i) {
        ASSERT_EQ(type({"sh", "-c", "echo " + std::to_string(i) + " > /root/short"}).code, 0);
    }
    EXPECT_EQ(files_in("objects"), 0U);  // forgotten
    EXPECT_EQ(files_in("past"), 51U);    // and the index
    EXPECT_EQ(type({"model", "undo", "50"}).code, 0);
    EXPECT_EQ(type({"sh", "-c", "cat /root/short"}).out, "0\n");
    EXPECT_EQ(files_in("past"), 2U);
}

TEST_F(Past, a_command_that_only_looks_writes_no_body_and_a_body_goes_with_the_last_state_that_names_it) {
    EXPECT_EQ(type({"volume", "create", "data"}).code, 0);
    const std::size_t bodies = files_in("bodies");  // of the machine and of what it was before
    EXPECT_EQ(bodies, 2U);
    EXPECT_EQ(type({"ps"}).code, 0);
    EXPECT_EQ(type({"images"}).code, 0);
    EXPECT_EQ(files_in("bodies"), bodies);
    EXPECT_EQ(type({"volume", "create", "more"}).code, 0);
    EXPECT_EQ(files_in("bodies"), bodies + 1);
    EXPECT_EQ(type({"ps"}).code, 0);
    EXPECT_EQ(type({"model", "undo"}).code, 0);
    EXPECT_EQ(files_in("bodies"), bodies);
    for (int i = 0; i < 60; ++i) {
        ASSERT_EQ(type({"sh", "-c", "echo " + std::to_string(i) + " > /root/short"}).code, 0);
    }
    EXPECT_EQ(files_in("bodies"), 51U);  // of the fifty that can be come back to, and of the machine
}

TEST_F(Past, what_a_foreground_command_wrote_on_its_way_does_not_pile_up) {
    EXPECT_EQ(type({"pull", "alpine"}).code, 0);
    const std::size_t bodies = files_in("bodies");
    EXPECT_EQ(type({"run", "--rm", "alpine", "sh", "-c", "for i in 1 2 3 4 5 6; do echo $i; sleep 1; done"}).code, 0);
    EXPECT_EQ(files_in("bodies"), bodies + 1);
}

TEST_F(Past, what_was_made_after_it_is_removed_with_the_undo) {
    EXPECT_EQ(type({"sh", "-c", "seq 9000 > /root/old"}).code, 0);
    EXPECT_EQ(type({"sh", "-c", "seq 9001 > /root/new; rm /root/old"}).code, 0);
    EXPECT_EQ(files_in("objects"), 2U);
    EXPECT_EQ(type({"model", "undo"}).code, 0);
    EXPECT_EQ(files_in("objects"), 1U);
    EXPECT_EQ(type({"sh", "-c", "tail -n 1 /root/old; ls /root/new"}).out, "9000\n");
}

TEST_F(Past, a_fork_goes_its_own_way) {
    EXPECT_EQ(type({"run", "-d", "--name", "web", "nginx"}).code, 0);
    const Answer forked = type({"model", "fork", "with-web"});
    EXPECT_EQ(forked.code, 0) << forked.err;
    EXPECT_EQ(type({"rm", "-f", "web"}).code, 0);
    EXPECT_EQ(type({"rmi", "nginx"}).code, 0);
    const auto other = open(root() / "forks" / "with-web");
    ASSERT_NE(other, nullptr);
    EXPECT_EQ(type_on(*other, {"ps", "--format", "{{.Names}}"}).out, "web\n");
    EXPECT_EQ(type_on(*other, {"exec", "web", "true"}).code, 0);
    EXPECT_EQ(type({"ps", "-aq"}).out, "");
    EXPECT_EQ(type({"model", "fork", "with-web"}).err, "cutaway: there is a fork \"with-web\" already\n");
    EXPECT_NE(type({"model", "fork", "../out"}).err.find("a fork's name is made of"), std::string::npos);
}

TEST_F(Past, history_names_the_commands_without_their_secrets) {
    EXPECT_EQ(type({"pull", "alpine"}).code, 0);
    EXPECT_EQ(type({"create", "-e", "DB_PASSWORD=s3cr3t-canary", "alpine"}).code, 0);
    EXPECT_EQ(type({"ps"}).code, 0);
    const std::string told = type({"model", "history"}).out;
    EXPECT_EQ(told.find("s3cr3t"), std::string::npos) << told;
    EXPECT_NE(told.find("1         2 seconds ago   create -e "), std::string::npos) << told;
    EXPECT_NE(told.find("2         "), std::string::npos) << told;
    EXPECT_EQ(told.find(" ps"), std::string::npos) << told;
}

TEST_F(Past, an_index_that_cannot_be_read_is_no_reason_to_refuse_the_machine) {
    EXPECT_EQ(type({"volume", "create", "data"}).code, 0);
    std::ofstream(root() / "past" / "index.bin") << "torn";
    EXPECT_EQ(type({"volume", "ls", "-q"}).out, "data\n");
    EXPECT_EQ(type({"model", "undo"}).code, 1);
    EXPECT_EQ(type({"volume", "rm", "data"}).code, 0);
    EXPECT_EQ(type({"model", "undo"}).code, 0);
    EXPECT_EQ(type({"volume", "ls", "-q"}).out, "data\n");
}

TEST_F(Past, a_snapshot_that_is_damaged_is_not_put_in_the_machines_place) {
    EXPECT_EQ(type({"volume", "create", "data"}).code, 0);
    EXPECT_EQ(type({"volume", "create", "more"}).code, 0);
    for (const auto& entry : std::filesystem::directory_iterator(root() / "past")) {
        if (entry.path().filename() != "index.bin") {
            std::filesystem::resize_file(entry.path(), 100);
        }
    }
    EXPECT_EQ(type({"model", "undo"}).code, 1);
    EXPECT_EQ(type({"volume", "ls", "-q"}).out, "data\nmore\n");
}

}  // namespace
}  // namespace cutaway::cli
