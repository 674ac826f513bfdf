// SPDX-License-Identifier: Apache-2.0
// What a low-level runtime's commands ask of this machine beside kernel calls: whose process that is, what a cgroup
// holds, the folder that is one container's alone. Each looks once and answers; nothing here is traced.
#pragma once

#include <cstdint>
#include <optional>
#include <string>
#include <vector>

#include "core/base/result.h"
#include "core/host/fd.h"
#include "core/host/process_facts.h"

namespace cutaway::host {

// When the process began, in ticks since boot; nothing if there is none, or only what is left of one (a zombie).
std::optional<std::uint64_t> born_of(std::int64_t pid);

// Processes whose parents end become this one's children.
Status become_reaper();
// A child of this process: waits, at most so long; nothing: it runs on.
std::optional<ExitFacts> await_child(std::int64_t pid, int milliseconds);

std::vector<std::int64_t> members_of(const std::string& cgroup);    // of those below it, too
std::vector<std::string> cgroups_below(const std::string& cgroup);  // deepest first; it itself last
Result<std::string> real_path(const std::string& path);             // absolute and without links
Status claim_folder(const std::string& path);                       // Errc::exists: somebody has it
std::vector<std::string> folders_in(const std::string& path);       // names, sorted
std::string home_in(const std::string& root, std::uint32_t uid);    // by its /etc/passwd; "/" if it says nothing
Result<Fd> connect_stream(const std::string& path);                 // a socket that somebody listens at

}  // namespace cutaway::host
