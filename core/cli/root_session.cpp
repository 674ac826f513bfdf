// SPDX-License-Identifier: Apache-2.0
#include "core/cli/root_session.h"

#include <cstdlib>
#include <mutex>

#include "core/base/json_codec.h"
#include "core/cli/root_fault.h"
#include "core/cli/root_lab.h"
#include "core/cli/root_model.h"
#include "core/cli/root_trust.h"
#include "core/host/credential_program.h"
#include "core/host/doctor.h"
#include "core/host/host_world.h"
#include "core/host/memory.h"
#include "core/host/profile.h"
#include "core/host/sealed_program.h"
#include "core/host/seccomp_filters.h"
#include "core/host/state_dir.h"
#include "core/host/syscall.h"
#include "core/host/terminal.h"
#include "core/model/image_pack.h"
#include "core/model/model_world.h"
#include "core/model/registry_server.h"
#include "core/model/sys.h"

namespace cutaway::cli {

namespace {

class RootFiles final : public model::StateFiles {
public:
    explicit RootFiles(host::StateDir directory) : directory_(std::move(directory)) {}

    Status lock() override { return directory_.lock(); }
    void unlock() override { directory_.unlock(); }
    Result<std::optional<std::string>> read(const std::string& name) override {
        if (name.starts_with("bodies/")) {  // it is most of the machine: what comes of it takes as much again and again
            constexpr std::uint64_t becomes = 6;
            constexpr std::uint64_t large = std::uint64_t{512} << 10U;
            const std::uint64_t size = TRY(directory_.size(name));
            if (size > large) {
                host::expect_memory(static_cast<std::size_t>(size * becomes));
            }
        }
        return directory_.read(name);
    }
    Status replace(const std::string& name, std::string_view bytes) override { return directory_.replace(name, bytes); }
    Status append(const std::string& name, std::string_view bytes) override { return directory_.append(name, bytes); }
    Result<std::uint64_t> size(const std::string& name) override { return directory_.size(name); }
    Status cut(const std::string& name, std::uint64_t size) override { return directory_.cut(name, size); }
    Status remove(const std::string& name) override { return directory_.remove(name); }
    std::string where(const std::string& name) const override { return directory_.where(name); }
    std::string owner() override { return host::this_process(); }
    bool alive(const std::string& owner) override { return host::process_lives(owner); }
    std::int64_t wall_ns() override { return host::wall_clock_ns(); }
    bool pause(std::int64_t ns) override {
        host::sleep_ns(ns);
        return true;
    }

private:
    host::StateDir directory_;
};

std::string text_of(const char* name) {
    const char* value = std::getenv(name);
    return value == nullptr ? std::string() : std::string(value);
}

// "advance:5s", "advance:200ms", "frozen"; nothing: the wall clock.
Result<std::int64_t> advance_of(const std::string& clock) {
    if (clock.empty()) {
        return std::int64_t{-1};
    }
    if (clock == "frozen") {
        return std::int64_t{0};
    }
    constexpr std::string_view word = "advance:";
    char* end = nullptr;
    const double number = clock.starts_with(word) ? std::strtod(clock.c_str() + word.size(), &end) : 0;
    const std::string unit = end == nullptr ? "" : end;
    const double scale = unit == "s" ? 1e9 : unit == "ms" ? 1e6 : unit == "m" ? 60e9 : unit == "h" ? 3600e9 : 0;
    if (scale == 0 || number < 0 || number > 1e6) {
        return fail(Errc::invalid, "--clock takes frozen or advance:TIME (as advance:5s), not \"" + clock + "\"");
    }
    return static_cast<std::int64_t>(number * scale);
}

// "v1", "v2", "hybrid", or a file that `doctor --profile` wrote.
Result<world::MachineProfile> profile_of(const std::string& machine) {
    world::MachineProfile profile;
    if (machine.empty()) {
        return profile;
    }
    if (const auto layout = from_name<world::CgroupLayout>(machine)) {
        profile.cgroup = *layout;
        if (*layout != world::CgroupLayout::v2) {
            profile.controllers = {"cpu", "cpuacct", "cpuset", "memory", "devices", "freezer", "blkio", "pids"};
        }
        return profile;
    }
    const Result<std::string> text = host::read_file(machine);
    json::Reader reader(text ? std::string_view(*text) : std::string_view());
    if (!text || !json::read(reader, profile)) {
        return fail(
            Errc::invalid,
            "--machine takes v1, v2, hybrid or a file made by `cutaway doctor --profile`, not \"" + machine + "\"");
    }
    return profile;
}

class ModelSession final : public Session {
public:
    ModelSession(host::StateDir directory, std::uint64_t seed)
        : files_(std::move(directory)), registry_(model::standard_images(), model::standard_sites()), seed_(seed) {}

