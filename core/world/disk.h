// SPDX-License-Identifier: Apache-2.0
// Disk: the file work of a store. Paths are absolute on the (simulated) host and are made by the store, never by
// input: names from outside go through TreeWriter, which resolves them component by component beneath its root and
// follows nothing. Every change is durable and atomic as stated. Calls may come from several tasks at once.
#pragma once

#include <cstdint>
#include <memory>
#include <span>
#include <string>
#include <string_view>
#include <vector>

#include "core/base/result.h"
#include "core/world/vocabulary.h"

namespace cutaway::world {

// A body that is read piece by piece: 0 is the end.
class Source {
public:
    virtual ~Source() = default;
    virtual Result<std::size_t> read(std::span<char> into) = 0;
};

// A new file that appears whole or not at all. Dropped without commit, nothing is left.
class Sink {
public:
    virtual ~Sink() = default;
    virtual Status write(std::string_view bytes) = 0;
    virtual Status commit() = 0;  // fsync, rename into place, fsync of the directory
};

enum class FileType { regular, directory, symlink, character, block, fifo, socket };
CUTAWAY_ENUM(FileType, regular, directory, symlink, character, block, fifo, socket)

struct FileInfo {
    FileType type = FileType::regular;
    std::uint32_t mode = 0;  // permission bits
    std::uint32_t uid = 0;
    std::uint32_t gid = 0;
    std::uint64_t size = 0;
    std::int64_t mtime_ns = 0;
    std::string link;  // of a symlink
    std::uint32_t major = 0;
    std::uint32_t minor = 0;
    std::vector<Pair> xattrs;
    friend bool operator==(const FileInfo&, const FileInfo&) = default;
};
CUTAWAY_FIELDS(FileInfo, type, mode, uid, gid, size, mtime_ns, link, major, minor, xattrs)

struct DirEntry {
    std::string name;
    FileType type = FileType::regular;
};

// One layer's tree in overlay form, made entry by entry. Names come from an untrusted archive.
struct TreeEntry {
    std::string path;  // as the archive says, byte for byte
    FileInfo info;
    std::string hardlink;  // not empty: another name for that entry
};

class TreeWriter {
public:
    virtual ~TreeWriter() = default;
    virtual Status add(const TreeEntry& entry) = 0;  // of a regular file: its bytes follow by write
    virtual Status write(std::string_view bytes) = 0;
    virtual Status whiteout(std::string_view path) = 0;     // hides that name of the layers below
    virtual Status opaque(std::string_view directory) = 0;  // hides all that the layers below have there
    virtual Status finish() = 0;                            // directory times last, then durable
};

// A tree that others may change while it is read: each name is resolved beneath its root as chroot(2) would have it, so
// no link on the way leads out, however it was swapped; the last name is never followed. "" is the root itself.
class TreeReader {
public:
    virtual ~TreeReader() = default;
    virtual Result<FileInfo> stat(std::string_view path) = 0;
    virtual Result<std::vector<DirEntry>> list(std::string_view path) = 0;    // sorted by name
    virtual Result<std::unique_ptr<Source>> open(std::string_view path) = 0;  // of a regular file only
    // The same text for every hard link to one file; "": it has one name.
    virtual Result<std::string> other_names(std::string_view path) = 0;
};

class DiskLock {
public:
    virtual ~DiskLock() = default;  // unlocks
};

enum class Durability { runtime, durable };  // /run survives process death only; the rest survives power loss

class Disk {
public:
    virtual ~Disk() = default;
    virtual Result<std::string> read(std::string_view path) = 0;  // a small file, whole; 64 MiB at most
    virtual Result<std::unique_ptr<Source>> open(std::string_view path) = 0;
    virtual Result<FileInfo> stat(std::string_view path) = 0;  // of the name itself; Errc::not_found if absent
    virtual Result<std::vector<DirEntry>> list(std::string_view path) = 0;  // sorted by name

    virtual Status save(std::string_view path, std::string_view bytes, Durability durability) = 0;  // parents are made
    virtual Status append(std::string_view path, std::string_view bytes) = 0;                       // logs
    // A file that is there and is mounted somewhere: its bytes in place, since a new file would not be seen there.
    virtual Status overwrite(std::string_view path, std::string_view bytes) {
        return save(path, bytes, Durability::runtime);
    }
    virtual Result<std::unique_ptr<Sink>> create(std::string_view path) = 0;
    virtual Status make_dir(std::string_view path, std::uint32_t mode) = 0;  // parents too; present is fine
    virtual Status rename(std::string_view from, std::string_view to) = 0;
    virtual Status remove(std::string_view path) = 0;  // whole trees; absent is fine
    virtual Result<std::unique_ptr<TreeWriter>> tree(std::string_view root) = 0;
    virtual Result<std::unique_ptr<TreeReader>> reader(std::string_view root) = 0;
    virtual Result<std::unique_ptr<DiskLock>> lock(std::string_view path) = 0;  // exclusive; waits, cancellable
};

}  // namespace cutaway::world
