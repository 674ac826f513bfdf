// SPDX-License-Identifier: Apache-2.0
// Containers on networks of this machine, in a network namespace that is the test's own, with a second machine at the end
// of a cable. Skips aloud where that cannot be.
#pragma once

#include <memory>

#include "core/host/nft_rule.h"
#include "tests/host/program.h"

namespace cutaway::host {

class RealNetwork : public testing::Test {
protected:
    void SetUp() override {
        CUTAWAY_NEEDS_ROOT();
        if (const Status there = find_nf_tables(); !there) {
            GTEST_SKIP() << "no nf_tables here: " << there.error().doing;
        }
        town_ = std::make_unique<Town>();
    }
    void TearDown() override {
        for (const std::string& id : containers_in(root_)) {
            static_cast<void>(cutaway(root_, {"rm", "-f", id}));
        }
    }
    Answer serve(const Words& options) {
        Words words{"run", "-d"};
        words.insert(words.end(), options.begin(), options.end());
        words.insert(words.end(), {"lab/hello", "/hello", "serve", "80"});
        Answer answer = cutaway(root_, words);
        EXPECT_EQ(answer.status, 0) << answer.out;
        return answer;
    }
    // A container of its own that asks and prints the answer.
    Answer ask(const Words& options, const std::string& address, const std::string& port) {
        Words words{"run", "--rm"};
        words.insert(words.end(), options.begin(), options.end());
        words.insert(words.end(), {"lab/hello", "/hello", "fetch", address, port});
        return cutaway(root_, words);
    }
    // The server may need a moment from its start to its listen.
    Answer fetch(const std::string& address, const std::string& port) {
        Answer answer;
        eventually([&] { return (answer = town_->fetch(address, port)).status == 0; });
        return answer;
    }
    void expect_tidy() {
        Words left;
        for (const std::string& link : links()) {
            if (link.starts_with("veth") || link.starts_with("peth")) {
                left.push_back(link);
            }
        }
        EXPECT_EQ(left, Words{});
    }
    TempFolder root_;
    std::unique_ptr<Town> town_;
};

// The shim, which is named by the container, and everything in the container's cgroups.
void kill_all_of(const std::string& id);

}  // namespace cutaway::host