    Status open(const CommandLine& line) {
        model::ModelOptions options;
        options.opening.profile = TRY(profile_of(line.machine));
        options.opening.seed = line.seed;
        options.opening.advance_ns = line.since_ns
                                         ? *line.since_ns
                                         : TRY(advance_of(line.clock.empty() ? text_of("CUTAWAY_CLOCK") : line.clock));
        options.servers = {&registry_};
        // Whoever waits for what others will do waits in their time.
        options.realtime = line.realtime || host::is_terminal(1) ||
                           (!line.words.empty() && (line.words[0] == "events" || line.words[0] == "stats"));
        world_ = TRY(model::ModelWorld::open(files_, options));
        return {};
    }

    world::World& world() override { return world_->world(); }
    world::Cancel& cancel() override { return world_->cancel(); }
    trace::Header header() const override {
        trace::Header header;
        header.program = "cutaway " CUTAWAY_VERSION;
        header.world = "model";
        header.seed = seed_;
        header.wall_ns = world_->world().clock.wall_ns();
        header.machine = world_->world().machine;
        return header;
    }
    Status commit() override { return world_->commit(); }
    // A park that fails must not lose what the person sees; the next commit will say what is wrong.
    void park() override { static_cast<void>(world_->park()); }
    void unpark() override { static_cast<void>(world_->unpark()); }
    void journal(const trace::Event& event) override { world_->journal(event); }
    Status begin(const std::string& command) override { return world_->saved().begin(command); }
    [[nodiscard]] std::uint64_t generation() const override { return world_->saved().generation(); }
    Result<std::string> wind(const std::vector<std::string>& words) override {
        return wind_machine(world_->saved(), files_, words);
    }
    [[nodiscard]] std::uint64_t journaled() const override { return world_->journaled(); }
    Result<std::string> history() override { return world_->history(); }
    [[nodiscard]] std::uint64_t on_page() const override { return world_->saved().on_page(); }
    Status turn_page(const trace::Event& found) override { return world_->saved().turn_page(found); }
    Result<ShellOutput> run_on_host(const ShellCommand& command) override {
        model::HostCommand host;
        host.argv = command.argv;
        host.input = command.input;
        const model::HostOutput output = TRY(world_->run_on_host(host));
        return ShellOutput{output.out, output.err, output.code};
    }
    Result<ShellOutput> fault(const std::vector<std::string>& words) override {
        return fault_command(registry_, words);
    }

private:
    RootFiles files_;
    model::RegistryServer registry_;
    std::uint64_t seed_;
    std::unique_ptr<model::ModelWorld> world_;
};

class RealSession final : public Session {
public:
    explicit RealSession(const host::HostOptions& options)
        : trust_({person_folder(), "/etc/docker"}),
          world_(with_tls(options)),
          filters_(options.run_root + "/seccomp"),
          brought_(lab_.brought()) {
        brought_.docker_config = person_folder() + "/config.json";
        brought_.trust = [this] { return trust_.trust(world_.world().disk); };
        brought_.run_helper = [](const std::string& name, const std::string& verb, const std::string& input) {
            return host::run_credential_program("docker-credential-" + name, verb, input);
        };
        brought_.init_program = host::find_program("cutaway-init", "CUTAWAY_INIT").value_or("");
        brought_.compile_filter = [this](const std::string& rules) { return filters_.compile(rules); };
    }

