// SPDX-License-Identifier: Apache-2.0
// A typist who knows the words and not what they do: valid and invalid command lines at random on one machine. Nothing
// may crash or hang, what is refused is told in words, and after every command the picture is sound. Some seconds here;
// CUTAWAY_TYPIST_SECONDS=60 types for a minute, CUTAWAY_TYPIST_SEED=N the same lines again.
#include <chrono>
#include <condition_variable>
#include <cstdlib>
#include <mutex>
#include <random>
#include <thread>

#include <gtest/gtest.h>

#include "core/cli/root_stage.h"
#include "core/cli/verb.h"
#include "core/scene/invariants.h"
#include "tests/cli/terminal.h"
#include "tests/cli/watcher.h"

namespace cutaway::cli {
namespace {

std::uint64_t number_from(const char* name, std::uint64_t otherwise) {
    const char* text = std::getenv(name);
    return text == nullptr ? otherwise : std::strtoull(text, nullptr, 10);
}

using Words = std::vector<std::string>;

class Typist {
public:
    explicit Typist(std::uint64_t seed) : random_(seed) {}

    Words line() {
        const int kind = any(10);
        Words words = kind < 6 ? sensible() : any_verb();
        if (kind == 9 && !words.empty()) {
            words[static_cast<std::size_t>(any(static_cast<int>(words.size())))] = one_of(oddities);
        }
        return words;
    }

private:
    int any(int below) { return static_cast<int>(random_() % static_cast<std::uint64_t>(below)); }
    const std::string& one_of(const Words& words) {
        return words[static_cast<std::size_t>(any(static_cast<int>(words.size())))];
    }

    Words sensible() {
        const Words& form = forms[static_cast<std::size_t>(any(static_cast<int>(forms.size())))];
        Words words;
        for (const std::string& word : form) {
            const Words* pool = word == "C"   ? &containers
                                : word == "I" ? &images
                                : word == "N" ? &networks
                                : word == "V" ? &volumes
                                : word == "P" ? &ports
                                              : nullptr;
            const std::string chosen = pool == nullptr ? word : one_of(*pool);
            words.push_back(chosen);
        }
        return words;
    }

    // Any verb with any of its flags and arguments that may or may not fit.
    Words any_verb() {
        const std::vector<const Verb*> verbs = all_verbs();
        const Verb& verb = *verbs[static_cast<std::size_t>(any(static_cast<int>(verbs.size())))];
        Words words = words_of(verb.name);
        if (verb.name == "events") {  // without an end it goes on
            words.emplace_back("--until=0s");
        }
        for (int i = any(3); i > 0 && !verb.flags.empty(); --i) {
            const FlagSpec& flag = verb.flags[static_cast<std::size_t>(any(static_cast<int>(verb.flags.size())))];
            if (flag.name == "follow" || flag.name == "until") {
                continue;
            }
            words.push_back("--" + std::string(flag.name));
            if (flag.kind != FlagKind::boolean) {
                words.push_back(one_of(values));
            }
        }
        for (int i = any(4); i > 0; --i) {
            words.push_back(one_of(any(2) == 0 ? containers : any(2) == 0 ? images : any(2) == 0 ? volumes : values));
        }
        return words;
    }

