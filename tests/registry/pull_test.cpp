// SPDX-License-Identifier: Apache-2.0
// The client against the simulated registry: the whole way of a pull, and what a user reads when it is refused.
#include <algorithm>

#include <gtest/gtest.h>

#include "tests/registry/fixture.h"

namespace cutaway::registry::test {
namespace {

constexpr std::string_view hub = "https://registry-1.docker.io/v2/library/nginx/";

const oci::Platform amd64{"linux", "amd64", "", ""};

class Pull : public ::testing::Test {
protected:
    Pull() {
        const std::vector<oci::Descriptor> entries = {content_.image("linux/arm64", "arm layer"),
                                                      content_.image("linux/amd64", "the layer of nginx"),
                                                      content_.image("unknown/unknown", "attestation")};
        manifest_ = entries[1];
        index_ = content_.index(entries);
        content_.tag("docker.io/library/nginx", "latest", index_);
        content_.tag("docker.io/library/nginx", "nested", content_.index({index_}));
        content_.tag("docker.io/library/nginx", "single", manifest_);
        content_.tag("reg.example:5000/app", "1", manifest_);
        world_.transport.peer = [this](const world::HttpRequest& request) -> Result<world::HttpResponse> {
            const model::HttpTarget target = model::read_target(request.url);
            if (!server_.answers(target.authority)) {
                return fail(Errc::network, "no such host " + target.authority);
            }
            return server_.serve(request, nullptr);
        };
    }

    Client client(CredentialsFor credentials = {}) { return Client(world_.world, {std::move(credentials), {}, {}}); }

    Result<Image> pull(std::string_view text, const oci::Platform& machine = amd64) {
        Client one = client();
        const Result<Resolved> resolved = one.resolve(name(text));
        return resolved ? one.fetch_image(*resolved, machine) : Result<Image>(resolved.error());
    }
    std::string why_not(std::string_view text, const oci::Platform& machine = amd64) {
        const Result<Image> image = pull(text, machine);
        return image ? "it worked" : image.error().doing;
    }

