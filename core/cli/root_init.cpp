// SPDX-License-Identifier: Apache-2.0
// cutaway-init: the shim that stays with a container, and the container's init before it becomes the container's
// program; and, where --init asks for it, the first process that stands before that program. Static, one thread, no configuration, no network: it opens what the plan says and nothing else. It is
// started by an engine's spawner with its message socket as descriptor 3 and a pipe for its pid as 4.
#include <algorithm>
#include <cstdio>
#include <cstdlib>
#include <cstring>
#include <optional>
#include <string>
#include <vector>

#include "core/host/cgroup_facts.h"
#include "core/host/companion_process.h"
#include "core/host/init_child.h"
#include "core/host/kernel.h"
#include "core/host/name_server.h"
#include "core/host/save_file.h"
#include "core/host/shim_door.h"
#include "core/host/shim_process.h"
#include "core/host/syscall.h"
#include "core/host/tiny_init.h"
#include "core/runtime/init.h"
#include "core/runtime/shim.h"

namespace cutaway::cli {
namespace {

constexpr std::size_t most_unsent = std::size_t{1} << 20U;  // then the container waits, as on any full pipe

constexpr std::size_t most_unwritten = std::size_t{1} << 20U;  // then the engine waits

class SocketPort : public runtime::Port {
public:
    explicit SocketPort(host::PacketSocket& socket) : socket_(socket) {}
    void send(const runtime::Message& message) override { socket_.send(runtime::encode(message)); }
    bool receive(runtime::Message& message) override {
        std::string bytes;
        while (socket_.receive(bytes)) {
            if (Result<runtime::Message> read = runtime::decode(bytes)) {
                message = std::move(*read);
                return true;
            }
        }
        return false;
    }
    bool closed() override { return socket_.closed(); }

private:
    host::PacketSocket& socket_;
};

// The engine's, which is not listened to while the container does not take what it was sent already.
class EnginePort final : public SocketPort {
public:
    EnginePort(host::PacketSocket& socket, host::ShimDoor& door, const host::InitChild& child)
        : SocketPort(socket), door_(door), child_(child) {}
    void send(const runtime::Message& message) override {
        SocketPort::send(message);
        if (runtime::is_for_all(message) && !door_.guests().empty()) {
            door_.send(runtime::encode(message));
        }
    }
    bool receive(runtime::Message& message) override {
        return child_.unwritten_bytes() <= most_unwritten && (SocketPort::receive(message) || hear_guest(message));
    }

private:
    bool hear_guest(runtime::Message& message) {
        std::string bytes;
        while (door_.receive(bytes)) {
            Result<runtime::Message> read = runtime::decode(bytes);
            if (read && runtime::is_a_guests(*read)) {
                message = std::move(*read);
                return true;
            }
        }
        return false;
    }

    host::ShimDoor& door_;
    const host::InitChild& child_;
};

constexpr int kill_signal = 9;
constexpr int bundle_ends = 2;  // a terminal's way out and the door

// The cgroups that the container's processes were put into.
std::vector<std::string> groups_of(const runtime::ShimState& state) {
    std::vector<std::string> found;
    for (const plan::PlannedCall& planned : state.begin.plan.calls) {
        const auto* write = std::get_if<world::WriteCgroup>(&planned.call);
        if (write != nullptr && write->file == "cgroup.procs") {
            found.push_back(write->path);
        }
    }
    return found;
}

// What the engine said at the beginning, at hand when the child is made.
class Begetter final : public host::Cloner {
public:
    Begetter(host::InitChild& child, const runtime::ShimState& state) : child_(child), state_(state) {}
    Result<std::int64_t> clone(host::Ledger& ledger, const world::Clone& call) override {
        child_.with_terminal(state_.begin.terminal);
        child_.keep_stdin(state_.begin.keep_stdin);
        for (const plan::PlannedCall& planned : state_.begin.plan.calls) {
            const auto* join = std::get_if<world::SetNamespace>(&planned.call);
            if (join != nullptr && planned.place == plan::Place::init) {
                TRY(child_.will_join(join->pid));
            }
        }
        return child_.clone(ledger, call);
    }

private:
    host::InitChild& child_;
    const runtime::ShimState& state_;
};

// Names are answered for the container whose records the engine named at the beginning.
class Responder final : public host::Answerer {
public:
    Responder(host::NameServer& names, const runtime::ShimState& state) : names_(names), state_(state) {}
    void answer_at(host::NameSockets sockets) override {
        names_.open(std::move(sockets), host::parent_of(state_.begin.exit_record));
    }

private:
    host::NameServer& names_;
    const runtime::ShimState& state_;
};

class LinuxShim final : public runtime::ShimHost {
public:
    LinuxShim(host::PacketSocket& engine, host::ShimDoor& door, host::InitChild& child, const runtime::ShimState& state)
        : socket_(engine),
          door_(door),
          child_(child),
          state_(state),
          engine_(engine, door, child),
          init_(child.socket()) {}

    [[nodiscard]] bool is_held() const {
        return (socket_.unsent_bytes() > most_unsent && !socket_.gone()) || door_.unsent_bytes() > most_unsent;
    }

