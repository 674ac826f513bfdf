// SPDX-License-Identifier: Apache-2.0
// What every Disk promises, as checks that any world can be put through: give a disk and a folder on it that is its
// own. Each check fails with GoogleTest's own words.
#pragma once

#include <array>
#include <functional>
#include <memory>
#include <string>

#include <gtest/gtest.h>

#include "core/world/disk.h"

namespace cutaway::contract {

struct DiskUnderTest {
    std::shared_ptr<void> owner;  // whatever must live as long
    world::Disk* disk = nullptr;
    std::string folder;
};
using MakeDisk = std::function<DiskUnderTest()>;

inline void saved_files_appear_whole(const MakeDisk& make) {
    const DiskUnderTest under = make();
    const std::string path = under.folder + "/a/b/record.json";
    EXPECT_EQ(under.disk->read(path).value_or("absent"), "absent");
    ASSERT_TRUE(under.disk->save(path, "one", world::Durability::durable));
    ASSERT_TRUE(under.disk->save(path, "two", world::Durability::runtime));
    EXPECT_EQ(under.disk->read(path).value_or(""), "two");
    const auto names = under.disk->list(under.folder + "/a/b");
    ASSERT_TRUE(names);
    EXPECT_EQ(names->size(), 1U) << "a temporary file stayed";
}

inline void a_dropped_sink_leaves_nothing(const MakeDisk& make) {
    const DiskUnderTest under = make();
    const std::string path = under.folder + "/blob";
    {
        auto sink = under.disk->create(path);
        ASSERT_TRUE(sink);
        ASSERT_TRUE((*sink)->write("half"));
    }
    EXPECT_FALSE(under.disk->stat(path));
    const auto names = under.disk->list(under.folder);
    ASSERT_TRUE(names);
    EXPECT_TRUE(names->empty());
    auto sink = under.disk->create(path);
    ASSERT_TRUE(sink);
    ASSERT_TRUE((*sink)->write("who") && (*sink)->write("le"));
    ASSERT_TRUE((*sink)->commit());
    EXPECT_EQ(under.disk->read(path).value_or(""), "whole");
}

inline void absent_things_are_not_found(const MakeDisk& make) {
    const DiskUnderTest under = make();
    const auto stat = under.disk->stat(under.folder + "/absent");
    ASSERT_FALSE(stat);
    EXPECT_EQ(stat.error().code, Errc::not_found);
    EXPECT_TRUE(under.disk->remove(under.folder + "/absent"));
    EXPECT_TRUE(under.disk->make_dir(under.folder + "/d/e", 0755));
    EXPECT_TRUE(under.disk->make_dir(under.folder + "/d/e", 0755));
    EXPECT_TRUE(under.disk->remove(under.folder + "/d"));
    EXPECT_FALSE(under.disk->stat(under.folder + "/d"));
}

inline world::TreeEntry entry(std::string path, world::FileType type, std::string link = "") {
    world::TreeEntry one;
    one.path = std::move(path);
    one.info.type = type;
    one.info.mode = 0755;
    one.info.mtime_ns = 1'000'000'000'000'000'001;
    one.info.link = std::move(link);
    return one;
}

inline void a_tree_follows_no_link_of_its_archive(const MakeDisk& make) {
    const DiskUnderTest under = make();
    ASSERT_TRUE(under.disk->save(under.folder + "/outside/kept", "kept", world::Durability::runtime));
    auto tree = under.disk->tree(under.folder + "/root");
    ASSERT_TRUE(tree);
    ASSERT_TRUE((*tree)->add(entry("evil", world::FileType::symlink, under.folder + "/outside")));
    static_cast<void>((*tree)->add(entry("evil/kept", world::FileType::regular)));
    static_cast<void>((*tree)->write("changed"));
    EXPECT_FALSE((*tree)->add(entry("../climbs", world::FileType::regular)));
    static_cast<void>((*tree)->finish());
    EXPECT_EQ(under.disk->read(under.folder + "/outside/kept").value_or(""), "kept");
    EXPECT_FALSE(under.disk->stat(under.folder + "/climbs"));
}

inline void a_reader_is_led_out_by_no_link(const MakeDisk& make) {
    const DiskUnderTest under = make();
    ASSERT_TRUE(under.disk->save(under.folder + "/secret", "outside", world::Durability::runtime));
    auto tree = under.disk->tree(under.folder + "/root");
    ASSERT_TRUE(tree);
    ASSERT_TRUE((*tree)->add(entry("up", world::FileType::symlink, "..")));
    ASSERT_TRUE((*tree)->add(entry("whole", world::FileType::symlink, under.folder)));
    ASSERT_TRUE((*tree)->add(entry("here", world::FileType::symlink, "/in")));
    ASSERT_TRUE((*tree)->add(entry("in", world::FileType::directory)));
    ASSERT_TRUE((*tree)->add(entry("in/file", world::FileType::regular)));
    ASSERT_TRUE((*tree)->write("inside"));
    world::TreeEntry twin = entry("in/twin", world::FileType::regular);
    twin.hardlink = "in/file";
    ASSERT_TRUE((*tree)->add(twin));
    ASSERT_TRUE((*tree)->add(entry("in/link", world::FileType::symlink, "file")));
    ASSERT_TRUE((*tree)->finish());
    auto reader = under.disk->reader(under.folder + "/root");
    ASSERT_TRUE(reader);
    for (const char* path : {"up/secret", "whole/secret", "../secret", "in/../../secret"}) {
        EXPECT_FALSE((*reader)->stat(path)) << path;
        EXPECT_FALSE((*reader)->open(path)) << path;
    }
    auto source = (*reader)->open("here/file");
    ASSERT_TRUE(source);
    std::array<char, 16> bytes{};
    EXPECT_EQ(std::string_view(bytes.data(), (*source)->read(bytes).value_or(0)), "inside");
    EXPECT_EQ((*reader)->stat("in/link").value_or(world::FileInfo{}).link, "file") << "the last name is not followed";
    EXPECT_FALSE((*reader)->open("in/link"));
    EXPECT_FALSE((*reader)->list("here"));
    EXPECT_EQ((*reader)->list("").value_or(std::vector<world::DirEntry>{}).size(), 4U);
    EXPECT_EQ((*reader)->list("in").value_or(std::vector<world::DirEntry>{}).size(), 3U);
    EXPECT_EQ((*reader)->other_names("in/file").value_or(""), (*reader)->other_names("in/twin").value_or("?"));
    EXPECT_NE((*reader)->other_names("in/file").value_or(""), "");
    EXPECT_EQ((*reader)->other_names("in/link").value_or("?"), "");
}

inline void a_tree_keeps_what_the_archive_says(const MakeDisk& make) {
    const DiskUnderTest under = make();
    auto tree = under.disk->tree(under.folder + "/root");
    ASSERT_TRUE(tree);
    world::TreeEntry file = entry("bin/tool", world::FileType::regular);
    file.info.mode = 04755;
    file.info.uid = 7;
    ASSERT_TRUE((*tree)->add(entry("bin", world::FileType::directory)));
    ASSERT_TRUE((*tree)->add(file));
    ASSERT_TRUE((*tree)->write("#!tool"));
    world::TreeEntry twin = entry("bin/twin", world::FileType::regular);
    twin.hardlink = "/bin/tool";  // absolute targets are legal and mean the tree's root
    ASSERT_TRUE((*tree)->add(twin));
    ASSERT_TRUE((*tree)->whiteout("bin/hidden"));
    ASSERT_TRUE((*tree)->opaque("bin"));
    ASSERT_TRUE((*tree)->finish());
    const auto seen = under.disk->stat(under.folder + "/root/bin/tool");
    ASSERT_TRUE(seen);
    EXPECT_EQ(seen->mode, 04755U);
    EXPECT_EQ(seen->uid, 7U);
    EXPECT_EQ(seen->size, 6U);
    EXPECT_EQ(under.disk->read(under.folder + "/root/bin/twin").value_or(""), "#!tool");
    const auto hidden = under.disk->stat(under.folder + "/root/bin/hidden");
    ASSERT_TRUE(hidden);
    EXPECT_EQ(hidden->type, world::FileType::character);
    EXPECT_EQ(hidden->major + hidden->minor, 0U);
    const auto bin = under.disk->stat(under.folder + "/root/bin");
    ASSERT_TRUE(bin);
    EXPECT_EQ(bin->mtime_ns, 1'000'000'000'000'000'001) << "a directory's time is set last";
}

}  // namespace cutaway::contract