    world::World& world() override { return world_.world(); }
    world::Cancel& cancel() override { return world_.cancel(); }
    trace::Header header() const override {
        trace::Header header;
        header.program = "cutaway " CUTAWAY_VERSION;
        header.world = "real";
        header.wall_ns = host::wall_clock_ns();
        header.machine = world_.world().machine;
        return header;
    }
    [[nodiscard]] bool stays() const override { return true; }
    Status commit() override { return {}; }
    void park() override {}
    void unpark() override {}
    void journal(const trace::Event&) override {}
    Status begin(const std::string&) override { return {}; }
    Result<std::string> wind(const std::vector<std::string>&) override {
        return fail(Errc::unsupported,
                    "what happened on the real machine cannot be undone; the simulated one can go back");
    }
    Result<ShellOutput> run_on_host(const ShellCommand&) override {
        return fail(Errc::unsupported, "cutaway sh is the simulated host's shell; on the real one you have your own");
    }
    Result<ShellOutput> fault(const std::vector<std::string>&) override {
        return fail(Errc::unsupported, "only a simulated registry does wrong when it is asked to");
    }

    [[nodiscard]] const engine::Brought* brought() const override { return &brought_; }

private:
    static std::string person_folder() {
        const std::string given = text_of("DOCKER_CONFIG");
        return given.empty() ? text_of("HOME") + "/.docker" : given;
    }
    host::HostOptions with_tls(host::HostOptions options) {
        options.http.tls = [this](const std::string& authority) -> Result<host::TlsChoice> {
            const Certificates found = TRY(trust_.certificates(world_.world().disk, authority));
            return host::TlsChoice{found.verify, found.authorities, found.certificate, found.key};
        };
        return options;
    }

    TrustFiles trust_;
    mutable host::HostWorld world_;
    LabRegistry lab_;
    host::SeccompFilters filters_;
    engine::Brought brought_;
};

}  // namespace

std::string model_root(const CommandLine& line) {
    if (!line.root.empty()) {
        return line.root;
    }
    if (std::string given = text_of("CUTAWAY_ROOT"); !given.empty()) {
        return given;
    }
    if (const std::string state = text_of("XDG_STATE_HOME"); !state.empty()) {
        return state + "/cutaway";
    }
    const std::string home = text_of("HOME");
    return (home.empty() ? std::string(".") : home) + "/.local/state/cutaway";
}

namespace {

// An ordinary user's lies where the XDG base directories say.
host::HostOptions place_of_store() {
    host::HostOptions options;
    if (host::has_root("")) {
        return options;
    }
    const std::string data = text_of("XDG_DATA_HOME");
    const std::string run = text_of("XDG_RUNTIME_DIR");
    options.data_root = (data.empty() ? text_of("HOME") + "/.local/share" : data) + "/cutaway";
    options.run_root = run.empty() ? options.data_root + "/run" : run + "/cutaway";
    return options;
}

}  // namespace

Result<std::unique_ptr<Session>> open_session(const CommandLine& line) {
    if (line.world == "real") {
        TRY(host::may_act());
        host::HostOptions options = place_of_store();
        const std::string root = line.root.empty() ? text_of("CUTAWAY_ROOT") : line.root;
        if (!root.empty()) {
            options.data_root = root;
            options.run_root = root + "/run";
        }
        return std::unique_ptr<Session>(std::make_unique<RealSession>(options));
    }
    Result<host::StateDir> directory = host::StateDir::open(model_root(line));
    if (!directory) {
        Error error = in_context("open the simulated machine", std::move(directory).error());
        error.doing += "; --root takes a folder of your own";
        return error;
    }
    auto session = std::make_unique<ModelSession>(std::move(*directory), line.seed);
    TRY(session->open(line));
    return std::unique_ptr<Session>(std::move(session));
}

}  // namespace cutaway::cli
