// SPDX-License-Identifier: Apache-2.0
// --profile documents: the mistakes and examples of the documents whose words are not today's docker's, in both.
#include "core/cli/documents.h"

#include "tests/cli/verbs.h"

namespace cutaway::cli {
namespace {

struct Pair {
    std::string typed;
    Answer documents;
    Answer today;
};

struct Documents : Verbs {
    void both(const std::vector<Pair>& pairs) {
        for (const Pair& pair : pairs) {
            for (const bool documents : {true, false}) {
                terminal.line().documents = documents;
                const Answer& wanted = documents ? pair.documents : pair.today;
                type({{pair.typed, wanted.out, wanted.err, wanted.status}});
            }
        }
        terminal.line().documents = false;
    }
};

TEST_F(Documents, the_mistakes_are_told_in_their_words_or_in_todays) {
    given("run -d --name web -p 8080:80 nginx:alpine");
    both(
        {{"rm web",
          {"",
           daemon_says + "You cannot remove a running container. Stop the container before removing or force remove "
                         "with option '-f'.\n",
           1},
          {"",
           daemon_says + "cannot remove container \"web\": container is running: stop the container before removing or "
                         "force remove\n",
           1}},
         {"sh -c 'curl http://localhost:9090'",
          {"", "curl: (7) Failed to connect to localhost port 9090: Connection refused\n", 7},
          {"", "curl: (7) Failed to connect to localhost port 9090 after ~ ms: Couldn't connect to server\n", 7}},
         {"exec web ps aux",
          {"USER PID COMMAND\nroot 1 nginx: master process nginx -g daemon off;\nnginx ~ nginx: worker process\nnginx "
           "~ "
           "nginx: worker process\n",
           "", 0},
          {"PID   USER     TIME  COMMAND\n    1 root       0:00 nginx: master process nginx -g daemon off;\n~\n~\n~ ps "
           "aux\n",
           "", 0}},
         {"exec web sh -c 'echo PID'", {"PID\n", "", 0}, {"PID\n", "", 0}},
         {"rm nobody",
          {"", daemon_says + "No such container: nobody\n", 1},
          {"", daemon_says + "No such container: nobody\n", 1}},
         {"stop --time 1 web",
          {"web\n", "", 0},
          {"web\n", "Flag --time has been deprecated, use --timeout instead\n", 0}}});
}

TEST_F(Documents, a_pull_and_an_image_are_told_in_their_words) {
    terminal.line().documents = true;
    type(
        {{"pull alpine",
          "Using default tag: latest\nlatest: Pulling from library/alpine\n~: Pull complete\nDigest: sha256:~\nStatus: "
          "Downloaded newer image for alpine:latest\n",
          ""},
         {"inspect -f '{{len .RootFS.Layers}}' alpine", "1\n", ""},
         {"image inspect nope", "[]\n", daemon_says + "No such image: nope:latest\n", 1}});
    const std::string json = given("inspect alpine");
    EXPECT_NE(json.find("\"VirtualSize\": 7797760,\n        \"Layers\": [\n            \"sha256:"), std::string::npos)
        << json;
    EXPECT_EQ(json.find("RootFS"), std::string::npos);
    terminal.line().documents = false;
    EXPECT_EQ(given("inspect alpine").find("VirtualSize"), std::string::npos);
}

TEST(DocumentsWords, are_only_for_what_was_said_and_not_for_what_is_typed_at) {
    EXPECT_TRUE(has_own_words({"container", "rm", "web"}));
    EXPECT_TRUE(has_own_words({"image", "inspect", "nginx"}));
    for (const std::vector<std::string>& words : {std::vector<std::string>{},
                                                  {"run", "nginx"},
                                                  {"exec", "-it", "web", "ps", "aux"},
                                                  {"sh"},
                                                  {"logs", "web"},
                                                  {"inspect", "--format", "x", "nginx"},
                                                  {"exec", "web", "cat", "/x"}}) {
        EXPECT_FALSE(has_own_words(words)) << (words.empty() ? "" : words.back());
    }
}

}  // namespace
}  // namespace cutaway::cli
