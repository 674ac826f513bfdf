// SPDX-License-Identifier: Apache-2.0
// `cutaway model fault`: what a person sees of a pull or a push when the simulated registry does wrong on demand.
#include "tests/cli/verbs.h"

namespace cutaway::cli {
namespace {

const std::string own = "registry.example.com";

struct Fault : Verbs {
    void log_in() {
        const Answer answer = terminal.perform({"login", "-u", "learner", "--password-stdin", own}, "look-inside");
        EXPECT_EQ(answer.status, 0) << answer.err;
    }
};

TEST_F(Fault, that_lasts_is_told_in_dockers_words_until_it_is_cleared) {
    const std::vector<std::pair<std::string, std::string>> table{
        {"404", "manifest for alpine:latest not found: manifest unknown: manifest unknown\n"},
        {"403",
         "pull access denied for alpine, repository does not exist or may require 'docker login': denied: requested "
         "access to the resource is denied\n"},
        {"401", "unauthorized: authentication required\n"},
        {"429 --times 0",
         "toomanyrequests: You have reached your unauthenticated pull rate limit. "
         "https://www.docker.com/increase-rate-limit\n"},
        {"500 --times 0", "received unexpected HTTP status: 500\n"},
        {"corrupt", "layer does not match its digest: expected sha256:~, computed sha256:~\n"},
        {"truncated", "layer sha256:~ has 42 bytes at the registry, not the ~ that the manifest says\n"},
        {"reset --times 0", "gave up on layer ~ at byte ~: connection reset by peer\n"},
        {"refused", "dial tcp: connect to registry-1.docker.io: connection refused\n"},
    };
    for (const auto& [fault, error] : table) {
        given("model fault " + fault);
        const Answer answer = terminal.type("pull -q alpine");
        EXPECT_TRUE(fits(answer.err, daemon_says + error)) << fault << "\n" << answer.err;
        EXPECT_EQ(answer.status, 1) << fault;
        given("model fault clear");
        EXPECT_EQ(given("model fault list"), "");
    }
    given("pull -q alpine");
}

// Seconds of simulated time that a command takes beside the five between two.
std::int64_t seconds(Fault& test, const std::string& command) {
    const std::int64_t before = std::stoll(test.given("sh -c 'date +%s'"));
    test.given(command);
    return std::stoll(test.given("sh -c 'date +%s'")) - before - 10;
}

TEST_F(Fault, that_strikes_once_costs_time_and_no_pull) {
    const std::int64_t plain = seconds(*this, "pull -q alpine");
    const std::vector<std::pair<std::string, std::int64_t>> table{
        {"429", 5}, {"429 --seconds 30", 30}, {"503", 2}, {"reset", 2}, {"slow", 10}, {"slow --seconds 45", 45}};
    for (const auto& [fault, cost] : table) {
        given("rmi alpine");
        given("model fault " + fault);
        const std::int64_t took = seconds(*this, "pull -q alpine");
        EXPECT_NEAR(static_cast<double>(took - plain), static_cast<double>(cost), 1.5) << fault;
        EXPECT_EQ(given("model fault list"), "") << fault << " has struck";
    }
}

TEST_F(Fault, of_a_push_is_told_or_tried_again) {
    log_in();
    given("pull -q alpine");
    given("tag alpine " + own + "/a:1");
    const std::vector<std::pair<std::string, std::string>> table{
        {"500 --method PUT --times 0", "received unexpected HTTP status: 500\n"},
        {"403 --at /uploads/", "denied: requested access to the resource is denied\n"},
        {"refused --method POST", "dial tcp: connect to " + own + ": connection refused\n"},
        {"401 --at /manifests/1", "unauthorized: authentication required\n"}};
    for (const auto& [fault, error] : table) {
        given("model fault " + fault);
        const Answer answer = terminal.type("push " + own + "/a:1");
        EXPECT_TRUE(fits(answer.err, error)) << fault << "\n" << answer.err;
        EXPECT_EQ(answer.status, 1) << fault;
        given("model fault clear");
    }
    given("model fault 503 --method PUT");
    given("model fault 429 --at /uploads/ --method POST");
    given("tag alpine " + own + "/b:1");
    given("push " + own + "/b:1");
    EXPECT_EQ(given("model fault list"), "") << "both have struck, and the push went through";
}

TEST_F(Fault, is_listed_as_it_will_strike_and_refused_where_it_makes_no_sense) {
    EXPECT_EQ(given("model fault corrupt --skip 3"), "corrupt  GET  at /blob, after 3 more, for ever\n");
    EXPECT_EQ(given("model fault 502 --method HEAD --times 2"), "502  HEAD  at /v2/, 2 times\n");
    EXPECT_EQ(given("model fault list"),
              "corrupt  GET  at /blob, after 3 more, for ever\n502  HEAD  at /v2/, 2 times\n");
    given("model undo");
    EXPECT_EQ(given("model fault list"), "corrupt  GET  at /blob, after 3 more, for ever\n");
    type({{"model fault bogus", "", "there is no fault \"bogus\"; cutaway model fault --help lists them\n", 1},
          {"model fault 418", "", "there is no fault \"418\"; cutaway model fault --help lists them\n", 1},
          {"model fault corrupt 404", "", "one kind at a time: 404 is too much\n", 1},
          {"model fault corrupt --times -1", "", "--times takes a number from 0 to 1000000\n", 1},
          {"model fault corrupt --bogus", "", "unknown flag: --bogus\n", 1},
          {"model fault list all", "", "cutaway model fault list takes no arguments\n", 1}});
    EXPECT_NE(given("model fault --help").find("Retry-After"), std::string::npos);
}

}  // namespace
}  // namespace cutaway::cli
