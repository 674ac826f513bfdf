// SPDX-License-Identifier: Apache-2.0
// Canaries from end to end: secrets are planted wherever a command, an image or a registry can carry one, everything is
// run, stepped, recorded and exported, and none may sing on a screen, in a log or in a file that leaves the machine.
// Allowed are what docker prints on purpose (inspect, ps, exec), what a container prints, and the machine's own state.
#include <map>

#include "core/cli/replay.h"
#include "core/cli/stepper.h"
#include "core/cli/verb.h"
#include "core/model/model_world.h"
#include "core/trace/file.h"
#include "core/trace/redact.h"
#include "core/trace/traced.h"
#include "tests/cli/program.h"
#include "tests/registry/fixture.h"

namespace cutaway::cli {
namespace {

using Words = std::vector<std::string>;

// Each planted secret differs, so that the one that sings says where it came from: "canary_env_0Z".
std::string canary(const std::string& where) { return "canary_" + where + "_0Z"; }

void expect_silence(const std::string& where, const std::string& text) {
    for (std::size_t at = text.find("canary_"); at != std::string::npos; at = text.find("canary_", at + 1)) {
        const std::size_t from = at < 160 ? 0 : at - 160;
        ADD_FAILURE() << where << " sings: …" << text.substr(from, 220);
        return;
    }
}

// Every look that the stepper offers, at this place.
const std::string look = "where\nlist\nplan\nwhy\ndiff\nshow\nshow containers[\"web\"]\nshow processes\n";

class Bench {
public:
    // What is printed is looked at too, unless it is docker's answer to the person who asked for it.
    Answer run(const Words& words, const std::string& typed = "", bool own_output = false) {
        Words all{"--root", root_.path(), "--world", "model", "--clock", "advance:1s"};
        all.insert(all.end(), words.begin(), words.end());
        Answer answer = run_program(scratch_.path(), all, typed);
        EXPECT_LT(answer.status, 128) << answer.err;
        std::string line;
        for (const std::string& word : words) {
            line += word + " ";
        }
        expect_silence("standard error of " + line, answer.err);
        if (!own_output) {
            expect_silence("standard output of " + line, answer.out);
        }
        return answer;
    }
    // The same, recorded; then everything that can be made of the recording.
    Answer record(const Words& words, const std::string& typed = "", bool own_output = false) {
        const std::string trace = scratch_.path() + "/trace" + std::to_string(++traces_);
        Words all{"--trace", trace};
        all.insert(all.end(), words.begin(), words.end());
        Answer answer = run(all, typed, own_output);
        expect_silence("trace of " + words[0], read_file(trace));
        run({"trace", "lint", trace});
        run({"trace", "export", trace});
        run({"trace", "export", trace, "--to", trace + ".story"});
        run({"trace", "export", "--html", trace, "--to", trace + ".html"});
        expect_silence("transcript", read_file(trace + ".html"));
        exported_ = read_file(trace + ".story");
        expect_silence("exported story", exported_);
        EXPECT_EQ(run({"replay", trace, "--json"}).status, 0);
        run({"replay", trace}, look + "next\n" + look + "break call:execve\ncontinue\n" + look + "continue\n" + look);
        if (traces_ > 1) {
            run({"trace", "diff", scratch_.path() + "/trace1", trace});
        }
        expect_silence("index of " + words[0], read_file(trace + ".idx"));
        everything_ += read_file(trace);
        return answer;
    }
    [[nodiscard]] std::string journal() const { return read_file(root_.path() + "/journal.jsonl"); }
    [[nodiscard]] const std::string& exported() const { return exported_; }
    [[nodiscard]] const std::string& everything() const { return everything_; }

private:
    TemporaryDirectory root_;
    TemporaryDirectory scratch_;
    int traces_ = 0;
    std::string exported_;  // the last
    std::string everything_;
};

TEST(Canary, in_environments_and_arguments_sings_on_no_screen_and_in_no_export) {
    Bench bench;
    const auto c = canary;
    const std::string walk = look + "next\n" + look + "next phase\n" + look +
                             "break call:execve\nbreak phase:exec\nbreak count(processes) > 4\n" + "continue\n" + look +
                             "continue\n" + look + "back\n" + look + "next call\n" + look + "diff 0\nbreaks\n" +
                             "continue\ncontinue\n" + look + "rc\n" + look + "live\n" + look + "continue\n";
    const Answer stepped =
        bench.record({"--step", "run", "-d", "--name", "web", "-e", "PASSWORD=" + c("password"), "-e",
                      "PLAIN=" + c("plain"), "--env=API=" + c("api"), "-eDSN=root:" + c("dsn") + "@tcp(db)/x", "-e",
                      "DB_URL=postgres://me:" + c("url") + "@db/x", "-l", "db.password=" + c("label"), "nginx"},
                     walk);
    EXPECT_EQ(stepped.status, 0) << stepped.err;
    EXPECT_GT(bench.exported().size(), 10000U);
    EXPECT_NE(stepped.err.find("execve"), std::string::npos);
    EXPECT_NE(stepped.err.find(trace::blot), std::string::npos);

    const std::vector<Words> quiet{
        {"run", "--rm", "alpine", "true", "--password=" + c("flag")},
        {"run", "--rm", "alpine", "true", "--password=a,b," + c("comma")},
        {"run", "--rm", "alpine", "true", "--password", c("word")},
        {"run", "--rm", "alpine", "true", "-token", c("dash")},
        {"run", "--rm", "alpine", "true", "-H", "Authorization: Bearer " + c("bearer")},
        {"run", "--rm", "alpine", "true", "-H", "X-Api-Key: " + c("apikey")},
        {"run", "--rm", "alpine", "true", "-d", R"({"user":"me","password":")" + c("json") + "\"}"},
        {"run", "--rm", "alpine", "true", "root:" + c("bare") + "@tcp(db)/x"},
        {"run", "--rm", "alpine", "true", "https://me:" + c("userinfo") + "@h/?sig=" + c("query")},
        {"run", "--rm", "alpine", "sh", "-c", "DB_PASS=" + c("shell") + " true"},
        {"exec", "-e", "TOKEN=" + c("exec"), "web", "true", "--secret=" + c("execflag")},
        {"create", "--name", "later", "-e", "MYSQL_ROOT_PASSWORD=" + c("create"), "alpine", "true"},
        {"start", "later"},
        {"restart", "-t", "1", "web"},
        {"sh", "-c",
         "curl -s -o /dev/null -H 'Authorization: Basic " + c("basic") + "' 'http://me:" + c("curl") +
             "@localhost:8080/?token=" + c("curlquery") + "'"},
        {"pull", "http://me:" + c("pull") + "@example.com/x"},
        {"pull", "me:" + c("pullbare") + "@example.com/x"},
        {"tag", "alpine", "me:" + c("tag") + "@example.com/x"},
        {"run", "--password=" + c("misuse"), "nginx"},
        {"run", "--rm", "-e", "=" + c("nameless"), "alpine", "true"},
        {"commit", "-c", "ENV TOKEN=" + c("change"), "-m", "token=" + c("message"), "web", "changed"},
        {"history", "--no-trunc", "changed"},
        {"save", "-o", "/no/where/token=" + c("output"), "changed"},
        {"cp", "web:/token=" + c("copied"), "-"},
        {"run", "--rm", "-v", "token=" + c("volume"), "alpine", "true"},
        {"exec", "web", "no-such-program", "--password=" + c("missing")},
        {"login", "-u", "me", "-p", c("login"), "example.com"},
        {"logs", "web"},
        {"events", "--since", "0", "--until", "0s"},
        {"stop", "-t", "1", "web"},
    };
    for (const Words& words : quiet) {
        bench.record(words);
    }
    const Answer inspected = bench.record({"inspect", "web"}, "", true);
    EXPECT_NE(inspected.out.find(c("password")), std::string::npos) << "the secret must have been there to be hidden";
    bench.record({"ps", "-a", "--no-trunc"}, "", true);
    bench.record({"rm", "-f", "web", "later"});

