// SPDX-License-Identifier: Apache-2.0
// Bytes on their way to a registry: what is asked in which order, what is not sent twice, and what a registry that
// forgets, refuses, stumbles or lies makes of it.
#include "core/registry/push.h"

#include <algorithm>
#include <cstring>

#include <gtest/gtest.h>

#include "core/registry/upload.h"
#include "tests/registry/fixture.h"

namespace cutaway::registry::test {
namespace {

const std::string text = "the layer that goes up in pieces";

// A blob's bytes, and how often they were begun.
class Text final : public world::Source {
public:
    explicit Text(std::string bytes) : bytes_(std::move(bytes)) {}
    Result<std::size_t> read(std::span<char> into) override {
        const std::size_t count = std::min(into.size(), bytes_.size() - at_);
        std::memcpy(into.data(), bytes_.data() + at_, count);
        at_ += count;
        return count;
    }

private:
    std::string bytes_;
    std::size_t at_ = 0;
};

class Push : public ::testing::Test {
protected:
    Push() {
        manifest_ = content_.image("linux/amd64", text);
        content_.tag("reg.example/base", "1", manifest_);
        content_.tag("docker.io/library/nginx", "latest", manifest_);
        world_.transport.peer = [this](const world::HttpRequest& request) { return serve(request); };
        settings_.credentials = [this](std::string_view) { return Result<Credentials>(known_); };
    }

    Result<world::HttpResponse> serve(const world::HttpRequest& request) {
        if (!server_.answers(model::read_target(request.url).authority)) {
            return fail(Errc::network, "no such host");
        }
        return server_.serve(request, nullptr);
    }
    Result<BlobPushed> push(std::string_view target, std::vector<std::string> mount_from = {}) {
        BlobToPush blob;
        blob.descriptor.digest = oci::digest_of(bytes_);
        blob.descriptor.size = static_cast<std::int64_t>(bytes_.size());
        blob.what = "layer";
        blob.mount_from = std::move(mount_from);
        blob.open = [this]() -> Result<std::unique_ptr<world::Source>> {
            ++opened_;
            return std::unique_ptr<world::Source>(std::make_unique<Text>(bytes_));
        };
        return push_blob(Client(world_.world, settings_), name(target), blob,
                         [this](std::uint64_t done) { told_.push_back(done); });
    }
    std::string why_not(std::string_view target, std::vector<std::string> mount_from = {}) {
        const Result<BlobPushed> pushed = push(target, std::move(mount_from));
        return pushed ? "it worked" : pushed.error().doing;
    }
    // What was asked, without the address in front.
    std::vector<std::string> asked() const {
        std::vector<std::string> out;
        for (const world::HttpRequest& one : world_.transport.requests) {
            const std::size_t path = one.url.find("/v2/");
            std::string line = one.method + " " + (path == std::string::npos ? one.url : one.url.substr(path + 4));
            for (std::size_t at = line.find("sha256"); at != std::string::npos; at = line.find("sha256", at + 1)) {
                line.erase(at, line.find_first_of("&?", at) - at);  // a digest is long
                line.insert(at, "D");
            }
            out.push_back(line);
        }
        return out;
    }
    bool arrived(const std::string& repository) {
        const auto found = server_.state().pushed.find(repository + "@" + oci::to_text(oci::digest_of(bytes_)));
        return found != server_.state().pushed.end() && found->second == bytes_;
    }

