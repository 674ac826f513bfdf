// SPDX-License-Identifier: Apache-2.0
// One process's Sys on a FakeMachine.
#pragma once

#include "tests/model_programs/fake_sys.h"

namespace cutaway::model {

int errno_text_code(const Error& error);  // the exit status of a command that cannot be started

class FakeSys final : public Sys {
public:
    FakeSys(FakeMachine& machine, Pid pid) : machine_(machine), pid_(pid) {}

    Pid pid() const override { return pid_; }
    Pid parent() const override { return me().parent; }
    std::uint32_t uid() const override { return me().uid; }
    std::uint32_t gid() const override { return me().gid; }
    const std::vector<std::string>& argv() const override { return me().argv; }
    std::vector<std::string>& env() override { return me().env; }
    std::string hostname() const override { return "box"; }
    const world::MachineProfile& machine() const override { return profile_; }
    void set_title(std::string_view title) override { me().title = title; }
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
    std::string working_dir() const override { return me().cwd; }
    void set_umask(std::uint32_t) override {}

    Result<Pid> spawn(const SpawnRequest& request) override;
    Result<Pid> fork(std::unique_ptr<Program> child, const std::map<int, int>& descriptors) override;
    Status execute(std::string_view path, const std::vector<std::string>& argv,
                   const std::vector<std::string>& env) override;
    Result<std::optional<WaitResult>> wait(Pid pid) override;
    Status kill(Pid pid, int signal) override { return machine_.deliver(pid, signal); }
    Status on_signal(int signal, Disposition disposition) override;
    std::optional<int> take_signal() override;
    std::vector<Pid> visible_processes() override;

    std::int64_t now_ns() const override { return machine_.now_ns; }
    std::int64_t wall_ns() const override { return 1'700'000'000'000'000'000 + machine_.now_ns; }
    Status allocate(std::int64_t) override { return {}; }
    void burn(std::int64_t) override {}

    Result<int> listen(std::string_view address, std::uint16_t port) override;
    Result<int> accept(int fd) override;
    Result<int> connect(std::string_view address, std::uint16_t port) override;
    Result<std::string> peer(int fd) override { return me().fds[fd]->peer; }
    Result<std::string> resolve(std::string_view name) override;
    std::uint64_t random() override { return 4; }

private:
    FakeProcess& me() const { return machine_.processes[pid_]; }
    std::string real(std::string_view path, bool follow) const { return machine_.resolve(me().cwd, path, follow); }
    int place(FakeOpenRef open, int as = -1);
    Result<Pid> start(FakeProcess child, const std::map<int, int>& descriptors);
    FakeOpenRef stream(std::shared_ptr<std::string> in, std::shared_ptr<std::string> out, std::shared_ptr<bool> mine,
                       std::shared_ptr<bool> other);

    FakeMachine& machine_;
    Pid pid_;
    world::MachineProfile profile_;
};

}  // namespace cutaway::model
