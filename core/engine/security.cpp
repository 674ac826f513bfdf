// SPDX-License-Identifier: Apache-2.0
#include "core/engine/security.h"

#include <algorithm>

#include "core/rootfs/rootfs.h"
#include "core/sandbox/sandbox.h"
#include "core/sandbox/seccomp.h"

namespace cutaway::engine {

namespace {

constexpr std::string_view seccomp_key = "seccomp=";
constexpr std::string_view no_new_key = "no-new-privileges";

// "seccomp:x" is the older spelling of "seccomp=x".
std::string with_equals(std::string option) {
    const std::size_t at = option.find_first_of("=:");
    if (at != std::string::npos) {
        option[at] = '=';
    }
    return option;
}

Result<std::string> read_profile(world::Disk& disk, const std::string& path) {
    const Result<std::string> text = disk.read(path);
    if (!text) {
        const std::string why = text.error().code == Errc::not_found ? "no such file or directory"
                                : text.error().code == Errc::denied  ? "permission denied"
                                                                     : text.error().doing;
        return fail(Errc::invalid, "opening seccomp profile (" + path + ") failed: open " + path + ": " + why);
    }
    TRY_IN("Decoding seccomp profile failed", sandbox::seccomp_rules(*text, {}));
    return *text;
}

}  // namespace

Result<std::vector<std::string>> settle_security(world::Disk& disk, const std::vector<std::string>& options) {
    std::vector<std::string> settled;
    for (const std::string& given : options) {
        const std::string option = with_equals(given);
        if (option == no_new_key || option == "no-new-privileges=true") {
            settled.emplace_back(no_new_key);
        } else if (option.starts_with(seccomp_key)) {
            const std::string value = option.substr(seccomp_key.size());
            const bool word = value == "unconfined" || value == "builtin";
            settled.push_back(std::string(seccomp_key) + (word ? value : TRY(read_profile(disk, value))));
        } else if (option != "no-new-privileges=false") {
            return fail(Errc::unsupported,
                        "invalid --security-opt: \"" + given + "\": only seccomp and no-new-privileges are known here");
        }
    }
    return settled;
}

Result<Filter> filter_for(const world::MachineProfile& machine, const store::ContainerRecord& record,
                          const Brought* brought) {
    if (record.host.privileged || brought == nullptr || !brought->compile_filter) {
        return Filter{};
    }
    std::string_view profile = sandbox::default_seccomp();
    std::string name = "default";
    for (const std::string& option : record.host.security_options) {
        if (option.starts_with(seccomp_key) && option != "seccomp=builtin") {
            profile = std::string_view(option).substr(seccomp_key.size());
            name = "custom";
        }
    }
    if (profile == "unconfined") {
        return Filter{};
    }
    sandbox::SeccompFor container;
    container.capabilities = TRY(sandbox::capabilities(record.host.cap_add, record.host.cap_drop));
    container.architecture = machine.architecture;
    container.kernel = machine.kernel;
    const std::string rules = TRY_IN("read the seccomp profile", sandbox::seccomp_rules(profile, container));
    return Filter{std::move(name), TRY_IN("compile the seccomp profile", brought->compile_filter(rules))};
}

bool no_new_privileges(const store::ContainerRecord& record) {
    const std::vector<std::string>& options = record.host.security_options;
    return std::find(options.begin(), options.end(), no_new_key) != options.end();
}

std::vector<std::string> masked_paths(const store::ContainerRecord& record) {
    return record.host.privileged ? std::vector<std::string>() : rootfs::masked_paths();
}

std::vector<std::string> read_only_paths(const store::ContainerRecord& record) {
    return record.host.privileged ? std::vector<std::string>() : rootfs::read_only_paths();
}

}  // namespace cutaway::engine
