// SPDX-License-Identifier: Apache-2.0
// ip and ping in containers and on the host: they see the namespace that they are in, and nothing that no cable reaches.
#include "tests/cli/verbs.h"

namespace cutaway::cli {
namespace {

TEST_F(Verbs, ip_shows_the_links_addresses_and_routes_of_its_namespace) {
    given("run -d --name box alpine sleep 1000");
    type({{"exec box ip addr",
           "1: lo: <LOOPBACK,UP,LOWER_UP> mtu 65536 qdisc noqueue state UNKNOWN qlen 1000\n"
           "    link/loopback 00:00:00:00:00:00 brd 00:00:00:00:00:00\n    inet 127.0.0.1/8 scope host lo\n"
           "       valid_lft forever preferred_lft forever\n"
           "~: eth0@if~: <BROADCAST,MULTICAST,UP,LOWER_UP> mtu 1500 qdisc noqueue state UP \n"
           "    link/ether ~ brd ff:ff:ff:ff:ff:ff\n    inet 172.17.0.2/16 brd 172.17.255.255 scope global eth0\n"
           "       valid_lft forever preferred_lft forever\n",
           ""},
          {"exec box ip route",
           "default via 172.17.0.1 dev eth0 \n172.17.0.0/16 dev eth0 scope link  src 172.17.0.2 \n", ""},
          {"exec box ip -br a", "lo ~UNKNOWN ~127.0.0.1/8 \neth0@if~ UP ~172.17.0.2/16 \n", ""},
          {"exec box ip link show dev lo", "1: lo: ~\n    link/loopback 00:00:00:00:00:00 brd 00:00:00:00:00:00\n", ""},
          {"exec box ip a show eth9", "", "ip: can't find device 'eth9'\n", 1},
          {"exec box ip neigh", "", "ip: neigh: not modelled\n", 127},
          {"run --rm --network none alpine ip route", "", ""},
          {"run --rm --network none alpine ip -br link", "lo ~UNKNOWN ~<LOOPBACK,UP,LOWER_UP> \n", ""}});
    EXPECT_NE(given("sh -c 'ip addr show cutaway0'").find("inet 172.17.0.1/16"), std::string::npos);
    EXPECT_NE(given("sh -c 'ip link'").find("master cutaway0"), std::string::npos);
}

TEST_F(Verbs, ping_reaches_what_a_cable_reaches) {
    given("network create one");
    given("network create two");
    given("run -d --name aa --network one alpine sleep 1000");
    given("run -d --name bb --network one alpine sleep 1000");
    given("run -d --name cc --network two alpine sleep 1000");
    type({{"exec aa ping -c 2 bb",
           "PING bb (172.18.0.3): 56 data bytes\n64 bytes from 172.18.0.3: seq=0 ttl=64 time=~ ms\n"
           "64 bytes from 172.18.0.3: seq=1 ttl=64 time=~ ms\n\n--- bb ping statistics ---\n"
           "2 packets transmitted, 2 packets received, 0% packet loss\nround-trip min/avg/max = ~ ms\n",
           ""},
          {"exec aa ping -c 1 cc", "", "ping: bad address 'cc'\n", 1},
          {"exec aa ping -c 1 -W 2 172.19.0.2",
           "PING 172.19.0.2 (172.19.0.2): 56 data bytes\n\n--- 172.19.0.2 ping statistics ---\n"
           "1 packets transmitted, 0 packets received, 100% packet loss\n",
           "", 1},
          {"run --rm --network none alpine ping -c 1 172.17.0.1", "", "ping: sendto: Network is unreachable\n", 1},
          {"exec aa ping -c 1 -q localhost",
           "PING localhost (127.0.0.1): 56 data bytes\n\n--- localhost ping statistics ---\n"
           "1 packets transmitted, 1 packets received, 0% packet loss\nround-trip min/avg/max = ~ ms\n",
           ""},
          {"exec aa ping -c 1 -s 9 bb", "", "ping: option -s: not modelled\n", 127}});
    const Answer ours = terminal.type("sh -c 'ping -c 1 172.18.0.2'");
    EXPECT_EQ(ours.status, 0) << ours.err;
    EXPECT_NE(ours.out.find("1 packets transmitted, 1 received, 0% packet loss"), std::string::npos) << ours.out;
    EXPECT_EQ(terminal.type("sh -c 'ping -c 1 nosuch'").err, "ping: nosuch: Name or service not known\n");
    given("pause bb");
    EXPECT_EQ(terminal.type("exec aa ping -c 1 bb").status, 0) << "the kernel answers, not the process";
    given("rm -f bb");
    EXPECT_EQ(terminal.type("exec aa ping -c 1 -W 1 172.18.0.3").status, 1);
}

}  // namespace
}  // namespace cutaway::cli
