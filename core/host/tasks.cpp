// SPDX-License-Identifier: Apache-2.0
#include "core/host/tasks.h"

#include <algorithm>
#include <chrono>
#include <condition_variable>
#include <mutex>
#include <thread>

namespace cutaway::host {

namespace {

struct Crew {
    std::mutex mutex;
    std::condition_variable done;
    std::size_t next = 0;
    std::size_t working = 0;
    world::Cancel cancel;
    std::vector<Status> results;
};

void work(Crew& crew, const std::vector<world::Task>& tasks, world::World& world) {
    for (;;) {
        std::size_t mine = 0;
        {
            const std::lock_guard<std::mutex> lock(crew.mutex);
            mine = crew.next++;
        }
        if (mine >= tasks.size()) {
            break;
        }
        crew.results[mine] = crew.cancel.requested()
                                 ? Status(fail(Errc::cancelled, "another task failed before this began"))
                                 : tasks[mine](world);
        if (!crew.results[mine]) {
            crew.cancel.request();
        }
    }
    const std::lock_guard<std::mutex> lock(crew.mutex);
    --crew.working;
    crew.done.notify_all();
}

// A task that was only cancelled is not why: the first that failed by itself is.
Status first_error(std::vector<Status>& results) {
    const auto by_itself = std::find_if(results.begin(), results.end(), [](const Status& status) {
        return !status && status.error().code != Errc::cancelled;
    });
    const auto any = std::find_if(results.begin(), results.end(), [](const Status& status) { return !status; });
    const auto found = by_itself != results.end() ? by_itself : any;
    return found == results.end() ? Status{} : std::move(*found);
}

}  // namespace

Status HostTasks::run(world::World& world, std::vector<world::Task> tasks, std::size_t at_once) {
    Crew crew;
    crew.results.resize(tasks.size());
    crew.working = std::min(std::max<std::size_t>(at_once, 1), tasks.size());
    std::vector<std::unique_ptr<TaskWorld>> worlds;
    std::vector<std::thread> threads;
    const std::size_t count = crew.working;
    for (std::size_t i = 0; i < count; ++i) {
        worlds.push_back(make_(world, crew.cancel));
        threads.emplace_back([&crew, &tasks, &mine = *worlds.back()] { work(crew, tasks, mine.world()); });
    }
    {
        std::unique_lock<std::mutex> lock(crew.mutex);
        while (crew.working > 0) {
            crew.done.wait_for(lock, std::chrono::milliseconds(20));
            if (world.cancel.requested()) {
                crew.cancel.request();
            }
        }
    }
    for (std::thread& thread : threads) {
        thread.join();
    }
    return first_error(crew.results);
}

}  // namespace cutaway::host
