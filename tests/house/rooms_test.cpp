// SPDX-License-Identifier: Apache-2.0
// The room table of docs/architecture.md against every #include and every target; and against invented files that
// break it, so that a rule that no longer bites is noticed.
#include <string>
#include <vector>

#include <gtest/gtest.h>

#include "tests/house/house.h"

namespace cutaway::house {
namespace {

using Complaints = std::vector<std::string>;

Rooms rooms() { return parse_rooms(read_text("docs/architecture.md")); }

std::string joined(const Complaints& found) {
    std::string text;
    for (const std::string& one : found) {
        text += one + "\n";
    }
    return text;
}

void add(Complaints& all, const Complaints& more) { all.insert(all.end(), more.begin(), more.end()); }

const Rooms& sample() {
    static const Rooms table = parse_rooms(
        "| room under `core/` | its one job | may include |\n|---|---|---|\n"
        "| `base` | words | – |\n"
        "| `world` | the seam | `oci` |\n"
        "| `rootfs`, `network` | pure planners | `world` |\n"
        "| `cli` | the door | `world`; in `root*.cpp` also `host` |\n"
        "\n| other | table | `here` |\n"
        "| room under `viz/` | its one job | may include |\n|---|---|---|\n"
        "| `view` | rows | `core/world` |\n");
    return table;
}

TEST(Rooms, TheTableIsReadAsAPersonReadsIt) {
    EXPECT_EQ(sample().size(), 6U);
    EXPECT_EQ(sample().at("core/network").allowed, std::vector<std::string>{"core/world"});
    EXPECT_EQ(sample().at("core/cli").extra.at("root*.cpp"), std::vector<std::string>{"core/host"});
    EXPECT_EQ(sample().at("viz/view").allowed, std::vector<std::string>{"core/world"});
    EXPECT_TRUE(sample().at("core/base").allowed.empty());
}

TEST(Rooms, AForbiddenIncludeIsCaught) {
    struct Case {
        Source source;
        std::string complaint;  // empty: none
    };
    const std::vector<Case> cases{
        {{"core/network/plan.cpp", "#include \"core/world/call.h\"\n#include \"core/base/hex.h\"\n"}, ""},
        {{"core/network/plan.cpp", "\n#include \"core/host/fd.h\"\n"},
         "core/network/plan.cpp:2: core/network may not include core/host"},
        {{"core/network/plan.cpp", "#  include   \"core/rootfs/plan.h\"\n"},
         "core/network/plan.cpp:1: core/network may not include core/rootfs"},
        {{"core/network/plan.cpp", "#include \"plan.h\"\n"},
         "core/network/plan.cpp:1: \"plan.h\" must be named from the top: core/room/…"},
        {{"core/base/hex.cpp", "#include \"core/world/call.h\"\n"},
         "core/base/hex.cpp:1: core/base may not include core/world"},
        {{"core/cli/root_model.cpp", "#include \"core/host/fd.h\"\n"}, ""},
        {{"core/cli/run.cpp", "#include \"core/host/fd.h\"\n"},
         "core/cli/run.cpp:1: core/cli may not include core/host"},
        {{"core/attic/old.cpp", ""}, "core/attic/old.cpp is in core/attic, which has no row in docs/architecture.md"},
        {{"core/world/call.h", "#include <viz/view/rows.h>\n"},
         "core/world/call.h:1: core/world may not include viz/view"},
    };
    for (const Case& one : cases) {
        const Complaints found = check_includes(sample(), one.source);
        EXPECT_EQ(found, one.complaint.empty() ? Complaints{} : Complaints{one.complaint}) << one.source.path;
    }
}

TEST(Rooms, AForbiddenSystemOrLibraryHeaderIsCaught) {
    struct Case {
        const char* path;
        const char* header;
        bool allowed;
    };
    const std::vector<Case> cases{
        {"core/host/mount.cpp", "sys/mount.h", true},
        {"core/engine/run.cpp", "sys/mount.h", false},
        {"core/model/kernel.cpp", "unistd.h", false},
        {"viz/app/session.cpp", "linux/sched.h", false},
        {"core/host/disk.cpp", "filesystem", true},
        {"core/store/blobs.cpp", "filesystem", false},
        {"core/host/match.cpp", "regex", false},
        {"core/oci/codec.cpp", "nlohmann/json.hpp", true},
        {"core/oci/manifest.h", "nlohmann/json.hpp", false},
        {"core/oci/codec.h", "nlohmann/json_fwd.hpp", true},
        {"viz/panels/layers.cpp", "imgui.h", true},
        {"viz/view/rows.cpp", "imgui.h", false},
        {"viz/shell/window.cpp", "GLFW/glfw3.h", true},
        {"viz/panels/layers.cpp", "GL/gl.h", false},
        {"core/host/transport.cpp", "curl/curl.h", true},
        {"core/registry/fetch.cpp", "curl/curl.h", false},
        {"core/cli/text.cpp", "iostream", false},
        {"core/base/result.h", "system_error", true},
    };
    for (const Case& one : cases) {
        const Complaints found = check_foreign_headers({one.path, std::string("#include <") + one.header + ">\n"});
        EXPECT_EQ(found.empty(), one.allowed) << one.path << " with <" << one.header << ">\n" << joined(found);
    }
}

TEST(Rooms, ACircleIsFound) {
    EXPECT_EQ(find_circle(sample()), "");
    Rooms bent = sample();
    bent["core/world"].allowed.emplace_back("core/network");
    EXPECT_EQ(find_circle(bent), "core/cli → core/world → core/network → core/world");
}

TEST(Rooms, ATargetLinksOnlyWhatItsRoomMayInclude) {
    const Source good{"core/network/CMakeLists.txt",
                      "core_library(network SOURCES plan.cpp LINKS core_world core_base)"};
    EXPECT_EQ(check_targets(sample(), good), Complaints{});
    const Source bad{"core/network/CMakeLists.txt", "core_library(network SOURCES plan.cpp LINKS core_host)"};
    EXPECT_EQ(check_targets(sample(), bad),
              Complaints{"core/network/CMakeLists.txt: core/network may not link core/host"});
    const Source odd{"core/network/CMakeLists.txt", "core_library(net SOURCES plan.cpp)"};
    EXPECT_EQ(check_targets(sample(), odd).size(), 1U);
}

TEST(House, TheRoomTableHasRowsAndNoCircle) {
    EXPECT_GT(rooms().size(), 25U) << "the table in docs/architecture.md is not where it was";
    EXPECT_EQ(find_circle(rooms()), "");
    for (const auto& [name, room] : rooms()) {
        for (const std::string& target : room.allowed) {
            EXPECT_EQ(rooms().count(target), 1U) << name << " names " << target << ", which is no room";
        }
    }
}

TEST(House, EveryIncludeIsAllowedByTheRoomTable) {
    const Rooms table = rooms();
    Complaints found;
    for (const Source& source : read_tree({"core", "viz"}, {".h", ".cpp"})) {
        add(found, check_includes(table, source));
        add(found, check_foreign_headers(source));
    }
    EXPECT_TRUE(found.empty()) << joined(found);
}

TEST(House, EveryTargetLinksOnlyWhatItsRoomMayInclude) {
    const Rooms table = rooms();
    Complaints found;
    for (const Source& source : read_tree({"core"}, {"CMakeLists.txt"})) {
        if (source.path != "core/CMakeLists.txt") {
            add(found, check_targets(table, source));
        }
    }
    EXPECT_TRUE(found.empty()) << joined(found);
}

}  // namespace
}  // namespace cutaway::house
