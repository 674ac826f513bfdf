// SPDX-License-Identifier: Apache-2.0
#include "core/link/protocol.h"

#include "core/base/binary.h"

namespace cutaway::link {

std::string encode(const Message& message) { return binary::encode(message); }

Result<Message> decode(std::string_view bytes) {
    if (bytes.size() > longest_message) {
        return fail(Errc::invalid, "read a message at the engine's socket: it is longer than a mebibyte");
    }
    Message message;
    if (!binary::decode(bytes, message)) {
        return fail(Errc::invalid, "read a message at the engine's socket: cut or made by another version");
    }
    return message;
}

namespace {

Status check_number(std::uint32_t number) {
    if (number == protocol_number) {
        return {};
    }
    return fail(Errc::invalid, "the engine speaks protocol " + std::to_string(protocol_number) +
                                   " and this cutaway protocol " + std::to_string(number) +
                                   ": use the two of one version");
}

bool has_nul(const std::vector<std::string>& words) {
    for (const std::string& word : words) {
        if (word.find('\0') != std::string::npos) {
            return true;
        }
    }
    return false;
}

}  // namespace

Status check_first(const Message& message) {
    if (const auto* watch = std::get_if<Watch>(&message)) {
        return check_number(watch->protocol);
    }
    const auto* perform = std::get_if<Perform>(&message);
    if (perform == nullptr) {
        return fail(Errc::invalid, "who comes to the engine's socket begins with a command or with watching");
    }
    TRY(check_number(perform->protocol));
    if (perform->words.empty() || perform->words.front().empty()) {
        return fail(Errc::invalid, "there is no command to perform");
    }
    if (has_nul(perform->words) || has_nul(perform->breaks)) {
        return fail(Errc::invalid, "a command's word has a zero byte in it");
    }
    return {};
}

}  // namespace cutaway::link
