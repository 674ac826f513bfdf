// SPDX-License-Identifier: Apache-2.0
#include <fcntl.h>
#include <unistd.h>

#include <filesystem>

#include "core/host/error.h"
#include "core/host/packet_socket.h"
#include "core/host/remove_tree.h"
#include "core/host/sealed_program.h"
#include "core/host/syscall.h"
#include "tests/host/machine.h"

namespace cutaway::host {
namespace {

bool is_open(int number) { return ::fcntl(number, F_GETFD) >= 0; }

TEST(Guards, ADescriptorIsClosedOnceAndIsCloseOnExec) {
    int number = -1;
    {
        Fd fd = open_file("/dev/null", O_RDONLY).value_or(Fd{});
        number = fd.get();
        EXPECT_EQ(::fcntl(number, F_GETFD) & FD_CLOEXEC, FD_CLOEXEC);
        Fd moved = std::move(fd);
        EXPECT_EQ(moved.get(), number);
        EXPECT_TRUE(is_open(number));
    }
    EXPECT_FALSE(is_open(number));
}

TEST(Guards, AFailureSaysTheCallThePathAndTheNumber) {
    const Result<Fd> absent = open_file("/nowhere/at/all", O_RDONLY);
    ASSERT_FALSE(absent);
    EXPECT_EQ(absent.error().code, Errc::not_found);
    EXPECT_EQ(absent.error().sys_errno, ENOENT);
    EXPECT_EQ(absent.error().doing, "open /nowhere/at/all: no such file or directory");
}

TEST(Guards, ASealedCopyTakesNoByte) {
    const Result<Fd> copy = seal_program(CUTAWAY_HELLO_PROGRAM);
    ASSERT_TRUE(copy) << copy.error().doing;
    EXPECT_LT(::pwrite(copy->get(), "x", 1, 0), 0);
    EXPECT_LT(::ftruncate(copy->get(), 0), 0);
    EXPECT_FALSE(seal_program("/nowhere/at/all"));
}

TEST(Guards, ALinkInATreeIsRemovedAndNotFollowed) {
    const TempFolder folder;
    std::filesystem::create_directories(folder.path("tree/deep"));
    std::filesystem::create_directories(folder.path("kept/file"));
    std::filesystem::create_directory_symlink(folder.path("kept"), folder.path("tree/deep/link"));
    std::uint64_t removed = 0;
    EXPECT_TRUE(remove_tree(folder.path("tree"), removed));
    EXPECT_EQ(removed, 3U);
    EXPECT_FALSE(std::filesystem::exists(folder.path("tree")));
    EXPECT_TRUE(std::filesystem::exists(folder.path("kept/file")));
}

// The kernel tells of the unread word first, as ECONNRESET, and once; it is no sign that nothing is left to read.
TEST(Guards, WhoClosesWithAWordUnreadIsHeardOutAllTheSame) {
    SocketPair pair = make_socket_pair().value_or(SocketPair{});
    PacketSocket shim(std::move(pair.ours));
    std::string said;
    {
        PacketSocket engine(std::move(pair.theirs));
        shim.send("started");
        EXPECT_FALSE(shim.receive(said));
        engine.send("kept");
    }
    EXPECT_FALSE(shim.closed());
    EXPECT_TRUE(shim.receive(said));
    EXPECT_EQ(said, "kept");
    EXPECT_TRUE(shim.closed());
}

}  // namespace
}  // namespace cutaway::host
