// SPDX-License-Identifier: Apache-2.0
// An engine behind a socket for as long as the value lives, and the command lines of ordinary users who ask it.
#pragma once

#include <signal.h>
#include <sys/stat.h>

#include <memory>
#include <string>

#include <gtest/gtest.h>

#include "tests/host/program.h"

namespace cutaway::host {

inline constexpr const char* user = "65534";
inline constexpr const char* stranger = "65533";

class Engine {
public:
    explicit Engine(Words more = {"--allow-user", user}) {
        EXPECT_EQ(::chmod(root.path().c_str(), 0711), 0);
        Words words = real_words(root, {"engine", "--socket", socket()});
        words.insert(words.end(), more.begin(), more.end());
        process_ = std::make_unique<Process>(words);
        EXPECT_TRUE(process_->says("The engine listens at")) << process_->said();
    }
    [[nodiscard]] std::string socket() const { return root.path("engine.sock"); }
    // `cutaway --engine SOCKET …` of somebody who is not root, not even by a capability.
    [[nodiscard]] Words words(const Words& more, const std::string& who = user) const {
        Words all{"/usr/bin/setpriv", "--reuid",       who,        "--regid", who,
                  "--clear-groups",   CUTAWAY_PROGRAM, "--engine", socket()};
        all.insert(all.end(), more.begin(), more.end());
        return all;
    }
    [[nodiscard]] Answer ask(const Words& more, const std::string& who = user) const {
        return Process(words(more, who)).finish();
    }
    void signal(int number) const { EXPECT_EQ(::kill(process_->pid(), number), 0); }
    Answer finish() { return process_->finish(); }
    Process& process() { return *process_; }

    const TempFolder root;

private:
    std::unique_ptr<Process> process_;
};

inline const Words hello_run{"run", "--rm", "--network", "none", "lab/hello"};

inline Words run_with(const Words& more) {
    Words words = hello_run;
    words.insert(words.end(), more.begin(), more.end());
    return words;
}

}  // namespace cutaway::host
