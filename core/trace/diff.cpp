// SPDX-License-Identifier: Apache-2.0
#include "core/trace/diff.h"

#include <algorithm>
#include <map>
#include <utility>

#include "core/trace/story_tree.h"

namespace cutaway::trace {

namespace {

constexpr std::size_t largest_table = 4'000'000;  // cells; longer lists are compared place by place

std::string described(const StoryNode& node) { return node.kind == "span" ? "span \"" + node.label + "\"" : node.kind; }

bool is_pid(const StoryNode& node, std::string_view field) {
    const bool reply = field == "reply.value" && (node.kind == "clone" || node.kind == "start_shim");
    const bool joined = node.kind == "cgroup_write" && field == "value" &&  // else it is a limit
                        std::any_of(node.fields.begin(), node.fields.end(), [](const auto& one) {
                            return one.first == "file" && one.second == "cgroup.procs";
                        });
    return reply || joined || field == "pid" || (field == "parent" && node.kind == "process_started");
}

class Comparison {
public:
    void compare(const StoryNode& a, const StoryNode& b, const std::string& where) {
        fields(a, b, where);
        const auto pairs = aligned(a.children, b.children);
        for (const auto& [one, other] : pairs) {
            if (other == nullptr) {
                found.push_back({where, "only in the first: " + described(*one)});
            } else if (one == nullptr) {
                found.push_back({where, "only in the second: " + described(*other)});
            } else {
                compare(*one, *other, where.empty() ? one->label : where + " > " + one->label);
            }
        }
    }

    void align(const StoryNode& a, const StoryNode& b, std::size_t depth) {
        for (const auto& [one, other] : aligned(a.children, b.children)) {
            if (one != nullptr && other != nullptr) {
                Aligned both{depth, one->kind, one->label, one->begin, other->begin, {}};
                found.clear();
                fields(*one, *other, "");
                for (Difference& difference : found) {
                    both.fields.push_back(std::move(difference.what));
                }
                told.push_back(std::move(both));
                align(*one, *other, depth + 1);
            } else {
                alone(one != nullptr ? *one : *other, one != nullptr, depth);
            }
        }
    }

    // As sets: what only one of them saw. Pids that the calls did not introduce are all the same.
    void observations(const std::vector<StoryNode>& a, const std::vector<StoryNode>& b) {
        std::map<std::string, int> count;
        for (const StoryNode& node : a) {
            count.try_emplace(line(node, true), 0).first->second |= 1;
        }
        for (const StoryNode& node : b) {
            count.try_emplace(line(node, false), 0).first->second |= 2;
        }
        for (const auto& [text, seen] : count) {
            if (seen != 3) {
                found.push_back({"observed", (seen == 1 ? "only in the first: " : "only in the second: ") + text});
            }
        }
    }

    std::vector<Difference> found;
    std::vector<Aligned> told;

private:
    using Pairs = std::vector<std::pair<const StoryNode*, const StoryNode*>>;

    void alone(const StoryNode& node, bool first, std::size_t depth) {
        Aligned one{depth, node.kind, node.label, {}, {}, {}};
        (first ? one.a : one.b) = node.begin;
        told.push_back(std::move(one));
        for (const StoryNode& child : node.children) {
            alone(child, first, depth + 1);
        }
    }

