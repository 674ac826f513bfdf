// SPDX-License-Identifier: Apache-2.0
// SeccompFilters: rules (core/sandbox/seccomp.h) compiled to what seccomp(2) takes. A filter is kept in a file by the
// digest of its rules, so that libseccomp, which lives in a module of its own, is loaded only for the first of a kind.
// The folder is the engine's (0700, root): what lies in it is loaded into the kernel as it is.
#pragma once

#include <mutex>
#include <string>
#include <string_view>

#include "core/base/result.h"

namespace cutaway::host {

using CompileSeccomp = Result<std::string> (*)(std::string_view rules);
struct SeccompEntry {
    CompileSeccomp compile = nullptr;
};

class SeccompFilters {
public:
    // An empty module path: it is looked for beside the program.
    explicit SeccompFilters(std::string folder, std::string module = "");
    Result<std::string> compile(const std::string& rules);  // any thread

private:
    std::mutex mutex_;
    std::string folder_;
    std::string module_;
};

}  // namespace cutaway::host
