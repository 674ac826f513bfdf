// SPDX-License-Identifier: Apache-2.0
#include "core/model/programs/pg_wire.h"

#include "core/base/sha256.h"
#include "core/model/programs/text.h"

namespace cutaway::model::pg {

namespace {

constexpr std::size_t most_message = 16'000'000;

void put_four(std::string& out, std::uint32_t number) {
    for (const unsigned shift : {24U, 16U, 8U, 0U}) {
        out.push_back(static_cast<char>((number >> shift) & 0xFFU));
    }
}

std::uint32_t get_four(std::string_view in, std::size_t at) {
    std::uint32_t number = 0;
    for (std::size_t i = 0; i < 4; ++i) {
        number = (number << 8U) | static_cast<unsigned char>(in[at + i]);
    }
    return number;
}

constexpr std::uint32_t null_size = 0xFFFFFFFFU;

}  // namespace

void put_message(std::string& out, const Message& message) {
    std::string body;
    for (const auto& field : message.fields) {
        put_four(body, field ? static_cast<std::uint32_t>(field->size()) : null_size);
        body += field.value_or("");
    }
    out.push_back(message.kind);
    put_four(out, static_cast<std::uint32_t>(body.size()) + 4);
    out += body;
}

bool is_broken(std::string_view in) {
    const bool letter = in.empty() || (in.front() >= 'A' && in.front() <= 'z');
    return !letter || (in.size() >= 5 && (get_four(in, 1) < 4 || get_four(in, 1) > most_message));
}

std::optional<Message> take_message(std::string& in) {
    if (in.size() < 5 || is_broken(in) || in.size() < get_four(in, 1) + std::size_t{1}) {
        return std::nullopt;
    }
    const std::size_t end = get_four(in, 1) + std::size_t{1};
    Message message;
    message.kind = in.front();
    for (std::size_t at = 5; at + 4 <= end;) {
        const std::uint32_t size = get_four(in, at);
        at += 4;
        if (size == null_size) {
            message.fields.emplace_back();
            continue;
        }
        const std::size_t held = std::min<std::size_t>(size, end - at);
        message.fields.emplace_back(in.substr(at, held));
        at += held;
    }
    in.erase(0, end);
    return message;
}

std::string socket_path(std::string_view directory, std::int64_t port) {
    return std::string(directory) + "/.s.PGSQL." + std::to_string(port);
}

std::string proof_of(const std::string& secret, const std::string& number) { return sha256_hex(number + secret); }

Release release_of(Sys& sys) {
    const auto lines = programs::split_lines(programs::read_file(sys, "/usr/share/postgresql/release").value_or(""));
    Release release;
    release.version = lines.empty() ? "0.0" : lines[0];
    const std::string machine = sys.machine().architecture == "arm64" ? "aarch64-unknown" : "x86_64-pc";
    release.build = "on " + machine + "-linux-gnu, " + (lines.size() > 1 ? lines[1] : std::string("64-bit"));
    return release;
}

}  // namespace cutaway::model::pg
