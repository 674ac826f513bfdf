// SPDX-License-Identifier: Apache-2.0
#include "tests/host/line_server.h"

#include <arpa/inet.h>
#include <netinet/in.h>
#include <sys/socket.h>

#include <algorithm>
#include <array>

#include <gtest/gtest.h>

namespace cutaway::host {

LineServer::LineServer(Answers answers)
    : answers_(std::move(answers)), listener_(::socket(AF_INET, SOCK_STREAM | SOCK_CLOEXEC, 0)) {
    sockaddr_in address{};
    address.sin_family = AF_INET;
    address.sin_addr.s_addr = htonl(INADDR_LOOPBACK);
    socklen_t size = sizeof address;
    auto* plain = reinterpret_cast<sockaddr*>(&address);
    EXPECT_EQ(::bind(listener_.get(), plain, size), 0);
    EXPECT_EQ(::listen(listener_.get(), 16), 0);
    EXPECT_EQ(::getsockname(listener_.get(), plain, &size), 0);
    port_ = ntohs(address.sin_port);
    acceptor_ = std::thread([this] { accept_all(); });
}

LineServer::~LineServer() {
    ::shutdown(listener_.get(), SHUT_RDWR);
    acceptor_.join();
    {
        const std::lock_guard<std::mutex> lock(mutex_);
        for (const int peer : open_) {
            ::shutdown(peer, SHUT_RDWR);
        }
    }
    for (std::thread& thread : threads_) {
        thread.join();
    }
}

std::vector<std::string> LineServer::questions() {
    const std::lock_guard<std::mutex> lock(mutex_);
    return questions_;
}

void LineServer::accept_all() {
    for (;;) {
        Fd peer(::accept4(listener_.get(), nullptr, nullptr, SOCK_CLOEXEC));
        if (!peer.open()) {
            return;
        }
        ++connections_;
        const std::lock_guard<std::mutex> lock(mutex_);
        open_.push_back(peer.get());
        threads_.emplace_back([this, mine = std::move(peer)] {
            serve(mine);
            const std::lock_guard<std::mutex> guard(mutex_);
            open_.erase(std::find(open_.begin(), open_.end(), mine.get()));
            ::shutdown(mine.get(), SHUT_RDWR);
        });
    }
}

void LineServer::serve(const Fd& peer) {
    std::array<char, 4096> piece{};
    std::string text;
    for (;;) {
        std::size_t end = text.find("\r\n\r\n");
        while (end == std::string::npos) {
            const ssize_t got = ::recv(peer.get(), piece.data(), piece.size(), 0);
            if (got <= 0) {
                return;
            }
            text.append(piece.data(), static_cast<std::size_t>(got));
            end = text.find("\r\n\r\n");
        }
        const std::string question = text.substr(0, end + 2);
        text.erase(0, end + 4);
        {
            const std::lock_guard<std::mutex> lock(mutex_);
            questions_.push_back(question);
        }
        const LineAnswer answer = answers_(question);
        std::string_view rest = answer.bytes;
        while (!rest.empty()) {
            const ssize_t put = ::send(peer.get(), rest.data(), rest.size(), MSG_NOSIGNAL);
            if (put <= 0) {
                return;
            }
            rest.remove_prefix(static_cast<std::size_t>(put));
        }
        if (answer.then == LineAnswer::Then::hang_up) {
            return;
        }
        if (answer.then == LineAnswer::Then::stand) {
            static_cast<void>(::recv(peer.get(), piece.data(), 1, 0));  // until the other side goes
            return;
        }
    }
}

std::string http_answer(int status, const std::string& headers, const std::string& body) {
    return "HTTP/1.1 " + std::to_string(status) + " Answer\r\n" + headers +
           "Content-Length: " + std::to_string(body.size()) + "\r\n\r\n" + body;
}

}  // namespace cutaway::host
