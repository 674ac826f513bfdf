// SPDX-License-Identifier: Apache-2.0
#include "core/model/saved_machine.h"

#include <algorithm>

#include "core/base/binary.h"
#include "core/base/sha256.h"
#include "core/model/vfs.h"

namespace cutaway::model {

namespace {

constexpr std::string_view magic = "cutaway-machine ";
constexpr std::string_view version = "0006";
constexpr std::size_t checksum_size = 64;
constexpr std::size_t head_size = magic.size() + version.size() + 1 + checksum_size + 1;
constexpr std::size_t observed_kept = 512;
const char* const snapshot_name = "machine.bin";
const std::string body_folder = "bodies/";

// The head's fixed part and the checksum: equal in two snapshots of one machine only if they are one.
std::string_view seal_of(std::string_view bytes) { return bytes.substr(0, std::min(bytes.size(), head_size)); }

// What every command changes, and a command that only looks changes alone: kept in the snapshot itself.
bool is_quick(std::string_view field) {
    return field == "random" || field == "now_ns" || field == "observed" || field == "observed_before" ||
           field == "journal";
}

void put_parts(std::string& out, const MachineState& state, bool quick) {
    visit_fields(&state, [&](std::string_view name, auto member) {
        if (is_quick(name) == quick) {
            using binary::put;
            put(out, state.*member);
        }
    });
}

void get_parts(binary::Input& in, MachineState& state, bool quick) {
    visit_fields(&state, [&](std::string_view name, auto member) {
        if (is_quick(name) == quick) {
            using binary::get;
            get(in, state.*member);
        }
    });
}

// Whether a body is a machine's, piece by piece: a command that only looked need not write all of it down to know.
class BodyMatch {
public:
    explicit BodyMatch(std::string_view body) : rest_(body) {}

