// SPDX-License-Identifier: Apache-2.0
// HostSpawner: starts cutaway-init as a shim, from a sealed copy, without forking this (threaded) program: the child
// between vfork and exec is posix_spawn's. The shim's parent is whoever reaps on this machine. Any thread.
#pragma once

#include <mutex>
#include <string>
#include <vector>

#include "core/host/fd.h"
#include "core/host/watched.h"
#include "core/world/world.h"

namespace cutaway::host {

// What all tasks of a world share: the sealed copy is made once, at the first start.
class ShimProgram {
public:
    explicit ShimProgram(std::string path) : path_(std::move(path)) {}  // empty: it is looked for
    Result<int> sealed();                                               // stays open as long as this lives

private:
    std::mutex mutex_;
    std::string path_;
    Fd fd_;
};

// How cutaway-init is started: with nothing but what it is given, from `first` on: its socket, the pipe for its pid, and
// what else it is to have (a descriptor that is not open leaves its place empty).
struct ShimStart {
    int program = -1;  // the sealed copy
    std::vector<std::string> argv;
    bool keeps_standard = false;  // 0, 1 and 2 and all below `first` are the caller's own; else /dev/null
    int first = 3;
    std::vector<int> more;
};
Result<std::int64_t> start_shim_process(const ShimStart& start, const Fd& socket);  // the shim's pid

class HostSpawner final : public world::Spawner {
public:
    HostSpawner(ShimProgram& program, Watched& watched, std::string run_root, const world::Cancel& cancel)
        : program_(program), watched_(watched), run_root_(std::move(run_root)), cancel_(cancel) {}
    Result<std::unique_ptr<world::Channel>> start_shim(std::string_view container) override;
    Result<std::unique_ptr<world::Channel>> connect(std::string_view container) override;

private:
    ShimProgram& program_;
    Watched& watched_;
    std::string run_root_;
    const world::Cancel& cancel_;
};

}  // namespace cutaway::host
