// SPDX-License-Identifier: Apache-2.0
#include "core/host/user_facts.h"

#include <unistd.h>

#include <algorithm>
#include <cstdlib>
#include <string_view>

#include "core/host/syscall.h"

namespace cutaway::host {

namespace {

struct Switch {
    const char* file;
    char forbids;  // its value's first sign, where the value is a whole word of one
    const char* name;
};

// The kernel's own, Debian's and Ubuntu's.
constexpr Switch switches[] = {
    {"/proc/sys/user/max_user_namespaces", '0', "user.max_user_namespaces"},
    {"/proc/sys/kernel/unprivileged_userns_clone", '0', "kernel.unprivileged_userns_clone"},
    {"/proc/sys/kernel/apparmor_restrict_unprivileged_userns", '1', "kernel.apparmor_restrict_unprivileged_userns"},
};

std::string_view cut(std::string_view& rest, char at) {
    const std::size_t end = std::min(rest.find(at), rest.size());
    const std::string_view part = rest.substr(0, end);
    rest.remove_prefix(std::min(rest.size(), end + 1));
    return part;
}

}  // namespace

Status may_have_user_namespace() {
    for (const Switch& one : switches) {
        const std::string value = read_file(one.file).value_or("");
        if (value.size() <= 2 && !value.empty() && value.front() == one.forbids) {
            return fail(Errc::denied,
                        "this machine keeps user namespaces for root: " + std::string(one.name) + " is " + one.forbids);
        }
    }
    return {};
}

std::string found_in_path(const std::string& program) {
    const char* path = std::getenv("PATH");
    std::string_view rest = path == nullptr ? "/usr/bin:/bin" : path;
    while (!rest.empty()) {
        std::string file = std::string(cut(rest, ':')) + "/" + program;
        if (::access(file.c_str(), X_OK) == 0) {
            return file;
        }
    }
    return {};
}

std::string network_program() {
    return ::access("/dev/net/tun", R_OK | W_OK) == 0 ? found_in_path("slirp4netns") : std::string();
}

}  // namespace cutaway::host
