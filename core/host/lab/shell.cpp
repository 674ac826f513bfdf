// SPDX-License-Identifier: Apache-2.0
// A minimal shell: words with quotes, $NAME ${NAME} $? $$, ; & && || |, < > >>, NAME=value, cd exit export exec wait. What
// else POSIX's has (loops, functions, globs, substitution) is refused by name, never done by half.
#include "core/host/lab/shell.h"

#include <fcntl.h>
#include <sys/wait.h>
#include <unistd.h>

#include <cerrno>
#include <cstdio>
#include <cstdlib>
#include <cstring>

namespace cutaway::lab {

namespace {

class Runner {
public:
    int run(const Script& script) {
        bool go = true;
        for (const Link& link : script) {
            if (go) {
                status_ = link.background ? start_behind(link.pipeline) : run_pipeline(link.pipeline);
            }
            go = link.next == Next::always || (link.next == Next::on_success) == (status_ == 0);
            if (ended_) {
                break;
            }
        }
        return status_;
    }
    [[nodiscard]] bool ended() const { return ended_; }
    [[nodiscard]] int status() const { return status_; }

private:
    static int code_of(int status) { return WIFSIGNALED(status) ? 128 + WTERMSIG(status) : WEXITSTATUS(status); }

    int start_behind(const Pipeline& pipeline) {
        std::fflush(stdout);
        if (::fork() == 0) {
            child_ = true;
            ::_exit(run_pipeline(pipeline));
        }
        return 0;
    }

    // All but the last write into the next one's input; the last one's status is the pipeline's.
    int run_pipeline(const Pipeline& pipeline) {
        if (pipeline.size() == 1) {
            return run_command(pipeline.front());
        }
        std::vector<pid_t> children;
        int input = -1;
        for (std::size_t i = 0; i < pipeline.size(); ++i) {
            int ends[2] = {-1, -1};
            if (i + 1 < pipeline.size() && ::pipe2(ends, O_CLOEXEC) < 0) {
                return complain("sh: pipe");
            }
            const pid_t child = ::fork();
            if (child == 0) {
                ::dup2(input < 0 ? 0 : input, 0);
                ::dup2(ends[1] < 0 ? 1 : ends[1], 1);
                child_ = true;
                ::_exit(run_command(pipeline[i]));
            }
            children.push_back(child);
            ::close(input);
            ::close(ends[1]);
            input = ends[0];
        }
        int last = 1;
        for (const pid_t child : children) {
            int status = 0;
            ::waitpid(child, &status, 0);
            last = code_of(status);
        }
        return last;
    }

    // A built-in says nothing, so that its redirections only make files, as `: > FILE` is used.
    int run_command(const Command& command) {
        Words words;
        for (const Word& word : command.words) {
            expand(word, status_, words);
        }
        if (words.empty()) {
            return assign(command) | redirect(command, false);
        }
        if (const int done = run_own(words); done >= 0) {
            return done | redirect(command, false);
        }
        const bool replaced = words[0] == "exec";
        words.erase(words.begin(), words.begin() + (replaced ? 1 : 0));
        if (replaced || child_) {
            become(command, words);
        }
        std::fflush(stdout);
        const pid_t child = ::fork();
        if (child < 0) {
            return complain("sh: fork");
        }
        if (child == 0) {
            become(command, words);
        }
        int status = 0;
        while (::waitpid(child, &status, 0) < 0 && errno == EINTR) {
        }
        return code_of(status);
    }

    int assign(const Command& command) const {
        for (const Assignment& one : command.assignments) {
            Words value;
            expand(one.value, status_, value);
            ::setenv(one.name.c_str(), value.empty() ? "" : value.front().c_str(), 1);
        }
        return 0;
    }

    // -1: no built-in's name.
    int run_own(const Words& words) {
        if (words[0] == "cd") {
            const char* home = std::getenv("HOME");
            const std::string to = words.size() > 1 ? words[1] : home == nullptr ? "/" : home;
            return ::chdir(to.c_str()) == 0 ? 0 : complain("sh: cd: " + to);
        }
        if (words[0] == "exit") {
            ended_ = true;
            return number_at(words, 1, status_);
        }
        if (words[0] == "export") {
            for (std::size_t i = 1; i < words.size(); ++i) {
                const std::size_t equals = words[i].find('=');
                if (equals != std::string::npos) {
                    ::setenv(words[i].substr(0, equals).c_str(), words[i].c_str() + equals + 1, 1);
                }
            }
            return 0;
        }
        if (words[0] == "wait") {
            while (::waitpid(-1, nullptr, 0) > 0) {
            }
            return 0;
        }
        return words[0] == ":" ? 0 : -1;
    }

    int redirect(const Command& command, bool keep) const {
        for (const Redirection& one : command.redirections) {
            Words place;
            expand(one.place, status_, place);
            const std::string path = place.empty() ? "" : place.front();
            const int file = ::open(path.c_str(), one.flags | O_CLOEXEC, 0666);
            if (file < 0) {
                return complain("sh: " + path);
            }
            if (keep) {
                ::dup2(file, one.descriptor);
            }
            ::close(file);
        }
        return 0;
    }

    [[noreturn]] void become(const Command& command, const Words& words) const {
        static_cast<void>(assign(command));
        if (redirect(command, true) != 0) {
            ::_exit(1);
        }
        std::vector<char*> argv;
        for (const std::string& word : words) {
            argv.push_back(const_cast<char*>(word.c_str()));
        }
        argv.push_back(nullptr);
        if (!words.empty()) {
            ::execvp(argv[0], argv.data());
            std::fprintf(stderr, "sh: %s: %s\n", argv[0], errno == ENOENT ? "not found" : std::strerror(errno));
        }
        ::_exit(errno == ENOENT ? 127 : 126);
    }

    int status_ = 0;
    bool ended_ = false;
    bool child_ = false;  // of the shell that was asked: its program needs no other process
};

int run_text(Runner& runner, const std::string& text) {
    Script script;
    const std::string trouble = parse(text, script);
    if (!trouble.empty()) {
        std::fprintf(stderr, "sh: %s\n", trouble.c_str());
        return 2;
    }
    return runner.run(script);
}

bool read_line(std::string& line) {
    line.clear();
    char one = 0;
    ssize_t got = 0;
    while ((got = ::read(0, &one, 1)) == 1 && one != '\n') {
        line += one;
    }
    return got == 1 || !line.empty();
}

int run_sh(const Words& words) {
    Runner runner;
    if (words.size() > 2 && words[1] == "-c") {
        return run_text(runner, words[2]);
    }
    if (words.size() > 1) {
        return run_text(runner, read_text(words[1]));
    }
    const bool asked = ::isatty(0) == 1;
    int status = 0;
    for (std::string line;;) {
        if (asked) {
            say(::getuid() == 0 ? "# " : "$ ");
        }
        if (runner.ended() || !read_line(line)) {
            return status;
        }
        status = run_text(runner, line);
        if (runner.ended()) {
            return status;
        }
    }
}

}  // namespace

Applets shell_applets() { return {{"sh", run_sh}}; }

}  // namespace cutaway::lab
