// SPDX-License-Identifier: Apache-2.0
// A world for tests of the recorder: everything succeeds unless told otherwise, and what was asked is written down.
#pragma once

#include <algorithm>
#include <array>
#include <atomic>
#include <deque>
#include <map>
#include <memory>
#include <mutex>
#include <string>
#include <thread>
#include <utility>
#include <vector>

#include "core/trace/recorder.h"
#include "core/world/world.h"

namespace cutaway::trace {

class FakeClock final : public world::Clock {
public:
    std::int64_t now_ns() override { return now_ += 10; }
    std::int64_t wall_ns() override { return 1000; }
    Status sleep(std::int64_t ns) override {
        now_ += ns;
        return {};
    }

private:
    std::atomic<std::int64_t> now_{0};
};

class FakeKernel final : public world::Kernel {
public:
    Result<world::Reply> perform(const world::Call& call) override {
        const std::lock_guard lock(mutex_);
        asked.push_back(call);
        if (!fail_kind.empty() && kind_of(call) == fail_kind) {
            return Error{Errc::denied, 1, "mount overlay: operation not permitted"};
        }
        world::Reply reply;
        reply.value = static_cast<std::int64_t>(asked.size());
        return reply;
    }
    int count() {
        const std::lock_guard lock(mutex_);
        return static_cast<int>(asked.size());
    }
    std::vector<world::Call> asked;
    std::string fail_kind;

private:
    std::mutex mutex_;
};

class TextSource final : public world::Source {
public:
    TextSource(std::string text, std::size_t fail_at) : text_(std::move(text)), fail_at_(fail_at) {}
    Result<std::size_t> read(std::span<char> into) override {
        if (at_ >= fail_at_) {
            return fail(Errc::network, "the connection was reset");
        }
        const std::size_t size = std::min({into.size(), text_.size() - at_, std::size_t{5000}});
        std::copy_n(text_.data() + at_, size, into.data());
        at_ += size;
        return size;
    }

private:
    std::string text_;
    std::size_t fail_at_;
    std::size_t at_ = 0;
};

class FakeTransport final : public world::Transport {
public:
    Result<world::HttpResponse> send(const world::HttpRequest& request, world::Source* upload) override {
        asked.push_back(request);
        std::array<char, 4096> piece{};
        while (upload != nullptr) {
            const std::size_t got = TRY(upload->read(piece));
            if (got == 0) {
                break;
            }
            uploaded += got;
        }
        if (refuse) {
            return fail(Errc::network, "connect: connection refused");
        }
        world::HttpResponse response;
        response.status = 200;
        response.headers = headers;
        response.body = std::make_unique<TextSource>(body, fail_at);
        return response;
    }
    std::vector<world::HttpRequest> asked;
    std::size_t uploaded = 0;
    std::vector<world::Pair> headers;
    std::string body;
    std::size_t fail_at = std::string::npos;
    bool refuse = false;
};

class NullSink final : public world::Sink {
public:
    Status write(std::string_view) override { return {}; }
    Status commit() override { return {}; }
};

class FakeDisk final : public world::Disk {
public:
    Result<std::string> read(std::string_view) override { return std::string("text"); }
    Result<std::unique_ptr<world::Source>> open(std::string_view) override {
        return std::unique_ptr<world::Source>(std::make_unique<TextSource>("text", std::string::npos));
    }
    Result<world::FileInfo> stat(std::string_view) override { return world::FileInfo{}; }
    Result<std::vector<world::DirEntry>> list(std::string_view) override { return std::vector<world::DirEntry>{}; }
    Status save(std::string_view, std::string_view, world::Durability) override { return {}; }
    Status append(std::string_view, std::string_view) override { return {}; }
    Result<std::unique_ptr<world::Sink>> create(std::string_view) override {
        return std::unique_ptr<world::Sink>(std::make_unique<NullSink>());
    }
    Status make_dir(std::string_view, std::uint32_t) override { return {}; }
    Status rename(std::string_view, std::string_view) override { return {}; }
    Status remove(std::string_view) override { return fail(Errc::io, "remove: disk is on fire"); }
    Result<std::unique_ptr<world::TreeWriter>> tree(std::string_view) override {
        return fail(Errc::unsupported, "no trees here");
    }
    Result<std::unique_ptr<world::TreeReader>> reader(std::string_view) override {
        return fail(Errc::unsupported, "no trees here");
    }
    Result<std::unique_ptr<world::DiskLock>> lock(std::string_view) override {
        return std::make_unique<world::DiskLock>();
    }
};

class FakeEntropy final : public world::Entropy {
public:
    void fill(std::span<std::uint8_t> bytes) override { std::fill(bytes.begin(), bytes.end(), std::uint8_t{4}); }
};

class FakeSpawner final : public world::Spawner {
public:
    Result<std::unique_ptr<world::Channel>> start_shim(std::string_view) override {
        return fail(Errc::unsupported, "no shims here");
    }
    Result<std::unique_ptr<world::Channel>> connect(std::string_view) override {
        return fail(Errc::not_found, "no shims here");
    }
};

class FakeWatch final : public world::Watch {
public:
    Result<std::vector<world::Observed>> next(std::int64_t) override {
        const std::lock_guard lock(mutex_);
        return std::exchange(seen_, {});
    }
    void happen(world::Observed what) {
        const std::lock_guard lock(mutex_);
        seen_.push_back(std::move(what));
    }

private:
    std::mutex mutex_;
    std::vector<world::Observed> seen_;
};

class NullNarrator final : public world::Narrator {
public:
    Status begin(const world::SpanStart&) override { return {}; }
    void end(const Error*) override {}
    void note(world::Note) override {}
    Status before(const world::Remote&, const world::Call&) override { return {}; }
    void after(const Result<world::Reply>&) override {}
};

// Threads if `at_once` says so; the first error in the order given.
class FakeTasks final : public world::Tasks {
public:
    Status run(world::World& world, std::vector<world::Task> tasks, std::size_t at_once) override {
        std::vector<Status> ends(tasks.size());
        std::vector<std::thread> threads;
        for (std::size_t i = 0; i < tasks.size(); ++i) {
            if (at_once < 2) {
                ends[i] = tasks[i](world);
            } else {
                threads.emplace_back([&, i] { ends[i] = tasks[i](world); });
            }
        }
        for (std::thread& thread : threads) {
            thread.join();
        }
        const auto bad = std::find_if(ends.begin(), ends.end(), [](const Status& end) { return !end; });
        return bad == ends.end() ? Status() : *bad;
    }
};

struct FakeWorld {
    FakeKernel kernel;
    FakeDisk disk;
    FakeTransport transport;
    FakeClock clock;
    FakeEntropy entropy;
    FakeSpawner spawner;
    FakeWatch watch;
    FakeTasks tasks;
    NullNarrator narrator;
    world::Cancel cancel;
    world::MachineProfile machine;
    world::World world{kernel, disk, transport, clock, entropy, spawner, watch, tasks, narrator, cancel, machine};
};

}  // namespace cutaway::trace
