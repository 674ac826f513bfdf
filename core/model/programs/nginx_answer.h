// SPDX-License-Identifier: Apache-2.0
// What nginx answers to one request: bytes, and the lines for its two logs. Reads files, changes nothing.
#pragma once

#include <string>

#include "core/model/programs/nginx_config.h"

namespace cutaway::model::programs {

struct NginxRequest {
    std::string line;  // "GET / HTTP/1.1"
    std::string method;
    std::string target;
    std::string version;
    std::map<std::string, std::string> headers;  // names in lower case
    std::string peer;
    std::uint16_t port = 80;
};

struct NginxAnswer {
    std::string bytes;
    std::string access;  // empty: not logged
    std::string error;   // empty: none
    bool close = false;
};

NginxRequest read_nginx_request(std::string_view head);
NginxAnswer answer_request(Sys& sys, const NginxConfig& config, const NginxRequest& request);
std::string nginx_version(Sys& sys);

}  // namespace cutaway::model::programs
