// SPDX-License-Identifier: Apache-2.0
#include "core/lesson/figure_tree.h"

#include <algorithm>

#include "core/lesson/fields.h"

namespace cutaway::lesson {

namespace {

constexpr int most_lines = 200;
constexpr std::size_t deepest = 8;

bool holds_parts(Look look) {
    return look == Look::row || look == Look::column || look == Look::stack || look == Look::group;
}

std::vector<std::string> words_of(std::string_view text) {
    std::vector<std::string> out;
    for (std::size_t at = 0; at < text.size();) {
        const std::size_t begin = std::min(text.find_first_not_of(' ', at), text.size());
        at = std::min(text.find(' ', begin), text.size());
        if (at > begin) {
            out.emplace_back(text.substr(begin, at - begin));
        }
    }
    return out;
}

struct Line {
    int number = 0;
    std::size_t depth = 0;
    std::vector<std::string> words;  // before the colon
    std::string text;                // behind it
};

class TreeReader {
public:
    FigureTree read(std::string_view text) {
        tree_.top.look = Look::column;
        int number = 0;
        for (std::size_t at = 0; at < text.size();) {
            const std::size_t end = std::min(text.find('\n', at), text.size());
            if (++number > most_lines) {
                complain(number, "a figure has at most " + std::to_string(most_lines) + " lines");
                break;
            }
            read_line(number, text.substr(at, end - at));
            at = end + 1;
        }
        if (tree_.top.parts.empty()) {
            complain(1, "the figure is empty; begin with a row, a column or a box");
        }
        return std::move(tree_);
    }

private:
    void complain(int line, std::string what) { tree_.mistakes.push_back({line, std::move(what)}); }

    void read_line(int number, std::string_view raw) {
        const std::size_t indent = raw.find_first_not_of(' ');
        if (indent == std::string_view::npos || raw[indent] == '#') {
            return;
        }
        if (indent % 2 != 0 || raw[indent] == '\t') {
            complain(number, "parts are indented by two spaces each");
            return;
        }
        Line line;
        line.number = number;
        line.depth = indent / 2;
        raw.remove_prefix(indent);
        const std::size_t colon = std::min(raw.find(": "), raw.size());
        line.words = words_of(raw.substr(0, colon));
        line.text = colon == raw.size() ? "" : std::string(raw.substr(colon + 2));
        if (line.words.empty()) {
            complain(number, "nothing stands before this colon; write what it is, as box: words");
        } else if (line.words[0] == "arrow" || line.words[0] == "line") {
            read_edge(line);
        } else {
            read_node(line);
        }
    }

    void read_edge(const Line& line) {
        if (line.words.size() < 3 || line.depth != 0) {
            complain(line.number, "write this as " + line.words[0] + " FROM TO: what it says, not indented");
            return;
        }
        FigureEdge edge;
        edge.line = line.number;
        edge.arrow = line.words[0] == "arrow";
        edge.from = line.words[1];
        edge.to = line.words[2];
        edge.text = line.text;
        for (std::size_t n = 3; n < line.words.size(); ++n) {
            const std::optional<Tone> tone = from_name<Tone>(line.words[n]);
            edge.tone = tone.value_or(edge.tone);
            edge.dashed = edge.dashed || line.words[n] == "dashed";
            edge.strong = edge.strong || line.words[n] == "strong";
            if (!tone && line.words[n] != "dashed" && line.words[n] != "strong") {
                complain(line.number, "an " + line.words[0] + " knows no \"" + line.words[n] + "\"");
            }
        }
        tree_.edges.push_back(std::move(edge));
    }

    void read_node(const Line& line) {
        const std::optional<Look> look = from_name<Look>(line.words[0]);
        if (!look) {
            std::vector<std::string> known{"arrow", "line"};
            for (const std::string_view name : enum_names(Look{})) {
                known.emplace_back(name);
            }
            const std::string meant = nearest(line.words[0], known);
            complain(line.number, "there is no \"" + line.words[0] + "\" in a figure" +
                                      (meant.empty() ? "; see docs/lesson-format.md" : "; did you mean " + meant));
            return;
        }
        FigureNode node;
        node.line = line.number;
        node.look = *look;
        read_words(line, node);
        node.texts = line.text.empty() ? std::vector<std::string>() : split_bars(line.text);
        const bool wordless = holds_parts(node.look) || node.look == Look::gap;
        if (node.texts.empty() && !wordless) {
            complain(line.number, "a " + line.words[0] + " needs words behind a colon: no shape speaks for itself");
        }
        FigureNode* parent = parent_at(line);
        if (parent != nullptr) {
            parent->parts.push_back(std::move(node));
        }
    }

    void read_words(const Line& line, FigureNode& node) {
        for (std::size_t n = 1; n < line.words.size(); ++n) {
            const std::string& word = line.words[n];
            if (const std::optional<Tone> tone = from_name<Tone>(word)) {
                node.tone = *tone;
            } else if (word == "dashed" || word == "strong" || word == "crossed" || word == "wide") {
                (word == "dashed"   ? node.dashed
                 : word == "strong" ? node.strong
                 : word == "wide"   ? node.wide
                                    : node.crossed) = true;
            } else if (word == "tight" || word == "loose" || word == "far") {
                node.gap = word == "tight" ? 6.0F : word == "loose" ? 34.0F : 74.0F;
            } else if (n == 1) {
                node.id = word;
            } else {
                complain(line.number, "there is no \"" + word + "\" for a " + line.words[0]);
            }
        }
    }

    // The last node that is one less deep.
    FigureNode* parent_at(const Line& line) {
        FigureNode* node = &tree_.top;
        for (std::size_t depth = 0; depth < line.depth; ++depth) {
            if (depth >= deepest || node->parts.empty() || !holds_parts(node->parts.back().look)) {
                complain(line.number, "nothing above holds this; only a row, column, stack or group has parts");
                return nullptr;
            }
            node = &node->parts.back();
        }
        return node;
    }

    FigureTree tree_;
};

}  // namespace

FigureTree read_figure_tree(std::string_view text) { return TreeReader().read(text); }

}  // namespace cutaway::lesson
