// SPDX-License-Identifier: Apache-2.0
// Every kind of call is explained, and what an explanation sends people to is there.
#include "core/world/why.h"

#include <cstdlib>
#include <set>
#include <string>
#include <vector>

#include <gtest/gtest.h>

#include "core/world/call.h"

namespace cutaway::world {
namespace {

template <std::size_t I = 0>
void add_kinds(std::vector<std::string>& kinds) {
    if constexpr (I < std::variant_size_v<Call>) {
        kinds.emplace_back(std::variant_alternative_t<I, Call>::kind);
        add_kinds<I + 1>(kinds);
    }
}

std::vector<std::string> parts(std::string_view text) {
    std::vector<std::string> out;
    for (std::size_t at = 0; at <= text.size();) {
        const std::size_t end = std::min(text.find("; ", at), text.size());
        out.emplace_back(text.substr(at, end - at));
        at = end + 2;
    }
    return out;
}

// "mount(2)" → page and section; false: a specification.
bool is_page(const std::string& reference, std::string& page, std::string& section) {
    const std::size_t open = reference.find('(');
    if (open == std::string::npos || reference.size() != open + 3 || reference.back() != ')') {
        return false;
    }
    page = reference.substr(0, open);
    section = reference.substr(open + 1, 1);
    return true;
}

TEST(Why, EveryKindOfCallHasAnEntryAndNothingElseHas) {
    std::vector<std::string> kinds;
    add_kinds(kinds);
    for (const std::string& kind : kinds) {
        const Explanation* found = why(kind);
        ASSERT_NE(found, nullptr) << kind;
        EXPECT_GT(found->text.size(), 40U) << kind;
        EXPECT_FALSE(found->system_calls.empty()) << kind;
        EXPECT_FALSE(found->read_on.empty()) << kind;
    }
    EXPECT_EQ(all_explanations().size(), kinds.size());
    EXPECT_EQ(why("fly"), nullptr);
}

TEST(Why, EveryPhaseHasASentence) {
    for (std::size_t i = 1; i < count_of<Phase>(); ++i) {
        EXPECT_FALSE(why(static_cast<Phase>(i)).empty()) << to_name(static_cast<Phase>(i));
    }
    EXPECT_TRUE(why(Phase::none).empty());
}

TEST(Why, EveryManPageThatIsNamedExists) {
    if (std::system("man -w 1 man >/dev/null 2>&1") != 0 || std::system("man -w 2 mount >/dev/null 2>&1") != 0) {
        GTEST_SKIP() << "man-db with manpages-dev is not installed here";
    }
    std::set<std::string> seen;
    for (const Explanation& one : all_explanations()) {
        for (const std::string& reference : parts(one.read_on)) {
            std::string page;
            std::string section;
            if (!is_page(reference, page, section)) {
                EXPECT_TRUE(reference.starts_with("OCI ") || reference.starts_with("Docker ")) << reference;
            } else if (seen.insert(reference).second) {
                const std::string command = "man -w " + section + " " + page + " >/dev/null 2>&1";
                EXPECT_EQ(std::system(command.c_str()), 0) << one.kind << " names " << reference;
            }
        }
    }
}

}  // namespace
}  // namespace cutaway::world
