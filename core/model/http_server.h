// SPDX-License-Identifier: Apache-2.0
// HttpServer: something outside the simulated machine that answers HTTP, such as its registry. The machine's
// transport brings requests here and makes their time pass on the machine's clock; a server knows no clock and keeps
// what it must remember itself. Errors are what a client would meet instead of an answer: Errc::network.
#pragma once

#include <cstdint>
#include <string>
#include <string_view>

#include "core/base/result.h"
#include "core/world/disk.h"
#include "core/world/transport.h"

namespace cutaway::model {

class HttpServer {
public:
    virtual ~HttpServer() = default;
    // Whether it answers under that authority ("registry-1.docker.io", "localhost:5000").
    [[nodiscard]] virtual bool answers(std::string_view authority) const = 0;
    // `upload` streams the request's body when `request.body` is empty; null: none.
    virtual Result<world::HttpResponse> serve(const world::HttpRequest& request, world::Source* upload) = 0;
    // How long the answer given last was in coming, beside the way: the transport lets that time pass.
    [[nodiscard]] virtual std::int64_t took_ns() const { return 0; }
    // What it must remember between two commands, as bytes, and back. A server without memory keeps these.
    virtual std::string save() const { return {}; }
    virtual Status load(std::string_view) { return {}; }
};

}  // namespace cutaway::model
