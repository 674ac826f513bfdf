// SPDX-License-Identifier: Apache-2.0
#include "core/cli/docker_flags.h"

#include <algorithm>
#include <array>

namespace cutaway::cli {

namespace {

struct Known {
    std::string_view verb;
    std::string_view flags;  // "s/signal=": a letter, a name, and that it takes a value
};

// As docker's command line 28 lists them.
constexpr auto known_flags = std::to_array<Known>({
    {"run",
     "add-host= annotation= a/attach= blkio-weight= blkio-weight-device= cap-add= cap-drop= "
     "cgroup-parent= cgroupns= cidfile= cpu-count= cpu-percent= cpu-period= cpu-quota= cpu-rt-period= "
     "cpu-rt-runtime= c/cpu-shares= cpus= cpuset-cpus= cpuset-mems= d/detach detach-keys= device= "
     "device-cgroup-rule= device-read-bps= device-read-iops= device-write-bps= device-write-iops= "
     "disable-content-trust dns= dns-option= dns-search= domainname= entrypoint= e/env= env-file= "
     "expose= gpus= group-add= health-cmd= health-interval= health-retries= health-start-interval= "
     "health-start-period= health-timeout= h/hostname= init i/interactive io-maxbandwidth= "
     "io-maxiops= ip= ip6= ipc= isolation= kernel-memory= l/label= label-file= link= link-local-ip= "
     "log-driver= log-opt= mac-address= m/memory= memory-reservation= memory-swap= memory-swappiness= "
     "mount= name= network= network-alias= no-healthcheck oom-kill-disable oom-score-adj= pid= "
     "pids-limit= platform= privileged p/publish= P/publish-all pull= q/quiet read-only restart= rm "
     "runtime= security-opt= shm-size= sig-proxy stop-signal= stop-timeout= storage-opt= sysctl= "
     "tmpfs= t/tty ulimit= use-api-socket u/user= userns= uts= v/volume= volume-driver= volumes-from= "
     "w/workdir="},
    {"start", "a/attach checkpoint= checkpoint-dir= detach-keys= i/interactive"},
    {"stop", "s/signal= t/timeout="},
    {"restart", "s/signal= t/timeout="},
    {"kill", "s/signal="},
    {"rm", "f/force l/link v/volumes"},
    {"ps", "a/all f/filter= format= n/last= l/latest no-trunc q/quiet s/size"},
    {"logs", "details f/follow since= n/tail= t/timestamps until="},
    {"exec", "d/detach detach-keys= e/env= env-file= i/interactive privileged t/tty u/user= w/workdir="},
    {"attach", "detach-keys= no-stdin sig-proxy"},
    {"pull", "a/all-tags disable-content-trust platform= q/quiet"},
    {"images", "a/all digests f/filter= format= no-trunc q/quiet tree"},
    {"rmi", "f/force no-prune platform="},
    {"history", "format= H/human no-trunc platform= q/quiet"},
    {"info", "f/format="},
    {"version", "f/format="},
    {"events", "f/filter= format= since= until="},
    {"inspect", "f/format= s/size type="},
    {"stats", "a/all format= no-stream no-trunc"},
    {"cp", "a/archive L/follow-link q/quiet"},
    {"commit", "a/author= c/change= m/message= p/pause"},
    {"save", "o/output= platform="},
    {"load", "i/input= platform= q/quiet"},
    {"export", "o/output="},
    {"import", "c/change= m/message= platform="},
    {"update",
     "blkio-weight= cpu-period= cpu-quota= cpu-rt-period= cpu-rt-runtime= c/cpu-shares= cpus= "
     "cpuset-cpus= cpuset-mems= m/memory= memory-reservation= memory-swap= pids-limit= restart="},
    {"push", "a/all-tags disable-content-trust platform= q/quiet"},
    {"login", "p/password= password-stdin u/username="},
    {"container inspect", "f/format= s/size"},
    {"image inspect", "f/format= platform="},
    {"network create",
     "attachable aux-address= config-from= config-only d/driver= gateway= ingress internal ip-range= "
     "ipam-driver= ipam-opt= ipv4 ipv6 label= o/opt= scope= subnet="},
    {"network ls", "f/filter= format= no-trunc q/quiet"},
    {"network inspect", "f/format= v/verbose"},
    {"network rm", "f/force"},
    {"network connect", "alias= driver-opt= gw-priority= ip= ip6= link= link-local-ip="},
    {"network disconnect", "f/force"},
    {"volume create",
     "availability= d/driver= group= label= limit-bytes= o/opt= required-bytes= scope= secret= "
     "sharing= topology-preferred= topology-required= type="},
    {"volume ls", "cluster f/filter= format= q/quiet"},
    {"volume inspect", "f/format="},
    {"volume rm", "f/force"},
    {"container prune", "filter= f/force"},
    {"image prune", "a/all filter= f/force"},
    {"network prune", "filter= f/force"},
    {"volume prune", "a/all filter= f/force"},
    {"system prune", "a/all filter= f/force volumes"},
    {"system df", "format= v/verbose"},
});

struct Reason {
    std::string_view flag;
    std::string_view why;
};

constexpr std::string_view of_windows = "it is for containers of Windows";
constexpr std::string_view of_devices = "no such devices are handed to containers here";
constexpr std::string_view of_swarm = "there is no swarm here";
constexpr auto reasons =
    std::to_array<Reason>({{"cpu-count", of_windows},
                           {"cpu-percent", of_windows},
                           {"io-maxbandwidth", of_windows},
                           {"io-maxiops", of_windows},
                           {"isolation", of_windows},
                           {"gpus", of_devices},
                           {"device", of_devices},
                           {"disable-content-trust", "nothing is signed here, so nothing is checked"},
                           {"cluster", of_swarm},
                           {"availability", of_swarm},
                           {"config-from", of_swarm},
                           {"config-only", of_swarm},
                           {"ingress", of_swarm},
                           {"checkpoint", "processes are not checkpointed here"},
                           {"checkpoint-dir", "processes are not checkpointed here"}});

std::string_view why_not(std::string_view flag) {
    const auto* found =
        std::find_if(reasons.begin(), reasons.end(), [&](const Reason& one) { return one.flag == flag; });
    return found == reasons.end() ? not_yet : found->why;
}

FlagSpec absent(std::string_view word) {
    FlagSpec spec;
    if (word.size() > 2 && word[1] == '/') {
        spec.letter = word.front();
        word.remove_prefix(2);
    }
    spec.kind = word.ends_with('=') ? FlagKind::text : FlagKind::boolean;
    spec.name = word.substr(0, word.size() - (word.ends_with('=') ? 1 : 0));
    spec.refused = why_not(spec.name);
    return spec;
}

}  // namespace

void add_docker_flags(Verb& verb) {
    const std::string_view name = verb.name == "create" ? "run" : verb.name;
    const auto* known =
        std::find_if(known_flags.begin(), known_flags.end(), [&](const Known& one) { return one.verb == name; });
    std::string_view rest = known == known_flags.end() ? std::string_view() : known->flags;
    while (!rest.empty()) {
        const std::size_t end = std::min(rest.find(' '), rest.size());
        FlagSpec spec = absent(rest.substr(0, end));
        rest.remove_prefix(std::min(end + 1, rest.size()));
        const bool here = std::any_of(verb.flags.begin(), verb.flags.end(),
                                      [&](const FlagSpec& one) { return one.name == spec.name; });
        const bool of_run =
            verb.name == "create" && (spec.name == "detach" || spec.name == "detach-keys" || spec.name == "sig-proxy");
        if (!here && !of_run) {
            verb.flags.push_back(spec);
        }
    }
}

}  // namespace cutaway::cli