    expect_silence("the machine's journal", bench.journal());
    EXPECT_GT(bench.journal().size(), 50000U);
    EXPECT_NE(bench.everything().find("\"PASSWORD=" + std::string(trace::blot)), std::string::npos);
}

// A registry that says more than it should: cookies, a refresh token beside the token, addresses signed twice.
class Careless final : public model::HttpServer {
public:
    explicit Careless(model::RegistryServer& inner) : inner_(inner) {}
    bool answers(std::string_view authority) const override { return inner_.answers(authority); }
    Result<world::HttpResponse> serve(const world::HttpRequest& request, world::Source* upload) override {
        world::HttpResponse response = TRY(inner_.serve(request, upload));
        asked_ += request.url + "\n";
        for (const world::Pair& header : request.headers) {
            asked_ += header.name + ": " + header.value + "\n";
        }
        if (request.url.find("/token?") != std::string::npos && !inner_.state().tokens.empty()) {
            model::Outgoing out;
            out.headers = {{"content-type", "application/json"}};
            out.own = R"({"token":")" + inner_.state().tokens.begin()->first + R"(","refresh_token":")" +
                      canary("refresh") + "\"}";
            response = model::to_response(std::move(out), false);
        }
        for (world::Pair& header : response.headers) {
            if (header.name == "location") {
                header.value += "&X-Amz-Signature=" + canary("signature");
            }
        }
        response.headers.push_back({"set-cookie", "session=" + canary("cookie")});
        return response;
    }
    [[nodiscard]] const std::string& asked() const { return asked_; }

private:
    model::RegistryServer& inner_;
    std::string asked_;
};

