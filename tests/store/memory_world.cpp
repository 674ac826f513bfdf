// SPDX-License-Identifier: Apache-2.0
#include "tests/store/memory_world.h"

#include <algorithm>
#include <cerrno>
#include <cstdlib>

namespace cutaway::testing {

namespace {

Error absent(std::string_view path) { return Error{Errc::not_found, ENOENT, std::string(path) + " is not there"}; }

class MemorySink final : public world::Sink {
public:
    MemorySink(MemoryDisk& disk, std::string path) : disk_(disk), path_(std::move(path)) {}
    Status write(std::string_view bytes) override {
        TRY(disk_.change());
        bytes_.append(bytes);
        return {};
    }
    Status commit() override {
        TRY(disk_.change());
        disk_.put(path_, bytes_);
        return {};
    }

private:
    MemoryDisk& disk_;
    std::string path_;
    std::string bytes_;
};

class MemoryLock final : public world::DiskLock {
public:
    explicit MemoryLock(MemoryDisk& disk) : disk_(disk) { disk_.locked = true; }
    ~MemoryLock() override { disk_.locked = false; }
    MemoryLock(const MemoryLock&) = delete;
    MemoryLock& operator=(const MemoryLock&) = delete;

private:
    MemoryDisk& disk_;
};

class MemoryTree final : public world::TreeWriter {
public:
    MemoryTree(MemoryDisk& disk, std::string root) : disk_(disk), root_(std::move(root)) {}

    Status add(const world::TreeEntry& entry) override {
        TRY(disk_.change());
        last_ = place(entry.path);
        MemoryFile& file = disk_.files[last_];
        const bool merged = file.info.type == world::FileType::directory &&
                            entry.info.type == world::FileType::directory && !file.whiteout;
        if (!merged) {
            drop_below(last_);
            file = {};
        }
        file.info = entry.info;
        if (!entry.hardlink.empty()) {
            file.hardlink = place(entry.hardlink);
            demand(disk_.has(file.hardlink));
        }
        return {};
    }
    Status write(std::string_view bytes) override {
        disk_.files[last_].bytes.append(bytes);
        return {};
    }
    Status whiteout(std::string_view path) override {
        const std::string at = place(path);
        demand(!disk_.has(at));
        disk_.files[at].whiteout = true;
        return {};
    }
    Status opaque(std::string_view directory) override {
        MemoryFile& file = disk_.files.at(place(directory));
        demand(file.info.type == world::FileType::directory);
        file.opaque = true;
        return {};
    }
    Status finish() override {
        disk_.order.push_back("tree " + root_);
        return disk_.change();
    }

private:
    static void demand(bool truth) {
        if (!truth) {
            std::abort();  // the layer room broke a promise: an escape, a bad order
        }
    }
    // Components only, no "..", every parent a directory that was added before: nothing can lead outside.
    std::string place(std::string_view path) const {
        std::string at = root_;
        if (path == ".") {
            return at;
        }
        demand(!path.empty() && path.front() != '/');
        while (!path.empty()) {
            const std::size_t end = std::min(path.find('/'), path.size());
            const std::string_view part = path.substr(0, end);
            demand(!part.empty() && part != "." && part != "..");
            const auto parent = disk_.files.find(at);
            demand(at == root_ || (parent != disk_.files.end() && !parent->second.whiteout &&
                                   parent->second.info.type == world::FileType::directory));
            at += "/" + std::string(part);
            path.remove_prefix(std::min(end + 1, path.size()));
        }
        return at;
    }
    void drop_below(const std::string& path) {
        auto child = disk_.files.lower_bound(path + "/");
        while (child != disk_.files.end() && child->first.compare(0, path.size() + 1, path + "/") == 0) {
            child = disk_.files.erase(child);
        }
    }

