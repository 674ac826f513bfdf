// SPDX-License-Identifier: Apache-2.0
// The client against peers that lie: each answer is scripted, and the real network is never there.
#include <algorithm>

#include <gtest/gtest.h>

#include "tests/registry/fixture.h"

namespace cutaway::registry::test {
namespace {

constexpr std::string_view manifest_type = "application/vnd.oci.image.manifest.v1+json";

class Hostile : public ::testing::Test {
protected:
    Client client(CredentialsFor credentials = {}) { return Client(world_.world, {std::move(credentials), {}, {}}); }
    void peer(Peer peer) { world_.transport.peer = std::move(peer); }

    std::string resolve(std::string_view text, CredentialsFor credentials = {}) {
        const Result<Resolved> resolved = client(std::move(credentials)).resolve(name(text));
        return resolved ? "it worked" : resolved.error().doing;
    }
    // A registry that says 401 with that header; its token server hands out tokens that it does not accept.
    void challenge_with(const std::string& header) {
        peer([header](const world::HttpRequest& request) -> Result<world::HttpResponse> {
            if (request.url.find("token") != std::string::npos) {
                return answer(200, {}, R"({"token":"t"})");
            }
            return answer(401, {{"www-authenticate", header}}, "");
        });
    }
    std::string blob(const std::string& expected, Peer script, BlobCheck check = BlobCheck::digest) {
        peer(std::move(script));
        oci::Descriptor descriptor;
        descriptor.digest = oci::digest_of(expected);
        descriptor.size = static_cast<std::int64_t>(expected.size());
        Result<std::unique_ptr<world::Source>> source = client().fetch_blob(name("r.example/a"), descriptor, check);
        return source ? drain(source) : "!" + source.error().doing;
    }
    [[nodiscard]] bool any_request_to(std::string_view host) const {
        const auto& all = world_.transport.requests;
        return std::any_of(all.begin(), all.end(), [&](const world::HttpRequest& request) {
            return request.url.find("//" + std::string(host)) != std::string::npos;
        });
    }

