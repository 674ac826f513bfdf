// SPDX-License-Identifier: Apache-2.0
// SavedMachine: a machine kept under a root that several commands share. While it is held, the root is locked and the
// machine in memory is the truth; let go, the last commit is. A commit is one atomic replacement of the snapshot, which
// names the body that most of the machine lies in, and how much of the journal belongs to it, so that a process killed at
// any moment leaves the last commit whole. A command that only looked writes no body.
// Damage is reported with the file and the remedy, and never repaired by throwing something away.
#pragma once

#include <cstdint>
#include <memory>
#include <set>
#include <string>
#include <string_view>
#include <vector>

#include "core/model/http_server.h"
#include "core/model/journal.h"
#include "core/model/machine.h"
#include "core/model/past.h"
#include "core/model/state_files.h"

namespace cutaway::model {

// What a root holds of its machine, the machine first; beside it may be forks, and lessons.
const std::vector<std::string>& kept_names();
std::string page_name(std::uint32_t page);  // "journal.jsonl", "journal/2.jsonl", …

struct Opening {
    world::MachineProfile profile;  // of a machine that is not there yet
    std::uint64_t seed = 1;
    std::int64_t advance_ns = -1;  // negative: the wall time since the last commit; 0: the clock stood still
};

// What a snapshot says beside the machine's quick parts; the slow ones lie in its body, which many snapshots may share.
struct SnapshotHead {
    std::uint64_t generation = 0;
    std::uint64_t journal_length = 0;
    std::int64_t wall_ns = 0;
    std::vector<std::string> servers;
    std::string body;  // its name
};
CUTAWAY_FIELDS(SnapshotHead, generation, journal_length, wall_ns, servers, body)

class SavedMachine final : public Objects {
public:
    SavedMachine(StateFiles& files, Machine& machine, std::vector<HttpServer*> servers);
    ~SavedMachine() override;
    SavedMachine(const SavedMachine&) = delete;
    SavedMachine& operator=(const SavedMachine&) = delete;

    Status open(const Opening& opening);      // locks; loads or boots; lets the time since pass
    void journal(const trace::Event& event);  // kept with the next commit
    [[nodiscard]] std::uint64_t journaled() const { return machine_.state.journal.before + on_page(); }
    [[nodiscard]] std::uint64_t on_page() const { return machine_.state.journal.seq; }
    Result<std::string> history();  // the journal's page up to its last event: a trace
    Status turn_page(trace::Event found);
    Status commit();
    Status begin(
        const std::string& command);          // which the next commit is the first of: as it is now can be come back to
    Result<PastCommand> undo();               // the last command that was begun; refused while somebody else is at work
    Result<std::vector<PastCommand>> past();  // oldest first
    [[nodiscard]] std::uint64_t generation() const { return generation_; }  // of the last commit
    [[nodiscard]] std::int64_t wall_ns() const { return machine_.state.boot_wall_ns + machine_.state.now_ns; }
    Status fork(const std::string& name);  // a copy of all this beside it: forks/NAME
    Status park();                         // commit, unlock
    Status unpark();                       // lock, and load what others made of it
    Result<std::string> load(const std::string& digest) override;

private:
    Result<std::string_view> open_snapshot(std::string_view bytes) const;
    struct Loaded {
        SnapshotHead head;
        MachineState state;
        std::shared_ptr<const std::string> body;
    };
    Result<Loaded> read_snapshot(std::string_view bytes);
    Result<std::string> load_named(const std::string& name);
    Status load_snapshot(std::string bytes);
    Result<std::set<std::string>> store_contents();
    Status store_body(std::set<std::string>& fresh);
    Status check_whole() const;
    Status append_journal();
    Status write_snapshot();
    Result<bool> remember();  // whether a command has begun
    Status let_go(std::set<std::string> names, bool began);
    std::string at_work_elsewhere();
    void close_orphans();

    StateFiles& files_;
    Machine& machine_;
    std::vector<HttpServer*> servers_;
    bool held_ = false;
    bool opened_ = false;
    std::string snapshot_;  // as we know it; empty: there is none yet
    std::string command_;   // begun, and not committed yet
    Past past_;
    Journal journal_;
    std::uint64_t generation_ = 0;
    std::uint64_t journal_length_ = 0;
    std::int64_t committed_wall_ns_ = 0;
    std::shared_ptr<const std::string> body_;           // as it was stored last; none: never
    std::shared_ptr<const std::string> unfolded_from_;  // whose bytes the folded parts are
    std::string body_name_;
    std::set<std::string> objects_;  // the files that the last commit names
    std::set<std::string> made_;     // of those, what no kept snapshot can name
};

}  // namespace cutaway::model
