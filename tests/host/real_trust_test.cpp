// SPDX-License-Identifier: Apache-2.0
// Registries that need more than the machine's own certificates: Debian's docker-registry behind TLS with an authority
// made here, one that asks who we are, and both behind a proxy of a few lines. Where openssl or the registry is absent
// the tests say so and skip.
#include <arpa/inet.h>
#include <netinet/in.h>
#include <poll.h>
#include <sys/socket.h>

#include <array>
#include <atomic>
#include <mutex>
#include <thread>

#include "tests/host/docker_registry.h"

namespace cutaway::host {
namespace {

constexpr const char* openssl_program = "/usr/bin/openssl";

#define CUTAWAY_NEEDS_TLS_REGISTRY() \
    CUTAWAY_NEEDS_ROOT();            \
    CUTAWAY_NEEDS(registry_program); \
    CUTAWAY_NEEDS(openssl_program)

// A certificate authority, a server's certificate by it and a client's, for two days.
class Authority {
public:
    Authority() {
        const std::string days = "2";
        openssl({"req", "-x509", "-newkey", "ec", "-pkeyopt", "ec_paramgen_curve:prime256v1", "-nodes", "-days", days,
                 "-subj", "/CN=cutaway test authority", "-keyout", path("ca.key"), "-out", path("ca.crt")});
        issue("server", "subjectAltName=DNS:localhost,DNS:registry.test\n");
        issue("client", "extendedKeyUsage=clientAuth\n");
    }
    [[nodiscard]] std::string path(const std::string& name) const { return folder_.path(name); }
    [[nodiscard]] std::string text(const std::string& name) const { return text_of(path(name)); }
    [[nodiscard]] std::string server_yaml() const {
        return "certificate: " + path("server.crt") + ", key: " + path("server.key");
    }

private:
    static void openssl(Words words) {
        words.insert(words.begin(), openssl_program);
        const Answer answer = Process(words).finish();
        EXPECT_EQ(answer.status, 0) << answer.out;
    }
    void issue(const std::string& name, const std::string& extensions) {
        write_file(path("extensions"), extensions);
        openssl({"req", "-newkey", "ec", "-pkeyopt", "ec_paramgen_curve:prime256v1", "-nodes", "-subj", "/CN=" + name,
                 "-keyout", path(name + ".key"), "-out", path("request")});
        openssl({"x509", "-req", "-in", path("request"), "-CA", path("ca.crt"), "-CAkey", path("ca.key"),
                 "-CAcreateserial", "-days", "2", "-extfile", path("extensions"), "-out", path(name + ".crt")});
    }
    TempFolder folder_;
};

std::string refusal(const TempFolder& root, const Words& words) {
    const auto begin = std::chrono::steady_clock::now();
    const Answer answer = cutaway(root, words);
    EXPECT_EQ(answer.status, 1) << answer.out;
    EXPECT_LT(std::chrono::steady_clock::now() - begin, std::chrono::seconds(10)) << "trying again would not help";
    return answer.out;
}

void push_hello(const TempFolder& root, const std::string& name) {
    good(root, {"pull", "lab/hello"});
    good(root, {"tag", "lab/hello", name});
    EXPECT_TRUE(has(good(root, {"push", name}), ": Pushed\n"));
}

TEST(RealTrust, ARegistrysOwnAuthorityIsBelievedForItAlone) {
    CUTAWAY_NEEDS_TLS_REGISTRY();
    const TempFolder root;
    const Authority authority;
    const DockerRegistry registry(Door::open, authority.server_yaml());
    const std::string name = registry.image("lab/hello:1");
    EXPECT_TRUE(has(refusal(root, {"pull", name}), "HTTP request to an HTTPS server")) << "loopback is plain http";
    const std::string certificates = "certs.d/" + registry.host() + "/";
    registry.configure(certificates + "ca.crt", Authority().text("ca.crt"));
    const std::string stranger = refusal(root, {"pull", name});
    EXPECT_TRUE(has(stranger, "SSL peer certificate or SSH remote key was not OK")) << stranger;
    registry.configure(certificates + "ca.crt", authority.text("ca.crt"));
    push_hello(root, name);
    const TempFolder fresh;
    EXPECT_TRUE(has(good(fresh, {"pull", name}), "Status: Downloaded newer image for " + name));
}

TEST(RealTrust, AClientCertificateIsShownWhereOneIsAskedFor) {
    CUTAWAY_NEEDS_TLS_REGISTRY();
    const TempFolder root;
    const Authority authority;
    const DockerRegistry registry(Door::open,
                                  authority.server_yaml() + ", clientcas: [" + authority.path("ca.crt") + "]");
    const std::string name = registry.image("lab/hello:1");
    const std::string certificates = "certs.d/" + registry.host() + "/";
    registry.configure(certificates + "ca.crt", authority.text("ca.crt"));
    const std::string nobody = refusal(root, {"pull", name});
    EXPECT_TRUE(has(nobody, "asks for a client certificate")) << nobody;
    registry.configure(certificates + "client.cert", authority.text("client.crt"));
    const std::string half = refusal(root, {"pull", name});
    EXPECT_TRUE(has(half, "missing key client.key for client certificate client.cert")) << half;
    registry.configure(certificates + "client.key", authority.text("client.key"));
    push_hello(root, name);
}

TEST(RealTrust, ARegistryThatIsCalledInsecureIsAskedOverTlsAndThenWithout) {
    CUTAWAY_NEEDS_TLS_REGISTRY();
    const TempFolder root;
    const Authority authority;
    const DockerRegistry plain(Door::open);
    const DockerRegistry registry(Door::open, authority.server_yaml());
    registry.configure("daemon.json", "{\"insecure-registries\": [\"" + registry.host() + "\", \"" + plain.host() +
                                          "\"], \"log-driver\": \"json-file\"}");
    push_hello(root, registry.image("lab/hello:1"));
    const std::string trace = root.path("trace");
    good(root, {"--trace", trace, "push", registry.image("lab/hello:1")});
    EXPECT_FALSE(has(text_of(trace), "\"http://")) << "it spoke TLS, so nothing goes in the clear";
    push_hello(root, plain.image("lab/hello:1"));
    good(root, {"--trace", trace, "push", plain.image("lab/hello:1")});
    EXPECT_TRUE(has(text_of(trace), "plain http")) << "and why is told";
}

TEST(RealTrust, ADamagedFileIsNamedAndStopsOnlyWhatNeedsIt) {
    CUTAWAY_NEEDS_ROOT();
    CUTAWAY_NEEDS(registry_program);
    const TempFolder root;
    const DockerRegistry registry(Door::open);
    registry.configure("daemon.json", "{\"insecure-registries\": \"all\"}");
    const std::string told = refusal(root, {"pull", registry.image("lab/hello:1")});
    EXPECT_TRUE(has(told, "daemon.json") && has(told, "insecure-registries is a list of names")) << told;
    good(root, {"images"});
}

// Carries what comes to it to one port of this machine, whatever it was asked for: by CONNECT or as an address.
class TinyProxy {
public:
    explicit TinyProxy(int target) : target_(target), listener_(::socket(AF_INET, SOCK_STREAM | SOCK_CLOEXEC, 0)) {
        sockaddr_in address = loopback(0);
        socklen_t size = sizeof address;
        auto* plain = reinterpret_cast<sockaddr*>(&address);
        EXPECT_EQ(::bind(listener_.get(), plain, size), 0);
        EXPECT_EQ(::listen(listener_.get(), 8), 0);
        EXPECT_EQ(::getsockname(listener_.get(), plain, &size), 0);
        port_ = ntohs(address.sin_port);
        thread_ = std::thread([this] { serve(); });
    }
    TinyProxy(const TinyProxy&) = delete;
    TinyProxy& operator=(const TinyProxy&) = delete;
    ~TinyProxy() {
        ::shutdown(listener_.get(), SHUT_RDWR);
        thread_.join();
        for (std::thread& one : carrying_) {
            one.join();
        }
    }
    [[nodiscard]] std::string url(const std::string& login) const {
        return "http://" + login + "@127.0.0.1:" + std::to_string(port_);
    }
    [[nodiscard]] std::string heads() {
        const std::lock_guard<std::mutex> lock(mutex_);
        return heads_;
    }
    std::atomic<bool> refuses{false};

private:
    static sockaddr_in loopback(int port) {
        sockaddr_in address{};
        address.sin_family = AF_INET;
        address.sin_addr.s_addr = htonl(INADDR_LOOPBACK);
        address.sin_port = htons(static_cast<std::uint16_t>(port));
        return address;
    }
    static void put(const Fd& to, const std::string& text) {
        static_cast<void>(::send(to.get(), text.data(), text.size(), MSG_NOSIGNAL));
    }
    void serve() {
        for (;;) {
            Fd peer(::accept(listener_.get(), nullptr, nullptr));
            if (!peer.open()) {
                return;
            }
            carrying_.emplace_back([this, held = std::move(peer)]() mutable { carry(std::move(held)); });
        }
    }
    void carry(Fd peer) {
        std::string head;
        std::array<char, 4096> piece{};
        while (head.find("\r\n\r\n") == std::string::npos) {
            const ssize_t got = ::recv(peer.get(), piece.data(), piece.size(), 0);
            if (got <= 0) {
                return;
            }
            head.append(piece.data(), static_cast<std::size_t>(got));
        }
        {
            const std::lock_guard<std::mutex> lock(mutex_);
            heads_ += head;
        }
        if (refuses) {
            put(peer, "HTTP/1.1 407 Proxy Authentication Required\r\nContent-Length: 0\r\n\r\n");
            return;
        }
        const Fd server(::socket(AF_INET, SOCK_STREAM | SOCK_CLOEXEC, 0));
        const sockaddr_in address = loopback(target_);
        EXPECT_EQ(::connect(server.get(), reinterpret_cast<const sockaddr*>(&address), sizeof address), 0);
        if (head.starts_with("CONNECT ")) {
            put(peer, "HTTP/1.1 200 Connection established\r\n\r\n");
        } else {  // "GET http://host/path HTTP/1.1": the server wants the path, and no second question follows
            const std::size_t begin = head.find(' ') + 1;
            const std::size_t path = head.find('/', head.find("://") + 3);
            head.erase(begin, path - begin);
            head.insert(head.find("\r\n") + 2, "Connection: close\r\n");
            put(server, head);
        }
        splice(peer, server);
    }
    static void splice(const Fd& a, const Fd& b) {
        std::array<pollfd, 2> ends{{{a.get(), POLLIN, 0}, {b.get(), POLLIN, 0}}};
        std::array<char, 65536> piece{};
        while (::poll(ends.data(), ends.size(), 10000) > 0) {
            for (std::size_t i = 0; i < 2; ++i) {
                if (ends.at(i).revents == 0) {
                    continue;
                }
                const ssize_t got = ::recv(ends.at(i).fd, piece.data(), piece.size(), 0);
                if (got <= 0) {
                    return;
                }
                put(i == 0 ? b : a, std::string(piece.data(), static_cast<std::size_t>(got)));
            }
        }
    }