    TestWorld world_;
};

CredentialsFor ada() {
    return [](std::string_view) -> Result<Credentials> { return Credentials{"ada", "lace", {}}; };
}

TEST_F(Hostile, a_realm_is_refused_if_it_leads_to_http_or_into_our_own_network) {
    for (const char* realm :
         {"http://auth.example/token", "https://127.0.0.1/token", "https://localhost/token", "https://10.0.0.1/token",
          "https://169.254.169.254/token", "https://[::1]/token", "https://[::ffff:192.168.0.1]/token",
          "https://0x7f000001/token", "https://u:p@a/token", "file:///token", "", "auth.example/token"}) {
        SCOPED_TRACE(realm);
        world_.transport.requests.clear();
        challenge_with("Bearer realm=\"" + std::string(realm) + "\"");
        EXPECT_EQ(resolve("r.example/a", ada()).substr(0, 12), "token server");
        EXPECT_EQ(world_.transport.requests.size(), 1U);
    }
}

TEST_F(Hostile, a_registry_on_loopback_may_have_its_token_server_there_too) {
    challenge_with("Bearer realm=\"http://127.0.0.1:5001/token\"");
    EXPECT_NE(resolve("localhost:5000/a").find("unauthorized"), std::string::npos);
    EXPECT_TRUE(any_request_to("127.0.0.1:5001"));
    EXPECT_TRUE(any_request_to("localhost:5000"));
    EXPECT_EQ(world_.transport.requests[0].url.substr(0, 7), "http://");
}

TEST_F(Hostile, a_registry_that_says_401_for_ever_is_asked_a_few_times_only) {
    for (const char* error : {"", ",error=\"invalid_token\"", ",error=\"insufficient_scope\",scope=\"other:x:pull\""}) {
        world_.transport.requests.clear();
        challenge_with("Bearer realm=\"https://auth.example/token\"" + std::string(error));
        EXPECT_NE(resolve("r.example/a"), "it worked");
        EXPECT_LE(world_.transport.requests.size(), 10U) << error;
    }
    world_.transport.requests.clear();
    challenge_with("Basic realm=x");
    EXPECT_EQ(resolve("r.example/a", ada()), "unauthorized: authentication required");
    EXPECT_LE(world_.transport.requests.size(), 4U);
}

TEST_F(Hostile, a_401_without_a_challenge_is_explained_by_the_registrys_root) {
    peer([](const world::HttpRequest& request) -> Result<world::HttpResponse> {
        if (request.url == "https://r.example/v2/") {
            return answer(401, {{"www-authenticate", "Bearer realm=\"https://auth.example/token\""}}, "");
        }
        if (request.url.find("auth.example") != std::string::npos) {
            return answer(200, {}, R"({"access_token":"good"})");
        }
        if (model::request_header(request, "authorization") != "Bearer good") {
            return answer(401, {}, "");
        }
        return answer(200,
                      {{"docker-content-digest", oci::to_text(oci::digest_of("x"))},
                       {"content-type", std::string(manifest_type)}},
                      "");
    });
    EXPECT_EQ(resolve("r.example/a"), "it worked");
}

TEST_F(Hostile, token_answers_that_cannot_be_meant_are_refused) {
    for (const std::string body :
         {"", "{}", "[]", R"({"token":""})", R"({"token":"a b"})", R"({"token":"a\r\nX-Y: z"})", R"({"token":5})",
          R"({"token":"t"} tail)", "{\"token\":\"t"}) {
        SCOPED_TRACE(body);
        peer([body](const world::HttpRequest& request) -> Result<world::HttpResponse> {
            if (request.url.find("token") != std::string::npos) {
                return answer(200, {}, body);
            }
            return answer(401, {{"www-authenticate", "Bearer realm=\"https://a.example/token\""}}, "");
        });
        EXPECT_EQ(resolve("r.example/a").substr(0, 25), "the token server's answer");
    }
}

TEST_F(Hostile, every_scope_is_asked_for_by_itself_and_credentials_go_along_as_basic) {
    challenge_with(
        "Bearer realm=\"https://auth.example/token?x=1\",service=\"s t\",scope=\"repository:b:pull "
        "repository:a:pull\"");
    resolve("r.example/a", ada());
    const world::HttpRequest& asked = world_.transport.requests[1];
    EXPECT_EQ(asked.url,
              "https://auth.example/"
              "token?x=1&account=ada&service=s%20t&scope=repository%3Aa%3Apull&scope=repository%3Ab%3Apull");
    EXPECT_EQ(model::request_header(asked, "authorization"), "Basic YWRhOmxhY2U=");
}

TEST_F(Hostile, an_identity_token_is_traded_by_post) {
    challenge_with("Bearer realm=\"https://auth.example/token\",service=\"s\"");
    resolve("r.example/a", [](std::string_view) -> Result<Credentials> { return Credentials{"", "", "id+token"}; });
    const world::HttpRequest& asked = world_.transport.requests[1];
    EXPECT_EQ(asked.method, "POST");
    EXPECT_EQ(asked.url, "https://auth.example/token");
    EXPECT_NE(asked.body.find("grant_type=refresh_token&refresh_token=id%2Btoken"), std::string::npos);
    EXPECT_TRUE(model::request_header(asked, "authorization").empty());
}

TEST_F(Hostile, a_redirect_takes_no_credentials_along_not_even_on_the_way_back) {
    peer([](const world::HttpRequest& request) -> Result<world::HttpResponse> {
        const bool known = !model::request_header(request, "authorization").empty();
        if (request.url.find("evil.example") != std::string::npos) {
            return answer(307, {{"location", "https://r.example/v2/stolen"}}, "");
        }
        if (request.url.find("/stolen") != std::string::npos) {
            return answer(200, {}, known ? "with credentials" : "layer");
        }
        if (known) {
            return answer(307, {{"location", "//evil.example/x"}}, "");
        }
        return answer(401, {{"www-authenticate", "Basic realm=x"}}, "");
    });
    oci::Descriptor descriptor;
    descriptor.digest = oci::digest_of("layer");
    descriptor.size = 5;
    Result<std::unique_ptr<world::Source>> source = client(ada()).fetch_blob(name("r.example/a"), descriptor);
    ASSERT_TRUE(source) << source.error().doing;
    EXPECT_EQ(drain(source), "layer");
    for (const world::HttpRequest& request : world_.transport.requests) {
        const bool own = request.url.find("r.example/v2/a/") != std::string::npos;
        EXPECT_TRUE(own || model::request_header(request, "authorization").empty()) << request.url;
    }
}

TEST_F(Hostile, a_redirect_down_to_http_inwards_or_round_in_circles_is_refused) {
    for (const char* where : {"http://cdn.example/x", "https://169.254.169.254/latest/meta-data/",
                              "https://localhost/x", "ftp://cdn.example/x", "", "/v2/a/again"}) {
        SCOPED_TRACE(where);
        world_.transport.requests.clear();
        const std::string location = where;
        const std::string outcome = blob("x", [location](const world::HttpRequest&) -> Result<world::HttpResponse> {
            return answer(302, {{"location", location}}, "");
        });
        EXPECT_EQ(outcome.front(), '!');
        EXPECT_LE(world_.transport.requests.size(), 11U);
        EXPECT_FALSE(any_request_to("169") || any_request_to("localhost") || any_request_to("cdn"));
    }
}

TEST_F(Hostile, a_blob_must_have_its_size_and_its_digest) {
    struct Case {
        std::string sent;
        std::string outcome;
    };
    for (const Case& one :
         {Case{"right", "right"}, Case{"wrong", "wrong!filesystem layer verification failed for digest sha256:"},
          Case{"right and more", "right!layer sha256:"}, Case{"rig", "rig!received unexpected HTTP status: 503"}}) {
        const std::string got = blob("right", [&](const world::HttpRequest& request) -> Result<world::HttpResponse> {
            if (!model::request_header(request, "range").empty()) {
                return answer(503, {}, "");
            }
            return answer(200, {}, one.sent);
        });
        EXPECT_EQ(got.substr(0, one.outcome.size()), one.outcome);
    }
    const auto said_size = [](const world::HttpRequest&) -> Result<world::HttpResponse> {
        return answer(200, {{"content-length", "99999999999"}}, "right");
    };
    EXPECT_EQ(blob("right", said_size).front(), '!');
}

class Endless final : public world::Source {
public:
    Result<std::size_t> read(std::span<char> into) override {
        std::fill(into.begin(), into.end(), ' ');
        read_ += into.size();
        EXPECT_LT(read_, 64U << 20U) << "nobody should read so much";
        return into.size();
    }

private:
    std::size_t read_ = 0;
};

TEST_F(Hostile, a_body_without_end_is_left) {
    const Peer endless = [](const world::HttpRequest& request) -> Result<world::HttpResponse> {
        world::HttpResponse response = answer(request.method == "HEAD" ? 405 : 200, {}, "");
        if (request.method != "HEAD") {
            response.body = std::make_unique<Endless>();
        }
        return response;
    };
    EXPECT_EQ(blob("right", endless, BlobCheck::size_only).substr(0, 13), "     !layer s");
    EXPECT_EQ(resolve("r.example/a"), "the answer has more than 4194304 bytes");
    const Peer endless_refusal = [](const world::HttpRequest&) -> Result<world::HttpResponse> {
        world::HttpResponse response = answer(404, {}, "");
        response.body = std::make_unique<Endless>();
        return response;
    };
    EXPECT_LT(blob("right", endless_refusal).size(), 1000U);
}

TEST_F(Hostile, a_lost_blob_resumes_and_a_wrong_range_is_refused) {
    struct Case {
        int status;
        std::string range;
        std::string body;
        std::string outcome;
    };
    for (const Case& one :
         {Case{206, "bytes 3-7/8", "DEFGH", "abcDEFGH"}, Case{200, "", "abcDEFGH", "abcDEFGH"},
          Case{206, "bytes 0-7/8", "abcDEFGH", "abc!layer"}, Case{206, "", "DEFGH", "abc!layer"},
          Case{206, "bytes 3-7/9", "DEFGH", "abc!layer"}, Case{416, "bytes */8", "", "abc!received"}}) {
        const std::string got = blob("abcDEFGH", [&](const world::HttpRequest& request) -> Result<world::HttpResponse> {
            if (model::request_header(request, "range").empty()) {
                return answer(200, {{"content-length", "8"}}, "abc", true);
            }
            return answer(one.status, {{"content-range", one.range}}, one.body);
        });
        EXPECT_EQ(got.substr(0, one.outcome.size()), one.outcome) << one.range;
    }
}

TEST_F(Hostile, a_206_that_nobody_asked_for_is_no_blob) {
    const auto partial = [](const world::HttpRequest&) -> Result<world::HttpResponse> {
        return answer(206, {{"content-range", "bytes 0-4/5"}}, "right");
    };
    EXPECT_EQ(blob("right", partial).front(), '!');
}

TEST_F(Hostile, a_line_that_always_breaks_is_given_up_in_bounded_time) {
    const std::string got = blob(
        "abcdef", [](const world::HttpRequest&) -> Result<world::HttpResponse> { return answer(200, {}, "a", true); });
    EXPECT_NE(got.find("!gave up on layer"), std::string::npos);
    EXPECT_EQ(world_.transport.requests.size(), 6U);
    EXPECT_LE(world_.clock.now, 300LL * 1'000'000'000);
}

TEST_F(Hostile, giving_up_by_a_person_is_no_reason_to_try_again) {
    const auto cancelled = [](const world::HttpRequest&) -> Result<world::HttpResponse> {
        return fail(Errc::cancelled, "given up");
    };
    EXPECT_EQ(blob("x", cancelled), "!given up");
    EXPECT_EQ(world_.transport.requests.size(), 1U);
}

// --- documents ----------------------------------------------------------------------------------------------------

std::string descriptor_json(std::string_view type, std::string_view bytes) {
    return R"({"mediaType":")" + std::string(type) + R"(","digest":")" + oci::to_text(oci::digest_of(bytes)) +
           R"(","size":)" + std::to_string(bytes.size()) + "}";
}

