// SPDX-License-Identifier: Apache-2.0
// What a snapshot keeps folded: read when somebody looks, written as it lay when nobody did.
#include "core/model/folded.h"

#include <gtest/gtest.h>

#include "core/model/content.h"
#include "core/model/mount_table.h"

namespace cutaway::model {
namespace {

struct Toy {
    std::string text;
    std::uint64_t number = 0;
    struct Gist {
        std::uint64_t length = 0;
    };
};
CUTAWAY_FIELDS(Toy::Gist, length)
CUTAWAY_FIELDS(Toy, text, number)
Toy::Gist gist_of(const Toy& toy) { return {toy.text.size()}; }

using Toys = FoldedMap<int, Toy>;

Toys read(const std::string& bytes) {
    Toys toys;
    EXPECT_TRUE(binary::decode(bytes, toys));
    return toys;
}

std::string two_toys() {
    Toys toys;
    toys.emplace(1, Toy{"one", 11});
    toys.emplace(2, Toy{"three", 22});
    return binary::encode(toys);
}

TEST(Folded, the_gist_is_known_without_unfolding) {
    const std::string bytes = two_toys();
    const Toys toys = read(bytes);
    EXPECT_EQ(toys.parts().at(2).gist().length, 5U);
    EXPECT_FALSE(toys.parts().at(2).is_unfolded());
}

TEST(Folded, a_look_unfolds_one_part_and_no_other) {
    const std::string bytes = two_toys();
    Toys toys = read(bytes);
    EXPECT_EQ(toys.at(2).text, "three");
    EXPECT_EQ(toys.find(3), nullptr);
    EXPECT_TRUE(toys.parts().at(2).is_unfolded());
    EXPECT_FALSE(toys.parts().at(1).is_unfolded());
    EXPECT_EQ(binary::encode(toys), bytes);
}

TEST(Folded, what_changed_is_written_anew_beside_what_lies_as_it_lay) {
    const std::string bytes = two_toys();
    Toys toys = read(bytes);
    toys.at(1).text = "eleven";
    toys.emplace(3, Toy{"new", 33});
    const std::string changed = binary::encode(toys);
    Toys again = read(changed);
    EXPECT_EQ(again.parts().at(1).gist().length, 6U);
    EXPECT_EQ(again.at(1).number, 11U);
    EXPECT_EQ(again.at(2).text, "three");
    EXPECT_EQ(again.at(3).number, 33U);
}

TEST(Folded, bytes_that_are_none_of_it_are_known_as_broken_once_somebody_looked) {
    std::string bytes = two_toys();
    bytes[bytes.size() - 2] = '\x7f';  // the last part's number takes a byte more than there is
    bytes.back() = '\xff';
    Toys toys = read(bytes);
    EXPECT_FALSE(toys.parts().at(2).is_broken());
    static_cast<void>(toys.at(2));
    static_cast<void>(toys.at(1));
    EXPECT_TRUE(toys.parts().at(2).is_broken());
    EXPECT_FALSE(toys.parts().at(1).is_broken());
}

TEST(Folded, a_part_that_nobody_looked_at_is_known_by_where_it_lies) {
    const std::string bytes = two_toys();
    Toys toys = read(bytes);
    std::string_view first = std::string_view(bytes).substr(2);  // behind the count and a key
    EXPECT_TRUE(toys.parts().at(1).is_next(first));
    EXPECT_EQ(first.front(), binary::encode(2).front());
    const std::string copy = bytes;
    std::string_view elsewhere = std::string_view(copy).substr(2);
    EXPECT_FALSE(toys.parts().at(1).is_next(elsewhere));
    EXPECT_EQ(elsewhere.size(), copy.size() - 2);
    static_cast<void>(toys.at(2));
    first.remove_prefix(1);
    EXPECT_FALSE(toys.parts().at(2).is_next(first));
}

TEST(Content, short_bytes_stay_where_they_were_read_until_somebody_writes) {
    const std::string bytes = binary::encode(Content("short"));
    Content read;
    ASSERT_TRUE(binary::decode(bytes, read));
    EXPECT_EQ(read.loaded().data(), bytes.data() + 1);
    const Content copy = read;
    EXPECT_TRUE(copy.same(read));
    EXPECT_EQ(binary::encode(copy), bytes);
    read.edit(nullptr).value()->append("er");
    EXPECT_EQ(read.loaded(), "shorter");
    EXPECT_EQ(copy.loaded(), "short");
    EXPECT_FALSE(copy.same(read));
    EXPECT_EQ(copy.digest(), Content("short").digest());
    EXPECT_EQ(copy.size(), 5U);
}

Mounted on(std::uint32_t id, std::uint32_t parent, const std::string& at) {
    Mounted mounted;
    mounted.id = id;
    mounted.parent = parent;
    mounted.at = at;
    return mounted;
}

TEST(MountTable, the_newest_mount_on_a_place_covers_the_others_until_it_goes) {
    MountTable table;
    table.add(on(1, 0, ""));
    EXPECT_EQ(table.on(1, "/a"), 0U);
    table.add(on(2, 1, "/a"));
    table.add(on(3, 1, "/a"));
    table.add(on(4, 3, "/a"));
    EXPECT_EQ(table.on(1, "/a"), 3U);
    EXPECT_EQ(table.on(3, "/a"), 4U);
    EXPECT_EQ(table.on(0, ""), 0U);  // a root covers nothing
    table.erase(3);
    EXPECT_EQ(table.on(1, "/a"), 2U);
    table.change().at(2).at = "/b";
    EXPECT_EQ(table.on(1, "/a"), 0U);
    EXPECT_EQ(table.on(1, "/b"), 2U);
    MountTable copy = table;
    copy.add(on(5, 2, ""));
    EXPECT_EQ(copy.on(2, ""), 5U);
    EXPECT_EQ(table.on(2, ""), 0U);
}

}  // namespace
}  // namespace cutaway::model
