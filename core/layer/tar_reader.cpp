// SPDX-License-Identifier: Apache-2.0
#include "core/layer/tar_reader.h"

#include <locale.h>

#include <algorithm>
#include <cerrno>
#include <limits>
#include <string>
#include <vector>

#include <archive.h>
#include <archive_entry.h>

namespace cutaway::layer {

namespace {

constexpr std::size_t piece_bytes = 64U * 1024U;
constexpr std::int64_t largest_id = std::numeric_limits<std::int32_t>::max();  // beyond wraps in C (CVE-2024-40635)

// In a UTF-8 locale libarchive rewrites PAX names to normal form C, in the C locale it hands them over as they are
// (and warns). So this thread is in the C locale while libarchive runs; uselocale(3) touches no other thread.
class PlainLocale {
public:
    PlainLocale() : plain_(newlocale(LC_ALL_MASK, "C", nullptr)), before_(uselocale(plain_)) {}
    PlainLocale(const PlainLocale&) = delete;
    PlainLocale& operator=(const PlainLocale&) = delete;
    ~PlainLocale() {
        uselocale(before_);
        freelocale(plain_);
    }

private:
    locale_t plain_;
    locale_t before_;
};

struct FreeArchive {
    void operator()(archive* reader) const { archive_read_free(reader); }
};

std::string text_of(const char* text) { return text == nullptr ? std::string() : std::string(text); }

world::FileType type_of(archive_entry* entry) {
    switch (archive_entry_filetype(entry)) {
        case AE_IFDIR: return world::FileType::directory;
        case AE_IFLNK: return world::FileType::symlink;
        case AE_IFCHR: return world::FileType::character;
        case AE_IFBLK: return world::FileType::block;
        case AE_IFIFO: return world::FileType::fifo;
        case AE_IFSOCK: return world::FileType::socket;
        default: return world::FileType::regular;
    }
}

std::int64_t time_of(archive_entry* entry) {
    constexpr std::int64_t second = 1'000'000'000;
    constexpr std::int64_t most = std::numeric_limits<std::int64_t>::max() / second - 1;
    const auto seconds = static_cast<std::int64_t>(archive_entry_mtime(entry));
    return std::clamp(seconds, -most, most) * second + archive_entry_mtime_nsec(entry);
}

std::vector<world::Pair> xattrs_of(archive_entry* entry) {
    std::vector<world::Pair> xattrs;
    const char* name = nullptr;
    const void* value = nullptr;
    std::size_t size = 0;
    archive_entry_xattr_reset(entry);
    while (archive_entry_xattr_next(entry, &name, &value, &size) == ARCHIVE_OK) {
        xattrs.push_back({text_of(name), std::string(static_cast<const char*>(value), size)});
    }
    std::sort(xattrs.begin(), xattrs.end(), [](const world::Pair& a, const world::Pair& b) { return a.name < b.name; });
    return xattrs;
}

Result<world::TreeEntry> entry_of(archive_entry* entry) {
    world::TreeEntry found;
    found.path = text_of(archive_entry_pathname(entry));
    found.hardlink = text_of(archive_entry_hardlink(entry));
    const std::int64_t uid = archive_entry_uid(entry);
    const std::int64_t gid = archive_entry_gid(entry);
    if (uid < 0 || uid > largest_id || gid < 0 || gid > largest_id) {
        return fail(Errc::invalid, "the owner of \"" + found.path + "\" is " + std::to_string(uid) + ":" +
                                       std::to_string(gid) + ", beyond what a user id may be");
    }
    world::FileInfo& info = found.info;
    info.type = type_of(entry);
    info.mode = static_cast<std::uint32_t>(archive_entry_perm(entry)) & 07777U;
    info.uid = static_cast<std::uint32_t>(uid);
    info.gid = static_cast<std::uint32_t>(gid);
    info.size = info.type == world::FileType::regular && found.hardlink.empty()
                    ? static_cast<std::uint64_t>(std::max<std::int64_t>(0, archive_entry_size(entry)))
                    : 0;
    info.mtime_ns = time_of(entry);
    info.link = info.type == world::FileType::symlink ? text_of(archive_entry_symlink(entry)) : std::string();
    if (info.type == world::FileType::character || info.type == world::FileType::block) {
        info.major = static_cast<std::uint32_t>(archive_entry_rdevmajor(entry));
        info.minor = static_cast<std::uint32_t>(archive_entry_rdevminor(entry));
    }
    info.xattrs = xattrs_of(entry);
    return found;
}

class LibarchiveReader : public TarReader {
public:
    explicit LibarchiveReader(world::Source& tar) : tar_(tar), bytes_(piece_bytes), reader_(archive_read_new()) {}

    Status start() {
        const PlainLocale plain;
        archive_read_support_format_tar(reader_.get());
        archive_read_support_format_empty(reader_.get());
        const int status = archive_read_open(reader_.get(), this, nullptr, &LibarchiveReader::more, nullptr);
        return status == ARCHIVE_OK ? Status() : Status(trouble());
    }

    Result<std::optional<world::TreeEntry>> next() override {
        const PlainLocale plain;
        archive_entry* entry = nullptr;
        const int status = archive_read_next_header(reader_.get(), &entry);
        if (status == ARCHIVE_EOF) {
            return std::optional<world::TreeEntry>();
        }
        // A warning is about a name that the C locale cannot say, which is no trouble to us.
        if (status != ARCHIVE_OK && status != ARCHIVE_WARN) {
            return trouble();
        }
        return std::optional<world::TreeEntry>(TRY(entry_of(entry)));
    }

    Result<std::optional<TarPiece>> read() override {
        const void* bytes = nullptr;
        std::size_t size = 0;
        la_int64_t offset = 0;
        const int status = archive_read_data_block(reader_.get(), &bytes, &size, &offset);
        if (status == ARCHIVE_EOF) {
            return std::optional<TarPiece>();
        }
        if (status != ARCHIVE_OK || offset < 0) {
            return trouble();
        }
        TarPiece piece;
        piece.offset = static_cast<std::uint64_t>(offset);
        piece.bytes = std::string_view(static_cast<const char*>(bytes), size);
        return std::optional<TarPiece>(piece);
    }

private:
    static la_ssize_t more(archive* reader, void* self, const void** bytes) {
        auto& own = *static_cast<LibarchiveReader*>(self);
        const Result<std::size_t> got = own.tar_.read(own.bytes_);
        if (!got) {
            own.error_ = got.error();
            archive_set_error(reader, EIO, "%s", got.error().doing.c_str());
            return -1;
        }
        *bytes = own.bytes_.data();
        return static_cast<la_ssize_t>(*got);
    }

    Error trouble() {
        if (error_.has_value()) {
            return *error_;
        }
        return fail(Errc::invalid, "the tar is damaged: " + text_of(archive_error_string(reader_.get())));
    }

    world::Source& tar_;
    std::vector<char> bytes_;
    std::optional<Error> error_;
    std::unique_ptr<archive, FreeArchive> reader_;
};

}  // namespace

Result<std::unique_ptr<TarReader>> TarReader::open(world::Source& tar) {
    auto reader = std::make_unique<LibarchiveReader>(tar);
    TRY(reader->start());
    return std::unique_ptr<TarReader>(std::move(reader));
}

}  // namespace cutaway::layer
