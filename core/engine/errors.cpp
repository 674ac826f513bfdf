// SPDX-License-Identifier: Apache-2.0
// Docker's words for what goes wrong at a start. The docker CLI tells 126 and 127 from the daemon's text, so do we.
#include <cerrno>

#include "core/engine/lifecycle.h"

namespace cutaway::engine {

namespace {

bool mentions(const Error& error, std::string_view text) { return error.doing.find(text) != std::string::npos; }

// Go's wording of why an execve failed, as runc passes it on.
std::string exec_reason(const std::string& program, const Error& error) {
    const bool path = program.find('/') != std::string::npos;
    std::string reason = "exec: \"" + program + "\": ";
    if (error.sys_errno == ENOENT) {
        return reason +
               (path ? "stat " + program + ": no such file or directory" : "executable file not found in $PATH");
    }
    if (error.sys_errno == EISDIR) {
        return reason + "is a directory";
    }
    if (error.sys_errno == EACCES || error.sys_errno == EPERM) {
        return reason + "permission denied";
    }
    if (error.sys_errno == ENOEXEC) {
        return "exec " + program + ": exec format error";
    }
    return reason + error.doing;
}

bool of_execve(const Error& error) { return mentions(error, "become the program"); }

}  // namespace

Error start_error(const store::ContainerRecord& record, Error error) {
    if (error.code == Errc::cancelled) {
        return error;
    }
    if (of_execve(error)) {
        error.doing =
            "failed to create task for container: failed to create shim task: OCI runtime create failed: runc "
            "create failed: unable to start container process: error during container init: " +
            exec_reason(record.path, error) + ": unknown";
        return error;
    }
    if (error.sys_errno == EADDRINUSE && mentions(error, "publish the ports")) {
        std::string binding = "0.0.0.0";
        for (const store::PortBinding& port : record.published) {
            binding =
                (port.host_address.empty() ? "0.0.0.0" : port.host_address) + ":" + std::to_string(port.host_port);
        }
        const std::string endpoint = record.endpoints.empty() ? "" : record.endpoints.front().endpoint_id;
        error.code = Errc::conflict;
        error.doing =
            "failed to set up container networking: driver failed programming external connectivity on endpoint " +
            record.name + " (" + endpoint + "): Bind for " + binding + " failed: port is already allocated";
        return error;
    }
    return in_context("failed to start the container", std::move(error));
}

Error exec_error(const std::string& program, Error error) {
    if (of_execve(error)) {
        error.doing =
            "OCI runtime exec failed: exec failed: unable to start container process: " + exec_reason(program, error) +
            ": unknown";
    }
    return error;
}

std::int32_t run_status(const Error& error) {
    for (const std::string_view text :
         {"executable file not found", "no such file or directory", "system cannot find"}) {
        if (mentions(error, text)) {
            return 127;
        }
    }
    for (const std::string_view text :
         {"permission denied", "not a directory", "is a directory", "exec format error"}) {
        if (mentions(error, text)) {
            return 126;
        }
    }
    return 125;
}

}  // namespace cutaway::engine
