// SPDX-License-Identifier: Apache-2.0
// Canaries: a secret is planted in every place that a trace could carry it, and no written line may sing.
#include "core/trace/redact.h"

#include <string>
#include <vector>

#include <gtest/gtest.h>

#include "core/trace/file.h"
#include "core/trace/traced.h"
#include "tests/trace/fake_world.h"

namespace cutaway::trace {
namespace {

using namespace std::string_literals;
const std::string canary = "canary7f3a9c";

Event with(Body body) {
    Event event;
    event.kind = static_cast<EventKind>(body.index());
    event.body = std::move(body);
    return event;
}

std::string written(Event event) {
    redact(event);
    return to_text({}, {event});
}

TEST(Redact, NoCanarySingsInAnyLine) {
    const std::string c = canary;
    const std::string json = R"({"a":[{"token":")" + c + R"(","access_token":")" + c + R"("}],"refresh_token":")" + c +
                             R"(","Password":")" + c + R"(","identitytoken":")" + c + R"(","auths":{"r":{"auth":")" +
                             c + R"("}},"config":{"Env":["DB=)" + c + R"("],"Cmd":["x","--password=)" + c + R"("]}})";
    world::HttpRequest request;
    request.method = "POST";
    request.url = "https://user:" + c + "@r.example/v2?access_token=" + c + "&sig=" + c + "&X-Amz-Signature=" + c;
    for (const char* name :
         {"Authorization", "proxy-authorization", "Cookie", "X-Registry-Auth", "x-registry-config"}) {
        request.headers.push_back({name, "Bearer " + c});
    }
    request.body = "grant_type=refresh_token&refresh_token=" + c + "&password=" + c;
    CallEnd reply;
    reply.reply.headers = {{"set-cookie", "id=" + c}, {"location", "https://cdn/x?X-Amz-Credential=" + c + "&a=b"}};
    reply.reply.text = json;
    reply.reply.details = {{"url", "http://u:" + c + "@h/"}};
    reply.reply.system_calls = {{"connect", "token=" + c, 0, 0}};
    CallEnd failed;
    failed.failed = true;
    failed.error = "fetch https://u:" + c + "@r/v2/: token=" + c + " was refused";
    world::ContainerKnown container;
    container.command = "serve --api-token " + c + " --secret=" + c;
    container.error = "login?password=" + c;
    world::PlanMade plan;
    plan.calls.push_back({"init", world::Phase::exec, "exec", "", world::Execute{"/x", {"x"}, {"K=" + c}}});
    const std::vector<Body> bodies{
        world::Call{world::Execute{"/bin/x", {"x", "--token", c, "-e", "A=" + c}, {"SECRET=" + c, "PATH=/bin"}}},
        world::Call{request},
        world::Call{world::ApiRequest{"POST", "/create?token=" + c, json}},
        world::Call{world::Mount{"cifs", "//h/s", "/m", {"password=" + c}, "user=a,password=" + c}},
        world::Call{world::LoadSeccomp{"default", c}},
        world::Note{world::CommandTyped{{"cutaway", "run", "-e", "PW=" + c, "--env=A=" + c, "-itePW=" + c, "-dite",
                                         "B=" + c, "--env", "C=" + c, "--build-arg", "D=" + c, "nginx"}}},
        world::Note{world::CommandTyped{{"docker", "login", "-u", "me", "-p", c}}},
        world::Note{world::CommandTyped{{"docker", "login", "-p" + c, "--password", c, "--password=" + c}}},
        world::Note{world::Decision{"", "pull", "https://" + c + "@r/", "DB_PASSWORD='" + c + "'"}},
        world::Note{container},
        world::Note{plan},
        world::Observation{world::ProcessStarted{"c", 1, 0, 1, "mysqld --password " + c, 0, {}}},
        SpanEnd{true, Errc::io, "see http://x/?sig=" + c},
        world::SpanStart{world::Grain::step, world::Phase::none, "pull https://a:" + c + "@r", {}, "", false},
        reply,
        failed,
    };
    for (const Body& body : bodies) {
        const std::string line = written(with(body));
        EXPECT_EQ(line.find(canary), std::string::npos) << line;
        EXPECT_TRUE(line.find(blot) != std::string::npos || line.find("seccomp") != std::string::npos) << line;
    }
}