    template <class T>
    bool is_next(const T& value) {
        piece_.clear();
        using binary::put;
        put(piece_, value);
        const bool same = rest_.starts_with(piece_);
        rest_.remove_prefix(same ? piece_.size() : 0);
        return same;
    }
    template <class Key, class T>
    bool is_next(const FoldedMap<Key, T>& map) {
        return is_next(static_cast<std::uint64_t>(map.size())) &&
               std::all_of(map.parts().begin(), map.parts().end(), [&](const auto& one) {
                   return is_next(one.first) && (one.second.is_next(rest_) || is_next(one.second));
               });
    }
    [[nodiscard]] bool is_over() const { return rest_.empty(); }

private:
    std::string_view rest_;
    std::string piece_;
};

bool is_body_of(const MachineState& state, std::string_view body) {
    BodyMatch match(body);
    bool same = true;
    visit_fields(&state, [&](std::string_view name, auto member) {
        same = same && (is_quick(name) || match.is_next(state.*member));
    });
    return same && match.is_over();
}

// The long contents of parts that were not looked at lie where they lay: `named`; of the others each is visited.
template <class Name, class Visit>
void each_content(const MachineState& state, Name&& named, Visit&& visit) {
    for (const auto& [id, folded] : state.filesystems.parts()) {
        if (!folded.is_unfolded()) {
            for (const std::string& digest : folded.gist().contents) {
                named(digest);
            }
            continue;
        }
        for (const auto& [ino, inode] : folded.look().inodes) {
            visit(inode.content);
        }
    }
    for (const auto& [pid, process] : state.processes) {
        visit(process.saved);
    }
}

// File systems that nothing mounts, holds open or is made of any more.
void sweep_filesystems(MachineState& state) {
    std::set<FsId> used;
    for (const auto& [id, space] : state.mount_spaces.parts()) {
        const MountSpace::Gist gist = space.gist();
        used.insert(gist.mounted.begin(), gist.mounted.end());
    }
    for (const auto& [id, file] : state.files) {
        used.insert(file.fs);
    }
    auto& parts = state.filesystems.parts();
    std::set<FsId> beneath;
    for (const FsId id : used) {
        if (const auto fs = parts.find(id); fs != parts.end()) {
            const FileSystem::Gist gist = fs->second.gist();
            beneath.insert(gist.beneath.begin(), gist.beneath.end());
        }
    }
    std::erase_if(parts, [&](const auto& one) { return !used.contains(one.first) && !beneath.contains(one.first); });
}

template <class Parts>
bool has_broken(const Parts& parts) {
    return std::any_of(parts.begin(), parts.end(), [](const auto& one) { return one.second.is_broken(); });
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

Result<std::string> SavedMachine::load(const std::string& digest) { return load_named(object_name(digest)); }

// Of a file that is named by its digest.
Result<std::string> SavedMachine::load_named(const std::string& name) {
    std::optional<std::string> bytes = TRY(files_.read(name));
    if (!bytes.has_value()) {
        return damaged(files_.where(name), "is missing");
    }
    if (sha256_hex(*bytes) != std::string_view(name).substr(name.rfind('/') + 1)) {
        return damaged(files_.where(name), "does not have the digest it is named by");
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

// The parts of a snapshot's machine that lie folded belong to `body`.
Result<SavedMachine::Loaded> SavedMachine::read_snapshot(std::string_view bytes) {
    Loaded loaded;
    binary::Input in{TRY(open_snapshot(bytes))};
    binary::get(in, loaded.head);
    get_parts(in, loaded.state, true);
    if (!in.ok || !in.rest.empty() || loaded.head.body.empty()) {
        return damaged(files_.where(snapshot_name), "cannot be read");
    }
    loaded.body = std::make_shared<const std::string>(TRY(load_named(loaded.head.body)));
    binary::Input body{*loaded.body};
    get_parts(body, loaded.state, false);
    if (!body.ok || !body.rest.empty()) {
        return damaged(files_.where(loaded.head.body), "cannot be read");
    }
    return loaded;
}

Status SavedMachine::load_snapshot(std::string bytes) {
    Loaded loaded = TRY(read_snapshot(bytes));
    machine_.live.clear();
    machine_.next.clear();
    machine_.state = std::move(loaded.state);
    machine_.caller = machine_.state.daemon;
    ++machine_.change;
    snapshot_ = std::move(bytes);
    unfolded_from_ = loaded.body;
    body_ = std::move(loaded.body);
    const SnapshotHead& head = loaded.head;
    body_name_ = head.body;
    generation_ = head.generation;
    journal_length_ = head.journal_length;
    committed_wall_ns_ = head.wall_ns;
    made_.clear();
    objects_ = {body_name_};
    const auto is_there = [&](const std::string& digest) { objects_.insert(object_name(digest)); };
    each_content(machine_.state, is_there, [&](const Content& content) {
        if (content.is_long()) {
            is_there(content.digest());
        }
    });
    for (std::size_t i = 0; i < std::min(servers_.size(), head.servers.size()); ++i) {
        TRY(servers_[i]->load(head.servers[i]));
    }
    const std::string page = page_name(machine_.state.journal.page);
    const std::uint64_t journal = TRY(files_.size(page));
    if (journal < journal_length_) {
        return damaged(files_.where(page), "is shorter than its snapshot says");
    }
    if (journal > journal_length_) {
        TRY(files_.cut(page, journal_length_));  // written by somebody who did not live to commit it
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
        if (TRY(files_.size(page_name(1))) != 0) {
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
    std::optional<std::string> kept =
        journal_length_ == 0 ? std::nullopt : TRY(files_.read(page_name(machine_.state.journal.page)));
    return std::move(kept).value_or(std::string()) + journal_.pending();
}

// What is not on the old page yet belongs there; until the next commit the snapshot names the old page, and its length.
Status SavedMachine::turn_page(trace::Event found) {
    TRY(append_journal());
    journal_.turn_page(std::move(found), machine_.state);
    journal_length_ = 0;
    return {};
}

// A new page replaces what somebody may have left there who did not live to commit it.
Status SavedMachine::append_journal() {
    const std::string& pending = journal_.pending();
    if (pending.empty()) {
        return {};
    }
    const std::string page = page_name(machine_.state.journal.page);
    TRY(journal_length_ == 0 ? files_.replace(page, pending) : files_.append(page, pending));
    journal_length_ += pending.size();
    journal_.clear();
    return {};
}

// What long contents, and which body, the machine names now; those that are not there yet are written, and told.
Result<std::set<std::string>> SavedMachine::store_contents() {
    std::set<std::string> used;
    std::set<std::string> fresh;
    Status stored;
    const auto is_there = [&](const std::string& digest) { used.insert(object_name(digest)); };
    each_content(machine_.state, is_there, [&](const Content& content) {
        if (!content.is_long() || !stored) {
            return;
        }
        std::string name = object_name(content.digest());
        if (!content.is_stored() && !objects_.contains(name)) {
            stored = files_.replace(name, content.loaded());
            fresh.insert(name);
        }
        used.insert(std::move(name));
        content.mark_stored();
    });
    TRY(std::move(stored));
    TRY(store_body(fresh));
    used.insert(body_name_);
    objects_ = std::move(used);
    return fresh;
}

Status SavedMachine::store_body(std::set<std::string>& fresh) {
    if (body_ != nullptr && is_body_of(machine_.state, *body_)) {
        return {};
    }
    std::string body;
    body.reserve(body_ == nullptr ? 0 : body_->size() + body_->size() / 8);
    put_parts(body, machine_.state, false);
    std::string name = body_folder + sha256_hex(body);
    TRY(files_.replace(name, body));
    fresh.insert(name);
    body_name_ = std::move(name);
    body_ = std::make_shared<const std::string>(std::move(body));
    return {};
}

Status SavedMachine::check_whole() const {
    if (!machine_.damage.empty()) {
        return fail(Errc::io, machine_.damage);
    }
    if (has_broken(machine_.state.filesystems.parts()) || has_broken(machine_.state.mount_spaces.parts())) {
        return damaged(files_.where(body_name_), "cannot be read");
    }
    return {};
}

Status SavedMachine::commit() {
    if (!held_ || !opened_) {
        return fail(Errc::internal, "commit of a machine that is not held");
    }
    TRY(check_whole());
    save_programs(machine_);
    sweep_inodes(machine_);
    sweep_filesystems(machine_.state);
    journal_.catch_up(machine_.state);
    while (machine_.state.observed.size() > observed_kept) {
        machine_.state.observed.pop_front();
        ++machine_.state.observed_before;
    }
    const std::set<std::string> before = objects_;
    std::set<std::string> fresh = TRY(store_contents());
    TRY(append_journal());
    const bool began = TRY(remember());
    TRY(write_snapshot());
    std::set<std::string> gone;
    std::set_difference(before.begin(), before.end(), objects_.begin(), objects_.end(),
                        std::inserter(gone, gone.end()));
    if (began) {
        made_.clear();  // what was there before is in the snapshot that was kept
    }
    TRY(let_go(std::move(gone), began));
    made_.merge(fresh);
    return {};
}

Status SavedMachine::write_snapshot() {
    SnapshotHead head{++generation_, journal_length_, files_.wall_ns(), {}, body_name_};
    for (const HttpServer* server : servers_) {
        head.servers.push_back(server->save());
    }
    std::string text = binary::encode(head);
    put_parts(text, machine_.state, true);
    std::string file;
    file.append(magic).append(version).append(" ").append(sha256_hex(text)).append("\n").append(text);
    TRY(files_.replace(snapshot_name, file));
    snapshot_ = std::move(file);
    committed_wall_ns_ = head.wall_ns;
    return {};
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
