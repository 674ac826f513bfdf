// SPDX-License-Identifier: Apache-2.0
// `cutaway fsck` on the simulated machine: each kind of damage is made by hand, told, mended where it can be, and gone
// at the second look.
#include "tests/cli/verbs.h"

namespace cutaway::cli {
namespace {

const std::string root = "/var/lib/cutaway";
// The index that the image came by: only its record said so.
const std::string left = "blob sha256:~ is needed by no image and no container: left~\n";

struct Fsck : Verbs {
    Fsck() { given("pull -q alpine"); }

    void damage(const std::string& commands) { given("sh -c '" + commands + "'"); }
    void sound() {
        const Answer answer = terminal.type("fsck");
        EXPECT_TRUE(answer.out.ends_with(": nothing is wrong\n")) << answer.out << answer.err;
        EXPECT_EQ(answer.status, 0);
    }
    // What it says first, and its status; a look alone says the same and changes nothing.
    void finds(const std::string& lines, int status, const std::string& flags = "") {
        const Answer looked = terminal.type("fsck -n " + flags);
        EXPECT_EQ(looked.status, 4) << looked.out;
        const Answer answer = terminal.type("fsck " + flags);
        EXPECT_TRUE(fits(answer.out, lines + "Looked at ~\n")) << answer.out << "---\n" << lines << answer.err;
        EXPECT_EQ(answer.status, status) << answer.out;
    }
    // Of the image's record: the first after this key.
    std::string digest(const std::string& key) {
        const std::string record = given("sh -c 'cat " + root + "/images/*.json'");
        const std::size_t at = record.find("\"" + key + "\": \"sha256:");
        return at == std::string::npos ? "none" : record.substr(at + key.size() + 5, 71);
    }
    // Its process id on the simulated host.
    std::string shim_of(const std::string& id) {
        const std::string list = given("sh -c 'ps -ef'");
        const std::size_t line = list.rfind('\n', list.find("cutaway-shim " + id.substr(0, 12))) + 1;
        const std::size_t pid = list.find_first_of("0123456789", line);
        return list.substr(pid, list.find(' ', pid) - pid);
    }
    static std::string blob(const std::string& digest) { return root + "/blobs/sha256/" + digest.substr(7); }
};

TEST_F(Fsck, of_a_sound_store_says_so) {
    given("run -d --name web alpine sleep 1000");
    given("create --name other alpine");
    type({{"fsck", "Looked at 4 blobs (~), 1 layer, 1 image and 2 containers: nothing is wrong\n", "", 0}});
    given("rm -f web other");
    sound();
}

TEST_F(Fsck, unpacks_a_layer_again_whose_files_are_not_what_was_unpacked) {
    for (const char* harm : {"rm /fs/etc/alpine-release", "echo more >> /fs/etc/alpine-release",
                             "echo x > /index.jsonl", "rm /layer.json", "echo {} > /layer.json"}) {
        std::string commands = harm;
        commands.replace(commands.rfind(" /") + 1, 1, root + "/layers/" + digest("chain_id").substr(7) + "/");
        damage(commands);
        finds("layer sha256:~: ~: removed\nimage alpine:latest lacks a layer~s files: unpacked again from its blobs\n",
              1);
        sound();
    }
    type({{"run --rm alpine echo works", "works\n", "", 0}});
}

TEST_F(Fsck, deep_compares_every_file_with_the_blob_and_names_what_differs) {
    const std::string fs = root + "/layers/*/fs";
    struct Case {
        const char* deed;
        const char* told;
    };
    for (const Case& one :
         {Case{"cd ~; echo localhosT > etc/hostname", "etc/hostname has other bytes"},
          Case{"cd ~; chmod 777 etc/passwd; chmod 600 etc/hosts",
               "etc/hosts has another owner or mode, etc/passwd has another owner or mode"},
          Case{"cd ~; echo more > etc/stranger; rm -r tmp; echo > tmp", "~tmp is not what was unpacked"},
          Case{"cd ~; echo more > etc/stranger", "etc/stranger is not of this layer"}}) {
        std::string deed = one.deed;
        damage(deed.replace(deed.find('~'), 1, fs));
        finds("layer sha256:~: " + std::string(one.told) +
                  ": removed\nimage alpine:latest lacks a layer~s files: unpacked again from its blobs\n",
              1, "--deep");
        const Answer again = terminal.type("fsck --deep");
        EXPECT_TRUE(fits(again.out, "Looked at ~ layer (1 compared with their blobs), ~: nothing is wrong\n"))
            << again.out;
    }
}

TEST_F(Fsck, takes_away_a_blob_that_is_not_what_it_is_called_and_says_who_brings_it_back) {
    for (const std::string& key : {std::string("digest"), std::string("manifest"), std::string("id")}) {
        const std::string lost = digest(key);
        damage("echo x > " + blob(lost));
        finds("blob " + lost + " holds bytes of another digest, sha256:~: removed\nimage alpine:latest lacks blob " +
                  lost + ": pull alpine:latest again; until then it runs, but cannot be pushed or saved\n",
              4);
        given("pull -q alpine");
        sound();
    }
}

TEST_F(Fsck, writes_an_image_again_from_its_blobs) {
    const std::string id = digest("id");
    damage("echo nonsense > " + root + "/images/" + id.substr(7) + ".json");
    EXPECT_EQ(terminal.type("images").status, 1);
    finds("image " + id + ": its record cannot be read: written again from its blobs\n" + left, 1);
    sound();
    damage("rm " + root + "/images/" + id.substr(7) + ".json");
    finds("image " + id +
              ": the name docker.io/library/alpine:latest stands for it, but there is no record: written again from "
              "its blobs\n" +
              left,
          1);
    sound();
    type({{"run --rm alpine echo works", "works\n", "", 0}});
}

TEST_F(Fsck, sets_aside_what_it_cannot_read_and_a_person_may_want_back) {
    given("create --name box alpine");
    damage("echo nonsense > " + root + "/index.json; for f in " + root +
           "/containers/*/*.json; do echo nonsense > $f; done");
    finds(
        "index.json, the names of images, cannot be read: set aside as index.json.damaged; the images are there by "
        "their ids, for tag to name again\n"
        "container ~: its record cannot be read: set aside with its files in " +
            root + "/lost/~\n",
        1);
    sound();
    type({{"sh -c 'ls " + root + "/lost | wc -l; cat " + root + "/index.json.damaged'", "1\nnonsense\n", "", 0},
          {"images -q", "~\n", "", 0},
          {"ps -aq", "", "", 0}});
}

TEST_F(Fsck, takes_what_nobody_needs_when_it_is_old_or_nobody_is_at_work) {
    const std::string unneeded = "73cb3858a687a8494ca3323053016282f3dad39d42cf62ca4e79dda2aac7d9ac";  // of "x\n"
    damage("cd " + root + "; echo x > blobs/sha256/.new-1; mkdir -p layers/.new-2/fs; echo x > blobs/sha256/" +
           unneeded);
    const Answer young = terminal.type("fsck");
    EXPECT_EQ(young.status, 0);
    EXPECT_TRUE(fits(young.out,
                     "blobs/sha256/.new-1 is a blob that nobody finished: left~\n"
                     "layers/.new-2 is a layer that nobody finished: left~\n"
                     "blob sha256:" +
                         unneeded +
                         " is needed by no image and no container: left~\n"
                         "Looked at ~: nothing is wrong\n"))
        << young.out;
    finds(
        "blobs/sha256/.new-1 is a blob that nobody finished: removed\n"
        "layers/.new-2 is a layer that nobody finished: removed\n"
        "blob sha256:" +
            unneeded + " is needed by no image and no container: removed\n",
        1, "--force");
    sound();
    damage("echo x > " + root + "/blobs/sha256/.new-3");
    terminal.line().clock = "advance:25h";
    finds("blobs/sha256/.new-3 is a blob that nobody finished: removed\n", 1);
}

TEST_F(Fsck, gives_back_what_a_container_left_whose_record_is_gone) {
    given("run -d --name web alpine sleep 1000");
    const std::string id = given("ps -q --no-trunc").substr(0, 64);
    damage("mkdir " + root + "/containers/" + std::string(64, 'b'));
    finds("container bbbbbbbbbbbb has a folder and no record: removed, and what its start had made given back\n", 1);
    damage("rm " + root + "/containers/" + id + "/config.json");
    finds("container " + id.substr(0, 12) +
              " has a folder and no record, and it runs: end its processes and look again\n",
          4);
    damage("kill -9 " + shim_of(id));
    finds("container " + id.substr(0, 12) +
              " has a folder and no record: removed, and what its start had made given back\n",
          1);
    sound();
}

TEST_F(Fsck, records_the_end_of_a_container_that_nobody_saw_end) {
    given("run -d --name web alpine sleep 1000");
    damage("kill -9 " + shim_of(given("ps -q --no-trunc").substr(0, 64)));
    finds(
        "container web runs without its shim: nobody would tell how it ends: killed and recorded as exited (137), "
        "what it left given back\n",
        1);
    sound();
    type({{"ps -a --format '{{.Names}} {{.Status}}'", "web Exited (137) ~ ago\n", "", 0},
          {"start web", "web\n", "", 0}});
    sound();
}

}  // namespace
}  // namespace cutaway::cli
