// SPDX-License-Identifier: Apache-2.0
// Logins: what docker's config.json may say and how it is read, what is written into it, and what a registry is asked.
#include "core/registry/login.h"

#include <gtest/gtest.h>

#include "core/registry/logins.h"
#include "tests/registry/fixture.h"
#include "tests/store/memory_world.h"

namespace cutaway::registry::test {
namespace {

const std::string path = "/home/ada/.docker/config.json";

class Logins : public ::testing::Test {
protected:
    LoginFile file() {
        return {path, [this](const std::string& name, const std::string& verb, const std::string& input) {
                    asked_.push_back(name + " " + verb + " " + input);
                    return answer_;
                }};
    }
    // "name:password", "<token>" for an identity token, or what is wrong.
    std::string found(const std::string& config, std::string_view registry) {
        disk_.put(path, config);
        const Result<Credentials> login = find_login(world_, file(), registry);
        return !login                           ? "error: " + login.error().doing
               : !login->identity_token.empty() ? "<" + login->identity_token + ">"
                                                : login->username + ":" + login->password;
    }
    std::string kept() { return disk_.files[path].bytes; }

    TestWorld parts_;
    ::cutaway::testing::MemoryDisk disk_;
    world::World world_{parts_.kernel, disk_,        parts_.transport, parts_.clock,  parts_.entropy, parts_.spawner,
                        parts_.watch,  parts_.tasks, parts_.narrator,  parts_.cancel, parts_.machine};
    std::vector<std::string> asked_;
    Result<std::string> answer_ = std::string(R"({"ServerURL":"r","Username":"ada","Secret":"kept"})");
};

TEST_F(Logins, are_read_in_every_form_that_docker_wrote) {
    struct Case {
        const char* config;
        const char* registry;
        const char* found;
    };
    const std::vector<Case> table{
        {R"({})", "reg.example", ":"},
        {R"({"auths":{"reg.example":{"auth":"YWRhOmxhY2U="}}})", "reg.example", "ada:lace"},
        {R"({"auths":{"reg.example":{"auth":"YWRhOmxhY2U="}}})", "reg.example:5000", ":"},
        {R"({"auths":{"https://reg.example/v1/":{"auth":"YWRhOmE6Yg=="}}})", "reg.example", "ada:a:b"},
        {R"({"auths":{"https://index.docker.io/v1/":{"auth":"YWRhOmxhY2U="}}})", "docker.io", "ada:lace"},
        {R"({"auths":{"r":{"username":"ada","password":"lace"}}})", "r", "ada:lace"},
        {R"({"auths":{"r":{"auth":"YWRhOg==","identitytoken":"tok"}}})", "r", "<tok>"},
        {R"({"auths":{"r":{}}})", "r", ":"},
        {R"({"auths":[1]})", "r", ":"},
        {R"({"credsStore":"box","auths":{"r":{"auth":"YWRhOmxhY2U="}}})", "r", "ada:kept"},
        {R"({"credHelpers":{"q":"box"},"auths":{"r":{"auth":"YWRhOmxhY2U="}}})", "r", "ada:lace"},
        {R"({"credHelpers":{"r":"box"},"credsStore":"../../bin/sh"})", "r", "ada:kept"},
        {R"({"auths":{"r":{"auth":"!"}}})", "r", "error: error parsing config file (/home/ada/.docker/config.json)"},
        {R"({"auths":{"r":{"auth":"YWRh"}}})", "r", "error: error parsing config file (/home/ada/.docker/config.json)"},
        {"nonsense", "r", "error: error parsing config file (/home/ada/.docker/config.json)"},
        {"[]", "r", "error: error parsing config file (/home/ada/.docker/config.json)"},
        {R"({"credsStore":"../../bin/sh"})", "r",
         "error: error getting credentials - err: exec: \"docker-credential-../../bin/sh\": executable file not found "
         "in "
         "$PATH, out: ``"},
    };
    for (const Case& one : table) {
        EXPECT_EQ(found(one.config, one.registry), one.found) << one.config;
    }
    const std::vector<std::string> twice{"box get r", "box get r"};
    EXPECT_EQ(asked_, twice) << "a name with a slash is no program's";
}

TEST_F(Logins, of_a_program_may_be_a_token_none_or_nonsense) {
    const std::string config = R"({"credsStore":"box"})";
    answer_ = std::string(R"({"Username":"<token>","Secret":"tok"})");
    EXPECT_EQ(found(config, "docker.io"), "<tok>");
    EXPECT_EQ(asked_.back(), "box get https://index.docker.io/v1/");
    answer_ = fail(Errc::denied, "err: exit status 1, out: `credentials not found in native keychain`");
    EXPECT_EQ(found(config, "r"), ":");
    answer_ = fail(Errc::denied, "err: exit status 1, out: `the box is locked`");
    EXPECT_EQ(found(config, "r"), "error: err: exit status 1, out: `the box is locked`");
    answer_ = std::string("nonsense");
    EXPECT_EQ(found(config, "r"), "error: docker-credential-box answered something that is no JSON object");
}

TEST_F(Logins, are_written_beside_what_the_file_said) {
    disk_.put(path, R"({"psFormat":"x","auths":{"q":{"auth":"YTpi"}},"future":{"a":[1,2]}})");
    ASSERT_TRUE(keep_login(world_, file(), "docker.io", {"ada", "lace", ""}));
    EXPECT_EQ(kept(),
              "{\n\t\"psFormat\": \"x\",\n\t\"auths\": {\n\t\t\"q\": {\n\t\t\t\"auth\": \"YTpi\"\n\t\t},\n\t\t"
              "\"https://index.docker.io/v1/\": {\n\t\t\t\"auth\": \"YWRhOmxhY2U=\"\n\t\t}\n\t},\n\t\"future\": {\n\t\t"
              "\"a\": [\n\t\t\t1,\n\t\t\t2\n\t\t]\n\t}\n}");
    EXPECT_EQ(*forget_login(world_, file(), "docker.io"), true);
    EXPECT_EQ(*forget_login(world_, file(), "docker.io"), false);
    EXPECT_EQ(kept().find("index.docker.io"), std::string::npos);
    disk_.put(path, "nonsense");
    EXPECT_FALSE(keep_login(world_, file(), "r", {"ada", "lace", ""}));
    EXPECT_EQ(kept(), "nonsense") << "what cannot be read is not written over";
}

TEST_F(Logins, a_token_that_lasts_is_kept_instead_of_the_password) {
    parts_.transport.peer = [](const world::HttpRequest& request) -> Result<world::HttpResponse> {
        if (request.url.find("/token") != std::string::npos) {
            return answer(200, {}, R"({"access_token":"short","refresh_token":"lasting"})");
        }
        const bool shown = model::request_header(request, "authorization") == "Bearer short";
        return answer(shown ? 200 : 401,
                      {{"www-authenticate", R"(Bearer realm="https://auth.example/token",service="s")"}}, "");
    };
    const Result<Credentials> login = try_login(world_, {}, "reg.example", {"ada", "lace", ""});
    ASSERT_TRUE(login) << login.error().doing;
    EXPECT_EQ(login->identity_token, "lasting");
    EXPECT_EQ(login->password, "");
    EXPECT_EQ(parts_.transport.lines()[1],
              "GET https://auth.example/token?account=ada&service=s&client_id=cutaway&offline_token=true");
    ASSERT_TRUE(keep_login(world_, {path, {}}, "reg.example", *login));
    EXPECT_EQ(found(kept(), "reg.example"), "<lasting>");
    EXPECT_EQ(kept().find("lace"), std::string::npos);
    EXPECT_EQ(kept().find(base64("ada:lace").substr(0, 8)), std::string::npos);
}

TEST_F(Logins, a_registry_that_opens_to_nobody_is_told_with_its_status) {
    for (const auto& [status, says] : {std::pair(403, "403 Forbidden"), std::pair(404, "404 Not Found")}) {
        parts_.transport.peer = [status = status](const world::HttpRequest&) {
            return Result<world::HttpResponse>(answer(status, {}, ""));
        };
        const Result<Credentials> login = try_login(world_, {}, "reg.example", {"ada", "lace", ""});
        ASSERT_FALSE(login);
        EXPECT_EQ(login.error().doing,
                  "login attempt to https://reg.example/v2/ failed with status: " + std::string(says));
    }
}

}  // namespace
}  // namespace cutaway::registry::test
