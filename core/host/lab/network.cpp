// SPDX-License-Identifier: Apache-2.0
// wget and nslookup, as much of them as shows which name leads where and who answers there.
#include <arpa/inet.h>

#include <cstdio>

#include "core/host/lab/dial.h"
#include "core/host/lab/words.h"

namespace cutaway::lab {

namespace {

bool is_address(const std::string& text) {
    in_addr address{};
    return ::inet_pton(AF_INET, text.c_str(), &address) == 1;
}

// /etc/hosts first, as any libc does; then the name server.
std::string address_of(const std::string& name) {
    const std::string hosts = read_text("/etc/hosts");
    for (std::size_t at = 0; at < hosts.size();) {
        const std::size_t end = std::min(hosts.find('\n', at), hosts.size());
        std::string line = hosts.substr(at, end - at) + " ";
        at = end + 1;
        for (char& c : line) {
            c = c == '\t' ? ' ' : c;
        }
        const std::string address = line.substr(0, line.find(' '));
        if (is_address(address) && line.find(" " + name + " ") != std::string::npos) {
            return address;
        }
    }
    const NameAnswer answer = ask(name, 1, false);
    return answer.records.empty() ? "" : answer.records.front();
}

// wget [-q] [-O -] URL: always to standard output.
int run_wget(const Words& words) {
    std::string url = words.back();
    url = url.rfind("http://", 0) == 0 ? url.substr(7) : url;
    const std::size_t slash = url.find('/');
    const std::string path = slash == std::string::npos ? "/" : url.substr(slash);
    const std::string authority = url.substr(0, slash);
    const std::size_t colon = authority.find(':');
    const std::string host = authority.substr(0, colon);
    const std::string port = colon == std::string::npos ? "80" : authority.substr(colon + 1);
    if (words.size() < 2 || host.empty()) {
        std::fputs("usage: wget [-q] [-O -] http://HOST[:PORT]/PATH\n", stderr);
        return 1;
    }
    const std::string address = is_address(host) ? host : address_of(host);
    if (address.empty()) {
        std::fprintf(stderr, "wget: bad address '%s'\n", host.c_str());
        return 1;
    }
    std::string body;
    const int status = fetch(address.c_str(), port.c_str(), path, body);
    say(body);
    return status;
}

int run_nslookup(const Words& words) {
    if (words.size() != 2) {
        std::fputs("usage: nslookup NAME\n", stderr);
        return 1;
    }
    const NameAnswer answer = ask(words[1], 1, false);
    if (!answer.came) {
        std::fputs(";; connection timed out; no servers could be reached\n", stderr);
        return 1;
    }
    say("Server:\t\t" + name_server() + "\nAddress:\t" + name_server() + "#53\n\n" +
        (answer.records.empty() ? "" : "Non-authoritative answer:\n"));
    for (const std::string& record : answer.records) {
        say("Name:\t" + words[1] + "\nAddress: " + record + "\n\n");
    }
    if (answer.records.empty()) {
        const char* const why = answer.code == 3   ? "NXDOMAIN"
                                : answer.code == 2 ? "SERVFAIL"
                                : answer.code == 5 ? "REFUSED"
                                                   : "no address";
        say("** server can't find " + words[1] + ": " + why + "\n");
    }
    return answer.records.empty() ? 1 : 0;
}

}  // namespace

Applets network_applets() { return {{"nslookup", run_nslookup}, {"wget", run_wget}}; }

}  // namespace cutaway::lab
