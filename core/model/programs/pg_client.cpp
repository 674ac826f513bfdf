// SPDX-License-Identifier: Apache-2.0
#include "core/model/programs/pg_client.h"

#include <cerrno>

#include "core/model/programs/pg_store.h"
#include "core/model/programs/text.h"

namespace cutaway::model::pg {

namespace {

using programs::environment;

bool is_local(const Link& link) { return link.target.host.empty() || link.target.host.starts_with("/"); }

std::string directory_of(const Link& link) {
    return link.target.host.empty() ? std::string(socket_directory) : link.target.host;
}

bool failed(Link& link, const std::string& why) {
    link.error = link_name(link) + " failed: " + why;
    return false;
}

std::string advice(const Link& link) {
    return is_local(link) ? "\n\tIs the server running locally and accepting connections on that socket?"
                          : "\n\tIs the server running on that host and accepting TCP/IP connections?";
}

}  // namespace

Target target_of(Sys& sys) {
    Target target;
    target.host = environment(sys, "PGHOST");
    target.port = programs::to_number(environment(sys, "PGPORT")).value_or(standard_port);
    target.user = environment(sys, "PGUSER");
    target.user = target.user.empty() ? programs::user_name(sys, sys.uid()) : target.user;
    target.database = environment(sys, "PGDATABASE");
    const std::string password = environment(sys, "PGPASSWORD");
    target.password = password.empty() ? std::nullopt : std::optional(password);
    return target;
}

bool read_uri(const std::string& text, Target& target) {
    std::string_view rest = text;
    for (const std::string_view scheme : {"postgresql://", "postgres://"}) {
        rest.remove_prefix(rest.starts_with(scheme) ? scheme.size() : 0);
    }
    if (rest.size() == text.size()) {
        return false;
    }
    const std::size_t slash = rest.find('/');
    std::string_view where = rest.substr(0, slash);
    if (slash != std::string_view::npos && slash + 1 < rest.size()) {
        target.database = rest.substr(slash + 1, rest.find('?') - slash - 1);
    }
    if (const std::size_t at = where.rfind('@'); at != std::string_view::npos) {
        const std::string_view who = where.substr(0, at);
        const std::size_t colon = who.find(':');
        target.user = who.substr(0, colon);
        target.password = colon == std::string_view::npos ? target.password : std::string(who.substr(colon + 1));
        where.remove_prefix(at + 1);
    }
    const std::size_t colon = where.find(':');
    target.host = where.substr(0, colon);
    target.port = colon == std::string_view::npos
                      ? target.port
                      : programs::to_number(where.substr(colon + 1)).value_or(standard_port);
    return true;
}

std::string link_name(const Link& link) {
    if (is_local(link)) {
        return "connection to server on socket \"" + socket_path(directory_of(link), link.target.port) + "\"";
    }
    const std::string address = link.address == link.target.host ? "" : " (" + link.address + ")";
    return "connection to server at \"" + link.target.host + "\"" + address + ", port " +
           std::to_string(link.target.port);
}

bool open_link(Sys& sys, Link& link) {
    if (!is_local(link)) {
        const auto address = sys.resolve(link.target.host);
        if (!address) {
            link.error = "could not translate host name \"" + link.target.host + "\" to address: " +
                         (address.error().code == Errc::not_found ? "Name or service not known"
                                                                  : "Temporary failure in name resolution");
            return false;
        }
        link.address = *address;
    }
    const auto fd = is_local(link) ? sys.connect(socket_path(directory_of(link), link.target.port), 0)
                                   : sys.connect(link.address, static_cast<std::uint16_t>(link.target.port));
    if (!fd) {
        return failed(link, programs::errno_text(fd.error()) + advice(link));
    }
    link.fd = *fd;
    ask(link, 'S', link.target.user, link.target.database.empty() ? link.target.user : link.target.database);
    return true;
}

Greeting greet(Sys& sys, Link& link) {
    (void)send_all(sys, link);
    const bool there = receive(sys, link);
    while (const auto message = take_message(link.in)) {
        if (message->kind == 'E') {
            (void)failed(link, message->field(0) + ":  " + message->field(2));
            close_link(sys, link);
            return Greeting::failed;
        }
        if (message->kind == 'R' && message->field(0) == "password") {
            link.salt = message->field(1);
            link.number = message->field(2);
            return Greeting::password;
        }
        if (message->kind == 'P') {
            link.target.user = message->field(0);
            link.target.database = message->field(1);
            link.superuser = message->field(2) == "on";
            link.version = message->field(3);
        }
        if (message->kind == 'Z') {
            return Greeting::done;
        }
    }
    if (!there) {
        (void)failed(link,
                     "server closed the connection unexpectedly\n\tThis probably means the server terminated "
                     "abnormally\n\tbefore or while processing the request.");
        close_link(sys, link);
        return Greeting::failed;
    }
    return Greeting::waiting;
}

void answer_password(Link& link, const std::string& password) {
    ask(link, 'p', proof_of(secret_of(link.salt, password), link.number));
}

void ask(Link& link, char kind, std::string first, std::string second) {
    put_message(link.out, Message{kind, {std::move(first), std::move(second)}});
}

bool send_all(Sys& sys, Link& link) {
    while (!link.out.empty()) {
        const auto wrote = sys.write(link.fd, link.out);
        if (!wrote) {
            if (programs::is_again(wrote.error())) {
                return false;
            }
            link.out.clear();
            return true;
        }
        link.out.erase(0, *wrote);
    }
    return true;
}

bool receive(Sys& sys, Link& link) {
    while (true) {
        const auto got = sys.read(link.fd, 65536);
        if (!got) {
            return programs::is_again(got.error());
        }
        if (got->empty()) {
            return false;
        }
        link.in += *got;
    }
}

void close_link(Sys& sys, Link& link) {
    if (link.fd >= 0) {
        (void)sys.close(link.fd);
        link.fd = -1;
    }
}

}  // namespace cutaway::model::pg
