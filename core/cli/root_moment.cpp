// SPDX-License-Identifier: Apache-2.0
#include "core/cli/root_moment.h"

#include <algorithm>
#include <cstdio>
#include <cstdlib>
#include <memory>

#include "core/host/remove_tree.h"
#include "core/host/state_dir.h"
#include "core/model/machine.h"
#include "core/model/past.h"
#include "core/model/saved_machine.h"

namespace cutaway::cli {

namespace {

constexpr const char* snapshot_file = "machine.bin";
constexpr std::uint64_t newest = ~std::uint64_t{0};

bool is_hex(std::string_view text) {
    return text.size() == 64 && text.find_first_not_of("0123456789abcdef") == std::string_view::npos;
}

bool is_number(std::string_view text) {
    return !text.empty() && text.size() <= 20 && text.find_first_not_of("0123456789") == std::string_view::npos;
}

bool is_numbered(std::string_view text, std::string_view ending) {
    return text.ends_with(ending) && is_number(text.substr(0, text.size() - ending.size()));
}

Status gather(const host::StateDir& root, const std::string& name, MachineFiles& into) {
    if (is_machine_file(name)) {
        if (std::optional<std::string> bytes = TRY(root.read(name)); bytes) {
            into[name] = std::move(*bytes);
        }
        return {};
    }
    for (const std::string& inside : TRY(root.names(name))) {
        const std::string path = name + "/" + inside;
        if (is_machine_file(path)) {
            into[path] = TRY(root.read(path)).value_or("");
        }
    }
    return {};
}

}  // namespace

Result<MachineFiles> machine_files(const std::string& root) {
    host::StateDir state = TRY(host::StateDir::open(root));
    TRY(state.lock());
    MachineFiles files;
    Status done;
    for (const std::string& name : model::kept_names()) {
        if (done) {
            done = gather(state, name, files);
        }
    }
    state.unlock();
    TRY(std::move(done));
    if (files.find(snapshot_file) == files.end()) {
        return fail(Errc::not_found, "nothing has happened on this machine yet: there is nothing of it to keep");
    }
    return files;
}

Result<MachineFiles> machine_before(MachineFiles now, const Boundary& command) {
    model::MemoryFiles files(std::make_shared<model::MemoryRoot>(now));
    model::Past past(files);
    TRY(past.load(newest));
    const std::vector<model::PastCommand>& kept = past.commands();
    const auto found = std::find_if(kept.begin(), kept.end(), [&](const model::PastCommand& one) {
        return one.generation == command.generation && one.command == command.command;
    });
    if (found == kept.end()) {
        return fail(Errc::not_found, "the machine before \"" + command.command +
                                         "\" is not kept: that command was undone, or 50 others came after it");
    }
    now[snapshot_file] = TRY(past.snapshot(*found));
    return now;
}

bool is_machine_file(std::string_view name) {
    const std::size_t slash = name.find('/');
    const std::string_view folder = name.substr(0, slash);
    const std::string_view file = slash == std::string_view::npos ? std::string_view() : name.substr(slash + 1);
    if (file.empty()) {
        return name == snapshot_file || name == model::page_name(1);
    }
    return ((folder == "bodies" || folder == "objects") && is_hex(file)) ||
           (folder == "journal" && is_numbered(file, ".jsonl")) ||
           (folder == "past" && (file == "index.bin" || is_numbered(file, ".bin")));
}

// As whoever opens it would, in memory, with the clock standing still.
Status check_machine(const MachineFiles& files) {
    for (const auto& [name, bytes] : files) {
        if (!is_machine_file(name)) {
            return fail(Errc::invalid, "no machine has a file called \"" + name + "\"");
        }
    }
    if (files.find(snapshot_file) == files.end()) {
        return fail(Errc::invalid, "the machine's snapshot is missing");
    }
    model::MemoryFiles memory(std::make_shared<model::MemoryRoot>(files));
    model::Machine machine;
    model::SavedMachine saved(memory, machine, {});
    model::Opening still;
    still.advance_ns = 0;
    TRY(saved.open(still));
    const std::string wrong = model::contradiction(machine.state);
    return wrong.empty() ? Status() : fail(Errc::invalid, "the machine cannot be: " + wrong);
}

Status place_machine(const std::string& root, const MachineFiles& files) {
    TRY(check_machine(files));
    const host::StateDir state = TRY(host::StateDir::open(root));
    if (TRY(state.size(snapshot_file)) != 0) {
        return fail(Errc::exists, "there is a machine in " + root + " already");
    }
    for (const auto& [name, bytes] : files) {
        if (name != snapshot_file) {
            TRY(state.replace(name, bytes));
        }
    }
    return state.replace(snapshot_file, files.at(snapshot_file));  // last: now it is one
}

Result<std::string> free_fork(const std::string& root) {
    const host::StateDir state = TRY(host::StateDir::open(root));
    const std::vector<std::string> taken = TRY(state.names("forks"));
    std::string name;
    for (int number = 1; name.empty() || std::find(taken.begin(), taken.end(), name) != taken.end(); ++number) {
        name = "fork-" + std::to_string(number);
    }
    return state.where("forks/" + name);
}

Result<ScratchRoot> ScratchRoot::make() {
    const char* temporary = std::getenv("TMPDIR");
    std::string folder =
        std::string(temporary == nullptr ? P_tmpdir : temporary) + "/cutaway-machine-" + std::string(6, 'X');
    if (::mkdtemp(folder.data()) == nullptr) {
        return fail(Errc::io, "make a folder for the simulated machine: " + folder);
    }
    return ScratchRoot(std::move(folder));
}

ScratchRoot::ScratchRoot(ScratchRoot&& other) noexcept : path_(std::exchange(other.path_, {})) {}

ScratchRoot::~ScratchRoot() {
    std::uint64_t removed = 0;
    if (!path_.empty()) {
        (void)host::remove_tree(path_, removed);
    }
}

}  // namespace cutaway::cli
