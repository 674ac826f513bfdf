// SPDX-License-Identifier: Apache-2.0
// What stands where, and how a file begins.
#include <filesystem>
#include <string>
#include <vector>

#include <gtest/gtest.h>

#include "tests/house/house.h"

namespace cutaway::house {
namespace {

using Complaints = std::vector<std::string>;

TEST(Layout, AStrayFileAtTheTopIsCaught) {
    EXPECT_EQ(check_top_level({"core", ".ci", "build-asan", "README.md"}), Complaints{});
    EXPECT_EQ(check_top_level({"core", "notes.txt"}), Complaints{"notes.txt does not belong at the top of the tree"});
}

TEST(Layout, AFileThatBreaksTheShapeIsCaught) {
    const std::string spdx = "// SPDX-License-Identifier: Apache-2.0\n";
    struct Case {
        Source source;
        bool has_header;
        std::string complaint;
    };
    const std::vector<Case> cases{
        {{"core/oci/a.h", spdx + "#pragma once\n"}, true, ""},
        {{"core/oci/a.h", spdx}, true, "core/oci/a.h lacks #pragma once"},
        {{"core/oci/a.cpp", spdx + "#include \"core/oci/a.h\"\n"}, true, ""},
        {{"core/oci/a.cpp", spdx + "#include <map>\n#include \"core/oci/a.h\"\n"},
         true,
         "core/oci/a.cpp must include core/oci/a.h first"},
        {{"core/oci/main.cpp", spdx + "#include <map>\n"}, false, ""},
        {{"core/oci/a.cpp", "#include \"core/oci/a.h\"\n"}, true, "core/oci/a.cpp must begin with its SPDX line"},
        {{"core/oci/string_util.cpp", spdx}, false, "core/oci/string_util.cpp: \"util\" names no thing"},
        {{"core/oci/a.cpp", spdx + std::string(500, '\n')}, false, "core/oci/a.cpp has 501 lines; split at 500"},
        {{"core/oci/a.cpp", spdx + "// FIX" + "ME later\n"},
         false,
         "core/oci/a.cpp says FIX" + std::string("ME; an issue says it better")},
        {{"core/oci/a.cpp", spdx + "// mkdtemp(\"a-XX" + "XXXX\")\n"}, false, ""},
    };
    for (const Case& one : cases) {
        const Complaints found = check_shape(one.source, one.has_header);
        EXPECT_EQ(found, one.complaint.empty() ? Complaints{} : Complaints{one.complaint}) << one.source.text;
    }
}

TEST(House, TheTopOfTheTreeHoldsWhatTheDesignNames) {
    std::vector<std::string> entries;
    for (const auto& entry : std::filesystem::directory_iterator(".")) {
        entries.push_back(entry.path().filename().string());
    }
    EXPECT_EQ(check_top_level(entries), Complaints{});
}

TEST(House, EveryFileOfOursKeepsTheShape) {
    for (const Source& source : read_tree({"core", "viz", "tests"}, {".h", ".cpp"})) {
        const std::string own = source.path.substr(0, source.path.rfind('.')) + ".h";
        for (const std::string& complaint : check_shape(source, std::filesystem::exists(own))) {
            ADD_FAILURE() << complaint;
        }
    }
}

}  // namespace
}  // namespace cutaway::house