    std::string bytes_ = text;
    Credentials known_{"ada", "lace", ""};
    Settings settings_;
    TestContent content_;
    oci::Descriptor manifest_;
    model::RegistryServer server_{content_,
                                  {model::docker_hub(), model::private_registry("reg.example", "ada", "lace")}};
    TestWorld world_;
    int opened_ = 0;
    std::vector<std::uint64_t> told_;
};

TEST_F(Push, a_small_blob_is_asked_for_begun_and_sent_in_one_request) {
    const Result<BlobPushed> pushed = push("reg.example/app:1");
    ASSERT_TRUE(pushed) << pushed.error().doing;
    EXPECT_EQ(pushed->how, HowPushed::uploaded);
    EXPECT_TRUE(arrived("reg.example/app"));
    const std::vector<std::string> expected{"HEAD app/blobs/D", "HEAD app/blobs/D", "POST app/blobs/uploads/",
                                            "PUT app/blobs/uploads/upload-1?digest=D"};
    EXPECT_EQ(asked(), expected);  // the first is refused, and says which login it wants
    EXPECT_EQ(opened_, 1);
    EXPECT_EQ(world_.narrator.open, 0);
}

TEST_F(Push, what_the_registry_has_is_not_sent) {
    ASSERT_TRUE(push("reg.example/app:1"));
    const Result<BlobPushed> again = push("reg.example/app:2");
    ASSERT_TRUE(again);
    EXPECT_EQ(again->how, HowPushed::present);
    EXPECT_EQ(opened_, 1);
}

TEST_F(Push, what_it_has_in_another_repository_is_mounted) {
    const Result<BlobPushed> mounted = push("reg.example/app:1", {"base"});
    ASSERT_TRUE(mounted) << mounted.error().doing;
    EXPECT_EQ(mounted->how, HowPushed::mounted);
    EXPECT_EQ(mounted->from, "base");
    EXPECT_EQ(opened_, 0);
    EXPECT_EQ(asked().back(), "POST app/blobs/uploads/?mount=D&from=base");
}

TEST_F(Push, a_mount_that_does_not_work_is_an_upload_begun) {
    bytes_ = "what nobody has";
    const Result<BlobPushed> pushed = push("reg.example/app:1", {"base"});
    ASSERT_TRUE(pushed) << pushed.error().doing;
    EXPECT_EQ(pushed->how, HowPushed::uploaded);
    EXPECT_EQ(server_.state().uploads.size(), 0U);  // none was begun and left
    EXPECT_TRUE(arrived("reg.example/app"));
}

TEST_F(Push, a_big_blob_goes_in_pieces_that_say_where_they_belong) {
    settings_.upload_piece = 10;
    ASSERT_TRUE(push("reg.example/app:1"));
    EXPECT_TRUE(arrived("reg.example/app"));
    std::vector<std::string> ranges;
    for (const world::HttpRequest& one : world_.transport.requests) {
        ranges.emplace_back(model::request_header(one, "content-range"));
    }
    std::erase(ranges, "");
    EXPECT_EQ(ranges, (std::vector<std::string>{"0-9", "10-19", "20-29", "30-31"}));
    EXPECT_EQ(opened_, 1);
    EXPECT_TRUE(std::is_sorted(told_.begin(), told_.end()));
}

TEST_F(Push, a_registry_that_wants_bigger_pieces_gets_them) {
    settings_.upload_piece = 4;
    world_.transport.peer = [this](const world::HttpRequest& request) {
        Result<world::HttpResponse> response = serve(request);
        if (response && request.method == "POST") {
            response->headers.push_back({"oci-chunk-min-length", "20"});
        }
        return response;
    };
    ASSERT_TRUE(push("reg.example/app:1"));
    std::vector<std::size_t> sizes;
    for (const world::HttpRequest& one : world_.transport.requests) {
        if (one.method == "PATCH") {
            sizes.push_back(one.body.size());
        }
    }
    EXPECT_EQ(sizes, (std::vector<std::size_t>{20, 12}));
}

// Of the first request with this method, only so many bytes come through before the connection goes away.
struct Loss {
    const char* name;
    const char* method;
    std::size_t arrives;
    int resumed_at;  // the offset of the first request that went on; -1: a new upload
};

class LostPush : public Push, public ::testing::WithParamInterface<Loss> {};

TEST_P(LostPush, goes_on_where_the_registry_says) {
    settings_.upload_piece = 12;
    bool lost = false;
    world_.transport.peer = [&](const world::HttpRequest& request) -> Result<world::HttpResponse> {
        if (!lost && request.method == GetParam().method) {
            lost = true;
            world::HttpRequest part = request;
            part.body.resize(std::min(part.body.size(), GetParam().arrives));
            part.method = request.method == "PUT" ? "PATCH" : request.method;  // it did not get to its end
            static_cast<void>(serve(part));
            return fail(Errc::network, "connection reset by peer");
        }
        return serve(request);
    };
    const Result<BlobPushed> pushed = push("reg.example/app:1");
    ASSERT_TRUE(pushed) << pushed.error().doing;
    EXPECT_TRUE(arrived("reg.example/app"));
    EXPECT_EQ(world_.narrator.titled("ask how much the registry has"), 1);
    EXPECT_EQ(world_.clock.slept, std::vector<std::int64_t>{2'000'000'000});
    std::vector<std::string> ranges;
    for (const world::HttpRequest& one : world_.transport.requests) {
        ranges.emplace_back(model::request_header(one, "content-range"));
    }
    const std::string wanted = std::to_string(std::max(GetParam().resumed_at, 0)) + "-";
    EXPECT_TRUE(std::any_of(ranges.begin(), ranges.end(), [&](const auto& one) { return one.starts_with(wanted); }));
    const std::vector<std::string> lines = asked();
    const auto begun = std::count(lines.begin(), lines.end(), "POST app/blobs/uploads/");
    EXPECT_EQ(begun, GetParam().resumed_at < 0 ? 2 : 1);
}

INSTANTIATE_TEST_SUITE_P(Losses, LostPush,
                         ::testing::Values(Loss{"in_the_first_piece", "PATCH", 5, 5},
                                           Loss{"before_a_byte_came", "PATCH", 0, -1},
                                           Loss{"behind_the_piece", "PATCH", 12, 12}, Loss{"at_the_end", "PUT", 0, 24}),
                         [](const auto& one) { return std::string(one.param.name); });

TEST_F(Push, an_answer_that_was_lost_after_the_work_was_done_is_not_work_again) {
    world_.transport.peer = [this,
                             lost = false](const world::HttpRequest& request) mutable -> Result<world::HttpResponse> {
        Result<world::HttpResponse> response = serve(request);
        if (request.method == "PUT" && !std::exchange(lost, true)) {
            return fail(Errc::network, "connection reset by peer");
        }
        return response;
    };
    ASSERT_TRUE(push("reg.example/app:1"));
    EXPECT_EQ(opened_, 1);
    EXPECT_EQ(asked().back(), "HEAD app/blobs/D");
}

TEST_F(Push, an_upload_that_was_forgotten_begins_anew_once) {
    settings_.upload_piece = 12;
    world_.transport.peer = [this,
                             times = 0](const world::HttpRequest& request) mutable -> Result<world::HttpResponse> {
        if (request.method == "PATCH" && ++times == 2) {
            return answer(404, {}, model::error_body("BLOB_UPLOAD_UNKNOWN", "blob upload unknown to registry"));
        }
        if (request.method == "GET" && request.url.find("uploads") != std::string::npos) {
            return answer(404, {}, "");
        }
        return serve(request);
    };
    ASSERT_TRUE(push("reg.example/app:1"));
    EXPECT_TRUE(arrived("reg.example/app"));
}

TEST_F(Push, nobody_pushes_to_the_hub_without_a_login) {
    known_ = {};
    bytes_ = "new";
    EXPECT_EQ(why_not("nginx"), "denied: requested access to the resource is denied");
    EXPECT_EQ(why_not("reg.example/app"), "no basic auth credentials");
    known_ = {"ada", "wrong", ""};
    EXPECT_EQ(why_not("reg.example/app"), "unauthorized: authentication required");
}

TEST_F(Push, the_token_is_asked_for_with_the_rights_that_a_push_takes) {
    known_ = {};
    static_cast<void>(push("ada/app", {"library/nginx"}));
    const auto lines = world_.transport.lines();
    ASSERT_GE(lines.size(), 2U);
    EXPECT_EQ(lines[1],
              "GET https://auth.docker.io/token?service=registry.docker.io"
              "&scope=repository%3Aada%2Fapp%3Apull%2Cpush&scope=repository%3Alibrary%2Fnginx%3Apull"
              "&scope=repository%3Aada%2Fapp%3Apull");
}

// --- registries that do not do what they should ----------------------------------------------------------------------

struct Bad {
    const char* name;
    const char* method;  // of the requests that are answered so, each time
    int status;
    std::vector<world::Pair> headers;
    const char* says;
    std::size_t requests;  // at most
};

class BadRegistry : public Push, public ::testing::WithParamInterface<Bad> {};

TEST_P(BadRegistry, is_told_and_not_asked_for_ever) {
    const Bad& bad = GetParam();
    bytes_ = "what nobody has";
    world_.transport.peer = [&](const world::HttpRequest& request) -> Result<world::HttpResponse> {
        if (request.url.starts_with("https://auth.docker.io/token")) {
            return answer(200, {}, R"({"token":"too-weak"})");
        }
        return request.method == bad.method ? Result<world::HttpResponse>(answer(bad.status, bad.headers, ""))
                                            : serve(request);
    };
    EXPECT_NE(why_not("reg.example/app:1").find(bad.says), std::string::npos) << why_not("reg.example/app:1");
    EXPECT_LE(world_.transport.requests.size(), 2 * bad.requests);
    EXPECT_FALSE(arrived("reg.example/app"));
    EXPECT_EQ(world_.narrator.open, 0);
}

const std::string other = oci::to_text(oci::digest_of("other bytes"));
const std::vector<world::Pair> asks_to_log_in{{"www-authenticate", "Bearer realm=\"https://auth.docker.io/token\""}};

INSTANTIATE_TEST_SUITE_P(
    Answers, BadRegistry,
    ::testing::Values(
        Bad{"401_without_end", "PUT", 401, asks_to_log_in, "unauthorized: authentication required", 12},
        Bad{"500_at_the_start", "POST", 500, {}, "received unexpected HTTP status: 500", 12},
        Bad{"500_at_the_end", "PUT", 500, {}, "received unexpected HTTP status: 500", 30},
        Bad{"another_digest", "PUT", 201, {{"docker-content-digest", other}}, "says that it keeps it as ", 8},
        Bad{"no_place", "POST", 202, {}, "does not say where to upload to", 8},
        Bad{"a_place_inside_our_network",
            "POST",
            202,
            {{"location", "https://10.0.0.1/up"}},
            "inside your own network",
            8},
        Bad{"a_place_without_tls", "POST", 202, {{"location", "http://reg.example/up"}}, "from https to plain http", 8},
        Bad{"another_size", "HEAD", 200, {{"content-length", "3"}}, "the registry has 3 bytes under that digest", 8},
        Bad{"forbidden", "POST", 403, {}, "denied: requested access to the resource is denied", 8}),
    [](const auto& one) { return std::string("answers_") + one.param.name; });

TEST_F(Push, credentials_do_not_follow_an_upload_to_another_host) {
    world_.transport.peer = [this](const world::HttpRequest& request) -> Result<world::HttpResponse> {
        if (request.url.find("store.example") != std::string::npos) {
            return answer(201, {}, "");
        }
        return request.method == "POST"
                   ? Result<world::HttpResponse>(answer(202, {{"location", "https://store.example/up?id=1"}}, ""))
                   : serve(request);
    };
    ASSERT_TRUE(push("reg.example/app:1"));
    const world::HttpRequest& last = world_.transport.requests.back();
    EXPECT_EQ(last.url.substr(0, 40), "https://store.example/up?id=1&digest=sha");
    EXPECT_EQ(model::request_header(last, "authorization"), "");
}

TEST_F(Push, a_store_that_lost_bytes_is_told_and_nothing_is_sent_short) {
    const std::string whole = std::exchange(bytes_, text + " and more");
    BlobToPush blob;
    blob.descriptor.digest = oci::digest_of(bytes_);
    blob.descriptor.size = static_cast<std::int64_t>(bytes_.size());
    blob.what = "layer";
    blob.open = [whole]() -> Result<std::unique_ptr<world::Source>> {
        return std::unique_ptr<world::Source>(std::make_unique<Text>(whole));
    };
    const Result<BlobPushed> pushed = push_blob(Client(world_.world, settings_), name("reg.example/app:1"), blob, {});
    ASSERT_FALSE(pushed);
    EXPECT_EQ(pushed.error().doing, "the store has less of the blob than the manifest says");
}

// --- manifests -------------------------------------------------------------------------------------------------------

TEST_F(Push, a_manifest_goes_last_and_only_under_the_digest_that_was_sent) {
    oci::Manifest manifest;
    manifest.media_type = std::string(oci::media_type::oci_manifest);
    manifest.config.media_type = std::string(oci::media_type::oci_config);
    manifest.config.digest = oci::digest_of("nowhere");
    manifest.config.size = 7;
    const std::string bytes = oci::to_json(manifest);
    manifest_.digest = oci::digest_of(bytes);
    Client client(world_.world, settings_);
    const Status early = push_manifest(client, name("reg.example/new:1"), manifest_, bytes);
    ASSERT_FALSE(early);
    EXPECT_EQ(early.error().doing, "manifest blob unknown: blob unknown to registry");
    world_.transport.peer = [](const world::HttpRequest&) {
        return Result<world::HttpResponse>(answer(201, {{"docker-content-digest", other}}, ""));
    };
    const Status lied = push_manifest(client, name("reg.example/new:1"), manifest_, bytes);
    ASSERT_FALSE(lied);
    EXPECT_NE(lied.error().doing.find("the registry keeps the manifest as " + other), std::string::npos);
}

TEST(UploadWords, a_range_says_how_much_there_is_only_where_it_is_certain) {
    EXPECT_EQ(bytes_had("0-9"), 10U);
    EXPECT_EQ(bytes_had("bytes=0-9"), 10U);
    for (const char* none : {"", "0-0", "1-9", "0-", "0-x", "0--1", "0-18446744073709551615", "9"}) {
        EXPECT_FALSE(bytes_had(none).has_value()) << none;
    }
    EXPECT_EQ(with_digest({"https", "a", 443, "/u"}, "sha256:0").target, "/u?digest=sha256%3A0");
    EXPECT_EQ(with_digest({"https", "a", 443, "/u?_state=x"}, "sha256:0").target, "/u?_state=x&digest=sha256%3A0");
}

}  // namespace
}  // namespace cutaway::registry::test