    MemoryDisk& disk_;
    std::string root_;
    std::string last_;
};

}  // namespace

Status MemoryDisk::change() {
    ++changes;
    if (changes_left == 0) {
        return Error{Errc::io, EIO, "the disk is gone"};
    }
    changes_left -= changes_left > 0 ? 1 : 0;
    return {};
}

void MemoryDisk::put(const std::string& path, std::string_view bytes) {
    for (std::size_t slash = path.find('/', 1); slash != std::string::npos; slash = path.find('/', slash + 1)) {
        files[path.substr(0, slash)].info.type = world::FileType::directory;
    }
    MemoryFile& file = files[path];
    file.bytes = bytes;
    file.info.size = bytes.size();
}

Result<std::string> MemoryDisk::read(std::string_view path) {
    const auto found = files.find(std::string(path));
    return found == files.end() ? Result<std::string>(absent(path)) : Result<std::string>(found->second.bytes);
}

Result<std::unique_ptr<world::Source>> MemoryDisk::open(std::string_view path) {
    return std::unique_ptr<world::Source>(std::make_unique<StringSource>(TRY(read(path))));
}

Result<world::FileInfo> MemoryDisk::stat(std::string_view path) {
    const auto found = files.find(std::string(path));
    return found == files.end() ? Result<world::FileInfo>(absent(path)) : Result<world::FileInfo>(found->second.info);
}

Result<std::vector<world::DirEntry>> MemoryDisk::list(std::string_view path) {
    TRY(stat(path));
    std::vector<world::DirEntry> entries;
    const std::string prefix = std::string(path) + "/";
    for (auto at = files.lower_bound(prefix); at != files.end() && at->first.rfind(prefix, 0) == 0; ++at) {
        if (at->first.find('/', prefix.size()) == std::string::npos) {
            entries.push_back({at->first.substr(prefix.size()), at->second.info.type});
        }
    }
    return entries;
}

Status MemoryDisk::save(std::string_view path, std::string_view bytes, world::Durability) {
    TRY(change());
    order.push_back("save " + std::string(path));
    put(std::string(path), bytes);
    return {};
}

Status MemoryDisk::append(std::string_view path, std::string_view bytes) {
    TRY(change());
    put(std::string(path), files[std::string(path)].bytes + std::string(bytes));
    return {};
}

Result<std::unique_ptr<world::Sink>> MemoryDisk::create(std::string_view path) {
    return std::unique_ptr<world::Sink>(std::make_unique<MemorySink>(*this, std::string(path)));
}

Status MemoryDisk::make_dir(std::string_view path, std::uint32_t mode) {
    TRY(change());
    put(std::string(path) + "/x", "");
    files.erase(std::string(path) + "/x");
    files[std::string(path)].info.mode = mode;
    return {};
}

Status MemoryDisk::rename(std::string_view from, std::string_view to) {
    TRY(change());
    if (!has(std::string(from))) {
        return absent(from);
    }
    order.push_back("rename " + std::string(to));
    if (has(std::string(to))) {
        return Error{Errc::exists, EEXIST, std::string(to) + " is there"};
    }
    std::map<std::string, MemoryFile> moved;
    for (const auto& [path, file] : files) {
        const bool inside = path == from || path.rfind(std::string(from) + "/", 0) == 0;
        moved[inside ? std::string(to) + path.substr(from.size()) : path] = file;
    }
    files = std::move(moved);
    return {};
}

// A tree goes name by name, as on a real disk: it may fail when all but its last name is gone.
Status MemoryDisk::remove(std::string_view path) {
    TRY(change());
    const std::string prefix = std::string(path) + "/";
    std::vector<std::string> below;
    for (auto at = files.lower_bound(prefix); at != files.end() && at->first.rfind(prefix, 0) == 0; ++at) {
        below.push_back(at->first);
    }
    for (std::size_t i = 0; i < below.size(); ++i) {
        if (i + 1 == below.size()) {
            TRY(change());
        }
        files.erase(below[i]);
    }
    files.erase(std::string(path));
    return {};
}

Result<std::unique_ptr<world::TreeWriter>> MemoryDisk::tree(std::string_view root) {
    TRY(make_dir(root, 0755));
    return std::unique_ptr<world::TreeWriter>(std::make_unique<MemoryTree>(*this, std::string(root)));
}

namespace {

class MemoryReader final : public world::TreeReader {
public:
    MemoryReader(MemoryDisk& disk, std::string root) : disk_(disk), root_(std::move(root)) {}
    Result<world::FileInfo> stat(std::string_view path) override { return disk_.stat(at(path)); }
    Result<std::vector<world::DirEntry>> list(std::string_view path) override { return disk_.list(at(path)); }
    Result<std::unique_ptr<world::Source>> open(std::string_view path) override { return disk_.open(at(path)); }
    Result<std::string> other_names(std::string_view) override { return std::string(); }

private:
    [[nodiscard]] std::string at(std::string_view path) const {
        return path.empty() ? root_ : root_ + "/" + std::string(path);
    }
    MemoryDisk& disk_;
    std::string root_;
};

}  // namespace

Result<std::unique_ptr<world::TreeReader>> MemoryDisk::reader(std::string_view root) {
    return std::unique_ptr<world::TreeReader>(std::make_unique<MemoryReader>(*this, std::string(root)));
}

Result<std::unique_ptr<world::DiskLock>> MemoryDisk::lock(std::string_view path) {
    if (locked) {
        return fail(Errc::conflict, std::string(path) + " is locked: this would wait for ever");
    }
    return std::unique_ptr<world::DiskLock>(std::make_unique<MemoryLock>(*this));
}

Result<std::size_t> StringSource::read(std::span<char> into) {
    const std::size_t count = std::min({into.size(), piece_, bytes_.size() - at_});
    std::copy_n(bytes_.data() + at_, count, into.data());
    at_ += count;
    return count;
}

struct MemoryWorld::Rest final : world::Kernel,
                                 world::Transport,
                                 world::Clock,
                                 world::Entropy,
                                 world::Spawner,
                                 world::Watch,
                                 world::Tasks {
    explicit Rest(std::int64_t& time) : now(time) {}
    static Error none() { return fail(Errc::unsupported, "this world has only a disk"); }
    Result<world::Reply> perform(const world::Call&) override { return none(); }
    Result<world::HttpResponse> send(const world::HttpRequest&, world::Source*) override { return none(); }
    std::int64_t now_ns() override { return now; }
    std::int64_t wall_ns() override { return now += 1'000'000'000; }
    Status sleep(std::int64_t) override { return {}; }
    void fill(std::span<std::uint8_t> bytes) override {
        for (std::uint8_t& byte : bytes) {  // xorshift: the same every time
            state ^= state << 13U;
            state ^= state >> 7U;
            state ^= state << 17U;
            byte = static_cast<std::uint8_t>(state);
        }
    }
    Result<std::unique_ptr<world::Channel>> start_shim(std::string_view) override { return none(); }
    Result<std::unique_ptr<world::Channel>> connect(std::string_view) override { return none(); }
    Result<std::vector<world::Observed>> next(std::int64_t) override { return none(); }
    Status run(world::World&, std::vector<world::Task>, std::size_t) override { return none(); }

    std::int64_t& now;
    std::uint64_t state = 88'172'645'463'325'252U;
};

MemoryWorld::MemoryWorld()
    : rest_(std::make_unique<Rest>(now_ns)),
      world_(std::make_unique<world::World>(
          world::World{*rest_, disk, *rest_, *rest_, *rest_, *rest_, *rest_, *rest_, narrator, cancel, machine})) {}

MemoryWorld::~MemoryWorld() = default;

world::World& MemoryWorld::world() { return *world_; }

}  // namespace cutaway::testing
