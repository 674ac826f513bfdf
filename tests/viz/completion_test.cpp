// SPDX-License-Identifier: Apache-2.0
// What Tab makes of the line below the drawing.
#include <gtest/gtest.h>

#include "core/scene/evolve.h"
#include "viz/app/line_completion.h"

namespace cutaway::app {
namespace {

scene::Picture with_containers() {
    scene::Picture picture;
    std::uint64_t seq = 0;
    for (const auto& [name, state] :
         {std::pair("web", "running"), std::pair("web-old", "exited"), std::pair("db", "running")}) {
        trace::Event event;
        event.seq = ++seq;
        event.kind = trace::EventKind::note;
        world::ContainerKnown known;
        known.id = std::string(63, '0') + std::to_string(seq);
        known.name = name;
        known.state = state;
        event.container = known.id;
        event.body = world::Note(known);
        scene::evolve(picture, event);
    }
    return picture;
}

TEST(LineCompletion, KnowsVerbsFlagsAndNames) {
    const scene::Picture picture = with_containers();
    struct Case {
        std::string line;
        std::string completed;
        std::vector<std::string> choices;
    };
    const std::vector<Case> cases{
        {"insp", "inspect ", {}},
        {"docker insp", "docker inspect ", {}},
        {"exec d", "exec db ", {}},
        {"stop w", "stop web ", {}},
        {"start w", "start web-old ", {}},
        {"inspect w", "inspect web", {"web", "web-old"}},
        {"run --rest", "run --restart ", {}},
        {"inspect web", "", {"web", "web-old"}},
        {"inspect 'we", "", {}},
        {"inspect none", "", {}},
        {"nonsense w", "", {}},
    };
    for (const Case& one : cases) {
        const LineCompletion got = complete_line(one.line, picture);
        EXPECT_EQ(got.completed, one.completed) << one.line;
        EXPECT_EQ(got.choices, one.choices) << one.line;
    }
}

}  // namespace
}  // namespace cutaway::app
