// SPDX-License-Identifier: Apache-2.0
#include "core/host/lab/dial.h"

#include <arpa/inet.h>
#include <sys/socket.h>
#include <unistd.h>

#include <algorithm>
#include <array>
#include <cstdlib>

#include "core/host/lab/words.h"

namespace cutaway::lab {

sockaddr_in place(const char* address, const char* port) {
    sockaddr_in at{};
    at.sin_family = AF_INET;
    at.sin_port = htons(static_cast<std::uint16_t>(std::atoi(port)));
    static_cast<void>(::inet_pton(AF_INET, address, &at.sin_addr));
    return at;
}

int fetch(const char* address, const char* port, const std::string& path, std::string& body) {
    const int caller = ::socket(AF_INET, SOCK_STREAM | SOCK_CLOEXEC, 0);
    const timeval patience{3, 0};
    static_cast<void>(::setsockopt(caller, SOL_SOCKET, SO_SNDTIMEO, &patience, sizeof patience));
    static_cast<void>(::setsockopt(caller, SOL_SOCKET, SO_RCVTIMEO, &patience, sizeof patience));
    const sockaddr_in at = place(address, port);
    if (::connect(caller, reinterpret_cast<const sockaddr*>(&at), sizeof at) < 0) {
        return complain("connect");
    }
    const std::string question = "GET " + path + " HTTP/1.0\r\n\r\n";
    static_cast<void>(::send(caller, question.data(), question.size(), MSG_NOSIGNAL));
    std::string answer;
    std::array<char, 4096> piece{};
    for (ssize_t got = 0; (got = ::recv(caller, piece.data(), piece.size(), 0)) > 0;) {
        answer.append(piece.data(), static_cast<std::size_t>(got));
    }
    const std::size_t head = answer.find("\r\n\r\n");
    body = head == std::string::npos ? answer : answer.substr(head + 4);
    return answer.empty() ? 1 : 0;
}

namespace {

std::string number(unsigned value) { return {static_cast<char>(value >> 8U), static_cast<char>(value & 0xFFU)}; }

std::string question(const std::string& name, unsigned type) {
    std::string out = "\x2A\x2A\x01" + std::string(1, '\0') + number(1) + number(0) + number(0) + number(0);
    for (std::size_t at = 0; at < name.size();) {
        const std::size_t end = std::min(name.find('.', at), name.size());
        out += static_cast<char>(end - at);
        out += name.substr(at, end - at);
        at = end + 1;
    }
    return out + '\0' + number(type) + number(1);
}

NameAnswer read_answer(const std::string& bytes, std::size_t asked) {
    const auto at = [&](std::size_t i) { return i < bytes.size() ? static_cast<unsigned char>(bytes[i]) : 0U; };
    NameAnswer answer;
    answer.came = bytes.size() >= asked && at(0) == 0x2A;
    answer.code = at(3) & 0xFU;
    const unsigned count = answer.came ? at(6) << 8U | at(7) : 0;
    std::size_t here = asked;
    for (unsigned i = 0; i < count && here + 12 <= bytes.size(); ++i) {
        const std::size_t size = at(here + 10) << 8U | at(here + 11);
        const std::size_t data = here + 12;
        std::string text;
        if (size == 4) {
            for (std::size_t k = data; k < data + 4; ++k) {
                text += (text.empty() ? "" : ".") + std::to_string(at(k));
            }
        } else {
            for (std::size_t k = data; at(k) != 0 && k < data + size; k += 1 + at(k)) {
                text += (text.empty() ? "" : ".") + bytes.substr(k + 1, at(k));
            }
        }
        answer.records.push_back(text);
        here = data + size;
    }
    return answer;
}

}  // namespace

std::string name_server() {
    const std::string resolv = read_text("/etc/resolv.conf");
    const std::size_t begin = resolv.find("nameserver ");
    return begin == std::string::npos ? "127.0.0.1" : resolv.substr(begin + 11, resolv.find('\n', begin) - begin - 11);
}

NameAnswer ask(const std::string& name, unsigned type, bool by_tcp) {
    const std::string server = name_server();
    const int asker = ::socket(AF_INET, (by_tcp ? SOCK_STREAM : SOCK_DGRAM) | SOCK_CLOEXEC, 0);
    const timeval patience{8, 0};
    static_cast<void>(::setsockopt(asker, SOL_SOCKET, SO_RCVTIMEO, &patience, sizeof patience));
    const sockaddr_in at = place(server.c_str(), "53");
    if (::connect(asker, reinterpret_cast<const sockaddr*>(&at), sizeof at) < 0) {
        return {};
    }
    const std::string asked = question(name, type);
    const std::string sent = by_tcp ? number(static_cast<unsigned>(asked.size())) + asked : asked;
    static_cast<void>(::send(asker, sent.data(), sent.size(), MSG_NOSIGNAL));
    std::array<char, 4096> bytes{};
    const ssize_t got = ::recv(asker, bytes.data(), bytes.size(), 0);
    if (got < 0) {
        return {};
    }
    const std::string answer(bytes.data(), static_cast<std::size_t>(got));
    return read_answer(by_tcp ? answer.substr(std::min<std::size_t>(2, answer.size())) : answer, asked.size());
}

}  // namespace cutaway::lab
