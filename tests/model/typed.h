// SPDX-License-Identifier: Apache-2.0
// Typed: whole command lines on one simulated machine under a root of its own, as a person types them; each takes a
// second of the machine's time.
#pragma once

#include <filesystem>
#include <random>

#include <gtest/gtest.h>

#include "core/cli/root_stage.h"

namespace cutaway::cli {

struct Answer {
    int code = 0;
    std::string out;
    std::string err;
};

class Typed : public ::testing::Test {
protected:
    void SetUp() override {
        root_ = std::filesystem::path(::testing::TempDir()) /
                (std::string("session-") + ::testing::UnitTest::GetInstance()->current_test_info()->name() + "-" +
                 std::to_string(std::random_device()()));  // somebody may run the same test beside us
        std::filesystem::remove_all(root_);
        stage_ = open(root_);
        ASSERT_NE(stage_, nullptr);
    }
    void TearDown() override {
        stage_.reset();
        std::filesystem::remove_all(root_);
    }
    static std::unique_ptr<Stage> open(const std::filesystem::path& root) {
        CommandLine line;
        line.world = "model";
        line.root = root.string();
        line.clock = "advance:1s";
        auto stage = Stage::open(line);
        EXPECT_TRUE(stage) << stage.error().doing;
        return stage ? std::move(*stage) : nullptr;
    }
    Answer type(const std::vector<std::string>& words) { return type_on(*stage_, words); }
    static Answer type_on(Stage& stage, const std::vector<std::string>& words) {
        MemoryConsole console;
        Answer answer;
        answer.code = stage.perform(words, console);
        answer.out = console.out_text;
        answer.err = console.err_text;
        return answer;
    }

    [[nodiscard]] const std::filesystem::path& root() const { return root_; }

private:
    std::filesystem::path root_;
    std::unique_ptr<Stage> stage_;
};

}  // namespace cutaway::cli
