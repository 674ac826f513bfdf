// SPDX-License-Identifier: Apache-2.0
#include <array>
#include <cstdio>
#include <optional>

#include "core/cli/root_client.h"
#include "core/cli/root_wire.h"
#include "core/cli/watch_view.h"
#include "core/host/engine_door.h"
#include "core/host/packet_socket.h"
#include "core/host/terminal.h"
#include "core/host/worker.h"

namespace cutaway::cli {

namespace {

constexpr const char* usage =
    R"(Usage:  cutaway --engine PATH watch [--break EXPR]...

Shows what an engine behind a socket does, run by run and call by call, whoever asked for it, and stops it where you
say. Type help while it runs. Breakpoints are seen by everybody who watches, and go when you do.
)";

void show(const std::string& text) {
    std::fwrite(text.data(), 1, text.size(), stdout);
    std::fflush(stdout);
}

class Watcher {
public:
    Watcher(host::Fd socket, std::string path) : socket_(std::move(socket)), path_(std::move(path)) {}

    int follow(const std::vector<std::string>& breaks) {
        socket_.send(link::encode(link::Watch{}));
        for (const std::string& text : breaks) {
            order(view_.type("break " + text));
        }
        while (!status_) {
            std::array<host::Awaited, 2> both{
                {{socket_.fd(), socket_.has_unsent(), false}, {typing_ ? 0 : -1, false, false}}};
            host::wait_for_any(both, 100);
            if (host::take_signal()) {
                return 0;
            }
            hear();
            read();
            socket_.flush();
        }
        return *status_;
    }

private:
    void hear() {
        const std::optional<std::string> trouble = hear_engine(socket_, path_, [this](link::Message& message) {
            show(view_.hear(message));
            return true;
        });
        if (trouble) {
            status_ = complain(*trouble, 1);
        }
    }

    // At the end of input it goes on watching.
    void read() {
        const std::optional<std::string> bytes = typing_ ? host::read_now(0) : std::nullopt;
        typing_ = typing_ && !(bytes && bytes->empty());
        typed_ += bytes.value_or("");
        for (std::size_t end = typed_.find('\n'); end != std::string::npos && !status_; end = typed_.find('\n')) {
            order(view_.type(typed_.substr(0, end)));
            typed_.erase(0, end + 1);
        }
    }

    void order(const WatchView::Typed& typed) {
        if (typed.quit) {
            status_ = 0;
        } else if (typed.is_order) {
            socket_.send(link::encode(typed.order));
        }
        show(typed.text);
    }

    host::PacketSocket socket_;
    std::string path_;
    WatchView view_;
    std::string typed_;
    bool typing_ = true;
    std::optional<int> status_;
};

}  // namespace

int watch_engine(const CommandLine& line) {
    if (line.words.size() > 1) {
        const bool asked = line.words[1] == "--help" || line.words[1] == "-h";
        std::fputs(usage, asked ? stdout : stderr);
        return asked ? 0 : 1;
    }
    if (line.engine.empty()) {
        return complain("watch takes an engine behind a socket: --engine PATH, or CUTAWAY_ENGINE", 1);
    }
    Result<host::Fd> socket = host::knock_at_engine(line.engine);
    if (!socket) {
        return complain(socket.error().doing, 1);
    }
    host::catch_signals();
    return Watcher(std::move(*socket), line.engine).follow(line.breaks);
}

}  // namespace cutaway::cli
