// SPDX-License-Identifier: Apache-2.0
#include "core/model/engine_programs.h"

#include <algorithm>
#include <cerrno>
#include <cstdlib>
#include <map>
#include <set>

#include "core/base/binary.h"
#include "core/runtime/init.h"
#include "core/runtime/shim.h"

namespace cutaway::model {
namespace {

constexpr int sigpipe = 13;

constexpr int lost_child = 255;  // somebody else reaped it: an end that we know nothing of, but an end

// A channel's descriptor as a state machine's port.
class ChannelPort final : public runtime::Port {
public:
    ChannelPort(RuntimeSys& sys, int fd) : sys_(sys), fd_(fd) {}
    void send(const runtime::Message& message) override {
        if (fd_ >= 0) {
            static_cast<void>(sys_.send(fd_, runtime::encode(message)));  // a side that has gone hears nothing
        }
    }
    bool receive(runtime::Message& message) override {
        if (fd_ < 0) {
            return false;
        }
        Result<std::optional<std::string>> got = sys_.receive(fd_);
        if (!got || !got->has_value()) {
            return false;
        }
        Result<runtime::Message> decoded = runtime::decode(**got);
        if (!decoded) {
            return false;
        }
        message = std::move(*decoded);
        return true;
    }
    bool closed() override { return fd_ >= 0 && sys_.is_gone(fd_); }
    void use(int fd) { fd_ = fd; }

private:
    RuntimeSys& sys_;
    int fd_;
};

class InitProgram final : public RuntimeProgram {
public:
    InitProgram() = default;
    explicit InitProgram(std::string_view saved) { static_cast<void>(binary::decode(saved, state_)); }
    [[nodiscard]] std::string_view name() const override { return init_program; }
    using RuntimeProgram::step;
    Step step(RuntimeSys& sys) override {
        ChannelPort shim(sys, channel_descriptor);
        if (runtime::pump_init(state_, sys.kernel(), shim) == runtime::Progress::finished) {
            return Step::exited(state_.failed ? 1 : 0);
        }
        return Step::wait_readable(channel_descriptor);
    }
    void save(std::string& out) const override { binary::put(out, state_); }

private:
    runtime::InitState state_;
};

struct Held {
    runtime::ShimState state;
    int engine = channel_descriptor;
    int init = -1;
    int input = -1;
    int out = -1;
    int err = -1;
    bool input_closed = false;
    std::string unwritten;          // input that the container did not take yet
    std::map<int, int> child_ends;  // the container's side of its pipes, ours until it is cloned: maybe turns later
    std::vector<int> guests;        // channels of engines that came back
};
CUTAWAY_FIELDS(Held, state, engine, init, input, out, err, input_closed, unwritten, child_ends, guests)

// The shim's stdio, its ports and what else the machine gives it.
class MachineHost final : public runtime::ShimHost, public world::Kernel, public runtime::Port {
public:
    MachineHost(RuntimeSys& sys, Held& held)
        : sys_(sys), held_(held), engine_(sys, held.engine), init_(sys, held.init) {}

    // Port: the engine's, with a look at Begin, which says what standard input is to be.
    void send(const runtime::Message& message) override {
        engine_.send(message);
        for (const int guest : runtime::is_for_all(message) ? held_.guests : std::vector<int>()) {
            ChannelPort(sys_, guest).send(message);
        }
    }
    bool receive(runtime::Message& message) override {
        if (!engine_.receive(message)) {
            return hear_guest(message);
        }
        if (const auto* begin = std::get_if<runtime::Begin>(&message)) {
            prepare(begin->terminal, begin->keep_stdin);
        }
        return true;
    }
    bool closed() override { return engine_.closed(); }

