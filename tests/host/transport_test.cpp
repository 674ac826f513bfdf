// SPDX-License-Identifier: Apache-2.0
// The real transport against a server of a few lines on loopback.
#include <arpa/inet.h>
#include <netinet/in.h>
#include <sys/socket.h>
#include <unistd.h>

#include <array>
#include <atomic>
#include <chrono>
#include <thread>
#include <utility>

#include "core/host/fd.h"
#include "core/host/syscall.h"
#include "core/trace/recorder.h"
#include "core/trace/traced.h"
#include "tests/host/machine.h"

namespace cutaway::host {
namespace {

constexpr std::size_t big = std::size_t{8} << 20U;

// Answers one request with `head`, then `bytes` of body, as fast as the other side takes them.
class OneAnswer {
public:
    OneAnswer(std::string head, std::size_t bytes) : listener_(::socket(AF_INET, SOCK_STREAM | SOCK_CLOEXEC, 0)) {
        sockaddr_in address{};
        address.sin_family = AF_INET;
        address.sin_addr.s_addr = htonl(INADDR_LOOPBACK);
        socklen_t size = sizeof address;
        auto* plain = reinterpret_cast<sockaddr*>(&address);
        EXPECT_EQ(::bind(listener_.get(), plain, size), 0);
        EXPECT_EQ(::listen(listener_.get(), 1), 0);
        EXPECT_EQ(::getsockname(listener_.get(), plain, &size), 0);
        port_ = ntohs(address.sin_port);
        thread_ = std::thread([this, head = std::move(head), bytes] { serve(head, bytes); });
    }
    OneAnswer(const OneAnswer&) = delete;
    OneAnswer& operator=(const OneAnswer&) = delete;
    ~OneAnswer() {
        ::shutdown(listener_.get(), SHUT_RDWR);
        thread_.join();
    }
    [[nodiscard]] std::string url() const { return "http://127.0.0.1:" + std::to_string(port_) + "/v2/blob"; }
    [[nodiscard]] std::size_t sent() const { return sent_; }
    [[nodiscard]] std::string request() {
        thread_.join();
        thread_ = std::thread([] {});
        return request_;
    }

private:
    void serve(const std::string& head, std::size_t bytes) {
        const Fd peer(::accept(listener_.get(), nullptr, nullptr));
        if (!peer.open()) {
            return;
        }
        std::array<char, 4096> piece{};
        const ssize_t got = ::recv(peer.get(), piece.data(), piece.size(), 0);
        request_.assign(piece.data(), got > 0 ? static_cast<std::size_t>(got) : 0);
        static_cast<void>(::send(peer.get(), head.data(), head.size(), MSG_NOSIGNAL));
        const std::string body(1 << 16, 'b');
        while (sent_ < bytes) {
            const ssize_t put = ::send(peer.get(), body.data(), std::min(body.size(), bytes - sent_), MSG_NOSIGNAL);
            if (put <= 0) {
                return;
            }
            sent_ += static_cast<std::size_t>(put);
        }
    }

