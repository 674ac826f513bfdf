// SPDX-License-Identifier: Apache-2.0
#include <cstdint>
#include <string>
#include <variant>
#include <vector>

#include <gtest/gtest.h>

#include "core/base/binary.h"
#include "core/base/cow.h"
#include "core/base/json_codec.h"
#include "core/base/result.h"
#include "core/base/sha256.h"

namespace sample {

enum class Colour { red, green };
CUTAWAY_ENUM(Colour, red, green)

struct Leaf {
    static constexpr std::string_view kind = "leaf";
    std::string name;
    std::int64_t size = 0;
    friend bool operator==(const Leaf&, const Leaf&) = default;
};
CUTAWAY_FIELDS(Leaf, name, size)

struct Tree {
    static constexpr std::string_view kind = "tree";
    Colour colour = Colour::red;
    std::vector<Leaf> leaves;
    bool old = false;
    std::optional<std::uint16_t> age;
    friend bool operator==(const Tree&, const Tree&) = default;
};
CUTAWAY_FIELDS(Tree, colour, leaves, old, age)

struct Empty {
    static constexpr std::string_view kind = "empty";
    friend bool operator==(const Empty&, const Empty&) = default;
};
CUTAWAY_FIELDS(Empty)

using Plant = std::variant<Leaf, Tree, Empty>;

}  // namespace sample

namespace cutaway {
namespace {

const sample::Plant plant = sample::Tree{sample::Colour::green, {{"a\xff\"\n\xc3\xa9", -5}, {"", 7}}, true, 300};

TEST(Base, ADescribedVariantSurvivesJsonByteForByte) {
    std::string text;
    json::write(text, plant);
    EXPECT_EQ(text,
              "{\"kind\":\"tree\",\"colour\":\"green\",\"leaves\":[{\"name\":\"a\\udcff\\\"\\n\xc3\xa9\",\"size\":-5},"
              "{\"size\":7}],\"old\":true,\"age\":300}");
    sample::Plant back;
    json::Reader reader(text);
    ASSERT_TRUE(json::read(reader, back));
    EXPECT_TRUE(reader.at_end());
    EXPECT_EQ(back, plant);
}

TEST(Base, ADescribedVariantSurvivesBinary) {
    const std::string bytes = binary::encode(plant);
    sample::Plant back;
    ASSERT_TRUE(binary::decode(bytes, back));
    EXPECT_EQ(back, plant);
}

TEST(Base, CutBinaryIsRefusedAtEveryLength) {
    const std::string bytes = binary::encode(plant);
    for (std::size_t size = 0; size < bytes.size(); ++size) {
        sample::Plant back;
        EXPECT_FALSE(binary::decode(std::string_view(bytes).substr(0, size), back)) << size;
    }
}

TEST(Base, CutJsonIsRefusedAtEveryLength) {
    std::string text;
    json::write(text, plant);
    for (std::size_t size = 0; size < text.size(); ++size) {
        json::Reader reader(std::string_view(text).substr(0, size));
        sample::Plant back;
        EXPECT_FALSE(json::read(reader, back)) << size;
    }
}

TEST(Base, JsonReaderRefusesWhatIsNoJson) {
    for (const std::string_view bad :
         {"", "{", "{]", "[1,]x", "\"\\u12\"", "nul", "{\"a\" 1}", "{\"a\":1,}", "\"\n\""}) {
        json::Reader reader(bad);
        EXPECT_FALSE(reader.skip() && reader.at_end()) << bad;
    }
    const std::string brackets(100000, '[');
    json::Reader deep(brackets);
    EXPECT_FALSE(deep.skip());
}

TEST(Base, JsonReaderJoinsSurrogatesAndNeverWritesLoneOnes) {
    json::Reader reader("[\"\\ud83d\\ude00\",\"\\ud83d\"]");
    std::string text;
    ASSERT_TRUE(reader.begin_array() && reader.next_item() && reader.read_string(text));
    EXPECT_EQ(text, "\xF0\x9F\x98\x80");
    ASSERT_TRUE(reader.next_item() && reader.read_string(text));
    EXPECT_EQ(text, "\xEF\xBF\xBD");
}

TEST(Base, UnknownKeysAreSkippedAndUnknownKindsRefused) {
    json::Reader known("{\"kind\":\"leaf\",\"new\":{\"x\":[1,2.5,null,true]},\"size\":3}");
    sample::Plant back;
    ASSERT_TRUE(json::read(known, back));
    EXPECT_EQ(std::get<sample::Leaf>(back).size, 3);
    json::Reader unknown("{\"kind\":\"moss\"}");
    EXPECT_FALSE(json::read(unknown, back));
}

TEST(Base, ANumberThatDoesNotFitIsRefused) {
    json::Reader reader("{\"kind\":\"tree\",\"age\":70000}");
    sample::Plant back;
    EXPECT_FALSE(json::read(reader, back));
}

TEST(Base, Sha256IsTheStandardsOwn) {
    EXPECT_EQ(sha256_hex("abc"), "ba7816bf8f01cfea414140de5dae2223b00361a396177a9cb410ff61f20015ad");
    EXPECT_EQ(sha256_hex(""), "e3b0c44298fc1c149afbf4c8996fb92427ae41e4649b934ca495991b7852b855");
}

TEST(Base, ACopySharesUntilItIsEdited) {
    Cow<std::vector<int>> first(std::vector<int>{1, 2});
    const Cow<std::vector<int>> second = first;
    EXPECT_TRUE(first.same(second));
    first.edit().push_back(3);
    EXPECT_EQ(second->size(), 2U);
    EXPECT_EQ(first->size(), 3U);
    EXPECT_FALSE(first == second);
}

Result<int> half(int n) {
    if (n % 2 != 0) {
        return fail(Errc::invalid, "halve " + std::to_string(n));
    }
    return n / 2;
}

Result<int> quarter(int n) {
    const int once = TRY(half(n));
    return TRY_IN("quarter", half(once));
}

TEST(Base, TryReturnsTheErrorWithItsContext) {
    EXPECT_EQ(quarter(8).value(), 2);
    EXPECT_EQ(quarter(6).error().doing, "quarter: halve 3");
    EXPECT_EQ(quarter(5).error().doing, "halve 5");
}

}  // namespace
}  // namespace cutaway
