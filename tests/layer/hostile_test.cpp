// SPDX-License-Identifier: Apache-2.0
// Archives made to do harm. The tree in memory aborts the test when a path leads outside; these must be refused before.
#include <gtest/gtest.h>

#include "core/layer/apply.h"
#include "core/layer/compress.h"
#include "core/layer/tar_reader.h"
#include "core/layer/unpack.h"
#include "tests/layer/tars.h"
#include "tests/store/memory_world.h"

namespace cutaway::layer {
namespace {

using testing::MemoryWorld;
using testing::StringSource;
using testing::Tar;

Result<Unpacked> unpack(MemoryWorld& memory, const std::string& blob, const UnpackLimits& limits = {}) {
    UnpackJob job;
    job.into = "/l/fs";
    job.limits = limits;
    StringSource source(blob);
    return unpack_layer(memory.world(), job, source);
}

Tar with_owner(std::uint32_t uid) {
    world::TreeEntry made = testing::entry("x", world::FileType::regular);
    made.info.uid = uid;
    return Tar().add(made);
}

Tar with_xattr(std::size_t bytes) {
    world::TreeEntry made = testing::entry("x", world::FileType::regular);
    made.info.xattrs = {{"user.big", std::string(bytes, 'x')}};
    return Tar().add(made);
}

TEST(Hostile, EveryAttackIsRefusedWithItsReasonAndLeavesNothing) {
    struct Case {
        std::string what;
        std::string bytes;
        std::string reason;
    };
    const std::string good = Tar().file("x", std::string(5000, 'x')).bytes();
    std::string bad_sum = good;
    bad_sum[0] = 'y';
    const std::vector<Case> cases{
        {"dot dot", Tar().file("../x", "1").bytes(), "leads out of the layer"},
        {"dot dot inside", Tar().file("a/../../x", "1").bytes(), "leads out of the layer"},
        {"absolute dot dot", Tar().file("/../x", "1").bytes(), "leads out of the layer"},
        {"dot dot by a directory", Tar().dir("..").bytes(), "leads out of the layer"},
        {"dot dot by a symlink's own name", Tar().link("a/../../x", "y").bytes(), "leads out of the layer"},
        {"a whiteout outside", Tar().file("../.wh.x").bytes(), "leads out of the layer"},
        {"a whiteout of dot dot", Tar().file("a/.wh...").bytes(), "hides no name"},
        {"a whiteout of dot", Tar().file("a/.wh..").bytes(), "hides no name"},
        {"a bare whiteout", Tar().file("a/.wh.").bytes(), "hides no name"},
        {"an opaque file", Tar().file("a", "1").file("a/.wh..wh..opq").bytes(), "is no directory"},
        {"a hard link outside", Tar().hard("x", "../../etc/shadow").bytes(), "leads out of the layer"},
        {"a hard link to what is not there", Tar().hard("x", "/etc/shadow").bytes(), "no file of this layer"},
        {"a hard link through a symlink", Tar().link("d", "/etc").hard("x", "d/shadow").bytes(),
         "no file of this layer"},
        {"a hard link to a directory", Tar().dir("d").hard("x", "d").bytes(), "no file of this layer"},
        {"a hard link to itself", Tar().file("x", "1").hard("x", "x").bytes(), "hard link to itself"},
        {"a hard link to a whiteout", Tar().file(".wh.y").hard("x", "y").bytes(), "no file of this layer"},
        {"below a file", Tar().file("a", "1").file("a/b", "2").bytes(), "which is no directory"},
        {"below a symlink to a file", Tar().file("f", "1").link("a", "f").file("a/b", "2").bytes(),
         "which is no directory"},
        {"symlinks in a circle", Tar().link("a", "b").link("b", "a").file("a/x", "1").bytes(),
         "too many symbolic links"},
        {"a file as the root", Tar().file(".", "").bytes(), "the root of a layer"},
        {"a symlink as the root", Tar().link("./", "/etc").bytes(), "the root of a layer"},
        {"overlayfs's own device", Tar().device("x", 0, 0).bytes(), "takes for a whiteout"},
        {"an owner that wraps", with_owner(2'147'483'648U).bytes(), "beyond what a user id may be"},
        {"an owner that wraps to root", with_owner(4'294'967'295U).bytes(), "beyond what a user id may be"},
        {"a name of 64 KiB", Tar().file(std::string(65'536, 'n'), "1").bytes(), "too long"},
        {"a part of 256 bytes", Tar().file("a/" + std::string(256, 'n'), "1").bytes(), "too long"},
        {"a link target of 64 KiB", Tar().link("x", std::string(65'536, 'n')).bytes(), "too long"},
        {"xattrs of 100 KiB", with_xattr(100'000).bytes(), "extended attributes"},
        {"no tar", "this is not a tar, and it is longer than a block: " + std::string(600, 'x'), "the tar is damaged"},
        {"a wrong checksum", bad_sum, "the tar is damaged"},
        {"cut inside a file", good.substr(0, 2000), "the tar is damaged"},
        {"cut inside a header", good.substr(0, 300), "the tar is damaged"},
        {"gzip cut short", gzip(good).value().substr(0, 60), "the gzip stream is cut short"},
        {"gzip with rubbish behind it", gzip(good).value() + "rubbish that is no gzip", "the gzip stream is damaged"},
        {"gzip that is none", "\x1f\x8b rubbish rubbish rubbish", "the gzip stream is damaged"},
        {"zstd that is none", "\x28\xb5\x2f\xfd rubbish rubbish", "the zstd stream is"},
    };
    for (const Case& one : cases) {
        MemoryWorld memory;
        const Result<Unpacked> unpacked = unpack(memory, one.bytes);
        ASSERT_FALSE(unpacked) << one.what;
        EXPECT_EQ(unpacked.error().code, Errc::invalid) << one.what;
        EXPECT_NE(unpacked.error().doing.find(one.reason), std::string::npos)
            << one.what << ": " << unpacked.error().doing;
        EXPECT_FALSE(memory.disk.has("/l/fs")) << one.what;
        EXPECT_EQ(memory.narrator.replies.size(), 1U) << one.what;
    }
}

TEST(Hostile, BombsEndAtTheirBound) {
    UnpackLimits limits;
    limits.bytes = 1'000'000;
    limits.entries = 100;
    const std::string big = gzip(Tar().file("zeros", std::string(4'000'000, '\0')).bytes()).value();
    EXPECT_LT(big.size(), 10'000U);
    Tar many;
    for (int i = 0; i < 200; ++i) {
        many.file("f" + std::to_string(i));
    }
    Tar deep;
    std::string path = "d";
    for (int i = 0; i < 200; ++i) {
        path += "/d";
    }
    deep.file(path + "/f").file("next", "1");
    struct Case {
        std::string what;
        std::string bytes;
        std::string reason;
    };
    const std::vector<Case> cases{
        {"bytes", big, "unpacks to more than 1000000 bytes"},
        {"entries", many.bytes(), "more than 100 entries"},
        {"implied directories", deep.bytes(), "more than 100 entries"},
    };
    for (const Case& one : cases) {
        MemoryWorld memory;
        const Result<Unpacked> unpacked = unpack(memory, one.bytes, limits);
        ASSERT_FALSE(unpacked) << one.what;
        EXPECT_NE(unpacked.error().doing.find(one.reason), std::string::npos) << unpacked.error().doing;
        EXPECT_FALSE(memory.disk.has("/l/fs")) << one.what;
    }
}

// GNU's old sparse format: 4 GiB of hole in a header of 512 bytes.
// A tar of a million names that is never whole in memory.
class ManyNames final : public world::Source {
public:
    Result<std::size_t> read(std::span<char> into) override {
        std::size_t done = 0;
        while (done < into.size() && made_ < 1'000'000) {
            if (left_.empty()) {
                world::TreeEntry one = testing::entry("f" + std::to_string(made_++), world::FileType::regular, 0644);
                text_.clear();
                EXPECT_TRUE(TarWriter(text_).add(one, ""));
                left_ = text_;
            }
            const std::size_t count = std::min(left_.size(), into.size() - done);
            left_.copy(into.data() + done, count);
            left_.remove_prefix(count);
            done += count;
        }
        return done;
    }
    [[nodiscard]] int made() const { return made_; }

private:
    std::string text_;
    std::string_view left_;
    int made_ = 0;
};

// Where nothing is kept, so that what grows is ours.
class Nowhere final : public world::TreeWriter {
public:
    Status add(const world::TreeEntry&) override { return {}; }
    Status write(std::string_view) override { return {}; }
    Status whiteout(std::string_view) override { return {}; }
    Status opaque(std::string_view) override { return {}; }
    Status finish() override { return {}; }
};

TEST(Hostile, AMillionTinyEntriesEndAtTheirBound) {
    UnpackLimits limits;
    limits.entries = 50'000;
    ManyNames many;
    Nowhere nowhere;
    const auto reader = TarReader::open(many);
    ASSERT_TRUE(reader);
    const Result<Applied> applied = apply_tar(**reader, nowhere, limits);
    ASSERT_FALSE(applied);
    EXPECT_NE(applied.error().doing.find("more than 50000 entries"), std::string::npos) << applied.error().doing;
    EXPECT_LT(many.made(), 51'000) << "the rest was read all the same";
}

TEST(Hostile, AHoleCountsAsBytes) {
    std::string tar = Tar().file("sparse", "").bytes();
    tar[156] = 'S';
    tar.replace(257, 8, std::string("ustar  \0", 8));
    const auto octal = [&](std::size_t at, std::size_t size, unsigned long long value) {
        for (std::size_t i = size - 1; i-- > 0; value >>= 3U) {
            tar[at + i] = static_cast<char>('0' + (value & 7U));
        }
    };
    octal(386, 12, 1ULL << 32U);  // the one piece of data begins here…
    octal(398, 12, 0);            // …and is empty
    octal(483, 12, 1ULL << 32U);
    tar.replace(148, 8, "        ");
    unsigned sum = 0;
    for (std::size_t i = 0; i < 512; ++i) {
        sum += static_cast<unsigned char>(tar[i]);
    }
    octal(148, 7, sum);
    tar[154] = '\0';
    MemoryWorld memory;
    UnpackLimits limits;
    limits.bytes = 1'000'000;
    const Result<Unpacked> unpacked = unpack(memory, tar, limits);
    ASSERT_FALSE(unpacked);
    EXPECT_NE(unpacked.error().doing.find("more than 1000000 bytes"), std::string::npos) << unpacked.error().doing;
}

}  // namespace
}  // namespace cutaway::layer
