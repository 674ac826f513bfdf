// SPDX-License-Identifier: Apache-2.0
// Engine, shim and init in one thread: three state machines over queues instead of sockets, on kernels that only write
// down what they were asked. Whoever waits for a message pumps the others; whoever is dropped has died.
#pragma once

#include <deque>
#include <functional>
#include <map>
#include <memory>
#include <optional>
#include <string>
#include <vector>

#include "core/runtime/launch.h"
#include "core/runtime/shim.h"

namespace cutaway::runtime::test {

inline constexpr std::int64_t child_pid = 77;

// One way of a socket: what was sent, and whether an end has gone.
struct Line {
    std::deque<std::string> there;  // to the side that has `true`
    std::deque<std::string> back;
    bool first_gone = false;
    bool second_gone = false;
};

class End final : public Port {
public:
    End(Line& line, bool second) : line_(line), second_(second) {}
    void send(const Message& message) override {
        if (!other_gone()) {
            (second_ ? line_.back : line_.there).push_back(encode(message));
        }
    }
    bool receive(Message& message) override {
        auto& mine = second_ ? line_.there : line_.back;
        if (mine.empty()) {
            return false;
        }
        message = decode(mine.front()).value_or(Message{});
        mine.pop_front();
        return true;
    }
    bool closed() override { return other_gone() && (second_ ? line_.there : line_.back).empty(); }

private:
    [[nodiscard]] bool other_gone() const { return second_ ? line_.first_gone : line_.second_gone; }
    Line& line_;
    bool second_;
};

// Writes "place kind" for every call, in one list for all places; fails where it was told to.
class NotingKernel final : public world::Kernel {
public:
    NotingKernel(std::string place, std::vector<std::string>& asked) : place_(std::move(place)), asked_(asked) {}
    Result<world::Reply> perform(const world::Call& call) override {
        asked_.push_back(place_ + " " + std::string(kind_of(call)));
        if (before) {
            TRY(before(call));
        }
        if (on_kill && std::holds_alternative<world::SendSignal>(call)) {
            on_kill();
        }
        world::Reply reply;
        reply.value = std::holds_alternative<world::Clone>(call) ? child_pid : 0;
        return reply;
    }
    std::function<Status(const world::Call&)> before;
    std::function<void()> on_kill;

private:
    std::string place_;
    std::vector<std::string>& asked_;
};

class FakeShimHost final : public ShimHost {
public:
    FakeShimHost(Line& to_engine, Line& to_init) : engine_(to_engine, true), init_(to_init, false) {}
    Port& engine() override { return engine_; }
    Port& init() override { return init_; }
    std::optional<Output> read_output() override {
        if (output.empty()) {
            return std::nullopt;
        }
        Output piece = output.front();
        output.pop_front();
        return piece;
    }
    bool output_ended() override { return silent && output.empty(); }
    void write_input(std::string_view bytes) override { input += bytes.empty() ? "<end>" : std::string(bytes); }
    void resize(const Resize&) override {}
    std::optional<Exited> reap(std::int64_t) override { return std::exchange(ended, std::nullopt); }
    Status append_log(std::string_view, std::string_view text) override {
        log += text;
        return {};
    }
    Status save(std::string_view path, std::string_view text) override {
        saved[std::string(path)] = text;
        return {};
    }
    std::optional<std::string> load(std::string_view path) override {
        const auto found = saved.find(std::string(path));
        return found == saved.end() ? std::nullopt : std::optional<std::string>(found->second);
    }
    void printed(world::Stream, std::string_view line) override { lines.emplace_back(line); }
    std::int64_t wall_ns() override { return 1'000'000'005; }
    std::int64_t now_ns() override { return now; }

    std::int64_t now = 1'000'000'000;
    std::deque<Output> output;
    bool silent = true;
    std::optional<Exited> ended;
    std::string input;
    std::string log;
    std::map<std::string, std::string> saved;
    std::vector<std::string> lines;

private:
    End engine_;
    End init_;
};

class QuietNarrator final : public world::Narrator {
public:
    std::function<Status(const world::Call&)> gate;
    std::vector<std::string> spans;
    bool attended = true;
    int open = 0;
    int told = 0;  // before() without after()
    Status begin(const world::SpanStart& span) override {
        spans.push_back(span.title + (span.clean_up ? " (clean-up)" : ""));
        ++open;
        return {};
    }
    void end(const Error*) override { --open; }
    void note(world::Note) override {}
    Status before(const world::Remote&, const world::Call& call) override {
        if (gate) {
            TRY(gate(call));
        }
        ++told;
        return {};
    }
    void after(const Result<world::Reply>&) override { --told; }
    [[nodiscard]] bool attends() const override { return attended; }
};

// The shim and the init of one start, and what the engine was asked.
class Trio {
public:
    explicit Trio(Begin begin);
    ~Trio();
    Trio(const Trio&) = delete;
    Trio& operator=(const Trio&) = delete;

    Result<Launched> launch();
    // Pumps shim and init until nothing moves any more.
    void settle();
    void engine_dies() { to_shim_.first_gone = true; }
    void shim_dies();
    void init_ends(Exited how);  // exits or was killed: its socket closes, its parent may reap it
    void revive();               // the next clone is another init, with a line of its own
    std::optional<Message> next();
    void send(const Message& message) { to_shim_.there.push_back(encode(message)); }

    std::vector<std::string> asked;  // "engine mkdir", "shim clone", "init execve", in the order of time
    NotingKernel engine_kernel{"engine", asked};
    NotingKernel shim_kernel{"shim", asked};
    NotingKernel init_kernel{"init", asked};
    QuietNarrator narrator;
    ShimState shim;
    InitState init;
    bool shim_over = false;
    int waits = 0;  // how often the engine had nothing to read yet
    Begin begin;

private:
    class Wire;
    class Nothing;
    bool turn();

    Line to_shim_;
    Line to_init_;

public:
    FakeShimHost host{to_shim_, to_init_};

private:
    End init_end_{to_init_, true};
    bool init_over_ = false;
    std::unique_ptr<Nothing> nothing_;
};

// Two of each place, with things to take back.
Begin small_start();

}  // namespace cutaway::runtime::test