TEST(Redact, WhatIsNoSecretStays) {
    struct Case {
        std::vector<std::string> argv;
        std::vector<std::string> expected;
    };
    const std::string b(blot);
    const std::vector<Case> cases{
        {{"run", "-p", "8080:80", "--name", "web", "nginx"}, {"run", "-p", "8080:80", "--name", "web", "nginx"}},
        {{"run", "-e", "PATH=/bin", "-e", "NGINX_VERSION=1.27", "-e", "A"},
         {"run", "-e", "PATH=/bin", "-e", "NGINX_VERSION=1.27", "-e", "A"}},
        {{"run", "-e", "DB=x", "sh"}, {"run", "-e", "DB=" + b, "sh"}},
        {{"login", "-p", "x", "r.example"}, {"login", "-p", b, "r.example"}},
        {{"login", "--password-stdin", "r.example"}, {"login", "--password-stdin", "r.example"}},
        {{"sh", "-c", "echo token=abc; ls"}, {"sh", "-c", "echo token=" + b + "; ls"}},
        {{"run", "--memory=64m", "-v", "/a:/b"}, {"run", "--memory=64m", "-v", "/a:/b"}},
    };
    for (const Case& one : cases) {
        std::vector<std::string> argv = one.argv;
        redact_argv(argv);
        EXPECT_EQ(argv, one.expected);
    }
    std::vector<world::Pair> headers{{"Authorization", "Bearer abc"},
                                     {"authorization", "Basic abc"},
                                     {"authorization", "abc"},
                                     {"www-authenticate", "Bearer realm=\"https://a/token\",service=\"r\",scope=\"x\""},
                                     {"docker-content-digest", "sha256:00"}};
    redact_headers(headers);
    EXPECT_EQ(headers[0].value, "Bearer " + b);
    EXPECT_EQ(headers[1].value, "Basic " + b);
    EXPECT_EQ(headers[2].value, b);
    EXPECT_EQ(headers[3].value, "Bearer realm=\"https://a/token\",service=\"r\",scope=\"x\"");
    EXPECT_EQ(headers[4].value, "sha256:00");
    EXPECT_EQ(redacted_url("https://r/v2/x?scope=a&token=b#f"), "https://r/v2/x?scope=a&token=" + b + "#f");
    EXPECT_EQ(redacted_url("https://r/a@b"), "https://r/a@b");
}

TEST(Redact, FindsASecretInsideAnyTextAndLeavesProseAlone) {
    const std::string b(blot);
    const std::vector<std::pair<std::string, std::string>> cases{
        {"curl -H 'Authorization: Bearer x' u", "curl -H 'Authorization: Bearer " + b + "' u"},
        {"Cookie: a=x; b=y", "Cookie: " + b},
        {"X-Api-Key: x y", "X-Api-Key: " + b},
        {R"(-d {"user":"me","password": "a\"b"} u)", R"(-d {"user":"me","password": ")" + b + R"("} u)"},
        {R"({"password":"x","a":1})", R"({"password":")" + b + R"(","a":1})"},
        {"root:x/y@tcp(db)/z", b + "@tcp(db)/z"},
        {"dsn=root:x@tcp(db)/z", "dsn=" + b + "@tcp(db)/z"},
        {"DB_PASS=x,y true", "DB_PASS=" + b + " true"},
        {"user[password]=x&a=b", "user[password]=" + b + "&a=b"},
        {"http://h/?verify=x&a=b", "http://h/?verify=" + b + "&a=b"},
        {"get the token: refused", "get the token: refused"},
        {R"(exec: "/etc/passwd": permission denied)", R"(exec: "/etc/passwd": permission denied)"},
        {"must be a key=value pair", "must be a key=value pair"},
        {"docker.io/library/nginx:1.25@sha256:00", "docker.io/library/nginx:1.25@sha256:00"},
        {"vault/my-secret:1.0", "vault/my-secret:1.0"},
        {"me@example.com", "me@example.com"},
        {"@", "@"},
        {"a:@", "a:@"},
        {":", ":"},
        {R"("":)", R"("":)"},
        {R"("password":)", R"("password":)"},
        {"password=", "password="},
    };
    for (const auto& [text, expected] : cases) {
        std::string got = text;
        redact_text(got);
        EXPECT_EQ(got, expected);
        redact_text(got);
        EXPECT_EQ(got, expected) << "twice";
    }
    std::vector<std::string> argv{"x", "-token", "y", "z"};
    redact_argv(argv);
    EXPECT_EQ(argv, (std::vector<std::string>{"x", "-token", b, "z"}));
}

