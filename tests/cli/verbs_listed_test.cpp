// SPDX-License-Identifier: Apache-2.0
// As verbs_test.cpp: filters, formats and sizes of the verbs that list, and the files that run, create and exec read.
#include "tests/cli/verbs.h"

namespace cutaway::cli {
namespace {

TEST_F(Verbs, images_are_filtered_and_formatted) {
    given("pull -q nginx");
    given("pull -q alpine");
    given("tag alpine my/base:1");
    const std::string list = "images --format '{{.Repository}}:{{.Tag}}' ";
    type({{list + "--filter reference=nginx", "nginx:latest\n", ""},
          {list + "-f reference=my/*:1", "my/base:1\n", ""},
          {list + "-f reference=*:latest -f reference=my/*", "alpine:latest\nmy/base:1\nnginx:latest\n", ""},
          {list + "-f reference=*", "alpine:latest\nnginx:latest\n", ""},  // a * is never a slash
          {list + "-f dangling=true", "", ""},
          {list + "-f label=maintainer", "nginx:latest\n", ""},
          {list + "-f label=maintainer=nobody", "", ""},
          {list + "-f before=alpine", "nginx:latest\n", ""},
          {list + "-f since=nginx", "alpine:latest\nmy/base:1\n", ""},
          {list + "-f until=10m", "alpine:latest\nmy/base:1\nnginx:latest\n", ""},
          {list + "-f dangling=x", "", daemon_says + "invalid filter 'dangling=x'\n", 1},
          {list + "-f since=nope", "", daemon_says + "No such image: nope:latest\n", 1},
          {list + "-f colour=red", "", daemon_says + "invalid filter 'colour'\n", 1},
          {"images --digests --format '{{.Digest}}' nginx", "sha256:~\n", ""},
          {"images --digests nginx",
           "REPOSITORY   TAG       DIGEST ~ IMAGE ID ~ CREATED ~ SIZE\nnginx        latest    sha256:~\n", ""},
          {"images -f red", "",
           usage("invalid argument \"red\" for \"-f, --filter\" flag: bad format of filter (expected name=value)",
                 "images", "[OPTIONS] [REPOSITORY[:TAG]]"),
           125}});
}

TEST_F(Verbs, history_is_formatted) {
    given("pull -q alpine");
    type({{"history --format '{{.CreatedBy}}' alpine", "~CMD [\"/bin/sh\"]\n/bin/sh -c #(nop)  ADD file:~\n", ""},
          {"history -q alpine", "~\n<missing>\n", ""},
          {"history --human=false --format '{{.Size}} {{.CreatedAt}}' alpine", "0 2024-~Z\n7797760 2024-~Z\n", ""},
          {"history --no-trunc --format '{{.ID}}' alpine", "sha256:~\n<missing>\n", ""}});
}

TEST_F(Verbs, containers_are_filtered_by_every_kind) {
    given("pull -q nginx");
    given("pull -q alpine");
    given("network create net");
    given("run -d --name web -p 8080:80 -v data:/data nginx");
    given("run -d --name box --network net -l tier=db alpine sleep 1000");
    given("create --name later alpine true");
    const std::string list = "ps -a --format '{{.Names}}' ";
    type({{list + "-f name=web -f name=box", "box\nweb\n", ""},
          {list + "-f name=web -f status=created", "", ""},
          {list + "-f network=net", "box\n", ""},
          {list + "-f volume=data", "web\n", ""},
          {list + "-f volume=/data", "web\n", ""},
          {list + "-f publish=8080", "web\n", ""},
          {list + "-f publish=8000-9000/tcp", "web\n", ""},
          {list + "-f publish=8080/udp", "", ""},
          {list + "-f expose=80/tcp", "web\n", ""},
          {list + "-f ancestor=alpine", "later\nbox\n", ""},
          {list + "-f before=later", "box\nweb\n", ""},
          {list + "-f since=web", "later\nbox\n", ""},
          {list + "-f label=tier=db", "box\n", ""},
          {list + "-f health=none -f id=~", "", ""},
          {list + "-f is-task=true", "", ""},
          {list + "-f status=gone", "", daemon_says + "invalid filter 'status=gone'\n", 1},
          {list + "-f before=nope", "", daemon_says + "No such container: nope\n", 1},
          {list + "-f nope=1", "", daemon_says + "invalid filter 'nope'\n", 1}});
}

TEST_F(Verbs, sizes_are_told_of_what_was_written_and_of_the_image) {
    given("run --name box alpine sh -c 'echo 0123456789 > /x'");
    type({{"ps -a -s --format '{{.Names}} {{.Size}}'", "box 11B (virtual 7.8MB)\n", ""},
          {"ps -as",
           "CONTAINER ID   IMAGE ~ COMMAND ~ CREATED ~ STATUS ~ PORTS ~ NAMES ~ SIZE\n~ 11B (virtual 7.8MB)\n", ""},
          {"inspect -s -f '{{.SizeRw}} {{.SizeRootFs}}' box", "11 7797771\n", ""},
          {"system df -v",
           "Images space usage:\n\nREPOSITORY ~ CONTAINERS\nalpine ~ 7.8MB ~ 0B ~ 7.8MB ~ 1\n\nContainers space "
           "usage:\n\nCONTAINER ID ~ NAMES\n~ 11B ~ box\n\nLocal Volumes space usage:\n\nVOLUME NAME   LINKS     "
           "SIZE\n\nBuild cache usage: 0B\n\nCACHE ID ~\n",
           ""},
          {"system df --format '{{.Type}} {{.TotalCount}} {{.Size}}'",
           "Images 1 7.8MB\nContainers 1 11B\nLocal Volumes 0 0B\nBuild Cache 0 0B\n", ""}});
}

TEST_F(Verbs, networks_and_volumes_are_filtered_and_formatted) {
    given("network create -d bridge --label tier=db net");
    given("volume create --label a=b kept");
    given("volume create free");
    given("create --name box -v kept:/x alpine");
    type({{"network ls --format '{{.Name}} {{.Driver}}' -f type=custom", "net bridge\n", ""},
          {"network ls -q --no-trunc -f name=net", "~\n", ""},
          {"network ls --format '{{.Name}}' -f driver=bridge -f label=tier", "net\n", ""},
          {"network ls -f colour=red", "", daemon_says + "invalid filter 'colour'\n", 1},
          {"volume ls -q -f dangling=true", "free\n", ""},
          {"volume ls --format '{{.Name}} {{.Labels}}' -f label=a", "kept a=b\n", ""},
          {"volume ls -f name=fr", "DRIVER    VOLUME NAME\nlocal     free\n", ""}});
}

TEST_F(Verbs, the_engine_tells_its_facts_by_template) {
    type({{"info -f '{{.Containers}} {{.Images}} {{.CgroupVersion}} {{.NCPU}}'", "0 0 v2 2\n", ""},
          {"version --format '{{.Server.Os}}/{{.Server.Arch}}'", "linux/amd64\n", ""},
          {"version",
           "Client: Cutaway\n Version: ~\n OS/Arch: ~\n\nServer: Cutaway ~ (behaves like Docker; it is not your "
           "Docker)\n Engine:\n  Version: ~\n  OS/Arch: ~\n  Kernel: ~\n  World: ~\n",
           ""}});
}

TEST_F(Verbs, files_of_the_host_give_variables_labels_and_take_the_id) {
    given("pull -q alpine");
    given("sh -c 'printf \"A=1\\n# no\\n\\nB=two words\\nC\\n\" > vars; echo tier=db > tags; echo \"a b=1\" > bad'");
    type({{"run --rm --env-file vars -e A=9 alpine sh -c 'echo $A $B'", "9 two words\n", ""},
          {"run -d --name box --label-file tags --cidfile id alpine sleep 100", "~\n", ""},
          {"inspect -f '{{.Config.Labels.tier}}' box", "db\n", ""},
          {"exec --env-file /root/vars box sh -c 'echo $B'", "two words\n", ""},
          {"run --cidfile id alpine true", "",
           run_error("container ID file found, make sure the other container isn't running or delete id"), 125},
          {"run --env-file nope alpine true", "", run_error("open nope: no such file or directory"), 125},
          {"run --env-file bad alpine true", "",
           run_error("invalid env file (bad): variable 'a b' contains whitespaces"), 125}});
    EXPECT_EQ(given("sh -c 'cat id'") + "\n", given("inspect -f '{{.Id}}' box"));
}

TEST_F(Verbs, every_exposed_port_is_published_on_demand) {
    given("run -d --name web -P --expose 9000-9001 --add-host db:10.0.0.9 nginx");
    type({{"port web", "80/tcp -> 0.0.0.0:~\n9000/tcp -> 0.0.0.0:~\n9001/tcp -> 0.0.0.0:~\n", ""},
          {"exec web getent hosts db", "10.0.0.9 ~db\n", ""},
          {"run --add-host db alpine true", "",
           usage("invalid argument \"db\" for \"--add-host\" flag: bad format for add-host: \"db\"", "run",
                 "[OPTIONS] IMAGE [COMMAND] [ARG...]"),
           125}});
}

TEST_F(Verbs, logs_are_cut_by_how_long_ago) {
    given("run -d --name talk alpine sh -c 'echo one; sleep 60; echo two; sleep 1000'");
    given("sh -c 'sleep 70'");
    type({{"logs --since 30s talk", "two\n", ""},
          {"logs --until 30s talk", "one\n", ""},
          {"logs --since x talk", "",
           daemon_says + "invalid value for \"since\": failed to parse value as time or duration: \"x\"\n", 1}});
}

TEST_F(Verbs, statistics_go_on_until_somebody_gives_up) {
    given("run -d --name box alpine sleep 1000");
    auto stage = Stage::open(terminal.line());
    ASSERT_TRUE(stage) << stage.error().doing;
    struct Impatient final : MemoryConsole {
        void flush() override { looks == 2 ? stage->cancel() : void(++looks); }
        Stage* stage = nullptr;
        int looks = 0;
    } console;
    console.stage = stage->get();
    EXPECT_EQ((*stage)->perform({"stats"}, console), 0) << console.err_text;
    const std::string& shown = console.out_text;
    EXPECT_EQ(shown.find("\x1b[HCONTAINER ID"), 0U) << shown;
    EXPECT_NE(shown.find("PIDS\x1b[K\n"), std::string::npos);
    EXPECT_NE(shown.find("\x1b[J\x1b[HCONTAINER ID"), std::string::npos) << "a second look over the first";
}

TEST_F(Verbs, statistics_are_formatted) {
    given("run -d --name box alpine sleep 1000");
    type({{"stats --no-stream --format '{{.Name}} {{.PIDs}}'", "box 1\n", ""},
          {"stats --no-stream --no-trunc --format '{{.ID}}' box", "~\n", ""}});
}

}  // namespace
}  // namespace cutaway::cli
