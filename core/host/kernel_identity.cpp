// SPDX-License-Identifier: Apache-2.0
#include <grp.h>
#include <linux/capability.h>
#include <linux/filter.h>
#include <linux/seccomp.h>
#include <sys/prctl.h>
#include <sys/syscall.h>
#include <unistd.h>

#include <algorithm>
#include <array>
#include <cerrno>
#include <cstring>

#include "core/host/capability.h"
#include "core/host/kernel_calls.h"

namespace cutaway::host {

namespace {

constexpr std::uint32_t last_id = 0x7FFFFFFF;  // beyond it some kernel and library code wraps (CVE-2024-40635)

Result<CapabilitySets> read_capabilities() {
    __user_cap_header_struct header{_LINUX_CAPABILITY_VERSION_3, 0};
    std::array<__user_cap_data_struct, 2> data{};
    if (::syscall(SYS_capget, &header, data.data()) < 0) {
        return sys_error(errno, "capget");
    }
    const auto both = [](std::uint32_t low, std::uint32_t high) { return std::uint64_t{high} << 32U | low; };
    return CapabilitySets{both(data[0].effective, data[1].effective), both(data[0].permitted, data[1].permitted),
                          both(data[0].inheritable, data[1].inheritable)};
}

Status write_capabilities(Ledger& ledger, std::uint64_t effective, std::uint64_t permitted,
                          std::uint64_t inheritable = 0) {
    __user_cap_header_struct header{_LINUX_CAPABILITY_VERSION_3, 0};
    std::array<__user_cap_data_struct, 2> data{};
    data[0].effective = static_cast<std::uint32_t>(effective);
    data[0].permitted = static_cast<std::uint32_t>(permitted);
    data[1].effective = static_cast<std::uint32_t>(effective >> 32U);
    data[1].permitted = static_cast<std::uint32_t>(permitted >> 32U);
    data[0].inheritable = static_cast<std::uint32_t>(inheritable);
    data[1].inheritable = static_cast<std::uint32_t>(inheritable >> 32U);
    const auto count = [](std::uint64_t set) { return std::to_string(capability_names(set).size()); };
    const std::string arguments =
        (effective == permitted ? "effective=permitted=" + count(permitted)
                                : "effective=" + count(effective) + ", permitted=" + count(permitted)) +
        " capabilities, inheritable=" + count(inheritable);
    return ledger.must("capset", arguments, "", [&] { return ::syscall(SYS_capset, &header, data.data()); });
}

Result<std::uint64_t> to_set(const std::vector<std::string>& names) {
    std::uint64_t set = 0;
    for (const std::string& name : names) {
        const int number = capability_number(name);
        if (number < 0) {
            return fail(Errc::invalid, "capset: no such capability: " + name);
        }
        set |= std::uint64_t{1} << static_cast<unsigned>(number);
    }
    return set;
}

Status bound_capabilities(Ledger& ledger, std::uint64_t keep) {
    for (int number = 0; ::prctl(PR_CAPBSET_READ, number, 0, 0, 0) >= 0; ++number) {
        const bool stays = (keep >> static_cast<unsigned>(number) & 1U) != 0;
        if (!stays && ::prctl(PR_CAPBSET_READ, number, 0, 0, 0) == 1) {
            TRY(ledger.must("prctl", "PR_CAPBSET_DROP, " + capability_name(number), capability_name(number),
                            [&] { return ::prctl(PR_CAPBSET_DROP, number, 0, 0, 0); }));
        }
    }
    static_cast<void>(ledger.call("prctl", "PR_CAP_AMBIENT, PR_CAP_AMBIENT_CLEAR_ALL",
                                  [] { return ::prctl(PR_CAP_AMBIENT, PR_CAP_AMBIENT_CLEAR_ALL, 0, 0, 0); }));
    return {};
}

// With the right to it, the one reason against it: a user namespace whose only map is its owner's own id
// (user_namespaces(7)).
bool is_denied_by_namespace(int error) {
    const Result<CapabilitySets> held = read_capabilities();
    const auto right = std::uint64_t{1} << static_cast<unsigned>(capability_number("CAP_SETGID"));
    return error == EPERM && held && (held->effective & right) != 0;
}

world::Reply without(std::uint64_t missing) {
    world::Reply reply;
    for (const std::string& name : capability_names(missing)) {
        reply.details.push_back({"not_held", name});
    }
    return reply;
}

}  // namespace

Done perform(Acting& acting, const world::SetHostname& call) {
    TRY(acting.ledger.must("sethostname", quoted(call.name), call.name,
                           [&] { return ::sethostname(call.name.data(), call.name.size()); }));
    return world::Reply{};
}

// The raw calls: glibc's set*id want to tell other threads, and there are none in a container's init.
// Capabilities survive until the plan's own capset takes them, and until execve where the user is not root.
Done perform(Acting& acting, const world::SetUser& call) {
    if (call.uid > last_id || call.gid > last_id) {
        return fail(Errc::invalid, "setuid: ids end at 2147483647");
    }
    Ledger& ledger = acting.ledger;
    const std::vector<gid_t> groups(call.groups.begin(), call.groups.end());
    const auto set = ledger.call("setgroups", std::to_string(groups.size()) + " groups",
                                 [&] { return ::setgroups(groups.size(), groups.data()); });
    if (set < 0 && !is_denied_by_namespace(ledger.error())) {
        return sys_error(ledger.error(), "setgroups");
    }
    TRY(ledger.must("setresgid", std::to_string(call.gid), "",
                    [&] { return ::syscall(SYS_setresgid, call.gid, call.gid, call.gid); }));
    TRY(ledger.must("prctl", "PR_SET_KEEPCAPS, 1", "", [] { return ::prctl(PR_SET_KEEPCAPS, 1, 0, 0, 0); }));
    TRY(ledger.must("setresuid", std::to_string(call.uid), "",
                    [&] { return ::syscall(SYS_setresuid, call.uid, call.uid, call.uid); }));
    const CapabilitySets now = TRY(read_capabilities());
    if (now.effective != now.permitted) {
        TRY(write_capabilities(ledger, now.permitted, now.permitted));
    }
    world::Reply reply;
    if (set < 0) {
        reply.details.push_back({"groups", "stay as they are: a user namespace with one id denies setgroups"});
    }
    return reply;
}

Done perform(Acting& acting, const world::SetCapabilities& call) {
    const std::uint64_t keep = TRY(to_set(call.keep));
    TRY(bound_capabilities(acting.ledger, keep));
    // What the machine's root does not hold itself cannot be given (engine.md: CAP_SYS_RESOURCE here).
    const CapabilitySets now = TRY(read_capabilities());
    TRY(write_capabilities(acting.ledger, keep & now.permitted, keep & now.permitted));
    return without(keep & ~now.permitted);
}

// Ambient ones come last: the kernel takes only what is permitted and inheritable (capabilities(7)).
Done perform(Acting& acting, const world::SetCapabilitySets& call) {
    const std::uint64_t permitted = TRY(to_set(call.permitted));
    const std::uint64_t effective = TRY(to_set(call.effective));
    const std::uint64_t inheritable = TRY(to_set(call.inheritable));
    const std::uint64_t ambient = TRY(to_set(call.ambient));
    TRY(bound_capabilities(acting.ledger, TRY(to_set(call.bounding))));
    const std::uint64_t held = TRY(read_capabilities()).permitted;
    TRY(write_capabilities(acting.ledger, effective & permitted & held, permitted & held, inheritable & held));
    // config.json of crun's own `spec` names ambient ones that are not inheritable: runtimes pass them over.
    const std::uint64_t able = ambient & permitted & inheritable & held;
    for (const std::string& name : capability_names(able)) {
        TRY(acting.ledger.must("prctl", "PR_CAP_AMBIENT, PR_CAP_AMBIENT_RAISE, " + name, name, [&] {
            return ::prctl(PR_CAP_AMBIENT, PR_CAP_AMBIENT_RAISE, capability_number(name), 0, 0);
        }));
    }
    world::Reply reply = without(permitted & ~held);
    for (const std::string& name : capability_names(ambient & held & ~able)) {
        reply.details.push_back({"not_ambient", name});
    }
    return reply;
}

Done perform(Acting& acting, const world::NoNewPrivileges&) {
    TRY(acting.ledger.must("prctl", "PR_SET_NO_NEW_PRIVS, 1", "",
                           [] { return ::prctl(PR_SET_NO_NEW_PRIVS, 1, 0, 0, 0); }));
    return world::Reply{};
}

Done perform(Acting& acting, const world::LoadSeccomp& call) {
    if (call.filter.empty() || call.filter.size() % sizeof(sock_filter) != 0) {
        return fail(Errc::unsupported,
                    "seccomp: the profile \"" + call.profile + "\" came without its compiled filter");
    }
    std::vector<sock_filter> code(call.filter.size() / sizeof(sock_filter));
    std::memcpy(code.data(), call.filter.data(), call.filter.size());
    sock_fprog program{static_cast<unsigned short>(code.size()), code.data()};
    const std::string arguments = "SECCOMP_SET_MODE_FILTER, 0, {" + std::to_string(code.size()) + " instructions}";
    TRY(acting.ledger.must("seccomp", arguments, call.profile,
                           [&] { return ::syscall(SYS_seccomp, SECCOMP_SET_MODE_FILTER, 0, &program); }));
    return world::Reply{};
}

}  // namespace cutaway::host
