// SPDX-License-Identifier: Apache-2.0
// A World whose disk is a map: it can be told to fail at its n-th change, and shows what a reader would then find. Its
// TreeWriter keeps only what stays inside its root and aborts the test otherwise.
#pragma once

#include <map>
#include <memory>
#include <optional>
#include <string>
#include <vector>

#include "core/world/world.h"

namespace cutaway::testing {

struct MemoryFile {
    world::FileInfo info;
    std::string bytes;
    std::string hardlink;
    bool whiteout = false;
    bool opaque = false;
};

class MemoryDisk final : public world::Disk {
public:
    std::map<std::string, MemoryFile> files;  // by absolute path; directories too
    int changes_left = -1;                    // negative: no fault
    int changes = 0;
    std::vector<std::string> order;  // of saves, of trees that were made durable, of renames: "save /l/x", "tree /l/fs"
    bool locked = false;

    Result<std::string> read(std::string_view path) override;
    Result<std::unique_ptr<world::Source>> open(std::string_view path) override;
    Result<world::FileInfo> stat(std::string_view path) override;
    Result<std::vector<world::DirEntry>> list(std::string_view path) override;
    Status save(std::string_view path, std::string_view bytes, world::Durability durability) override;
    Status append(std::string_view path, std::string_view bytes) override;
    Result<std::unique_ptr<world::Sink>> create(std::string_view path) override;
    Status make_dir(std::string_view path, std::uint32_t mode) override;
    Status rename(std::string_view from, std::string_view to) override;
    Status remove(std::string_view path) override;
    Result<std::unique_ptr<world::TreeWriter>> tree(std::string_view root) override;
    Result<std::unique_ptr<world::TreeReader>> reader(std::string_view root) override;
    Result<std::unique_ptr<world::DiskLock>> lock(std::string_view path) override;

    Status change();  // counts; fails once the fault is due, and from then on
    void put(const std::string& path, std::string_view bytes);
    [[nodiscard]] bool has(const std::string& path) const { return files.count(path) != 0; }
};

class StringSource final : public world::Source {
public:
    explicit StringSource(std::string bytes, std::size_t piece = 1U << 16U) : bytes_(std::move(bytes)), piece_(piece) {}
    Result<std::size_t> read(std::span<char> into) override;

private:
    std::string bytes_;
    std::size_t at_ = 0;
    std::size_t piece_;
};

class NotedNarrator final : public world::Narrator {
public:
    std::vector<world::Note> notes;
    std::vector<world::Call> calls;
    std::vector<Result<world::Reply>> replies;
    Status gate;  // what before() answers

    Status begin(const world::SpanStart&) override { return gate; }
    void end(const Error*) override {}
    void note(world::Note note) override { notes.push_back(std::move(note)); }
    Status before(const world::Remote&, const world::Call& call) override {
        calls.push_back(call);
        return gate;
    }
    void after(const Result<world::Reply>& result) override { replies.push_back(result); }

    template <class T>
    [[nodiscard]] std::vector<T> all() const {
        std::vector<T> found;
        for (const world::Note& one : notes) {
            if (const T* held = std::get_if<T>(&one)) {
                found.push_back(*held);
            }
        }
        return found;
    }
};

// Everything a store or layer asks of a world; the rest answers "unsupported".
class MemoryWorld {
public:
    MemoryWorld();
    ~MemoryWorld();
    MemoryWorld(const MemoryWorld&) = delete;
    MemoryWorld& operator=(const MemoryWorld&) = delete;

    MemoryDisk disk;
    NotedNarrator narrator;
    world::Cancel cancel;
    world::MachineProfile machine;
    std::int64_t now_ns = 1'700'000'000'000'000'000;
    world::World& world();

private:
    struct Rest;
    std::unique_ptr<Rest> rest_;
    std::unique_ptr<world::World> world_;
};

}  // namespace cutaway::testing
