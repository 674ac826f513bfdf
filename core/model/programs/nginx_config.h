// SPDX-License-Identifier: Apache-2.0
// nginx's configuration, the part that serves files: read from its text into plain values. A directive that is
// neither served nor harmless to leave out is refused by name.
#pragma once

#include <map>
#include <string>
#include <vector>

#include "core/model/programs/program.h"

namespace cutaway::model::programs {

struct NginxPlace {  // a server or a location: what holds for a path
    std::string prefix;
    bool exact = false;
    std::string root;
    std::string alias;
    std::vector<std::string> index;
    std::vector<std::string> try_files;
    std::map<int, std::string> error_pages;
    std::vector<std::pair<std::string, std::string>> headers;
    int answer = 0;  // of "return"
    std::string answer_text;
    bool denied = false;
    bool listing = false;
    bool quiet = false;  // access_log off
};
CUTAWAY_FIELDS(NginxPlace, prefix, exact, root, alias, index, try_files, error_pages, headers, answer, answer_text,
               denied, listing, quiet)

struct NginxListen {
    std::string address = "0.0.0.0";
    std::uint16_t port = 80;
    bool standard = false;
};
CUTAWAY_FIELDS(NginxListen, address, port, standard)

struct NginxServer {
    std::vector<NginxListen> listens;
    std::vector<std::string> names;
    NginxPlace place;
    std::vector<NginxPlace> locations;
};
CUTAWAY_FIELDS(NginxServer, listens, names, place, locations)

struct NginxConfig {
    bool daemon = true;
    int workers = 1;
    std::string user = "nobody";
    std::string error_log = "/var/log/nginx/error.log";
    std::string access_log = "/var/log/nginx/access.log";
    std::string default_type = "text/plain";
    std::string format =
        "$remote_addr - $remote_user [$time_local] \"$request\" $status $body_bytes_sent \"$http_referer\" "
        "\"$http_user_agent\"";
    bool notices = false;  // error_log … notice
    NginxPlace http;
    std::vector<NginxServer> servers;
};
CUTAWAY_FIELDS(NginxConfig, daemon, workers, user, error_log, access_log, default_type, format, notices, http, servers)

// False: `error` is what nginx prints behind "nginx: ", or "…: not modelled".
bool read_nginx_config(Sys& sys, const std::string& path, const std::string& globals, NginxConfig& config,
                       std::string& error);

}  // namespace cutaway::model::programs
