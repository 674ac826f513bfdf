// SPDX-License-Identifier: Apache-2.0
#include "core/model/saved_machine.h"

#include <algorithm>

#include "core/base/binary.h"
#include "core/base/sha256.h"
#include "core/model/vfs.h"

namespace cutaway::model {

// At namespace scope for CUTAWAY_FIELDS.
struct SnapshotHead {
    std::uint64_t generation = 0;
    std::uint64_t journal_length = 0;
    std::int64_t wall_ns = 0;
    std::vector<std::string> servers;
};
CUTAWAY_FIELDS(SnapshotHead, generation, journal_length, wall_ns, servers)

namespace {

constexpr std::string_view magic = "cutaway-machine ";
constexpr std::string_view version = "0003";
constexpr std::size_t checksum_size = 64;
constexpr std::size_t head_size = magic.size() + version.size() + 1 + checksum_size + 1;
constexpr std::size_t observed_kept = 512;
const char* const snapshot_name = "machine.bin";
const char* const journal_name = "journal.jsonl";

// The head's fixed part and the checksum: equal in two snapshots of one machine only if they are one.
std::string_view seal_of(std::string_view bytes) { return bytes.substr(0, std::min(bytes.size(), head_size)); }

template <class Visit>
void each_content(MachineState& state, Visit&& visit) {
    for (auto& [id, fs] : state.filesystems) {
        for (auto& [ino, inode] : fs.inodes) {
            visit(inode.content);
        }
    }
}

// File systems that nothing mounts, holds open or is made of any more.
void sweep_filesystems(MachineState& state) {
    std::set<FsId> used;
    for (const auto& [id, space] : state.mount_spaces) {
        for (const auto& [number, mounted] : space.mounts) {
            used.insert(mounted.fs);
        }
    }
    for (const auto& [id, file] : state.files) {
        used.insert(file.fs);
    }
    std::set<FsId> beneath;
    for (const FsId id : used) {
        if (const auto fs = state.filesystems.find(id); fs != state.filesystems.end()) {
            for (const std::vector<Branch>* branches : {&fs->second.lower, &fs->second.upper}) {
                for (const Branch& branch : *branches) {
                    beneath.insert(branch.fs);
                }
            }
        }
    }
    for (auto fs = state.filesystems.begin(); fs != state.filesystems.end();) {
        const bool kept = used.contains(fs->first) || beneath.contains(fs->first);
        fs = kept ? std::next(fs) : state.filesystems.erase(fs);
    }
}

Error damaged(const std::string& path, std::string_view what) {
    return fail(Errc::io, "the machine's state " + path + " " + std::string(what) +
                              "; move it away to start with a new machine, or put back a copy of it");
}

}  // namespace

SavedMachine::SavedMachine(StateFiles& files, Machine& machine, std::vector<HttpServer*> servers)
    : files_(files), machine_(machine), servers_(std::move(servers)), past_(files) {
    machine_.objects = this;
}

SavedMachine::~SavedMachine() {
    machine_.objects = nullptr;
    if (held_) {
        files_.unlock();
    }
}

Result<std::string> SavedMachine::load(const std::string& digest) {
    std::optional<std::string> bytes = TRY(files_.read(object_name(digest)));
    if (!bytes.has_value()) {
        return damaged(files_.where(object_name(digest)), "is missing");
    }
    if (sha256_hex(*bytes) != digest) {
        return damaged(files_.where(object_name(digest)), "does not have the digest it is named by");
    }
    return std::move(*bytes);
}

Result<std::string_view> SavedMachine::open_snapshot(std::string_view bytes) const {
    const std::string path = files_.where(snapshot_name);
    if (bytes.size() < head_size || bytes.substr(0, magic.size()) != magic) {
        return damaged(path, "is cut short or no snapshot of a machine");
    }
    const std::string_view found = bytes.substr(magic.size(), version.size());
    if (found != version) {
        return fail(found > version ? Errc::unsupported : Errc::invalid,
                    "the machine's state " + path + " has format " + std::string(found) + " and this cutaway reads " +
                        std::string(version) +
                        "; use the cutaway that wrote it, or another --root, or `cutaway model reset`, which moves it "
                        "aside");
    }
    const std::string_view checksum = bytes.substr(magic.size() + version.size() + 1, checksum_size);
    const std::string_view body = bytes.substr(head_size);
    if (sha256_hex(body) != checksum) {
        return damaged(path, "is cut short or damaged: its checksum differs");
    }
    return body;
}

Status SavedMachine::load_snapshot(std::string bytes) {
    binary::Input in{TRY(open_snapshot(bytes))};
    SnapshotHead head;
    binary::get(in, head);
    MachineState state;
    binary::get(in, state);
    if (!in.ok || !in.rest.empty()) {
        return damaged(files_.where(snapshot_name), "cannot be read");
    }
    machine_.live.clear();
    machine_.next.clear();
    machine_.state = std::move(state);
    machine_.caller = machine_.state.daemon;
    ++machine_.change;
    snapshot_ = std::move(bytes);
    generation_ = head.generation;
    journal_length_ = head.journal_length;
    committed_wall_ns_ = head.wall_ns;
    objects_.clear();
    each_content(machine_.state, [&](const Content& content) {
        if (content.is_long()) {
            objects_.insert(content.digest());
        }
    });
    for (std::size_t i = 0; i < std::min(servers_.size(), head.servers.size()); ++i) {
        TRY(servers_[i]->load(head.servers[i]));
    }
    const std::uint64_t journal = TRY(files_.size(journal_name));
    if (journal < journal_length_) {
        return damaged(files_.where(journal_name), "is shorter than its snapshot says");
    }
    if (journal > journal_length_) {
        TRY(files_.cut(journal_name, journal_length_));  // written by somebody who did not live to commit it
    }
    return {};
}

// An engine that was killed holds its ends of channels, and its disk locks, no more.
void SavedMachine::close_orphans() {
    std::map<std::string, bool> alive;
    const auto is_alive = [&](const std::string& owner) {
        const auto known = alive.find(owner);
        return known != alive.end() ? known->second : (alive[owner] = files_.alive(owner));
    };
    for (auto queue = machine_.state.messages.begin(); queue != machine_.state.messages.end();) {
        if (!queue->second.owner.empty() && !queue->second.first_gone && !is_alive(queue->second.owner)) {
            queue->second.first_gone = true;
            ++machine_.change;
        }
        const bool done = queue->second.first_gone && queue->second.second_gone;
        queue = done ? machine_.state.messages.erase(queue) : std::next(queue);
    }
    for (auto lock = machine_.state.locks.begin(); lock != machine_.state.locks.end();) {
        lock = is_alive(lock->second) ? std::next(lock) : machine_.state.locks.erase(lock);
    }
}

Status SavedMachine::open(const Opening& opening) {
    TRY(files_.lock());
    held_ = true;
    std::optional<std::string> bytes = TRY(files_.read(snapshot_name));
    if (!bytes.has_value()) {
        if (TRY(files_.size(journal_name)) != 0) {
            return damaged(files_.where(snapshot_name), "is missing though its journal is there");
        }
        boot(machine_, opening.profile, opening.seed);
        machine_.state.boot_wall_ns = files_.wall_ns() - machine_.state.now_ns;
        if (opening.advance_ns >= 0) {  // scripted: dates are the same each time
            machine_.state.boot_wall_ns = std::int64_t{1767225600} * 1000000000 - machine_.state.now_ns;
        }
        committed_wall_ns_ = files_.wall_ns();
        opened_ = true;
        return {};
    }
    TRY(load_snapshot(std::move(*bytes)));
    close_orphans();
    opened_ = true;
    const std::int64_t since = opening.advance_ns >= 0 ? opening.advance_ns : files_.wall_ns() - committed_wall_ns_;
    if (since > 0) {
        see(machine_, world::Actor::kernel, world::TimePassed{since});
        (void)run_until(
            machine_, [] { return false; }, machine_.state.now_ns + since);
    }
    return {};
}

void SavedMachine::journal(const trace::Event& event) { journal_.take(event, machine_.state); }

Result<std::string> SavedMachine::history() {
    std::optional<std::string> kept = TRY(files_.read(journal_name));
    return std::move(kept).value_or(std::string()) + journal_.pending();
}

Status SavedMachine::store_contents() {
    std::set<std::string> used;
    Status stored;
    each_content(machine_.state, [&](const Content& content) {
        if (!content.is_long() || !stored) {
            return;
        }
        used.insert(content.digest());
        if (!content.is_stored() && !objects_.contains(content.digest())) {
            stored = files_.replace(object_name(content.digest()), content.loaded());
        }
        objects_.insert(content.digest());
        content.mark_stored();
    });
    if (stored) {
        objects_ = std::move(used);
    }
    return stored;
}

Status SavedMachine::commit() {
    if (!held_ || !opened_) {
        return fail(Errc::internal, "commit of a machine that is not held");
    }
    save_programs(machine_);
    sweep_inodes(machine_);
    sweep_filesystems(machine_.state);
    journal_.catch_up(machine_.state);
    while (machine_.state.observed.size() > observed_kept) {
        machine_.state.observed.pop_front();
        ++machine_.state.observed_before;
    }
    const std::set<std::string> before = objects_;
    TRY(store_contents());
    if (const std::string& pending = journal_.pending(); !pending.empty()) {
        TRY(files_.append(journal_name, pending));
        journal_length_ += pending.size();
        journal_.clear();
    }
    const bool began = TRY(remember());
    SnapshotHead head{++generation_, journal_length_, files_.wall_ns(), {}};
    for (const HttpServer* server : servers_) {
        head.servers.push_back(server->save());
    }
    std::string body = binary::encode(head);
    binary::put(body, machine_.state);
    const std::string checksum = sha256_hex(body);
    std::string file;
    file.reserve(head_size + body.size());
    file.append(magic).append(version).append(" ").append(checksum).append("\n").append(body);
    TRY(files_.replace(snapshot_name, file));
    snapshot_ = std::move(file);
    committed_wall_ns_ = head.wall_ns;
    std::set<std::string> gone;
    std::set_difference(before.begin(), before.end(), objects_.begin(), objects_.end(),
                        std::inserter(gone, gone.end()));
    return let_go(gone, began);
}

Status SavedMachine::park() {
    TRY(commit());
    files_.unlock();
    held_ = false;
    return {};
}

Status SavedMachine::unpark() {
    TRY(files_.lock());
    held_ = true;
    std::optional<std::string> bytes = TRY(files_.read(snapshot_name));
    if (!bytes.has_value()) {
        return damaged(files_.where(snapshot_name), "went away while a command used it");
    }
    if (bytes->size() >= head_size && seal_of(*bytes) == seal_of(snapshot_)) {
        return {};
    }
    TRY(load_snapshot(std::move(*bytes)));
    close_orphans();
    return {};
}

}  // namespace cutaway::model
