// SPDX-License-Identifier: Apache-2.0
// A server of a few lines on loopback that takes many connections and many questions on each, counts them, and answers
// as it is told. Refuses nothing: what to answer is the test's.
#pragma once

#include <atomic>
#include <cstddef>
#include <functional>
#include <mutex>
#include <string>
#include <thread>
#include <vector>

#include "core/host/fd.h"

namespace cutaway::host {

struct LineAnswer {
    std::string bytes;                                             // head and body as they are sent
    enum class Then { go_on, hang_up, stand } then = Then::go_on;  // stand: not a byte more, and no end
};

class LineServer {
public:
    using Answers = std::function<LineAnswer(const std::string& question)>;  // from the threads of its connections
    explicit LineServer(Answers answers);
    LineServer(const LineServer&) = delete;
    LineServer& operator=(const LineServer&) = delete;
    ~LineServer();

    [[nodiscard]] std::string authority() const { return "127.0.0.1:" + std::to_string(port_); }
    [[nodiscard]] std::string url(const std::string& path = "/v2/") const { return "http://" + authority() + path; }
    [[nodiscard]] int connections() const { return connections_; }
    [[nodiscard]] std::vector<std::string> questions();

private:
    void accept_all();
    void serve(const Fd& peer);

    Answers answers_;
    Fd listener_;
    int port_ = 0;
    std::atomic<int> connections_{0};
    std::mutex mutex_;
    std::vector<std::string> questions_;
    std::vector<int> open_;
    std::vector<std::thread> threads_;
    std::thread acceptor_;
};

std::string http_answer(int status, const std::string& headers, const std::string& body);

}  // namespace cutaway::host
