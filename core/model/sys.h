// SPDX-License-Identifier: Apache-2.0
// Sys: what a simulated program may ask of the simulated kernel, as the process it is. Same names and errors as
// Linux. Nothing blocks: a call that would wait answers EAGAIN (sys_errno) and the program returns from step() saying
// what it waits for. Programs keep no pointer and touch nothing but Sys, so that a process is its program's saved
// state plus what the kernel keeps of it.
#pragma once

#include <cstdint>
#include <map>
#include <memory>
#include <optional>
#include <string>
#include <string_view>
#include <vector>

#include "core/base/result.h"
#include "core/world/disk.h"
#include "core/world/world.h"

namespace cutaway::model {

using Pid = std::int64_t;

// What step() answers: run me again when any of this is true, or I have ended.
struct Step {
    enum class What { again, wait, exited };
    What what = What::again;
    int code = 0;               // of exited
    std::vector<int> readable;  // descriptors
    std::vector<int> writable;
    std::int64_t until_ns = -1;  // on Sys::now_ns; negative: no timer
    bool child = false;          // a child changed state
    // A signal with a handler always wakes a waiting program.

    static Step again() { return {}; }
    static Step exited(int code) {
        Step step;
        step.what = What::exited;
        step.code = code;
        return step;
    }
    static Step wait() {
        Step step;
        step.what = What::wait;
        return step;
    }
    static Step wait_readable(int fd) {
        Step step = wait();
        step.readable.push_back(fd);
        return step;
    }
    static Step wait_until(std::int64_t at_ns) {
        Step step = wait();
        step.until_ns = at_ns;
        return step;
    }
    static Step wait_child() {
        Step step = wait();
        step.child = true;
        return step;
    }
};

class Sys;

// A program's state between two quanta. save() and its maker's load are exact inverses.
class Program {
public:
    virtual ~Program() = default;
    [[nodiscard]] virtual std::string_view name() const = 0;  // by which its maker is found again
    virtual Step step(Sys& sys) = 0;                          // runs until it would block, ends, or has had its turn
    virtual void save(std::string& out) const = 0;            // core/base/binary.h bytes
};

enum class Disposition { standard, ignore, handle };

struct WaitResult {
    Pid pid = 0;     // in the caller's numbering
    int code = 0;    // exit status, or 128 + signal
    int signal = 0;  // not 0: ended by it
    bool core = false;
};

struct OpenFlags {
    bool read = true;
    bool write = false;
    bool create = false;
    bool truncate = false;
    bool append = false;
    bool exclusive = false;
    bool directory = false;
};

struct SpawnRequest {
    std::string path;  // resolved as execve does: no $PATH search here; "#!" scripts work
    std::vector<std::string> argv;
    std::vector<std::string> env;
    std::map<int, int> descriptors;  // child's fd → caller's fd; others are not inherited
    bool background = false;
};

// A file's own magic names its program: an executable of an image is a small file "#!cutaway-program NAME\n" (its size
// is padded by the image data), or a script with an ordinary "#!" line. Anything else is ENOEXEC.
class Sys {
public:
    virtual ~Sys() = default;

    // --- who am I ---
    [[nodiscard]] virtual Pid pid() const = 0;  // in my own pid namespace
    [[nodiscard]] virtual Pid parent() const = 0;
    [[nodiscard]] virtual std::uint32_t uid() const = 0;
    [[nodiscard]] virtual std::uint32_t gid() const = 0;
    [[nodiscard]] virtual const std::vector<std::string>& argv() const = 0;
    [[nodiscard]] virtual std::vector<std::string>& env() = 0;  // NAME=VALUE
    [[nodiscard]] virtual std::string hostname() const = 0;
    [[nodiscard]] virtual const world::MachineProfile& machine() const = 0;
    virtual void set_title(std::string_view title) = 0;  // what ps shows
    virtual Status set_user(std::uint32_t uid, std::uint32_t gid) = 0;

