// SPDX-License-Identifier: Apache-2.0
// As verbs_test.cpp: the verbs that show what is there, change it while it runs, and clear it away.
#include <fstream>
#include <iterator>

#include "core/cli/verb.h"
#include "tests/cli/verbs.h"

namespace cutaway::cli {
namespace {

std::string read_text(const std::string& path) {
    std::ifstream file(path, std::ios::binary);
    return {std::istreambuf_iterator<char>(file), std::istreambuf_iterator<char>()};
}

TEST_F(Verbs, what_an_image_is_can_be_inspected_by_type_and_by_its_own_verb) {
    given("pull -q nginx");
    const std::string size = terminal.type("images --format '{{.Size}}'").out;
    const double bytes = std::stod(terminal.type("image inspect -f '{{.Size}}' nginx").out);
    EXPECT_NEAR(std::stod(size), bytes / 1e6, bytes / 1e8) << "one image has one size";
    type(
        {{"image inspect -f '{{.Config.Cmd}} {{.Os}}/{{.Architecture}} {{len .RootFS.Layers}}' nginx",
          "[nginx -g daemon off;] linux/amd64 ~\n", ""},
         {"inspect --type image -f '{{.RepoTags}}' nginx", "[nginx:latest]\n", ""},
         {"image inspect nope", "[]\n", daemon_says + "No such image: nope:latest\n", 1},
         {"image inspect -f '{{.Id}}' nginx nope", "sha256:~\n", daemon_says + "No such image: nope:latest\n", 1},
         {"inspect --type container nginx", "[]\n", daemon_says + "No such container: nginx\n", 1},
         {"container inspect nginx", "[]\n", daemon_says + "No such container: nginx\n", 1},
         {"inspect --type bogus nginx", "",
          "unknown type: \"bogus\": must be one of \"config\", \"container\", \"image\", \"network\", \"node\", "
          "\"plugin\", \"secret\", \"service\", \"task\", \"volume\"\n",
          1},
         {"image inspect", "",
          "docker: 'docker image inspect' requires at least 1 argument\n\nUsage:  docker image inspect [OPTIONS] IMAGE "
          "[IMAGE...]\n\nSee 'docker image inspect --help' for more information\n",
          1}});
}

TEST_F(Verbs, a_memory_limit_brings_as_much_swap_again) {
    given("pull -q alpine");
    given("create --name mm -m 64m alpine true");
    given("create --name nn -m 64m --memory-swap -1 alpine true");
    given("create --name oo alpine true");
    type({{"inspect -f '{{.HostConfig.Memory}} {{.HostConfig.MemorySwap}}' mm nn oo",
           "67108864 134217728\n67108864 -1\n0 0\n", ""}});
}

TEST_F(Verbs, update_changes_limits_at_once_and_says_what_docker_says) {
    given("pull -q alpine");
    given("run -d --name box -m 64m alpine sleep 1000");
    given("create --rm --name gone alpine true");
    type(
        {{"update -m 128m --cpus 0.5 --pids-limit 20 box", "box\n", ""},
         {"exec box sh -c 'cd /sys/fs/cgroup; cat memory.max cpu.max pids.max'", "134217728\n50000 100000\n20\n", ""},
         {"inspect -f '{{.HostConfig.Memory}} {{.HostConfig.NanoCpus}} {{.HostConfig.PidsLimit}}' box",
          "134217728 500000000 20\n", ""},
         {"update --pids-limit -1 box", "box\n", ""},
         {"exec box cat /sys/fs/cgroup/pids.max", "max\n", ""},
         {"update -m 512m box", "",
          daemon_says + "Cannot update container ~: Memory limit should be smaller than already set memoryswap limit, "
                        "update the memoryswap at the same time\n",
          1},
         {"update -m 512m --memory-swap 1g box", "box\n", ""},
         {"update -m 1m box", "", daemon_says + "Cannot update container ~: Minimum memory limit allowed is 6MB\n", 1},
         {"update --restart always gone", "",
          daemon_says + "Cannot update container ~: Restart policy cannot be updated because AutoRemove is enabled for "
                        "the container\n",
          1},
         {"update --restart on-failure:3 box nope", "box\n", daemon_says + "No such container: nope\n", 1},
         {"inspect -f '{{json .HostConfig.RestartPolicy}}' box", "{\"Name\":\"on-failure\",\"MaximumRetryCount\":3}\n",
          ""},
         {"update box", "", "you must provide one or more flags when using this command\n", 1},
         {"update -m x box", "",
          usage("invalid argument \"x\" for \"-m, --memory\" flag: invalid size: 'x'", "update",
                "[OPTIONS] CONTAINER [CONTAINER...]"),
          125}});
}

TEST_F(Verbs, events_are_what_dockers_daemon_would_have_told) {
    given("pull -q alpine");
    given("network create left");
    terminal.type("run --name box --network left -l tier=web alpine sh -c 'exit 3'");
    given("run -d --name up alpine sleep 1000");
    given("stop -t 1 up");
    given("rm box");
    const std::string actions = "events --since 0 --until 0s --format '{{.Type}} {{.Action}}'";
    type({{actions + " -f container=box",
           "container create\ncontainer attach\ncontainer start\ncontainer die\ncontainer destroy\n", ""},
          {actions + " -f type=network",
           "network create\nnetwork connect\nnetwork disconnect\nnetwork connect\n"
           "network disconnect\n",
           ""},
          {actions + " -f container=up -f type=container",
           "container create\ncontainer start\ncontainer kill\ncontainer kill\ncontainer die\ncontainer stop\n", ""},
          {"events --since 0 --until 0s -f event=die -f container=box",
           "2026-~Z container die ~ (execDuration=0, exitCode=3, image=alpine, name=box, tier=web)\n", ""},
          {"events --since 0 --until 0s -f event=kill -f event=pull --format '{{.Actor.Attributes.name}}'",
           "alpine\nup\nup\n", ""},
          {"events --since 0 --until 0s -f label=tier -f event=start --format json",
           "{\"status\":\"start\",\"id\":\"~\",\"from\":\"alpine\",\"Type\":\"container\",\"Action\":\"start\","
           "\"Actor\":"
           "{\"ID\":\"~\",\"Attributes\":{\"image\":\"alpine\",\"name\":\"box\",\"tier\":\"web\"}},\"scope\":\"local\","
           "\"time\":~,"
           "\"timeNano\":~}\n",
           ""},
          {"events --since 1s --until 0s", "", ""},
          {"events --since foo --until 0s", "", "failed to parse value as time or duration: \"foo\"\n", 1},
          {"events -f bogus", "",
           usage("invalid argument \"bogus\" for \"-f, --filter\" flag: bad format of filter (expected name=value)",
                 "events", "[OPTIONS]"),
           125}});
}

TEST_F(Verbs, events_are_followed_until_the_time_that_was_said) {
    given("pull -q alpine");
    given("run -d --name short alpine sh -c 'sleep 20; exit 4'");
    type(
        {{"events --until=-30s -f type=container --format '{{.Action}} {{.Actor.Attributes.exitCode}}'", "die 4\n", ""},
         {"ps -a --format '{{.Status}}'", "Exited (4) ~ ago\n", ""}});
}

TEST_F(Verbs, a_container_may_share_anothers_network) {
    given("pull -q alpine");
    given("run -d --name web nginx");
    given("create --name still nginx");
    type(
        {{"run --rm --network container:web --entrypoint curl nginx -s -o /dev/null -w '%{http_code}' http://localhost",
          "200", ""},
         {"run -d --name side --network container:web nginx sleep 100", "~\n", ""},
         {"inspect -f '{{.HostConfig.NetworkMode}} {{len .NetworkSettings.Networks}}' side", "container:~ 0\n", ""},
         {"exec side hostname", "~\n", ""},
         {"run --rm --network container:nope alpine true", "", "~No such container: nope\n\n~\n", 125},
         {"run --rm --network container:web -h other nginx", "",
          run_error(daemon_says + "conflicting options: hostname and the network mode"), 125},
         {"run --rm --network container:web -p 1:1 nginx", "",
          run_error(daemon_says + "conflicting options: port publishing and the container type network mode"), 125},
         {"run --rm --network container:still nginx", "",
          run_error(daemon_says + "cannot join network of a non running container: ~"), 125}});
    EXPECT_EQ(terminal.type("exec side hostname").out, terminal.type("exec web hostname").out);
    EXPECT_EQ(terminal.type("exec side cat /etc/hosts").out, terminal.type("exec web cat /etc/hosts").out);
}

TEST_F(Verbs, every_verb_has_its_place_in_the_documentation) {
    const std::string page = read_text(CUTAWAY_SOURCE "/docs/verbs.md");
    for (const auto* table :
         {&container_verbs(), &image_verbs(), &system_verbs(), &object_verbs(), &observing_verbs(), &inspecting_verbs(),
          &clean_verbs(), &copying_verbs(), &archiving_verbs(), &event_verbs(), &updating_verbs()}) {
        for (const Verb& verb : *table) {
            EXPECT_NE(page.find("`" + std::string(verb.name) + "`"), std::string::npos) << verb.name;
        }
    }
}

TEST_F(Verbs, what_nothing_uses_is_weighed_and_taken_away_when_confirmed) {
    given("run -d --name web nginx");
    given("run --name once alpine sh -c 'echo 0123456789 > /x'");
    given("volume create named");
    given("network create lonely");
    type({{"container prune",
           "WARNING! This will remove all stopped containers.\nAre you sure you want to continue? [y/N] ", ""},
          {"ps -aq", "~\n~\n", ""},
          {"system df",
           "TYPE            TOTAL     ACTIVE    SIZE      RECLAIMABLE\nImages          2         2 ~\n"
           "Containers      2         1         ~B       11B (~%)\nLocal Volumes   1         0         0B        0B\n"
           "Build Cache     0         0         0B        0B\n",
           ""},
          {"image prune -f", "Total reclaimed space: 0B\n", ""},
          {"volume prune -f", "Total reclaimed space: 0B\n", ""},
          {"volume prune -af", "Deleted Volumes:\nnamed\n\nTotal reclaimed space: 0B\n", ""},
          {"system prune -af",
           "Deleted Containers:\n~\n\nDeleted Networks:\nlonely\n\nDeleted Images:\nuntagged: alpine:latest\n"
           "untagged: alpine@sha256:~\ndeleted: sha256:~\ndeleted: sha256:~\n\nTotal reclaimed space: ~B\n",
           ""},
          {"images -q", "~\n", ""},
          {"ps -aq", "~\n", ""},
          {"system prune --all --volumes",
           "WARNING! This will remove:\n  - all stopped containers\n"
           "  - all networks not used by at least one container\n"
           "  - all anonymous volumes not used by at least one container\n"
           "  - all images without at least one container associated to them\n  - all build cache\n\n~[y/N] ",
           ""}});
}

TEST_F(Verbs, a_prune_takes_what_its_filters_let_it) {
    given("run --name old --label tier=web alpine true");
    given("run --name plain alpine true");
    given("volume create --label keep=yes kept");
    given("volume create loose");
    given("network create --label tier=web labelled");
    given("network create bare");
    const std::string reclaimed = "Total reclaimed space: 0B\n";
    type({{"container prune -f --filter until=10h", reclaimed, ""},
          {"container prune -f --filter label!=tier", "Deleted Containers:\n~\n\n" + reclaimed, ""},
          {"ps -a --format {{.Names}}", "old\n", ""},
          {"container prune -f --filter label=tier=db", reclaimed, ""},
          {"container prune -f --filter label=tier --filter until=0s", "Deleted Containers:\n~\n\n" + reclaimed, ""},
          {"network prune -f --filter label=tier=web", "Deleted Networks:\nlabelled\n\n", ""},
          {"volume prune -f --filter label!=keep=yes --filter all=true", "Deleted Volumes:\nloose\n\n" + reclaimed, ""},
          {"image prune -a -f --filter until=2000-01-01", reclaimed, ""},
          {"image prune -a -f --filter label=no.such", reclaimed, ""},
          {"system prune -f --filter until=10h", reclaimed, ""},
          {"network ls -q --filter name=bare", "~\n", ""},
          {"system prune --filter label=x --filter label!=y",
           "WARNING! This will remove:\n  - all stopped containers\n"
           "  - all networks not used by at least one container\n  - all dangling images\n  - unused build cache\n\n"
           "  Items to be pruned will be filtered with:\n  - label!=y\n  - label=x\n\n~[y/N] ",
           ""}});
}

TEST_F(Verbs, a_filter_that_no_prune_knows_is_refused_by_who_refuses_it_in_docker) {
    type({{"container prune --filter until", "",
           usage("invalid argument \"until\" for \"--filter\" flag: bad format of filter (expected name=value)",
                 "container prune", "[OPTIONS]"),
           125},
          {"container prune -f --filter name=x", "", daemon_says + "invalid filter 'name'\n", 1},
          {"volume prune -f --filter until=1h", "", daemon_says + "invalid filter 'until'\n", 1},
          {"container prune -f --filter until=1h --filter until=2h", "",
           daemon_says + "more than one until filter specified\n", 1},
          {"network prune -f --filter until=soon", "",
           daemon_says + "failed to parse value as time or duration: \"soon\"\n", 1},
          {"image prune -f --filter dangling=false", "", daemon_says + "invalid filter 'dangling=[false true]'\n", 1},
          {"volume prune -a -f --filter all=1", "",
           "conflicting options: cannot specify both --all and --filter all=1\n", 1},
          {"system prune -f --volumes --filter until=1h", "",
           "ERROR: The \"until\" filter is not supported with \"--volumes\"\n", 1}});
}

TEST_F(Verbs, logs_are_what_the_container_said_on_both_streams) {
    given("pull -q alpine");
    terminal.type("run --name talk alpine sh -c 'echo one; sleep 1; echo two >&2; sleep 1; echo three'");
    type({{"logs talk", "one\nthree\n", "two\n"},
          {"logs -n 1 talk", "three\n", ""},
          {"logs --tail 0 talk", "", ""},
          {"logs --tail x talk", "one\nthree\n", "two\n"},
          {"logs -t -n 1 talk", "2026-~Z three\n", ""},
          {"logs -f talk", "one\nthree\n", "two\n"}});
}

TEST_F(Verbs, a_port_is_given_away_once) {
    given("pull -q nginx");
    given("run -d -p 8080:80 --name web nginx");
    type({{"run -d -p 8080:80 --name web2 nginx", "~\n",
           run_error(daemon_says + "failed to set up container networking: driver failed programming external "
                                   "connectivity on endpoint web2 (~): Bind for 0.0.0.0:8080 failed: port is already "
                                   "allocated"),
           125},
          {"ps -a --format '{{.Names}} {{.State}}'", "web2 created\nweb running\n", ""},
          {"rm -f web", "web\n", ""},
          {"start web2", "web2\n", ""},
          {"port web2", "80/tcp -> 0.0.0.0:8080\n", ""}});
}

}  // namespace
}  // namespace cutaway::cli
