// SPDX-License-Identifier: Apache-2.0
// Two worlds, one story: the same command on this machine and on the simulated one gives the same tree of spans and
// calls. What may differ is listed, field by field, with its reason; and a model with something wrong is caught.
#include <algorithm>
#include <cerrno>

#include "core/trace/diff.h"
#include "tests/cosim/two_worlds.h"
#include "tests/host/program.h"

namespace cutaway::cosim {
namespace {

using trace::Event;
using trace::EventKind;

const std::vector<trace::Exception>& exceptions() {
    static const std::vector<trace::Exception> list{
        {"*", "error", "each world has its own sentence; whether it failed, its code and its errno are compared"},
        {"save_file", "bytes", "records hold times and the sizes of their own world's files"},
        {"save_file", "reply.bytes", "as bytes"},
        {"clone", "reply.details", "namespaces have inode numbers of their own; the real shim does not look them up"},
        {"output", "", "the real watch reads no logs, and the model's program says another sentence"},
        {"process_started", "spaces", "namespaces have inode numbers of their own"},
        {"process_started", "inner_pid", "a shim's number is its machine's"},
        {"process_started", "command", "the real shim is seen before it takes its name"},
        {"process_changed", "", "the real watch looks every 10 ms: what comes and goes between two looks is not seen"},
        {"process_exited", "", "as process_changed: whether as a zombie or gone"},
        {"process_reaped", "", "as process_changed"},
        {"usage", "", "what is used, and so how often it is seen to change, is each machine's own"},
        {"listening", "", "the real watch looks for sockets five times a second, and some live shorter"},
    };
    return list;
}

std::string text(const std::vector<trace::Difference>& differences) {
    std::string all;
    for (const trace::Difference& one : differences) {
        all += one.where + ": " + one.what + "\n";
    }
    return all;
}

// The host's end of a container's cable is named by the first letters of its id, "veth9fa5835": ids are mapped one to
// one, and so must be what is made of them.
std::string cable_of(const std::vector<Event>& events) {
    for (const Event& event : events) {
        const auto* call = event.kind == EventKind::call_begin ? std::get_if<world::Call>(&event.body) : nullptr;
        const auto* veth = call == nullptr ? nullptr : std::get_if<world::MakeVeth>(call);
        if (veth != nullptr && veth->name.starts_with("veth")) {
            return veth->name.substr(4);
        }
    }
    return {};
}

struct CallAt {
    std::size_t begin;
    std::size_t end;
};

std::vector<CallAt> calls_of(const std::vector<Event>& events) {
    std::vector<CallAt> found;
    for (std::size_t i = 0; i < events.size(); ++i) {
        for (std::size_t j = i + 1; events[i].kind == EventKind::call_begin && j < events.size(); ++j) {
            if (events[j].kind == EventKind::call_end && events[j].span == events[i].span) {
                found.push_back({i, j});
                break;
            }
        }
    }
    return found;
}

// Once a container's last process is gone a worker of the kernel takes its end of the cable down, and with it ours:
// mostly before we ask for that, and now and then a moment after. Gone it is both times, and the model says "before".
std::vector<Event> with_cables_gone_first(std::vector<Event> events) {
    for (const CallAt& call : calls_of(events)) {
        const auto* removed = std::get_if<world::RemoveLink>(&std::get<world::Call>(events[call.begin].body));
        auto& end = std::get<trace::CallEnd>(events[call.end].body);
        if (removed != nullptr && removed->link.starts_with("veth") && !end.failed) {
            end.failed = true;
            end.code = Errc::not_found;
            end.sys_errno = ENODEV;
        }
    }
    return events;
}

std::string against(const Told& told, const std::vector<Event>& theirs) {
    const std::vector<Event> ours = with_cables_gone_first(told.events);
    const std::string real = cable_of(ours);
    const std::string modelled = cable_of(theirs);
    if (real.empty() || modelled.empty()) {
        return text(trace::diff(ours, theirs, exceptions()));
    }
    const std::vector<Event> renamed =
        translated(theirs, {{"veth" + modelled, "veth" + real}, {"peth" + modelled, "peth" + real}});
    return text(trace::diff(ours, renamed, exceptions()));
}

struct Scenario {
    std::string name;
    engine::ContainerOptions options;
    std::int32_t status;
};

std::vector<Scenario> scenarios() {
    Scenario limits{"with limits and a user", lab_hello({}), 0};
    limits.options.memory = std::uint64_t{64} << 20U;
    limits.options.pids_limit = 50;
    limits.options.user = "1000:1000";
    limits.options.read_only = true;
    Scenario terminal{"at a terminal of its own", lab_hello({}), 0};
    terminal.options.terminal = true;
    terminal.options.user = "1000";
    return {{"as it is", lab_hello({}), 0},
            {"a program that is not there", lab_hello({"/absent"}), 127},
            {"a directory for a program", lab_hello({"/etc"}), 126},
            limits,
            terminal};
}

std::vector<Scenario> network_scenarios() {
    Scenario port{"on the default network, with a published port", lab_hello({}), 0};
    port.options.network.clear();
    port.options.publish = {{"", 8080, 80, "tcp"}, {"127.0.0.1", 5353, 53, "udp"}};
    Scenario host{"on the host's network", lab_hello({}), 0};
    host.options.network = "host";
    Scenario open{"without a filter", lab_hello({}), 0};
    open.options.security_options = {"seccomp=unconfined", "no-new-privileges"};
    return {port, host, open};
}

TEST(Cosim, TheSameCommandTellsTheSameStory) {
    CUTAWAY_NEEDS_ROOT();
    const host::OwnNetwork own;
    RealSide real;
    std::vector<Scenario> all = scenarios();
    const std::vector<Scenario> networks = network_scenarios();
    all.insert(all.end(), networks.begin(), networks.end());
    for (const Scenario& scenario : all) {
        SCOPED_TRACE(scenario.name);
        const Told ours = real.run(scenario.options);
        ModelSide model(real.machine(), real.image());
        const Told theirs = model.run(scenario.options);
        EXPECT_EQ(ours.status, scenario.status) << ours.error;
        EXPECT_EQ(theirs.status, scenario.status) << theirs.error;
        EXPECT_EQ(ours.error.substr(0, 60), theirs.error.substr(0, 60));
        EXPECT_GT(ours.events.size(), 100U);
        EXPECT_EQ(against(ours, theirs.events), "");
    }
}

engine::ContainerOptions on_own_network() {
    engine::ContainerOptions options = lab_hello({});
    options.network = "mine";
    options.aliases = {"greeter"};
    return options;
}

bool opens_resolver(const Event& event) {
    const auto* call = event.kind == EventKind::call_begin ? std::get_if<world::Call>(&event.body) : nullptr;
    return call != nullptr && std::holds_alternative<world::OpenResolver>(*call);
}

TEST(Cosim, ANetworkOfTheUsersTellsTheSameStoryAndAMissingNameServerIsNoticed) {
    CUTAWAY_NEEDS_ROOT();
    const host::OwnNetwork own;
    RealSide real;
    make_network(real.world());
    const Told ours = real.run(on_own_network());
    ModelSide model(real.machine(), real.image());
    make_network(model.world());
    const Told theirs = model.run(on_own_network());
    EXPECT_EQ(ours.status, 0) << ours.error;
    EXPECT_EQ(theirs.status, 0) << theirs.error;
    EXPECT_EQ(against(ours, theirs.events), "");
    std::vector<Event> mutant = theirs.events;
    const auto opened = std::find_if(mutant.begin(), mutant.end(), opens_resolver);
    ASSERT_NE(opened, mutant.end());
    std::erase_if(mutant, [span = opened->span](const Event& event) { return event.span == span; });
    EXPECT_NE(against(ours, mutant), "");
}

// --- mutants of the model's trace: every single call, with these exceptions in force --------------------------------

std::string name_of(const Event& event) { return std::string(kind_of(std::get<world::Call>(event.body))); }

class Mutants : public testing::Test {
protected:
    void SetUp() override {
        CUTAWAY_NEEDS_ROOT();
        real_ = std::make_unique<RealSide>();
        ours_ = real_->run(lab_hello({}));
        ModelSide model(real_->machine(), real_->image());
        theirs_ = model.run(lab_hello({})).events;
        ASSERT_EQ(against(ours_, theirs_), "");
    }
    void expect_caught(const std::vector<Event>& mutant, const std::string& what) const {
        EXPECT_NE(against(ours_, mutant), "") << what << " was not noticed";
    }
    // The same command on a model with something wrong.
    [[nodiscard]] std::string with(Twist twist, const engine::ContainerOptions& options) const {
        ModelSide model(real_->machine(), real_->image(), std::move(twist));
        return against(real_->run(options), model.run(options).events);
    }

