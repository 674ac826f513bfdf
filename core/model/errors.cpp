// SPDX-License-Identifier: Apache-2.0
#include "core/model/errors.h"

#include <array>

namespace cutaway::model {
namespace {

struct Row {
    int number;
    Errc kind;
    std::string_view text;
};

// errno(3); the words are those of strerror(3) with a lower first letter.
constexpr std::array<Row, 40> table{{
    {EPERM, Errc::denied, "operation not permitted"},
    {ENOENT, Errc::not_found, "no such file or directory"},
    {ESRCH, Errc::not_found, "no such process"},
    {EINTR, Errc::cancelled, "interrupted system call"},
    {EIO, Errc::io, "input/output error"},
    {E2BIG, Errc::invalid, "argument list too long"},
    {ENOEXEC, Errc::invalid, "exec format error"},
    {EBADF, Errc::invalid, "bad file descriptor"},
    {ECHILD, Errc::not_found, "no child processes"},
    {EAGAIN, Errc::io, "resource temporarily unavailable"},
    {ENOMEM, Errc::io, "cannot allocate memory"},
    {EACCES, Errc::denied, "permission denied"},
    {EBUSY, Errc::conflict, "device or resource busy"},
    {EEXIST, Errc::exists, "file exists"},
    {EXDEV, Errc::io, "invalid cross-device link"},
    {ENODEV, Errc::not_found, "no such device"},
    {ENOTDIR, Errc::invalid, "not a directory"},
    {EISDIR, Errc::invalid, "is a directory"},
    {EINVAL, Errc::invalid, "invalid argument"},
    {ENOTTY, Errc::invalid, "inappropriate ioctl for device"},
    {ETXTBSY, Errc::conflict, "text file busy"},
    {EFBIG, Errc::io, "file too large"},
    {ENOSPC, Errc::io, "no space left on device"},
    {ESPIPE, Errc::invalid, "illegal seek"},
    {EROFS, Errc::denied, "read-only file system"},
    {EPIPE, Errc::io, "broken pipe"},
    {ERANGE, Errc::invalid, "numerical result out of range"},
    {ENAMETOOLONG, Errc::invalid, "file name too long"},
    {ENOSYS, Errc::unsupported, "function not implemented"},
    {ENOTEMPTY, Errc::conflict, "directory not empty"},
    {ELOOP, Errc::invalid, "too many levels of symbolic links"},
    {EOPNOTSUPP, Errc::unsupported, "operation not supported"},
    {EADDRINUSE, Errc::conflict, "address already in use"},
    {EADDRNOTAVAIL, Errc::network, "cannot assign requested address"},
    {ENETUNREACH, Errc::network, "network is unreachable"},
    {ECONNRESET, Errc::network, "connection reset by peer"},
    {ENOTCONN, Errc::network, "transport endpoint is not connected"},
    {ETIMEDOUT, Errc::network, "connection timed out"},
    {ECONNREFUSED, Errc::network, "connection refused"},
    {EHOSTUNREACH, Errc::network, "no route to host"},
}};

const Row* find(int number) {
    for (const Row& row : table) {
        if (row.number == number) {
            return &row;
        }
    }
    return nullptr;
}

}  // namespace

Errc kind_of_errno(int number) {
    const Row* row = find(number);
    return row == nullptr ? Errc::internal : row->kind;
}

std::string_view errno_text(int number) {
    const Row* row = find(number);
    return row == nullptr ? "unknown error" : row->text;
}

Error os_error(int number, std::string_view doing) {
    return Error{kind_of_errno(number), number, std::string(doing) + ": " + std::string(errno_text(number))};
}

}  // namespace cutaway::model
