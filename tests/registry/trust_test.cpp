// SPDX-License-Identifier: Apache-2.0
// Which registries are spoken to how: what daemon.json says, and what is tried.
#include <gtest/gtest.h>

#include "tests/registry/fixture.h"

namespace cutaway::registry::test {
namespace {

TEST(Trust, the_list_of_insecure_registries_is_read_as_docker_writes_it) {
    const auto both =
        insecure_registries(R"({"debug": true, "insecure-registries": ["r.example:5000", "10.0.0.0/8"]})");
    ASSERT_TRUE(both) << both.error().doing;
    EXPECT_EQ(*both, (std::vector<std::string>{"r.example:5000", "10.0.0.0/8"}));
    EXPECT_TRUE(insecure_registries("{}").value_or(std::vector<std::string>{"x"}).empty());
    for (const char* damaged :
         {"", "[]", "{", R"({"insecure-registries": "r"})", R"({"insecure-registries": {"a": "b"}})",
          R"({"insecure-registries": [1]})", R"({"insecure-registries": [""]})",
          R"({"insecure-registries": ["10.0.0.0/33"]})", R"({"insecure-registries": ["http://r.example"]})",
          R"({"insecure-registries": ["fd00::/8"]})"}) {
        EXPECT_FALSE(insecure_registries(damaged)) << damaged;
    }
}

TEST(Trust, a_name_is_insecure_by_its_whole_text_and_an_address_by_its_network) {
    const Trust trust{{"r.example:5000", "10.1.0.0/16", "0.0.0.0/0x"}, {}};
    struct Case {
        const char* host;
        bool insecure;
    };
    for (const Case& one : {Case{"r.example:5000", true}, Case{"r.example", false}, Case{"r.example:50000", false},
                            Case{"below.r.example:5000", false}, Case{"10.1.2.3:80", true}, Case{"10.1.2.3", true},
                            Case{"10.2.2.3", false}, Case{"10.1.2.3.example", false}, Case{"8.8.8.8", false}}) {
        EXPECT_EQ(is_insecure(trust, one.host), one.insecure) << one.host;
    }
    EXPECT_TRUE(is_insecure({{"0.0.0.0/0"}, {}}, "8.8.8.8"));
}

TEST(Trust, loopback_is_plain_unless_it_has_certificates_and_nothing_else_is) {
    const Trust trust{{}, {"localhost:5001"}};
    EXPECT_EQ(endpoint_of("localhost:5000", trust)->url.scheme, "http");
    EXPECT_EQ(endpoint_of("localhost:5001", trust)->url.scheme, "https");
    EXPECT_EQ(endpoint_of("r.example", trust)->url.scheme, "https");
    EXPECT_FALSE(endpoint_of("r.example", trust)->either);
}

class Reaching : public ::testing::Test {
protected:
    std::string resolve() {
        Settings settings;
        settings.trust.insecure = {"r.example"};
        Client client(world_.world, settings);
        const Result<Resolved> resolved = client.resolve(name("r.example/a:1"));
        EXPECT_EQ(world_.narrator.open, 0);
        return resolved ? "it worked" : resolved.error().doing;
    }
    TestWorld world_;
};

TEST_F(Reaching, an_insecure_registry_that_speaks_tls_is_never_asked_in_the_clear) {
    world_.transport.peer = [](const world::HttpRequest&) { return answer(404, {}, ""); };
    resolve();
    EXPECT_EQ(world_.transport.lines().front(), "GET https://r.example/v2/");
    for (const std::string& line : world_.transport.lines()) {
        EXPECT_EQ(line.find(" http:"), std::string::npos) << line;
    }
}

TEST_F(Reaching, one_that_does_not_is_asked_once_and_then_in_the_clear) {
    world_.transport.peer = [](const world::HttpRequest& request) -> Result<world::HttpResponse> {
        if (request.url.starts_with("https:")) {
            return fail(Errc::network, "no TLS here");
        }
        return answer(404, {}, "");
    };
    resolve();
    const std::vector<std::string> lines = world_.transport.lines();
    ASSERT_EQ(lines.size(), 3U);
    EXPECT_EQ(lines[0], "GET https://r.example/v2/");
    EXPECT_EQ(lines[1], "HEAD http://r.example/v2/a/manifests/1");
    EXPECT_TRUE(world_.clock.slept.empty()) << "it was tried again";
}

TEST_F(Reaching, a_server_that_wants_to_know_who_we_are_is_not_asked_in_the_clear_instead) {
    world_.transport.peer = [](const world::HttpRequest&) -> Result<world::HttpResponse> {
        return fail(Errc::denied, "the server asks for a client certificate");
    };
    EXPECT_NE(resolve().find("the server asks for a client certificate"), std::string::npos);
    EXPECT_EQ(world_.transport.requests.size(), 1U);
}

}  // namespace
}  // namespace cutaway::registry::test
