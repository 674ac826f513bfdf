// SPDX-License-Identifier: Apache-2.0
// What NAME.figure says, before it has places: a tree of rows, columns, stacks and boxes, and the arrows between them.
// Bounded: 200 lines, 8 deep.
#pragma once

#include <optional>
#include <string>
#include <string_view>
#include <vector>

#include "core/lesson/figure.h"

namespace cutaway::lesson {

enum class Look { row, column, stack, group, box, round, house, disk, sheet, cup, text, gap };
CUTAWAY_ENUM(Look, row, column, stack, group, box, round, house, disk, sheet, cup, text, gap)

struct FigureNode {
    int line = 0;
    Look look = Look::column;
    std::string id;
    std::vector<std::string> texts;  // the first is the name, the others are smaller
    Tone tone = Tone::plain;
    bool dashed = false;
    bool strong = false;
    bool crossed = false;
    bool wide = false;  // as wide as what is around it
    float gap = -1;     // between its parts
    std::vector<FigureNode> parts;
    Place place;
};

struct FigureEdge {
    int line = 0;
    std::string from;
    std::string to;
    std::string text;
    Tone tone = Tone::plain;
    bool arrow = true;
    bool dashed = false;
    bool strong = false;
};

struct FigureTree {
    FigureNode top;
    std::vector<FigureEdge> edges;
    std::vector<Mistake> mistakes;
};

FigureTree read_figure_tree(std::string_view text);

}  // namespace cutaway::lesson
