// SPDX-License-Identifier: Apache-2.0
// What every test of a verb says: a line typed, and what docker answers to it on both streams and as its status.
#pragma once

#include <string>
#include <vector>

#include "tests/cli/terminal.h"

namespace cutaway::cli {

struct Line {
    std::string typed;
    std::string out;
    std::string err;
    int status = 0;
};

inline const std::string daemon_says = "Error response from daemon: ";

inline std::string usage(const std::string& error, const std::string& verb, const std::string& arguments) {
    return error + "\n\nUsage:  docker " + verb + " " + arguments + "\n\nRun 'docker " + verb +
           " --help' for more information\n";
}
inline std::string run_error(const std::string& error) {
    return "docker: " + error + "\n\nRun 'docker run --help' for more information\n";
}

// One terminal; lines are typed one after another.
struct Verbs : testing::Test {
    Terminal terminal;
    void type(const std::vector<Line>& lines) {
        for (const Line& line : lines) {
            const Answer answer = terminal.type(line.typed);
            EXPECT_TRUE(fits(answer.out, line.out)) << "$ " << line.typed << "\n" << answer.out << "---\n" << line.out;
            EXPECT_TRUE(fits(answer.err, line.err)) << "$ " << line.typed << "\n" << answer.err << "---\n" << line.err;
            EXPECT_EQ(answer.status, line.status) << "$ " << line.typed << "\n" << answer.err;
        }
    }
    // Typed for what it leaves behind: it must succeed.
    std::string given(const std::string& text) {
        const Answer answer = terminal.type(text);
        EXPECT_EQ(answer.status, 0) << text << "\n" << answer.err;
        return answer.out;
    }
};

}  // namespace cutaway::cli
