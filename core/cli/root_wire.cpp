// SPDX-License-Identifier: Apache-2.0
#include "core/cli/root_wire.h"

#include <array>
#include <atomic>
#include <cstdlib>
#include <mutex>
#include <thread>

#include "core/host/engine_door.h"
#include "core/host/packet_socket.h"
#include "core/host/worker.h"

namespace cutaway::cli {

namespace {

constexpr int soon_ms = 50;  // an order leaves at once; only one that the engine could not take waits that long

class SocketWire final : public link::Wire {
public:
    SocketWire(host::Fd socket, const std::string& owner, std::string path, std::function<void()> wake)
        : socket_(std::move(socket)),
          path_(std::move(path)),
          whose_(owner + "'s engine at " + path_),
          wake_(std::move(wake)) {
        socket_.send(link::encode(link::Watch{}));
        thread_ = std::thread([this] { read(); });
    }
    ~SocketWire() override {
        closing_ = true;
        host::stop_reading(socket_.fd());
        thread_.join();
    }
    SocketWire(const SocketWire&) = delete;
    SocketWire& operator=(const SocketWire&) = delete;

    void send(const link::Order& order) override {
        const std::lock_guard lock(mutex_);
        socket_.send(link::encode(order));
    }
    std::vector<link::Message> take() override {
        const std::lock_guard lock(mutex_);
        return std::exchange(came_, {});
    }
    [[nodiscard]] std::string gone() const override {
        const std::lock_guard lock(mutex_);
        return gone_;
    }
    [[nodiscard]] std::string whose() const override { return whose_; }
    [[nodiscard]] bool is_me(const std::string& who) const override {
        return who.ends_with("(process " + std::to_string(host::own_pid()) + ")");
    }

private:
    void read() {
        while (!closing_) {
            bool unsent = false;
            {
                const std::lock_guard lock(mutex_);
                unsent = socket_.has_unsent();
            }
            std::array<host::Awaited, 1> one{{{socket_.fd(), unsent, false}}};
            host::wait_for_any(one, soon_ms);
            const bool news = one[0].ready && hear();
            if (news && !closing_) {
                wake_();
            }
            const std::lock_guard lock(mutex_);
            if (!gone_.empty()) {
                return;
            }
        }
    }

    bool hear() {
        const std::lock_guard lock(mutex_);
        socket_.flush();
        const std::size_t before = came_.size();
        gone_ = hear_engine(socket_, path_, [this](link::Message& message) {
                    came_.push_back(std::move(message));
                    return true;
                }).value_or("");
        return came_.size() != before || !gone_.empty();
    }

    mutable std::mutex mutex_;  // guards the socket but for waiting on it, and what follows
    host::PacketSocket socket_;
    std::vector<link::Message> came_;
    std::string gone_;
    std::string path_;
    std::string whose_;
    std::function<void()> wake_;
    std::atomic<bool> closing_ = false;
    std::thread thread_;
};

}  // namespace

std::optional<std::string> hear_engine(host::PacketSocket& socket, const std::string& path, const Listener& take) {
    std::string bytes;
    while (socket.receive(bytes)) {
        Result<link::Message> message = link::decode(bytes);
        if (!message) {
            return message.error().doing;
        }
        if (const auto* refused = std::get_if<link::Refused>(&*message)) {
            return refused->why;
        }
        if (!take(*message)) {
            return std::nullopt;
        }
    }
    return socket.closed() ? std::optional("the engine at " + path + " went away") : std::nullopt;
}

CommandLine with_engine(CommandLine line) {
    const char* named = std::getenv("CUTAWAY_ENGINE");
    if (line.engine.empty() && named != nullptr && *named != '\0' && (!line.world_said || line.world == "real")) {
        line.engine = named;
        line.world = "real";
    }
    return line;
}

Result<std::unique_ptr<link::Wire>> watch_at(const std::string& path, std::function<void()> wake) {
    host::Fd socket = TRY(host::knock_at_engine(path));
    const std::string owner = host::user_name(TRY(host::caller_at(socket)).uid);
    return std::unique_ptr<link::Wire>(std::make_unique<SocketWire>(std::move(socket), owner, path, std::move(wake)));
}

}  // namespace cutaway::cli
