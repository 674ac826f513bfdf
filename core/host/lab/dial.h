// SPDX-License-Identifier: Apache-2.0
// Connections of the lab's programs: a page fetched, a name asked for. By address; names are asked for with `ask`.
#pragma once

#include <netinet/in.h>

#include <string>
#include <vector>

namespace cutaway::lab {

sockaddr_in place(const char* address, const char* port);

// The body of the answer to GET PATH; nothing is retried. Answers the exit status, having said what went wrong.
int fetch(const char* address, const char* port, const std::string& path, std::string& body);

struct NameAnswer {
    bool came = false;
    unsigned code = 0;
    std::vector<std::string> records;  // "172.18.0.2", or a name
};
std::string name_server();  // the first of /etc/resolv.conf, or this machine
// Asks it.
NameAnswer ask(const std::string& name, unsigned type, bool by_tcp);

}  // namespace cutaway::lab
