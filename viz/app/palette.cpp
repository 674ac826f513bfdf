// SPDX-License-Identifier: Apache-2.0
#include "viz/app/palette.h"

#include <algorithm>

#include "viz/app/actions.h"

namespace cutaway::app {

namespace {

char lower(char c) { return c >= 'A' && c <= 'Z' ? static_cast<char>(c - 'A' + 'a') : c; }

Intent jump_to(std::uint64_t position) {
    Intent jump{Act::jump};
    jump.position = position;
    return jump;
}

void add_actions(std::vector<PaletteEntry>& out, bool lesson) {
    for (const Action& action : actions()) {
        const bool fits = action.where == Where::anywhere || (action.where == Where::lesson) == lesson;
        if (fits) {
            out.push_back({std::string(action.name), std::string(action.keys), intent_of(action)});
        }
    }
}

// The last run of each phase is the one that is looked for.
void add_places(std::vector<PaletteEntry>& out, const view::Story& story) {
    for (const std::string_view name : enum_names(world::Phase{})) {
        const auto phase = from_name<world::Phase>(name);
        const auto& all = story.phases();
        const auto last =
            std::find_if(all.rbegin(), all.rend(), [&](const view::PhaseRun& run) { return run.phase == phase; });
        if (last != all.rend() && name != "none") {
            out.push_back({"to phase " + std::string(name), "phase", jump_to(last->begin)});
        }
    }
    for (const view::Known& container : story.containers()) {
        out.push_back({"to where container " + container.name + " was made", "container", jump_to(container.position)});
    }
}

void add_lessons(std::vector<PaletteEntry>& out, const std::vector<view::LessonRow>& lessons) {
    for (const view::LessonRow& lesson : lessons) {
        Intent open{Act::open_lesson};
        open.text = lesson.id;
        out.push_back({"lesson " + lesson.id + ": " + lesson.title, "lesson", open});
    }
}

}  // namespace

std::vector<PaletteEntry> palette_entries(const PaletteSource& source) {
    std::vector<PaletteEntry> out;
    add_actions(out, source.lesson);
    add_places(out, source.story);
    add_lessons(out, source.lessons);
    for (const std::string& path : source.recent) {
        Intent open{Act::open_trace};
        open.text = path;
        out.push_back({"open " + path, "trace", open});
    }
    return out;
}

// A letter costs nothing; one right behind the last or at a word's beginning pays, a gap costs a little.
std::optional<int> fit(std::string_view letters, std::string_view name) {
    int score = 0;
    std::size_t at = 0;
    std::size_t last = std::string_view::npos;
    for (const char wanted : letters) {
        if (wanted == ' ') {
            continue;
        }
        const std::size_t from = at;
        while (at < name.size() && lower(name[at]) != lower(wanted)) {
            ++at;
        }
        if (at == name.size()) {
            return std::nullopt;
        }
        const bool begins = at == 0 || name[at - 1] == ' ';
        const bool follows = last != std::string_view::npos && at == last + 1;
        score += (begins ? 8 : 0) + (follows ? 6 : 0) - static_cast<int>(std::min<std::size_t>(at - from, 6));
        last = at++;
    }
    return score - static_cast<int>(name.size() / 16);
}

std::vector<PaletteEntry> filtered(std::vector<PaletteEntry> entries, std::string_view letters) {
    struct Ranked {
        int score;
        std::size_t at;
    };
    std::vector<Ranked> ranked;
    for (std::size_t n = 0; n < entries.size(); ++n) {
        if (const std::optional<int> score = fit(letters, entries[n].name)) {
            ranked.push_back({letters.empty() ? 0 : *score, n});
        }
    }
    std::stable_sort(ranked.begin(), ranked.end(), [](const Ranked& a, const Ranked& b) { return a.score > b.score; });
    std::vector<PaletteEntry> out;
    out.reserve(ranked.size());
    for (const Ranked& one : ranked) {
        out.push_back(std::move(entries[one.at]));
    }
    return out;
}

}  // namespace cutaway::app
