// SPDX-License-Identifier: Apache-2.0
// spec, features, create, start, run: how an OCI container comes to be.
#include <cstdio>

#include "core/bundle/features.h"
#include "core/bundle/start.h"
#include "core/cli/root_oci_delete.h"
#include "core/cli/root_oci_parts.h"
#include "core/cli/root_oci_terminal.h"
#include "core/host/bundle_process.h"
#include "core/host/capability.h"
#include "core/host/channel.h"
#include "core/host/doctor.h"
#include "core/host/kernel.h"
#include "core/host/profile.h"
#include "core/host/save_file.h"
#include "core/host/shim_door.h"
#include "core/host/state_dir.h"
#include "core/host/syscall.h"
#include "core/runtime/init.h"
#include "core/runtime/launch.h"
#include "core/runtime/shim.h"

namespace cutaway::cli {

namespace {

Result<int> write_spec(const OciCall& call) {
    const std::string folder = call.given.has("bundle") ? call.given.text("bundle") : ".";
    const std::string path = folder + "/config.json";
    if (host::read_file(path)) {
        return fail(Errc::exists, "config.json is there already, and is left as it is");
    }
    TRY(host::save_file(path, oci::default_runtime_spec(), host::Sync::no));
    return 0;
}

Result<int> print_features(const OciCall&) {
    constexpr unsigned known = 41;
    std::fputs(bundle::features_json(host::capability_names((std::uint64_t{1} << known) - 1)).c_str(), stdout);
    return 0;
}

// A container that is being made: its folder is taken back unless it comes to be.
class Creation {
public:
    explicit Creation(const OciCall& call) : call_(call) {}
    ~Creation() {
        if (claimed_ && !made_) {
            const world::Cancel never;
            host::HostKernel kernel(&never);
            static_cast<void>(kernel.perform(world::RemovePath{oci_folder(call_, record_.id)}));
        }
    }
    Creation(const Creation&) = delete;
    Creation& operator=(const Creation&) = delete;

    Result<bundle::Record> run(OciTerminal& terminal) {
        TRY(bundle::check_id(call_.id()));
        TRY(host::has_root("a container from a bundle"));
        TRY(read_bundle());
        setting_.seccomp_filter = TRY(compile_seccomp(call_, spec_.on_linux.seccomp));
        bundle::Start start = TRY(bundle::plan_create(spec_, setting_));
        TRY(claim(start));
        host::HandedOn handed;
        handed.preserved = setting_.preserved;
        handed.door = TRY(host::make_door(oci_folder(call_, record_.id)));
        if (spec_.process.terminal) {
            handed.terminal = TRY(terminal.open(call_));
        }
        BundleWorld machine(std::move(handed));
        TRY(launch(machine, std::move(start), terminal));
        return record_;
    }

private:
    Status read_bundle() {
        const std::string given = call_.given.has("bundle") ? call_.given.text("bundle") : ".";
        setting_.bundle = TRY_IN("the bundle", host::real_path(given));
        text_ = TRY(host::read_file(setting_.bundle + "/config.json"));
        spec_ = TRY(oci::parse_runtime_spec(text_));
        for (const std::string& name : spec_.ignored) {
            call_.log.warning("config.json: " + name + " is not of the runtime-spec and was passed over");
        }
        const std::string& root = spec_.root_path;
        setting_.root = TRY_IN("config.json: root.path",
                               host::real_path(root.front() == '/' ? root : setting_.bundle + "/" + root));
        const world::MachineProfile machine = host::host_profile(call_.root, call_.root);
        setting_.id = call_.id();
        setting_.groups.path = TRY(bundle::group_path(spec_.on_linux.cgroups_path, setting_.id));
        setting_.groups.layout = machine.cgroup;
        setting_.groups.controllers = machine.controllers;
        setting_.preserved = TRY(preserved_descriptors(call_));
        setting_.new_keyring = !call_.given.on("no-new-keyring");
        complete_environment(setting_.root, spec_.process);
        return {};
    }

    // From here on there is something to take back: the record says what, before it is made.
    Status claim(const bundle::Start& start) {
        record_.version = spec_.version;
        record_.id = setting_.id;
        record_.bundle = setting_.bundle;
        record_.root = setting_.root;
        record_.created = runtime::rfc3339(host::wall_clock_ns());
        record_.calls = static_cast<std::uint32_t>(start.plan.calls.size());
        record_.groups = setting_.groups;
        record_.annotations = spec_.annotations;
        TRY(host::make_dirs(call_.root, 0711));
        if (const Status mine = host::claim_folder(oci_folder(call_, record_.id)); !mine) {
            return mine.error().code == Errc::exists
                       ? fail(Errc::exists, "container with id \"" + record_.id + "\" exists already")
                       : mine.error();
        }
        claimed_ = true;
        TRY(host::save_file(oci_folder(call_, record_.id) + "/config.json", text_, host::Sync::no));
        return save_record(call_, record_);
    }

