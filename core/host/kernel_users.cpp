// SPDX-License-Identifier: Apache-2.0
// User namespaces, and what an ordinary user has instead of root's rights: their own ids, those that /etc/subuid leaves
// to them, and programs that carry packets.
#include <unistd.h>

#include <cerrno>

#include "core/host/kernel_calls.h"
#include "core/host/run_program.h"
#include "core/host/syscall.h"

namespace cutaway::host {

namespace {

constexpr std::int64_t map_timeout_ns = 60'000'000'000;

Status write_proc(Ledger& ledger, std::int64_t pid, const std::string& name, const std::string& text) {
    const std::string path = "/proc/" + std::to_string(pid) + "/" + name;
    const Status written = write_file(path, text);
    static_cast<void>(ledger.call("write", quoted(path) + ", " + quoted(text), [&]() -> std::int64_t {
        errno = written ? 0 : written.error().sys_errno;
        return written ? static_cast<std::int64_t>(text.size()) : -1;
    }));
    return written;
}

std::string one_line(const world::IdRange& range) {
    return std::to_string(range.inside) + " " + std::to_string(range.outside) + " " + std::to_string(range.count);
}

Status map_by_program(Ledger& ledger, const std::string& name, std::int64_t pid,
                      const std::vector<world::IdRange>& ranges) {
    ProgramRun run;
    run.about = name;
    for (const std::string& path : program_candidates(name, {})) {
        run.path = run.path.empty() && ::access(path.c_str(), X_OK) == 0 ? path : run.path;
    }
    if (run.path.empty()) {
        return fail(Errc::not_found, name + ": no such program: install uidmap");
    }
    run.argv = {name, std::to_string(pid)};
    for (const world::IdRange& range : ranges) {
        for (const std::uint32_t number : {range.inside, range.outside, range.count}) {
            run.argv.push_back(std::to_string(number));
        }
    }
    run.timeout_ns = map_timeout_ns;
    return run_program(ledger, run);
}

}  // namespace

// Groups first: who may still drop groups could get at what a group is kept from (CVE-2014-8989).
Done perform(Acting& acting, const world::MapIds& call) {
    if (maps_by_program(call)) {
        TRY(map_by_program(acting.ledger, "newgidmap", call.pid, call.gids));
        TRY(map_by_program(acting.ledger, "newuidmap", call.pid, call.uids));
        return world::Reply{};
    }
    TRY(write_proc(acting.ledger, call.pid, "setgroups", "deny"));
    TRY(write_proc(acting.ledger, call.pid, "gid_map", one_line(call.gids.front())));
    TRY(write_proc(acting.ledger, call.pid, "uid_map", one_line(call.uids.front())));
    return world::Reply{};
}

Done perform(Acting& acting, const world::StartCompanion& call) {
    if (acting.companions == nullptr) {
        return fail(Errc::unsupported, "start_companion: only a container's shim stays long enough");
    }
    world::Reply reply;
    reply.value = TRY(acting.companions->start(acting.ledger, call));
    return reply;
}

}  // namespace cutaway::host