    Result<world::Reply> perform(const world::Call& call) override {
        if (std::holds_alternative<world::Clone>(call)) {
            if (held_.state.alone) {
                prepare_again();
            }
            sys_.next_child(held_.child_ends);
        }
        Result<world::Reply> result = sys_.kernel().perform(call);
        if (result && std::holds_alternative<world::Clone>(call)) {
            for (const world::Pair& detail : result->details) {
                if (detail.name == "channel") {
                    held_.init = std::atoi(detail.value.c_str());
                }
            }
            result->details.erase(std::remove_if(result->details.begin(), result->details.end(),
                                                 [](const world::Pair& detail) { return detail.name == "channel"; }),
                                  result->details.end());
            init_.use(held_.init);
            close_child_ends();
        }
        return result;
    }

    runtime::Port& engine() override { return *this; }
    runtime::Port& init() override { return init_; }
    std::optional<runtime::Output> read_output() override {
        for (int* fd : {&held_.out, &held_.err}) {
            if (*fd < 0) {
                continue;
            }
            Result<std::string> got = sys_.read(*fd, 65536);
            if (got && !got->empty()) {
                return runtime::Output{fd == &held_.err ? world::Stream::err : world::Stream::out, std::move(*got)};
            }
            if (got || got.error().sys_errno != EAGAIN) {
                static_cast<void>(sys_.close(*fd));
                *fd = -1;
            }
        }
        return std::nullopt;
    }
    bool output_ended() override { return held_.out < 0 && held_.err < 0; }
    void write_input(std::string_view bytes) override {
        held_.input_closed = held_.input_closed || bytes.empty();
        const bool terminal = held_.input >= 0 && held_.input == held_.out;
        held_.unwritten += terminal && bytes.empty() ? "\x04" : bytes;  // it cannot be closed: its end is typed
        pass_input();
    }
    void resize(const runtime::Resize&) override {}
    std::optional<runtime::Exited> reap(std::int64_t pid) override {
        const bool oom = sys_.was_oom_killed(pid);
        Result<std::optional<WaitResult>> ended = sys_.wait(pid);
        if (!ended) {
            return runtime::Exited{lost_child, 0, oom};
        }
        if (!ended->has_value()) {
            return std::nullopt;
        }
        return runtime::Exited{(*ended)->code, (*ended)->signal, oom};
    }
    Status append_log(std::string_view path, std::string_view text) override { return sys_.disk().append(path, text); }
    Status save(std::string_view path, std::string_view text) override {
        return sys_.disk().save(path, text, world::Durability::runtime);
    }
    std::optional<std::string> load(std::string_view path) override {
        Result<std::string> text = sys_.disk().read(path);
        return text ? std::optional<std::string>(std::move(*text)) : std::nullopt;
    }
    void printed(world::Stream stream, std::string_view line) override {
        sys_.observe(world::OutputLine{sys_.container(), stream, std::string(line)});
    }
    std::int64_t wall_ns() override { return sys_.wall_ns(); }
    std::int64_t now_ns() override { return sys_.now_ns(); }

