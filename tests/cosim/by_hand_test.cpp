// SPDX-License-Identifier: Apache-2.0
// All the by-hand lines of a real plan, as a script that bash performs as root: the program in that container must
// report what the one in the engine's container reports.
#include "core/world/by_hand.h"

#include <sys/wait.h>

#include <algorithm>
#include <array>
#include <cstdio>
#include <fstream>
#include <set>

#include <nlohmann/json.hpp>

#include "core/cli/console.h"
#include "tests/cosim/two_worlds.h"

namespace cutaway::cosim {
namespace {

class PlanNarrator final : public world::Narrator {
public:
    Status begin(const world::SpanStart&) override { return {}; }
    void end(const Error*) override {}
    void note(world::Note note) override {
        if (auto* made = std::get_if<world::PlanMade>(&note)) {
            plan = std::move(*made);
        }
    }
    Status before(const world::Remote&, const world::Call&) override { return {}; }
    void after(const Result<world::Reply>&) override {}
    world::PlanMade plan;
};

struct Bash {
    std::string out;
    int status = -1;
};

Bash run_script(const std::string& path) {
    Bash bash;
    FILE* pipe = ::popen(("bash " + path + " 2>" + path + ".err").c_str(), "r");
    std::array<char, 4096> piece{};
    for (std::size_t got = 1; pipe != nullptr && got > 0;) {
        got = std::fread(piece.data(), 1, piece.size(), pipe);
        bash.out.append(piece.data(), got);
    }
    const int status = pipe == nullptr ? -1 : ::pclose(pipe);
    bash.status = WIFEXITED(status) ? WEXITSTATUS(status) : -1;
    return bash;
}

std::string text_of(const std::string& path) {
    std::ifstream file(path);
    return {std::istreambuf_iterator<char>(file), std::istreambuf_iterator<char>()};
}

using Json = nlohmann::json;

// What is mounted where and how, without the numbers that differ from one mount to the next.
std::vector<std::string> mounts_of(const Json& probe) {
    std::vector<std::string> found;
    for (const Json& line : probe.at("mounts")) {
        std::istringstream words(line.get<std::string>());
        std::string number;
        std::string root;
        std::string target;
        std::string options;
        words >> number >> number >> number >> root >> target >> options;
        const std::string text = line.get<std::string>();
        const std::string type =
            text.substr(text.find(" - ") + 3, text.find(' ', text.find(" - ") + 3) - text.find(" - ") - 3);
        found.push_back(target + " " + type + " " + options + " " + (type == "cgroup" ? "" : root));
    }
    std::sort(found.begin(), found.end());
    return found;
}

int own_namespaces(const Json& probe) {
    int own = 0;
    for (const auto& [name, link] : probe.at("spaces").items()) {
        std::array<char, 64> host{};
        const ssize_t size = ::readlink(("/proc/self/ns/" + name).c_str(), host.data(), host.size());
        own += link.get<std::string>() != std::string(host.data(), static_cast<std::size_t>(std::max<ssize_t>(size, 0)))
                   ? 1
                   : 0;
    }
    return own;
}

TEST(ByHand, ThePlansLinesAsAScriptMakeTheSameContainer) {
    CUTAWAY_NEEDS_ROOT();
    RealSide real;
    PlanNarrator narrator;
    world::World& host = real.world();
    world::World told{host.kernel, host.disk,  host.transport, host.clock,  host.entropy, host.spawner,
                      host.watch,  host.tasks, narrator,       host.cancel, host.machine};
    cli::MemoryConsole console;
    engine::Engine engine(told, &real.brought());
    engine::ContainerOptions options = lab_hello({"/hello", "probe"});
    options.remove = false;
    options.memory = std::uint64_t{64} << 20U;
    const Result<std::int32_t> status = engine.run(options, false, console);
    ASSERT_TRUE(status) << status.error().doing;

    const std::string path = real.folder() + "/by-hand.sh";
    std::ofstream(path) << world::script_of(narrator.plan.calls);
    const Bash bash = run_script(path);
    ASSERT_EQ(bash.status, 0) << text_of(path + ".err") << "\n" << text_of(path);
    const Json engines = Json::parse(console.out_text, nullptr, false);
    const Json by_hand = Json::parse(bash.out, nullptr, false);
    ASSERT_TRUE(engines.is_object()) << console.out_text;
    ASSERT_TRUE(by_hand.is_object()) << bash.out << text_of(path + ".err");
    for (const char* same : {"pid", "ppid", "hostname", "cwd", "root", "dev", "links", "cgroup", "status"}) {
        EXPECT_EQ(engines.at(same), by_hand.at(same)) << same;
    }
    EXPECT_EQ(mounts_of(engines), mounts_of(by_hand));
    EXPECT_EQ(own_namespaces(engines), own_namespaces(by_hand));
    EXPECT_GE(own_namespaces(by_hand), 5);
    EXPECT_EQ(engines.at("pid"), 1);
    ASSERT_TRUE(engine.remove("twin", false, false));
    EXPECT_TRUE(host::eventually([&] { return host::traces_of(real.folder()).empty(); }));
    EXPECT_EQ(host::traces_of(narrator.plan.container), std::vector<std::string>{});
}

}  // namespace
}  // namespace cutaway::cosim
