// SPDX-License-Identifier: Apache-2.0
// A small machine for testing programs: files in a map, pipes, streams, processes run in turn. Time jumps when all
// wait. With `reload` every program is saved and loaded between any two steps. It is no kernel: no permissions, no
// namespaces, no limits.
#pragma once

#include <deque>
#include <functional>
#include <map>
#include <memory>
#include <set>
#include <string>
#include <vector>

#include "core/model/programs.h"
#include "core/model/sys.h"

namespace cutaway::model {

struct Case {  // a row of a table: what is typed, and what comes of it
    const char* script;
    const char* out;
    int code = 0;
    const char* err = "";
};

struct FakeFile {
    world::FileInfo info;
    std::string bytes;
};

struct FakeOpen {  // an open file description
    enum class What { file, null, sink, input, pipe_read, pipe_write, listener, stream } what = What::null;
    std::string path;
    std::size_t offset = 0;
    bool append = false;
    std::shared_ptr<std::string> bytes;     // pipe, sink, input, stream in
    std::shared_ptr<std::string> outgoing;  // stream out
    std::shared_ptr<int> readers;
    std::shared_ptr<int> writers;
    std::shared_ptr<bool> peer_closed;
    std::shared_ptr<bool> closed;
    std::string name;  // of a listener: its port, or a socket's path
    std::string peer;  // of a stream
    bool terminal = false;
};
using FakeOpenRef = std::shared_ptr<FakeOpen>;

struct FakeProcess {
    Pid pid = 0;
    Pid parent = 0;
    std::uint32_t uid = 0;
    std::uint32_t gid = 0;
    std::vector<std::string> argv;
    std::vector<std::string> env;
    std::string title;
    std::string cwd = "/";
    std::map<int, FakeOpenRef> fds;
    std::unique_ptr<Program> program;
    std::unique_ptr<Program> next;  // after execute
    std::map<int, Disposition> dispositions;
    std::deque<int> signals;
    Step waiting = Step::again();
    bool child_event = false;
    bool zombie = false;
    int code = 0;
    int signal = 0;
};

class FakeMachine {
public:
    FakeMachine();

    void file(const std::string& path, const std::string& bytes, std::uint32_t mode = 0644);
    void link(const std::string& path, const std::string& target);
    void programs(const std::string& directory);  // every program, as an executable there

    // Runs a command as process 1's child to its end, or until all wait without a timer.
    struct Ended {
        std::string out;
        std::string err;
        int code = -1;  // -1: it still waits
    };
    Ended run(const std::vector<std::string>& argv, const std::string& input = {});
    Ended shell(const std::string& script, const std::string& name = "sh") { return run({name, "-c", script}); }
    Pid start(const std::vector<std::string>& argv, const std::string& input = {}, bool terminal = false);
    void settle(std::int64_t until_ns = -1);  // until all wait; timers fire up to that time
    void kill(Pid pid, int signal) { (void)deliver(pid, signal); }
    [[nodiscard]] std::string out() const { return *out_; }
    [[nodiscard]] std::string err() const { return *err_; }
    [[nodiscard]] bool alive(Pid pid) const;
    [[nodiscard]] int code(Pid pid) const;
    [[nodiscard]] std::string read(const std::string& path) const;

    bool reload = false;
    std::vector<std::string> env{"PATH=/usr/local/sbin:/usr/local/bin:/usr/sbin:/usr/bin:/sbin:/bin", "HOME=/root"};
    std::int64_t now_ns = 0;
    std::map<Pid, FakeProcess> processes;
    std::map<std::string, FakeFile> files;

private:
    friend class FakeSys;
    Status deliver(Pid pid, int signal);
    void finish(FakeProcess& process, int code, int signal);
    bool ready(const FakeProcess& process) const;
    bool readable(const FakeOpenRef& open) const;
    bool step_all();
    void release(const FakeOpenRef& open);
    [[nodiscard]] std::string resolve(const std::string& cwd, std::string_view path, bool follow) const;
    Result<std::unique_ptr<Program>> load_file(FakeProcess& process, const std::string& path,
                                               std::vector<std::string>& argv, int depth = 0);

    Pid next_pid_ = 2;
    std::shared_ptr<std::string> out_ = std::make_shared<std::string>();
    std::shared_ptr<std::string> err_ = std::make_shared<std::string>();
    std::map<std::string, std::shared_ptr<std::deque<FakeOpenRef>>> listeners_;
    std::map<Pid, int> codes_;
};

}  // namespace cutaway::model
