// SPDX-License-Identifier: Apache-2.0
// A container started for real: the planners' own plan, performed by engine, shim and init on this machine.
#include <signal.h>
#include <sys/wait.h>
#include <unistd.h>

#include <algorithm>
#include <cerrno>
#include <fstream>
#include <iterator>

#include "core/host/sealed_program.h"
#include "core/host/syscall.h"
#include "tests/host/machine.h"

namespace cutaway::host {
namespace {

std::string text_of(const std::string& path) {
    std::ifstream file(path, std::ios::binary);
    return {std::istreambuf_iterator<char>(file), std::istreambuf_iterator<char>()};
}

template <class T>
std::string why(const Result<T>& result) {
    return result ? "" : result.error().doing;
}

using Traces = std::vector<std::string>;

TEST(Launch, AContainerRunsPrintsEndsAndIsRecorded) {
    CUTAWAY_NEEDS_ROOT();
    Lab lab;
    const runtime::Begin begin = lab.begin({"/hello"});
    Result<runtime::Launched> launched = runtime::launch(lab.world(), lab.container, begin);
    ASSERT_TRUE(launched) << why(launched);
    const Ended ended = lab.finish(*launched);
    ASSERT_TRUE(ended.exited);
    EXPECT_EQ(ended.exited->code, 0);
    EXPECT_EQ(ended.out, "hello from inside a container\n");
    EXPECT_EQ(text_of(lab.log()).rfind("{\"log\":\"hello from inside a container\\n\",\"stream\":\"stdout\"", 0), 0U);
    const Result<runtime::ExitRecord> record = runtime::parse_exit_record(text_of(lab.exit_record()));
    ASSERT_TRUE(record);
    EXPECT_EQ(record->code, 0);
    EXPECT_GT(record->finished_wall_ns, 0);
    lab.take_back(begin);
    EXPECT_TRUE(eventually([&] { return traces_of(lab.container).empty() && traces_of(lab.folder().path()).empty(); }));
    EXPECT_EQ(traces_of(lab.container), Traces{});
    EXPECT_EQ(traces_of(lab.folder().path()), Traces{});
}

TEST(Launch, TheExitCodeAndStandardErrorComeOut) {
    CUTAWAY_NEEDS_ROOT();
    struct Case {
        std::vector<std::string> argv;
        int code;
        std::string err;
    };
    for (const Case& one :
         {Case{{"/hello", "exit", "42"}, 42, ""}, Case{{"hello", "stderr"}, 0, "hello, standard error\n"}}) {
        Lab lab;
        const runtime::Begin begin = lab.begin(one.argv);
        Result<runtime::Launched> launched = runtime::launch(lab.world(), lab.container, begin);
        ASSERT_TRUE(launched) << why(launched);
        const Ended ended = lab.finish(*launched);
        ASSERT_TRUE(ended.exited);
        EXPECT_EQ(ended.exited->code, one.code);
        EXPECT_EQ(ended.err, one.err);
        lab.take_back(begin);
    }
}

TEST(Launch, TheProcessSeesItsOwnWorldAndHoldsNothingOfOurs) {
    CUTAWAY_NEEDS_ROOT();
    Lab lab;
    const runtime::Begin begin = lab.begin({"/hello", "probe"});
    Result<runtime::Launched> launched = runtime::launch(lab.world(), lab.container, begin);
    ASSERT_TRUE(launched) << why(launched);
    const std::string seen = lab.finish(*launched).out;
    lab.take_back(begin);
    const auto says = [&](const std::string& part) { return seen.find(part) != std::string::npos; };
    EXPECT_TRUE(says("\"pid\":1,\"ppid\":0,")) << seen;
    EXPECT_TRUE(says("\"hostname\":\"feedbeef0011\"")) << seen;
    EXPECT_TRUE(says("\"cwd\":\"/\"")) << seen;
    EXPECT_TRUE(says("\"CapInh\":\"0000000000000000\"")) << seen;
    EXPECT_TRUE(says("\"CapAmb\":\"0000000000000000\"")) << seen;
    EXPECT_TRUE(says("\"CapEff\":\"00000000a80425fb\"")) << seen;
    EXPECT_TRUE(says("\"CapBnd\":\"00000000a80425fb\"")) << seen;
    EXPECT_TRUE(says("\"links\":[\"lo\"]")) << seen;
    EXPECT_TRUE(says("\"env\":[\"PATH\",\"SECRET\"]")) << seen;
    EXPECT_FALSE(says("socket:")) << "a descriptor of the engine or the shim leaked: " << seen;
    EXPECT_FALSE(says("memfd:")) << seen;
    EXPECT_FALSE(says(lab.folder().path("log.json"))) << seen;
    for (const char* space : {"mnt", "pid", "net", "ipc", "uts", "cgroup"}) {
        const std::string own = "/proc/self/ns/" + std::string(space);
        char link[64] = {};
        ASSERT_GT(::readlink(own.c_str(), link, sizeof link - 1), 0);
        EXPECT_FALSE(says(link)) << "it shares the host's " << space << " namespace";
    }
}

TEST(Launch, EveryCallTellsItsSystemCalls) {
    CUTAWAY_NEEDS_ROOT();
    Lab lab;
    const runtime::Begin begin = lab.begin({"/hello"});
    Result<runtime::Launched> launched = runtime::launch(lab.world(), lab.container, begin);
    ASSERT_TRUE(launched) << why(launched);
    lab.finish(*launched);
    lab.take_back(begin);
    ASSERT_EQ(lab.narrator().calls.size(), lab.narrator().replies.size());
    bool pivoted = false;
    for (std::size_t i = 0; i < lab.narrator().calls.size(); ++i) {
        const std::string& kind = lab.narrator().calls[i];
        const auto& system_calls = lab.narrator().replies[i].system_calls;
        const bool quiet = kind == "mount" || kind == "execve";  // a mask of nothing; a process that is another now
        EXPECT_TRUE(quiet || !system_calls.empty()) << kind;
        pivoted = pivoted || (kind == "pivot_root" && system_calls.size() == 4 && system_calls[1].name == "pivot_root");
    }
    EXPECT_TRUE(pivoted);
}

TEST(Launch, WhileAGateHoldsTheHalfMadeContainerCanBeLookedAt) {
    CUTAWAY_NEEDS_ROOT();
    Lab lab;
    std::string hostname;
    lab.narrator().gate = [&](const world::Call& call) -> Status {
        if (std::holds_alternative<world::PivotRoot>(call)) {
            const Result<std::vector<world::Observed>> seen = lab.world().watch.next(1'000'000'000);
            for (const world::Observed& one : seen ? *seen : std::vector<world::Observed>{}) {
                const auto* started = std::get_if<world::ProcessStarted>(&one.what);
                if (started != nullptr && started->inner_pid == 1) {
                    hostname = text_of("/proc/" + std::to_string(started->pid) + "/mountinfo");
                    EXPECT_EQ(started->container, lab.container);
                    EXPECT_EQ(started->spaces.size(), 7U);
                }
            }
        }
        return {};
    };
    const runtime::Begin begin = lab.begin({"/hello"});
    Result<runtime::Launched> launched = runtime::launch(lab.world(), lab.container, begin);
    ASSERT_TRUE(launched) << why(launched);
    lab.finish(*launched);
    lab.take_back(begin);
    EXPECT_NE(hostname.find(lab.merged() + "/proc"), std::string::npos)
        << "the init's own mount tree was to be seen before pivot_root";
}

TEST(Launch, GivingUpAtAnyGateLeavesNothingBehind) {
    CUTAWAY_NEEDS_ROOT();
    for (const std::string_view kind : {"clone", "unshare", "mount", "pivot_root", "setuid", "execve"}) {
        Lab lab;
        lab.narrator().gate = [&](const world::Call& call) {
            if (kind_of(call) != kind) {
                return Status{};
            }
            lab.host().cancel().request();
            return Status(fail(Errc::cancelled, "given up at the gate"));
        };
        Result<runtime::Launched> launched = runtime::launch(lab.world(), lab.container, lab.begin({"/hello"}));
        ASSERT_FALSE(launched);
        EXPECT_EQ(launched.error().code, Errc::cancelled) << why(launched);
        EXPECT_TRUE(eventually([&] { return traces_of(lab.container).empty(); }));
        EXPECT_EQ(traces_of(lab.container), Traces{}) << "given up before " << kind;
        EXPECT_EQ(traces_of(lab.folder().path()), Traces{}) << "given up before " << kind;
    }
}

TEST(Launch, ABadProgramIsOneErrorAndLeavesNothingBehind) {
    CUTAWAY_NEEDS_ROOT();
    struct Case {
        std::string program;
        int number;
    };
    for (const Case& one : {Case{"/absent", ENOENT}, Case{"absent", ENOENT}, Case{"/etc", EACCES}}) {
        Lab lab;
        Result<runtime::Launched> launched = runtime::launch(lab.world(), lab.container, lab.begin({one.program}));
        ASSERT_FALSE(launched);
        EXPECT_EQ(launched.error().sys_errno, one.number) << why(launched);
        EXPECT_TRUE(eventually([&] { return traces_of(lab.container).empty(); }));
        EXPECT_EQ(traces_of(lab.folder().path()), Traces{});
    }
}

// The engine is a child of the test, killed at the gate: nobody is left to clean up but the shim.
TEST(Launch, IfTheEngineIsKilledInTheMiddleTheShimTakesTheStartBack) {
    CUTAWAY_NEEDS_ROOT();
    for (const std::string_view kind : {"clone", "pivot_root", "execve"}) {
        Lab lab;
        Pipe told = make_pipe().value_or(Pipe{});
        const pid_t engine = ::fork();
        if (engine == 0) {
            lab.narrator().gate = [&](const world::Call& call) {
                if (kind_of(call) == kind) {
                    static_cast<void>(write_all(told.write.get(), "x"));
                    ::pause();
                }
                return Status{};
            };
            static_cast<void>(runtime::launch(lab.world(), lab.container, lab.begin({"/hello"})));
            ::_exit(1);
        }
        told.write.reset();
        char byte = 0;
        ASSERT_EQ(read_some(told.read.get(), {&byte, 1}).value_or(0), 1U);
        EXPECT_NE(traces_of(lab.container), Traces{});
        ::kill(engine, SIGKILL);
        ::waitpid(engine, nullptr, 0);
        EXPECT_TRUE(eventually([&] { return traces_of(lab.container).empty(); }));
        EXPECT_EQ(traces_of(lab.container), Traces{}) << "killed before " << kind;
        EXPECT_EQ(traces_of(lab.folder().path()), Traces{}) << "killed before " << kind;
    }
}

TEST(Launch, TheShimsProgramIsSealed) {
    CUTAWAY_NEEDS_ROOT();
    Lab lab;
    const runtime::Begin begin = lab.begin({"/hello", "sleep", "1"});
    Result<runtime::Launched> launched = runtime::launch(lab.world(), lab.container, begin);
    ASSERT_TRUE(launched) << why(launched);
    std::string shim;
    for (const std::string& trace : traces_of(lab.container)) {
        shim = trace.rfind("process: ", 0) == 0 ? trace.substr(9) : shim;
    }
    ASSERT_FALSE(shim.empty());
    const Result<Fd> open = open_file("/proc/" + shim + "/exe", 1 /* O_WRONLY */);
    if (open) {  // to open is one thing, to change another
        EXPECT_LT(::write(open->get(), "x", 1), 0);
        EXPECT_TRUE(errno == EPERM || errno == ETXTBSY) << errno;
    } else {
        EXPECT_TRUE(open.error().sys_errno == ETXTBSY || open.error().sys_errno == EPERM) << why(open);
    }
    lab.finish(*launched);
    lab.take_back(begin);
}

}  // namespace
}  // namespace cutaway::host