    TestContent content_;
    oci::Descriptor index_;
    oci::Descriptor manifest_;
    model::RegistryServer server_{content_,
                                  {model::docker_hub(), model::private_registry("reg.example:5000", "ada", "lace")}};
    TestWorld world_;
};

TEST_F(Pull, a_tag_becomes_an_index_a_manifest_a_config_and_layers) {
    Client one = client();
    const Result<Resolved> resolved = one.resolve(name("nginx"));
    ASSERT_TRUE(resolved) << resolved.error().doing;
    EXPECT_EQ(resolved->digest, index_.digest);
    const Result<Image> image = one.fetch_image(*resolved, amd64);
    ASSERT_TRUE(image) << image.error().doing;
    EXPECT_EQ(image->digest, index_.digest);
    EXPECT_EQ(image->descriptor.digest, manifest_.digest);
    EXPECT_EQ(image->config.config.cmd, std::vector<std::string>{"/bin/amd64"});
    EXPECT_EQ(oci::digest_of(image->index), index_.digest);
    EXPECT_EQ(oci::digest_of(image->manifest_bytes), manifest_.digest);
    EXPECT_EQ(oci::digest_of(image->config_bytes), image->manifest.config.digest);
    Result<std::unique_ptr<world::Source>> layer = one.fetch_blob(image->reference, image->manifest.layers[0]);
    ASSERT_TRUE(layer) << layer.error().doing;
    EXPECT_EQ(drain(layer), "the layer of nginx");
    EXPECT_EQ(world_.narrator.open, 0);
    EXPECT_EQ(world_.narrator.failed, 0);
}

TEST_F(Pull, the_requests_are_those_of_the_protocol_in_order) {
    ASSERT_TRUE(pull("nginx"));
    const std::vector<std::string> lines = world_.transport.lines();
    ASSERT_EQ(lines.size(), 7U);
    EXPECT_EQ(lines[0], "HEAD " + std::string(hub) + "manifests/latest");
    EXPECT_EQ(lines[1],
              "GET https://auth.docker.io/token?service=registry.docker.io&scope=repository%3Alibrary%2Fnginx%3Apull");
    EXPECT_EQ(lines[2], lines[0]);
    EXPECT_EQ(lines[3], "GET " + std::string(hub) + "manifests/" + oci::to_text(index_.digest));
    EXPECT_EQ(lines[4], "GET " + std::string(hub) + "manifests/" + oci::to_text(manifest_.digest));
    EXPECT_EQ(lines[5].substr(0, 58), "GET https://registry-1.docker.io/v2/library/nginx/blobs/sh");
    EXPECT_EQ(lines[6].substr(0, 44), "GET https://production.cloudflare.docker.com");
}

TEST_F(Pull, every_decision_is_narrated) {
    ASSERT_TRUE(read_name(world_.narrator, "nginx"));
    ASSERT_TRUE(pull("nginx"));
    const auto names = world_.narrator.all<world::ReferenceParsed>();
    ASSERT_EQ(names.size(), 1U);
    EXPECT_EQ(names[0].path, "library/nginx");
    EXPECT_EQ(names[0].defaulted, (std::vector<std::string>{"host", "library", "tag"}));
    const auto platforms = world_.narrator.all<world::PlatformChosen>();
    ASSERT_EQ(platforms.size(), 1U);
    EXPECT_EQ(platforms[0].chosen, "linux/amd64");
    EXPECT_EQ(platforms[0].considered.size(), 3U);
    EXPECT_EQ(world_.narrator.all<world::ManifestRead>().size(), 2U);
    const auto digests = world_.narrator.all<world::DigestChecked>();
    EXPECT_EQ(digests.size(), 3U);  // index, manifest, config
    EXPECT_TRUE(std::all_of(digests.begin(), digests.end(), [](const auto& one) { return one.match; }));
    EXPECT_EQ(world_.narrator.titled("get a token"), 1);
    EXPECT_EQ(world_.narrator.titled("choose the platform"), 1);
}

TEST_F(Pull, credentials_stay_with_the_origin_that_they_are_for) {
    ASSERT_TRUE(pull("nginx"));
    for (const world::HttpRequest& request : world_.transport.requests) {
        const bool elsewhere = request.url.find("cloudflare") != std::string::npos;
        EXPECT_FALSE(elsewhere && !model::request_header(request, "authorization").empty()) << request.url;
    }
}

TEST_F(Pull, a_nested_index_is_chosen_from_twice_and_a_lone_manifest_not_at_all) {
    const Result<Image> nested = pull("nginx:nested", {"linux", "arm64", "", ""});
    EXPECT_FALSE(nested && nested->config.architecture != "arm64");
    ASSERT_TRUE(nested) << nested.error().doing;
    EXPECT_EQ(world_.narrator.all<world::PlatformChosen>().size(), 2U);
    const Result<Image> single = pull("nginx:single");
    ASSERT_TRUE(single);
    EXPECT_TRUE(single->index.empty());
    EXPECT_EQ(single->digest, manifest_.digest);
}

TEST_F(Pull, a_name_with_a_digest_asks_for_no_tag) {
    const Result<Image> image = pull("nginx@" + oci::to_text(manifest_.digest));
    ASSERT_TRUE(image) << image.error().doing;
    for (const std::string& line : world_.transport.lines()) {
        EXPECT_EQ(line.find("HEAD"), std::string::npos);
    }
}

TEST_F(Pull, a_second_pull_needs_one_token_only_as_long_as_it_lasts) {
    Client one = client();
    ASSERT_TRUE(one.resolve(name("nginx")));
    EXPECT_EQ(world_.transport.requests.size(), 3U);
    ASSERT_TRUE(one.resolve(name("nginx")));
    EXPECT_EQ(world_.transport.requests.size(), 4U);
    Client task = one.in(world_.world);
    ASSERT_TRUE(task.resolve(name("nginx")));
    EXPECT_EQ(world_.transport.requests.size(), 5U);
    world_.clock.now += 301LL * 1'000'000'000;
    ASSERT_TRUE(one.resolve(name("nginx")));  // without the old token: 401, a token, the answer
    EXPECT_EQ(world_.transport.requests.size(), 8U);
    EXPECT_TRUE(model::request_header(world_.transport.requests[5], "authorization").empty());
    server_.forget_tokens();
    ASSERT_TRUE(one.resolve(name("nginx")));  // with the old token: 401 invalid_token, a token, the answer
    EXPECT_EQ(world_.transport.requests.size(), 11U);
}

TEST_F(Pull, what_docker_says_when_there_is_no_such_tag_or_repository) {
    EXPECT_EQ(why_not("nginx:nope"), "manifest for nginx:nope not found: manifest unknown: manifest unknown");
    EXPECT_EQ(why_not("ngnix"),
              "pull access denied for ngnix, repository does not exist or may require 'docker login': "
              "denied: requested access to the resource is denied");
    EXPECT_EQ(why_not("nginx", {"linux", "riscv64", "", ""}),
              "no match for platform in manifest of nginx:latest: "
              "no matching manifest for linux/riscv64 in the manifest list entries");
    EXPECT_EQ(why_not("reg.example:5000/app:1"), "no basic auth credentials");
}

TEST_F(Pull, denied_ends_after_one_token) {
    why_not("ngnix");
    // HEAD, token, HEAD again; the GET that shall say why uses the same token
    EXPECT_EQ(world_.transport.requests.size(), 4U);
}

TEST_F(Pull, a_private_registry_takes_basic_credentials_and_is_told_them_at_once_the_next_time) {
    const CredentialsFor ada = [](std::string_view registry) -> Result<Credentials> {
        return registry == "reg.example:5000" ? Credentials{"ada", "lace", {}} : Credentials{};
    };
    Client one = client(ada);
    ASSERT_TRUE(one.resolve(name("reg.example:5000/app:1")));
    ASSERT_TRUE(one.resolve(name("reg.example:5000/app:1")));
    EXPECT_EQ(world_.transport.requests.size(), 3U);
    Client wrong = client([](std::string_view) -> Result<Credentials> { return Credentials{"ada", "wrong", {}}; });
    const Result<Resolved> refused_one = wrong.resolve(name("reg.example:5000/app:1"));
    ASSERT_FALSE(refused_one);
    EXPECT_EQ(refused_one.error().doing, "unauthorized: authentication required");
    EXPECT_LE(world_.transport.requests.size(), 7U);
}

TEST_F(Pull, a_moved_tag_gives_the_new_digest) {
    server_.move_tag("docker.io/library/nginx", "latest", oci::to_text(manifest_.digest));
    const Result<Image> image = pull("nginx");
    ASSERT_TRUE(image);
    EXPECT_EQ(image->digest, manifest_.digest);
}

TEST_F(Pull, the_registry_remembers_tokens_tags_and_faults_across_commands) {
    server_.move_tag("docker.io/library/nginx", "latest", oci::to_text(manifest_.digest));
    server_.add_fault({model::FaultKind::status, "", "/token", 503, "", "", "1", 0, 0, 1});
    const std::string memory = server_.save();
    model::RegistryServer again(content_, {});
    ASSERT_TRUE(again.load(memory));
    EXPECT_EQ(again.state(), server_.state());
    EXPECT_FALSE(again.load(memory.substr(0, memory.size() / 2)));
    EXPECT_EQ(again.state(), server_.state());
}

struct FaultCase {
    model::RegistryFault fault;
    const char* outcome;  // "" it works in the end
    std::vector<std::int64_t> waits_s;
};

TEST_F(Pull, faults_of_the_registry_end_as_they_should) {
    using model::FaultKind;
    const std::string config = "/registry-v2/blob/";
    const std::vector<FaultCase> cases = {
        {{FaultKind::status, "", "/manifests/latest", 503, "", "", "", 0, 0, 2}, "", {2, 4}},
        {{FaultKind::status, "", "/manifests/latest", 429, "TOOMANYREQUESTS", "slow down", "7", 0, 0, 1}, "", {7}},
        {{FaultKind::status, "", "/manifests/latest", 429, "TOOMANYREQUESTS", "slow down",
          "Sun, 06 Nov 1994 08:49:46 GMT", 0, 0, 1},
         "",
         {9}},
        {{FaultKind::status, "", "/manifests/latest", 429, "TOOMANYREQUESTS", "You have reached your pull rate limit",
          "3600", 0, 0, 0},
         "toomanyrequests: You have reached your pull rate limit",
         {}},
        {{FaultKind::refuse, "", "/token", 0, "", "", "", 0, 0, 1}, "", {2}},
        {{FaultKind::timeout, "", "/token", 0, "", "", "", 0, 0, 1}, "", {2}},
        {{FaultKind::status, "", "/token", 401, "UNAUTHORIZED", "incorrect username or password", "", 0, 0, 0},
         "unauthorized: incorrect username or password",
         {}},
        {{FaultKind::status, "", "/manifests/", 403, "DENIED", "requested access to the resource is denied", "", 0, 0,
          0},
         "pull access denied for nginx, repository does not exist or may require 'docker login': denied: requested "
         "access to the resource is denied",
         {}},
        {{FaultKind::reset, "GET", "/manifests/sha256", 0, "", "", "", 5, 0, 1}, "", {2}},
        {{FaultKind::reset, "GET", config, 0, "", "", "", 5, 0, 1}, "", {2}},
        {{FaultKind::status, "GET", config, 404, "BLOB_UNKNOWN", "blob unknown to registry", "", 0, 0, 0},
         "blob unknown: blob unknown to registry",
         {}},
    };
    for (const FaultCase& one : cases) {
        SCOPED_TRACE(one.fault.where + " " + std::to_string(one.fault.status) + one.outcome);
        model::RegistryServer& server = server_;
        while (!server.state().faults.empty()) {
            model::RegistryServer fresh(content_, server.state().sites);
            ASSERT_TRUE(server.load(fresh.save()));
        }
        world_.clock.now = 1;
        world_.clock.slept.clear();
        server.add_fault(one.fault);
        EXPECT_EQ(why_not("nginx"), *one.outcome == '\0' ? "it worked" : one.outcome);
        std::vector<std::int64_t> waits;
        for (const std::int64_t ns : world_.clock.slept) {
            waits.push_back(ns / 1'000'000'000);
        }
        EXPECT_EQ(waits, one.waits_s);
        EXPECT_EQ(world_.narrator.open, 0);
    }
}

TEST_F(Pull, a_changed_byte_is_noticed_wherever_it_is) {
    struct Case {
        std::string where;
        std::string complaint;
    };
    const std::string digest = oci::to_text(manifest_.digest);
    for (const Case& one : {Case{"/manifests/" + digest, "manifest verification failed for digest " + digest},
                            Case{"/registry-v2/blob/", "image config verification failed for digest sha256:"}}) {
        server_.add_fault({model::FaultKind::corrupt, "GET", one.where, 0, "", "", "", 3, 0, 1});
        EXPECT_EQ(why_not("nginx").substr(0, one.complaint.size()), one.complaint);
    }
    const auto digests = world_.narrator.all<world::DigestChecked>();
    EXPECT_EQ(std::count_if(digests.begin(), digests.end(), [](const auto& check) { return !check.match; }), 2);
}

TEST_F(Pull, a_layer_that_is_lost_again_and_again_arrives_by_ranges) {
    const Result<Image> image = pull("nginx");
    ASSERT_TRUE(image);
    for (const std::uint64_t offset : {4U, 3U, 2U}) {
        server_.add_fault({model::FaultKind::reset, "GET", "/registry-v2/blob/", 0, "", "", "", offset, 0, 1});
    }
    world_.transport.requests.clear();
    Client one = client();
    Result<std::unique_ptr<world::Source>> layer = one.fetch_blob(image->reference, image->manifest.layers[0]);
    ASSERT_TRUE(layer);
    EXPECT_EQ(drain(layer), "the layer of nginx");
    std::vector<std::string> ranges;
    for (const world::HttpRequest& request : world_.transport.requests) {
        if (request.url.find("cloudflare") != std::string::npos) {
            ranges.emplace_back(model::request_header(request, "range"));
        }
    }
    EXPECT_EQ(ranges, (std::vector<std::string>{"", "bytes=4-", "bytes=7-", "bytes=9-"}));
    EXPECT_EQ(world_.narrator.titled("ask for the rest from byte"), 3);
}

TEST_F(Pull, a_cut_layer_never_looks_whole) {
    const Result<Image> image = pull("nginx");
    ASSERT_TRUE(image);
    server_.add_fault({model::FaultKind::truncate, "GET", "/registry-v2/blob/", 0, "", "", "", 6, 0, 0});
    Client one = client();
    const Result<std::unique_ptr<world::Source>> layer = one.fetch_blob(image->reference, image->manifest.layers[0]);
    ASSERT_FALSE(layer);
    EXPECT_NE(layer.error().doing.find("has 6 bytes at the registry, not the 18"), std::string::npos);
}

// --- pushing to the simulated registry, by hand ---------------------------------------------------------------------

TEST_F(Pull, what_was_pushed_comes_back_under_its_digest) {
    const std::string authorization = "Basic " + base64("ada:lace");
    const auto send = [&](std::string method, const std::string& path, std::string body, std::string type) {
        world::HttpRequest request{std::move(method), "https://reg.example:5000/v2/" + path, {}, std::move(body)};
        request.headers = {{"Authorization", authorization}, {"Content-Type", std::move(type)}};
        return server_.serve(request, nullptr).value();
    };
    const std::string bytes(*content_.bytes_of("", oci::to_text(manifest_.digest)));
    EXPECT_EQ(send("PUT", "new/manifests/1", "{}", "").status, 400);
    const world::HttpResponse begun = send("POST", "new/blobs/uploads/", "", "");
    EXPECT_EQ(begun.status, 202);
    const std::string where(world::header(begun.headers, "location").substr(4));
    EXPECT_EQ(send("PATCH", where, "the lay", "").status, 202);
    EXPECT_EQ(send("PUT", where + "?digest=" + oci::to_text(oci::digest_of("other")), "er", "").status, 400);
    const world::HttpResponse second = send("POST", "new/blobs/uploads/", "", "");
    const std::string there(world::header(second.headers, "location").substr(4));
    EXPECT_EQ(send("PATCH", there, "the lay", "").status, 202);
    const std::string digest = oci::to_text(oci::digest_of("the layer"));
    EXPECT_EQ(send("PUT", there + "?digest=" + digest, "er", "").status, 201);
    EXPECT_EQ(send("GET", "new/blobs/" + digest, "", "").status, 200);
    EXPECT_EQ(send("PUT", "new/manifests/1", bytes, std::string(oci::media_type::oci_manifest)).status, 201);
    EXPECT_EQ(send("HEAD", "new/manifests/1", "", "").status, 200);
}

}  // namespace
}  // namespace cutaway::registry::test
