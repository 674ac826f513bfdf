// SPDX-License-Identifier: Apache-2.0
#include "core/cli/root_work.h"

#include <array>
#include <atomic>
#include <mutex>
#include <thread>
#include <utility>

#include "core/cli/root_console.h"
#include "core/cli/root_run.h"
#include "core/cli/root_stage.h"
#include "core/cli/stepper_points.h"
#include "core/host/packet_socket.h"
#include "core/host/worker.h"
#include "core/link/run_gate.h"

namespace cutaway::cli {

namespace {

constexpr int soon_ms = 20;
constexpr int patience_ms = 1000;  // with an engine that does not read

class Watched final : public Company {
public:
    explicit Watched(const WorkOrder& order)
        : order_(order),
          socket_(host::Fd(order.socket)),
          gate_({[this](const link::Message& message) { say(message); }, read_gate_point, [this] { cancel(); }}) {
        for (const link::Order& point : order.points) {
            gate_.obey(point);
        }
    }

    void arrive(Stage& stage, const ProcessConsole& console) override {
        stage_ = &stage;
        console_ = &console;
        gate_.begin(stage.header());
        reader_ = std::thread([this] { read(); });
    }
    void leave() override {
        is_over_ = true;
        host::stop_reading(socket_.fd());
        reader_.join();
        flush();
    }
    void stepped(bool stands) override { gate_.stepped(stands); }
    void give_up() override { gate_.give_up(); }
    trace::Gate& gate() override { return gate_; }
    trace::Sink& sink() override { return gate_; }
    [[nodiscard]] int trace_file() const override { return order_.trace; }

private:
    void cancel() {
        if (stage_ != nullptr) {
            stage_->cancel();
        }
    }

    // A run's events come by the hundred within milliseconds: they leave together, and soon.
    void say(const link::Message& message) {
        const std::lock_guard lock(mutex_);
        const auto* text = std::get_if<link::Text>(&message);
        if (text != nullptr && pending_.size() + text->bytes.size() <= link::longest_text) {
            pending_ += text->bytes;
            return;
        }
        send_pending();
        send(message);
    }

    void send_pending() {
        if (!pending_.empty()) {
            send(link::Text{0, std::exchange(pending_, {})});
        }
    }

    void send(const link::Message& message) {
        socket_.send(link::encode(message));
        if (socket_.has_unsent()) {
            std::array<host::Awaited, 1> one{{{socket_.fd(), true, false}}};
            host::wait_for_any(one, patience_ms);
            socket_.flush();
        }
    }

    void flush() {
        const std::lock_guard lock(mutex_);
        send_pending();
    }

    void read() {
        std::string bytes;
        for (;;) {
            std::array<host::Awaited, 1> one{{{socket_.fd(), false, false}}};
            host::wait_for_any(one, soon_ms);
            flush();
            const Result<bool> got = host::receive_packet(socket_.fd(), bytes);
            if (is_over_) {
                return;
            }
            if (!got) {
                return part(true);
            }
            const Result<link::Message> message = *got ? link::decode(bytes) : link::Message(link::Answer{});
            if (!message) {
                continue;
            }
            if (const auto* order = std::get_if<link::Order>(&*message)) {
                gate_.obey(*order);
            } else if (const auto* left = std::get_if<link::Leave>(&*message)) {
                part(left->engine_ends);
            }
        }
    }

    // Nobody hears what the command says any more. A start that is under way is taken back. A container that is attached
    // runs on, and `run` waits for its end, since it may have to remove it; unless the engine itself ends.
    void part(bool engine_ends) {
        if (!console_->is_attached()) {
            cancel();
            gate_.give_up();
        } else if (engine_ends || order_.line.words.front() != "run") {
            host::vanish();
        }
        host::be_unheard();
    }

    const WorkOrder& order_;
    std::mutex mutex_;
    host::PacketSocket socket_;
    std::string pending_;
    Stage* stage_ = nullptr;
    const ProcessConsole* console_ = nullptr;
    link::RunGate gate_;
    std::atomic<bool> is_over_ = false;
    std::thread reader_;
};

}  // namespace

Result<trace::Breakpoint> read_gate_point(const std::string& text) {
    StopPoint point = TRY(parse_point(text));
    if (point.condition) {
        return fail(Errc::unsupported, "a condition over the picture is for run --break, not for who watches: " + text);
    }
    return std::move(point.where);
}

int work(const WorkOrder& order) {
    Watched watched(order);
    return run_command(order.line, &watched);
}

}  // namespace cutaway::cli
