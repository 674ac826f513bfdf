// SPDX-License-Identifier: Apache-2.0
// Netlink: one rtnetlink(7) request after another, each waited for. It knows messages and attributes, no policy.
// The socket belongs to the network namespace that the process was in when it was opened.
#pragma once

#include <cstdint>
#include <string>
#include <string_view>

#include "core/base/result.h"
#include "core/host/fd.h"

namespace cutaway::host {

// A request under construction: header, a fixed part, then attributes that may nest.
class NetlinkMessage {
public:
    NetlinkMessage(std::uint16_t type, std::uint16_t flags);
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

private:
    void align();
    std::string bytes_;
};

class Netlink {
public:
    static Result<Netlink> connect();
    // Sends and waits for the kernel's answer: 0, or the negative errno, which errno then is too.
    int ask(NetlinkMessage message);

private:
    explicit Netlink(Fd fd) : fd_(std::move(fd)) {}
    Fd fd_;
    std::uint32_t sequence_ = 0;
};

}  // namespace cutaway::host
