// SPDX-License-Identifier: Apache-2.0
// L07 from the first panel to the last, without a display: the run is performed on a simulated machine, walked phase by
// phase, and each stop is drawn. What the panels are made of is checked, and that something was drawn, and that no text
// left its place. Skipped aloud where nothing can draw.
#include <set>

#include "tests/gui/gui_room.h"
#include "viz/view/canvas.h"
#include "viz/view/rail.h"
#include "viz/view/timeline.h"

namespace cutaway {
namespace {

const std::vector<std::string> flagship{"run -d -p 8080:80 --name web nginx", "sh -c \"curl -s localhost:8080\"",
                                        "stop web", "rm web"};

std::size_t colours_of(const shell::Pixels& pixels) {
    std::set<std::uint32_t> seen;
    for (std::size_t i = 0; i + 2 < pixels.rgb.size(); i += 3 * 7) {
        seen.insert(static_cast<std::uint32_t>(pixels.rgb[i] << 16U) |
                    static_cast<std::uint32_t>(pixels.rgb[i + 1] << 8U) | pixels.rgb[i + 2]);
    }
    return seen.size();
}

// What is true at the end of each act of the story.
void check_running(const view::Moment& moment) {
    EXPECT_EQ(view::layers_of(moment).rows.size(), 7U);
    EXPECT_EQ(view::overlay_of(moment).state, view::Made::made);
    EXPECT_EQ(view::overlay_of(moment).lower, 7U);
    EXPECT_GE(view::spaces_of(moment).own, 5U);
    EXPECT_GE(view::processes_of(moment).inside, 1U);
    EXPECT_EQ(view::cgroup_of(moment).state, view::Made::made);
    const view::Network network = view::network_of(moment);
    EXPECT_EQ(network.bridge, view::Made::made);
    EXPECT_TRUE(network.moved);
    ASSERT_EQ(network.rules.size(), 1U);
    EXPECT_EQ(network.rules[0].substr(0, 12), "0.0.0.0:8080");
    EXPECT_EQ(view::rail_of(moment).rows[static_cast<std::size_t>(world::Phase::exec) - 1].state,
              view::RailState::done);
}

TEST(Flagship, IsDrawnFromTheFirstPhaseToTheLast) {
    GuiRoom own;
    app::Room& room = own.free();
    root::ShotOptions options;
    options.width = 1280;
    options.height = 720;
    auto studio = root::Studio::create(room, options);
    if (!studio) {
        GTEST_SKIP() << studio.error().doing;
    }
    std::set<world::Phase> stops;
    const auto take = [&](const root::Shot& shot) -> Status {
        EXPECT_GT(colours_of(shot.pixels), 40U) << shot.name << " is blank";
        EXPECT_GT(shot.labels.size(), 40U) << shot.name;
        check_labels(shot);
        if (shot.moment.next != nullptr) {
            stops.insert(shot.moment.next->phase);
        }
        return {};
    };
    const Status run = (*studio)->walk({flagship[0], flagship[1]}, take);
    ASSERT_TRUE(run.has_value()) << run.error().doing;
    check_running((*studio)->desk().moment());
    EXPECT_EQ(view::network_of((*studio)->desk().moment()).packet_ok, true) << "curl reached the container";
    const Status over = (*studio)->walk({flagship[2], flagship[3]}, take);
    ASSERT_TRUE(over.has_value()) << over.error().doing;
    EXPECT_TRUE((*studio)->desk().moment().picture->containers->empty());
    EXPECT_GE(stops.size(), 9U) << "phases that were stopped at";
    (*studio)->desk().handle(app::Intent{app::Act::to_start});
    EXPECT_NE(view::timeline_of((*studio)->desk().moment(), 800).behind, "");
}

TEST(Flagship, SteppingBackMovesTheViewAndNeverTheWork) {
    GuiRoom own;
    app::Session& session = own.free().session();
    app::Desk desk(session);
    app::Intent perform{app::Act::perform};
    perform.text = flagship[0];
    desk.handle(perform);
    ASSERT_TRUE(session.settle(20'000'000'000));
    desk.handle(app::Intent{app::Act::go_live});
    for (int i = 0; i < 12; ++i) {
        desk.handle(app::Intent{app::Act::next});
        ASSERT_TRUE(session.settle(20'000'000'000));
        desk.handle(app::Intent{app::Act::go_live});
    }
    const std::uint64_t head = desk.moment().head;
    const std::uint64_t there = desk.moment().position;
    EXPECT_EQ(there, head);
    for (int i = 0; i < 5; ++i) {
        desk.handle(app::Intent{app::Act::back});
    }
    EXPECT_LT(desk.moment().position, there);
    EXPECT_EQ(desk.moment().head, head);
    desk.handle(perform);
    EXPECT_FALSE(desk.state().notice.empty()) << "in the past nothing is performed";
    for (int i = 0; i < 5; ++i) {
        desk.handle(app::Intent{app::Act::next});
    }
    EXPECT_EQ(desk.moment().position, there);
    desk.handle(app::Intent{app::Act::give_up});
    EXPECT_TRUE(session.settle(20'000'000'000));
}

}  // namespace
}  // namespace cutaway
