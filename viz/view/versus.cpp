// SPDX-License-Identifier: Apache-2.0
#include "viz/view/versus.h"

#include <algorithm>

#include "core/trace/diff.h"
#include "viz/view/inspector.h"

namespace cutaway::view {

namespace {

Verdict verdict_of(const trace::Aligned& node) {
    if (!node.b) {
        return Verdict::only_left;
    }
    if (!node.a) {
        return Verdict::only_right;
    }
    return node.fields.empty() ? Verdict::same : Verdict::differs;
}

std::string detail_of(const trace::Aligned& node) {
    if (node.fields.empty()) {
        return {};
    }
    const std::string first = with_short_ids(node.fields.front());
    const std::size_t more = node.fields.size() - 1;
    return more == 0 ? first : first + ", and " + std::to_string(more) + " more";
}

// What only one of them does is told by its arguments.
std::string arguments_in(const trace::Event& event) {
    constexpr std::size_t most = 3;
    const auto* call = std::get_if<world::Call>(&event.body);
    std::string text;
    std::size_t told = 0;
    for (const Argument& one : call == nullptr ? std::vector<Argument>() : arguments_of(*call)) {
        if (!one.value.empty() && told++ < most) {
            text += (text.empty() ? "" : ", ") + one.name + ": " + one.value;
        }
    }
    return with_short_ids(text);
}

// What is inside decides for the whole.
void settle(std::vector<VersusRow>& rows) {
    for (std::size_t n = rows.size(); n-- > 0;) {
        for (std::size_t m = n + 1; m < rows.size() && rows[m].depth > rows[n].depth; ++m) {
            const bool differs = rows[n].verdict == Verdict::same && rows[m].verdict != Verdict::same;
            rows[n].verdict = differs ? Verdict::differs : rows[n].verdict;
        }
    }
}

}  // namespace

Versus versus_of(const std::vector<trace::Event>& left, const std::vector<trace::Event>& right) {
    Versus out;
    for (const trace::Aligned& node : trace::align(left, right)) {
        const bool span = node.kind == "span";
        const std::size_t at = node.b ? *node.b : node.a.value_or(0);
        const std::vector<trace::Event>& of = node.b ? right : left;
        const bool call = !span && at < of.size() && of[at].kind == trace::EventKind::call_begin;
        const Verdict verdict = verdict_of(node);
        if (!span && (!call || verdict == Verdict::same)) {
            continue;
        }
        out.different += verdict != Verdict::same ? 1 : 0;
        const bool alone = verdict == Verdict::only_left || verdict == Verdict::only_right;
        out.rows.push_back({node.depth, verdict, call, node.label, alone ? arguments_in(of[at]) : detail_of(node),
                            node.b.value_or(0)});
    }
    settle(out.rows);
    return out;
}

std::string word_of(Verdict verdict) {
    switch (verdict) {
        case Verdict::same: return "same";
        case Verdict::differs: return "differs";
        case Verdict::only_left: return "only left";
        case Verdict::only_right: return "only right";
    }
    return {};
}

}  // namespace cutaway::view
