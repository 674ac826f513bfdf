// SPDX-License-Identifier: Apache-2.0
#include "core/trace/traced.h"

#include <utility>
#include <vector>

#include "core/trace/frame.h"
#include "core/trace/traced_disk.h"
#include "core/trace/traced_http.h"

namespace cutaway::trace {

namespace {

class TracedKernel final : public world::Kernel {
public:
    TracedKernel(world::Kernel& inner, Frame& frame) : inner_(inner), frame_(frame) {}
    Result<world::Reply> perform(const world::Call& call) override {
        return frame_.call(call, [&] { return inner_.perform(call); });
    }

private:
    world::Kernel& inner_;
    Frame& frame_;
};

class TracedSpawner final : public world::Spawner {
public:
    TracedSpawner(world::Spawner& inner, Frame& frame) : inner_(inner), frame_(frame) {}

    Result<std::unique_ptr<world::Channel>> start_shim(std::string_view container) override {
        const Mark mark = TRY(frame_.begin_call(world::StartShim{std::string(container)}));
        Result<std::unique_ptr<world::Channel>> channel = inner_.start_shim(container);
        frame_.end_call(mark, channel ? Result<world::Reply>(world::Reply{}) : Result<world::Reply>(channel.error()));
        return channel;
    }
    Result<std::unique_ptr<world::Channel>> connect(std::string_view container) override {
        return inner_.connect(container);
    }

private:
    world::Spawner& inner_;
    Frame& frame_;
};

class TracedWatch final : public world::Watch {
public:
    TracedWatch(Witness& witness, Frame& frame) : witness_(witness), frame_(frame) {}
    Result<std::vector<world::Observed>> next(std::int64_t timeout_ns) override {
        return witness_.next(timeout_ns, frame_.top());
    }

private:
    Witness& witness_;
    Frame& frame_;
};

// A call that another process makes: announced before, told after. One at a time a narrator, so one mark is enough;
// a stack costs nothing and survives a caller that nests.
class TracedNarrator final : public world::Narrator {
public:
    explicit TracedNarrator(Frame& frame) : frame_(frame) {}

    Status begin(const world::SpanStart& span) override { return frame_.begin(span); }
    void end(const Error* error) override { frame_.end(error); }
    void note(world::Note note) override { frame_.note(std::move(note)); }
    Status before(const world::Remote& who, const world::Call& call) override {
        Mark mark = TRY(frame_.begin_call(call, &who));
        remote_.push_back(std::move(mark));
        return {};
    }
    void after(const Result<world::Reply>& result) override {
        if (remote_.empty()) {
            return;
        }
        const Mark mark = std::move(remote_.back());
        remote_.pop_back();
        frame_.end_call(mark, result);
    }

    [[nodiscard]] bool attends() const override { return frame_.attended(); }

private:
    Frame& frame_;
    std::vector<Mark> remote_;
};

struct Shared {
    Recorder& recorder;
    Witness& witness;
};

class TracedTasks final : public world::Tasks {
public:
    TracedTasks(world::World& inner, Shared shared, Frame& frame) : inner_(inner), shared_(shared), frame_(frame) {}
    Status run(world::World& world, std::vector<world::Task> tasks, std::size_t at_once) override;

private:
    world::World& inner_;
    Shared shared_;
    Frame& frame_;
};

// The decorators of one task over the world that the inner Tasks gave it.
class TaskParts {
public:
    TaskParts(world::World& inner, Shared shared, Mark base)
        : frame_(shared.recorder, shared.witness, inner.cancel, std::move(base)),
          kernel_(inner.kernel, frame_),
          disk_(inner.disk, frame_),
          transport_(inner.transport, frame_),
          spawner_(inner.spawner, frame_),
          watch_(shared.witness, frame_),
          tasks_(inner, shared, frame_),
          narrator_(frame_),
          world_{kernel_, disk_,  transport_, inner.clock,  inner.entropy, spawner_,
                 watch_,  tasks_, narrator_,  inner.cancel, inner.machine} {}
    TaskParts(const TaskParts&) = delete;
    TaskParts& operator=(const TaskParts&) = delete;

    world::World& world() { return world_; }
    Frame& frame() { return frame_; }

private:
    Frame frame_;
    TracedKernel kernel_;
    TracedDisk disk_;
    TracedTransport transport_;
    TracedSpawner spawner_;
    TracedWatch watch_;
    TracedTasks tasks_;
    TracedNarrator narrator_;
    world::World world_;
};

Status TracedTasks::run(world::World& /*world*/, std::vector<world::Task> tasks, std::size_t at_once) {
    const Mark base = frame_.top();  // a copy: the tasks run while this frame stands still
    const Shared shared = shared_;
    std::vector<world::Task> traced;
    traced.reserve(tasks.size());
    for (world::Task& task : tasks) {
        traced.emplace_back([base, shared, work = std::move(task)](world::World& inner) -> Status {
            TaskParts parts(inner, shared, base);
            return work(parts.world());
        });
    }
    return inner_.tasks.run(inner_, std::move(traced), at_once);
}

}  // namespace

struct TracedWorld::Parts {
    Parts(world::World& inner, Recorder& recorder)
        : witness(inner.watch, recorder), top(inner, Shared{recorder, witness}, Mark{}) {}
    Witness witness;
    TaskParts top;
};

TracedWorld::TracedWorld(world::World& inner, Recorder& recorder) : parts_(std::make_unique<Parts>(inner, recorder)) {}

TracedWorld::~TracedWorld() = default;

world::World& TracedWorld::world() { return parts_->top.world(); }

void TracedWorld::drain() { parts_->top.frame().drain(); }

}  // namespace cutaway::trace
