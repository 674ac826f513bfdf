// SPDX-License-Identifier: Apache-2.0
#include <cerrno>

#include <gtest/gtest.h>

#include "core/model/model_world.h"
#include "core/model/network.h"
#include "core/model/processes.h"
#include "core/model/vfs.h"
#include "core/runtime/protocol.h"

namespace cutaway::model {
namespace {

using world::Space;

// A program that does nothing but wait: for a signal with a handler, or for ever.
class Sleeper final : public Program {
public:
    [[nodiscard]] std::string_view name() const override { return "sleeper"; }
    Step step(Sys&) override { return Step::wait(); }
    void save(std::string& out) const override { out += "s"; }
};

// Counts its turns in a file every second, and keeps the count in itself.
class Counter final : public Program {
public:
    explicit Counter(int count) : count_(count) {}
    [[nodiscard]] std::string_view name() const override { return "counter"; }
    Step step(Sys& sys) override {
        const Result<int> fd = sys.open("/tmp/count", {false, true, true, true}, 0644);
        if (fd) {
            static_cast<void>(sys.write(*fd, std::to_string(count_++)));
            static_cast<void>(sys.close(*fd));
        }
        return Step::wait_until(sys.now_ns() + 1000000000);
    }
    void save(std::string& out) const override { out += std::to_string(count_); }

private:
    int count_;
};

class Hello final : public Program {
public:
    [[nodiscard]] std::string_view name() const override { return "hello"; }
    Step step(Sys& sys) override {
        static_cast<void>(sys.write(1, "hello from " + std::to_string(sys.pid()) + "\n"));
        return Step::exited(3);
    }
    void save(std::string&) const override {}
};

class TestPrograms final : public Programs {
public:
    std::unique_ptr<Program> make(std::string_view name) const override {
        if (name == "counter") {
            return std::make_unique<Counter>(1);
        }
        if (name == "hello") {
            return std::make_unique<Hello>();
        }
        return name == "sleeper" || name == "sleep" ? std::make_unique<Sleeper>() : nullptr;
    }
    std::unique_ptr<Program> load(std::string_view name, std::string_view saved) const override {
        if (name == "counter") {
            return std::make_unique<Counter>(std::stoi(std::string(saved)));
        }
        return make(name);
    }
};

class MachineTest : public testing::Test {
protected:
    MachineTest() {
        machine.programs = &programs;
        boot(machine, {}, 7);
    }
    Pid child(Pid parent, const std::vector<Space>& spaces) {
        return fork_process(machine, Birth{parent, spaces, std::map<int, int>{}, "sleeper"}).value_or(0);
    }
    [[nodiscard]] bool alive(Pid pid) const {
        const Process* process = find_process(machine, pid);
        return process != nullptr && process->life != Life::zombie;
    }
    std::string text(const std::string& path) { return file_text(machine, host_view(machine), path).value_or("?"); }
    void write(const std::string& path, const std::string& bytes) {
        ASSERT_TRUE(make_dirs(machine, host_view(machine), parent_path(path), 0755));
        ASSERT_TRUE(file_save(machine, host_view(machine), path, bytes, 0644));
    }
    int set(const std::string& path, const std::string& value) {
        const Status done = file_save(machine, host_view(machine), path, value, 0644);
        return done ? 0 : done.error().sys_errno;
    }
    TestPrograms programs;
    Machine machine;
};

TEST_F(MachineTest, a_signal_does_to_number_one_only_what_pid_namespaces_7_says) {
    struct Case {
        bool from_inside;
        Disposition disposition;
        int signal;
        bool survives;
    };
    const Case cases[] = {
        {true, Disposition::standard, 9, true},   {true, Disposition::standard, 15, true},
        {true, Disposition::handle, 15, true},    {false, Disposition::standard, 15, true},
        {false, Disposition::ignore, 15, true},   {false, Disposition::handle, 15, true},
        {false, Disposition::standard, 9, false},
    };
    for (const Case& c : cases) {
        const Pid one = child(machine.state.daemon, {Space::pid});
        const Pid two = child(one, {});
        machine.state.processes.at(one).dispositions[15] = c.disposition;
        send_signal(machine, c.from_inside ? two : machine.state.daemon, one, c.signal);
        EXPECT_EQ(alive(one), c.survives) << c.from_inside << " " << c.signal;
        EXPECT_EQ(alive(two), c.survives);  // its end is the end of all
        EXPECT_EQ(find_process(machine, one)->caught.size(), c.disposition == Disposition::handle ? 1U : 0U);
    }
    const Pid plain = child(machine.state.daemon, {});
    send_signal(machine, 0, plain, 15);
    EXPECT_FALSE(alive(plain));
}

TEST_F(MachineTest, a_process_has_a_number_in_each_namespace_and_its_own_inodes) {
    const Pid one =
        child(machine.state.daemon, {Space::pid, Space::net, Space::uts, Space::ipc, Space::mount, Space::cgroup});
    const Process& process = machine.state.processes.at(one);
    EXPECT_EQ(process.numbers.front().pid, 1);
    EXPECT_EQ(process.numbers.back().pid, one);
    const Process& daemon = machine.state.processes.at(machine.state.daemon);
    for (const Space space : {Space::pid, Space::net, Space::uts, Space::ipc, Space::mount, Space::cgroup}) {
        EXPECT_NE(space_id(process, space), space_id(daemon, space)) << to_name(space);
    }
    EXPECT_EQ(space_id(process, Space::user), space_id(daemon, Space::user));
    EXPECT_EQ(space_id(daemon, Space::pid), 4026531836U);
    EXPECT_NE(text("/proc/" + std::to_string(one) + "/status").find("NSpid:\t" + std::to_string(one) + "\t1\n"),
              std::string::npos);
    EXPECT_EQ(contradiction(machine.state), "");
}

TEST_F(MachineTest, orphans_go_to_their_namespaces_init_and_wait_as_zombies_there) {
    const Pid one = child(machine.state.daemon, {Space::pid});
    const Pid two = child(one, {});
    const Pid three = child(two, {});
    end_process(machine, two, 0, 0);
    EXPECT_EQ(find_process(machine, three)->parent, one);
    EXPECT_EQ(find_process(machine, two)->life, Life::zombie);
    EXPECT_EQ(wait_process(machine, one, two)->value().code, 0);
    EXPECT_EQ(find_process(machine, two), nullptr);
    EXPECT_EQ(wait_process(machine, three, -1).error().sys_errno, ECHILD);
}

class OverlayTest : public MachineTest {
protected:
    OverlayTest() {
        write("/l/low/a", "lower a");
        write("/l/low/d/x", "x");
        write("/l/low/d/y", "y");
        write("/l/top/a", "top a");
        for (const char* path : {"/l/up", "/l/work", "/l/m"}) {
            static_cast<void>(make_dirs(machine, host_view(machine), path, 0755));
        }
        EXPECT_TRUE(mount(machine, host_view(machine),
                          {"overlay", "overlay", "/l/m", {}, "lowerdir=/l/top:/l/low,upperdir=/l/up,workdir=/l/work"},
                          "c1"));
    }
    std::string names(const std::string& path) {
        std::string all;
        const View view = host_view(machine);
        const auto entries = node_list(machine, node_of(machine, view, *walk(machine, view, path, true)));
        for (const world::DirEntry& entry : *entries) {
            all += entry.name + " ";
        }
        return all;
    }
};

TEST_F(OverlayTest, the_topmost_name_wins_and_directories_merge) {
    EXPECT_EQ(text("/l/m/a"), "top a");
    write("/l/m/d/z", "z");
    EXPECT_EQ(names("/l/m/d"), "x y z ");
    EXPECT_EQ(names("/l/up/d"), "z ");
}

TEST_F(OverlayTest, a_write_copies_the_whole_file_up_and_leaves_the_lower_one) {
    machine.state.observed.clear();
    write("/l/m/d/x", "changed");
    EXPECT_EQ(text("/l/low/d/x"), "x");
    EXPECT_EQ(text("/l/up/d/x"), "changed");
    ASSERT_EQ(machine.state.observed.size(), 1U);
    EXPECT_EQ(std::get<world::FileChanged>(machine.state.observed[0].what).change, "copied_up");
}

TEST_F(OverlayTest, a_removal_leaves_a_whiteout_and_a_directory_made_anew_is_opaque) {
    ASSERT_TRUE(remove_tree(machine, host_view(machine), "/l/m/d"));
    EXPECT_EQ(text("/l/m/d/x"), "?");
    const world::FileInfo hidden = file_info(machine, host_view(machine), "/l/up/d", false).value();
    EXPECT_EQ(hidden.type, world::FileType::character);
    EXPECT_EQ(hidden.major + hidden.minor, 0U);
    ASSERT_TRUE(make_dirs(machine, host_view(machine), "/l/m/d", 0755));
    EXPECT_EQ(names("/l/m/d"), "");
    EXPECT_EQ(file_info(machine, host_view(machine), "/l/up/d", false)->xattrs.at(0).name, "trusted.overlay.opaque");
    EXPECT_EQ(text("/l/low/d/x"), "x");
}

TEST_F(OverlayTest, a_lower_directory_cannot_be_renamed_and_a_file_can) {
    EXPECT_EQ(rename_path(machine, host_view(machine), "/l/m/d", "/l/m/e").error().sys_errno, EXDEV);
    EXPECT_TRUE(rename_path(machine, host_view(machine), "/l/m/d/x", "/l/m/moved"));
    EXPECT_EQ(text("/l/m/moved"), "x");
    EXPECT_EQ(text("/l/m/d/x"), "?");
}

TEST_F(MachineTest, limits_are_enforced) {
    ASSERT_TRUE(make_dirs(machine, host_view(machine), "/sys/fs/cgroup/box", 0755));
    EXPECT_EQ(set("/sys/fs/cgroup/box/pids.max", "2"), 0);
    EXPECT_EQ(set("/sys/fs/cgroup/box/memory.max", "4194304"), 0);
    EXPECT_EQ(set("/sys/fs/cgroup/box/memory.max", "lots"), EINVAL);
    const Pid one = child(machine.state.daemon, {});
    EXPECT_EQ(set("/sys/fs/cgroup/box/cgroup.procs", std::to_string(one)), 0);
    EXPECT_NE(child(one, {}), 0);
    EXPECT_EQ(fork_process(machine, Birth{one, {}, std::map<int, int>{}, "sleeper"}).error().sys_errno, EAGAIN);
    EXPECT_EQ(text("/sys/fs/cgroup/box/pids.events"), "max 1\n");
    EXPECT_FALSE(charge_memory(machine, one, 8 << 20));
    EXPECT_FALSE(alive(one));
    EXPECT_TRUE(find_process(machine, one)->oom);
    EXPECT_NE(text("/sys/fs/cgroup/box/memory.events").find("oom_kill 1"), std::string::npos);
}

TEST_F(MachineTest, a_groups_members_are_known_as_they_come_fork_and_die) {
    const Pid first = child(1, {});
    const View view = host_view(machine);
    ASSERT_TRUE(make_dirs(machine, view, "/sys/fs/cgroup/box", 0755));
    EXPECT_TRUE(members_of(machine, "", "/box", false).empty());
    ASSERT_TRUE(join_cgroup(machine, "", "/box", first));
    EXPECT_EQ(members_of(machine, "", "/box", false), std::vector<Pid>{first});
    const Pid second = child(first, {});
    EXPECT_EQ(members_of(machine, "", "/box", false), (std::vector<Pid>{first, second}));
    end_process(machine, first, 0, 0);
    EXPECT_EQ(members_of(machine, "", "/box", false), std::vector<Pid>{second});
    EXPECT_EQ(members_of(machine, "", "/box", true), std::vector<Pid>{second});
}

TEST_F(MachineTest, a_quota_stretches_work_and_counts_the_throttling) {
    ASSERT_TRUE(make_dirs(machine, host_view(machine), "/sys/fs/cgroup/box", 0755));
    EXPECT_EQ(set("/sys/fs/cgroup/box/cpu.max", "50000 100000"), 0);
    const Pid one = child(machine.state.daemon, {});
    EXPECT_EQ(set("/sys/fs/cgroup/box/cgroup.procs", std::to_string(one)), 0);
    burn_cpu(machine, *find_process(machine, one), 1000000000);
    const std::int64_t took = find_process(machine, one)->busy_until_ns - machine.state.now_ns;
    EXPECT_NEAR(static_cast<double>(took), 2e9, 1.1e8);
    EXPECT_GE(find_cgroup(machine, "", "/box")->throttled, 18U);
}

TEST_F(MachineTest, a_frozen_process_takes_no_turn_and_in_v2_still_dies_of_sigkill) {
    ASSERT_TRUE(make_dirs(machine, host_view(machine), "/sys/fs/cgroup/box", 0755));
    const Pid one = child(machine.state.daemon, {});
    EXPECT_EQ(set("/sys/fs/cgroup/box/cgroup.procs", std::to_string(one)), 0);
    EXPECT_EQ(set("/sys/fs/cgroup/box/cgroup.freeze", "1"), 0);
    send_signal(machine, 0, one, 15);
    EXPECT_TRUE(alive(one));
    EXPECT_EQ(set("/sys/fs/cgroup/box/cgroup.freeze", "0"), 0);
    EXPECT_FALSE(alive(one));
}

TEST_F(MachineTest, a_published_port_leads_over_the_bridge_to_who_listens_and_nowhere_else) {
    const SpaceId host = machine.state.host.net;
    const Pid one = child(machine.state.daemon, {Space::pid, Space::net});
    const SpaceId inner = find_process(machine, one)->spaces.net;
    const auto tries = [&](const std::string& address, std::uint16_t port) {
        return find_way(machine, host, *parse_address(address), port).error;
    };
    EXPECT_EQ(tries("127.0.0.1", 8080), ECONNREFUSED);
    ASSERT_TRUE(make_bridge(machine, host, "docker0"));
    ASSERT_TRUE(add_address(machine, host, "docker0", "172.17.0.1/16"));
    ASSERT_TRUE(raise_link(machine, host, "docker0"));
    ASSERT_TRUE(make_veth(machine, host, "veth1", "veth2"));
    ASSERT_TRUE(move_link(machine, host, "veth2", inner, "eth0"));
    ASSERT_TRUE(add_address(machine, inner, "eth0", "172.17.0.2/16"));
    ASSERT_TRUE(raise_link(machine, inner, "eth0"));
    ASSERT_TRUE(raise_link(machine, host, "veth1"));
    EXPECT_EQ(tries("172.17.0.2", 80), EHOSTUNREACH);  // the cable hangs on no bridge yet
    ASSERT_TRUE(attach_link(machine, host, "veth1", "docker0"));
    EXPECT_EQ(tries("172.17.0.2", 80), ECONNREFUSED);
    ASSERT_TRUE(listen_on(machine, one, "0.0.0.0", 80));
    EXPECT_EQ(tries("172.17.0.2", 80), 0);
    const world::NatRule rule{"publish", "", "docker0", "tcp", "0.0.0.0", 8080, "172.17.0.2", 80};
    ASSERT_TRUE(add_nat(machine, host, {"c1", rule}));
    EXPECT_EQ(add_nat(machine, host, {"c2", rule}).error().sys_errno, EADDRINUSE);
    EXPECT_EQ(tries("127.0.0.1", 8080), 0);
    EXPECT_EQ(tries("127.0.0.1", 8081), ECONNREFUSED);
    EXPECT_TRUE(connect_to(machine, machine.state.daemon, "127.0.0.1", 8080));
    EXPECT_EQ(add_route(machine, inner, {"default", "10.9.9.9", "eth0"}).error().sys_errno, ENETUNREACH);
    send_signal(machine, 0, one, 9);
    static_cast<void>(wait_process(machine, machine.state.daemon, one));
    EXPECT_FALSE(machine.state.net_spaces.at(host).links.contains("veth1"));  // it went with the namespace
}

ModelOptions options_for(const Programs& programs, std::int64_t advance) {
    ModelOptions options;
    options.programs = &programs;
    options.opening.advance_ns = advance;
    return options;
}

void start_counter(ModelWorld& world) {
    Machine& machine = world.machine();
    ASSERT_TRUE(file_save(machine, host_view(machine), "/bin/counter", "#!cutaway-program counter\n", 0755));
    const Pid pid = fork_process(machine, Birth{machine.state.daemon, {}, std::map<int, int>{}, "sleeper"}).value_or(0);
    ASSERT_TRUE(exec_process(machine, pid, {"/bin/counter", {"counter"}, {}}));
}

TEST(SavedMachineTest, a_program_goes_on_after_a_reload_and_the_time_between_is_its_time) {
    TestPrograms programs;
    MemoryFiles files;
    {
        auto world = ModelWorld::open(files, options_for(programs, 0)).value();
        start_counter(*world);
        ASSERT_TRUE(world->world().clock.sleep(2500000000));
        ASSERT_TRUE(world->world().disk.save("/var/big", std::string(100000, 'b'), world::Durability::durable));
        ASSERT_TRUE(world->commit());
        EXPECT_EQ(world->world().disk.read("/tmp/count").value(), "3");
        static_cast<void>(world->world().disk.save("/tmp/lost", "x", world::Durability::durable));
        trace::Event lost;
        lost.body = world::Note(world::CommandTyped{{"never", "committed"}});
        world->journal(lost);
    }
    auto world = ModelWorld::open(files, options_for(programs, 3000000000)).value();
    EXPECT_EQ(world->world().disk.read("/tmp/count").value(), "6");
    EXPECT_EQ(world->world().disk.read("/var/big").value(), std::string(100000, 'b'));
    EXPECT_EQ(world->world().disk.read("/tmp/lost").error().code, Errc::not_found);
    const std::string journal = world->history().value();
    EXPECT_EQ(journal.find("never"), std::string::npos);
    EXPECT_EQ(journal.find("lost"), std::string::npos);
    EXPECT_EQ(contradiction(world->machine().state), "");
}

TEST(SavedMachineTest, damage_is_one_clear_error_and_nothing_is_lost) {
    TestPrograms programs;
    auto root = std::make_shared<MemoryRoot>();
    MemoryFiles files(root);
    ASSERT_TRUE(ModelWorld::open(files, options_for(programs, 0)).value()->commit());
    const std::string good = root->at("machine.bin");
    const auto error = [&](std::string bytes) {
        (*root)["machine.bin"] = bytes;
        const auto opened = ModelWorld::open(files, options_for(programs, 0));
        EXPECT_EQ(root->at("machine.bin"), bytes);
        return opened ? std::string("opened") : opened.error().doing;
    };
    EXPECT_NE(error(good.substr(0, good.size() / 2)).find("cut short"), std::string::npos);
    EXPECT_NE(error("").find("cut short"), std::string::npos);
    std::string newer = good;
    newer.replace(newer.find("0006"), 4, "0009");
    EXPECT_NE(error(newer).find("use the cutaway that wrote it"), std::string::npos);
    std::string flipped = good;
    flipped.back() = static_cast<char>(flipped.back() ^ 1);
    EXPECT_NE(error(flipped).find("checksum"), std::string::npos);
    EXPECT_EQ(error(good), "opened");
}

TEST(SavedMachineTest, another_command_ends_what_a_waiting_one_waits_for) {
    TestPrograms programs;
    auto root = std::make_shared<MemoryRoot>();
    MemoryFiles mine(root);
    MemoryFiles others(root);
    auto world = ModelWorld::open(mine, options_for(programs, 0)).value();
    const Pid pid = fork_process(world->machine(), Birth{1, {}, std::map<int, int>{}, "sleeper"}).value_or(0);
    mine.on_pause = [&] {
        auto other = ModelWorld::open(others, options_for(programs, 0)).value();
        EXPECT_TRUE(world::ask(other->world().kernel, world::SendSignal{pid, "SIGKILL"}));
        EXPECT_TRUE(other->commit());
        return true;
    };
    const auto reply = world::ask(world->world().kernel, world::AwaitExit{"", pid, -1});
    ASSERT_TRUE(reply);
    EXPECT_EQ(reply->value, 1);
    mine.on_pause = {};
    EXPECT_EQ(world::ask(world->world().kernel, world::AwaitExit{"", 1, -1}).error().code, Errc::timeout);
}

TEST(SavedMachineTest, the_same_seed_gives_the_same_machine) {
    TestPrograms programs;
    const auto run = [&](std::uint64_t seed) {
        auto root = std::make_shared<MemoryRoot>();
        MemoryFiles files(root);
        ModelOptions options = options_for(programs, 0);
        options.opening.seed = seed;
        auto world = ModelWorld::open(files, options).value();
        start_counter(*world);
        static_cast<void>(world->world().clock.sleep(5000000000));
        static_cast<void>(world->commit());
        return root->at("machine.bin");
    };
    EXPECT_EQ(run(3), run(3));
    EXPECT_NE(run(3), run(4));
}

TEST(ShimTest, a_shim_starts_a_container_logs_it_and_tells_how_it_ended) {
    TestPrograms programs;
    MemoryFiles files;
    auto world = ModelWorld::open(files, options_for(programs, 0)).value();
    ASSERT_TRUE(
        file_save(world->machine(), host_view(world->machine()), "/bin/hello", "#!cutaway-program hello\n", 0755));
    runtime::Begin begin;
    begin.attached = true;
    begin.log = "/run/log";
    begin.exit_record = "/run/exit";
    plan::PlannedCall clone;
    clone.place = plan::Place::shim;
    clone.call = world::Clone{{Space::pid, Space::mount}, "init"};
    plan::PlannedCall execute;
    execute.place = plan::Place::init;
    execute.call = world::Execute{"hello", {"hello"}, {"PATH=/usr/bin:/bin"}};
    begin.plan.calls = {clone, execute};
    auto channel = world->world().spawner.start_shim("c0ffee").value();
    ASSERT_TRUE(channel->send(runtime::encode(begin)));
    ASSERT_TRUE(channel->send(runtime::encode(runtime::Proceed{2})));
    std::string story;
    while (true) {
        auto message = channel->receive(1000000000);
        if (!message || !message->has_value()) {
            break;
        }
        const runtime::Message decoded = runtime::decode(**message).value();
        story += std::string(kind_of(decoded)) + " ";
        if (const auto* output = std::get_if<runtime::Output>(&decoded)) {
            story += output->bytes;
        }
        if (const auto* exited = std::get_if<runtime::Exited>(&decoded)) {
            story += std::to_string(exited->code);
        }
    }
    EXPECT_EQ(story, "ended ended started output hello from 1\nexited 3");
    EXPECT_NE(world->world().disk.read("/run/log").value().find("hello from 1"), std::string::npos);
    EXPECT_NE(world->world().disk.read("/run/exit").value().find("3"), std::string::npos);
    EXPECT_EQ(world->machine().state.processes.size(), 2U);  // nothing is left behind
    EXPECT_EQ(contradiction(world->machine().state), "");
}

}  // namespace
}  // namespace cutaway::model
