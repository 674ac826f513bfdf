// SPDX-License-Identifier: Apache-2.0
#include "core/runtime/protocol.h"

#include "core/base/binary.h"
#include "core/base/json_codec.h"

namespace cutaway::runtime {

std::string encode(const Message& message) { return binary::encode(message); }

Result<Message> decode(std::string_view bytes) {
    Message message;
    if (!binary::decode(bytes, message)) {
        return fail(Errc::invalid, "read a message of the runtime: cut or made by another version");
    }
    return message;
}

std::string to_json(const ExitRecord& record) {
    std::string text;
    json::write(text, record);
    return text;
}

Result<ExitRecord> parse_exit_record(std::string_view text) {
    ExitRecord record;
    json::Reader reader(text);
    if (!json::read(reader, record)) {
        return fail(Errc::invalid, "read an exit record: it is not what a shim writes");
    }
    return record;
}

}  // namespace cutaway::runtime
