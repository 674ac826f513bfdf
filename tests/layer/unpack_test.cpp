// SPDX-License-Identifier: Apache-2.0
// What a layer says, as files in overlay form: whiteouts, links, names of every kind, and the account given of it.
#include "core/layer/unpack.h"

#include <clocale>

#include <gtest/gtest.h>

#include "core/layer/compress.h"
#include "core/layer/keep.h"
#include "core/store/blobs.h"
#include "core/store/paths.h"
#include "tests/layer/tars.h"
#include "tests/store/memory_world.h"

namespace cutaway::layer {
namespace {

using testing::MemoryFile;
using testing::MemoryWorld;
using testing::StringSource;
using testing::Tar;

Result<Unpacked> unpack(MemoryWorld& memory, const std::string& blob, UnpackJob job = {}) {
    job.into = "/l/fs";
    StringSource source(blob, 777);  // pieces that end anywhere
    return unpack_layer(memory.world(), job, source);
}

// "etc/ etc/a=text w:etc/gone o:opt" — what stands in the tree, in order.
std::string tree_of(const MemoryWorld& memory) {
    std::string text;
    for (const auto& [path, file] : memory.disk.files) {
        if (path.rfind("/l/fs/", 0) != 0) {
            continue;
        }
        text += text.empty() ? "" : " ";
        text += file.whiteout ? "w:" : file.opaque ? "o:" : "";
        text += path.substr(6);
        if (!file.hardlink.empty()) {
            text += "=>" + file.hardlink.substr(6);
        } else if (file.info.type == world::FileType::symlink) {
            text += "->" + file.info.link;
        } else if (file.info.type == world::FileType::directory) {
            text += "/";
        } else if (!file.whiteout) {
            text += "=" + file.bytes;
        }
    }
    return text;
}

TEST(Unpack, MakesTheTreeThatTheEntriesSay) {
    struct Case {
        std::string what;
        Tar tar;
        std::string tree;
    };
    const std::vector<Case> cases{
        {"plain", Tar().dir("etc").file("etc/a", "1"), "etc/ etc/a=1"},
        {"implied parents", Tar().file("a/b/c", "1"), "a/ a/b/ a/b/c=1"},
        {"dots and slashes", Tar().file("./a//b/../c", "1"), "a/ a/c=1"},
        {"an absolute name is one inside", Tar().file("/etc/x", "1"), "etc/ etc/x=1"},
        {"the root itself", Tar().dir("./").file("./x", "1"), "x=1"},
        {"a whiteout", Tar().dir("etc").file("etc/.wh.gone"), "etc/ w:etc/gone"},
        {"a whiteout whose directory is implied", Tar().file("a/.wh.b"), "a/ w:a/b"},
        {"an opaque directory", Tar().dir("opt").file("opt/.wh..wh..opq").file("opt/x", "1"), "o:opt/ opt/x=1"},
        {"opaque after its files", Tar().file("opt/x", "1").file("opt/.wh..wh..opq"), "o:opt/ opt/x=1"},
        {"opaque alone implies the directory", Tar().file("opt/.wh..wh..opq"), "o:opt/"},
        {"a whiteout after the file hides only below", Tar().file("x", "1").file(".wh.x"), "x=1"},
        {"a whiteout before the file", Tar().file(".wh.x").file("x", "1"), "x=1"},
        {"a whiteout after the directory makes it opaque", Tar().file("d/x", "1").file(".wh.d"), "o:d/ d/x=1"},
        {"a whiteout before the directory too", Tar().file(".wh.d").file("d/x", "1"), "o:d/ d/x=1"},
        {"twice the same whiteout", Tar().file(".wh.x").file(".wh.x"), "w:x"},
        {"AUFS's own names mean nothing", Tar().file(".wh..wh.plnk").file("x", "1"), "x=1"},
        {"a symlink", Tar().link("bin", "usr/bin"), "bin->usr/bin"},
        {"a symlink that leads out is only text", Tar().link("x", "/../../etc/passwd"), "x->/../../etc/passwd"},
        {"below a symlink is where it leads, inside", Tar().dir("run").link("var/run", "/run").file("var/run/pid", "1"),
         "run/ run/pid=1 var/ var/run->/run"},
        {"a symlink that climbs stops at the root", Tar().dir("etc").link("x", "../../etc").file("x/y", "1"),
         "etc/ etc/y=1 x->../../etc"},
        {"a hard link", Tar().file("a", "1").hard("b", "a"), "a=1 b=>a"},
        {"an absolute hard link is one inside", Tar().file("d/a", "1").hard("b", "/d/a"), "b=>d/a d/ d/a=1"},
        {"a file takes a file's place", Tar().file("x", "old").file("x", "new"), "x=new"},
        {"a file takes a tree's place", Tar().file("x/y/z", "1").file("x", "new"), "x=new"},
        {"a directory takes a file's place", Tar().file("x", "1").dir("x").file("x/y", "2"), "x/ x/y=2"},
        {"a directory takes a symlink's place", Tar().link("x", "/etc").dir("x").file("x/y", "2"), "x/ x/y=2"},
        {"a directory over a directory keeps what is in it", Tar().file("x/y", "1").dir("x", 0700), "x/ x/y=1"},
        {"nothing at all", Tar(), ""},
    };
    for (const Case& one : cases) {
        MemoryWorld memory;
        const Result<Unpacked> unpacked = unpack(memory, one.tar.bytes());
        ASSERT_TRUE(unpacked) << one.what << ": " << unpacked.error().doing;
        EXPECT_EQ(tree_of(memory), one.tree) << one.what;
        std::size_t indexed = unpacked->index.entries.size();
        indexed -= find(unpacked->index, "") != nullptr ? 1 : 0;
        EXPECT_EQ(indexed, static_cast<std::size_t>(
                               std::count_if(memory.disk.files.begin(), memory.disk.files.end(),
                                             [](const auto& item) { return item.first.rfind("/l/fs/", 0) == 0; })))
            << one.what;
        for (const IndexEntry& entry : unpacked->index.entries) {
            const auto file = memory.disk.files.find(entry.path.empty() ? "/l/fs" : "/l/fs/" + entry.path);
            ASSERT_NE(file, memory.disk.files.end()) << one.what << ": " << entry.path;
            EXPECT_EQ(entry.whiteout, file->second.whiteout) << one.what << ": " << entry.path;
            EXPECT_EQ(entry.opaque, file->second.opaque) << one.what << ": " << entry.path;
        }
    }
}

TEST(Unpack, MetadataArrivesAsItWas) {
    MemoryWorld memory;
    world::TreeEntry made = testing::entry("bin/ping", world::FileType::regular, 04755);
    made.info.uid = 1000;
    made.info.gid = 2'147'483'647;
    made.info.mtime_ns = 1'700'000'000'123'456'789;
    made.info.size = 3;
    made.info.xattrs = {{"security.capability", std::string("\x01\x00\x00\x02", 4)}, {"user.note", "x"}};
    const world::TreeEntry overlays = [&] {
        world::TreeEntry other = testing::entry("evil", world::FileType::directory);
        other.info.xattrs = {{"trusted.overlay.redirect", "/etc"}, {"user.overlay.opaque", "y"}};
        return other;
    }();
    const Tar tar = Tar().add(made, "elf").add(overlays).device("dev/null", 1, 3);
    const Result<Unpacked> unpacked = unpack(memory, tar.bytes());
    ASSERT_TRUE(unpacked) << unpacked.error().doing;
    EXPECT_EQ(memory.disk.files["/l/fs/bin/ping"].info, made.info);
    EXPECT_TRUE(memory.disk.files["/l/fs/evil"].info.xattrs.empty()) << "overlayfs would obey them";
    EXPECT_EQ(unpacked->counts.dropped_xattrs, 2U);
    EXPECT_EQ(memory.disk.files["/l/fs/dev/null"].info.major, 1U);
    EXPECT_EQ(memory.disk.files["/l/fs/dev/null"].info.minor, 3U);
}

TEST(Unpack, NamesSurviveByteForByteInEveryLocale) {
    const std::vector<std::string> names{
        "caf\xc3\xa9",               // NFC
        "cafe\xcc\x81",              // NFD: must not become the line above
        "latin1-\xe9",               // no UTF-8
        std::string("\xff\xfe", 2),  // nor this
        std::string(100, 'n'),
        std::string(255, 'n'),
        "new\nline\ttab \"quote\" \\back",
        std::string(200, 'a') + "/" + std::string(200, 'b') + "/\xe9\xe8",
    };
    const std::string before = std::setlocale(LC_ALL, nullptr);
    for (const char* locale : {"C", "C.UTF-8"}) {
        ASSERT_NE(std::setlocale(LC_ALL, locale), nullptr);
        for (const std::string& name : names) {
            MemoryWorld memory;
            const std::string target = "target-" + name;
            const Result<Unpacked> unpacked =
                unpack(memory, Tar().file(name, "x").link("link", target).hard("hard", name).bytes());
            ASSERT_TRUE(unpacked) << unpacked.error().doing;
            EXPECT_TRUE(memory.disk.has("/l/fs/" + name)) << locale << ": " << tree_of(memory);
            EXPECT_EQ(memory.disk.files["/l/fs/link"].info.link, target) << locale;
            EXPECT_EQ(memory.disk.files["/l/fs/hard"].hardlink, "/l/fs/" + name) << locale;
            const Result<LayerIndex> again = parse_layer_index(to_text(unpacked->index));
            ASSERT_TRUE(again) << again.error().doing;
            EXPECT_EQ(*again, unpacked->index);
            EXPECT_NE(find(*again, name), nullptr);
        }
    }
    std::setlocale(LC_ALL, before.c_str());
}

TEST(Unpack, BothDigestsAreComparedAndToldAndCounted) {
    const std::string tar = Tar().file("a", "12345").file(".wh.b").dir("c").bytes();
    const std::string blob = gzip(tar).value();
    MemoryWorld memory;
    UnpackJob job;
    job.digest = oci::digest_of(blob);
    job.diff_id = oci::digest_of(tar);
    job.size = blob.size();
    job.shown = "/final/fs";
    const Result<Unpacked> unpacked = unpack(memory, blob, job);
    ASSERT_TRUE(unpacked) << unpacked.error().doing;
    const auto digests = memory.narrator.all<world::DigestChecked>();
    ASSERT_EQ(digests.size(), 2U);
    EXPECT_EQ(digests[0].what, "layer");
    EXPECT_EQ(digests[1],
              (world::DigestChecked{"diff_id", oci::to_text(job.diff_id), oci::to_text(job.diff_id), true}));
    ASSERT_EQ(memory.narrator.calls.size(), 1U);
    EXPECT_EQ(std::get<world::UnpackLayer>(memory.narrator.calls[0]).into, "/final/fs");
    ASSERT_EQ(memory.narrator.replies.size(), 1U);
    const world::Reply& reply = *memory.narrator.replies[0];
    EXPECT_EQ(reply.bytes, blob.size());
    const std::vector<world::Pair> details{{"entries", "3"},
                                           {"files", "1"},
                                           {"directories", "1"},
                                           {"whiteouts", "1"},
                                           {"bytes", "5"},
                                           {"compressed", std::to_string(blob.size())},
                                           {"tar", std::to_string(tar.size())}};
    EXPECT_EQ(reply.details, details);
    EXPECT_EQ(memory.narrator.all<world::LayerProgress>().front().state, "unpacking");
    EXPECT_EQ(memory.narrator.all<world::LayerProgress>().back().state, "complete");
    EXPECT_EQ(unpacked->index.diff_id, oci::to_text(job.diff_id));
}

TEST(Unpack, AWrongDigestIsRefusedAndLeavesNothing) {
    const std::string tar = Tar().file("a", "1").bytes();
    for (const bool outer : {true, false}) {
        MemoryWorld memory;
        UnpackJob job;
        job.digest = oci::digest_of(outer ? "other" : tar);
        job.diff_id = oci::digest_of("other");
        const Result<Unpacked> unpacked = unpack(memory, tar, job);
        ASSERT_FALSE(unpacked);
        EXPECT_NE(unpacked.error().doing.find(std::string(outer ? "layer" : "diff_id") + " does not match: expected " +
                                              oci::to_text(oci::digest_of("other")) + ", computed " +
                                              oci::to_text(oci::digest_of(tar))),
                  std::string::npos)
            << unpacked.error().doing;
        EXPECT_FALSE(memory.disk.has("/l/fs/a"));
        EXPECT_FALSE(memory.narrator.replies.at(0).has_value());
        EXPECT_FALSE(memory.narrator.all<world::DigestChecked>().back().match);
    }
}

TEST(Unpack, BytesBehindTheTarsEndBelongToItsDigest) {
    const std::string tar = Tar().file("a", "1").bytes() + std::string(10'240, '\0');
    MemoryWorld memory;
    const Result<Unpacked> unpacked = unpack(memory, tar);
    ASSERT_TRUE(unpacked);
    EXPECT_EQ(unpacked->diff_id, oci::digest_of(tar));
}

TEST(Unpack, AGateThatSaysNoAndACancelStopIt) {
    MemoryWorld gated;
    gated.narrator.gate = fail(Errc::cancelled, "cancelled");
    EXPECT_EQ(unpack(gated, Tar().file("a").bytes()).error().code, Errc::cancelled);
    EXPECT_TRUE(gated.disk.files.empty());
    MemoryWorld cancelled;
    cancelled.cancel.request();
    EXPECT_EQ(unpack(cancelled, Tar().file("a").bytes()).error().code, Errc::cancelled);
    EXPECT_FALSE(cancelled.disk.has("/l/fs"));
}

LayerPlace place_of(const std::string& blob, const std::string& tar) {
    LayerPlace place;
    place.digest = oci::digest_of(blob);
    place.diff_id = oci::digest_of(tar);
    place.chain_id = place.diff_id;
    place.size = blob.size();
    return place;
}

TEST(Keep, ALayerIsMadeOnceWithItsIndexAndRecordAndThenShared) {
    const std::string tar = Tar().file("a", "1").bytes();
    const std::string blob = gzip(tar).value();
    MemoryWorld memory;
    world::World& world = memory.world();
    const LayerPlace place = place_of(blob, tar);
    memory.disk.put(store::blob_path(world, place.digest), blob);
    const Result<KeptLayer> first = keep_layer(world, place, nullptr);
    ASSERT_TRUE(first) << first.error().doing;
    EXPECT_FALSE(first->shared);
    EXPECT_TRUE(memory.disk.has(store::layer_tree(world, place.chain_id) + "/a"));
    EXPECT_EQ(load_layer_index(world, place.chain_id)->entries.at(0).path, "a");
    EXPECT_EQ(load_layer(world, place.chain_id)->counts.files, 1U);
    const Result<KeptLayer> second = keep_layer(world, place, nullptr);
    ASSERT_TRUE(second);
    EXPECT_TRUE(second->shared);
    EXPECT_EQ(memory.narrator.calls.size(), 1U);
    EXPECT_EQ(memory.narrator.all<world::LayerProgress>().back().state, "present");
}

// The end of the tree makes durable what was written before it, so nothing may be written between it and the name.
TEST(Keep, ALayerHasItsNameOnceAllOfItIsDurable) {
    const std::string tar = Tar().file("a", "1").bytes();
    MemoryWorld memory;
    const LayerPlace place = place_of(tar, tar);
    StringSource blob(tar);
    ASSERT_TRUE(keep_layer(memory.world(), place, &blob));
    const std::vector<std::string>& order = memory.disk.order;
    ASSERT_EQ(order.size(), 4U);
    const std::string made = order[2].substr(5, order[2].size() - 8);
    EXPECT_EQ(order[0], "save " + made + "/index.jsonl");
    EXPECT_EQ(order[1], "save " + made + "/layer.json");
    EXPECT_EQ(order[2], "tree " + made + "/fs");
    EXPECT_EQ(order[3], "rename " + store::layer_dir(memory.world(), place.chain_id));
}

TEST(Keep, AFaultAtAnyChangeLeavesNoLayerUnderItsName) {
    const std::string tar = Tar().file("a", "1").file("b", "2").bytes();
    const LayerPlace place = place_of(tar, tar);
    for (int step = 0;; ++step) {
        MemoryWorld memory;
        memory.disk.changes_left = step;
        StringSource blob(tar);
        const bool kept = keep_layer(memory.world(), place, &blob).has_value();
        memory.disk.changes_left = -1;
        EXPECT_EQ(has_layer(memory.world(), place.chain_id).value(), kept) << step;
        if (kept) {
            EXPECT_GT(step, 4);
            break;
        }
        ASSERT_TRUE(store::remove_unfinished(memory.world())) << step;
        for (const auto& [path, file] : memory.disk.files) {
            EXPECT_EQ(file.info.type, world::FileType::directory) << path << " is left at change " << step;
        }
        StringSource again(tar);
        EXPECT_TRUE(keep_layer(memory.world(), place, &again)) << step;
    }
}

}  // namespace
}  // namespace cutaway::layer