    void fields(const StoryNode& a, const StoryNode& b, const std::string& where) {
        std::map<std::string, std::string> theirs(b.fields.begin(), b.fields.end());
        for (const auto& [name, value] : a.fields) {
            const auto other = theirs.find(name);
            const std::string text = other == theirs.end() ? "nothing" : other->second;
            if (text != value && !(is_pid(a, name) && mapped(value, text))) {
                found.push_back({where, name + ": " + value + " against " + text});
            }
            if (is_pid(a, name) && text == value) {
                (void)mapped(value, text);
            }
            theirs.erase(name);
        }
        for (const auto& [name, value] : theirs) {
            found.push_back({where, name + ": nothing against " + value});
        }
    }
    // One to one, both ways; 0 and negative numbers are no pids but meanings.
    bool mapped(const std::string& a, const std::string& b) {
        const auto number = [](const std::string& text) {
            return !text.empty() && text[0] != '0' &&
                   std::all_of(text.begin(), text.end(), [](char c) { return c >= '0' && c <= '9'; });
        };
        if (!number(a) || !number(b)) {
            return false;
        }
        const auto there = to_b_.try_emplace(a, b).first;
        const auto back = to_a_.try_emplace(b, a).first;
        return there->second == b && back->second == a;
    }
    std::string line(const StoryNode& node, bool first) const {
        std::string text = node.kind;
        for (const auto& [name, value] : node.fields) {
            std::string shown = value;
            if (is_pid(node, name)) {
                const auto known = to_b_.find(value);
                const bool introduced = first ? known != to_b_.end() : to_a_.contains(value);
                shown = !introduced ? "some pid" : first ? known->second : value;
            }
            text += " " + name + "=" + shown;
        }
        return text;
    }
    // The longest common story of the two lists, by label (Wagner and Fischer's table), the rest unpaired.
    static Pairs aligned(const std::vector<StoryNode>& a, const std::vector<StoryNode>& b) {
        std::size_t head = 0;
        while (head < a.size() && head < b.size() && a[head].label == b[head].label) {
            ++head;
        }
        Pairs pairs;
        for (std::size_t i = 0; i < head; ++i) {
            pairs.emplace_back(&a[i], &b[i]);
        }
        const std::size_t rows = a.size() - head + 1;
        const std::size_t columns = b.size() - head + 1;
        if (rows * columns > largest_table) {
            for (std::size_t i = head; i < std::max(a.size(), b.size()); ++i) {
                pairs.emplace_back(i < a.size() ? &a[i] : nullptr, i < b.size() ? &b[i] : nullptr);
            }
            return pairs;
        }
        std::vector<std::uint32_t> table(rows * columns, 0);
        const auto cell = [&](std::size_t i, std::size_t j) -> std::uint32_t& { return table[i * columns + j]; };
        for (std::size_t i = rows - 1; i-- > 0;) {
            for (std::size_t j = columns - 1; j-- > 0;) {
                const bool same = a[head + i].label == b[head + j].label;
                cell(i, j) = same ? cell(i + 1, j + 1) + 1 : std::max(cell(i + 1, j), cell(i, j + 1));
            }
        }
        std::size_t i = 0;
        std::size_t j = 0;
        while (i + 1 < rows || j + 1 < columns) {
            if (i + 1 < rows && j + 1 < columns && a[head + i].label == b[head + j].label) {
                pairs.emplace_back(&a[head + i++], &b[head + j++]);
            } else if (j + 1 == columns || (i + 1 < rows && cell(i + 1, j) >= cell(i, j + 1))) {
                pairs.emplace_back(&a[head + i++], nullptr);
            } else {
                pairs.emplace_back(nullptr, &b[head + j++]);
            }
        }
        return pairs;
    }

    std::map<std::string, std::string> to_b_;
    std::map<std::string, std::string> to_a_;
};

}  // namespace

std::vector<Difference> diff(const std::vector<Event>& a, const std::vector<Event>& b,
                             const std::vector<Exception>& exceptions) {
    const StoryTree one = make_story(a, exceptions);
    const StoryTree other = make_story(b, exceptions);
    Comparison comparison;
    comparison.compare(one.root, other.root, "");
    comparison.observations(one.seen, other.seen);
    return std::move(comparison.found);
}

std::vector<Aligned> align(const std::vector<Event>& a, const std::vector<Event>& b,
                           const std::vector<Exception>& exceptions) {
    const StoryTree one = make_story(a, exceptions);
    const StoryTree other = make_story(b, exceptions);
    Comparison comparison;
    comparison.align(one.root, other.root, 0);
    return std::move(comparison.told);
}

}  // namespace cutaway::trace
