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

}  // namespace
}  // namespace cutaway::house
