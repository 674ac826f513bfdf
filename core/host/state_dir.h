// SPDX-License-Identifier: Apache-2.0
// StateDir: a directory of this process's user in which a few named files are kept, locked among processes. Files are
// replaced whole and belong to the user alone (0600, the directory 0700). It survives the death of a process; it makes
// no promise about power (nothing is synced), because what is in it is a simulation.
#pragma once

#include <cstdint>
#include <optional>
#include <string>
#include <string_view>
#include <vector>

#include "core/base/result.h"
#include "core/host/fd.h"

namespace cutaway::host {

class StateDir {
public:
    static Result<StateDir> open(const std::string& path);

    Status lock();  // waits
    void unlock();
    Result<std::optional<std::string>> read(const std::string& name) const;
    Status replace(const std::string& name, std::string_view bytes) const;
    Status append(const std::string& name, std::string_view bytes) const;
    Result<std::uint64_t> size(const std::string& name) const;
    Status cut(const std::string& name, std::uint64_t size) const;
    Status remove(const std::string& name) const;
    Result<std::vector<std::string>> names(const std::string& folder) const;  // of what lies in it; absent: none
    // Moves these, as far as they are there, into a folder of their own beside them, "aside-1": its path, or nothing.
    Result<std::string> set_aside(const std::vector<std::string>& names);
    [[nodiscard]] std::string where(const std::string& name) const { return path_ + "/" + name; }

private:
    StateDir(std::string path, Fd lock) : path_(std::move(path)), lock_(std::move(lock)) {}
    Status make_parent(const std::string& name) const;

    std::string path_;
    Fd lock_;
};

std::string this_process();                      // its pid and when it started: as no other ever is
bool process_lives(const std::string& process);  // of this_process
std::int64_t wall_clock_ns();
void sleep_ns(std::int64_t ns);  // a signal ends it early

}  // namespace cutaway::host
