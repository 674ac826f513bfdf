// SPDX-License-Identifier: Apache-2.0
// ProcessSys: the simulated kernel's face towards one process, for the length of a turn; ProcessKernel: the same
// process asking by calls. Both only translate: the rules are in processes.h, vfs.h and network.h. They keep a
// reference to the machine and a pid, nothing else.
#pragma once

#include <map>
#include <string>

#include "core/model/machine.h"
#include "core/model/net_sys.h"
#include "core/model/runtime_sys.h"
#include "core/world/kernel.h"

namespace cutaway::model {

class ProcessKernel final : public world::Kernel {
public:
    ProcessKernel(Machine& machine, Pid pid) : machine_(machine), pid_(pid) {}
    Result<world::Reply> perform(const world::Call& call) override;
    void next_child(std::map<int, int> descriptors) { next_child_ = std::move(descriptors); }

private:
    Machine& machine_;
    Pid pid_;
    std::map<int, int> next_child_;
};

class ProcessSys final : public RuntimeSys, public NetSys {
public:
    ProcessSys(Machine& machine, Pid pid, world::Disk& disk)
        : machine_(machine), pid_(pid), disk_(disk), kernel_(machine, pid) {}

    Pid pid() const override;
    Pid parent() const override;
    std::uint32_t uid() const override;
    std::uint32_t gid() const override;
    const std::vector<std::string>& argv() const override;
    std::vector<std::string>& env() override;
    std::string hostname() const override;
    const world::MachineProfile& machine() const override;
    void set_title(std::string_view title) override;
    Status set_user(std::uint32_t uid, std::uint32_t gid) override;

    Result<int> open(std::string_view path, OpenFlags flags, std::uint32_t mode) override;
    Result<std::string> read(int fd, std::size_t most) override;
    Result<std::size_t> write(int fd, std::string_view bytes) override;
    Status close(int fd) override;
    Result<int> duplicate(int fd, int as) override;
    Result<std::pair<int, int>> pipe() override;
    bool is_terminal(int fd) const override;
    Result<world::FileInfo> stat(std::string_view path, bool follow) override;
    Result<std::vector<world::DirEntry>> list(std::string_view path) override;
    Status make_dir(std::string_view path, std::uint32_t mode) override;
    Status unlink(std::string_view path) override;
    Status remove_dir(std::string_view path) override;
    Status rename(std::string_view from, std::string_view to) override;
    Status symlink(std::string_view target, std::string_view path) override;
    Status hardlink(std::string_view from, std::string_view to) override;
    Status change_mode(std::string_view path, std::uint32_t mode) override;
    Status change_owner(std::string_view path, std::uint32_t uid, std::uint32_t gid) override;
    Status touch(std::string_view path) override;
    Status change_dir(std::string_view path) override;
    std::string working_dir() const override;
    void set_umask(std::uint32_t mask) override;

    Result<Pid> spawn(const SpawnRequest& request) override;
    Result<Pid> fork(std::unique_ptr<Program> child, const std::map<int, int>& descriptors) override;
    Status execute(std::string_view path, const std::vector<std::string>& argv,
                   const std::vector<std::string>& env) override;
    Result<std::optional<WaitResult>> wait(Pid pid) override;
    Status kill(Pid pid, int signal) override;
    Status on_signal(int signal, Disposition disposition) override;
    std::optional<int> take_signal() override;
    std::vector<Pid> visible_processes() override;

    std::int64_t now_ns() const override;
    std::int64_t wall_ns() const override;
    Status allocate(std::int64_t bytes) override;
    void burn(std::int64_t cpu_ns) override;

    Result<int> listen(std::string_view address, std::uint16_t port) override;
    Result<int> accept(int fd) override;
    Result<int> connect(std::string_view address, std::uint16_t port) override;
    Result<std::string> peer(int fd) override;
    Result<std::string> resolve(std::string_view name) override;
    std::uint64_t random() override;

    std::vector<LinkView> links() override;
    std::vector<RouteView> routes() override;
    Status echo(std::string_view address) override;

    world::Kernel& kernel() override { return kernel_; }
    world::Disk& disk() override { return disk_; }
    Pid host_pid() const override { return pid_; }
    std::string container() const override;
    void next_child(const std::map<int, int>& descriptors) override { kernel_.next_child(descriptors); }
    Status send(int channel, std::string_view message) override;
    Result<std::optional<std::string>> receive(int channel) override;
    bool is_gone(int channel) override;
    Result<int> accept_engine() override;
    Result<std::pair<int, int>> terminal() override;
    void become_subreaper() override;
    bool was_oom_killed(Pid child) override;
    void observe(world::Observation what) override;

private:
    Process& me() const;
    bool may(std::string_view capability) const;  // capabilities(7): of root, unless it was taken away
    Result<ObjectId> listen_at(std::string_view path);
    Result<ObjectId> connect_at(std::string_view path);
    Status changed_name(std::string_view path, bool follow, const std::function<void(Inode&)>& change);

    Machine& machine_;
    Pid pid_;
    world::Disk& disk_;
    ProcessKernel kernel_;
};

}  // namespace cutaway::model
