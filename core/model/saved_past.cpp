// SPDX-License-Identifier: Apache-2.0
// SavedMachine's way back: what is kept before a command, and coming back to it.
#include "core/model/past.h"
#include "core/model/saved_machine.h"

namespace cutaway::model {

namespace {

const char* const snapshot_name = "machine.bin";
const char* const first_page = "journal.jsonl";

// A folder of its own below forks, and nothing else.
bool is_plain_name(const std::string& name) {
    constexpr std::string_view letters = "abcdefghijklmnopqrstuvwxyzABCDEFGHIJKLMNOPQRSTUVWXYZ0123456789_.-";
    return !name.empty() && name.size() <= 64 && name.find_first_not_of(letters) == std::string::npos &&
           name.front() != '.' && name.front() != '-';
}

}  // namespace

const std::vector<std::string>& kept_names() {
    static const std::vector<std::string> names{snapshot_name, first_page, "journal", "bodies", "objects", "past"};
    return names;
}

std::string page_name(std::uint32_t page) {
    return page < 2 ? first_page : "journal/" + std::to_string(page) + ".jsonl";
}

// A machine that nobody has kept yet is kept first: to be able to come back to the time before the first command.
Status SavedMachine::begin(const std::string& command) {
    if (snapshot_.empty()) {
        TRY(commit());
    }
    command_ = command;
    return {};
}

Result<bool> SavedMachine::remember() {
    if (command_.empty()) {
        return false;
    }
    TRY(past_.load(generation_));
    TRY(past_.keep({generation_, std::move(command_), wall_ns(), {}}, snapshot_));
    command_.clear();
    return true;
}

// What came and went since the last kept snapshot goes at once.
Status SavedMachine::let_go(std::set<std::string> names, bool began) {
    if (names.empty() && !began) {
        return {};
    }
    TRY(past_.load(generation_));
    for (auto name = names.begin(); name != names.end();) {
        if (made_.erase(*name) == 0) {
            ++name;
            continue;
        }
        TRY(files_.remove(*name));
        name = names.erase(name);
    }
    return past_.drop(names, objects_);
}

Result<std::vector<PastCommand>> SavedMachine::past() {
    TRY(past_.load(generation_));
    return past_.commands();
}

// An engine that waits for a container of this machine would find itself in another story.
std::string SavedMachine::at_work_elsewhere() {
    const std::string own = files_.owner();
    for (const auto& [id, queue] : machine_.state.messages) {
        if (!queue.owner.empty() && queue.owner != own && !queue.first_gone && files_.alive(queue.owner)) {
            return queue.owner;
        }
    }
    for (const auto& [path, owner] : machine_.state.locks) {
        if (owner != own && files_.alive(owner)) {
            return owner;
        }
    }
    return {};
}

Result<PastCommand> SavedMachine::undo() {
    if (!at_work_elsewhere().empty()) {
        return fail(Errc::conflict, "another command is at work on this machine; end it first");
    }
    TRY(past_.load(generation_));
    if (past_.commands().empty()) {
        return fail(Errc::not_found, "there is nothing to undo: no command that is kept has changed this machine");
    }
    PastCommand last = past_.commands().back();
    std::string bytes = TRY(past_.snapshot(last));
    TRY(read_snapshot(bytes));
    const std::set<std::string> had = objects_;
    TRY(files_.replace(snapshot_name, bytes));  // from here on it is undone, whatever becomes of the rest
    journal_.clear();
    TRY(load_snapshot(std::move(bytes)));
    TRY(past_.forget_last(objects_, had));
    return last;
}

Status SavedMachine::fork(const std::string& name) {
    if (!is_plain_name(name)) {
        return fail(Errc::invalid, "a fork's name is made of letters, digits, '_', '.' and '-', not \"" + name + "\"");
    }
    const std::string folder = "forks/" + name + "/";
    if (TRY(files_.size(folder + snapshot_name)) != 0) {
        return fail(Errc::exists, "there is a fork \"" + name + "\" already");
    }
    TRY(commit());
    for (const std::string& one : objects_) {
        TRY(files_.replace(folder + one, TRY(load_named(one))));
    }
    for (std::uint32_t page = 1; page <= machine_.state.journal.page; ++page) {
        std::optional<std::string> journal = TRY(files_.read(page_name(page)));
        TRY(files_.replace(folder + page_name(page), journal.value_or(std::string())));
    }
    return files_.replace(folder + snapshot_name, snapshot_);  // last: now it is one
}

}  // namespace cutaway::model
