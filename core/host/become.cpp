// SPDX-License-Identifier: Apache-2.0
#include "core/host/become.h"

#include <unistd.h>

#include <cerrno>

#include "core/host/error.h"

namespace cutaway::host {

Error become(const std::string& path, const std::vector<std::string>& arguments) {
    std::vector<char*> pointers;
    pointers.reserve(arguments.size() + 2);
    pointers.push_back(const_cast<char*>(path.c_str()));  // execv(3) promises not to write there
    for (const std::string& text : arguments) {
        pointers.push_back(const_cast<char*>(text.c_str()));
    }
    pointers.push_back(nullptr);
    ::execv(path.c_str(), pointers.data());
    return sys_error(errno, "start " + path);
}

}  // namespace cutaway::host