// An image with secrets in its configuration and its history, and a layer without files.
oci::Descriptor telling_image(registry::test::TestContent& content, const std::string& layer) {
    const std::string diff_id = oci::to_text(oci::digest_of(layer));
    const std::string config =
        R"({"architecture":"amd64","os":"linux","created":"2024-01-01T00:00:00Z","config":{"Env":["PATH=/bin","APP=)" +
        canary("imageenv") + R"("],"Cmd":["serve","--password=)" + canary("imagecmd") + R"("],"Labels":{"token":")" +
        canary("imagelabel") + R"("}},"rootfs":{"type":"layers","diff_ids":[")" + diff_id +
        R"("]},"history":[{"created_by":"RUN |2 BUILD=)" + canary("imagearg") + R"( N=1 /bin/sh -c make"},)" +
        R"({"created_by":"/bin/sh -c #(nop)  ENV APP=)" + canary("imagehistory") + R"(","empty_layer":true}]})";
    oci::Manifest manifest;
    manifest.media_type = std::string(oci::media_type::oci_manifest);
    manifest.config = content.add(oci::media_type::oci_config, config);
    manifest.layers = {content.add(oci::media_type::oci_layer_tar, layer)};
    return content.add(oci::media_type::oci_manifest, oci::to_json(manifest));
}

TEST(Canary, in_what_a_registry_says_and_an_image_holds_sings_on_no_screen_and_in_no_export) {
    registry::test::TestContent content;
    content.tag("docker.io/library/telling", "latest", telling_image(content, std::string(1024, '\0')));
    content.tag("docker.io/library/broken", "latest", telling_image(content, std::string(2048, '\0')));
    model::RegistryServer registry(content, {model::docker_hub()});
    Careless careless(registry);
    model::MemoryFiles files;
    model::ModelOptions options;
    options.servers = {&careless};
    options.opening.advance_ns = 0;
    const auto world = model::ModelWorld::open(files, options);
    ASSERT_TRUE(world);
    trace::Recorder recorder((*world)->world().clock, world::Evidence::modelled);
    trace::Memory memory;
    recorder.add_sink(memory);
    struct Typed final : LineSource {
        std::optional<std::string> next(const std::string&) override {
            return lines.empty() ? std::nullopt : std::optional<std::string>(take());
        }
        std::string take() {
            std::string line = lines.substr(0, lines.find('\n'));
            lines.erase(0, line.size() + 1);
            return line;
        }
        std::string lines;
    } typed;
    for (const char* to : {"break call:http\n", "continue\n", "continue\n", "continue\n", "continue\n", "continue\n"}) {
        typed.lines += to + look;
    }
    std::string screen;
    Stepper stepper(
        typed, [&](std::string_view text) { screen += text; }, StepOptions());
    recorder.set_gate(&stepper);
    recorder.add_sink(stepper);
    const auto perform_words = [&](const Words& words) {
        trace::TracedWorld traced((*world)->world(), recorder);
        traced.world().narrator.note(world::CommandTyped{words});
        engine::Engine engine(traced.world());
        MemoryConsole console;
        const int status = perform(engine, console, words);
        screen += console.err_text + console.out_text;
        return status;
    };
    EXPECT_EQ(perform_words({"pull", "telling"}), 0) << screen;
    EXPECT_EQ(perform_words({"create", "--name", "told", "telling"}), 0) << screen;
    EXPECT_NE(perform_words({"start", "told"}), 0);
    EXPECT_EQ(perform_words({"images"}), 0);
    model::RegistryFault fault;
    fault.what = model::FaultKind::refuse;
    fault.where = "/registry-v2/blob/";
    fault.times = 0;
    registry.add_fault(fault);
    EXPECT_NE(perform_words({"pull", "broken"}), 0);

    const std::string text = trace::to_text({}, memory.events);
    const std::string token = registry.state().tokens.begin()->first;
    ASSERT_NE(careless.asked().find("Bearer " + token), std::string::npos) << "the secret must have been used";
    ASSERT_NE(careless.asked().find(canary("signature")), std::string::npos);
    const std::size_t verify = careless.asked().find("?verify=") + 8;
    const std::string signature = careless.asked().substr(verify, careless.asked().find('&', verify) - verify);
    for (const auto& [where, all] : {std::pair("the trace", text), std::pair("the screen", screen)}) {
        expect_silence(where, all);
        EXPECT_EQ(all.find(token), std::string::npos) << where;
        EXPECT_EQ(all.find(signature), std::string::npos) << where;
    }
    EXPECT_NE(text.find("APP=" + std::string(trace::blot)), std::string::npos);
    EXPECT_GT(screen.size(), 5000U);
}

}  // namespace
}  // namespace cutaway::cli
