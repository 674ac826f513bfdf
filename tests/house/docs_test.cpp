// SPDX-License-Identifier: Apache-2.0
// The documents point at things that are there.
#include <string>
#include <vector>

#include <gtest/gtest.h>

#include "tests/house/house.h"

namespace cutaway::house {
namespace {

using Complaints = std::vector<std::string>;

TEST(Docs, ABrokenLinkIsCaught) {
    struct Case {
        std::string text;
        std::string complaint;
    };
    const std::vector<Case> cases{
        {"see [style](style.md) and [the table](architecture.md#rooms)", ""},
        {"see [out](https://example.org/x) and `core/base/result.h`", ""},
        {"see [gone](gone.md)", "docs/sample.md links to gone.md, which is not there"},
        {"# One\n[up](#one)", ""},
        {"# One\n[up](#two)", "docs/sample.md links to #two, but no heading is called that"},
        {"read `core/base/gone.h`", "docs/sample.md names core/base/gone.h, which is not there"},
        {"`tests/<room>/x_test.cpp` and `core/*/x.h`", ""},
        {"```\n[gone](gone.md)\n```\n", ""},
    };
    for (const Case& one : cases) {
        const Complaints found = check_links({"docs/sample.md", one.text});
        EXPECT_EQ(found, one.complaint.empty() ? Complaints{} : Complaints{one.complaint}) << one.text;
    }
}

TEST(House, EveryLinkInTheDocumentsLeadsSomewhere) {
    std::vector<Source> documents = read_tree({"docs"}, {".md"});
    documents.push_back({"README.md", read_text("README.md")});
    for (const Source& document : documents) {
        for (const std::string& complaint : check_links(document)) {
            ADD_FAILURE() << complaint;
        }
    }
}

// "Suite.name" in backticks on this line of a table.
std::vector<std::string> tests_named(std::string_view line) {
    std::vector<std::string> found;
    for (std::size_t at = line.find('`'); at != std::string_view::npos; at = line.find('`', at)) {
        const std::size_t end = line.find('`', at + 1);
        if (end == std::string_view::npos) {
            break;
        }
        const std::string_view word = line.substr(at + 1, end - at - 1);
        if (word.find('.') != std::string_view::npos && word.find_first_of("/ :") == std::string_view::npos) {
            found.emplace_back(word);
        }
        at = end + 1;
    }
    return found;
}

bool has_test(const std::vector<Source>& tests, const std::string& name) {
    const std::string rest = name.substr(0, name.find('.')) + ", " + name.substr(name.find('.') + 1) + ")";
    for (const Source& source : tests) {
        for (const char* macro : {"TEST(", "TEST_F(", "TEST_P("}) {
            if (source.text.find(macro + rest) != std::string::npos) {
                return true;
            }
        }
    }
    return false;
}

TEST(House, EveryAttackThatIsWrittenDownHasItsTest) {
    const std::vector<Source> tests = read_tree({"tests"}, {".cpp"});
    EXPECT_FALSE(has_test(tests, "House.EveryAttackThatIsWrittenDown"));
    std::string text = read_text("docs/attacks.md");
    int rows = 0;
    for (std::size_t at = 0; at < text.size();) {
        const std::size_t end = std::min(text.find('\n', at), text.size());
        const std::string line = text.substr(at, end - at);
        at = end + 1;
        if (!line.starts_with("| ") || line.starts_with("| weakness")) {
            continue;
        }
        ++rows;
        const std::vector<std::string> named = tests_named(line);
        EXPECT_FALSE(named.empty()) << line;
        for (const std::string& name : named) {
            EXPECT_TRUE(has_test(tests, name)) << name << " is no test: " << line;
        }
    }
    EXPECT_GT(rows, 15);
}

}  // namespace
}  // namespace cutaway::house
