// SPDX-License-Identifier: Apache-2.0
// Questions to the name server of user networks: what is read, what is refused, and what the answers look like.
#include <string>
#include <vector>

#include <gtest/gtest.h>

#include "core/dns/message.h"
#include "core/dns/names.h"

namespace cutaway::dns {
namespace {

using namespace std::string_literals;

std::string number(unsigned value) { return {static_cast<char>(value >> 8U), static_cast<char>(value & 0xFFU)}; }

std::string labels(const std::vector<std::string>& words) {
    std::string out;
    for (const std::string& word : words) {
        out += static_cast<char>(word.size()) + word;
    }
    return out + '\0';
}

std::string query_bytes(const std::string& name, unsigned type, const std::string& more = "", unsigned extra = 0) {
    return "\x12\x34\x01\x00"s + number(1) + number(0) + number(0) + number(extra) + name + number(type) + number(1) +
           more;
}

Query ask(const std::vector<std::string>& words, unsigned type = type_a) {
    return parse_query(query_bytes(labels(words), type)).value();
}

TEST(Query, AQuestionIsReadInLowerCase) {
    const Query query = ask({"DB", "My-Net"});
    EXPECT_EQ(query.name, "db.my-net");
    EXPECT_EQ(query.id, 0x1234);
    EXPECT_EQ(query.type, type_a);
    EXPECT_EQ(query.klass, class_in);
    EXPECT_TRUE(query.recursion);
    EXPECT_EQ(query.room, plain_size);
    EXPECT_EQ(query.question, labels({"DB", "My-Net"}) + number(1) + number(1)) << "as it came, for whoever checks";
}

TEST(Query, ADotWithinALabelIsNoDot) { EXPECT_EQ(ask({"a.b", "c\\ \xff"}).name, "a\\046b.c\\092\\032\\255"); }

TEST(Query, TheRoomForAnAnswerIsTheAskersWithinReason) {
    const auto room = [](unsigned size) {
        const std::string option = "\0"s + number(41) + number(size) + number(0) + number(0) + number(0);
        return parse_query(query_bytes(labels({"db"}), type_a, option, 1)).value().room;
    };
    EXPECT_EQ(room(1232), 1232U);
    EXPECT_EQ(room(0), plain_size);
    EXPECT_EQ(room(65535), 4096U);
}

TEST(Query, WhatIsNoPlainQuestionIsRefused) {
    const std::string good = query_bytes(labels({"db"}), type_a);
    struct Case {
        const char* what;
        std::string bytes;
    };
    std::string two = good;
    two[5] = 2;
    std::string answer = good;
    answer[2] = '\x81';
    std::string update = good;
    update[2] = '\x28';
    const std::string loop = "\xC0\x0C"s;
    const std::vector<Case> cases{{"nothing", ""},
                                  {"a header alone", good.substr(0, 12)},
                                  {"no type", good.substr(0, good.size() - 3)},
                                  {"two questions", two},
                                  {"an answer", answer},
                                  {"an update", update},
                                  {"a pointer to itself", query_bytes(loop, type_a)},
                                  {"a label of an unknown kind", query_bytes("\x80"s + "x\0"s, type_a)},
                                  {"a label longer than the message", query_bytes("\x3F"s + "abc", type_a)},
                                  {"no end", query_bytes(std::string(3, '\1'), type_a)}};
    for (const Case& one : cases) {
        EXPECT_FALSE(parse_query(one.bytes)) << one.what;
    }
    std::vector<std::string> words(4, std::string(62, 'x'));
    EXPECT_TRUE(parse_query(query_bytes(labels({words[0], words[1], words[2], std::string(61, 'x')}), type_a)));
    words.emplace_back("x");
    EXPECT_TRUE(parse_query(query_bytes(labels(words), type_a))) << "255 bytes";
    words.back() = "xx";
    EXPECT_FALSE(parse_query(query_bytes(labels(words), type_a))) << "256 bytes";
}

TEST(Answer, AddressesFollowTheQuestionAndPointToIt) {
    const Query query = ask({"db"});
    const std::string bytes = answer_addresses(query, {0xAC120002});
    EXPECT_EQ(bytes, "\x12\x34\x81\x80"s + number(1) + number(1) + number(0) + number(0) + query.question +
                         "\xC0\x0C"s + number(1) + number(1) + number(0) + number(600) + number(4) +
                         "\xAC\x12\x00\x02"s);
    EXPECT_TRUE(answers(bytes, query));
    EXPECT_FALSE(answers(bytes, ask({"web"})));
    EXPECT_FALSE(answers(with_id(bytes, 1), query));
    EXPECT_FALSE(answers(query_bytes(labels({"db"}), type_a), query)) << "a question is no answer";
}

TEST(Answer, MoreThanFitsIsCutAndSaysSo) {
    const Query query = ask({"db"});
    const std::string bytes = answer_addresses(query, std::vector<std::uint32_t>(100, 1));
    EXPECT_LE(bytes.size(), plain_size);
    EXPECT_EQ(bytes.substr(2, 2), "\x83\x80"s);
    EXPECT_EQ(bytes.substr(6, 2), number(30));
    EXPECT_EQ(answer_addresses(query, std::vector<std::uint32_t>(30, 1)).substr(2, 2), "\x81\x80"s);
}

TEST(Answer, ANameIsGivenBackWhole) {
    const Query query = ask({"2", "0", "18", "172", "in-addr", "arpa"}, type_ptr);
    const std::string bytes = answer_name(query, "db.mine");
    EXPECT_EQ(bytes.substr(bytes.size() - 11), number(9) + labels({"db", "mine"}));
    const Query odd = ask({"x"}, type_ptr);
    EXPECT_EQ(answer_name(odd, std::string(64, 'x')), answer_nothing(odd, Code::server_failure));
}

TEST(Answer, WhoSendsNonsenseIsToldAndWhoSendsAnswersIsNot) {
    EXPECT_EQ(complaint("\x12\x34\x01\x00"s + std::string(8, '\0'), Code::format_error),
              "\x12\x34\x80\x01"s + std::string(8, '\0'));
    EXPECT_EQ(complaint("\x12\x34\x81\x00"s + std::string(8, '\0'), Code::format_error), "");
    EXPECT_EQ(complaint("\x12", Code::format_error), "");
}

TEST(Address, IsReadBothWaysRound) {
    EXPECT_EQ(parse_address("172.18.0.2"), 0xAC120002U);
    EXPECT_EQ(reversed_address("2.0.18.172.in-addr.arpa"), 0xAC120002U);
    for (const char* text :
         {"", "1.2.3", "1.2.3.4.5", "1.2.3.256", "1.2.3.", ".1.2.3", "1.2.3.4x", "01234.1.1.1", "a"}) {
        EXPECT_EQ(parse_address(text), std::nullopt) << text;
        EXPECT_EQ(reversed_address(std::string(text) + ".in-addr.arpa"), std::nullopt) << text;
    }
    EXPECT_EQ(reversed_address("2.0.18.172.in-addr.example"), std::nullopt);
}

class Directory : public testing::Test {
protected:
    std::vector<Names> networks() {
        const Lives lives = [this](const std::string& id) { return id != gone_; };
        return {parse_names("network one\naaa 172.18.0.2 web www aaa\nbbb 172.18.0.3 Db www bbb\n", lives),
                parse_names("network two\nccc 172.19.0.2 db ccc\nbbb 172.19.0.3 both bbb\n\nodd\nddd 1.2 x\n", lives)};
    }
    std::string gone_;
};

TEST_F(Directory, OnlyTheAskersNetworksAnswer) {
    EXPECT_EQ(addresses_of(networks(), "aaa", "db"), std::vector<std::uint32_t>{0xAC120003});
    EXPECT_EQ(addresses_of(networks(), "ccc", "db"), std::vector<std::uint32_t>{0xAC130002});
    EXPECT_EQ(addresses_of(networks(), "bbb", "db"), (std::vector<std::uint32_t>{0xAC120003, 0xAC130002}));
    EXPECT_TRUE(addresses_of(networks(), "aaa", "both").empty());
    EXPECT_TRUE(addresses_of(networks(), "nobody", "db").empty());
}

TEST_F(Directory, AnAliasMayBeSeveralContainers) {
    EXPECT_EQ(addresses_of(networks(), "aaa", "WWW"), (std::vector<std::uint32_t>{0xAC120002, 0xAC120003}));
}

TEST_F(Directory, ANetworksNameBehindAContainersMeansThatNetwork) {
    EXPECT_EQ(addresses_of(networks(), "bbb", "db.two"), std::vector<std::uint32_t>{0xAC130002});
    EXPECT_TRUE(addresses_of(networks(), "bbb", "web.two").empty());
    EXPECT_TRUE(addresses_of(networks(), "bbb", ".two").empty());
}

TEST_F(Directory, WhoIsGoneIsNotAnsweredForAndAsksNoMore) {
    gone_ = "bbb";
    EXPECT_TRUE(addresses_of(networks(), "aaa", "db").empty());
    EXPECT_TRUE(addresses_of(networks(), "bbb", "web").empty());
    EXPECT_EQ(name_of(networks(), "aaa", 0xAC120003), std::nullopt);
}

TEST_F(Directory, AnAddressHasTheFirstNameAndItsNetworks) {
    EXPECT_EQ(name_of(networks(), "aaa", 0xAC120003), "Db.one");
    EXPECT_EQ(name_of(networks(), "aaa", 0xAC130002), std::nullopt) << "of another network";
}

}  // namespace
}  // namespace cutaway::dns
