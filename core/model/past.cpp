// SPDX-License-Identifier: Apache-2.0
#include "core/model/past.h"

#include <algorithm>

#include "core/base/binary.h"

namespace cutaway::model {

CUTAWAY_FIELDS(PastCommand, generation, command, now_ns, dropped)

namespace {

constexpr std::size_t commands_kept = 50;
const char* const index_name = "past/index.bin";

std::string snapshot_name(const PastCommand& command) { return "past/" + std::to_string(command.generation) + ".bin"; }

}  // namespace

Status Past::load(std::uint64_t generation) {
    const std::optional<std::string> bytes = TRY(files_.read(index_name));
    commands_.clear();
    if (bytes.has_value()) {
        binary::Input in{*bytes};
        binary::get(in, commands_);
        if (!in.ok || !in.rest.empty()) {
            commands_.clear();
        }
    }
    std::erase_if(commands_, [&](const PastCommand& one) { return one.generation >= generation; });
    return {};
}

Status Past::write_index() { return files_.replace(index_name, binary::encode(commands_)); }

Status Past::keep(PastCommand command, std::string_view snapshot) {
    TRY(files_.replace(snapshot_name(command), snapshot));
    commands_.push_back(std::move(command));
    return write_index();
}

Status Past::remove_unneeded(const std::set<std::string>& names, const std::set<std::string>& in_use) {
    const auto is_needed = [&](const std::string& name) {
        return in_use.contains(name) || std::any_of(commands_.begin(), commands_.end(), [&](const PastCommand& one) {
                   return std::find(one.dropped.begin(), one.dropped.end(), name) != one.dropped.end();
               });
    };
    for (const std::string& name : names) {
        if (!is_needed(name)) {
            TRY(files_.remove(name));
        }
    }
    return {};
}

Status Past::drop(const std::set<std::string>& names, const std::set<std::string>& in_use) {
    std::set<std::string> gone = names;
    const bool is_full = commands_.size() > commands_kept;
    if (names.empty() && !is_full) {
        return {};
    }
    if (!commands_.empty()) {
        std::vector<std::string>& dropped = commands_.back().dropped;
        dropped.insert(dropped.end(), names.begin(), names.end());
    }
    std::vector<PastCommand> expired;
    while (commands_.size() > commands_kept) {
        expired.push_back(std::move(commands_.front()));
        commands_.erase(commands_.begin());
    }
    if (!commands_.empty()) {
        TRY(write_index());
    }
    for (const PastCommand& one : expired) {
        TRY(files_.remove(snapshot_name(one)));
        gone.insert(one.dropped.begin(), one.dropped.end());
    }
    return remove_unneeded(gone, in_use);
}

Result<std::string> Past::snapshot(const PastCommand& command) {
    std::optional<std::string> bytes = TRY(files_.read(snapshot_name(command)));
    if (!bytes.has_value()) {
        return fail(Errc::not_found, "the machine before this command is not kept any more: " +
                                         files_.where(snapshot_name(command)) + " is missing");
    }
    return std::move(*bytes);
}

Status Past::forget_last(const std::set<std::string>& in_use, const std::set<std::string>& made_since) {
    const PastCommand last = std::move(commands_.back());
    commands_.pop_back();
    TRY(write_index());
    TRY(files_.remove(snapshot_name(last)));
    std::set<std::string> gone = made_since;
    gone.insert(last.dropped.begin(), last.dropped.end());
    return remove_unneeded(gone, in_use);
}

}  // namespace cutaway::model