TEST_F(Hostile, documents_that_are_two_things_at_once_are_refused) {
    const std::string config = descriptor_json(oci::media_type::oci_config, "{}");
    struct Case {
        std::string type;
        std::string body;
        std::string part;
    };
    const std::string manifest = R"({"schemaVersion":2,"mediaType":")" + std::string(manifest_type) + R"(","config":)" +
                                 config + R"(,"layers":[]})";
    for (const Case& one :
         {Case{std::string(oci::media_type::oci_index), manifest, "disagrees"},
          Case{std::string(manifest_type),
               R"({"schemaVersion":2,"config":)" + config + R"(,"layers":[],"manifests":[]})", "ambiguous"},
          Case{std::string(manifest_type), R"({"schemaVersion":2,"config":)" + config + R"(,"layers":[],"layers":[]})",
               "twice"},
          Case{std::string(oci::media_type::docker_schema1_signed), R"({"schemaVersion":1,"fsLayers":[]})", "schema 1"},
          Case{"text/html", "<html>", "not JSON"}, Case{std::string(manifest_type), "", "not JSON"}}) {
        peer([&](const world::HttpRequest& request) -> Result<world::HttpResponse> {
            return answer(request.method == "HEAD" ? 404 : 200, {{"content-type", one.type}}, one.body);
        });
        Client asking = client();
        const Result<Resolved> resolved = asking.resolve(name("r.example/a"));
        ASSERT_TRUE(resolved);
        const Result<Image> image = asking.fetch_image(*resolved, {"linux", "amd64", "", ""});
        ASSERT_FALSE(image);
        EXPECT_NE(image.error().doing.find(one.part), std::string::npos) << image.error().doing;
    }
}

