// SPDX-License-Identifier: Apache-2.0
// A record as a file: a described struct as indented JSON that a learner can open, written whole and durably. What a
// newer Cutaway wrote is refused by its number, what is damaged by its name; neither is ever overwritten by reading.
// Include it in .cpp files only: it makes code for every struct it meets.
#pragma once

#include <string>
#include <string_view>

#include "core/base/json_codec.h"
#include "core/base/result.h"
#include "core/world/world.h"

namespace cutaway::store {

inline constexpr std::uint32_t record_version = 1;

// The same JSON text, one member a line, two blanks a level; lists and objects without content stay on one line.
std::string indented(std::string_view json);

Result<std::string> read_record(world::World& world, const std::string& path);
Error damaged(const std::string& path);
Error too_new(const std::string& path, std::uint32_t version);

template <class T>
std::string to_record_text(const T& record) {
    std::string text;
    json::write(text, record);
    return indented(text);
}

template <class T>
Status save_record(world::World& world, const std::string& path, T record,
                   world::Durability durability = world::Durability::durable) {
    record.version = record_version;
    return world.disk.save(path, to_record_text(record), durability);
}

template <class T>
Result<T> load_record(world::World& world, const std::string& path) {
    const std::string text = TRY(read_record(world, path));
    T record{};
    json::Reader in(text);
    const bool good = json::read(in, record) && in.at_end();
    if (record.version > record_version) {
        return too_new(path, record.version);
    }
    if (!good || record.version == 0) {
        return damaged(path);
    }
    return record;
}

}  // namespace cutaway::store
