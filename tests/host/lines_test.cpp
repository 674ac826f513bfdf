// SPDX-License-Identifier: Apache-2.0
// One connection for many exchanges: what is used again, what is not, and what a server sees of it. And a server that
// stops in the middle of a body.
#include <algorithm>
#include <array>
#include <string>

#include "core/oci/digest.h"
#include "core/registry/client.h"
#include "tests/host/line_server.h"
#include "tests/host/machine.h"

namespace cutaway::host {
namespace {

using Then = LineAnswer::Then;

HostOptions options() { return {"/tmp", "/tmp", CUTAWAY_INIT_PROGRAM, CUTAWAY_HTTP_MODULE, {}}; }

struct Told {
    int status = 0;
    std::string body;
};

Result<std::string> read_rest(world::Source& body) {
    std::array<char, 65536> piece;
    std::string text;
    for (;;) {
        const std::size_t got = TRY(body.read(piece));
        if (got == 0) {
            return text;
        }
        text.append(piece.data(), got);
    }
}

Told ask(HostWorld& host, const std::string& method, const std::string& url, std::vector<world::Pair> headers = {}) {
    Result<world::HttpResponse> response = host.world().transport.send({method, url, std::move(headers), ""}, nullptr);
    if (!response) {
        return {0, response.error().doing};
    }
    const Result<std::string> body = read_rest(*response->body);
    return {response->status, body ? *body : body.error().doing};
}

TEST(Lines, ManyExchangesTakeOneConnection) {
    LineServer server([](const std::string& question) -> LineAnswer {
        if (question.starts_with("HEAD")) {
            return {"HTTP/1.1 200 OK\r\nContent-Length: 5000\r\n\r\n"};
        }
        const bool missing = question.find("/missing") != std::string::npos;
        return {missing ? http_answer(404, "", "no") : http_answer(200, "", "yes")};
    });
    HostWorld host(options());
    for (int i = 0; i < 3; ++i) {
        EXPECT_EQ(ask(host, "GET", server.url()).body, "yes");
        EXPECT_EQ(ask(host, "HEAD", server.url()).status, 200);
        EXPECT_EQ(ask(host, "GET", server.url("/missing")).status, 404);
        EXPECT_EQ(ask(host, "POST", server.url("/upload")).body, "yes");
    }
    EXPECT_EQ(server.questions().size(), 12U);
    EXPECT_EQ(server.connections(), 1);
}

TEST(Lines, AnAnswerWhoseBodyNobodyWantedKeepsItsLineIfThereIsNone) {
    LineServer server(
        [](const std::string&) -> LineAnswer { return {http_answer(307, "Location: http://127.0.0.1:1/\r\n", "")}; });
    HostWorld host(options());
    for (int i = 0; i < 4; ++i) {
        const auto response = host.world().transport.send({"HEAD", server.url(), {}, ""}, nullptr);
        ASSERT_TRUE(response);
        EXPECT_EQ(response->status, 307);
    }
    EXPECT_EQ(server.connections(), 1);
}

TEST(Lines, TwoAtOneTimeHaveALineEach) {
    LineServer server([](const std::string&) -> LineAnswer { return {http_answer(200, "", std::string(100, 'x'))}; });
    HostWorld host(options());
    for (int round = 0; round < 3; ++round) {
        auto one = host.world().transport.send({"GET", server.url(), {}, ""}, nullptr);
        auto other = host.world().transport.send({"GET", server.url(), {}, ""}, nullptr);
        ASSERT_TRUE(one && other);
        EXPECT_EQ(read_rest(*one->body).value_or("").size(), 100U);
        EXPECT_EQ(read_rest(*other->body).value_or("").size(), 100U);
    }
    EXPECT_EQ(server.connections(), 2);
}

TEST(Lines, WhatWasLeftInTheMiddleIsNotUsedAgain) {
    LineServer server([](const std::string& question) -> LineAnswer {
        return {
            http_answer(200, "", question.find("/big") == std::string::npos ? "small" : std::string(8U << 20U, 'b'))};
    });
    HostWorld host(options());
    {
        auto big = host.world().transport.send({"GET", server.url("/big"), {}, ""}, nullptr);
        ASSERT_TRUE(big);
        std::array<char, 10> few{};
        EXPECT_GT(big->body->read(few).value_or(0), 0U);
    }
    EXPECT_EQ(ask(host, "GET", server.url()).body, "small");
    EXPECT_EQ(server.connections(), 2);
}

TEST(Lines, ALineThatTheServerClosedIsReplaced) {
    LineServer server([](const std::string&) -> LineAnswer { return {http_answer(200, "", "yes"), Then::hang_up}; });
    HostWorld host(options());
    for (int i = 0; i < 3; ++i) {
        EXPECT_EQ(ask(host, "GET", server.url()).body, "yes") << i;
    }
    EXPECT_EQ(server.connections(), 3);
}

// Who asks is said in each question and by no line.
TEST(Lines, CredentialsStayInTheirQuestionAndLinesWithTheirOrigin) {
    const auto yes = [](const std::string&) -> LineAnswer { return {http_answer(200, "", "yes")}; };
    LineServer one(yes);
    LineServer other(yes);
    HostWorld host(options());
    EXPECT_EQ(ask(host, "GET", one.url(), {{"Authorization", "Bearer secret"}}).body, "yes");
    EXPECT_EQ(ask(host, "GET", one.url()).body, "yes");
    EXPECT_EQ(ask(host, "GET", other.url()).body, "yes");
    EXPECT_EQ(one.connections(), 1);
    EXPECT_EQ(other.connections(), 1);
    ASSERT_EQ(one.questions().size(), 2U);
    EXPECT_NE(one.questions()[0].find("Authorization: Bearer secret"), std::string::npos);
    EXPECT_EQ(one.questions()[1].find("Authorization"), std::string::npos);
    EXPECT_EQ(other.questions().at(0).find("Authorization"), std::string::npos);
}

std::size_t asked_from(const std::string& question) {
    const std::size_t at = question.find("Range: bytes=");
    return at == std::string::npos ? 0 : std::stoul(question.substr(at + 13));
}

// The server sends half of what is wanted and then nothing, without an end, as often as it is asked.
TEST(Lines, ABodyThatStandsStillIsLeftAndTheRestIsAskedFor) {
    const std::string blob(100'000, 'z');
    LineServer server([&blob](const std::string& question) -> LineAnswer {
        if (question.find("/blobs/") == std::string::npos) {
            return {http_answer(200, "", "{}")};
        }
        const std::size_t from = asked_from(question);
        const std::string range = "Content-Range: bytes " + std::to_string(from) + "-" +
                                  std::to_string(blob.size() - 1) + "/" + std::to_string(blob.size()) + "\r\n";
        std::string answer = http_answer(from == 0 ? 200 : 206, from == 0 ? "" : range, blob.substr(from));
        if (from >= 75'000) {
            return {answer};
        }
        answer.resize(answer.size() - (blob.size() - from) / 2);
        return {answer, Then::stand};
    });
    HostOptions hasty = options();
    hasty.http.patience_ms = 500;
    HostWorld host(hasty);
    registry::Settings settings;
    settings.retry.first_wait_ns = 1'000'000;
    settings.retry.attempts = 50;
    registry::Client client(host.world(), settings);
    oci::Descriptor wanted;
    wanted.digest = oci::digest_of(blob);
    wanted.size = static_cast<std::int64_t>(blob.size());
    const auto reference = oci::parse_reference(server.authority() + "/stalled:1");
    ASSERT_TRUE(reference);
    auto source = client.fetch_blob(*reference, wanted);
    ASSERT_TRUE(source) << source.error().doing;
    const Result<std::string> got = read_rest(**source);
    ASSERT_TRUE(got) << got.error().doing;
    EXPECT_EQ(*got, blob);
    std::vector<std::size_t> ranges;
    for (const std::string& question : server.questions()) {
        if (question.find("/blobs/") != std::string::npos) {
            ranges.push_back(asked_from(question));
        }
    }
    // On a slow machine the patience may end somewhere else too; it always goes on where it stood.
    EXPECT_GE(ranges.size(), 3U);
    EXPECT_EQ(ranges.front(), 0U);
    EXPECT_TRUE(std::is_sorted(ranges.begin(), ranges.end()));
    EXPECT_GE(ranges.back(), 75'000U);
}

}  // namespace
}  // namespace cutaway::host
