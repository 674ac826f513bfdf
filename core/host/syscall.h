// SPDX-License-Identifier: Apache-2.0
// Thin wrappers: the error saved first, CLOEXEC always, EINTR repeated where the manual allows. `doing` of an error
// names the call and its path. No policy here.
#pragma once

#include <sys/types.h>

#include <cstdint>
#include <span>
#include <string>
#include <string_view>

#include "core/base/result.h"
#include "core/host/fd.h"

namespace cutaway::host {

// Below this directory descriptor; -1: the path is absolute.
struct At {
    int directory = -1;
    std::string path;
};

Result<Fd> open_file(const std::string& path, int flags, std::uint32_t mode = 0);
Result<Fd> open_at(int directory, const std::string& name, int flags, std::uint32_t mode = 0);
Result<Fd> open_folder(const std::string& path);  // to stand in
Result<Fd> create_file(const std::string& path);  // for writing; an old one is emptied
// openat2(2): `path` as a process whose root is `root` would see it; links cannot lead out (CVE-2021-30465).
Result<Fd> open_in_root(int root, std::string_view path, int flags, std::uint32_t mode = 0);

Result<std::size_t> read_some(int fd, std::span<char> into);
Status write_all(int fd, std::string_view bytes);
Result<std::string> read_all(int fd, std::size_t limit);
Result<std::string> read_file(const std::string& path, std::size_t limit = std::size_t{64} << 20U);
Status write_file(const std::string& path, std::string_view bytes);  // an existing one: procfs, cgroups
Status sync_fd(int fd, std::string_view what);

Result<Pipe> make_pipe();
Result<int> open_pidfd(std::int64_t pid);
// True: readable (or the other side has gone) in time. Looks at nothing else; EINTR counts as "not yet".
Result<bool> wait_readable(int fd, int timeout_ms);

Result<std::string> working_directory();  // getcwd(2)
std::string parent_of(std::string_view path);
std::string name_of(std::string_view path);
std::string fd_path(int fd);  // "/proc/self/fd/N"

}  // namespace cutaway::host