TEST(Redact, TheEnvironmentInAnImagesHistoryIsOneToo) {
    const std::string b(blot);
    const std::vector<std::pair<std::string, std::string>> cases{
        {"/bin/sh -c #(nop)  ENV APP=x", "/bin/sh -c #(nop)  ENV APP=" + b},
        {"ENV NGINX_VERSION=1.25 APP=\"x y\" PATH=/bin", "ENV NGINX_VERSION=1.25 APP=" + b + " PATH=/bin"},
        {"RUN |2 A=x B=y /bin/sh -c make CC=cc", "RUN |2 A=" + b + " B=" + b + " /bin/sh -c make CC=cc"},
        {"CMD [\"nginx\" \"-g\" \"daemon off;\"]", "CMD [\"nginx\" \"-g\" \"daemon off;\"]"},
        {"", ""},
    };
    for (const auto& [line, expected] : cases) {
        std::string got = line;
        redact_build_line(got);
        EXPECT_EQ(got, expected);
    }
}

TEST(Redact, BodiesKeepTheirShapeAndUnreadableOnesAreBlottedWhole) {
    const std::string b(blot);
    const std::vector<std::pair<std::string, std::string>> cases{
        {R"({"token":"x","expires_in":300})", R"({"token":")" + b + R"(","expires_in":300})"},
        {R"({ "token" : "" , "n" : [1, true, null] })", R"({"token":"","n":[1,true,null]})"},
        {R"({"token":{"deep":"x"}})", R"({"token":")" + b + R"("})"},
        {R"({"token":"x")", b},
        {R"({"to\u006ben":"x"})", b},
        {std::string(200, '[') + std::string(200, ']'), b},
        {"client=1&password=x", "client=1&password=" + b},
        {"", ""},
    };
    for (const auto& [body, expected] : cases) {
        std::string got = body;
        redact_body(got);
        EXPECT_EQ(got, expected);
    }
}

TEST(Redact, WhatAContainerPrintsIsItsOwn) {
    const Event event = with(world::Observation{world::OutputLine{"c", world::Stream::out, "password=hunter2"}});
    EXPECT_NE(written(event).find("hunter2"), std::string::npos);
}

TEST(Redact, TheRecorderBlotsForSinksAndGatesAndLeavesTheCallItselfAlone) {
    struct Nosy final : Gate {
        Status before(const Event& next) override {
            seen += to_text({}, {next});
            return {};
        }
        std::string seen;
    };
    FakeWorld fake;
    Recorder recorder(fake.clock, world::Evidence::performed);
    Memory memory;
    Nosy gate;
    recorder.add_sink(memory);
    recorder.set_gate(&gate);
    TracedWorld traced(fake.world, recorder);
    fake.transport.headers = {{"content-type", "application/json"}};
    fake.transport.body = R"({"token":")" + canary + "\"}";
    auto sent =
        traced.world().transport.send({"GET", "http://r/", {{"authorization", "Bearer " + canary}}, ""}, nullptr);
    std::array<char, 100> text{};
    const std::size_t size = *sent->body->read(text);
    EXPECT_EQ(std::string(text.data(), size), fake.transport.body) << "the engine gets the token";
    sent->body.reset();
    EXPECT_EQ(fake.transport.asked[0].headers[0].value, "Bearer " + canary);
    EXPECT_EQ((to_text({}, memory.events) + gate.seen).find(canary), std::string::npos);
    EXPECT_NE(gate.seen.find("Bearer "s + std::string(blot)), std::string::npos);
}

}  // namespace
}  // namespace cutaway::trace
