// SPDX-License-Identifier: Apache-2.0
// What the commands of `cutaway oci` share: what was typed, where containers are kept, how one stands right now.
#pragma once

#include <cstdint>
#include <memory>
#include <string>
#include <string_view>
#include <vector>

#include "core/bundle/record.h"
#include "core/cli/flags.h"
#include "core/host/bundle_spawner.h"
#include "core/host/fd.h"
#include "core/host/host_world.h"

namespace cutaway::cli {

inline constexpr std::string_view oci_root = "/run/cutaway-oci";

// Where messages go: a log in runc's two forms, and standard error.
class OciLog {
public:
    OciLog(std::string path, bool json) : path_(std::move(path)), json_(json) {}
    void error(std::string_view text) const;
    void warning(std::string_view text) const;

private:
    void write(std::string_view level, std::string_view text) const;

    std::string path_;
    bool json_;
};

struct OciCall {
    std::string root;  // --root
    const OciLog& log;
    const Parsed& given;
    [[nodiscard]] const std::string& id() const { return given.arguments.front(); }
};

struct OciCommand {
    std::string_view name;
    std::string_view usage;
    std::string_view help;
    std::vector<FlagSpec> flags;
    Mix mix = Mix::anywhere;
    std::size_t least = 1;  // arguments
    std::size_t most = 1;
    Result<int> (*perform)(const OciCall& call) = nullptr;
};

const std::vector<OciCommand>& oci_making_commands();   // spec, features, create, start, run
const std::vector<OciCommand>& oci_living_commands();   // state, list, kill, delete, ps, pause, resume, update
const std::vector<OciCommand>& oci_joining_commands();  // exec

std::string oci_folder(const OciCall& call, const std::string& id);
Result<bundle::Record> load_record(const OciCall& call, const std::string& id);  // Errc::not_found: no such container
Status save_record(const OciCall& call, const bundle::Record& record);
bundle::Standing standing_of(const OciCall& call, const bundle::Record& record);
Result<oci::RuntimeSpec> load_spec(const OciCall& call, const std::string& id);  // as `create` saw it

// This machine as runtime::launch wants it, with a spawner that hands its process on.
class BundleWorld {
public:
    explicit BundleWorld(host::HandedOn handed);
    world::World& world() { return world_; }
    host::BundleSpawner& spawner() { return spawner_; }

private:
    host::HostWorld host_;
    host::ShimProgram program_;
    host::BundleSpawner spawner_;
    world::World world_;
};

// The filter of a bundle, kept below the root by the digest of its rules.
Result<std::string> compile_seccomp(const OciCall& call, const std::string& seccomp);
// HOME, if the bundle does not name it, and what socket activation hands down.
void complete_environment(const std::string& root, oci::SpecProcess& process);
// --preserve-fds and LISTEN_FDS together.
Result<int> preserved_descriptors(const OciCall& call);
// Freed of the freezer, killed and gone, the whole cgroup.
Status end_all(const bundle::Record& record);
Status write_pid_file(const OciCall& call, std::int64_t pid);

// Says Proceed to an init that stands at its gate and waits until its program has taken its place: then its end of the
// channel closes. If the init cannot, it says why.
Status let_go(const OciCall& call, world::Channel& channel, std::size_t calls);

// Waits for a child and passes on to it the signals that reach this process. The answer is its exit status.
int follow_child(std::int64_t pid);

}  // namespace cutaway::cli