    std::mt19937_64 random_;
    const Words containers{"web", "db", "c1", "c2", "nobody"};
    const Words images{"alpine", "nginx", "nginx:alpine", "redis:7-alpine", "busybox", "nowhere:1"};
    const Words networks{"app-net", "other-net", "bridge", "missing-net"};
    const Words volumes{"data", "more", "none-such"};
    const Words ports{"8080:80", "8080:80", "127.0.0.1:9000:6379", "53:53/udp", "80"};
    const Words values{"1",    "0",        "-1",          "64m", "web", "{{.Names}}",  "{{json .}}",
                       "{{",   "name=web", "/data:/data", "no",  "5s",  "linux/amd64", "root",
                       "TERM", "",         "99999999999"};
    const Words oddities{"",
                         "-",
                         "--",
                         "---",
                         "\xff\xfe",
                         "../../etc/passwd",
                         std::string(300, 'a'),
                         "é",
                         "$(reboot)",
                         "{",
                         ":",
                         "@sha256:00",
                         "-999",
                         "--no-such",
                         "a b",
                         "\n",
                         "*",
                         "-xyz"};
    const std::vector<Words> forms{
        {"run", "-d", "--name", "C", "I"},
        {"run", "-d", "--name", "C", "-p", "P", "nginx"},
        {"run", "-d", "--name", "C", "--network", "N", "nginx:alpine"},
        {"run", "-d", "--name", "C", "-v", "V:/data", "redis:7-alpine"},
        {"run", "--rm", "I", "true"},
        {"run", "--name", "C", "--memory", "16m", "alpine", "sh", "-c", "exit 3"},
        {"run", "-d", "--name", "C", "--restart", "no", "alpine", "sleep", "30"},
        {"create", "--name", "C", "I"},
        {"start", "C"},
        {"stop", "-t", "1", "C"},
        {"restart", "-t", "1", "C"},
        {"kill", "C"},
        {"pause", "C"},
        {"unpause", "C"},
        {"rm", "C"},
        {"rm", "-f", "C", "C"},
        {"exec", "C", "ls", "/"},
        {"exec", "C", "sh", "-c", "echo x > /data/x; echo y > /y"},
        {"logs", "C"},
        {"inspect", "C"},
        {"diff", "C"},
        {"commit", "C", "made:1"},
        {"run", "-d", "--name", "C", "made:1"},
        {"cp", "C:/etc/hostname", "/root/h"},
        {"rename", "C", "C"},
        {"update", "--memory", "64m", "C"},
        {"network", "create", "N"},
        {"network", "rm", "N"},
        {"volume", "create", "V"},
        {"volume", "rm", "V"},
        {"pull", "I"},
        {"rmi", "I"},
        {"rmi", "-f", "I"},
        {"tag", "I", "other:2"},
        {"save", "-o", "/root/s.tar", "I"},
        {"load", "-i", "/root/s.tar"},
        {"container", "prune", "-f"},
        {"image", "prune", "-a", "-f"},
        {"volume", "prune", "-f"},
        {"network", "prune", "-f"},
        {"system", "prune", "-f"},
        {"system", "df"},
        {"ps", "-a"},
        {"images"},
        {"info"},
        {"sh", "-c", "curl -s -m 1 localhost:8080"},
        {"model", "undo"},
    };
};

// `wait`, `attach`, a server in the foreground: whoever typed it gives up after a while.
class Patience {
public:
    explicit Patience(Stage& stage)
        : thread_([this, &stage] {
              std::unique_lock<std::mutex> lock(mutex_);
              if (!done_.wait_for(lock, std::chrono::milliseconds(300), [this] { return over_; })) {
                  stage.cancel();
              }
          }) {}
    ~Patience() {
        {
            const std::lock_guard<std::mutex> lock(mutex_);
            over_ = true;
        }
        done_.notify_all();
        thread_.join();
    }
    Patience(const Patience&) = delete;
    Patience& operator=(const Patience&) = delete;

private:
    std::mutex mutex_;
    std::condition_variable done_;
    bool over_ = false;
    std::thread thread_;  // last: it uses the others
};

std::string shown_line(const Words& words) {
    std::string text;
    for (const std::string& word : words) {
        text += " [" + word + "]";
    }
    return text;
}

TEST(Typist, types_anything_and_the_machine_stays_sound) {
    using Clock = std::chrono::steady_clock;
    const std::uint64_t seed = number_from("CUTAWAY_TYPIST_SEED", std::random_device()());
    const auto end = Clock::now() + std::chrono::seconds(number_from("CUTAWAY_TYPIST_SECONDS", 5));
    std::printf("seed %llu\n", static_cast<unsigned long long>(seed));
    Typist typist(seed);
    const TemporaryDirectory directory;
    CommandLine line;
    line.world = "model";
    line.root = directory.path();
    line.clock = "advance:1s";
    Result<std::unique_ptr<Stage>> stage = Stage::open(line);
    ASSERT_TRUE(stage) << stage.error().doing;
    Watcher watcher((*stage)->header());
    (*stage)->tell_history();
    (*stage)->recorder().add_sink(watcher);
    int typed = 0;
    int refused = 0;
    std::vector<std::string> told;
    while (Clock::now() < end && !HasFailure()) {
        const Words words = typist.line();
        const auto began = Clock::now();
        MemoryConsole console;
        const int status = [&] {
            const Patience patience(**stage);
            return (*stage)->perform(words, console);
        }();
        ++typed;
        refused += status == 0 ? 0 : 1;
        told.push_back(std::to_string(status) + shown_line(words) + "\n" + console.err_text.substr(0, 300));
        const std::string said = console.out_text + console.err_text;
        EXPECT_FALSE(status != 0 && said.empty() && words.front() != "sh" && words.front() != "exec" &&
                     words.front() != "run" && words.front() != "wait")
            << status << shown_line(words);
        EXPECT_EQ(said.find("internal"), std::string::npos) << said << shown_line(words);
        EXPECT_LT(Clock::now() - began, std::chrono::seconds(60)) << shown_line(words);
        MemoryConsole looked;
        (*stage)->perform({"ps", "-q"}, looked);  // an end that nobody has looked for is not in the records yet
        for (const scene::Violation& one : scene::violations(watcher.picture())) {
            ADD_FAILURE() << one.rule << ": " << one.detail << "\nafter line " << typed << shown_line(words);
        }
    }
    for (std::size_t i = told.size() - std::min<std::size_t>(told.size(), 40); HasFailure() && i < told.size(); ++i) {
        std::printf("%s\n", told[i].c_str());
    }
    std::printf("%d lines typed, %d refused\n", typed, refused);
    EXPECT_GT(typed, 20);
    EXPECT_GT(typed - refused, typed / 8);
    EXPECT_GT(refused, 0);
}

}  // namespace
}  // namespace cutaway::cli