    Status launch(BundleWorld& machine, bundle::Start start, OciTerminal& terminal) {
        runtime::Begin begin;
        begin.plan = std::move(start.plan);
        begin.terminal = spec_.process.terminal;
        runtime::Launched launched = TRY(runtime::launch(machine.world(), record_.id, begin, start.gate));
        record_.pid = launched.pid;
        record_.born = host::born_of(launched.pid).value_or(0);
        TRY(terminal.take(spec_.process));
        TRY(save_record(call_, record_));
        TRY(write_pid_file(call_, record_.pid));
        TRY(launched.channel->send(runtime::encode(runtime::Leave{})));
        made_ = true;
        return machine.spawner().await_shim();
    }

    const OciCall& call_;
    bundle::Setting setting_;
    std::string text_;
    oci::RuntimeSpec spec_;
    bundle::Record record_;
    bool claimed_ = false;
    bool made_ = false;
};

Result<int> create(const OciCall& call) {
    OciTerminal terminal;
    TRY(terminal.must_be_sent(call));
    TRY(Creation(call).run(terminal));
    return 0;
}

Status start_it(const OciCall& call, const bundle::Record& record) {
    const bundle::Standing standing = standing_of(call, record);
    if (standing != bundle::Standing::created) {
        return fail(Errc::conflict, "container \"" + record.id + "\" is " + std::string(to_name(standing)) +
                                        ": only a created one can be started");
    }
    const world::Cancel never;
    host::HostChannel door(TRY(host::connect_to_shim(oci_folder(call, record.id))), never);
    TRY(let_go(call, door, record.calls));
    const oci::RuntimeSpec spec = TRY(load_spec(call, record.id));
    run_hooks(call, "poststart", spec.hooks.poststart, record, "running");
    return {};
}

Result<int> start(const OciCall& call) {
    TRY(start_it(call, TRY(load_record(call, call.id()))));
    return 0;
}

Result<int> run(const OciCall& call) {
    const bool detached = call.given.on("detach");
    OciTerminal terminal;
    if (detached) {
        TRY(terminal.must_be_sent(call));
    } else {
        TRY(host::become_reaper());
    }
    const bundle::Record record = TRY(Creation(call).run(terminal));
    if (const Status started = start_it(call, record); !started) {
        static_cast<void>(remove_container(call, record));
        return started.error();
    }
    if (detached) {
        return 0;
    }
    const int status = terminal.follow(record.pid);
    if (!call.given.on("keep")) {
        TRY(remove_container(call, record));
    }
    return status;
}

std::vector<FlagSpec> creating_flags() {
    return {{"bundle", 'b', FlagKind::text, "The folder with config.json (default: the working directory)", ""},
            {"pid-file", 0, FlagKind::text, "Write the process number there", ""},
            {"console-socket", 0, FlagKind::text, "Send the terminal's outer end to this socket", ""},
            {"preserve-fds", 0, FlagKind::number, "Hand on this many descriptors behind 0, 1 and 2", ""},
            {"no-new-keyring", 0, FlagKind::boolean, "Keep the caller's session keyring", ""},
            {"no-pivot", 0, FlagKind::boolean, "",
             "without pivot_root the host's tree stays within reach, so it is always made"}};
}

std::vector<FlagSpec> running_flags() {
    std::vector<FlagSpec> flags = creating_flags();
    flags.push_back({"detach", 'd', FlagKind::boolean, "Do not wait for its end", ""});
    flags.push_back({"keep", 0, FlagKind::boolean, "Do not delete it when it has ended", ""});
    flags.push_back({"no-subreaper", 0, FlagKind::boolean, "", "its end could not be waited for"});
    return flags;
}

}  // namespace

const std::vector<OciCommand>& oci_making_commands() {
    static const std::vector<OciCommand> commands{
        {"spec",
         "[OPTIONS]",
         "Write a config.json to begin with",
         {{"bundle", 'b', FlagKind::text, "Into this folder (default: the working directory)", ""},
          {"rootless", 0, FlagKind::boolean, "", "user namespaces are not built yet"}},
         Mix::anywhere,
         0,
         0,
         write_spec},
        {"features",
         "",
         "Print what is supported, in the specification's form",
         {},
         Mix::anywhere,
         0,
         0,
         print_features},
        {"create", "[OPTIONS] CONTAINER", "Make a container; its program waits for start", creating_flags(),
         Mix::anywhere, 1, 1, create},
        {"start", "CONTAINER", "Let a created container's program go", {}, Mix::anywhere, 1, 1, start},
        {"run", "[OPTIONS] CONTAINER", "Create, start, wait for the end and delete", running_flags(), Mix::anywhere, 1,
         1, run},
    };
    return commands;
}

}  // namespace cutaway::cli