    int target_;
    Fd listener_;
    int port_ = 0;
    std::mutex mutex_;
    std::string heads_;
    std::vector<std::thread> carrying_;
    std::thread thread_;
};

class Variable {
public:
    Variable(const char* name, const std::string& value) : name_(name) { ::setenv(name, value.c_str(), 1); }
    Variable(const Variable&) = delete;
    Variable& operator=(const Variable&) = delete;
    ~Variable() { ::unsetenv(name_); }

private:
    const char* name_;
};

// No resolver knows registry.test: what reaches it went by the proxy.
TEST(RealTrust, AProxyCarriesTlsAndItsPasswordIsToldNowhere) {
    CUTAWAY_NEEDS_TLS_REGISTRY();
    const TempFolder root;
    const Authority authority;
    const DockerRegistry registry(Door::open, authority.server_yaml());
    TinyProxy proxy(registry.port());
    registry.configure("certs.d/registry.test/ca.crt", authority.text("ca.crt"));
    const Variable set("HTTPS_PROXY", proxy.url("ada:lovelace-1843"));
    const std::string name = "registry.test/lab/hello:1";
    push_hello(root, name);
    EXPECT_TRUE(has(proxy.heads(), "CONNECT registry.test:443 ")) << proxy.heads();
    EXPECT_TRUE(has(proxy.heads(), "Proxy-Authorization: Basic YWRhOmxvdmVsYWNlLTE4NDM=")) << "the proxy is told";
    const std::string trace = root.path("trace");
    const TempFolder fresh;
    const std::string pulled = good(fresh, {"--trace", trace, "pull", name});
    proxy.refuses = true;
    const std::string refused = refusal(fresh, {"--trace", root.path("second"), "pull", name});
    EXPECT_TRUE(has(refused, "the proxy http://127.0.0.1:") && has(refused, " answered 407")) << refused;
    for (const std::string& text : {text_of(trace), text_of(root.path("second")), pulled, refused}) {
        EXPECT_FALSE(has(text, "lovelace-1843") || has(text, "YWRhOmxvdmVsYWNl")) << "the password was told";
    }
    const Variable spared("NO_PROXY", "registry.test");
    const Answer direct = cutaway(fresh, {"--trace", root.path("third"), "inspect", "registry.test/lab/hello:1"});
    EXPECT_EQ(direct.status, 0) << direct.out;
}

TEST(RealTrust, AProxyCarriesPlainHttp) {
    CUTAWAY_NEEDS_ROOT();
    CUTAWAY_NEEDS(registry_program);
    const TempFolder root;
    const DockerRegistry registry(Door::open);
    TinyProxy proxy(registry.port());
    registry.configure("daemon.json", "{\"insecure-registries\": [\"registry.test:5000\"]}");
    const Variable set("http_proxy", proxy.url("ada:lovelace-1843"));
    const Variable tls("HTTPS_PROXY", "http://127.0.0.1:1");
    push_hello(root, "registry.test:5000/lab/hello:1");
    EXPECT_TRUE(has(proxy.heads(), "PUT http://registry.test:5000/v2/lab/hello/")) << proxy.heads();
    const TempFolder fresh;
    good(fresh, {"pull", "registry.test:5000/lab/hello:1"});
}

}  // namespace
}  // namespace cutaway::host
