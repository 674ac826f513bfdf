// SPDX-License-Identifier: Apache-2.0
// What is read out of /proc: what a signal will come to, who listens, whose a process is.
#include <signal.h>
#include <unistd.h>

#include <gtest/gtest.h>

#include "core/host/container_facts.h"
#include "core/host/process_facts.h"
#include "core/host/signal_facts.h"

namespace cutaway::host {
namespace {

// The lines of a status that matter; the masks are hexadecimal, bit 14 is SIGTERM's.
std::string status(const std::string& numbers, const std::string& held, const std::string& ignored,
                   const std::string& caught) {
    return "Name:\tx\nNSpid:\t" + numbers + "\nSigBlk:\t" + held + "\nSigIgn:\t" + ignored + "\nSigCgt:\t" + caught +
           "\n";
}

TEST(SignalFacts, AFateFollowsFromTheHandlersAndTheNumber) {
    const std::string none = "0000000000000000";
    const std::string term = "0000000000004000";
    struct Case {
        std::string status;
        int number;
        std::string_view fate;
    };
    for (const Case& one : {
             Case{status("70\t1", none, none, none), SIGTERM, "dropped"},
             Case{status("70\t2", none, none, none), SIGTERM, "terminated"},
             Case{status("70\t11", none, none, none), SIGTERM, "terminated"},
             Case{status("70", none, none, none), SIGTERM, "terminated"},
             Case{status("70\t1", none, none, term), SIGTERM, "handled"},
             Case{status("70\t1", none, none, term), SIGHUP, "dropped"},
             Case{status("70\t1", none, term, none), SIGTERM, "ignored"},
             Case{status("70\t1", term, none, term), SIGTERM, "pending"},
             Case{status("70\t1", none, none, none), SIGKILL, "terminated"},
             Case{status("70\t1", none, none, none), SIGSTOP, "stopped"},
             Case{status("70\t5", none, none, none), SIGTSTP, "stopped"},
             Case{status("70\t1", none, none, none), SIGTSTP, "dropped"},
             Case{status("70\t5", none, none, none), SIGWINCH, "ignored"},
         }) {
        EXPECT_EQ(fate_of(one.status, one.number), one.fate) << one.status << one.number;
    }
}

TEST(SignalFacts, OneThatDoesNotWaitForSignalsIsNotSaidTo) {
    EXPECT_FALSE(waits_for(::getpid(), SIGTERM));
    EXPECT_FALSE(waits_for(-1, SIGTERM));
}

TEST(ProcessFacts, AProcessOutsideOfContainersIsNoContainers) {
    EXPECT_EQ(container_of_process(::getpid()), "");
    EXPECT_EQ(container_of_process(-1), "");
    EXPECT_EQ(first_beside(-1), 0);
}

TEST(ContainerFacts, ListenersAreReadAsTheKernelWritesThem) {
    const std::string titles =
        "  sl  local_address rem_address   st tx_queue rx_queue tr tm->when retrnsmt   uid  timeout inode\n";
    const std::string tcp =
        titles +
        "   0: 0100007F:1F90 00000000:0000 0A 00000000:00000000 00:00000000 00000000     0        0 101 1\n"
        "   1: 00000000:0050 00000000:0000 0A 00000000:00000000 00:00000000 00000000     0        0 102 1\n"
        "   2: 0100007F:1F90 0100007F:A000 01 00000000:00000000 00:00000000 00000000     0        0 103 1\n";
    const std::vector<ListenerFacts> listen{{"tcp", "127.0.0.1", 8080, 101}, {"tcp", "0.0.0.0", 80, 102}};
    EXPECT_EQ(parse_listeners(tcp, "tcp"), listen);
    const std::string six = titles +
                            "   0: 00000000000000000000000000000000:0050 00000000000000000000000000000000:0000 0A "
                            "00000000:00000000 00:00000000 00000000     0        0 104 1\n";
    EXPECT_EQ(parse_listeners(six, "tcp"), (std::vector<ListenerFacts>{{"tcp", "::", 80, 104}}));
    const std::string udp =
        titles + "   0: 00000000:0035 00000000:0000 07 00000000:00000000 00:00000000 00000000 0 0 105 2\n";
    EXPECT_EQ(parse_listeners(udp, "udp"), (std::vector<ListenerFacts>{{"udp", "0.0.0.0", 53, 105}}));
    for (const char* odd : {"", "x", "x\n: : :\n", "x\n 0: zz 0 0A\n"}) {
        EXPECT_TRUE(parse_listeners(odd, "tcp").empty()) << odd;
    }
}

}  // namespace
}  // namespace cutaway::host
