// SPDX-License-Identifier: Apache-2.0
#include "core/host/disk.h"

#include <fcntl.h>
#include <linux/fs.h>
#include <linux/magic.h>
#include <sys/ioctl.h>
#include <sys/vfs.h>

#include <thread>

#include "core/host/state_dir.h"
#include "core/host/syscall.h"
#include "tests/contract/disk_contract.h"
#include "tests/host/machine.h"

namespace cutaway::host {
namespace {

struct Owned {
    TempFolder folder;
    world::Cancel cancel;
    HostDisk disk{cancel};
};

contract::DiskUnderTest make() {
    auto owned = std::make_shared<Owned>();
    return {owned, &owned->disk, owned->folder.path()};
}

TEST(HostDisk, SavedFilesAppearWhole) { contract::saved_files_appear_whole(make); }

TEST(HostDisk, ADroppedSinkLeavesNothing) { contract::a_dropped_sink_leaves_nothing(make); }

TEST(HostDisk, AbsentThingsAreNotFound) { contract::absent_things_are_not_found(make); }

TEST(HostDisk, ATreeFollowsNoLinkOfItsArchive) {
    CUTAWAY_NEEDS_ROOT();
    contract::a_tree_follows_no_link_of_its_archive(make);
}

// The writer keeps the way to its last directory open; what is replaced meanwhile must not be written through.
TEST(HostDisk, ADirectoryThatIsReplacedIsNotWrittenThrough) {
    const contract::DiskUnderTest under = make();
    ASSERT_TRUE(under.disk->make_dir(under.folder + "/outside/b", 0755));
    auto tree = under.disk->tree(under.folder + "/root");
    ASSERT_TRUE(tree);
    const auto put = [&](const std::string& path, const std::string& bytes) {
        EXPECT_TRUE((*tree)->add(contract::entry(path, world::FileType::regular))) << path;
        EXPECT_TRUE((*tree)->write(bytes)) << path;
    };
    put("a/b/c/one", "1");
    EXPECT_TRUE((*tree)->add(contract::entry("a/b", world::FileType::symlink, under.folder + "/outside/b")));
    put("a/b/two", "2");
    put("a/b/c/three", "3");
    EXPECT_TRUE((*tree)->add(contract::entry("a", world::FileType::regular)));
    put("a/b/four", "4");
    world::TreeEntry hard = contract::entry("a/c/five", world::FileType::regular);
    hard.hardlink = "a/b/four";
    EXPECT_TRUE((*tree)->add(hard));
    EXPECT_TRUE((*tree)->finish());
    EXPECT_TRUE(under.disk->list(under.folder + "/outside/b")->empty());
    EXPECT_EQ(under.disk->read(under.folder + "/root/a/b/four").value_or(""), "4");
    EXPECT_EQ(under.disk->read(under.folder + "/root/a/c/five").value_or(""), "4");
    EXPECT_EQ(under.disk->list(under.folder + "/root/a/b")->size(), 1U);
}

TEST(HostDisk, DirectoriesDeeperThanAreKeptOpenAreMadeAllTheSame) {
    const contract::DiskUnderTest under = make();
    auto tree = under.disk->tree(under.folder + "/root");
    ASSERT_TRUE(tree);
    std::string path = "d";
    for (int i = 0; i < 150; ++i) {
        path += "/d";
        ASSERT_TRUE((*tree)->add(contract::entry(path, world::FileType::directory))) << i;
    }
    for (const char* name : {"/x", "/y"}) {
        ASSERT_TRUE((*tree)->add(contract::entry(path + name, world::FileType::regular)));
        ASSERT_TRUE((*tree)->write(name));
    }
    ASSERT_TRUE((*tree)->finish());
    EXPECT_EQ(under.disk->read(under.folder + "/root/" + path + "/y").value_or(""), "/y");
    EXPECT_EQ(under.disk->stat(under.folder + "/root/d/d")->mtime_ns, 1'000'000'000'000'000'001);
}

// Of one file system the inodes that one layer's removal freed are searched by the next unless each tree is put somewhere
// else, and that is decided by the flag of the folder in which the trees have names of their own.
TEST(HostDisk, TreesAreSpreadByTheFolderInWhichTheyHaveTheirNames) {
    const contract::DiskUnderTest under = make();
    const auto flags = [&](const std::string& path) {
        const Result<Fd> fd = open_file(path, O_RDONLY | O_DIRECTORY);
        long held = 0;
        return fd && ::ioctl(fd->get(), FS_IOC_GETFLAGS, &held) == 0 ? held : -1;
    };
    struct statfs kind {};
    ASSERT_EQ(::statfs(under.folder.c_str(), &kind), 0);
    if (kind.f_type != EXT4_SUPER_MAGIC) {
        GTEST_SKIP() << "the folder for temporary files is not on ext4";
    }
    ASSERT_TRUE(under.disk->tree(under.folder + "/layers/.new-1/fs"));
    EXPECT_NE(flags(under.folder + "/layers") & FS_TOPDIR_FL, 0);
    EXPECT_EQ(flags(under.folder + "/layers/.new-1") & FS_TOPDIR_FL, 0);
    EXPECT_EQ(flags(under.folder + "/layers/.new-1/fs") & FS_TOPDIR_FL, 0);
    EXPECT_EQ(flags(under.folder) & FS_TOPDIR_FL, 0);
}

TEST(HostDisk, AReaderIsLedOutByNoLink) {
    CUTAWAY_NEEDS_ROOT();
    contract::a_reader_is_led_out_by_no_link(make);
}

TEST(HostDisk, ATreeKeepsWhatTheArchiveSays) {
    CUTAWAY_NEEDS_ROOT();
    contract::a_tree_keeps_what_the_archive_says(make);
}

TEST(HostDisk, ALockWaitsAndTheWaitCanBeGivenUp) {
    Owned owned;
    const std::string path = owned.folder.path("lock");
    auto held = owned.disk.lock(path);
    ASSERT_TRUE(held);
    std::thread later([&] {
        std::this_thread::sleep_for(std::chrono::milliseconds(50));
        owned.cancel.request();
    });
    const auto second = owned.disk.lock(path);
    later.join();
    ASSERT_FALSE(second);
    EXPECT_EQ(second.error().code, Errc::cancelled);
    held->reset();
    EXPECT_TRUE(owned.disk.lock(path));
}

TEST(StateDir, WhoLocksItSweepsWhatOneThatDiedLeftAndNothingElse) {
    const TempFolder folder;
    Result<StateDir> directory = StateDir::open(folder.path());
    ASSERT_TRUE(directory);
    const std::string digest(64, 'a');
    ASSERT_TRUE(directory->replace("objects/" + digest, "kept"));
    for (const std::string& name :
         {"objects/" + digest + ".new", std::string("objects/mine.new"), std::string("mine.new")}) {
        ASSERT_TRUE(directory->append(name, "half"));
    }
    ASSERT_TRUE(directory->lock());
    directory->unlock();
    EXPECT_EQ(directory->size("objects/" + digest).value_or(0), 4U);
    EXPECT_EQ(directory->size("objects/" + digest + ".new").value_or(9), 0U);
    EXPECT_EQ(directory->size("objects/mine.new").value_or(0), 4U);
    EXPECT_EQ(directory->size("mine.new").value_or(0), 4U);
}

}  // namespace
}  // namespace cutaway::host
