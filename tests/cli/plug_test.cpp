// SPDX-License-Identifier: Apache-2.0
// Networks plugged and unplugged, the init that --init puts before a program, and what --restart does, as they are typed
// in the model.
#include "tests/cli/verbs.h"

namespace cutaway::cli {
namespace {

// --- network connect, network disconnect ----------------------------------------------------------------------------

struct Plugging : Verbs {
    Plugging() {
        given("pull -q alpine");
        given("network create one");
        given("network create --subnet 10.9.0.0/24 two");
        given("run -d --name web --network one alpine sleep 1000");
        given("run -d --name db --network two --network-alias base alpine sleep 1000");
    }
    static std::string networks_of(const std::string& name) {
        return "inspect -f '{{range $n, $e := .NetworkSettings.Networks}}{{$n}} {{$e.IPAddress}} {{end}}' " + name;
    }
};

TEST_F(Plugging, a_container_that_runs_is_plugged_into_another_network_and_out_again) {
    type({{"exec web getent hosts db", "", "", 2},
          {"network connect --alias front two web", "", ""},
          {networks_of("web"), "one 172.18.0.2 two 10.9.0.3 \n", ""},
          {"exec web getent hosts db", "10.9.0.2        db\n", ""},
          {"exec web getent hosts base", "10.9.0.2        base\n", ""},
          {"exec db getent hosts front", "10.9.0.3        front\n", ""},
          {"ps --filter network=two --format '{{.Names}}'", "db\nweb\n", ""},
          {"network disconnect two web", "", ""},
          {networks_of("web"), "one 172.18.0.2 \n", ""},
          {"exec web getent hosts db", "", "", 2},
          {"exec db getent hosts front", "", "", 2}});
}

TEST_F(Plugging, the_way_out_moves_when_the_first_network_goes) {
    type({{"network connect two web", "", ""},
          {"network disconnect one web", "", ""},
          {networks_of("web"), "two 10.9.0.3 \n", ""},
          {"exec web cat /etc/hosts", "127.0.0.1\tlocalhost\n~\n~\n~\n~\n~\n10.9.0.3\t~\n", ""},
          {"restart -t 0 web", "web\n", ""},
          {networks_of("web"), "two 10.9.0.3 \n", ""}});
}

TEST_F(Plugging, names_are_answered_for_who_had_none_to_ask) {
    given("run -d --name plain alpine sleep 1000");
    type({{"exec plain getent hosts db", "", "", 2},
          {"network connect two plain", "", ""},
          {"exec plain getent hosts db", "10.9.0.2        db\n", ""},
          {"exec plain grep nameserver /etc/resolv.conf", "nameserver 127.0.0.11\n", ""}});
}

TEST_F(Plugging, a_container_that_does_not_run_is_plugged_in_when_it_starts) {
    given("create --name later --network one alpine sleep 1000");
    type({{"network connect --ip 10.9.0.77 --alias seven two later", "", ""},
          {networks_of("later"), "one  two  \n", ""},
          {"start later", "later\n", ""},
          {networks_of("later"), "one 172.18.0.3 two 10.9.0.77 \n", ""},
          {"exec db getent hosts seven", "10.9.0.77       seven\n", ""},
          {"stop -t 0 later", "later\n", ""},
          {"network disconnect one later", "", ""},
          {"start later", "later\n", ""},
          {networks_of("later"), "two 10.9.0.77 \n", ""},
          {"network rm two", "", daemon_says + "error while removing network: network two has active endpoints (~)\n",
           1}});
}

TEST_F(Plugging, what_docker_refuses_is_refused_in_its_words) {
    given("run -d --name plain alpine sleep 1000");
    given("run -d --name bare --network none alpine sleep 1000");
    given("run -d --name wide --network host alpine sleep 1000");
    given("run -d --name guest --network container:web alpine sleep 1000");
    const std::string shared =
        "container sharing network namespace with another container or host cannot be connected to any other network\n";
    const std::string alone =
        "container cannot be connected to multiple networks with one of the networks in private (none) mode\n";
    const auto wishes = [](const std::string& network, const std::string& why) {
        return daemon_says + "invalid config for network " + network + ": invalid endpoint settings:\n" + why + "\n";
    };
    type({{"network connect nope web", "", daemon_says + "network nope not found\n", 1},
          {"network connect one nope", "", daemon_says + "No such container: nope\n", 1},
          {"network connect one web", "", daemon_says + "endpoint with name web already exists in network one\n", 1},
          {"network connect host web", "",
           daemon_says + "cannot connect container to host network - container must be created in host network mode\n",
           1},
          {"network connect none web", "", daemon_says + alone, 1},
          {"network connect one bare", "", daemon_says + alone, 1},
          {"network connect one wide", "", daemon_says + shared, 1},
          {"network connect one guest", "", daemon_says + shared, 1},
          {"network connect --ip 172.18.0.9 one db", "",
           wishes("one",
                  "user specified IP address is supported only when connecting to networks with user configured "
                  "subnets"),
           1},
          {"network connect --ip 10.8.0.9 two web", "",
           wishes("two", "no configured subnet contains IP address 10.8.0.9"), 1},
          {"network connect --ip 10.9.0.2 two web", "", daemon_says + "Address already in use\n", 1},
          {"network connect --alias x bridge web", "",
           wishes("bridge", "network-scoped aliases are only supported for user-defined networks"), 1},
          {"network disconnect two web", "", daemon_says + "container ~ is not connected to network two\n", 1},
          {"network disconnect host wide", "",
           daemon_says + "cannot disconnect container from host network - container was created in host network mode\n",
           1},
          {networks_of("web"), "one 172.18.0.2 \n", ""}});
}

TEST_F(Plugging, what_is_published_goes_with_the_link_it_came_by) {
    given("run -d --name site --network one -p 8080:80 nginx");
    type({{"sh -c 'curl -s -o /dev/null -w %{http_code} localhost:8080'", "200", ""},
          {"network connect two site", "", ""},
          {"network disconnect one site", "", ""},
          {"sh -c 'curl -s -o /dev/null -w %{http_code} localhost:8080'", "200", ""},
          {"network disconnect two site", "", ""},
          {"sh -c 'curl -s -o /dev/null localhost:8080'", "", "", 7},
          {"rm -f site", "site\n", ""}});
}

// --- --init -----------------------------------------------------------------------------------------------------------

struct First : Verbs {
    First() { given("pull -q alpine"); }
};

TEST_F(First, an_init_stands_before_the_program_and_hands_on_signals) {
    given("run -d --name with --init alpine sleep 1000");
    given("run -d --name without alpine sleep 1000");
    type({{"top with", "UID~\n~ /sbin/docker-init -- sleep 1000\n~ sleep 1000\n", ""},
          {"inspect -f '{{.HostConfig.Init}} {{.Path}}' with", "true sleep\n", ""},
          {"stop with", "with\n", ""},
          {"inspect -f '{{.State.ExitCode}}' with", "143\n", ""},
          {"stop -t 1 without", "without\n", ""},
          {"inspect -f '{{.State.ExitCode}}' without", "137\n", ""},
          {"run --rm --init alpine sh -c 'exit 7'", "", "", 7},
          {"run --rm --init alpine nosuch", "", "[FATAL tini (~)] exec nosuch failed: No such file or directory\n",
           127}});
}

// --- --restart --------------------------------------------------------------------------------------------------------

struct Restarting : Verbs {
    Restarting() {
        terminal.line().clock = "advance:0s";  // here every second counts
        given("pull -q alpine");
    }
    static std::string state_of(const std::string& name) {
        return "inspect -f '{{.State.Status}} {{.State.ExitCode}} {{.RestartCount}}' " + name;
    }
};

TEST_F(Restarting, on_failure_tries_again_as_often_as_it_may) {
    given("run -d --name job --restart on-failure:2 alpine sh -c 'echo try; exit 3'");
    type({{"sh -c 'sleep 5'", "", ""},
          {state_of("job"), "exited 3 2\n", ""},
          {"logs job", "try\ntry\ntry\n", ""},
          {"run -d --name fine --restart on-failure alpine true", "~\n", ""},
          {"sh -c 'sleep 2'", "", ""},
          {state_of("fine"), "exited 0 0\n", ""}});
}

TEST_F(Restarting, the_waits_grow_and_a_container_that_waits_says_so) {
    given("run -d --name loop --restart always alpine sh -c 'echo again; exit 1'");
    type({{"sh -c 'sleep 1'", "", ""},  // 100, 200, 400 ms: three more runs
          {"logs loop", "again\nagain\nagain\nagain\n", ""},
          {state_of("loop"), "restarting 1 4\n", ""},
          {"ps --format '{{.Names}} {{.Status}}'", "loop Restarting (1) ~ ago\n", ""},
          {"exec loop true", "", daemon_says + "Container ~ is restarting, wait until the container is running\n", 1},
          {"pause loop", "", daemon_says + "Container ~ is restarting, wait until the container is running\n", 1},
          {"rm loop", "",
           daemon_says +
               "cannot remove container \"loop\": container is restarting: stop the container before removing or force "
               "remove\n",
           1},
          {"start loop", "loop\n", ""},
          {"stop loop", "loop\n", ""},
          {state_of("loop"), "exited 1 4\n", ""},
          {"sh -c 'sleep 120'", "", ""},
          {state_of("loop"), "exited 1 4\n", ""},
          {"start loop", "loop\n", ""},
          {"sh -c 'sleep 0.5'", "", ""},
          {"rm -f loop", "loop\n", ""},
          {"ps -aq", "", ""}});
}

TEST_F(Restarting, a_container_comes_back_with_its_files_its_networks_and_its_names) {
    given("network create one");
    given("network create two");
    given("run -d --name other --network two alpine sleep 1000");
    given("run -d --name web --network one --restart always alpine sh -c 'echo x >> /count; sleep 20'");
    given("network connect two web");
    type({{"sh -c 'sleep 30'", "", ""},
          {state_of("web"), "running 0 1\n", ""},
          {"exec web cat /count", "x\nx\n", ""},
          {"exec web getent hosts other", "172.19.0.2      other\n", ""},
          {"exec other getent hosts web", "172.19.0.3      web\n", ""},
          {"kill -s TERM web", "web\n", ""},
          {"kill web", "web\n", ""},
          {"sh -c 'sleep 2'", "", ""},
          {state_of("web"), "exited 137 1\n", ""}});
}

TEST_F(Restarting, a_policy_can_be_given_and_taken_while_it_runs) {
    given("run -d --name web alpine sleep 5");
    type({{"update --restart unless-stopped web", "web\n", ""},
          {"inspect -f '{{.HostConfig.RestartPolicy.Name}}' web", "unless-stopped\n", ""},
          {"sh -c 'sleep 8'", "", ""},
          {state_of("web"), "running 0 1\n", ""},
          {"update --restart no web", "web\n", ""},
          {"sh -c 'sleep 8'", "", ""},
          {state_of("web"), "exited 0 1\n", ""}});
}

TEST_F(Restarting, in_the_foreground_the_first_end_is_told) {
    type({{"run --name fg --restart on-failure:1 alpine sh -c 'echo once; exit 4'", "once\n", "", 4},
          {"wait fg", "4\n", ""},
          {state_of("fg"), "exited 4 1\n", ""},
          {"logs fg", "once\nonce\n", ""}});
}

}  // namespace
}  // namespace cutaway::cli
