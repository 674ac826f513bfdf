// SPDX-License-Identifier: Apache-2.0
// How an exchange reaches its server: which proxy carries it, and what proves who is there. Proxies come from the
// environment by the rules of Go's programs, docker among them; certificates from whoever made the HostWorld.
// A proxy's password is handed to libcurl and written nowhere: errors name the proxy without it.
#pragma once

#include <functional>
#include <string>
#include <string_view>

#include "core/base/result.h"

namespace cutaway::host {

struct TlsChoice {
    bool verify = true;
    std::string authorities;  // PEM, beside the machine's own
    std::string certificate;  // files, PEM: what we show if asked who we are
    std::string key;
};

// For "host" or "host:port", as an address has it.
using TlsFor = std::function<Result<TlsChoice>(const std::string& authority)>;

// What is the same for every exchange of a world.
struct HttpWays {
    TlsFor tls;                // empty: only what this machine trusts; any thread
    int patience_ms = 60'000;  // without one byte while somebody waits for it; then the exchange has failed
};

struct HttpRoute {
    int patience_ms = 60'000;
    TlsChoice tls;
    std::string proxy;  // with its name and password; empty: straight there
};

using Environment = std::function<std::string(const char* name)>;  // "": not set

std::string authority_of(std::string_view url);
// HTTP_PROXY, HTTPS_PROXY, NO_PROXY and their lower case. This machine itself is never asked through a proxy, and
// HTTP_PROXY does not count in a CGI program, where a stranger's header sets it (CVE-2016-5385).
std::string proxy_for(std::string_view url, const Environment& environment);
std::string without_password(std::string_view proxy);  // "http://proxy.example:3128"

Result<HttpRoute> route_to(std::string_view url, const HttpWays& ways);  // of this process's environment

}  // namespace cutaway::host
