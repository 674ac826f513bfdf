// SPDX-License-Identifier: Apache-2.0
// A bundle of lab/hello's one program, and `cutaway oci` for it. Whatever a test left of its containers goes with it.
#pragma once

#include <string>

#include <nlohmann/json.hpp>

#include "tests/host/machine.h"
#include "tests/host/program.h"

namespace cutaway::host {

class Box {
public:
    Box();
    Box(const Box&) = delete;
    Box& operator=(const Box&) = delete;
    ~Box();

    nlohmann::json config;  // written by save(): the default one, without a terminal
    void save() const;
    void runs(const Words& args);  // its program: /hello with these words; saved
    [[nodiscard]] std::string bundle() const { return folder_.path("bundle"); }
    [[nodiscard]] std::string path(const std::string& name) const { return folder_.path(name); }
    [[nodiscard]] const std::string& id() const { return id_; }

    [[nodiscard]] Words words(const Words& command) const;  // cutaway oci --root … command
    Answer oci(const Words& command) const;
    Answer create() const;  // what the program says goes to path("said")
    [[nodiscard]] std::string said() const { return text_of(path("said")); }
    [[nodiscard]] nlohmann::json state() const;                  // null: there is none
    [[nodiscard]] bool stands(const std::string& status) const;  // within some seconds
    // Neither folder, cgroup nor process.
    void expect_nothing_left() const;

private:
    TempFolder folder_;
    std::string id_;
};

// The Box that every test of this folder has; skipped aloud where nobody may.
class RealBundle : public ::testing::Test {
protected:
    void SetUp() override {
        CUTAWAY_NEEDS_ROOT();
        box.emplace();
    }
    std::optional<Box> box;
};

}  // namespace cutaway::host
