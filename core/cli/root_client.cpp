// SPDX-License-Identifier: Apache-2.0
#include "core/cli/root_client.h"

#include <array>
#include <cstdio>

#include "core/cli/root_wire.h"
#include "core/host/engine_door.h"
#include "core/host/packet_socket.h"
#include "core/host/syscall.h"
#include "core/host/terminal.h"
#include "core/host/worker.h"

namespace cutaway::cli {

namespace {

constexpr int lost_status = 125;

// What only whoever starts the engine may choose.
Status check_options(const CommandLine& line) {
    if (!line.root.empty()) {
        return fail(Errc::invalid, "--root is the engine's: cutaway engine --root " + line.root);
    }
    if (line.words.front() == "login" || line.words.front() == "logout") {
        return fail(Errc::unsupported, line.words.front() +
                                           " through an engine's socket would keep the name and the "
                                           "password as root's: use sudo cutaway --world real " +
                                           line.words.front());
    }
    return {};
}

Status ask(int socket, const CommandLine& line) {
    link::Perform wanted;
    wanted.words = line.words;
    wanted.step = line.step;
    wanted.breaks = line.breaks;
    wanted.traced = !line.trace.empty();
    const host::Fd folder = TRY_IN("hand over the folder", host::open_folder("."));
    std::vector<int> descriptors{0, 1, 2, folder.get()};
    host::Fd trace;
    if (wanted.traced) {
        trace = TRY_IN("create the trace", host::create_file(line.trace));
        descriptors.push_back(trace.get());
    }
    return host::send_with(socket, link::encode(wanted), descriptors);
}

// Who is refused at the door may hear why before they have said anything.
std::optional<std::string> refusal(int socket) {
    std::string bytes;
    if (!host::receive_packet(socket, bytes).value_or(false)) {
        return std::nullopt;
    }
    const Result<link::Message> message = link::decode(bytes);
    const auto* refused = message ? std::get_if<link::Refused>(&*message) : nullptr;
    return refused == nullptr ? std::nullopt : std::optional<std::string>(refused->why);
}

class Conversation {
public:
    Conversation(host::Fd socket, std::string path) : socket_(std::move(socket)), path_(std::move(path)) {}

    int follow() {
        const std::function<void()> restore = host::way_back(0);
        while (!status_) {
            std::array<host::Awaited, 1> one{{{socket_.fd(), false, false}}};
            host::wait_for_any(one, 100);
            while (const auto signal = host::take_signal()) {
                socket_.send(link::encode(link::Signal{*signal}));
            }
            hear();
        }
        if (*status_ >= lost_status) {  // it may have had no time to leave the terminal as it was
            restore();
        }
        return *status_;
    }

private:
    void hear() {
        const std::optional<std::string> trouble = hear_engine(socket_, path_, [this](link::Message& message) {
            if (const auto* finished = std::get_if<link::Finished>(&message)) {
                status_ = finished->status;
            }
            return !status_;
        });
        if (trouble) {
            status_ = complain(*trouble, lost_status);
        }
    }

    host::PacketSocket socket_;
    std::string path_;
    std::optional<int> status_;
};

}  // namespace

int complain(const std::string& text, int status) {
    std::fprintf(stderr, "cutaway: %s\n", text.c_str());
    return status;
}

int ask_engine(const CommandLine& line) {
    if (const Status right = check_options(line); !right) {
        return complain(right.error().doing, lost_status);
    }
    Result<host::Fd> socket = host::knock_at_engine(line.engine);
    if (!socket) {
        return complain(socket.error().doing, lost_status);
    }
    host::catch_signals();
    if (const Status asked = ask(socket->get(), line); !asked) {
        return complain(refusal(socket->get()).value_or(asked.error().doing), lost_status);
    }
    return Conversation(std::move(*socket), line.engine).follow();
}

}  // namespace cutaway::cli
