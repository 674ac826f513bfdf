// SPDX-License-Identifier: Apache-2.0
// The same command lines typed into Debian's dockerd, the simulated machine and the real world: what each prints and
// how it ends, line by line. docker.txt has the lines, and the reasons for what differs.
#include <future>
#include <iostream>
#include <map>

#include "tests/host/docker_registry.h"
#include "tests/peers/engines.h"
#include "tests/peers/table.h"

namespace cutaway::peers {
namespace {

using host::OwnNetwork;
using host::TempFolder;
using host::Words;

// Between two scenarios nothing is left of the first but images.
constexpr const char* sweep =
    "for id in $(docker ps -aq); do docker rm -f -v $id; done\n"
    "for name in $(docker network ls -q -f type=custom); do docker network rm $name; done\n"
    "for name in $(docker volume ls -q); do docker volume rm $name; done\n"
    "rm -rf ./*\n";

std::vector<Said> play(const Engine& engine, const Table& table) {
    std::vector<Said> said;
    for (const Scenario& scenario : table.scenarios) {
        for (const Step& step : scenario.steps) {
            said.push_back(engine.shell(step.command));
        }
        engine.shell(sweep);
    }
    return said;
}

struct Tally {
    int compared = 0;
    int same = 0;
    std::map<std::string, int> reasons;  // and how often they were needed
};

class Comparison {
public:
    Comparison(const Table& table, Tally& tally) : table_(table), tally_(tally) {}

    void step(const Step& step, const Said& docker, const std::string& side, const Said& ours) {
        if (!step.compared) {
            return;
        }
        step_ = &step;
        side_ = side;
        part("exit", std::to_string(docker.status), std::to_string(ours.status));
        part("stderr", in_todays_words(without_chance(docker.err), table_.wordings), without_chance(ours.err));
        if (step.compare == Compare::text) {
            part("stdout", in_todays_words(without_chance(docker.out), table_.wordings), without_chance(ours.out));
        } else {
            fields(fields_of(docker.out), fields_of(ours.out));
        }
    }

private:
    void fields(const std::map<std::string, std::string>& docker, const std::map<std::string, std::string>& ours) {
        EXPECT_FALSE(docker.empty()) << "line " << step_->line << ": docker prints no JSON";
        std::map<std::string, std::string> all = docker;
        all.insert(ours.begin(), ours.end());
        for (const auto& [path, value] : all) {
            const auto theirs = docker.find(path);
            const auto own = ours.find(path);
            part(path, theirs == docker.end() ? "(none)" : theirs->second, own == ours.end() ? "(none)" : own->second);
        }
    }

    void part(const std::string& what, const std::string& docker, const std::string& ours) {
        ++tally_.compared;
        if (docker == ours) {
            ++tally_.same;
            return;
        }
        const Reason* reason = reason_for(what);
        if (reason == nullptr) {
            ADD_FAILURE() << "docker.txt:" << step_->line << ": " << step_->command << "\n"
                          << what << " in the " << side_ << " world\n--- docker\n"
                          << docker << "--- ours\n"
                          << ours;
            return;
        }
        ++tally_.reasons["docker.txt:" + std::to_string(reason->line) + " " + reason->what + ", " + reason->side +
                         ": " + reason->text];
    }

    [[nodiscard]] const Reason* reason_for(const std::string& what) const {
        for (const auto* reasons : {&step_->reasons, &table_.everywhere}) {
            for (const Reason& reason : *reasons) {
                const bool here = reason.what == "any" || what.rfind(reason.what, 0) == 0;
                if (here && (reason.side == "both" || reason.side == side_)) {
                    return &reason;
                }
            }
        }
        return nullptr;
    }

    const Table& table_;
    Tally& tally_;
    const Step* step_ = nullptr;
    std::string side_;
};

void compare(const Table& table, const std::vector<Said>& docker, const std::string& side,
             const std::vector<Said>& ours, Tally& tally) {
    Comparison comparison(table, tally);
    std::size_t at = 0;
    for (const Scenario& scenario : table.scenarios) {
        for (const Step& step : scenario.steps) {
            comparison.step(step, docker[at], side, ours[at]);
            ++at;
        }
    }
}

// Each reason once, with how often it was needed.
void report(const Tally& tally) {
    std::cout << tally.compared << " answers compared, " << tally.same << " are docker's\n";
    for (const auto& [reason, times] : tally.reasons) {
        std::cout << "  " << times << (times == 1 ? " differs: " : " differ: ") << reason << "\n";
    }
}

class DockerPeer : public ::testing::Test {
protected:
    void SetUp() override {
        CUTAWAY_NEEDS_ROOT();
        CUTAWAY_NEEDS(busybox_program);
        network_.emplace();
        daemon_.emplace(folder_);
        if (!daemon_->why_not().empty()) {
            GTEST_SKIP() << "nothing is compared with docker here: " << daemon_->why_not();
        }
        docker_.emplace(folder_, "docker", daemon_->client());
        real_.emplace(folder_, "real", host::real_words(real_root_, {}));
        model_.emplace(folder_, "model", Words{CUTAWAY_PROGRAM, "--world", "model", "--root", folder_.path("machine")});
    }
    void TearDown() override {
        if (real_) {
            real_->shell(sweep);
        }
    }
    // One image, made by docker, so that it has one id.
    void get_busybox() const {
        const std::string tar = make_rootfs(folder_);
        const std::string saved = folder_.path("busybox.tar");
        const Said imported = docker_->shell("docker import --change 'CMD [\"sh\"]' --change 'ENV PATH=/bin' " + tar +
                                             " busybox:latest && docker save -o " + saved + " busybox:latest");
        ASSERT_EQ(imported.status, 0) << imported.err;
        const Said loaded = real_->shell("docker load -i " + saved);
        ASSERT_EQ(loaded.status, 0) << loaded.err;
        const Said pulled = model_->shell("docker pull busybox");
        ASSERT_EQ(pulled.status, 0) << pulled.err;
    }

    TempFolder folder_;
    TempFolder real_root_;
    std::optional<OwnNetwork> network_;
    std::optional<Dockerd> daemon_;
    std::optional<Engine> docker_;
    std::optional<Engine> real_;
    std::optional<Engine> model_;
};

TEST_F(DockerPeer, EveryCommandLineOfTheTableIsAnsweredAsDockerAnswers) {
    const char* other = std::getenv("CUTAWAY_DOCKER_TABLE");
    const Table table = read_table(host::text_of(other == nullptr ? CUTAWAY_PEER_TABLE : other));
    ASSERT_EQ(table.wrong, "");
    get_busybox();
    if (HasFatalFailure()) {
        return;
    }
    std::future<std::vector<Said>> theirs = std::async(std::launch::async, [&] { return play(*docker_, table); });
    const std::vector<Said> in_model = play(*model_, table);
    const std::vector<Said> in_real = play(*real_, table);
    const std::vector<Said> by_docker = theirs.get();
    Tally tally;
    compare(table, by_docker, "model", in_model, tally);
    compare(table, by_docker, "real", in_real, tally);
    report(tally);
}

}  // namespace
}  // namespace cutaway::peers
