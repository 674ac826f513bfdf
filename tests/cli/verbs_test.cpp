// SPDX-License-Identifier: Apache-2.0
// What a person types and what docker 28.2 answers to it: standard output, standard error, exit status. The texts of
// the command line's own errors were taken from that CLI, those of the daemon from dockerd's of the same version.
#include "tests/cli/verbs.h"

namespace cutaway::cli {
namespace {

std::string run_usage(const std::string& error) { return usage(error, "run", "[OPTIONS] IMAGE [COMMAND] [ARG...]"); }

TEST_F(Verbs, run_pulls_what_is_missing_and_says_so_beside_the_containers_own_output) {
    type({{"run --rm alpine echo hello", "hello\n",
           "Unable to find image 'alpine:latest' locally\nlatest: Pulling from library/alpine\n~: Pulling fs layer\n"
           "~: Download complete\n~: Pull complete\nDigest: sha256:~\nStatus: Downloaded newer image for "
           "alpine:latest\n"},
          {"run --rm alpine echo again", "again\n", ""},
          {"ps -aq", "", ""},
          {"run alpine sh -c 'echo out; echo err >&2; exit 3'", "out\n", "err\n", 3},
          {"run --rm alpine nothere", "",
           run_error(daemon_says +
                     "failed to create task for container: failed to create shim task: OCI runtime create failed: "
                     "runc create failed: unable to start container process: error during container init: exec: "
                     "\"nothere\": executable file not found in $PATH: unknown"),
           127},
          {"run --rm alpine /etc/passwd", "", "docker: ~permission denied: unknown\n\n~\n", 126},
          {"run --rm -e A=1 -e B alpine sh -c 'echo $A$B'", "1\n", ""},
          {"run --rm -w /tmp alpine pwd", "/tmp\n", ""},
          {"run --rm -u 1000 alpine id -u", "1000\n", ""},
          {"run --rm -u nobody alpine id -u", "65534\n", ""},
          {"run --rm -u stranger alpine id", "",
           run_error(daemon_says + "unable to find user stranger: no matching entries in passwd file"), 125},
          {"run --rm -h box alpine hostname", "box\n", ""},
          {"run --rm --entrypoint echo alpine hi", "hi\n", ""},
          {"run --rm --read-only alpine touch /x", "", "touch: /x: Read-only file system\n", 1},
          {"run --rm --tmpfs /t alpine touch /t/x", "", ""}});
}

TEST_F(Verbs, run_refuses_what_docker_refuses_before_anything_happens) {
    struct Case {
        std::string arguments;
        std::string err;
    };
    const Case cases[] = {
        {"--frob alpine", run_usage("unknown flag: --frob")},
        {"-Z alpine", run_usage("unknown shorthand flag: 'Z' in -Z")},
        {"--name", run_usage("flag needs an argument: --name")},
        {"-e", run_usage("flag needs an argument: 'e' in -e")},
        {"-e =x alpine",
         run_usage("invalid argument \"=•••\" for \"-e, --env\" flag: invalid environment variable: =•••")},
        {"-m x alpine", run_usage("invalid argument \"x\" for \"-m, --memory\" flag: invalid size: 'x'")},
        {"--memory-swap x alpine", run_usage("invalid argument \"x\" for \"--memory-swap\" flag: invalid size: 'x'")},
        {"--cpus x alpine",
         run_usage("invalid argument \"x\" for \"--cpus\" flag: failed to parse x as a rational number")},
        {"--pids-limit x alpine",
         run_usage(
             "invalid argument \"x\" for \"--pids-limit\" flag: strconv.ParseInt: parsing \"x\": invalid syntax")},
        {"-c x alpine",
         run_usage("invalid argument \"x\" for \"-c, --cpu-shares\" flag: strconv.ParseInt: parsing \"x\": invalid "
                   "syntax")},
        {"-d --sig-proxy=foo alpine",
         run_usage("invalid argument \"foo\" for \"--sig-proxy\" flag: strconv.ParseBool: parsing \"foo\": invalid "
                   "syntax")},
        {"--mount type=bind,source=/a alpine",
         run_usage("invalid argument \"type=bind,source=/a\" for \"--mount\" flag: target is required")},
        {"--mount foo alpine",
         run_usage("invalid argument \"foo\" for \"--mount\" flag: invalid field 'foo' must be a key=value pair")},
        {"-p 99999999:80 nginx", run_error("invalid hostPort: 99999999")},
        {"-p x:80 nginx", run_error("invalid hostPort: x")},
        {"-p 80:x nginx", run_error("invalid containerPort: x")},
        {"-p 1:2:3:4 nginx", run_error("invalid IP address: 1:2")},
        {"-p 80:80/foo nginx", run_error("invalid proto: foo")},
        {"--pull sometimes alpine",
         run_error("invalid pull option: 'sometimes': must be one of \"always\", \"missing\" or \"never\"")},
        {"-v :/a alpine", run_error("invalid spec: :/a: empty section between colons")},
        {"-v a:b:c:d alpine", run_error(daemon_says + "invalid volume specification: 'a:b:c:d'")},
        {"-v rel:rel alpine",
         run_error(daemon_says + "invalid volume specification: 'rel:rel': invalid mount config for type \"volume\": "
                                 "invalid mount path: 'rel' mount path must be absolute")},
        {"UP:bad", run_error("invalid reference format: repository name (library/UP) must be lowercase")},
        {"--restart always --rm alpine", run_error("conflicting options: cannot specify both --restart and --rm")},
        {"--pull never nothere", run_error(daemon_says + "No such image: nothere:latest")},
    };
    for (const Case& c : cases) {
        type({{"run " + c.arguments, "", c.err, 125}});
    }
    type({{"run", "",
           "docker: 'docker run' requires at least 1 argument\n\nUsage:  docker run [OPTIONS] IMAGE [COMMAND] "
           "[ARG...]\n\nSee 'docker run --help' for more information\n",
           1},
          {"ps -aq", "", ""},
          {"images -q", "", ""}});
}

TEST_F(Verbs, run_refuses_what_the_daemon_refuses_and_keeps_no_container) {
    given("pull -q alpine");
    struct Case {
        std::string arguments;
        std::string err;
    };
    const Case cases[] = {
        {"-m 1m alpine", "Minimum memory limit allowed is 6MB"},
        {"-m 64m --memory-swap 32m alpine", "Minimum memoryswap limit should be larger than memory limit, see usage"},
        {"--memory-swap 32m alpine", "You should always set the Memory limit when using Memoryswap limit, see usage"},
        {"--cap-add FOO alpine", "invalid CapAdd: unknown capability: \"CAP_FOO\""},
        {"--cap-drop FOO alpine", "invalid CapDrop: unknown capability: \"CAP_FOO\""},
        {"--restart foo alpine",
         "invalid restart policy: unknown policy 'foo'; use one of 'no', 'always', 'on-failure', or 'unless-stopped'"},
        {"--network nope alpine", "network nope not found"},
        {"--name _ alpine", "Invalid container name (_), only [a-zA-Z0-9][a-zA-Z0-9_.-] are allowed"},
        {"nothere", "~pull access denied for nothere, repository does not exist or may require 'docker login'~"},
    };
    for (const Case& c : cases) {
        const Answer answer = terminal.type("run " + c.arguments);
        EXPECT_EQ(answer.status, 125) << c.arguments;
        const std::string text =
            answer.err.substr(answer.err.find("docker: ") == std::string::npos ? 0 : answer.err.find("docker: "));
        EXPECT_TRUE(fits(text, run_error(daemon_says + c.err))) << answer.err;
    }
    type({{"ps -aq", "", ""}});
}

TEST_F(Verbs, a_container_goes_from_state_to_state) {
    given("pull -q nginx");
    type({
        {"create --name web -p 8080:80 nginx", "~\n", ""},
        {"ps -a --format '{{.Names}} {{.State}} {{.Status}} [{{.Ports}}]'", "web created Created []\n", ""},
        {"start web", "web\n", ""},
        {"start web", "web\n", ""},
        {"ps",
         "CONTAINER ID   IMAGE     COMMAND                  CREATED          STATUS          PORTS                  "
         "NAMES\n~   nginx     \"/docker-entrypoint.…\"   ~ seconds ago   Up ~ seconds   0.0.0.0:8080->80/tcp   web\n",
         ""},
        {"port web", "80/tcp -> 0.0.0.0:8080\n", ""},
        {"port web 80", "0.0.0.0:8080\n", ""},
        {"port web 81", "", "Error: No public port '81' published for web\n", 1},
        {"sh -c 'curl -s localhost:8080 | head -n 4'", "~\n~\n~\n~\n", ""},
        {"exec web cat /etc/hostname", "~\n", ""},
        {"exec web sh -c 'exit 7'", "", "", 7},
        {"exec web nothere",
         "OCI runtime exec failed: exec failed: unable to start container process: exec: \"nothere\": executable file "
         "not found in $PATH: unknown\n",
         "", 127},
        {"pause web", "web\n", ""},
        {"pause web", "", daemon_says + "Container ~ is already paused\n", 1},
        {"ps --format '{{.Status}}'", "Up ~ (Paused)\n", ""},
        {"exec web ls", "", daemon_says + "Container ~ is paused, unpause the container before exec\n", 1},
        {"rm web", "",
         daemon_says + "cannot remove container \"web\": container is paused and must be unpaused first\n", 1},
        {"unpause web", "web\n", ""},
        {"unpause web", "", daemon_says + "Container ~ is not paused\n", 1},
        {"rm web", "",
         daemon_says + "cannot remove container \"web\": container is running: stop the container before removing or "
                       "force remove\n",
         1},
        {"restart web", "web\n", ""},
        {"stop web", "web\n", ""},
        {"stop web", "web\n", ""},
        {"ps -a --format '{{.State}} {{.Status}}'", "exited Exited (0) ~ ago\n", ""},
        {"wait web", "0\n", ""},
        {"kill web", "", daemon_says + "cannot kill container: web: container ~ is not running\n", 1},
        {"pause web", "", daemon_says + "container ~ is not running\n", 1},
        {"exec web ls", "", daemon_says + "container ~ is not running\n", 1},
        {"attach web", "", "cannot attach to a stopped container, start it first\n", 1},
        {"start web", "web\n", ""},
        {"kill web", "web\n", ""},
        {"inspect -f '{{.State.Status}} {{.State.ExitCode}}' web", "exited 137\n", ""},
        {"rename web old", "", ""},
        {"rm old", "old\n", ""},
        {"ps -aq", "", ""},
    });
}

TEST_F(Verbs, who_is_not_there_is_told_by_each_verb_in_its_own_way) {
    const std::string absent = daemon_says + "No such container: nope\n";
    type({{"start nope", "", absent + "Error: failed to start containers: nope\n", 1},
          {"start nope nope", "", absent + absent + "Error: failed to start containers: nope, nope\n", 1},
          {"start -a nope", "", absent, 1},
          {"start -a a b", "", "you cannot start and attach multiple containers at once\n", 1},
          {"stop nope", "", absent, 1},
          {"stop nope nope", "", absent + absent, 1},
          {"restart nope", "", absent, 1},
          {"kill nope", "", daemon_says + "cannot kill container: nope: No such container: nope\n", 1},
          {"pause nope", "", absent, 1},
          {"unpause nope", "", absent, 1},
          {"wait nope", "", absent, 1},
          {"rm nope", "", absent, 1},
          {"rm -f nope", "", absent, 0},
          {"logs nope", "", absent, 1},
          {"exec nope ls", "", absent, 1},
          {"attach nope", "", absent, 1},
          {"port nope", "", absent, 1},
          {"rename nope b", "", absent + "Error: failed to rename container named nope\n", 1},
          {"inspect nope", "[]\n", "Error: No such object: nope\n", 1},
          {"inspect --type container nope", "[]\n", absent, 1},
          {"inspect -f '{{.Id}}' nope", "\n", "Error: No such object: nope\n", 1},
          {"rmi nope", "", daemon_says + "No such image: nope:latest\n", 1},
          {"rmi -f nope", "", daemon_says + "No such image: nope:latest\n", 0},
          {"history nope", "", daemon_says + "No such image: nope:latest\n", 1},
          {"tag nope a", "", daemon_says + "No such image: nope:latest\n", 1},
          {"tag a UP", "",
           "Error parsing reference: \"UP\" is not a valid repository/tag: invalid reference format: repository name "
           "(library/UP) must be lowercase\n",
           1},
          {"pull UP:bad", "", "invalid reference format: repository name (library/UP) must be lowercase\n", 1},
          {"pull nothere", "Using default tag: latest\n",
           daemon_says + "pull access denied for nothere, repository does not exist or may require 'docker login'~\n",
           1}});
}

TEST_F(Verbs, the_number_of_arguments_is_checked_as_docker_does) {
    const std::string many = "[OPTIONS] CONTAINER [CONTAINER...]";
    const auto told = [](const std::string& verb, const std::string& wants, const std::string& usage_text,
                         const std::string& word) {
        return "docker: 'docker " + verb + "' " + wants + "\n\nUsage:  docker " + verb + " " + usage_text + "\n\n" +
               word + " 'docker " + verb + " --help' for more information\n";
    };
    type({{"start", "", told("start", "requires at least 1 argument", many, "See"), 1},
          {"ps x", "", told("ps", "accepts no arguments", "[OPTIONS]", "Run"), 1},
          {"logs a b", "", told("logs", "requires 1 argument", "[OPTIONS] CONTAINER", "Run"), 1},
          {"exec a", "", told("exec", "requires at least 2 arguments", "[OPTIONS] CONTAINER COMMAND [ARG...]", "See"),
           1},
          {"tag a", "", told("tag", "requires 2 arguments", "SOURCE_IMAGE[:TAG] TARGET_IMAGE[:TAG]", "Run"), 1},
          {"port", "",
           told("port", "requires at least 1 and at most 2 arguments", "CONTAINER [PRIVATE_PORT[/PROTO]]", "Run"), 1},
          {"rename a", "", told("rename", "requires 2 arguments", "CONTAINER NEW_NAME", "Run"), 1},
          {"stop -t x a", "",
           usage("invalid argument \"x\" for \"-t, --timeout\" flag: strconv.ParseInt: parsing \"x\": invalid syntax",
                 "stop", many),
           125},
          {"ps --filter x", "",
           usage("invalid argument \"x\" for \"-f, --filter\" flag: bad format of filter (expected name=value)", "ps",
                 "[OPTIONS]"),
           125},
          {"ps --last x", "",
           usage("invalid argument \"x\" for \"-n, --last\" flag: strconv.ParseInt: parsing \"x\": invalid syntax",
                 "ps", "[OPTIONS]"),
           125},
          {"ps --filter x=y", "", daemon_says + "invalid filter 'x'\n", 1},
          {"frob", "", "docker: unknown command: docker frob\n\nRun 'docker --help' for more information\n", 1},
          {"container frob", "",
           "docker: unknown command: docker container frob\n\nUsage:  docker container\n\nRun 'docker container "
           "--help' for more information\n",
           1}});
}

TEST_F(Verbs, names_are_taken_once_and_a_prefix_of_an_id_is_a_name) {
    given("pull -q alpine");
    given("create --name one alpine true");
    type({{"create --name one alpine true", "",
           daemon_says + "Conflict. The container name \"/one\" is already in use by container \"~\". You have to "
                         "remove (or rename) that container to be able to reuse that name.\n",
           1},
          {"run --name one alpine true", "",
           "docker: " + daemon_says + "Conflict. The container name \"/one\" ~\n\n~\n", 125},
          {"rename one one", "",
           daemon_says + "Renaming a container with the same name as its current name\nError: failed to rename "
                         "container named one\n",
           1}});
    const std::string id = terminal.type("ps -aq").out.substr(0, 12);
    type(
        {{"inspect -f '{{.Name}}' " + id.substr(0, 4), "/one\n", ""}, {"rm " + id, id + "\n", ""}, {"ps -aq", "", ""}});
}

TEST_F(Verbs, ps_shows_what_its_filters_and_its_format_say) {
    given("pull -q alpine");
    given("run -d --name up -l tier=web alpine sleep 1000");
    given("run --name done alpine true");
    terminal.type("run --name bad alpine sh -c 'exit 3'");
    given("create --name new alpine true");
    const std::string names = "--format '{{.Names}}'";
    type({{"ps " + names, "up\n", ""},
          {"ps -a " + names, "new\nbad\ndone\nup\n", ""},
          {"ps -l " + names, "new\n", ""},
          {"ps -n 2 " + names, "new\nbad\n", ""},
          {"ps -a -f status=exited " + names, "bad\ndone\n", ""},
          {"ps -f status=exited " + names, "bad\ndone\n", ""},
          {"ps -a -f exited=3 " + names, "bad\n", ""},
          {"ps -a -f status=created " + names, "new\n", ""},
          {"ps -a -f name=^do " + names, "done\n", ""},
          {"ps -a -f name=o " + names, "done\n", ""},
          {"ps -f label=tier " + names, "up\n", ""},
          {"ps -f label=tier=db " + names, "", ""},
          {"ps -a -f ancestor=alpine -f status=running " + names, "up\n", ""},
          {"ps --format 'table {{.Names}}\\t{{.Image}}'", "NAMES     IMAGE\nup        alpine\n", ""},
          {"ps --format json",
           "{\"Command\":\"\\\"sleep 1000\\\"\",~\"Image\":\"alpine\",\"Labels\":\"tier=web\",~\"Names\":\"up\",~}\n",
           ""},
          {"ps -a --no-trunc -q -f name=up", "~\n", ""},
          {"logs done", "", ""},
          {"container ls -q", "~\n", ""}});
    EXPECT_EQ(terminal.type("ps -q --no-trunc").out.size(), 65U);
    EXPECT_EQ(terminal.type("ps -q").out.size(), 13U);
}

TEST_F(Verbs, images_come_get_names_and_go) {
    type(
        {{"images", "REPOSITORY   TAG       IMAGE ID   CREATED   SIZE\n", ""},
         {"pull alpine",
          "Using default tag: latest\nlatest: Pulling from library/alpine\n~: Pulling fs layer\n~: Download "
          "complete\n~: Pull complete\nDigest: sha256:~\nStatus: Downloaded newer image for "
          "alpine:latest\ndocker.io/library/alpine:latest\n",
          ""},
         {"pull alpine",
          "Using default tag: latest\nlatest: Pulling from library/alpine\nDigest: sha256:~\nStatus: Image is up to "
          "date for alpine:latest\ndocker.io/library/alpine:latest\n",
          ""},
         {"pull -q alpine", "docker.io/library/alpine:latest\n", ""},
         {"images", "REPOSITORY   TAG       IMAGE ID       CREATED   ~ SIZE\nalpine       latest    ~ ago   ~MB\n", ""},
         {"tag alpine mine:1", "", ""},
         {"images --format '{{.Repository}}:{{.Tag}}'", "alpine:latest\nmine:1\n", ""},
         {"images mine -q", "~\n", ""},
         {"rmi alpine", "Untagged: alpine:latest\n", ""},
         {"create --name user mine:1 true", "~\n", ""},
         {"rmi mine:1", "",
          daemon_says + "conflict: unable to remove repository reference \"mine:1\" (must force) - container ~ is "
                        "using its referenced image ~\n",
          1},
         {"rm user", "user\n", ""},
         {"inspect --type image -f '{{json .RepoTags}}' mine:1", "[\"mine:1\"]\n", ""}});
    const Answer removed = terminal.type("rmi mine:1");
    EXPECT_EQ(removed.status, 0);
    EXPECT_TRUE(removed.out.starts_with("Untagged: mine:1\n")) << removed.out;
    EXPECT_NE(removed.out.find("Deleted: sha256:"), std::string::npos);
    type({{"images -q", "", ""}});
}

TEST_F(Verbs, networks_are_apart_but_for_what_is_published) {
    given("network create left");
    given("network create right");
    given("run -d --network left --name aa nginx");
    given("run -d --network right -p 8080:80 --name bb nginx");
    type({{"exec aa curl -s -o /dev/null -w '%{http_code}' http://172.18.0.2", "200", ""},
          {"exec aa curl -s -m 2 http://172.19.0.2", "", "", 28},
          {"exec aa curl -s -o /dev/null -w '%{http_code}' http://172.18.0.1:8080", "200", ""}});
}

TEST_F(Verbs, nginx_ends_where_its_root_is_read_only) {
    given("pull nginx");
    type({{"run --rm --read-only --entrypoint nginx nginx -g 'daemon off;'", "",
           "~ [emerg] 1#1: mkdir() \"/var/cache/nginx/client_temp\" failed (30: Read-only file system)\n"
           "nginx: [emerg] mkdir() \"/var/cache/nginx/client_temp\" failed (30: Read-only file system)\n",
           1}});
}

TEST_F(Verbs, a_verb_of_dockers_that_is_not_built_is_refused_as_such) {
    type({{"search nginx", "", "cutaway: 'docker search' is not built yet; 'cutaway --help' says what is\n", 1},
          {"volume update a", "", "cutaway: 'docker volume update' is not built yet; 'cutaway --help' says what is\n",
           1},
          {"frobnicate", "", "docker: unknown command: docker frobnicate\n\nRun 'docker --help' for more information\n",
           1}});
}

}  // namespace
}  // namespace cutaway::cli
