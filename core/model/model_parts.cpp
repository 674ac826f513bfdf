// SPDX-License-Identifier: Apache-2.0
#include "core/model/model_parts.h"

#include <algorithm>

#include "core/model/errors.h"
#include "core/model/processes.h"

namespace cutaway::model {
namespace {

constexpr std::int64_t moment_ns = 10000000;      // between two looks at a machine that others may change
constexpr std::int64_t round_trip_ns = 18000000;  // to a registry
constexpr std::int64_t ns_per_byte = 40;          // 25 MB/s

class ModelChannel final : public world::Channel {
public:
    ModelChannel(Waiting& waiting, ObjectId queue) : waiting_(waiting), queue_(queue) {}
    ~ModelChannel() override {
        if (MessageQueue* queue = find(); queue != nullptr) {
            queue->first_gone = true;
            ++waiting_.machine.change;
            if (queue->second_gone) {
                waiting_.machine.state.messages.erase(queue_);
            }
        }
    }
    Status send(std::string_view message) override {
        MessageQueue* queue = find();
        if (queue == nullptr || queue->second_gone) {
            return fail(Errc::not_found, "send to the shim: it has gone");
        }
        queue->to_second.emplace_back(message);
        ++waiting_.machine.change;
        return {};
    }
    Result<std::optional<std::string>> receive(std::int64_t timeout_ns) override {
        if (timeout_ns != 0 && !TRY(waiting_.until([this] { return ready(); }, timeout_ns))) {
            return std::optional<std::string>();
        }
        return take();
    }
    Result<std::optional<std::string>> attend() override {
        if (!TRY(waiting_.for_a_moment([this] { return ready(); }))) {
            return std::optional<std::string>();
        }
        return take();
    }

private:
    bool ready() {
        const MessageQueue* queue = find();
        return queue == nullptr || !queue->to_first.empty() || queue->second_gone;
    }
    Result<std::optional<std::string>> take() {
        MessageQueue* queue = find();
        if (queue != nullptr && !queue->to_first.empty()) {
            std::optional<std::string> message(std::move(queue->to_first.front()));
            queue->to_first.erase(queue->to_first.begin());
            return message;
        }
        if (queue == nullptr || queue->second_gone) {
            return fail(Errc::not_found, "receive from the shim: it has gone");
        }
        return std::optional<std::string>();
    }
    MessageQueue* find() {
        const auto found = waiting_.machine.state.messages.find(queue_);
        return found == waiting_.machine.state.messages.end() ? nullptr : &found->second;
    }
    Waiting& waiting_;
    ObjectId queue_;
};

// A body whose bytes take their time on the machine's clock.
class TimedSource final : public world::Source {
public:
    TimedSource(Machine& machine, std::unique_ptr<world::Source> inner) : machine_(machine), inner_(std::move(inner)) {}
    Result<std::size_t> read(std::span<char> into) override {
        const std::size_t count = TRY(inner_->read(into));
        pass(machine_, static_cast<std::int64_t>(count) * ns_per_byte);
        return count;
    }

private:
    Machine& machine_;
    std::unique_ptr<world::Source> inner_;
};

// A request's body takes its time on the way, too.
class TimedUpload final : public world::Source {
public:
    TimedUpload(Machine& machine, world::Source& inner) : machine_(machine), inner_(inner) {}
    Result<std::size_t> read(std::span<char> into) override {
        const std::size_t count = TRY(inner_.read(into));
        pass(machine_, static_cast<std::int64_t>(count) * ns_per_byte);
        return count;
    }

private:
    Machine& machine_;
    world::Source& inner_;
};

std::string_view authority_of(std::string_view url) {
    const std::size_t scheme = url.find("://");
    std::string_view rest = scheme == std::string_view::npos ? url : url.substr(scheme + 3);
    rest = rest.substr(0, rest.find_first_of("/?#"));
    const std::size_t at = rest.rfind('@');
    return at == std::string_view::npos ? rest : rest.substr(at + 1);
}

ObjectId new_queue(Waiting& waiting) {
    const ObjectId id = new_object(waiting.machine);
    waiting.machine.state.messages[id].owner = waiting.files.owner();
    return id;
}

}  // namespace

Status Waiting::let_others() {
    TRY(saved.park());
    const bool hope = files.pause(moment_ns);
    TRY(saved.unpark());
    if (!hope) {
        return fail(Errc::timeout, "nothing on the simulated machine will ever end this wait");
    }
    return {};
}

// In real time the moment passes first and then what it brought runs; else the machine runs first, and a moment passes
// only where that leads nowhere.
Result<bool> Waiting::for_a_moment(const std::function<bool()>& done) {
    constexpr int turns_at_once = 2000;
    const std::int64_t began = machine.state.now_ns - files.wall_ns();
    if (done()) {
        return true;
    }
    if (realtime) {
        TRY(let_others());
    }
    int turns = 0;
    const Ran ran = run_until(
        machine, [&] { return done() || cancel.requested() || ++turns > turns_at_once; },
        realtime ? std::max(machine.state.now_ns, began + files.wall_ns()) : -1);
    if (done()) {
        return true;
    }
    if (cancel.requested()) {
        return fail(Errc::cancelled, "given up while waiting");
    }
    if (ran == Ran::done) {  // busy: only its turns are up
        TRY(saved.park());
        TRY(saved.unpark());
    } else if (!realtime) {
        TRY(let_others());
    }
    return done();
}

Result<bool> Waiting::until(const std::function<bool()>& done, std::int64_t timeout_ns) {
    constexpr int turns_at_once = 20000;
    const std::int64_t deadline = timeout_ns < 0 ? -1 : machine.state.now_ns + timeout_ns;
    const std::int64_t began = machine.state.now_ns - files.wall_ns();
    while (true) {
        int turns = 0;
        std::int64_t limit = deadline;
        if (realtime) {  // never ahead of the wall clock
            const std::int64_t wall = std::max(machine.state.now_ns, began + files.wall_ns());
            limit = deadline < 0 ? wall : std::min(deadline, wall);
        }
        const Ran ran = run_until(
            machine, [&] { return done() || cancel.requested() || ++turns > turns_at_once; }, limit);
        if (done()) {
            return true;
        }
        if (deadline >= 0 && machine.state.now_ns >= deadline) {
            return false;
        }
        if (cancel.requested()) {
            return fail(Errc::cancelled, "given up while waiting");
        }
        if (ran == Ran::idle || ran == Ran::deadline) {
            TRY(let_others());
        } else {
            TRY(saved.park());
            TRY(saved.unpark());
        }
    }
}

Result<world::Reply> DaemonKernel::perform(const world::Call& call) {
    Machine& machine = waiting_.machine;
    if (const auto* wait = std::get_if<world::AwaitExit>(&call)) {
        const Pid pid = wait->pid;
        const bool ended = TRY_IN("await_exit", waiting_.until(
                                                    [&machine, pid] {
                                                        const Process* process = find_process(machine, pid);
                                                        return process == nullptr || process->life == Life::zombie;
                                                    },
                                                    wait->timeout_ns));
        world::Reply reply;
        reply.value = ended ? 1 : 0;
        return reply;
    }
    ProcessKernel kernel(machine, machine.state.daemon);
    return kernel.perform(call);
}

Status ModelClock::sleep(std::int64_t ns) {
    (void)TRY(waiting_.until([] { return false; }, std::max<std::int64_t>(0, ns)));
    return {};
}

void ModelEntropy::fill(std::span<std::uint8_t> bytes) {
    for (std::uint8_t& byte : bytes) {
        byte = static_cast<std::uint8_t>(random_number(machine_) & 0xffU);
    }
}

Result<world::HttpResponse> ModelTransport::send(const world::HttpRequest& request, world::Source* upload) {
    const std::string_view authority = authority_of(request.url);
    for (HttpServer* server : servers_) {
        if (!server->answers(authority)) {
            continue;
        }
        pass(machine_, round_trip_ns + static_cast<std::int64_t>(request.body.size()) * ns_per_byte);
        std::optional<TimedUpload> timed;
        if (upload != nullptr) {
            timed.emplace(machine_, *upload);
        }
        world::HttpResponse response = TRY(server->serve(request, timed ? &*timed : nullptr));
        pass(machine_, server->took_ns());
        response.body = std::make_unique<TimedSource>(machine_, std::move(response.body));
        return response;
    }
    return fail(Errc::network, "could not resolve host: " + std::string(authority.substr(0, authority.find(':'))));
}

Result<std::unique_ptr<world::Channel>> ModelSpawner::start_shim(std::string_view container) {
    Machine& machine = waiting_.machine;
    Birth birth;
    birth.parent = machine.state.daemon;
    birth.descriptors.emplace();
    birth.program = shim_program;
    const Pid pid = TRY_IN("start_shim", fork_process(machine, birth));
    Process& shim = machine.state.processes.at(pid);
    shim.parent = 1;  // whoever reaps here; the engine may go
    shim.container = std::string(container.substr(0, container.find('/')));
    shim.comm = shim_program;
    shim.title = std::string(shim_program) + " " + std::string(container.substr(0, 12));
    shim.argv = {std::string(shim_program), std::string(container)};
    shim.executable = "/usr/local/bin/cutaway-init";
    const ObjectId queue = new_queue(waiting_);
    const ObjectId end = message_end(machine, queue, true);
    share_file(machine, end);
    install(shim, end, true, channel_descriptor);
    shim.door = new_object(machine);
    machine.state.doors[shim.door] = Door{std::string(container), pid, {}};
    OpenFile door;
    door.kind = FileKind::door;
    door.object = shim.door;
    door.path = "/run/cutaway/shim.sock";
    const ObjectId file = add_file(machine, std::move(door));
    share_file(machine, file);
    install(shim, file, true, door_descriptor);
    announce(machine, pid);
    pass(machine, 700000);
    std::unique_ptr<world::Channel> channel = std::make_unique<ModelChannel>(waiting_, queue);
    return channel;
}

Result<std::unique_ptr<world::Channel>> ModelSpawner::connect(std::string_view container) {
    Machine& machine = waiting_.machine;
    for (auto& [id, door] : machine.state.doors) {
        if (door.container == container) {
            const ObjectId queue = new_queue(waiting_);
            door.waiting.push_back(queue);
            ++machine.change;
            std::unique_ptr<world::Channel> channel = std::make_unique<ModelChannel>(waiting_, queue);
            return channel;
        }
    }
    return fail(Errc::not_found, "connect to the shim of " + std::string(container.substr(0, 12)) + ": it has gone");
}

namespace {

constexpr std::int64_t sample_every_ns = 200'000'000;

}  // namespace

ModelWatch::ModelWatch(Waiting& waiting) : waiting_(waiting), seen_(waiting.machine.state.journal.observed) {}

// As often as the real watch looks, and of the same containers: those with which something happens.
void ModelWatch::sample() {
    Machine& machine = waiting_.machine;
    for (auto& [container, last] : sampled_) {
        if (last.at_ns != 0 && machine.state.now_ns - last.at_ns < sample_every_ns) {
            continue;
        }
        std::optional<world::UsageSampled> now = usage_of(machine, container);
        if (now && !now->cgroup.empty() && *now != last.usage) {
            last = {machine.state.now_ns, *now};
            see(machine, world::Actor::kernel, std::move(*now));
        }
    }
}

Result<std::vector<world::Observed>> ModelWatch::next(std::int64_t timeout_ns) {
    sample();
    const MachineState& state = waiting_.machine.state;
    const auto any = [this, &state] { return state.observed_before + state.observed.size() > seen_; };
    if (!any() && timeout_ns != 0) {
        (void)TRY(waiting_.until(any, timeout_ns));
    }
    const std::uint64_t skip = seen_ > state.observed_before ? seen_ - state.observed_before : 0;
    std::vector<world::Observed> fresh;
    for (std::size_t i = static_cast<std::size_t>(skip); i < state.observed.size(); ++i) {
        fresh.push_back(state.observed[i]);
        if (const auto* started = std::get_if<world::ProcessStarted>(&fresh.back().what)) {
            sampled_.try_emplace(started->container);
        } else if (const auto* signal = std::get_if<world::SignalSeen>(&fresh.back().what)) {
            sampled_.try_emplace(signal->container);
        }
    }
    seen_ = state.observed_before + state.observed.size();
    return fresh;
}

Status ModelTasks::run(world::World& world, std::vector<world::Task> tasks, std::size_t) {
    for (world::Task& task : tasks) {
        TRY(task(world));
    }
    return {};
}

}  // namespace cutaway::model