    // --- files ---
    virtual Result<int> open(std::string_view path, OpenFlags flags, std::uint32_t mode) = 0;
    virtual Result<std::string> read(int fd, std::size_t most) = 0;         // "" is the end; EAGAIN: wait readable
    virtual Result<std::size_t> write(int fd, std::string_view bytes) = 0;  // EAGAIN; EPIPE with SIGPIPE
    virtual Status close(int fd) = 0;
    virtual Result<int> duplicate(int fd, int as) = 0;  // as < 0: the lowest free
    virtual Result<std::pair<int, int>> pipe() = 0;     // read end, write end
    [[nodiscard]] virtual bool is_terminal(int fd) const = 0;
    virtual Result<world::FileInfo> stat(std::string_view path, bool follow) = 0;
    virtual Result<std::vector<world::DirEntry>> list(std::string_view path) = 0;
    virtual Status make_dir(std::string_view path, std::uint32_t mode) = 0;
    virtual Status unlink(std::string_view path) = 0;
    virtual Status remove_dir(std::string_view path) = 0;
    virtual Status rename(std::string_view from, std::string_view to) = 0;
    virtual Status symlink(std::string_view target, std::string_view path) = 0;
    virtual Status hardlink(std::string_view from, std::string_view to) = 0;
    virtual Status change_mode(std::string_view path, std::uint32_t mode) = 0;
    virtual Status change_owner(std::string_view path, std::uint32_t uid, std::uint32_t gid) = 0;
    virtual Status touch(std::string_view path) = 0;  // mtime to now
    virtual Status change_dir(std::string_view path) = 0;
    [[nodiscard]] virtual std::string working_dir() const = 0;
    virtual void set_umask(std::uint32_t mask) = 0;

    // --- processes ---
    virtual Result<Pid> spawn(const SpawnRequest& request) = 0;  // fork and execve in one
    virtual Result<Pid> fork(std::unique_ptr<Program> child, const std::map<int, int>& descriptors) = 0;  // a subshell
    // execve: on success the caller's program is replaced when step() returns; what step() answers is ignored.
    virtual Status execute(std::string_view path, const std::vector<std::string>& argv,
                           const std::vector<std::string>& env) = 0;
    virtual Result<std::optional<WaitResult>> wait(Pid pid) = 0;  // -1: any; nothing yet: wait child; ECHILD: none
    virtual Status kill(Pid pid, int signal) = 0;
    virtual Status on_signal(int signal, Disposition disposition) = 0;
    virtual std::optional<int> take_signal() = 0;      // the next handled signal that arrived
    virtual std::vector<Pid> visible_processes() = 0;  // my pid namespace; more is in /proc

    // --- time, memory, cpu ---
    [[nodiscard]] virtual std::int64_t now_ns() const = 0;
    [[nodiscard]] virtual std::int64_t wall_ns() const = 0;
    virtual Status allocate(std::int64_t bytes) = 0;  // charged to my memory cgroup, negative frees; may end in SIGKILL
    virtual void burn(std::int64_t cpu_ns) = 0;       // my next turn comes when the cpu controller lets me have had it

    // --- network: streams only; addresses are dotted quads, or a socket's absolute path with port 0 ---
    virtual Result<int> listen(std::string_view address, std::uint16_t port) = 0;   // EADDRINUSE
    virtual Result<int> accept(int fd) = 0;                                         // EAGAIN: wait readable
    virtual Result<int> connect(std::string_view address, std::uint16_t port) = 0;  // ECONNREFUSED, EHOSTUNREACH
    virtual Result<std::string> peer(int fd) = 0;                    // "172.17.0.1:40000"; "" behind a socket's path
    virtual Result<std::string> resolve(std::string_view name) = 0;  // hosts file, then DNS; Errc::not_found

    virtual std::uint64_t random() = 0;  // seeded
};

// Makes programs by name: a fresh one (argv and env are in Sys), or one from its saved bytes.
class Programs {
public:
    virtual ~Programs() = default;
    virtual std::unique_ptr<Program> make(std::string_view name) const = 0;  // null: unknown
    virtual std::unique_ptr<Program> load(std::string_view name, std::string_view saved) const = 0;
};

// All that core/model ships (programs.cpp).
const Programs& standard_programs();

}  // namespace cutaway::model