    runtime::Port& engine() override { return engine_; }
    runtime::Port& init() override { return init_; }
    std::optional<runtime::Output> read_output() override {
        if (is_held()) {
            return std::nullopt;
        }
        std::optional<host::Piece> piece = child_.read_output();
        if (!piece) {
            return std::nullopt;
        }
        return runtime::Output{piece->error_stream ? world::Stream::err : world::Stream::out, std::move(piece->bytes)};
    }
    bool output_ended() override { return child_.output_ended(); }
    void write_input(std::string_view bytes) override { child_.write_input(bytes); }
    void resize(const runtime::Resize& size) override { child_.resize(size.rows, size.columns); }
    std::optional<runtime::Exited> reap(std::int64_t pid) override {
        const std::optional<host::Ending> ending = child_.reap(pid);
        if (!ending) {
            return std::nullopt;
        }
        const bool killed = ending->signal == kill_signal;
        return runtime::Exited{ending->code, ending->signal, killed && host::ran_out_of_memory(groups_of(state_))};
    }
    Status append_log(std::string_view path, std::string_view text) override {
        return host::append_file(std::string(path), text);
    }
    Status save(std::string_view path, std::string_view text) override {
        return host::save_file(std::string(path), text, host::Sync::yes);
    }
    std::optional<std::string> load(std::string_view path) override {
        Result<std::string> text = host::read_file(std::string(path));
        return text ? std::optional<std::string>(std::move(*text)) : std::nullopt;
    }
    void printed(world::Stream, std::string_view) override {}
    std::int64_t wall_ns() override { return host::wall_ns(); }
    std::int64_t now_ns() override { return host::now_ns(); }

private:
    host::PacketSocket& socket_;
    host::ShimDoor& door_;
    host::InitChild& child_;
    const runtime::ShimState& state_;
    EnginePort engine_;
    SocketPort init_;
};

// The init's: its shim, and behind that whoever comes to the door to let it go on.
class InitPort final : public SocketPort {
public:
    InitPort(host::PacketSocket& shim, host::ShimDoor& door) : SocketPort(shim), door_(door) {}
    void send(const runtime::Message& message) override {
        SocketPort::send(message);
        door_.send(runtime::encode(message));
    }
    bool receive(runtime::Message& message) override { return SocketPort::receive(message) || hear_visitor(message); }

private:
    bool hear_visitor(runtime::Message& message) {
        std::string bytes;
        while (door_.receive(bytes)) {
            Result<runtime::Message> read = runtime::decode(bytes);
            if (read && std::holds_alternative<runtime::Proceed>(*read)) {
                message = std::move(*read);
                return true;
            }
        }
        return false;
    }

    host::ShimDoor& door_;
};

int init_main(host::ChildEnds ends) {
    host::HostKernel kernel;
    kernel.will_join(std::move(ends.container));
    kernel.will_show(std::move(ends.terminal));
    runtime::InitState state;
    host::ShimDoor door(std::move(ends.door));
    InitPort port(ends.shim, door);
    while (runtime::pump_init(state, kernel, port) == runtime::Progress::waiting) {
        state.left ? host::wait_for_visitor(ends.shim, door) : host::wait_for_packet(ends.shim);
    }
    for (host::PacketSocket& visitor : door.guests()) {
        host::drain(visitor);
    }
    return 1;
}

int complain(const Error& error) {
    std::fprintf(stderr, "cutaway-init: %s\n", error.doing.c_str());
    return 1;
}

// `bundle`: how many descriptors of the caller's the process shall have beside the first three; negative: no bundle.
int shim_main(int bundle) {
    const int socket = host::shim_socket_fd + std::max(bundle, 0);
    Result<host::PacketSocket> engine = host::become_shim(socket, bundle < 0 ? 0 : bundle_ends);
    if (!engine) {
        return complain(engine.error());
    }
    host::InitChild child(init_main, false);
    if (bundle >= 0) {
        child.inherit({socket, host::open_or_nothing(socket + 2), host::open_or_nothing(socket + 3)});
    }
    host::ShimWaiter waiter;
    runtime::ShimState state;
    Begetter begetter(child, state);
    host::NameServer names;
    Responder responder(names, state);
    host::CompanionProcess companion;
    host::HostKernel kernel(nullptr, &begetter, &responder);
    kernel.will_start(&companion);
    host::ShimDoor door;
    LinuxShim linux_shim(*engine, door, child, state);
    while (runtime::pump_shim(state, kernel, linux_shim) == runtime::Progress::waiting) {
        if (state.started && !state.begin.exit_record.empty() && !door.is_open()) {
            door.open(host::parent_of(state.begin.exit_record));
        }
        waiter.wait({*engine, door, child, names},
                    {linux_shim.is_held(), child.unwritten_bytes() > most_unwritten, state.wake_ns});
        names.serve();
        state.begin.attached = door.let_in() || state.begin.attached;
    }
    host::drain(*engine);
    for (host::PacketSocket& guest : door.guests()) {
        host::drain(guest);
    }
    return 0;
}

}  // namespace
}  // namespace cutaway::cli

int main(int argc, char** argv) {
    if (argc > 0 && cutaway::host::name_of(argv[0]) == "docker-init") {
        return cutaway::host::be_first_process(argv);
    }
    if (argc == 3 && std::strcmp(argv[1], "shim") == 0) {
        return cutaway::cli::shim_main(-1);
    }
    if (argc == 3 && std::strcmp(argv[1], "bundle") == 0) {
        return cutaway::cli::shim_main(std::atoi(argv[2]));
    }
    std::fputs("cutaway-init is started by cutaway and by nobody else\n", stderr);
    return 2;
}
