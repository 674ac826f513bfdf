// SPDX-License-Identifier: Apache-2.0
#include "tests/runtime/stage.h"

namespace cutaway::runtime::test {

// The engine's end: to wait is to let the others work. What can come no more has come to an end.
class Trio::Wire final : public world::Channel {
public:
    explicit Wire(Trio& trio) : trio_(trio) {}
    ~Wire() override { trio_.to_shim_.first_gone = true; }
    Status send(std::string_view message) override {
        if (trio_.shim_over) {
            return fail(Errc::not_found, "the shim has gone");
        }
        trio_.to_shim_.there.emplace_back(message);
        return {};
    }
    Result<std::optional<std::string>> receive(std::int64_t timeout_ns) override {
        auto& mine = trio_.to_shim_.back;
        trio_.waits += mine.empty() ? 1 : 0;
        trio_.settle();
        if (!mine.empty()) {
            std::string message = mine.front();
            mine.pop_front();
            return std::optional<std::string>(std::move(message));
        }
        if (trio_.shim_over) {
            return fail(Errc::not_found, "the shim has gone");
        }
        return timeout_ns < 0 ? Result<std::optional<std::string>>(fail(Errc::internal, "nobody will ever answer"))
                              : std::optional<std::string>{};
    }

private:
    Trio& trio_;
};

// The parts of a World that a start does not use, and the one that it does.
class Trio::Nothing final : public world::Disk,
                            public world::Transport,
                            public world::Clock,
                            public world::Entropy,
                            public world::Spawner,
                            public world::Watch,
                            public world::Tasks {
public:
    explicit Nothing(Trio& trio) : trio_(trio) {}
    Result<std::string> read(std::string_view) override { return none(); }
    Result<std::unique_ptr<world::Source>> open(std::string_view) override { return none(); }
    Result<world::FileInfo> stat(std::string_view) override { return none(); }
    Result<std::vector<world::DirEntry>> list(std::string_view) override { return none(); }
    Status save(std::string_view, std::string_view, world::Durability) override { return none(); }
    Status append(std::string_view, std::string_view) override { return none(); }
    Result<std::unique_ptr<world::Sink>> create(std::string_view) override { return none(); }
    Status make_dir(std::string_view, std::uint32_t) override { return none(); }
    Status rename(std::string_view, std::string_view) override { return none(); }
    Status remove(std::string_view) override { return none(); }
    Result<std::unique_ptr<world::TreeWriter>> tree(std::string_view) override { return none(); }
    Result<std::unique_ptr<world::TreeReader>> reader(std::string_view) override { return none(); }
    Result<std::unique_ptr<world::DiskLock>> lock(std::string_view) override { return none(); }
    Result<world::HttpResponse> send(const world::HttpRequest&, world::Source*) override { return none(); }
    std::int64_t now_ns() override { return 0; }
    std::int64_t wall_ns() override { return 0; }
    Status sleep(std::int64_t) override { return {}; }
    void fill(std::span<std::uint8_t>) override {}
    Result<std::unique_ptr<world::Channel>> start_shim(std::string_view) override {
        return std::unique_ptr<world::Channel>(std::make_unique<Wire>(trio_));
    }
    Result<std::unique_ptr<world::Channel>> connect(std::string_view) override { return none(); }
    Result<std::vector<world::Observed>> next(std::int64_t) override { return std::vector<world::Observed>{}; }
    Status run(world::World&, std::vector<world::Task>, std::size_t) override { return none(); }

    world::Cancel cancel;
    world::MachineProfile machine;

private:
    static Error none() { return fail(Errc::unsupported, "a start does not need this"); }
    Trio& trio_;
};

Trio::Trio(Begin its_begin) : begin(std::move(its_begin)) {
    shim_kernel.on_kill = [this] {
        init_over_ = true;
        to_init_.second_gone = true;
        host.ended = Exited{137, 9, false};
    };
}

Trio::~Trio() = default;

Result<Launched> Trio::launch() {
    nothing_ = std::make_unique<Nothing>(*this);
    Nothing& none = *nothing_;
    world::World world{engine_kernel, none, none, none, none, none, none, none, narrator, none.cancel, none.machine};
    return runtime::launch(world, begin.plan.container, begin);
}

bool Trio::turn() {
    const std::size_t before = asked.size() + to_shim_.there.size() + to_init_.there.size() + to_init_.back.size();
    const std::size_t said = to_shim_.back.size() + to_shim_.there.size();
    if (!shim_over) {
        shim_over = pump_shim(shim, shim_kernel, host) == Progress::finished;
        to_shim_.second_gone = shim_over;
        to_init_.first_gone = shim_over;
    }
    if (shim.pid != 0 && !init_over_ && pump_init(init, init_kernel, init_end_) == Progress::finished) {
        init_over_ = true;
        to_init_.second_gone = true;  // by close-on-exec, or because it ended
        if (!init.executed) {
            host.ended = Exited{1, 0, false};
        }
    }
    return before != asked.size() + to_shim_.there.size() + to_init_.there.size() + to_init_.back.size() ||
           said != to_shim_.back.size() + to_shim_.there.size();
}

void Trio::settle() {
    for (int quiet = 0; quiet < 3;) {
        quiet = turn() ? 0 : quiet + 1;
    }
}

void Trio::shim_dies() {
    shim_over = true;
    to_shim_.second_gone = true;
    to_init_.first_gone = true;
}

void Trio::init_ends(Exited how) {
    init_over_ = true;
    to_init_.second_gone = true;
    host.ended = how;
    settle();
}

void Trio::revive() {
    to_init_ = Line{};
    init = InitState{};
    init_over_ = false;
}

std::optional<Message> Trio::next() {
    settle();
    if (to_shim_.back.empty()) {
        return std::nullopt;
    }
    const Result<Message> message = decode(to_shim_.back.front());
    to_shim_.back.pop_front();
    return message ? std::optional<Message>(*message) : std::nullopt;
}

namespace {

plan::PlannedCall planned(plan::Place place, world::Phase phase, std::string step, world::Call call) {
    plan::PlannedCall one;
    one.place = place;
    one.phase = phase;
    one.step = std::move(step);
    one.call = std::move(call);
    return one;
}

}  // namespace

Begin small_start() {
    using plan::Place;
    using world::Phase;
    Begin begin;
    begin.plan.container = "c0ffee";
    auto& calls = begin.plan.calls;
    calls.push_back(planned(Place::engine, Phase::overlay, "mount", world::Mount{"overlay", "o", "/merged", {}, ""}));
    calls.back().undo = {world::Unmount{"/merged"}};
    calls.push_back(planned(Place::engine, Phase::cgroup, "group", world::MakeCgroup{"/sys/fs/cgroup/c0ffee"}));
    calls.back().undo = {world::RemoveCgroup{"/sys/fs/cgroup/c0ffee"}};
    calls.push_back(planned(Place::shim, Phase::namespaces, "clone", world::Clone{{world::Space::pid}, "init"}));
    calls.push_back(planned(Place::engine, Phase::cgroup, "join",
                            world::WriteCgroup{"/sys/fs/cgroup/c0ffee", "cgroup.procs", "$PID"}));
    calls.push_back(planned(Place::init, Phase::namespaces, "name", world::SetHostname{"c0ffee"}));
    calls.push_back(planned(Place::engine, Phase::network, "cable", world::MakeVeth{"va", "vb"}));
    calls.back().undo = {world::RemoveLink{"va"}};
    calls.push_back(planned(Place::init, Phase::overlay, "pivot", world::PivotRoot{"/merged"}));
    calls.push_back(planned(Place::init, Phase::exec, "program", world::Execute{"/hello", {"/hello"}, {}}));
    begin.attached = true;
    begin.log = "/log";
    begin.exit_record = "/exit";
    return begin;
}

}  // namespace cutaway::runtime::test
