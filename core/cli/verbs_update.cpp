// SPDX-License-Identifier: Apache-2.0
// `docker update`.
#include "core/cli/container_options.h"
#include "core/cli/verb.h"
#include "core/engine/update.h"

namespace cutaway::cli {

namespace {

// The same words as run's, read by the same reader.
Result<engine::UpdateOptions> options_of(const Parsed& given) {
    Parsed as_run = given;
    as_run.arguments = {"image"};
    const engine::ContainerOptions limits = TRY(to_options(as_run));
    engine::UpdateOptions options;
    if (given.has("memory")) {
        options.memory = limits.memory;
    }
    if (given.has("memory-swap")) {
        options.memory_swap = limits.memory_swap;
    }
    if (given.has("cpus")) {
        options.nano_cpus = limits.nano_cpus;
    }
    if (given.has("cpu-shares")) {
        options.cpu_shares = limits.cpu_shares;
    }
    if (given.has("pids-limit")) {
        options.pids_limit = limits.pids_limit;
    }
    if (given.has("restart")) {
        options.restart = limits.restart;
    }
    return options;
}

int update(Invocation& call) {
    if (call.given.values.empty()) {
        call.console.err("you must provide one or more flags when using this command\n");
        return 1;
    }
    const Result<engine::UpdateOptions> options = options_of(call.given);
    if (!options) {
        return misuse(call, options.error().doing);
    }
    int status = 0;
    std::vector<Error> errors;
    for (const std::string& name : call.given.arguments) {
        if (const Status done = engine::update(call.engine, name, *options); done) {
            call.console.out(name + "\n");
        } else {
            errors.push_back(done.error());
        }
    }
    for (const Error& error : errors) {
        status = refuse(call, error);
    }
    return status;
}

std::vector<FlagSpec> flags() {
    return {{"blkio-weight", 0, FlagKind::number, "Block IO (relative weight), between 10 and 1000", not_yet},
            {"cpu-period", 0, FlagKind::number, "Limit CPU CFS (Completely Fair Scheduler) period", not_yet},
            {"cpu-quota", 0, FlagKind::number, "Limit CPU CFS (Completely Fair Scheduler) quota", not_yet},
            {"cpu-rt-period", 0, FlagKind::number, "Limit the CPU real-time period in microseconds", not_yet},
            {"cpu-rt-runtime", 0, FlagKind::number, "Limit the CPU real-time runtime in microseconds", not_yet},
            {"cpu-shares", 'c', FlagKind::number, "CPU shares (relative weight)", ""},
            {"cpus", 0, FlagKind::text, "Number of CPUs", ""},
            {"cpuset-cpus", 0, FlagKind::text, "CPUs in which to allow execution (0-3, 0,1)", not_yet},
            {"cpuset-mems", 0, FlagKind::text, "MEMs in which to allow execution (0-3, 0,1)", not_yet},
            {"memory", 'm', FlagKind::text, "Memory limit", ""},
            {"memory-reservation", 0, FlagKind::text, "Memory soft limit", not_yet},
            {"memory-swap", 0, FlagKind::text, "Swap limit equal to memory plus swap: -1 to enable unlimited swap", ""},
            {"pids-limit", 0, FlagKind::number, "Tune container pids limit (set -1 for unlimited)", ""},
            {"restart", 0, FlagKind::text, "Restart policy to apply when a container exits", ""}};
}

}  // namespace

const std::vector<Verb>& updating_verbs() {
    static const std::vector<Verb> verbs{{"update", "container", "", "[OPTIONS] CONTAINER [CONTAINER...]",
                                          "Update configuration of one or more containers", flags(), Mix::anywhere, 1,
                                          -1, update}};
    return verbs;
}

}  // namespace cutaway::cli