    Fd listener_;
    int port_ = 0;
    std::atomic<std::size_t> sent_{0};
    std::string request_;
    std::thread thread_;
};

Result<world::HttpResponse> get(HostWorld& host, const std::string& url) {
    return host.world().transport.send({"GET", url, {{"Accept", "application/octet-stream"}}, ""}, nullptr);
}

HostOptions options() { return {"/tmp", "/tmp", CUTAWAY_INIT_PROGRAM, CUTAWAY_HTTP_MODULE}; }

std::string head_of(std::size_t size) {
    return "HTTP/1.1 200 OK\r\nContent-Length: " + std::to_string(size) + "\r\nDocker-Content-Digest: sha256:x\r\n\r\n";
}

Result<std::size_t> read_rest(world::Source& body) {
    std::array<char, 65536> piece;
    std::size_t total = 0;
    for (;;) {
        const std::size_t got = TRY(body.read(piece));
        if (got == 0) {
            return total;
        }
        total += got;
    }
}

TEST(Transport, ABodyIsStreamedAndNobodyReadingStopsIt) {
    HostWorld host(options());
    OneAnswer server(head_of(big), big);
    Result<world::HttpResponse> response = get(host, server.url());
    ASSERT_TRUE(response) << response.error().doing;
    EXPECT_EQ(response->status, 200);
    EXPECT_EQ(world::header(response->headers, "docker-content-digest"), "sha256:x");
    std::array<char, 1000> first{};
    EXPECT_GT(response->body->read(first).value_or(0), 0U);
    std::this_thread::sleep_for(std::chrono::milliseconds(300));  // a gate in the middle
    const std::size_t before = server.sent();
    std::this_thread::sleep_for(std::chrono::milliseconds(200));
    EXPECT_EQ(server.sent(), before) << "the body went on although nobody read";
    EXPECT_LT(before, big);
    const Result<std::size_t> rest = read_rest(*response->body);
    ASSERT_TRUE(rest) << rest.error().doing;
    EXPECT_GT(*rest, big - 1001);
}

// Stands at the first progress of a body until it is let go on.
class BodyGate final : public trace::Gate {
public:
    Status before(const trace::Event& next) override {
        if (next.kind == trace::EventKind::progress && !std::exchange(stood_, true)) {
            reached = true;
            while (!go_on) {
                std::this_thread::sleep_for(std::chrono::milliseconds(5));
            }
        }
        return {};
    }
    std::atomic<bool> reached{false};
    std::atomic<bool> go_on{false};

private:
    bool stood_ = false;
};

TEST(Transport, AGateInTheMiddleOfABlobHoldsItsServer) {
    HostWorld host(options());
    OneAnswer server(head_of(big), big);
    trace::Recorder recorder(host.world().clock, world::Evidence::performed);
    BodyGate gate;
    recorder.set_gate(&gate);
    std::size_t total = 0;
    std::thread engine([&] {
        trace::TracedWorld traced(host.world(), recorder);
        auto response = traced.world().transport.send({"GET", server.url(), {}, ""}, nullptr);
        ASSERT_TRUE(response) << response.error().doing;
        total = read_rest(*response->body).value_or(0);
        response->body.reset();
    });
    EXPECT_TRUE(eventually([&] { return gate.reached.load(); }));
    std::this_thread::sleep_for(std::chrono::milliseconds(300));  // the socket's buffers fill
    const std::size_t before = server.sent();
    std::this_thread::sleep_for(std::chrono::milliseconds(200));
    EXPECT_EQ(server.sent(), before) << "the blob went on behind a gate";
    EXPECT_LT(before, big);
    gate.go_on = true;
    engine.join();
    EXPECT_EQ(total, big);
}

TEST(Transport, ABodyThatStopsEarlyIsAnError) {
    HostWorld host(options());
    OneAnswer server(head_of(1000), 400);
    Result<world::HttpResponse> response = get(host, server.url());
    ASSERT_TRUE(response);
    const Result<std::size_t> rest = read_rest(*response->body);
    ASSERT_FALSE(rest);
    EXPECT_EQ(rest.error().code, Errc::network);
}

TEST(Transport, ARedirectIsAnAnswerAndNoHeaderIsAdded) {
    HostWorld host(options());
    OneAnswer server("HTTP/1.1 307 Temporary Redirect\r\nLocation: http://127.0.0.1:1/\r\nContent-Length: 0\r\n\r\n",
                     0);
    Result<world::HttpResponse> response = get(host, server.url());
    ASSERT_TRUE(response);
    EXPECT_EQ(response->status, 307);
    EXPECT_EQ(world::header(response->headers, "location"), "http://127.0.0.1:1/");
    const std::string request = server.request();
    EXPECT_EQ(request.find("User-Agent"), std::string::npos) << request;
    EXPECT_EQ(request.find("Accept-Encoding"), std::string::npos) << request;
    EXPECT_NE(request.find("Accept: application/octet-stream"), std::string::npos) << request;
}

TEST(Transport, WhatCannotBeReachedAndWhatIsGivenUpAreErrors) {
    HostWorld host(options());
    const Result<world::HttpResponse> refused = get(host, "http://127.0.0.1:1/");
    ASSERT_FALSE(refused);
    EXPECT_EQ(refused.error().code, Errc::network);
    const Result<world::HttpResponse> odd = get(host, "file:///etc/passwd");
    ASSERT_FALSE(odd);
    EXPECT_EQ(odd.error().code, Errc::invalid);
    host.cancel().request();
    const Result<world::HttpResponse> cancelled = get(host, "http://127.0.0.1:1/");
    ASSERT_FALSE(cancelled);
    EXPECT_EQ(cancelled.error().code, Errc::cancelled);
}

}  // namespace
}  // namespace cutaway::host
