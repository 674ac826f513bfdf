// SPDX-License-Identifier: Apache-2.0
// A file that appears whole or not at all: written beside its place, synced, renamed into it, its directory synced.
#pragma once

#include <cstdint>
#include <string>
#include <string_view>

#include "core/base/result.h"
#include "core/host/fd.h"

namespace cutaway::host {

enum class Sync { no, yes };

struct NewFile {
    Fd fd;
    std::string temporary;
};

Status make_dirs(const std::string& path, std::uint32_t mode);  // parents too; present is fine
Result<NewFile> begin_file(const std::string& path, std::uint32_t mode);
Status commit_file(NewFile& file, const std::string& path, Sync sync);
Status save_file(const std::string& path, std::string_view bytes, Sync sync);
Status append_file(const std::string& path, std::string_view bytes);

}  // namespace cutaway::host
