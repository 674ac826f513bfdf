// SPDX-License-Identifier: Apache-2.0
// What passes between a PostgreSQL server and its clients: messages of one letter and some fields, framed as version 3
// of the protocol frames them (letter, length, then each field with its length, -1 for NULL). The letters are that
// protocol's; a password never passes, only its proof over a number that is used once.
#pragma once

#include <cstdint>
#include <optional>
#include <string>
#include <string_view>
#include <vector>

#include "core/base/fields.h"
#include "core/model/sys.h"

namespace cutaway::model::pg {

// S startup: user, database · R "ok" or "password", salt, number · p proof · P user, database, "on" if superuser, server's
// version · Q query · d what, name · X end · Z status I, T or E · T names and "r" or "l" in turn · D a row · C tag ·
// E severity, code, message, place, detail, hint · N severity, message · H title · F footer · I an empty query
struct Message {
    char kind = 0;
    std::vector<std::optional<std::string>> fields;

    [[nodiscard]] std::string field(std::size_t at) const {
        return at < fields.size() && fields[at] ? *fields[at] : std::string();
    }
};

void put_message(std::string& out, const Message& message);
std::optional<Message> take_message(std::string& in);  // nothing: it is not whole yet
bool is_broken(std::string_view in);                   // this cannot be the beginning of a message

std::string socket_path(std::string_view directory, std::int64_t port);
std::string proof_of(const std::string& secret, const std::string& number);

constexpr std::int64_t standard_port = 5432;
constexpr std::string_view socket_directory = "/var/run/postgresql";

struct Release {          // of the programs of an image: /usr/share/postgresql/release, two lines
    std::string version;  // "16.4 (Debian 16.4-1.pgdg120+1)"
    std::string build;    // "on x86_64-pc-linux-gnu, compiled by gcc (Debian 12.2.0-14) 12.2.0, 64-bit"

    [[nodiscard]] std::string major() const { return version.substr(0, version.find('.')); }
};
Release release_of(Sys& sys);

}  // namespace cutaway::model::pg