    void pass_input() {
        while (!held_.unwritten.empty() && held_.input >= 0) {
            Result<std::size_t> written = sys_.write(held_.input, held_.unwritten);
            if (!written && written.error().sys_errno == EAGAIN) {
                return;
            }
            held_.unwritten.erase(0, written ? *written : held_.unwritten.size());
        }
        if (held_.input_closed && held_.input >= 0 && held_.input != held_.out) {
            static_cast<void>(sys_.close(held_.input));
            held_.input = -1;
        }
    }

private:
    bool hear_guest(runtime::Message& message) {
        for (const int guest : held_.guests) {
            ChannelPort port(sys_, guest);
            while (port.receive(message)) {
                if (runtime::is_a_guests(message)) {
                    return true;
                }
            }
        }
        return false;
    }
    void prepare(bool terminal, bool keep_stdin) {
        std::map<int, int> child;
        // Input for somebody who has gone already ends nobody; a handler is not handed on to the child as ignoring is.
        static_cast<void>(sys_.on_signal(sigpipe, Disposition::handle));
        if (terminal) {
            if (auto pty = sys_.terminal()) {
                child = {{0, pty->second}, {1, pty->second}, {2, pty->second}};
                held_.out = pty->first;
                held_.input = pty->first;
            }
        } else {
            if (auto in = keep_stdin ? sys_.pipe() : Result<std::pair<int, int>>(std::pair<int, int>(-1, -1)); in) {
                child[0] = in->first >= 0 ? in->first : sys_.open("/dev/null", {}, 0).value_or(-1);
                held_.input = in->second;
            }
            if (auto out = sys_.pipe()) {
                child[1] = out->second;
                held_.out = out->first;
            }
            if (auto err = sys_.pipe()) {
                child[2] = err->second;
                held_.err = err->first;
            }
        }
        held_.child_ends = child;
    }
    // For a container that is started again: what it had went with it.
    void prepare_again() {
        for (int* fd : {&held_.init, &held_.input, &held_.out, &held_.err}) {
            if (*fd >= 0) {
                static_cast<void>(sys_.close(*fd));  // a pty's one end is closed once
            }
            *fd = -1;
        }
        held_.input_closed = false;
        held_.unwritten.clear();
        prepare(held_.state.begin.terminal, held_.state.begin.keep_stdin);
    }
    void close_child_ends() {
        for (const auto& [its, mine] : held_.child_ends) {
            static_cast<void>(sys_.close(mine));  // a pty's one end is closed once; the rest are already
        }
        held_.child_ends.clear();
    }

    RuntimeSys& sys_;
    Held& held_;
    ChannelPort engine_;
    ChannelPort init_;
};

class ShimProgram final : public RuntimeProgram {
public:
    ShimProgram() = default;
    explicit ShimProgram(std::string_view saved) { static_cast<void>(binary::decode(saved, held_)); }
    [[nodiscard]] std::string_view name() const override { return shim_program; }
    using RuntimeProgram::step;
    Step step(RuntimeSys& sys) override {
        sys.become_subreaper();
        let_in(sys);
        MachineHost host(sys, held_);
        const runtime::Progress progress = runtime::pump_shim(held_.state, host, host);
        host.pass_input();
        if (progress == runtime::Progress::finished) {
            return Step::exited(0);
        }
        return waits(sys, host);
    }
    void save(std::string& out) const override { binary::put(out, held_); }

private:
    void let_in(RuntimeSys& sys) {
        std::erase_if(held_.guests, [&](int guest) { return sys.is_gone(guest) && sys.close(guest).has_value(); });
        while (Result<int> knocked = sys.accept_engine()) {
            held_.guests.push_back(*knocked);
            held_.state.begin.attached = true;
        }
    }
    Step waits(RuntimeSys& sys, MachineHost& host) {
        Step step = Step::wait_child();
        step.until_ns = held_.state.wake_ns;
        step.child = held_.state.pid != 0 && !held_.state.exited.has_value();
        if (!host.closed()) {
            step.readable.push_back(held_.engine);
        }
        step.readable.push_back(door_descriptor);
        step.readable.insert(step.readable.end(), held_.guests.begin(), held_.guests.end());
        if (held_.init >= 0 && !sys.is_gone(held_.init)) {
            step.readable.push_back(held_.init);
        }
        for (const int fd : {held_.out, held_.err}) {
            if (fd >= 0) {
                step.readable.push_back(fd);
            }
        }
        if (!held_.unwritten.empty() && held_.input >= 0) {
            step.writable.push_back(held_.input);
        }
        return step;
    }

    Held held_;
};

}  // namespace

std::unique_ptr<Program> EnginePrograms::make(std::string_view name) const {
    if (name == shim_program) {
        return std::make_unique<ShimProgram>();
    }
    if (name == init_program) {
        return std::make_unique<InitProgram>();
    }
    return others_.make(name);
}

std::unique_ptr<Program> EnginePrograms::load(std::string_view name, std::string_view saved) const {
    if (name == shim_program) {
        return std::make_unique<ShimProgram>(saved);
    }
    if (name == init_program) {
        return std::make_unique<InitProgram>(saved);
    }
    return others_.load(name, saved);
}

}  // namespace cutaway::model
