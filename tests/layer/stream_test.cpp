// SPDX-License-Identifier: Apache-2.0
// Compression told by its first bytes, sums of what passes, tars that are the same every time.
#include <gtest/gtest.h>
#include <zstd.h>

#include "core/layer/compress.h"
#include "core/layer/decompress.h"
#include "core/layer/tar_reader.h"
#include "tests/layer/tars.h"
#include "tests/store/memory_world.h"

namespace cutaway::layer {
namespace {

using testing::StringSource;
using testing::Tar;

std::string zstd(const std::string& bytes) {
    std::string out(ZSTD_compressBound(bytes.size()), '\0');
    out.resize(ZSTD_compress(out.data(), out.size(), bytes.data(), bytes.size(), 3));
    return out;
}

Result<std::string> all_of(world::Source& source, std::size_t piece) {
    std::string bytes;
    std::vector<char> into(piece);
    while (const std::size_t got = TRY(source.read(into))) {
        bytes.append(into.data(), got);
    }
    return bytes;
}

// The two inflaters must not be told apart.
class Decompressed : public ::testing::TestWithParam<Inflater> {
protected:
    void SetUp() override {
        if (GetParam() == Inflater::fastest && !has_fast_inflater()) {
            GTEST_SKIP() << "libisal is not installed: zlib alone inflates";
        }
    }
};

INSTANTIATE_TEST_SUITE_P(Inflaters, Decompressed, ::testing::Values(Inflater::fastest, Inflater::zlib));

TEST_P(Decompressed, EveryKindComesOutWhole) {
    std::string text;
    for (int i = 0; i < 50'000; ++i) {
        text += std::to_string(i * 7919) + " ";
    }
    struct Case {
        std::string what;
        std::string bytes;
        std::string inside;
    };
    const std::vector<Case> cases{
        {"plain", text, text},
        {"plain and short", "ab", "ab"},
        {"plain and empty", "", ""},
        {"gzip", gzip(text).value(), text},
        {"gzip of nothing", gzip("").value(), ""},
        {"gzip in members", gzip(text).value() + gzip("").value() + gzip("more").value(), text + "more"},
        {"zstd", zstd(text), text},
        {"zstd in frames", zstd(text) + zstd("more"), text + "more"},
        {"zstd of nothing", zstd(""), ""},
    };
    for (const Case& one : cases) {
        for (const std::size_t piece : {std::size_t{1}, std::size_t{17}, std::size_t{65'536}}) {
            StringSource source(one.bytes, piece);
            SummingSource sum(source);
            const auto inside = decompressed(sum, GetParam());
            ASSERT_TRUE(inside) << one.what;
            const Result<std::string> got = all_of(**inside, piece == 1 ? 4096 : piece);
            ASSERT_TRUE(got) << one.what << ": " << got.error().doing;
            EXPECT_EQ(*got, one.inside) << one.what << " in pieces of " << piece;
            EXPECT_EQ(sum.bytes(), one.bytes.size()) << one.what;
            EXPECT_EQ(sum.digest(), oci::digest_of(one.bytes)) << one.what;
        }
    }
}

TEST_P(Decompressed, EveryCutIsNoticed) {
    const std::string text(100'000, 'x');
    for (const std::string& whole : {gzip(text + "y").value(), zstd(text + "y")}) {
        for (std::size_t size = 5; size < whole.size(); ++size) {
            StringSource source(whole.substr(0, size));
            EXPECT_FALSE(all_of(**decompressed(source, GetParam()), 4096)) << size << " of " << whole.size();
        }
    }
}

TEST_P(Decompressed, EveryFlippedBitOfAGzipIsNoticed) {
    const std::string whole = gzip("so many words that they are worth packing, many words, so many words").value();
    for (std::size_t at = 10; at < whole.size(); ++at) {  // behind the header
        std::string damaged = whole;
        damaged[at] = static_cast<char>(damaged[at] ^ 0x10);
        StringSource source(damaged, 7);
        EXPECT_FALSE(all_of(**decompressed(source, GetParam()), 4096)) << at << " of " << whole.size();
    }
}

TEST(Tar, TheSameEntriesGiveTheSameBytesAndComeBack) {
    std::vector<world::TreeEntry> entries;
    for (const std::string& path : {std::string("a"), std::string(99, 'n'), std::string(100, 'n'),
                                    std::string(101, 'n'), std::string(300, 'n'), std::string("caf\xe9")}) {
        world::TreeEntry one = testing::entry(path, world::FileType::regular, 06755);
        one.info.uid = 3'000'000;  // more than seven octal digits
        one.info.mtime_ns = static_cast<std::int64_t>(path.size()) * 1'000'000'001;
        one.info.xattrs = {{"user.x", std::string("a\0b=\n", 5)}};
        entries.push_back(one);
    }
    const auto write = [&] {
        Tar tar;
        for (const world::TreeEntry& one : entries) {
            tar.add(one);
        }
        return tar.bytes();
    };
    const std::string bytes = write();
    EXPECT_EQ(bytes, write());
    StringSource source(bytes);
    const auto reader = TarReader::open(source);
    ASSERT_TRUE(reader);
    for (const world::TreeEntry& one : entries) {
        const auto next = (*reader)->next();
        ASSERT_TRUE(next) << next.error().doing;
        ASSERT_TRUE(next->has_value());
        EXPECT_EQ((*next)->path, one.path);
        EXPECT_EQ((*next)->info, one.info);
    }
    EXPECT_FALSE((*reader)->next()->has_value());
}

TEST(Tar, AnEntryWhoseSizeIsNotThatOfItsBytesIsNotWritten) {
    std::string out;
    world::TreeEntry one = testing::entry("x", world::FileType::regular);
    one.info.size = 3;
    EXPECT_FALSE(TarWriter(out).add(one, "four"));
    EXPECT_FALSE(TarWriter(out).add(testing::entry("d", world::FileType::directory), "bytes"));
    EXPECT_FALSE(TarWriter(out).add(testing::entry("", world::FileType::directory), ""));
    EXPECT_TRUE(out.empty());
}

}  // namespace
}  // namespace cutaway::layer