TEST_F(Hostile, an_index_entry_must_be_what_the_index_says) {
    const std::string manifest = R"({"schemaVersion":2,"mediaType":")" + std::string(manifest_type) + R"(","config":)" +
                                 descriptor_json(oci::media_type::oci_config, "{}") + R"(,"layers":[]})";
    const std::string right = descriptor_json(manifest_type, manifest);
    std::string other_size = right;
    other_size.replace(other_size.rfind(':') + 1, std::string::npos, "7}");
    const std::string other_type = descriptor_json(oci::media_type::docker_manifest, manifest);
    const std::string other_digest = descriptor_json(manifest_type, manifest + " ");
    for (const auto& [entry, part] : {std::pair<std::string, std::string>{other_size, "not the 7"},
                                      {other_type, "ambiguous"},
                                      {other_digest, "verification failed"}}) {
        const std::string index = R"({"schemaVersion":2,"mediaType":")" + std::string(oci::media_type::oci_index) +
                                  R"(","manifests":[)" + entry + "]}";
        peer([&](const world::HttpRequest& request) -> Result<world::HttpResponse> {
            const bool tag = request.url.find("latest") != std::string::npos;
            return answer(request.method == "HEAD" ? 404 : 200,
                          {{"content-type", std::string(tag ? oci::media_type::oci_index : manifest_type)}},
                          tag ? index : manifest);
        });
        Client asking = client();
        const Result<Resolved> resolved = asking.resolve(name("r.example/a"));
        ASSERT_TRUE(resolved);
        const Result<Image> image = asking.fetch_image(*resolved, {"linux", "amd64", "", ""});
        ASSERT_FALSE(image);
        EXPECT_NE(image.error().doing.find(part), std::string::npos) << image.error().doing;
    }
}

