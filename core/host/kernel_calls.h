// SPDX-License-Identifier: Apache-2.0
// The calls that a HostKernel performs, one function a kind, grouped by file: mount, node, process, identity, cgroup,
// network. Private to this room.
#pragma once

#include "core/host/kernel.h"
#include "core/host/syscall.h"

namespace cutaway::host {

using Done = Result<world::Reply>;

// kernel_path.cpp: where a path lies. `fd` is open (O_PATH); `shown` is the path for ledgers.
struct Located {
    Fd fd;
    std::string name;  // of parent_in_root: the last component
    std::string shown;
};
bool is_inside(const Acting& acting, std::string_view path);
Result<Located> locate(Acting& acting, const std::string& path);         // the thing itself
Result<Located> locate_parent(Acting& acting, const std::string& path);  // its directory, made if absent
Status enter_root(Acting& acting, const std::string& path);              // from here on this is the container's root

// kernel_mount.cpp
Done perform(Acting& acting, const world::Mount& call);
Done perform(Acting& acting, const world::Unmount& call);
Done perform(Acting& acting, const world::PivotRoot& call);

// kernel_node.cpp
Done perform(Acting& acting, const world::MakeDir& call);
Done perform(Acting& acting, const world::MakeNode& call);
Done perform(Acting& acting, const world::MakeSymlink& call);
Done perform(Acting& acting, const world::ChangeDir& call);
Done perform(Acting& acting, const world::RemovePath& call);
Done perform(Acting& acting, const world::RenamePath& call);

// kernel_process.cpp
Done perform(Acting& acting, const world::Clone& call);
Done perform(Acting& acting, const world::Unshare& call);
Done perform(Acting& acting, const world::SetNamespace& call);
Done perform(Acting& acting, const world::Execute& call);
Done perform(Acting& acting, const world::SendSignal& call);
Done perform(Acting& acting, const world::AwaitExit& call);
Done perform(Acting& acting, const world::CloseDescriptors& call);

// kernel_users.cpp
Done perform(Acting& acting, const world::MapIds& call);
Done perform(Acting& acting, const world::StartCompanion& call);

// kernel_terminal.cpp
Done perform(Acting& acting, const world::OpenTerminal& call);

// kernel_identity.cpp
Done perform(Acting& acting, const world::SetHostname& call);
Done perform(Acting& acting, const world::SetUser& call);
Done perform(Acting& acting, const world::SetCapabilities& call);
Done perform(Acting& acting, const world::SetCapabilitySets& call);
Done perform(Acting& acting, const world::NoNewPrivileges& call);
Done perform(Acting& acting, const world::LoadSeccomp& call);

// kernel_cgroup.cpp
Done perform(Acting& acting, const world::MakeCgroup& call);
Done perform(Acting& acting, const world::WriteCgroup& call);
Done perform(Acting& acting, const world::RemoveCgroup& call);
Done perform(Acting& acting, const world::WriteSysctl& call);
Done perform(Acting& acting, const world::SetOomScore& call);

// kernel_bundle.cpp
Done perform(Acting& acting, const world::JoinNamespace& call);
Done perform(Acting& acting, const world::NewSession& call);
Done perform(Acting& acting, const world::SetLimit& call);
Done perform(Acting& acting, const world::SetUmask& call);
Done perform(Acting& acting, const world::MakeDevice& call);
Done perform(Acting& acting, const world::FindProgram& call);

// kernel_hook.cpp
Done perform(Acting& acting, const world::RunHook& call);

// kernel_devices.cpp
Done perform(Acting& acting, const world::LimitDevices& call);

// kernel_network.cpp
Done perform(Acting& acting, const world::MakeBridge& call);
Done perform(Acting& acting, const world::MakeVeth& call);
Done perform(Acting& acting, const world::MoveLink& call);
Done perform(Acting& acting, const world::AttachLink& call);
Done perform(Acting& acting, const world::RaiseLink& call);
Done perform(Acting& acting, const world::AddAddress& call);
Done perform(Acting& acting, const world::AddRoute& call);
Done perform(Acting& acting, const world::RemoveLink& call);

// kernel_names.cpp
Done perform(Acting& acting, const world::OpenResolver& call);
Done perform(Acting& acting, const world::SetUpLink& call);

// kernel_nat.cpp
struct NamePlace {
    std::string address;
    std::uint16_t datagrams = 0;  // ports
    std::uint16_t connections = 0;
};
Status redirect_names(Acting& acting, const NamePlace& place);  // port 53 of it is there, in this network namespace
Done perform(Acting& acting, const world::AddNat& call);
Done perform(Acting& acting, const world::RemoveNat& call);

std::uint64_t to_flags(const std::vector<world::Space>& spaces);  // CLONE_NEW…
std::string flags_text(const std::vector<world::Space>& spaces);
// The files that execve(2) would try for a program of this name, in that environment.
std::vector<std::string> program_candidates(const std::string& name, const std::vector<std::string>& env);
int to_signal(std::string_view name);  // "SIGTERM" → 15; 0: no such signal

}  // namespace cutaway::host
