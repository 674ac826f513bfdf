// SPDX-License-Identifier: Apache-2.0
#include "core/host/tree_reader.h"

#include <fcntl.h>
#include <sys/stat.h>
#include <unistd.h>

#include <algorithm>
#include <array>
#include <cerrno>

#include "core/host/error.h"
#include "core/host/file_info.h"
#include "core/host/syscall.h"

namespace cutaway::host {

namespace {

using world::FileType;

class HostTreeReader final : public world::TreeReader {
public:
    explicit HostTreeReader(Fd root) : root_(std::move(root)) {}

    Result<world::FileInfo> stat(std::string_view path) override {
        struct stat seen {};
        const Fd fd = TRY(look(path, seen));
        world::FileInfo info = to_info(seen);
        if (info.type == FileType::symlink) {
            std::array<char, 4097> link{};
            const ssize_t size = ::readlinkat(fd.get(), "", link.data(), link.size());
            info.link.assign(link.data(), static_cast<std::size_t>(std::max<ssize_t>(size, 0)));
        }
        read_xattrs(fd_path(fd.get()), Links::followed, info);  // through the descriptor: to the file itself
        return info;
    }

    Result<std::vector<world::DirEntry>> list(std::string_view path) override {
        Fd fd = TRY(open_in_root(root_.get(), path, O_RDONLY | O_DIRECTORY | O_NOFOLLOW));
        return list_directory(std::move(fd), std::string(path));
    }

    Result<std::unique_ptr<world::Source>> open(std::string_view path) override {
        struct stat seen {};
        const Fd fd = TRY(look(path, seen));
        if (!S_ISREG(seen.st_mode)) {
            return fail(Errc::invalid, std::string(path) + " is no regular file");
        }
        return source_of(TRY(open_file(fd_path(fd.get()), O_RDONLY)));
    }

    Result<std::string> other_names(std::string_view path) override {
        struct stat seen {};
        const Fd fd = TRY(look(path, seen));
        const bool one = seen.st_nlink < 2 || S_ISDIR(seen.st_mode);
        return one ? std::string() : std::to_string(seen.st_dev) + ":" + std::to_string(seen.st_ino);
    }

private:
    Result<Fd> look(std::string_view path, struct stat& seen) const {
        Fd fd = TRY(open_in_root(root_.get(), path, O_PATH | O_NOFOLLOW));
        if (::fstat(fd.get(), &seen) < 0) {
            return sys_error(errno, "fstat " + std::string(path));
        }
        return fd;
    }

    Fd root_;
};

}  // namespace

Result<std::unique_ptr<world::TreeReader>> make_tree_reader(const std::string& root) {
    Fd fd = TRY(open_file(root, O_PATH | O_DIRECTORY));
    return std::unique_ptr<world::TreeReader>(std::make_unique<HostTreeReader>(std::move(fd)));
}

}  // namespace cutaway::host