TEST_F(Hostile, a_wrong_docker_content_digest_is_noticed) {
    peer([](const world::HttpRequest& request) -> Result<world::HttpResponse> {
        return answer(request.method == "HEAD" ? 405 : 200,
                      {{"docker-content-digest", oci::to_text(oci::digest_of("other"))}}, "{}");
    });
    EXPECT_EQ(resolve("r.example/a").substr(0, 43), "manifest verification failed for digest sha");
    peer([](const world::HttpRequest& request) -> Result<world::HttpResponse> {
        return answer(request.method == "HEAD" ? 405 : 200, {{"docker-content-digest", "sha256:../../etc"}}, "{}");
    });
    EXPECT_EQ(resolve("r.example/a").substr(0, 21), "Docker-Content-Digest");
}

TEST_F(Hostile, other_addresses_of_a_layer_are_never_asked) {
    peer([](const world::HttpRequest&) -> Result<world::HttpResponse> { return answer(200, {}, "layer"); });
    oci::Descriptor descriptor;
    descriptor.digest = oci::digest_of("layer");
    descriptor.size = 5;
    descriptor.urls = {"https://evil.example/layer"};
    Result<std::unique_ptr<world::Source>> source = client().fetch_blob(name("r.example/a"), descriptor);
    ASSERT_TRUE(source);
    EXPECT_EQ(drain(source), "layer");
    EXPECT_FALSE(any_request_to("evil"));
}

TEST_F(Hostile, digests_that_we_cannot_compute_are_refused_by_name) {
    oci::Descriptor descriptor;
    descriptor.digest = {"sha512", std::string(128, 'a')};
    const auto source = client().fetch_blob(name("r.example/a"), descriptor);
    ASSERT_FALSE(source);
    EXPECT_EQ(source.error().code, Errc::unsupported);
    EXPECT_TRUE(world_.transport.requests.empty());
}

}  // namespace
}  // namespace cutaway::registry::test