    std::unique_ptr<RealSide> real_;
    Told ours_;
    std::vector<Event> theirs_;
};

TEST_F(Mutants, EveryDroppedCallIsCaught) {
    for (const CallAt& call : calls_of(theirs_)) {
        std::vector<Event> mutant;
        for (std::size_t i = 0; i < theirs_.size(); ++i) {
            if (theirs_[i].span != theirs_[call.begin].span || theirs_[i].kind == EventKind::note) {
                mutant.push_back(theirs_[i]);
            }
        }
        expect_caught(mutant, "a dropped " + name_of(theirs_[call.begin]));
    }
}

TEST_F(Mutants, EveryTwoCallsInAWrongOrderAreCaught) {
    const std::vector<CallAt> calls = calls_of(theirs_);
    int swapped = 0;
    for (std::size_t i = 0; i + 1 < calls.size(); ++i) {
        const CallAt& one = calls[i];
        const CallAt& two = calls[i + 1];
        // Right beneath a request that is still open diff takes siblings for concurrent, as it does layers.
        const bool in_step = theirs_[one.begin].parent != 0 && theirs_[one.begin].parent == theirs_[two.begin].parent;
        const bool apart = one.end < two.begin && in_step;
        if (!apart || theirs_[one.begin].body == theirs_[two.begin].body) {
            continue;
        }
        std::vector<Event> mutant = theirs_;
        std::swap(mutant[one.begin].body, mutant[two.begin].body);
        std::swap(mutant[one.end].body, mutant[two.end].body);
        expect_caught(mutant, name_of(theirs_[two.begin]) + " before " + name_of(theirs_[one.begin]));
        ++swapped;
    }
    EXPECT_GT(swapped, 40);
}

TEST_F(Mutants, EveryWrongErrnoIsCaught) {
    for (const CallAt& call : calls_of(theirs_)) {
        std::vector<Event> mutant = theirs_;
        auto& end = std::get<trace::CallEnd>(mutant[call.end].body);
        end.failed = true;
        end.sys_errno = EIO;
        expect_caught(mutant, "an EIO of " + name_of(theirs_[call.begin]));
    }
}

TEST_F(Mutants, EveryWrongPidIsCaught) {
    int changed = 0;
    for (const CallAt& call : calls_of(theirs_)) {
        std::vector<Event> mutant = theirs_;
        auto& what = std::get<world::Call>(mutant[call.begin].body);
        if (auto* write = std::get_if<world::WriteCgroup>(&what); write != nullptr && write->file == "cgroup.procs") {
            write->value = "31337";
        } else if (std::holds_alternative<world::Clone>(what)) {
            std::get<trace::CallEnd>(mutant[call.end].body).reply.value += 1;
        } else {
            continue;
        }
        expect_caught(mutant, "a wrong pid of " + name_of(theirs_[call.begin]));
        ++changed;
    }
    EXPECT_GT(changed, 1);
}

// --- mutants of the model itself: what it does is wrong, and its story shows it -------------------------------------

TEST_F(Mutants, AModelThatForgetsAMountIsCaught) {
    Twist twist;
    twist.kernel = [](world::Kernel& kernel, const world::Call& call) {
        return std::holds_alternative<world::Mount>(call) ? Result<world::Reply>(world::Reply{}) : kernel.perform(call);
    };
    EXPECT_NE(with(twist, lab_hello({})), "");
}

TEST_F(Mutants, AModelThatMakesItsCgroupsTooLateIsCaught) {
    Twist twist;
    std::vector<world::Call> late;
    twist.kernel = [&late](world::Kernel& kernel, const world::Call& call) -> Result<world::Reply> {
        if (std::holds_alternative<world::MakeCgroup>(call)) {
            late.push_back(call);
            return world::Reply{};
        }
        Result<world::Reply> reply = kernel.perform(call);
        for (const world::Call& one : std::exchange(late, {})) {
            static_cast<void>(kernel.perform(one));
        }
        return reply;
    };
    EXPECT_NE(with(twist, lab_hello({})), "");
}

TEST_F(Mutants, AModelWithAWrongErrnoIsCaught) {
    Twist twist;
    twist.from_shim = [](runtime::Message& message) {
        if (auto* ended = std::get_if<runtime::Ended>(&message); ended != nullptr && ended->sys_errno == ENOENT) {
            ended->sys_errno = EACCES;
        }
    };
    EXPECT_EQ(with({}, lab_hello({"/absent"})), "");
    EXPECT_NE(with(twist, lab_hello({"/absent"})), "");
}

TEST_F(Mutants, AModelWithAWrongPidIsCaught) {
    Twist twist;
    twist.from_shim = [](runtime::Message& message) {
        if (auto* ended = std::get_if<runtime::Ended>(&message); ended != nullptr && ended->reply.value > 1) {
            ended->reply.value += 1;
        }
    };
    EXPECT_NE(with(twist, lab_hello({})), "");
}

TEST_F(Mutants, AModelWhoseContainerNeverStartsIsCaught) {
    Twist twist;
    twist.watch = [](std::vector<world::Observed>& seen) {
        std::erase_if(
            seen, [](const world::Observed& one) { return std::holds_alternative<world::ProcessStarted>(one.what); });
    };
    EXPECT_NE(with(twist, lab_hello({})), "");
}

}  // namespace
}  // namespace cutaway::cosim
