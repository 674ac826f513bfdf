// SPDX-License-Identifier: Apache-2.0
// Netlink: one request after another, each waited for: rtnetlink(7)'s, and nfnetlink's, which come in batches that the
// kernel takes whole or not at all. It knows messages and attributes, no policy.
// The socket belongs to the network namespace that the process was in when it was opened.
#pragma once

#include <cstdint>
#include <functional>
#include <string>
#include <string_view>
#include <vector>

#include "core/base/result.h"
#include "core/host/fd.h"

namespace cutaway::host {

// A request under construction: header, a fixed part, then attributes that may nest.
class NetlinkMessage {
public:
    NetlinkMessage(std::uint16_t type, std::uint16_t flags);
    static NetlinkMessage attributes() { return {}; }  // without a header: to be put into another
    template <class T>
    void fixed(const T& value) {
        bytes_.append(reinterpret_cast<const char*>(&value), sizeof value);
        align();
    }
    void text(std::uint16_t attribute, std::string_view value);  // with its final zero
    void number(std::uint16_t attribute, std::uint32_t value);
    void raw(std::uint16_t attribute, std::string_view value);
    std::size_t open(std::uint16_t attribute);
    void close(std::size_t nest);
    std::string finish();
    [[nodiscard]] std::string_view view() const { return bytes_; }

private:
    NetlinkMessage() = default;
    void align();
    std::string bytes_;
};

// The attributes of an answer: type without its flags, and value.
void each_attribute(std::string_view bytes, const std::function<void(unsigned, std::string_view)>& each);

class Netlink {
public:
    enum class Family { route, netfilter };
    static Result<Netlink> connect(Family family = Family::route);
    // Sends and waits for the kernel's answer: 0, or the negative errno, which errno then is too.
    int ask(NetlinkMessage message);
    // All of them or none, if the rules are still those of `generation`: errno is ERESTART where they are not.
    int ask_all(std::vector<NetlinkMessage> messages, std::uint32_t generation);
    // Every answer to a question for a list (or for one thing), from its fixed part on; 0, or -1 and errno.
    int list(NetlinkMessage question, const std::function<void(std::string_view)>& each);

private:
    int receive(std::string& answers);
    explicit Netlink(Fd fd) : fd_(std::move(fd)) {}
    Fd fd_;
    std::uint32_t sequence_ = 0;
};

}  // namespace cutaway::host
