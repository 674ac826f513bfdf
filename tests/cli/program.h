// SPDX-License-Identifier: Apache-2.0
// The program itself, as a person or a script starts it: words and what is typed go in, everything it says comes out.
#pragma once

#include <fcntl.h>
#include <sys/wait.h>
#include <unistd.h>

#include <fstream>
#include <sstream>
#include <string>
#include <vector>

#include "tests/cli/terminal.h"

namespace cutaway::cli {

inline std::string read_file(const std::string& path) {
    std::ifstream file(path, std::ios::binary);
    std::ostringstream text;
    text << file.rdbuf();
    return text.str();
}

inline void write_file(const std::string& path, const std::string& bytes) {
    std::ofstream(path, std::ios::binary | std::ios::trunc) << bytes;
}

// Runs CUTAWAY_PROGRAM with these words; its files go into `scratch`.
inline Answer run_program(const std::string& scratch, const std::vector<std::string>& words,
                          const std::string& typed = "") {
    write_file(scratch + "/in", typed);
    std::vector<std::string> all{CUTAWAY_PROGRAM};
    all.insert(all.end(), words.begin(), words.end());
    const pid_t child = ::fork();
    if (child == 0) {
        ::dup2(::open((scratch + "/in").c_str(), O_RDONLY), 0);
        ::dup2(::open((scratch + "/out").c_str(), O_WRONLY | O_CREAT | O_TRUNC, 0600), 1);
        ::dup2(::open((scratch + "/err").c_str(), O_WRONLY | O_CREAT | O_TRUNC, 0600), 2);
        std::vector<char*> argv;
        argv.reserve(all.size() + 1);
        for (std::string& word : all) {
            argv.push_back(word.data());
        }
        argv.push_back(nullptr);
        ::execv(argv[0], argv.data());
        ::_exit(126);
    }
    int status = 0;
    ::waitpid(child, &status, 0);
    return {read_file(scratch + "/out"), read_file(scratch + "/err"),
            WIFEXITED(status) ? WEXITSTATUS(status) : 128 + WTERMSIG(status)};
}

}  // namespace cutaway::cli
