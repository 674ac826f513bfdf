// SPDX-License-Identifier: Apache-2.0
#include "tests/host/machine.h"

#include <unistd.h>

#include <chrono>
#include <cstdlib>
#include <filesystem>
#include <fstream>
#include <sstream>
#include <thread>

#include "core/cgroup/cgroup.h"
#include "core/rootfs/rootfs.h"
#include "core/sandbox/sandbox.h"

namespace cutaway::host {

std::string why_not_here() {
    if (::geteuid() != 0) {
        return "it takes root";
    }
    std::error_code error;
    if (!std::filesystem::exists("/sys/fs/cgroup", error)) {
        return "no cgroups are mounted";
    }
    return "";
}

TempFolder::TempFolder() {
    std::string name = (std::filesystem::temp_directory_path() / "cutaway-host-XXXXXX").string();
    path_ = ::mkdtemp(name.data()) == nullptr ? std::string("/nonexistent") : name;
}

TempFolder::~TempFolder() {
    std::error_code error;
    std::filesystem::remove_all(path_, error);
}

std::string TempFolder::path(const std::string& name) const { return name.empty() ? path_ : path_ + "/" + name; }

Status GateNarrator::before(const world::Remote&, const world::Call& call) {
    calls.emplace_back(kind_of(call));
    return gate ? gate(call) : Status{};
}

void GateNarrator::after(const Result<world::Reply>& result) { replies.push_back(result ? *result : world::Reply{}); }

namespace {

HostOptions options(const TempFolder& folder) {
    return {folder.path("data"), folder.path("run"), CUTAWAY_INIT_PROGRAM, CUTAWAY_HTTP_MODULE};
}

void add(plan::Plan& plan, const std::vector<plan::PlannedCall>& calls) {
    plan.calls.insert(plan.calls.end(), calls.begin(), calls.end());
}

}  // namespace

Lab::Lab()
    : host_(options(folder_)), world_{host_.world().kernel, host_.world().disk,    host_.world().transport,
                                      host_.world().clock,  host_.world().entropy, host_.world().spawner,
                                      host_.world().watch,  host_.world().tasks,   narrator_,
                                      host_.cancel(),       host_.world().machine} {
    for (const char* name : {"layer/etc", "layer/proc", "upper", "work", "merged"}) {
        std::filesystem::create_directories(folder_.path(name));
    }
    std::filesystem::copy_file(CUTAWAY_HELLO_PROGRAM, folder_.path("layer/hello"));
    std::filesystem::permissions(folder_.path("layer/hello"), std::filesystem::perms(0755));
}

runtime::Begin Lab::begin(const std::vector<std::string>& argv) const {
    rootfs::Config root;
    root.lower = {folder_.path("layer")};
    root.upper = folder_.path("upper");
    root.work = folder_.path("work");
    root.merged = merged();
    root.cgroup = world_.machine.cgroup;
    root.controllers = world_.machine.controllers;
    cgroup::Config group;
    group.container = container;
    group.layout = world_.machine.cgroup;
    group.controllers = world_.machine.controllers;
    group.limits.memory = std::uint64_t{64} << 20U;
    sandbox::Config box;
    box.container = container;
    box.hostname = "feedbeef0011";
    box.capabilities = sandbox::default_capabilities();
    box.argv = argv;
    box.env = {"PATH=/bin:/", "SECRET=do-not-show"};

    runtime::Begin begin;
    begin.plan.container = container;
    add(begin.plan, rootfs::plan_overlay(root));
    add(begin.plan, cgroup::plan_groups(group));
    begin.plan.calls.push_back(sandbox::plan_clone(box));
    add(begin.plan, cgroup::plan_join(group));
    add(begin.plan, sandbox::plan_identity(box));
    add(begin.plan, rootfs::plan_root(root));
    add(begin.plan, sandbox::plan_program(box));
    begin.attached = true;
    begin.log = log();
    begin.exit_record = exit_record();
    return begin;
}

Ended Lab::finish(runtime::Launched& launched) {
    Ended ended;
    for (int quiet = 0; quiet < 100;) {
        const Result<std::optional<runtime::Message>> message = runtime::next_message(*launched.channel, 100'000'000);
        if (!message) {
            break;
        }
        quiet = message->has_value() ? 0 : quiet + 1;
        if (!message->has_value()) {
            continue;
        }
        if (const auto* output = std::get_if<runtime::Output>(&**message)) {
            (output->stream == world::Stream::out ? ended.out : ended.err) += output->bytes;
        } else if (const auto* exited = std::get_if<runtime::Exited>(&**message)) {
            ended.exited = *exited;
        }
    }
    return ended;
}

void Lab::take_back(const runtime::Begin& begin) {
    const auto all = static_cast<std::uint32_t>(begin.plan.calls.size());
    EXPECT_TRUE(runtime::undo_all(world_, container, world::Phase::remove, plan::undo_of(begin.plan, all)));
}

namespace {

bool contains(const std::string& text, const std::string& mark) { return text.find(mark) != std::string::npos; }

}  // namespace

std::vector<std::string> traces_of(const std::string& mark) {
    std::vector<std::string> found;
    std::ifstream mounts("/proc/self/mountinfo");
    for (std::string line; std::getline(mounts, line);) {
        if (contains(line, mark)) {
            found.push_back("mount: " + line);
        }
    }
    std::error_code error;
    // By hand: what goes away while it is read is no exception here.
    for (std::filesystem::recursive_directory_iterator entry("/sys/fs/cgroup", error), end; !error && entry != end;
         entry.increment(error)) {
        if (contains(entry->path().filename().string(), mark)) {
            found.push_back("cgroup: " + entry->path().string());
        }
    }
    for (const auto& entry : std::filesystem::directory_iterator("/proc", error)) {
        std::ifstream file(entry.path() / "cmdline");
        std::ostringstream text;
        text << file.rdbuf();  // it may end while it is read: that is no exception here
        const std::string command = text.str();
        if (contains(command, mark)) {
            found.push_back("process: " + entry.path().filename().string());
        }
    }
    return found;
}

bool eventually(const std::function<bool()>& holds, int milliseconds) {
    for (int waited = 0; waited < milliseconds; waited += 10) {
        if (holds()) {
            return true;
        }
        std::this_thread::sleep_for(std::chrono::milliseconds(10));
    }
    return holds();
}

}  // namespace cutaway::host
