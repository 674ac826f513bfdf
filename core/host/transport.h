// SPDX-License-Identifier: Apache-2.0
// HostTransport: HTTP over libcurl, which lives in a module of its own (http_module.cpp) that is loaded at the first
// exchange, so that a program which never speaks to a registry does not pay for it.
#pragma once

#include <mutex>
#include <string>

#include "core/host/http_route.h"
#include "core/world/world.h"

namespace cutaway::host {

// The one name that the module exports is a constant that holds such a function: both are the same build. The caller
// keeps its Cancel and its upload alive as long as the answer's body.
using SendHttp = Result<world::HttpResponse> (*)(const world::HttpRequest& request, const HttpRoute& route,
                                                 world::Source* upload, const world::Cancel& cancel);
struct HttpEntry {
    SendHttp send = nullptr;
};
constexpr const char* send_http_name = "cutaway_send_http";

class HttpModule {
public:
    explicit HttpModule(std::string path) : path_(std::move(path)) {}  // empty: it is looked for
    Result<HttpEntry> load();                                          // once; never unloaded

private:
    std::mutex mutex_;
    std::string path_;
    HttpEntry entry_;
};

class HostTransport final : public world::Transport {
public:
    HostTransport(HttpModule& module, const TlsFor& tls, const world::Cancel& cancel)
        : module_(module), tls_(tls), cancel_(cancel) {}
    Result<world::HttpResponse> send(const world::HttpRequest& request, world::Source* upload) override;

private:
    HttpModule& module_;
    const TlsFor& tls_;
    const world::Cancel& cancel_;
};

}  // namespace cutaway::host
