// SPDX-License-Identifier: Apache-2.0
// HostTransport: HTTP over libcurl, which lives in a module of its own (http_module.cpp) that is loaded at the first
// exchange, so that a program which never speaks to a registry does not pay for it.
#pragma once

#include <functional>
#include <memory>
#include <mutex>
#include <string>

#include "core/host/http_route.h"
#include "core/world/world.h"

namespace cutaway::host {

// Safe from several threads: connections that one exchange leaves serve the next. The caller keeps its Cancel and its
// upload alive as long as the answer's body.
class HttpSender {
public:
    virtual ~HttpSender() = default;
    virtual Result<world::HttpResponse> send(const world::HttpRequest& request, const HttpRoute& route,
                                             world::Source* upload, const world::Cancel& cancel) = 0;
};

// The one name that the module exports is a constant that holds such a function: both are the same build.
using MakeHttp = std::unique_ptr<HttpSender> (*)();
constexpr const char* make_http_name = "cutaway_make_http";

class HttpModule {
public:
    explicit HttpModule(std::string path) : path_(std::move(path)) {}  // empty: it is looked for
    Result<std::reference_wrapper<HttpSender>> load();                 // once; never unloaded

private:
    std::mutex mutex_;
    std::string path_;
    std::unique_ptr<HttpSender> sender_;
};

class HostTransport final : public world::Transport {
public:
    HostTransport(HttpModule& module, const HttpWays& ways, const world::Cancel& cancel)
        : module_(module), ways_(ways), cancel_(cancel) {}
    Result<world::HttpResponse> send(const world::HttpRequest& request, world::Source* upload) override;

private:
    HttpModule& module_;
    const HttpWays& ways_;
    const world::Cancel& cancel_;
};

}  // namespace cutaway::host
