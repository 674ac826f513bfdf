// SPDX-License-Identifier: Apache-2.0
#include "core/host/error.h"

#include <cerrno>
#include <cstring>

namespace cutaway::host {

Errc to_errc(int number) {
    switch (number) {
        case ENOENT:
        case ESRCH:
        case ENODEV:
        case ENXIO: return Errc::not_found;
        case EEXIST: return Errc::exists;
        case EPERM:
        case EACCES:
        case EROFS: return Errc::denied;
        case EINVAL:
        case ENAMETOOLONG:
        case ENOTDIR:
        case EISDIR:
        case ELOOP: return Errc::invalid;
        case ENOSYS:
        case EOPNOTSUPP:
        case EAFNOSUPPORT:
        case EPROTONOSUPPORT: return Errc::unsupported;
        case EBUSY:
        case ENOTEMPTY:
        case EADDRINUSE: return Errc::conflict;
        case ECONNREFUSED:
        case ECONNRESET:
        case ENETUNREACH:
        case EHOSTUNREACH: return Errc::network;
        case ETIMEDOUT: return Errc::timeout;
        case ECANCELED: return Errc::cancelled;
        default: return Errc::io;
    }
}

Error sys_error(int number, std::string_view doing) {
    const char* text = strerrordesc_np(number);
    std::string what = text == nullptr ? "error " + std::to_string(number) : std::string(text);
    if (!what.empty() && what[0] >= 'A' && what[0] <= 'Z') {
        what[0] = static_cast<char>(what[0] - 'A' + 'a');
    }
    return Error{to_errc(number), number, std::string(doing) + ": " + what};
}

std::string errno_name(int number) {
    const char* name = strerrorname_np(number);
    return name == nullptr ? std::to_string(number) : name;
}

}  // namespace cutaway::host
