// SPDX-License-Identifier: Apache-2.0
#include "core/runtime/protocol.h"

#include "core/base/binary.h"
#include "core/base/json_codec.h"

namespace cutaway::runtime {

bool is_a_guests(const Message& message) {
    return std::holds_alternative<Input>(message) || std::holds_alternative<Resize>(message) ||
           std::holds_alternative<Ask>(message);
}

bool is_for_all(const Message& message) {
    const auto* ended = std::get_if<Ended>(&message);
    return std::holds_alternative<Output>(message) || std::holds_alternative<Exited>(message) ||
           (ended != nullptr && ended->index == Ask::index);
}

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

namespace {

std::string beside(std::string_view exit_record, std::string_view name) {
    return std::string(exit_record.substr(0, exit_record.rfind('/') + 1)) + std::string(name);
}

template <class T>
Result<T> decoded(std::string_view bytes, std::string_view what) {
    T value;
    if (!binary::decode(bytes, value)) {
        return fail(Errc::invalid, "read " + std::string(what) + ": cut or made by another version");
    }
    return value;
}

}  // namespace

std::string restart_order_path(std::string_view exit_record) { return beside(exit_record, "restart"); }
std::string restart_record_path(std::string_view exit_record) { return beside(exit_record, "restarted"); }
std::string encode_order(const RestartOrder& order) { return binary::encode(order); }
Result<RestartOrder> decode_order(std::string_view bytes) { return decoded<RestartOrder>(bytes, "a restart order"); }
std::string encode_record(const RestartRecord& record) { return binary::encode(record); }
Result<RestartRecord> decode_record(std::string_view bytes) {
    return decoded<RestartRecord>(bytes, "a restart record");
}

}  // namespace cutaway::runtime
