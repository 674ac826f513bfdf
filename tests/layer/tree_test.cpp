// SPDX-License-Identifier: Apache-2.0
// Names and indexes, without any archive.
#include <gtest/gtest.h>

#include "core/layer/layer_tree.h"

namespace cutaway::layer {
namespace {

TEST(Name, IsCleanedOrRefused) {
    struct Case {
        std::string given;
        std::string clean;  // "!" for an error
    };
    const std::vector<Case> cases{
        {"a/b", "a/b"},     {"/a/b/", "a/b"}, {"./a", "a"},    {"a//./b", "a/b"},  {"", ""},     {"/", ""},
        {".", ""},          {"a/..", ""},     {"a/../b", "b"}, {"..", "!"},        {"/..", "!"}, {"a/../..", "!"},
        {"a/../../b", "!"}, {"...", "..."},   {"..a", "..a"},  {"a/..b", "a/..b"},
    };
    for (const Case& one : cases) {
        const Result<std::string> clean = clean_name(one.given);
        EXPECT_EQ(clean ? *clean : "!", one.clean) << one.given;
    }
}

TEST(Name, OfAWhiteoutSaysWhatItHides) {
    struct Case {
        std::string given;
        NameKind kind;
        std::string path;
    };
    const std::vector<Case> cases{
        {"a/.wh.b", NameKind::whiteout, "a/b"},
        {".wh.b", NameKind::whiteout, "b"},
        {"a/.wh..wh..opq", NameKind::opaque, "a"},
        {".wh..wh..opq", NameKind::opaque, ""},
        {".wh..wh.aufs", NameKind::ignored, ".wh..wh.aufs"},
        {"a/.wh/b", NameKind::entry, "a/.wh/b"},
        {"a/.who", NameKind::entry, "a/.who"},
        {".wh.x/y", NameKind::entry, ".wh.x/y"},
        {".wh..hidden", NameKind::whiteout, ".hidden"},
    };
    for (const Case& one : cases) {
        const Result<LayerName> name = read_name(one.given);
        ASSERT_TRUE(name) << one.given;
        EXPECT_EQ(name->kind, one.kind) << one.given;
        EXPECT_EQ(name->path, one.path) << one.given;
    }
}

TEST(Index, ADamagedOneIsRefused) {
    LayerIndex index;
    index.diff_id = "sha256:00";
    for (const char* path : {"a", "b", "c"}) {
        IndexEntry entry;
        entry.path = path;
        index.entries.push_back(entry);
    }
    const std::string good = to_text(index);
    EXPECT_EQ(*parse_layer_index(good), index);
    EXPECT_EQ(find(index, "b")->path, "b");
    EXPECT_EQ(find(index, "bb"), nullptr);
    const std::size_t first = good.find('\n') + 1;
    for (const std::string& bad :
         {good.substr(0, good.size() - 5), good.substr(0, first), std::string(), good + good.substr(first),
          std::string("{}\n{\"path\":\"a\"}\n"), std::string("x")}) {
        EXPECT_FALSE(parse_layer_index(bad)) << bad;
    }
}

}  // namespace
}  // namespace cutaway::layer
