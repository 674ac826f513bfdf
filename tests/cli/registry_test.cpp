// SPDX-License-Identifier: Apache-2.0
// push, login and logout as they are typed on the simulated machine, whose registries are the Hub and one private host
// (docs/registry.md): docker's lines and errors, and what was pushed comes back under its digest.
#include "core/cli/verb.h"
#include "core/model/model_world.h"
#include "core/trace/file.h"
#include "core/trace/redact.h"
#include "core/trace/traced.h"
#include "tests/cli/verbs.h"
#include "tests/registry/fixture.h"

namespace cutaway::cli {
namespace {

const std::string host = "registry.example.com";

struct Registry : Verbs {
    void log_in() {
        const Answer answer = terminal.perform({"login", "-u", "learner", "--password-stdin", host}, "look-inside\n");
        EXPECT_EQ(answer.out, "Login Succeeded\n") << answer.err;
        EXPECT_EQ(answer.status, 0);
    }
    std::string config() { return given("sh -c 'cat /root/.docker/config.json'"); }
};

// The digest behind "1: digest: ".
std::string digest_in(const std::string& out) {
    const std::size_t at = out.find("digest: sha256:");
    return at == std::string::npos ? "none in " + out : out.substr(at + 8, 71);
}

TEST_F(Registry, what_is_pushed_comes_back_with_the_same_digest) {
    given("pull alpine");
    given("tag alpine " + host + "/team/alpine:1");
    log_in();
    type({{"push " + host + "/team/alpine:1",
           "The push refers to repository [" + host +
               "/team/alpine]\n"
               "~: Preparing\n"
               "~: Pushed\n"
               "1: digest: sha256:~ size: ~\n",
           "", 0}});
    const Answer again = terminal.type("push " + host + "/team/alpine:1");
    EXPECT_NE(again.out.find(": Layer already exists\n"), std::string::npos) << again.out;
    const std::string digest = digest_in(again.out);
    type({{"inspect -f '{{json .RepoDigests}}' " + host + "/team/alpine:1",
           "~\"" + host + "/team/alpine@" + digest + "\"~\n", "", 0}});
    given("rmi " + host + "/team/alpine:1 alpine");
    const std::string pulled = given("pull " + host + "/team/alpine:1");
    EXPECT_NE(pulled.find("Digest: " + digest + "\n"), std::string::npos) << pulled;
    EXPECT_NE(pulled.find("Status: Downloaded newer image"), std::string::npos) << pulled;
    type({{"run --rm " + host + "/team/alpine:1 echo works", "works\n", "", 0}});
}

TEST_F(Registry, a_layer_that_it_has_in_another_repository_is_mounted_from_there) {
    given("pull alpine");
    log_in();
    given("tag alpine " + host + "/team/alpine:1");
    given("tag alpine " + host + "/other/alpine:2");
    given("push -q " + host + "/team/alpine:1");
    type({{"push " + host + "/other/alpine:2",
           "The push refers to repository [" + host +
               "/other/alpine]\n"
               "~: Preparing\n"
               "~: Mounted from team/alpine\n"
               "2: digest: sha256:~ size: ~\n",
           "", 0}});
}

TEST_F(Registry, push_says_dockers_lines_and_errors) {
    given("pull alpine");
    given("tag alpine " + host + "/a:1");
    given("tag alpine " + host + "/a:2");
    const std::string refers = "The push refers to repository [";
    type(
        {{"push " + host + "/a:1", refers + host + "/a]\n~: Preparing\n", "no basic auth credentials\n", 1},
         {"push alpine",
          "Using default tag: latest\n" + refers + "docker.io/library/alpine]\n~: Preparing\n~: Layer already exists\n",
          "denied: requested access to the resource is denied\n", 1},
         {"push nowhere", "Using default tag: latest\n" + refers + "docker.io/library/nowhere]\n",
          "An image does not exist locally with the tag: nowhere\n", 1},
         {"push " + host + "/a:3", refers + host + "/a]\n", "tag does not exist: " + host + "/a:3\n", 1},
         {"push -a " + host + "/a:1", "", "tag can't be used with --all-tags/-a\n", 1},
         {"push UPPER", "", "invalid reference format: repository name (library/UPPER) must be lowercase\n", 1},
         {"push -q localhost:5000/a", "", "An image does not exist locally with the tag: localhost:5000/a\n", 1}});
    log_in();
    type({{"push -q " + host + "/a:1", host + "/a:1\n", "", 0},
          {"push -a " + host + "/a",
           refers + host +
               "/a]\n~: Preparing\n~: Layer already exists\n1: digest: sha256:~ size: ~\n"
               "~: Preparing\n~: Layer already exists\n2: digest: sha256:~ size: ~\n",
           "", 0}});
}

TEST_F(Registry, an_account_of_the_hub_pushes_to_its_own_repositories) {
    given("pull alpine");
    type({{"login -u learner -p look-inside", "Login Succeeded\n",
           "WARNING! Using --password via the CLI is insecure. Use --password-stdin.\n\n"
           "WARNING! Your credentials are stored unencrypted in '/root/.docker/config.json'.\n"
           "Configure a credential helper to remove this warning. See\n"
           "https://docs.docker.com/go/credential-store/\n\n",
           0},
          {"login -u learner -p wrong", "",
           "WARNING! Using --password via the CLI is insecure. Use --password-stdin.\n" + daemon_says +
               "Get \"https://registry-1.docker.io/v2/\": unauthorized: incorrect username or password\n",
           1}});
    given("tag alpine learner/mine");
    const std::string out = given("push learner/mine:latest");
    EXPECT_NE(out.find("Mounted from library/alpine"), std::string::npos) << out;
    type({{"push -q alpine", "", "denied: requested access to the resource is denied\n", 1}});
}

TEST_F(Registry, login_and_logout_keep_the_file_as_docker_does) {
    type({{"login -u learner -p wrong " + host, "",
           "WARNING! Using --password via the CLI is insecure. Use --password-stdin.\n" + daemon_says +
               "login attempt to https://" + host + "/v2/ failed with status: 401 Unauthorized\n",
           1},
          {"login -u learner --password-stdin -p x " + host, "",
           "WARNING! Using --password via the CLI is insecure. Use --password-stdin.\n"
           "conflicting options: cannot specify both --password and --password-stdin\n",
           1},
          {"login --password-stdin " + host, "", "the --password-stdin option requires --username to be set\n", 1},
          {"login -u learner -p= " + host, "",
           "WARNING! Using --password via the CLI is insecure. Use --password-stdin.\npassword is empty\n", 1}});
    given("sh -c 'mkdir -p /root/.docker; echo \"{\\\"detachKeys\\\": \\\"ctrl-e\\\"}\" > /root/.docker/config.json'");
    log_in();
    EXPECT_EQ(config(),
              "{\n\t\"detachKeys\": \"ctrl-e\",\n\t\"auths\": {\n\t\t\"registry.example.com\": {\n\t\t\t\"auth\": "
              "\"bGVhcm5lcjpsb29rLWluc2lkZQ==\"\n\t\t}\n\t}\n}");
    type({{"login " + host, "Login Succeeded\n",
           "Authenticating with existing credentials... [Username: learner]\n\n"
           " Info -> To login with a different account, run 'docker logout' followed by 'docker login'\n\n\n\n"
           "WARNING! Your credentials are stored unencrypted in '/root/.docker/config.json'.\n"
           "Configure a credential helper to remove this warning. See\n"
           "https://docs.docker.com/go/credential-store/\n\n",
           0},
          {"logout " + host, "Removing login credentials for " + host + "\n", "", 0},
          {"logout", "Removing login credentials for https://index.docker.io/v1/\n", "", 0}});
    EXPECT_EQ(config(), "{\n\t\"detachKeys\": \"ctrl-e\",\n\t\"auths\": {}\n}");
    given("sh -c 'echo nonsense > /root/.docker/config.json'");
    type({{"login -u learner --password-stdin " + host, "", "password is empty\n", 1}});
    const Answer refused = terminal.perform({"login", "-u", "learner", "--password-stdin", host}, "look-inside\n");
    EXPECT_EQ(refused.err, "Error saving credentials: error parsing config file (/root/.docker/config.json)\n");
    EXPECT_EQ(config(), "nonsense\n");
}

TEST_F(Registry, a_person_is_asked_for_what_was_not_typed) {
    MemoryConsole console;
    console.answer_text = "learner";
    Result<std::unique_ptr<Stage>> stage = Stage::open(terminal.line());
    ASSERT_TRUE(stage);
    EXPECT_EQ((*stage)->perform({"login", host}, console), 1);  // the same word for both
    EXPECT_EQ(console.out_text, "Username: Password: ");
    EXPECT_NE(console.err_text.find("401 Unauthorized"), std::string::npos);
    const Answer piped = terminal.perform({"login", "-u", "learner", host}, "x");
    EXPECT_EQ(piped.err, "Error: Cannot perform an interactive login from a non TTY device\n");
}

// --- canaries --------------------------------------------------------------------------------------------------------

TEST(RegistryCanary, a_password_and_its_token_are_in_no_trace_and_on_no_screen) {
    const std::string password = "canary_pass_0Z";
    const std::string encoded = registry::base64("learner:" + password);
    registry::test::TestContent content;
    content.tag("docker.io/library/small", "latest", content.image("linux/amd64", std::string(1024, '\0')));
    model::RegistrySite hub = model::docker_hub();
    hub.accounts.push_back({"learner", password});
    model::RegistryServer registry(content, {hub, model::private_registry(host, "learner", password)});
    model::MemoryFiles files;
    model::ModelOptions options;
    options.servers = {&registry};
    options.opening.advance_ns = 0;
    const auto world = model::ModelWorld::open(files, options);
    ASSERT_TRUE(world);
    trace::Recorder recorder((*world)->world().clock, world::Evidence::modelled);
    trace::Memory memory;
    recorder.add_sink(memory);
    std::string screen;
    const auto type = [&](const std::vector<std::string>& words, const std::string& piped) {
        trace::TracedWorld traced((*world)->world(), recorder);
        traced.world().narrator.note(world::CommandTyped{words});
        engine::Engine engine(traced.world());
        MemoryConsole console;
        console.piped = piped;
        const int status = perform(engine, console, words);
        screen += console.err_text + console.out_text;
        return status;
    };
    EXPECT_EQ(type({"login", "-u", "learner", "-p", password}, ""), 0) << screen;
    EXPECT_EQ(type({"login", "-ulearner", "-p" + password}, ""), 0) << screen;
    EXPECT_EQ(type({"login", "--username=learner", "--password=" + password, host}, ""), 0) << screen;
    EXPECT_EQ(type({"login", "-u", "learner", "--password-stdin", host}, password + "\n"), 0) << screen;
    EXPECT_EQ(type({"login", "-u", "learner", "-p", password + "x", host}, ""), 1);
    EXPECT_EQ(type({"login", host}, ""), 0) << screen;
    EXPECT_EQ(type({"pull", "small"}, ""), 0) << screen;
    for (const std::string& target : {std::string("learner/small:1"), host + "/small:1"}) {
        EXPECT_EQ(type({"tag", "small", target}, ""), 0);
        EXPECT_EQ(type({"push", target}, ""), 0) << screen;
    }
    EXPECT_EQ(type({"logout", host}, ""), 0);
    const std::string text = trace::to_text({}, memory.events);
    EXPECT_NE(text.find("Basic " + std::string(trace::blot)), std::string::npos) << "the secret must have been sent";
    EXPECT_GT(registry.state().tokens.size(), 0U);
    for (const auto& [where, all] : {std::pair("the trace", text), std::pair("the screen", screen)}) {
        EXPECT_EQ(all.find("canary_"), std::string::npos) << where << all.substr(all.find("canary_") - 200, 300);
        EXPECT_EQ(all.find(encoded.substr(0, encoded.size() - 3)), std::string::npos) << where;
        for (const auto& [token, rights] : registry.state().tokens) {
            EXPECT_EQ(all.find(token), std::string::npos) << where;
        }
    }
}

}  // namespace
}  // namespace cutaway::cli
